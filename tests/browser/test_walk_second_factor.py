"""An administrator lets somebody in: password, then a code of their app, then the accounts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from caseflow.access import accounts
from caseflow.access.second_factor import code_at
from caseflow.bootstrap import host_now
from caseflow.engine.access import Account


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("width", [390, 1280])
def test_an_administrator_shows_twice_that_it_is_them(looker: Callable, width: int, language: str):
    somebody = looker(width, script=language == "en")
    app = somebody.scheme.app
    first = accounts.add(app, Account("kit", "durham", "kit@example.org", "Kit", "administrator"))
    key = accounts.key_of(app, "kit@example.org")
    page = somebody.open("/accounts")
    page.get_by_label("Email address").fill("kit@example.org")
    page.get_by_label("Password").fill(first)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("The password you were given").fill(first)
    page.get_by_label("New password").fill("three plain words")
    page.get_by_role("button", name="Change password").click()
    somebody.speak(language)
    somebody.open("/accounts")
    go = {"en": "Go on", "cy": "Ymlaen"}[language]
    code = {"en": "Code", "cy": "Cod"}[language]
    if language == "en":
        somebody.check(f"confirm-{language}")
    page.get_by_label(code, exact=True).fill("123")
    page.get_by_role("button", name=go).click()
    expect(page.get_by_role("alert")).to_be_visible()
    if language == "en":
        somebody.check(f"confirm-wrong-{language}")
    page.get_by_label(code, exact=True).fill(code_at(key, int(host_now().timestamp()) // 30))
    page.get_by_role("button", name=go).click()
    expect(page.get_by_role("heading", level=1)).to_have_text({"en": "Accounts", "cy": "Cyfrifon"}[language])
    assert somebody.complaints == []
