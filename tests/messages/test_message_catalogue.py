"""The catalogue and the templates agree, and the catalogue keeps the house rules."""

import shutil
from typing import get_args

import pytest

from caseflow.messages.catalogue import CATALOGUE, FIELDS, Channel
from caseflow.messages.check import check_catalogue
from caseflow.messages.dates import LANGUAGES
from caseflow.messages.templates import messages_dir

MESSAGES = list(CATALOGUE.values())


@pytest.fixture
def folder(tmp_path):
    """A copy of the templates that a test may spoil."""
    copy = tmp_path / "messages"
    shutil.copytree(messages_dir(), copy)
    return copy


def test_the_catalogue_and_the_templates_agree():
    assert check_catalogue() == []


def test_a_missing_language_is_found_with_its_path(folder):
    shutil.rmtree(folder / "stopped" / "cy")
    (problem,) = check_catalogue(folder)
    assert str(folder / "stopped" / "cy" / "letter.html") in problem
    assert "missing" in problem


def test_a_field_that_is_not_in_the_catalogue_is_found(folder):
    path = folder / "no_answer" / "en" / "sms.txt"
    path.write_text(path.read_text() + "{{ surname }}")
    (problem,) = check_catalogue(folder)
    assert str(path) in problem
    assert "'surname'" in problem


def test_a_field_that_no_template_uses_is_found_per_language(folder):
    for file in ("sms.txt", "email.txt"):
        path = folder / "no_answer" / "cy" / file
        path.write_text(path.read_text().replace("{{ first_name }}", "chi"))
    (problem,) = check_catalogue(folder)
    assert str(folder / "no_answer" / "cy") in problem
    assert "'first_name'" in problem


def test_a_folder_that_no_message_names_is_found(folder):
    (folder / "old_reminder" / "en").mkdir(parents=True)
    (folder / "old_reminder" / "en" / "sms.txt").write_text("Hello")
    (problem,) = check_catalogue(folder)
    assert "old_reminder" in problem


def test_a_template_for_a_channel_the_message_does_not_have_is_found(folder):
    (folder / "strike_letter" / "en" / "sms.txt").write_text("Hello")
    (problem,) = check_catalogue(folder)
    assert "strike_letter" in problem


def test_a_broken_template_is_found_with_its_line(folder):
    path = folder / "stopped" / "en" / "letter.html"
    path.write_text("<p>\n{{ first_name </p>")
    problems = check_catalogue(folder)
    assert any(str(path) in problem and "line 2" in problem for problem in problems)


def test_every_field_is_used_by_a_message():
    assert {name for message in MESSAGES for name in message.fields} == FIELDS.keys()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_every_message_has_channels_fields_and_a_line_that_says_when(message):
    assert message.channels
    assert set(message.channels) <= set(get_args(Channel))
    assert len(set(message.channels)) == len(message.channels)
    assert message.when.endswith(".")
    assert "service" in message.fields or message.name == "session_reminder_short"
    assert "phone" in message.fields


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_only_the_participant_is_named_and_only_to_the_participant(message):
    assert ("first_name" in message.fields) == (message.audience == "participant")
    assert message.audience != "participant" or "reference" not in message.fields


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_when_unclear_a_participant_is_not_written_to_twice_and_an_officer_rather_twice_than_never(message):
    wanted = "at_most_once" if message.audience == "participant" else "at_least_once"
    assert message.unclear == wanted


def test_whatever_names_a_consequence_is_a_letter_and_never_a_text():
    for name in ("strike_letter", "decision_carry_on", "decision_breached", "decision_ended", "plan_copy", "stopped"):
        assert CATALOGUE[name].channels == ("letter",)
    assert set(CATALOGUE["your_side"].channels) == {"text", "letter"}


def test_both_languages_keep_the_same_files_but_for_shorter_wordings():
    for name in CATALOGUE:
        files = {
            language: {p.name for p in (messages_dir() / name / language).iterdir()} - {"sms.short.txt"}
            for language in LANGUAGES
        }
        assert files["en"] == files["cy"], name
