"""A navigator's first day: the first sign-in, what is to do, a task ticked off, what the system will do, home."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from web_scheme import MONDAY

from caseflow.access import accounts
from caseflow.access.who import Part


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_navigators_first_day(looker: Callable, width: int, script):
    somebody = looker(width, script=script)
    somebody.scheme.go_to(MONDAY + timedelta(hours=3))
    account = somebody.scheme.account(Part.NAVIGATOR)
    first = accounts.reset(somebody.scheme.app, account.login)

    page = somebody.open("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_label("Email address").fill(account.login)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    page.get_by_label("Password").fill(first)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Change your password")
    page.get_by_label("The password you were given").fill(first)
    page.get_by_label("New password").fill("three plain words")
    page.get_by_role("button", name="Change password").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    page.get_by_role("link", name="Sam Carter", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sam Carter")
    expect(page.get_by_role("heading", name="What happens next by itself")).to_be_visible()
    page.get_by_role("link", name="Today").first.click()
    page.get_by_role("button", name=re.compile("Done.*Sam Carter")).click()
    expect(page.get_by_text("Noted as done.")).to_be_visible()

    page.get_by_role("link", name="Tomorrow").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tomorrow")
    page.get_by_role("link", name="Cymraeg").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Yfory")
    page.get_by_role("button", name="Allgofnodi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mewngofnodi")
    assert somebody.complaints == []


def test_everything_can_be_done_by_keyboard_and_the_focus_is_seen(looker: Callable):
    somebody = looker(1280)
    somebody.scheme.go_to(MONDAY + timedelta(hours=3))
    somebody.sign_in_as(Part.NAVIGATOR)
    page = somebody.open("/today")
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = page.evaluate("""() => {
            const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
            return {words: at.textContent.trim(), seen: box.width > 1 && box.height > 1 && box.top >= 0,
                    marked: style.boxShadow !== 'none' || style.outlineStyle !== 'none'};
        }""")
        reached.append(focused["words"])
        assert focused["seen"], focused
        assert focused["marked"], focused
        if focused["words"].startswith("Done"):
            page.keyboard.press("Enter")
            break
    assert reached[0] == "Skip to main content"
    assert {"Cymraeg", "Today", "Tomorrow", "Your account", "Sign out", "Sam Carter"} <= set(reached)
    expect(page.get_by_text("Noted as done.")).to_be_visible()
