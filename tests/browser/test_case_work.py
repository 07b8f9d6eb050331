"""Case work as a navigator does it: the pages on a case that has come some way, and a Tuesday's work from start to end."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect
from web_scheme import MONDAY, OWN, navigator
from working import DAY, alleged, engaged

from caseflow.access.who import Part
from caseflow.domain.commands import Assess, BookSession, Hold, RecordView
from caseflow.domain.words import Actor, Need, Opinion, Role

WIDTHS = pytest.mark.parametrize("width", [390, 1280])
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])

WORK = [
    ("work-case", engaged, f"/cases/{OWN}"),
    ("work-plan-again", engaged, f"/cases/{OWN}/plan"),
    ("work-hold", engaged, f"/cases/{OWN}/do/hold"),
    ("work-attendance", engaged, f"/cases/{OWN}/do/record_attendance?session=s1"),
    ("work-breach", alleged, f"/cases/{OWN}"),
    ("work-conversation", alleged, f"/cases/{OWN}/conversation"),
    ("work-story", alleged, f"/cases/{OWN}/story?about=decisions"),
    ("work-sheet", alleged, f"/cases/{OWN}/sheet"),
    ("work-decide", alleged, f"/cases/{OWN}/do/decide_breach"),
]


@pytest.mark.parametrize("language", ["en", "cy"])
@WIDTHS
@pytest.mark.parametrize(("name", "so_far", "path"), WORK, ids=[one[0] for one in WORK])
def test_a_page_of_case_work_keeps_nobody_out(
    looker: Callable, name: str, so_far: Callable, path: str, width: int, language: str
):
    somebody = looker(width)
    so_far(somebody.scheme)
    if so_far is engaged:
        somebody.scheme.ask(OWN, BookSession("s1", MONDAY + timedelta(hours=3), item="i1", place="12 High Street"))
        somebody.scheme.ask(OWN, BookSession("s2", MONDAY + 4 * DAY, item="i2"))
        somebody.scheme.go_to(MONDAY + timedelta(hours=4))
    somebody.speak(language)
    somebody.sign_in_as(Part.NAVIGATOR)
    page = somebody.open(path)
    expect(page.locator("h1")).to_have_count(1)
    somebody.check(f"{name}-{language}")


@SCRIPT
@WIDTHS
def test_a_tuesday_of_a_navigator(looker: Callable, width: int, script):
    """Ring, assess, plan, book, and tick off who came; nothing is typed twice."""
    somebody = looker(width, script=script)
    scheme = somebody.scheme
    scheme.go_to(MONDAY + DAY)
    somebody.sign_in_as(Part.NAVIGATOR)
    page = somebody.open("/today")
    page.get_by_role("link", name="Sam Carter", exact=True).click()

    page.get_by_role("link", name="Record a call or a visit", exact=True).click()
    page.get_by_label("We spoke").check()
    page.get_by_role("button", name="See what it would change").click()
    expect(page.get_by_role("heading", name="What it would change")).to_be_visible()
    page.get_by_role("button", name="Record a call or a visit").click()
    expect(page.get_by_role("heading", name="What was done")).to_be_visible()
    scheme.sweep()

    page.get_by_role("link", name="Record the assessment").click()
    page.get_by_label("Thinking and behaviour").check()
    page.get_by_label("Money").check()
    page.get_by_role("button", name="Record the assessment").click()
    scheme.sweep()

    page.get_by_role("link", name="Agree the plan").first.click()
    page.get_by_label("What", exact=True).first.select_option(label="Think it through (Riverside Learning)")
    page.get_by_label("Hours (optional)").first.fill("9")
    page.get_by_role("button", name="One more that is offered").click()
    page.locator("#may-2-what").select_option(label="Money advice (Steps Housing and Money)")
    page.get_by_label("They have signed it").check()
    page.get_by_label("They said it back in their own words").check()
    page.get_by_role("button", name="Agree the plan").click()
    expect(page.get_by_text("Plan signed and read back").first).to_be_visible()
    scheme.sweep()

    page.get_by_role("link", name="Book a session").first.click()
    page.get_by_label("Session", exact=True).check()
    for label, value in (("Day", "11"), ("Month", "1"), ("Year", "2022")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Time").fill("2pm")
    page.get_by_label("Place").fill("12 High Street")
    page.get_by_label("Think it through").check()
    page.get_by_role("button", name="Book a session").click()
    expect(page.get_by_text("booked for Tue 11 Jan 2022 14:00").first).to_be_visible()

    scheme.go_to(MONDAY + DAY + timedelta(hours=5))
    somebody.open(f"/cases/{OWN}")
    page.get_by_role("button", name=re.compile(r"^Came\W+Tuesday 11 January 2022, 2pm")).click()
    expect(page.get_by_text("Came to the session of Tue 11 Jan").first).to_be_visible()
    assert somebody.complaints == []


@WIDTHS
def test_a_step_is_put_off_and_that_is_taken_back(looker: Callable, width: int):
    somebody = looker(width)
    somebody.scheme.ask(OWN, Assess((Need.MONEY,)))
    somebody.scheme.sweep()
    somebody.sign_in_as(Part.NAVIGATOR)
    page = somebody.open(f"/cases/{OWN}")
    page.get_by_role("button", name="Postpone").click()
    expect(page.get_by_role("heading", name="What it would change")).to_be_visible()
    page.get_by_label("Illness").check()
    page.get_by_role("button", name="Put on hold").click()
    expect(page.get_by_role("heading", name="On hold")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="On hold")).to_have_count(0)
    assert somebody.complaints == []


@SCRIPT
def test_named_people_decide_with_the_sheet_beside_them(looker: Callable, script):
    """The provider is heard, each view is written blind, and the decision is somebody's with reasons."""
    somebody = looker(390, script=script)
    scheme = somebody.scheme
    alleged(scheme)
    somebody.sign_in_as(Part.NAVIGATOR)
    page = somebody.open(f"/cases/{OWN}")
    page.get_by_role("link", name="Record what the provider says").click()
    page.get_by_label("What the provider says").fill("Came twice, then not.")
    page.get_by_role("button", name="Record what the provider says").click()
    page.get_by_role("link", name="Record their side").click()
    page.get_by_label("Their side, in their words (optional)").fill("My shift changed and I had no credit.")
    page.get_by_role("button", name="Record their side").click()
    page.get_by_role("link", name="Write your view").click()
    expect(page.get_by_role("heading", name="Panel sheet")).to_be_visible()
    page.get_by_label("They carry on").check()
    page.get_by_label("Why you think so").fill("They came to everything else.")
    page.get_by_role("button", name="Write your view").click()
    expect(page.get_by_text("it is shown when both are in").first).to_be_visible()
    scheme.ask(OWN, RecordView(Opinion.CARRY_ON), Actor("fran", Role.OIC))
    scheme.sweep()
    somebody.open(f"/cases/{OWN}")
    page.get_by_role("link", name="Decide the alleged breach").click()
    page.get_by_label("They carry on").check()
    page.get_by_label("Your reasons").fill("A reason came late, and late reasons count.")
    page.get_by_role("button", name="Decide the alleged breach").click()
    expect(page.get_by_text("They carry on, decided by Amara Okoye").first).to_be_visible()
    assert somebody.complaints == []


NAMES = [
    ("Llanfairpwllgwyngyll", "Gogerychwyrndrobwllllantysiliogogogoch-Prydderch"), ("Siân", "ap Rhys"), ("Zoë", "O'Neil"),
    ("Ŵyn", "Ó Súilleabháin"),
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "cy"])
@WIDTHS
def test_a_full_list_of_long_names_keeps_nobody_out(looker: Callable, width: int, language: str):
    somebody = looker(width)
    for number in range(60):
        given, family = NAMES[number % len(NAMES)]
        somebody.scheme.refer(f"DUR-22-{1000 + number:06d}", given, family, navigator(number=number % 3))
    somebody.scheme.ask(OWN, Hold(date(2022, 1, 14), "illness"))
    somebody.scheme.go_to(MONDAY + timedelta(hours=6))
    somebody.speak(language)
    somebody.sign_in_as(Part.SUPERVISOR)
    somebody.open("/caseload")
    somebody.check(f"caseload-full-{language}")
    somebody.open("/today")
    somebody.check(f"today-full-{language}")
    somebody.open("/cases/DUR-22-001000")
    somebody.check(f"case-long-name-{language}")
