"""People without an account, as they would walk it: a provider sends its return, a participant sees when and says they can't come."""

from collections.abc import Callable
from datetime import date

import pytest
from door_scheme import MAILBOX, PROVIDER, mails, own_link, placed, provider_link, return_of, with_returns
from playwright.sync_api import Page, expect
from web_scheme import OWN

from caseflow.access import guests
from caseflow.access.who import Part
from caseflow.domain.commands import Complete, Hold, NoteItemDone, OpenBreach

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
WIDTH = pytest.mark.parametrize("width", [390, 1280])


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def enter_code(page: Page, somebody) -> None:
    page.get_by_role("button", name="Send me the code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    code = mails(somebody.scheme, MAILBOX)[-1].split("Your code is ")[1][:6]
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Continue").click()


@SCRIPT
@WIDTH
def test_a_provider_sends_its_return_and_raises_a_concern(looker: Callable, width: int, script):
    somebody = looker(width, script=script)
    with_returns(somebody.scheme)
    page = somebody.open(provider_link(somebody.scheme))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your return for January 2022")
    enter_code(page, somebody)

    expect(page.get_by_role("heading", name="Sam Carter")).to_be_visible()
    page.get_by_label("Wed 19 Jan, 2pm").select_option("Came late")
    page.get_by_label("How are they engaging?").first.select_option("Well")
    page.get_by_role("button", name="Keep it and come back later").click()
    expect(page.get_by_text("Kept. Come back by the same link")).to_be_visible()
    page.get_by_role("button", name="Check before sending").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before sending")
    expect(page.get_by_text("Came late")).to_be_visible()
    page.get_by_role("button", name="Send the return").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Return sent")

    page.get_by_role("link", name="Tell us that somebody may not be safe").click()
    page.get_by_label("About whom").select_option(f"Sam Carter, {OWN}")
    page.get_by_label("What worries you").fill("He does not want to go home.")
    page.get_by_role("button", name="Tell us now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Our team has it")
    page.get_by_role("button", name="Finish and close").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You can close this page")
    somebody.open(f"/returns/{return_of(somebody.scheme)}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Please open your link again")
    assert somebody.complaints == []


@SCRIPT
def test_a_provider_brings_a_file_instead(looker: Callable, script, tmp_path):
    somebody = looker(1280, script=script)
    with_returns(somebody.scheme)
    page = somebody.open(provider_link(somebody.scheme))
    enter_code(page, somebody)
    page.get_by_role("link", name="Use a spreadsheet instead").click()
    head = page.get_by_label("Or paste the lines here").input_value().splitlines()[0]
    file = tmp_path / "return.csv"
    file.write_text(f"{head}\nx,{OWN},,{OWN}-s2,,came,well,,yes\nx,{OWN},,{OWN}-s2,,perhaps,,,\n", encoding="utf-8")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Check before sending").click()
    expect(page.get_by_role("alert")).to_contain_text(f"Row 3, SC {OWN}: outcome: “perhaps” is not understood")
    page.get_by_role("button", name="Send the return").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Return sent")
    assert somebody.complaints == []


@SCRIPT
@WIDTH
def test_a_participant_sees_when_and_where_and_says_that_they_cannot_come(looker: Callable, width: int, script):
    somebody = looker(width, script=script)
    placed(somebody.scheme, OWN, PROVIDER, "alcohol_advice", "talking_help")
    path, pin = own_link(somebody.scheme)
    page = somebody.open(path)
    expect(page.get_by_text("Wednesday 12 January 2022, 2pm")).to_be_visible()
    expect(page.get_by_text("4 Mill Lane")).to_be_visible()
    expect(page.get_by_text("Sam")).to_have_count(0)
    page.get_by_label("PIN").fill("123")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not your PIN")
    page.get_by_label("PIN").fill(pin)
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Sam")
    page.get_by_role("link", name="Cymraeg").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Helo Sam")
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="I can't make it").first.click()
    page.get_by_label("I am ill").check()
    page.get_by_label("When would be good?").fill("Friday after 4pm")
    page.get_by_role("button", name="Tell us").click()
    expect(page.get_by_text("Thank you for telling us.")).to_be_visible()
    page.get_by_role("button", name="I will be there").last.click()
    expect(page.get_by_text("We look forward to seeing you")).to_be_visible()
    page.get_by_role("button", name="Finish and close").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You can close this page")
    assert somebody.complaints == []


@SCRIPT
def test_at_the_end_they_say_how_it_was(looker: Callable, script):
    somebody = looker(390, script=script)
    _completed(somebody.scheme)
    path, pin = own_link(somebody.scheme)
    page = somebody.open(path)
    page.get_by_label("PIN").fill(pin)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Tell us how it was").click()
    page.get_by_role("group", name="Were you treated fairly?").get_by_label("Yes").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you. It helps us do better.")).to_be_visible()
    assert somebody.complaints == []


def _completed(scheme) -> None:
    placed(scheme, OWN, PROVIDER, "alcohol_advice")
    scheme.ask(OWN, NoteItemDone(f"{PROVIDER}-alcohol_advice"))
    scheme.ask(OWN, Complete())
    scheme.sweep()


# ── every page as it is seen ────────────────────────────────────────────────────────────────────
PAGES = [
    "r-none", "r-link", "r-over", "code", "code-wrong", "returns-list", "return", "return-nobody", "return-check", "return-bad",
    "return-file", "return-receipt", "concern", "concern-error", "a-none", "a-link", "a-wrong", "a-locked", "my", "my-empty",
    "my-side", "my-held", "my-change", "my-done", "survey", "left", "pin",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "cy"])
@WIDTH
@pytest.mark.parametrize("name", PAGES)
def test_a_door_keeps_nobody_out(looker: Callable, name: str, width: int, language: str):
    somebody = looker(width)
    somebody.speak(language)
    open_(somebody, name)
    expect(somebody.page.locator("h1")).to_have_count(1)
    assert somebody.page.locator("html").get_attribute("lang") == language
    somebody.check(f"door-{name}-{language}")


def open_(somebody, name: str) -> None:
    if name.startswith(("a-", "my", "survey", "left", "pin")):
        _own(somebody, name)
    else:
        _return(somebody, name)


def _click(page: Page, form: str, button: int = 0) -> None:
    """Press it, and wait for the page that answers."""
    with page.expect_navigation():
        page.locator(f"form[action='{form}'] button").nth(button).click()


def _return(somebody, name: str) -> None:
    scheme = with_returns(somebody.scheme)
    path, here = provider_link(scheme), f"/returns/{return_of(scheme)}"
    if name == "r-none":
        somebody.open("/r")
        return
    if name == "r-over":
        scheme.memory.store.pass_time(31 * 86_400)
    page = somebody.open(path)
    if name.startswith("r-"):
        return
    _click(page, path)
    if name == "code":
        return
    if name == "code-wrong":
        page.locator("#code").fill("1")
        _click(page, "/code")
        return
    found = guests.find(scheme.app, path[3:], "return")
    token = guests.come_in(scheme.app, found, "chromium")
    page.context.add_cookies([{"name": "caseflow", "value": token, "url": somebody.address}])
    if name == "returns-list":
        somebody.sign_in_as(Part.PROVIDER)
        somebody.open("/returns")
        return
    if name == "return-nobody":
        row = scheme.memory.store.tables.streams["durham", found.stream]
        row.stream.participants.clear()
    if name == "return-file":
        somebody.open(f"{here}/file")
    elif name == "return-bad":
        page = somebody.open(f"{here}/file")
        head = page.locator("#lines").input_value().splitlines()[0]
        page.locator("#lines").fill(f"{head}\nx,{OWN},,{OWN}-s2,,came,well,,yes\nx,{OWN},,{OWN}-s2,,perhaps,,,\n")
        _click(page, f"{here}/file")
    elif name.startswith("concern"):
        page = somebody.open(f"{here}/concern")
        if name == "concern-error":
            _click(page, f"{here}/concern")
    else:
        page = somebody.open(here)
        if name in {"return-check", "return-receipt"}:
            page.locator(f"[id='session:{OWN}-s2']").select_option("late")
            page.locator(f"[id='survey:{OWN}']").select_option("yes")
            _click(page, here)
        if name == "return-receipt":
            _click(page, f"{here}/send")


def _own(somebody, name: str) -> None:
    scheme = somebody.scheme
    if name == "survey":
        _completed(scheme)
    elif name != "my-empty":
        placed(scheme, OWN, PROVIDER, "alcohol_advice", "talking_help")
    if name in {"my-side", "my-held"}:
        scheme.ask(OWN, OpenBreach("new_matter"))
    if name == "my-held":
        scheme.ask(OWN, Hold(date(2022, 1, 24), "bereavement"))
    path, pin = own_link(scheme)
    if name == "pin":
        somebody.sign_in_as(Part.NAVIGATOR)
        page = somebody.open(f"/cases/{OWN}")
        _click(page, f"/cases/{OWN}/pin")
        return
    if name in {"a-none", "left"}:
        somebody.open("/a" if name == "a-none" else "/left")
        return
    page = somebody.open(path)
    if name in {"a-wrong", "a-locked"}:
        for _ in range(5 if name == "a-locked" else 1):
            page.locator("#pin").fill("1")
            _click(page, path)
    if name.startswith("a-"):
        return
    page.locator("#pin").fill(pin)
    _click(page, path)
    if name == "my-change":
        somebody.open(f"/my/{OWN}/change?session={OWN}-s1")
    elif name == "survey":
        somebody.open(f"/my/{OWN}/survey")
    elif name == "my-done":
        _click(page, f"/my/{OWN}/coming")
