"""An administrator lets people in and shows them out, in their own scheme only."""

import re

import pytest
from visiting import heading, plain
from web_scheme import Scheme

from caseflow.access.who import Part

NEW = {"login": "Dean@example.org", "part": "navigator", "person": "Dean Foster"}


def add(scheme: Scheme, **given: str):
    browser = scheme.signed_in(Part.ADMINISTRATOR)
    browser.get("/accounts/add")
    return browser, browser.send("/accounts/add", **(NEW | given))


def test_whoever_is_let_in_gets_a_password_that_works_once(scheme: Scheme):
    browser, page = add(scheme)
    assert heading(page) == "They may sign in"
    assert "Dean Foster signs in as dean@example.org" in plain(page)
    password = re.search(r"([a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5})", plain(page))[1]
    assert heading(scheme.browser().sign_in("dean@example.org", password)) == "Change your password"
    listed = browser.get("/accounts")
    assert "Dean Foster" in plain(listed)
    assert password not in listed.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"login": "dean"}, "Enter their email address"),
        ({"login": ""}, "Enter their email address"),
        ({"part": ""}, "Choose what they are"),
        ({"part": "king"}, "Choose what they are"),
        ({"person": ""}, "Enter their name as the people register has it"),
        ({"person": "Nobody Here"}, "Nobody in the people register is called that"),
        ({"person": "Sam Carter"}, "Nobody in the people register is called that"),
        ({"part": "auditor"}, "Leave this empty"),
        ({"login": "administrator.x@durham.example.org"}, "Somebody signs in with this address"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(scheme: Scheme, given: dict[str, str], said: str):
    _, page = add(scheme, **given)
    assert page.status_code == 422
    assert said in plain(page)
    assert "Error: Add an account" in page.text
    assert given.get("login", NEW["login"]) in page.text


def test_showing_out_ends_it_at_once_and_another_password_ends_the_old_one(scheme: Scheme):
    navigator = scheme.signed_in(Part.NAVIGATOR)
    account = scheme.account(Part.NAVIGATOR)
    browser = scheme.signed_in(Part.ADMINISTRATOR)
    browser.get("/accounts")
    assert heading(browser.send("/accounts/reset", account=account.id)) == "They may sign in"
    assert navigator.get("/account").url.path == "/sign-in"
    browser.get("/accounts")
    page = browser.send("/accounts/disable", account=account.id)
    assert "They may not sign in any more." in plain(page)
    assert "May not sign in" in plain(page)


@pytest.mark.parametrize("act", ["reset", "disable"])
@pytest.mark.parametrize("whose", ["their own", "another scheme's", "nobody's"])
def test_what_is_not_theirs_to_change_is_not_there(scheme: Scheme, act: str, whose: str):
    browser = scheme.signed_in(Part.ADMINISTRATOR)
    other = scheme.account(Part.NAVIGATOR, "dyfed-powys", "x")
    scheme.account(Part.NAVIGATOR)
    meant = {"their own": scheme.account(Part.ADMINISTRATOR).id, "another scheme's": other.id, "nobody's": "x"}[whose]
    browser.get("/accounts")
    assert browser.send(f"/accounts/{act}", account=meant).status_code == 404
    assert scheme.browser(other).get("/account").url.path == "/account"
    assert "dyfed-powys" not in plain(browser.get("/accounts"))
