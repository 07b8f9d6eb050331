"""Counting the parts of a text, and making fields safe."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.messages.text import GSM_BASIC, GSM_EXTENDED, clean, count, plain_typography


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("a" * 159 + "€", "GSM-7", 161, 2),
        (
            "a" * 152 + "€" + "a" * 152,
            "GSM-7",
            306,
            3,
        ),  # the euro sign is not torn: the first part ends one septet early
        ("ŵ" * 70, "UCS-2", 70, 1),
        ("ŵ" * 71, "UCS-2", 71, 2),
        ("ŷ" + "a" * 133, "UCS-2", 134, 2),
        ("ŷ" + "a" * 134, "UCS-2", 135, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        ("a" * 66 + "😀" + "a" * 66, "UCS-2", 134, 3),  # nor is an emoji
        ("àèéìòùäöüñÄÖÜÑÇÅåØøÆæß", "GSM-7", 22, 1),
        ("£1 @ 50% (or more)", "GSM-7", 18, 1),
    ],
)
def test_a_text_is_counted_as_the_network_counts(text, encoding, units, parts):
    counted = count(text)
    assert (counted.encoding, counted.units, counted.parts) == (encoding, units, parts)


def test_the_gsm_alphabet_is_whole():
    assert len(GSM_BASIC) == 127  # 128 places, one of them the escape to the ten letters beside it
    assert len(GSM_EXTENDED) == 10


def test_the_letters_that_force_the_dear_alphabet_are_named():
    assert count("Tŷ Siân, gŵyl").non_gsm == {"ŷ", "â", "ŵ"}


def slow_parts(text):
    """Part by part, filling each by hand: the obvious way."""
    wide = any(c not in GSM_BASIC and c not in GSM_EXTENDED for c in text)
    sizes = [(len(c.encode("utf-16-be")) // 2 if wide else 1 + (c in GSM_EXTENDED)) for c in text]
    if sum(sizes) <= (70 if wide else 160):
        return min(1, len(text))
    parts, filled = 1, 0
    for size in sizes:
        if filled + size > (67 if wide else 153):
            parts, filled = parts + 1, 0
        filled += size
    return parts


@given(st.text(alphabet="abc €{é", max_size=500) | st.text(alphabet="abŵŷ😀€", max_size=300))
def test_parts_agree_with_filling_them_by_hand(text):
    assert count(text).parts == slow_parts(text)


@given(st.text())
def test_a_clean_field_is_one_line_without_hidden_characters_and_cleaning_twice_changes_nothing(text):
    cleaned = clean(text)
    assert len(cleaned.splitlines()) <= 1
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", cleaned)
    assert cleaned == cleaned.strip()
    cleaned.encode("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "Siân",
        "Llŷr ap Gwŷn",
        "O'Neill",
        "D’Angelo",
        "Zoë",
        "José María",
        "Nguyễn",
        "محمد",
        "Anne-Marie",
        "X Æ A-12",
        "J. R.",
        "St. John",
    ],
)
def test_a_name_keeps_every_letter(name):
    assert clean(name) == name


def test_letters_are_composed_so_that_each_counts_once():
    assert clean("Sia\u0302n") == "Si\u00e2n"


@pytest.mark.parametrize(
    "link",
    [
        "http://evil.example/x",
        "https://a.b",
        "www.evil.example",
        "bit.ly/3x",
        "evil.com",
        "EVIL.CO.UK",
        "javascript:alert(1)",
        "tel:0900",
        "host.zone/path",
        "jo@evil.example.com",
        ".evil.com",
        "-evil.com",
        "x..evil.com/a",
    ],
)
def test_a_link_in_free_text_is_taken_out_and_leaves_its_mark(link):
    assert clean(f"see {link} now") == "see (link removed) now"
    assert clean(f"see {link} now", "cy") == "see (dolen wedi'i thynnu) now"


@pytest.mark.parametrize(
    "words",
    [
        "at 2.30pm on 14.1.2026",
        "Dr. Jones came.Then left",
        "3.5 hours",
        "DUR-22-000417",
        "C.H.",
        "and/or",
        "ask him: yes",
    ],
)
def test_ordinary_words_are_no_links(words):
    assert clean(words) == words


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["a.", "a-", "a", "a@", ":/", "www", "-.", "a+"])
def test_a_long_hostile_field_is_cleaned_in_good_time(piece):
    assert clean(piece * 50_000)


def test_curly_quotes_and_dashes_are_written_plainly_and_letters_never_are():
    assert plain_typography("Siân’s “day” – soon… ŵ") == 'Siân\'s "day" - soon... ŵ'
