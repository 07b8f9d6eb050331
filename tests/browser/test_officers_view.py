"""An officer is asked for a view: from the list to the facts and back, on a phone and at a desk, with and without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from web_scheme import OWN
from working import alleged

from caseflow.access.who import Part


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("width", [390, 1280])
def test_an_officer_gives_their_view(looker: Callable, width: int, script):
    somebody = looker(width, script=script)
    alleged(somebody.scheme)
    somebody.sign_in_as(Part.OFFICER)
    page = somebody.open("/")
    page.get_by_role("link", name="Give your view").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is your view?")
    expect(page.get_by_role("heading", name="The facts")).to_be_visible()
    page.get_by_role("button", name="Give this view").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose your view")
    page.get_by_label("Carry on: they go on with the plan").check()
    page.get_by_label("Your reasons").fill("She rang me herself; she wants to go on.")
    page.get_by_role("button", name="Give this view").click()
    expect(page.get_by_text("Your view is written down. Thank you.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sam Carter")
    assert somebody.complaints == []


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_keeps_nobody_out(looker: Callable, width: int, language: str):
    somebody = looker(width)
    alleged(somebody.scheme)
    somebody.speak(language)
    somebody.sign_in_as(Part.OFFICER)
    page = somebody.open(f"/referrals/{OWN}/view")
    somebody.check(f"view-{language}")
    page.locator("main form button.govuk-button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    somebody.check(f"view-wrong-{language}")
    somebody.open(f"/referrals/{OWN}")
    somebody.check(f"referral-breach-{language}")
    somebody.open("/referrals")
    somebody.check(f"referrals-breach-{language}")
