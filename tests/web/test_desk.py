"""Today and Tomorrow: one line a person, their next act; and what the system will do, as the command line tells it."""

from datetime import timedelta

import pytest
from visiting import heading, plain
from web_scheme import MONDAY, OWN, empty, navigator
from working import engaged

from caseflow.access.who import Part
from caseflow.domain.commands import BookSession, FinishTask, RecordAttendance
from caseflow.domain.words import Attendance
from caseflow.engine.readings import TaskLine
from caseflow.telling.today import today
from caseflow.web.pages import desk


def task(number: int, case: str, due: float | None) -> TaskLine:
    at = None if due is None else MONDAY + timedelta(hours=due)
    return TaskLine(
        str(number), case, case, f"k{number}", "call", "navigator", "jo", f"task {number}", at, "open", "", MONDAY
    )


def test_one_line_a_person_and_what_is_due_first_stands_first():
    found = today([task(1, "a", None), task(2, "b", 3), task(3, "a", -1), task(4, "b", 2), task(5, "c", None)], MONDAY)
    assert [(line.ref, line.first.task.id, line.first.late) for line in found] == [
        ("a", "3", True), ("b", "4", False), ("c", "5", False)
    ]  # fmt: skip
    assert [[act.task.id for act in line.others] for line in found] == [["1"], ["2"], []]


def test_nothing_to_do_is_said_and_leads_to_tomorrow():
    page = empty().signed_in(Part.NAVIGATOR).get("/today")
    assert "Nothing is waiting for you." in plain(page)
    assert 'href="/tomorrow"' in page.text


def test_a_navigator_sees_their_own_people_and_the_next_act_of_each(scheme):
    scheme.go_to(MONDAY + timedelta(days=1, hours=6))
    page = scheme.signed_in(Part.NAVIGATOR).get("/")
    assert (page.url.path, heading(page)) == ("/today", "Today")
    words = plain(page)
    assert "Sam Carter" in words
    assert "Robin Marsh" not in words
    assert "People: 1. Late: 1." in words
    assert "Late: was due Mon 10 Jan, 2pm" in words
    assert words.index("Ring: say hello") < words.index("And 2 more") < words.index("Book the first meeting")


def test_a_supervisor_sees_what_is_late_in_the_team(scheme):
    scheme.go_to(MONDAY + timedelta(days=1, hours=6))
    words = plain(scheme.signed_in(Part.SUPERVISOR).get("/today"))
    own, _, late = words.partition("Late in the team")
    assert "Until when may this be charged?" in own
    assert "Sam Carter" in late, "though something in the same case is the supervisor's own"
    assert "Robin Marsh" in late
    assert "Bethan Rees" not in words


def test_a_task_is_ticked_off_once_however_often_it_is_sent(scheme):
    scheme.go_to(MONDAY + timedelta(hours=3))
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get("/today")
    form = f"/cases/{OWN}/tasks/done"
    fields = browser.fields(form)
    for _ in range(2):
        answer = browser.ask("POST", form, data=fields, headers={"origin": browser.host})
        assert (answer.status_code, answer.headers["location"]) == (303, "/today?done=yes")
    finished = [
        one for one in scheme.memory.store.tables.events["durham", OWN] if type(one.event).__name__ == "TaskFinished"
    ]
    assert [one.actor.role.value for one in finished] == ["navigator"]
    scheme.sweep()
    words = plain(browser.get("/today?done=yes"))
    assert "Noted as done." in words
    assert "Ring: say hello" not in words


def test_a_task_that_is_gone_meanwhile_is_no_error(scheme):
    scheme.go_to(MONDAY + timedelta(hours=3))
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get("/today")
    answer = browser.send(f"/cases/{OWN}/tasks/done", follow=False, task="no/such/task")
    assert answer.status_code == 303


# ── tomorrow ────────────────────────────────────────────────────────────────────────────────────
def test_tomorrow_tells_what_why_and_for_whom_by_day(scheme):
    words = plain(scheme.signed_in(Part.NAVIGATOR).get("/tomorrow"))
    assert words.index("Monday 10 January 2022") < words.index("12 noon Sam Carter")
    assert words.index("12 noon") < words.index("Tuesday 11 January 2022") < words.index("10am Sam Carter")
    assert "The navigator calls: Ring: say hello" in words
    assert "First contact is waited for since Mon 10 Jan 2022 (after: accepted)" in words
    assert "Robin Marsh" not in words


def test_tomorrow_looks_a_week_ahead_when_asked_and_no_further(scheme):
    browser = scheme.signed_in(Part.SUPERVISOR)
    near, far, odd = (plain(browser.get(f"/tomorrow?days={days}")) for days in ("1", "7", "4000"))
    assert near == odd
    assert "Look a week ahead" in near
    assert "Look only as far as tomorrow" in far
    for words in (near, far):
        assert "Sam Carter" in words
        assert "Robin Marsh" in words


def test_the_menu_shows_what_there_is_for_each(scheme):
    for part, there in ((Part.NAVIGATOR, "/today"), (Part.AUDITOR, "/log")):
        page = scheme.signed_in(part).get("/account")
        assert f'<a href="{there}">' in page.text
    assert 'href="/today"' not in scheme.signed_in(Part.OFFICER).get("/account").text


# ── long lists ──────────────────────────────────────────────────────────────────────────────────
def test_what_is_late_in_the_team_goes_on_page_after_page(scheme, monkeypatch):
    monkeypatch.setattr(desk, "A_PAGE", 1)
    monkeypatch.setattr(desk, "TEAM", 1)
    scheme.go_to(MONDAY + timedelta(days=1, hours=6))
    browser = scheme.signed_in(Part.SUPERVISOR)
    today_ = browser.get("/today")
    assert "The 1 longest late, of 2." in plain(today_)
    assert 'href="/today/team"' in today_.text
    first, second = browser.get("/today/team"), browser.get(after(browser.page))
    seen = [name for page in (first, second) for name in ("Sam Carter", "Robin Marsh") if name in plain(page)]
    assert sorted(seen) == ["Robin Marsh", "Sam Carter"]
    assert "Next page" not in plain(second)
    assert "First page" in plain(second)


def test_tomorrow_goes_on_page_after_page_without_a_gap(scheme, monkeypatch):
    browser = scheme.signed_in(Part.SUPERVISOR)
    whole = plain(browser.get("/tomorrow?days=7")).count("is waited for")
    monkeypatch.setattr(desk, "A_PAGE", 3)
    page, seen = browser.get("/tomorrow?days=7"), 0
    for _ in range(whole):
        seen += plain(page).count("is waited for")
        if "Next page" not in plain(page):
            break
        page = browser.get(after(page))
    assert seen == whole > 3


def test_whoever_has_very_much_to_do_sees_it_page_after_page(scheme, monkeypatch):
    monkeypatch.setattr(desk, "A_PAGE", 1)
    monkeypatch.setattr(desk, "MOST", 2)
    scheme.refer("DUR-22-000007", "Kim", "Lowe", navigator())
    scheme.go_to(MONDAY + timedelta(days=1, hours=6))
    browser = scheme.signed_in(Part.NAVIGATOR)
    first = browser.get("/today")
    assert "People: 2." in plain(first)
    second = browser.get(after(first))
    seen = [name for page in (first, second) for name in ("Sam Carter", "Kim Lowe") if name in plain(page)]
    assert sorted(seen) == ["Kim Lowe", "Sam Carter"]


@pytest.mark.parametrize(
    "odd", ["x", "2022-01-10~1", "2022-01-10T10:00:00+00:00~x", "~", "2022-01-10T10:00:00+00:00~1~2~3"]
)
def test_a_place_that_is_none_is_the_beginning(scheme, odd):
    browser = scheme.signed_in(Part.SUPERVISOR)
    for path in ("/today/team", "/tomorrow"):
        assert browser.get(path, params={"after": odd}).status_code == 200
    assert browser.get("/today", params={"from": odd}).status_code == 200


def after(page) -> str:
    """Where "Next page" leads."""
    return page.text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")


def test_a_call_about_a_missed_session_is_recorded_about_that_session(scheme):
    """It is what shows later that they were reached about it: nobody has to think of choosing it."""
    engaged(scheme)
    scheme.ask(OWN, BookSession("s1", MONDAY + timedelta(hours=1), item="i1"))
    scheme.go_to(MONDAY + timedelta(hours=2))
    scheme.ask(OWN, RecordAttendance("s1", Attendance.UNACCEPTABLE))
    scheme.sweep()
    desk = scheme.signed_in(Part.NAVIGATOR)
    link = f"/cases/{OWN}/do/record_contact?about=s1"
    assert f'href="{link}"' in desk.get(f"/cases/{OWN}").text
    assert f'href="{link}"' in desk.get("/today").text
    form = desk.get(link).text
    assert form.count(" checked") == 2, "by phone, and about that session"
    assert 'value="s1" checked' in " ".join(form.split())


def test_whoever_is_to_rule_on_an_absence_reads_on_today_that_no_reminder_reached_them(scheme):
    engaged(scheme)
    start = MONDAY + timedelta(days=2)
    scheme.ask(OWN, BookSession("s1", start, item="i1"))
    scheme.memory.store.set_clock(start + timedelta(hours=1))  # nothing went in time
    scheme.ask(OWN, RecordAttendance("s1", Attendance.UNACCEPTABLE))
    scheme.go_to(start + timedelta(days=14))
    words = plain(scheme.signed_in(Part.NAVIGATOR).get("/today"))
    assert words.count("No reminder of this session reached them") == 1, "among what else there is to do"
    for task in scheme.app.readings.tasks("durham", owner=navigator(), limit=50):
        if task.kind != "rule":
            scheme.ask(OWN, FinishTask(task.key))
    scheme.sweep()
    words = plain(scheme.signed_in(Part.NAVIGATOR).get("/today"))
    assert "strike No reminder of this session reached them" in words, "and when it is the next act"
