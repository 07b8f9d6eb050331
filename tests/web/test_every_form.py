"""Every form of case work, opened where it makes sense and sent with no more than it needs: none breaks, none asks for more."""

import re
from datetime import timedelta

import pytest
from web_scheme import MONDAY
from working import opened

from caseflow.web.forms.declared import FORMS, Form

ANSWERS = {
    "set_last_safe": {"no_limit": "yes"},
    "record_side": {"declined": "yes"},
    "change_officer": {"officer_name": "Gail Price"},
    "decide_breach": {"outcome": "carry_on"},
    "end": {"reason": "transferred"},
}
"""Where one of several fields is needed, whichever it is; and the answers that are not refused on these cases."""


def least(form: Form, page: str, there: dict[str, str]) -> dict[str, str]:
    """What has to be filled in, each with the first that there is to choose, or some words, or a day to come."""
    given: dict[str, str] = {}
    day = MONDAY + timedelta(days=40)
    for field in form.fields:
        options = re.findall(rf'name="({field.name}(?:-[^"]*)?)"[^>]*?value="([^"]+)"', page)
        match field.kind if field.needed and not there.get(f"{field.name}-day") else "":
            case "choice" | "several":
                assert options, f"nothing to choose for {field.name}"
                given |= dict(options[:1])
            case "line" | "words":
                given[field.name] = "As it was said"
            case "day":
                given |= {f"{field.name}-{part}": f"{getattr(day, part)}" for part in ("day", "month", "year")}
            case "time":
                given[field.name] = "10:00"
            case "tick":
                given[field.name] = "yes"
            case _:
                pass
    return given | ANSWERS.get(form.name, {})


@pytest.mark.parametrize("name", FORMS)
def test_a_form_takes_the_least_that_it_says_it_needs(name):
    scheme, path, part = opened(name)
    browser = scheme.signed_in(part)
    page = browser.get(path)
    assert page.status_code == 200
    answer = browser.send(path, **least(FORMS[name], page.text, browser.fields(path)))
    done = "/today?done=given" if name == "transfer" else "?did="
    assert (answer.status_code, done in str(answer.url)) == (200, True), answer.url


def filled_in(form: Form) -> bool:
    """Does something have to be chosen or written in it that is not there from the start?"""
    return any(one.needed and one.kind != "time" for one in form.fields)


@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if filled_in(form)])
def test_a_form_that_is_sent_empty_says_what_is_missing(name):
    """Each field by its name, on the same page, and nothing is done."""
    scheme, path, part = opened(name)
    browser = scheme.signed_in(part)
    browser.get(path)
    empty = {key: "" for key in browser.fields(path) if key not in {"form_token", "command_id", "seen"}}
    answer = browser.send(path, **empty)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
