"""Names and fields become words, and a message with a hole in it never leaves."""

from datetime import UTC, date, datetime

import pytest

from caseflow.messages import render as rendering
from caseflow.messages.catalogue import CATALOGUE
from caseflow.messages.dates import LANGUAGES
from caseflow.messages.render import (
    BadField,
    MissingField,
    NoTemplate,
    SurplusField,
    UnknownChannel,
    UnknownLanguage,
    UnknownMessage,
    preview,
    render,
)

EVERY = [(m.name, channel, language) for m in CATALOGUE.values() for channel in m.channels for language in LANGUAGES]
SAM = {"first_name": "Sam", "worker": "Jo", "service": "Northgate Support", "phone": "01632 960123"}
OFFERS = [datetime(2021, 1, 18, 10, tzinfo=UTC), datetime(2021, 1, 19, 15, tzinfo=UTC)]
START = datetime(2021, 1, 14, 14, tzinfo=UTC)

GOLDEN = [
    (
        "first_contact",
        {"offers": OFFERS},
        (
            "Hello Sam, Jo here from Northgate Support. When is a good time for a chat this week? "
            "Reply with a time or call 01632 960123. Not Sam? Reply WRONG."
        ),
    ),
    (
        "session_reminder",
        {"start": START, "place": "12 High St"},
        (
            "Hi Sam, you are meeting Jo on Thu 14 Jan at 2pm, 12 High St. Can't make it? "
            "Reply CHANGE or call 01632 960123 and we'll find another time."
        ),
    ),
    (
        "missed_session",
        {"missed_on": date(2021, 1, 14), "offers": OFFERS},
        (
            "Hi Sam, sorry we missed you on Thu 14 Jan. Is everything OK? We can do Mon 18 Jan 10am or Tue 19 Jan 3pm. "
            "Reply 1, 2 or CALL and Jo will ring you."
        ),
    ),
    (
        "your_move",
        {"by": date(2021, 1, 29)},
        (
            "Hi Sam, we have not been able to speak. Your place is kept until Fri 29 Jan. "
            "The next step is yours: reply CALL or ring Jo on 01632 960123."
        ),
    ),
    (
        "your_side",
        {"by": date(2021, 2, 5), "reasons": "Two sessions were missed."},
        (
            "Hi Sam, Jo has posted you a letter and would like to hear your side. "
            "Please ring 01632 960123 by Fri 5 Feb, or reply CALL. What you say matters."
        ),
    ),
    (
        "completed",
        {},
        (
            "Hi Sam, you have done everything we agreed. Well done, there is nothing more to do. "
            "Jo will write to confirm. Want to tell us how it went? Reply YES."
        ),
    ),
]


def samples(name, language="en"):
    return {field.name: field.sample(language) for field in CATALOGUE[name].fields.values()}


@pytest.mark.parametrize(("name", "channel", "language"), EVERY)
def test_every_message_renders_by_every_channel_in_both_languages(name, channel, language):
    words = preview(name, channel, language)
    assert words.body.strip()
    assert "{{" not in words.body
    assert "None" not in words.body
    assert (words.subject is not None) == (channel == "email")
    assert (words.parts is not None) == (channel == "text")
    assert not words.too_long
    if channel == "letter":
        assert words.body.startswith("<!doctype html>")
        assert f'<html lang="{language}">' in words.body
        assert words.content_type.startswith("text/html")
        assert "src=" not in words.body
        assert "http" not in words.body


@pytest.mark.parametrize(("name", "channel"), [(m.name, channel) for m in CATALOGUE.values() for channel in m.channels])
def test_welsh_is_welsh_and_not_the_english_again(name, channel):
    fields = samples(name)
    assert render(name, channel, "cy", fields).body != render(name, channel, "en", fields).body


@pytest.mark.parametrize(("name", "extra", "words"), GOLDEN, ids=[name for name, _, _ in GOLDEN])
def test_the_texts_read_as_the_field_wrote_them(name, extra, words):
    assert render(name, "text", "en", SAM | extra).body == words


def test_a_text_with_long_names_takes_its_shorter_wording_rather_than_a_second_part():
    words = preview("completed", "text", "en")
    assert words.parts == 1
    assert "there is nothing more to do" not in words.body
    assert words.body.endswith("Want to tell us how it went? Reply YES.")


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_missing_field_is_an_error_that_names_it(name):
    channel = CATALOGUE[name].channels[0]
    for field in CATALOGUE[name].fields:
        fields = samples(name)
        del fields[field]
        if CATALOGUE[name].fields[field].kind == "addresses":  # a deployment may have none
            assert "http" not in render(name, channel, "en", fields).body
            continue
        with pytest.raises(MissingField, match=f"'{name}' needs the field '{field}'"):
            render(name, channel, "en", fields)


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_surplus_field_is_an_error_that_names_it(name):
    with pytest.raises(SurplusField, match=f"'{name}' has no field 'offence'"):
        render(name, CATALOGUE[name].channels[0], "en", samples(name) | {"offence": "theft"})


@pytest.mark.parametrize(
    ("name", "field", "value", "wanted"),
    [
        ("session_reminder", "start", datetime(2021, 1, 14, 14), "a datetime with a time zone"),  # noqa: DTZ001 - the fault under test
        ("session_reminder", "start", "2021-01-14T14:00", "a datetime with a time zone"),
        ("your_move", "by", datetime(2021, 1, 14, tzinfo=UTC), "a date without a time"),
        ("missed_session", "offers", [START], "two datetimes"),
        ("missed_session", "offers", [START, None], "two datetimes"),
        ("completed", "first_name", 7, "text"),
        ("plan_copy", "items", "one line", "a list of texts"),
        ("provider_return_request", "rows", [{"reference": "DUR-22-000417"}], "a list of texts"),
        ("provider_return_reminder", "count", True, "a whole number"),
    ],
)
def test_a_field_of_the_wrong_kind_is_an_error_that_says_what_is_wanted(name, field, value, wanted):
    with pytest.raises(BadField, match=wanted):
        render(name, CATALOGUE[name].channels[0], "en", samples(name) | {field: value})


def test_an_unknown_message_channel_or_language_is_refused_in_plain_words():
    with pytest.raises(UnknownMessage, match="no message 'final_warning'"):
        render("final_warning", "text", "en", {})
    with pytest.raises(UnknownMessage):
        preview("final_warning", "text", "en")
    with pytest.raises(UnknownChannel, match="“Strike letter” is not sent by text, only by letter"):
        preview("strike_letter", "text", "en")
    with pytest.raises(UnknownLanguage, match="not in 'fr'"):
        preview("completed", "text", "fr")


def test_a_template_that_is_not_there_is_named_with_its_path(tmp_path):
    with pytest.raises(NoTemplate, match=r"completed.*sms\.txt is missing"):
        rendering._fill(tmp_path, "completed", "en", {}, "sms.txt")


def test_a_name_cannot_write_html_into_a_letter():
    fields = samples("stopped") | {"first_name": "<b onclick=x>Sam</b> & Co"}
    body = render("stopped", "letter", "en", fields).body
    assert "<b " not in body
    assert "</b>" not in body
    assert "&lt;b onclick=x&gt;Sam&lt;/b&gt; &amp; Co" in body


def test_a_text_and_an_email_keep_a_name_as_it_is_written():
    fields = SAM | {"first_name": "Mary-Jo O'Neill & Sons"}
    assert "Hi Mary-Jo O'Neill & Sons, you have done" in render("completed", "text", "en", fields).body
    assert render("completed", "email", "en", fields).subject == "Well done, Mary-Jo O'Neill & Sons"


def test_a_name_cannot_break_the_subject_line():
    words = render("completed", "email", "en", SAM | {"first_name": "Sam\r\nBcc: everyone\x00"})
    assert words.subject == "Well done, Sam Bcc: everyone"


def test_a_field_cannot_run_template_code():
    words = render("completed", "text", "en", SAM | {"first_name": "{{ worker }}{% raw %}"})
    assert words.body.startswith("Hi {{ worker }}{% raw %}, you have done")


def test_times_are_told_by_the_london_clock_in_summer_and_winter():
    summer = render(
        "session_reminder_short",
        "text",
        "en",
        {**samples("session_reminder_short"), "start": datetime(2026, 7, 1, 13, tzinfo=UTC)},
    )
    winter = render(
        "session_reminder_short",
        "text",
        "en",
        {**samples("session_reminder_short"), "start": datetime(2026, 1, 7, 13, tzinfo=UTC)},
    )
    assert "Wed 1 Jul at 2pm" in summer.body
    assert "Wed 7 Jan at 1pm" in winter.body


def test_lists_are_written_line_by_line():
    digest = render(
        "officer_digest",
        "email",
        "en",
        samples("officer_digest") | {"items": ["DUR-22-000417: first meeting held", "DUR-22-000398: plan agreed"]},
    )
    assert "\n- DUR-22-000417: first meeting held\n- DUR-22-000398: plan agreed\n" in digest.body
    request = preview("provider_return_request", "email", "en")
    assert "survey filled in\n- DUR-22-000417: nothing yet\n" in request.body
