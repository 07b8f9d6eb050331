from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.imports import fields
from caseflow.imports.people import folded, participant_id


@pytest.mark.parametrize(
    "text", ["07700900123", "7700900123", "+44 (0)7700 900 123", "0044 7700 900123", "07700-900-123"]
)
def test_a_mobile_number_in_any_dress_is_the_same_number(text: str) -> None:
    assert fields.mobile(text) == "+447700900123"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("07700 900123 / wife", "words beside"),
        ("01632 960123", "not a mobile"),
        ("0770090012", "digits"),
        ("-", "not a telephone"),
    ],
)
def test_what_cannot_be_texted_is_refused_in_plain_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fields.mobile(text)


def test_no_number_and_no_address_are_accepted() -> None:
    assert fields.mobile(" ") is None
    assert fields.email("") is None


def test_mail_addresses_of_examples_and_with_apostrophes_pass() -> None:
    assert fields.email("Kerry.O'Brien@durham.police.example") == "Kerry.O'Brien@durham.police.example"
    with pytest.raises(ValueError, match="not an e-mail address"):
        fields.email("not-an-address")


@pytest.mark.parametrize(
    "text", ["2022-01-31", "31/01/2022", "31-01-2022", "31.01.2022", "31/01/22", "31/01/2022 00:00"]
)
def test_a_date_is_read_as_people_here_write_it(text: str) -> None:
    assert fields.day(text) == date(2022, 1, 31)


@pytest.mark.parametrize("text", ["31/02/1990", "2022-13-01", "yesterday", "", "01/31/2022"])
def test_a_date_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|empty"):
        fields.day(text)


@pytest.mark.parametrize("text", ["2022-02-22T14:45", "22/02/2022 14:45", "2022-02-22 14:45:00"])
def test_a_time_is_local_wall_clock(text: str) -> None:
    assert fields.local_time(text).isoformat() == "2022-02-22T14:45:00"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", (False, False, None, None)),
        ("Text only", (True, False, None, None)),
        ("text only, no voicemail", (True, True, None, None)),
        ("not before 10:00 and not after 18:00", (False, False, time(10), time(18))),
    ],
)
def test_safe_contact_is_understood_alone_and_together(text: str, meant: object) -> None:
    assert fields.safe_contact(text) == meant


@pytest.mark.parametrize("text", ["ring mum", "not before noon", "not before 18:00, not after 10:00"])
def test_a_safe_contact_word_nobody_understands_is_never_dropped(text: str) -> None:
    with pytest.raises(ValueError, match=r"understood|no time"):
        fields.safe_contact(text)


@pytest.mark.parametrize("text", ["", " \t\u200b", "''", "\\", '<>?:"{}|_+', "."])
def test_a_name_without_letter_or_digit_is_no_name(text: str) -> None:
    with pytest.raises(ValueError, match="name"):
        fields.name(text)


@pytest.mark.parametrize(
    ("text", "kept"), [("O\u200bBrien", "O Brien"), ("null", "null"), ("Ёлка", "Ёлка"), (" Siân  Puw ", "Siân Puw")]
)
def test_a_name_is_cleaned_of_what_cannot_be_seen(text: str, kept: str) -> None:
    assert fields.name(text) == kept


@pytest.mark.parametrize(
    ("text", "amount"), [("149.00", 14900), ("£1,149.5", 114950), ("149,00", 14900), ("", None), ("12", 1200)]
)
def test_money_is_read_in_pence(text: str, amount: int | None) -> None:
    assert fields.pence(text) == amount


@pytest.mark.parametrize("text", ["about 50", "1.234", "-5", "٣"])
def test_money_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        fields.pence(text)


def test_someone_born_on_a_leap_day_comes_of_age_on_the_first_of_march() -> None:
    assert fields.adult_on(date(2004, 2, 29)) == date(2022, 3, 1)
    assert fields.adult_on(date(2004, 2, 28)) == date(2022, 2, 28)


def test_the_evidential_test_yes_and_no_and_nothing() -> None:
    assert [fields.met(text) for text in ("met", "not met", "", "yes")] == [True, False, None, True]
    with pytest.raises(ValueError, match="yes, no or empty"):
        fields.yes_no("maybe")


def test_two_spellings_of_one_person_fold_together() -> None:
    assert folded("Siân O'Brien") == folded("SIAN  OBRIEN")
    born = date(1990, 1, 1)
    assert participant_id("durham", "Siân", "Puw", born) == participant_id("durham", "sian", "PUW ", born)
    assert participant_id("durham", "Sian", "Puw", born) != participant_id("dyfed-powys", "Sian", "Puw", born)


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader(text: str) -> None:
    for read in (
        fields.name, fields.mobile, fields.email, fields.day, fields.local_time, fields.safe_contact, fields.pence,
        fields.yes_no, fields.met, fields.language, fields.small_number, fields.some,
    ):  # fmt: skip
        with suppress(ValueError):  # refused in words; anything else would be a fault of ours
            read(text)
