"""Case work: what is offered, what a form would change, what it did, what is taken back, and what an old page is told."""

import re
from datetime import timedelta

import pytest
from visiting import heading, plain
from web_scheme import ELSE, MONDAY, OWN, navigator
from working import DAY, alleged, engaged, missed

from caseflow.access.who import Part
from caseflow.domain import journey
from caseflow.domain.commands import Assess, BookSession, NoteAnswer, RecordAttendance, RecordContact
from caseflow.domain.events import BroughtForward, Held, HoldEnded, RungFired, SessionAttended
from caseflow.domain.words import Attendance, ContactResult, Need
from caseflow.telling.commanding import CASE_COMMANDS
from caseflow.web.forms.declared import FORMS
from caseflow.web.pages.work import PAGE_OF_ITS_OWN
from caseflow.web.words import LANGUAGES, catalogue

NO_FORM = {"finish_task"}
"""What has another place: a task is finished where it stands."""


def events(scheme, kind, ref=OWN):
    return [one.event for one in scheme.memory.store.tables.events["durham", ref] if isinstance(one.event, kind)]


def case_of(scheme, ref=OWN):
    return scheme.app.readings.dossiers("durham", ids=[ref])[0].stream


def test_every_command_has_its_form_or_its_reason():
    assert set(FORMS) | set(PAGE_OF_ITS_OWN) | NO_FORM == set(CASE_COMMANDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_and_field_has_its_words(language):
    known = catalogue(language)
    wanted = {f"do.{name}" for name in (*FORMS, *PAGE_OF_ITS_OWN)} | {f"group.{one.group}" for one in FORMS.values()}
    wanted |= {f"field.{field.key}" for form in FORMS.values() for field in form.fields}
    assert wanted <= set(known)


@pytest.mark.parametrize("name", [name for name in FORMS if name != "reopen"])
def test_every_form_opens_wherever_it_is_offered(scheme, name):
    """On a case that has been through a good deal; what is not offered there is answered politely."""
    if name in {"accept", "decline", "assess"}:
        scheme.refer("DUR-22-000007", "Kim", "Ó Súilleabháin-Prydderch", "nobody", accepted=False)
        ref, browser = "DUR-22-000007", scheme.signed_in(Part.SUPERVISOR)
    else:
        alleged(scheme)
        ref, browser = OWN, scheme.signed_in(Part.NAVIGATOR if Part.NAVIGATOR in FORMS[name].parts else Part.SUPERVISOR)
    page = browser.get(f"/cases/{ref}/do/{name}")
    there = name in journey.offered(case_of(scheme, ref))
    assert page.status_code == (200 if there else 409)
    assert heading(page) == (catalogue("en")[f"do.{name}"] if there else "That cannot be done now")


# ── the card of what comes next ─────────────────────────────────────────────────────────────────
def test_the_card_offers_to_do_it_now_to_wait_and_to_leave_it_out(scheme):
    page = scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}")
    for what in ("bring_forward", "hold", "skip_rung"):
        assert f"/cases/{OWN}/do/{what}?expectation=first_contact" in page.text
    assert "I will do it myself" in plain(page)
    looker = scheme.signed_in(Part.AUDITOR).get(f"/cases/{OWN}")
    assert "/do/" not in looker.text


def test_skipping_says_beforehand_what_it_changes_and_asks_why(scheme):
    browser = scheme.signed_in(Part.NAVIGATOR)
    page = browser.get(f"/cases/{OWN}/do/skip_rung?expectation=first_contact")
    words = plain(page)
    assert "What it would change" in words
    assert "No more" in words
    assert "Ring: say hello" in words
    page = browser.send(f"/cases/{OWN}/do/skip_rung", expectation="first_contact")
    assert page.status_code == 422
    assert "Why: choose one" in plain(page)
    page = browser.send(f"/cases/{OWN}/do/skip_rung", expectation="first_contact", reason="other")
    assert "say in a few words what it is" in plain(page)
    page = browser.send(f"/cases/{OWN}/do/skip_rung", expectation="first_contact", reason="spoke_in_person")
    assert heading(page) == "Sam Carter"
    assert "What was done" in plain(page)
    [skipped] = [one for one in events(scheme, RungFired) if one.skipped_by is not None]
    assert (skipped.end, skipped.why) == ("skipped", "spoke_in_person")


def test_own_words_are_a_reason_too(scheme):
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get(f"/cases/{OWN}/do/bring_forward?expectation=first_contact")
    browser.send(
        f"/cases/{OWN}/do/bring_forward", expectation="first_contact", reason="other", reason_words="asked us to"
    )
    [brought] = events(scheme, BroughtForward)
    assert brought.reason == "asked us to"


def test_a_hold_can_be_looked_at_first_and_taken_back_after(scheme):
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get(f"/cases/{OWN}/do/hold")
    fields = {"expectation": "case", "reason": "illness", "until-day": "14", "until-month": "1", "until-year": "2022"}
    page = browser.send(f"/cases/{OWN}/do/hold", look="yes", **fields)
    assert page.status_code == 200
    assert "At another time" in plain(page)
    assert events(scheme, Held) == []
    page = browser.send(f"/cases/{OWN}/do/hold", **fields)
    assert "On hold" in plain(page)
    assert "Take it back" in plain(page)
    page = browser.send(f"/cases/{OWN}/undo")
    assert "Take it back" not in plain(page)
    assert case_of(scheme).holds == {}
    assert len(events(scheme, HoldEnded)) == 1


def test_what_the_rules_refuse_is_said_in_their_words_and_the_form_keeps_what_was_written(scheme):
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get(f"/cases/{OWN}/do/hold")
    fields = {"expectation": "case", "reason": "illness", "until-day": "1", "until-month": "7", "until-year": "2022"}
    page = browser.send(f"/cases/{OWN}/do/hold", **fields)
    assert page.status_code == 409
    assert "A hold ends by 7 February 2022 at the latest" in plain(page)
    assert 'value="2022"' in page.text
    page = browser.send(f"/cases/{OWN}/do/hold", **(fields | {"until-month": "2"}))
    assert heading(page) == "Sam Carter"


def test_a_page_that_has_grown_old_says_what_happened_and_goes_on_after_that(scheme):
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get(f"/cases/{OWN}/do/skip_rung?expectation=first_contact")
    before = case_of(scheme).seq
    scheme.go_to(MONDAY + timedelta(hours=3))
    assert case_of(scheme).seq > before
    page = browser.send(f"/cases/{OWN}/do/skip_rung", expectation="first_contact", reason="crisis")
    assert page.status_code == 409
    assert "While this page was open" in plain(page)
    assert "skipped" not in [one.end for one in events(scheme, RungFired)]
    browser.send(f"/cases/{OWN}/do/skip_rung", expectation="first_contact", reason="crisis")
    assert [one.end for one in events(scheme, RungFired)].count("skipped") == 1


def test_a_second_tap_changes_nothing_and_shows_the_same(scheme):
    engaged(scheme)
    scheme.ask(OWN, BookSession("s1", MONDAY + timedelta(hours=3), item="i1"))
    scheme.go_to(MONDAY + timedelta(hours=4))
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get(f"/cases/{OWN}")
    fields = browser.fields(f"/cases/{OWN}/do/record_attendance")
    assert fields["outcome"] == "attended"
    form = f"/cases/{OWN}/do/record_attendance"
    places = {
        browser.ask("POST", form, data=fields, headers={"origin": browser.host}).headers["location"] for _ in range(2)
    }
    assert len(places) == 1
    assert len(events(scheme, SessionAttended)) == 1


def test_forms_of_one_page_are_told_apart_however_long_the_ids_of_their_sessions_are(scheme):
    engaged(scheme)
    session = "a-session-with-an-id-that-somebody-else-gave-it-0123456789abcdef"
    scheme.ask(OWN, BookSession(session, MONDAY + timedelta(hours=3), item="i1"))
    scheme.go_to(MONDAY + timedelta(hours=4))
    browser = scheme.signed_in(Part.NAVIGATOR)
    form = f"/cases/{OWN}/do/record_attendance"
    page = browser.get(f"/cases/{OWN}")
    ids = re.findall(rf'name="command_id" value="([^"]*{session}[^"]*)"', page.text)
    assert len({one for one in ids if one.endswith(("attended", "late", "absence"))}) == 3
    for outcome in ("attended", "late", "unacceptable_absence"):
        fields = browser.fields(form) | {"outcome": outcome, "command_id": next(i for i in ids if i.endswith(outcome))}
        browser.ask("POST", form, data=fields, headers={"origin": browser.host})
    assert case_of(scheme).sessions[session].status == "missed"


# ── sessions, absences, answers ─────────────────────────────────────────────────────────────────
def test_a_session_is_booked_at_the_time_that_people_here_mean(scheme):
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get(f"/cases/{OWN}/do/book_session")
    form, when = f"/cases/{OWN}/do/book_session", {"day-day": "27", "day-month": "6", "day-year": "22"}
    page = browser.send(form, kind="first_meeting", time="halfpast", **when)
    assert "this is no time" in plain(page)
    page = browser.send(form, kind="first_meeting", time="2.30pm", place="12 High Street", **when)
    assert "First meeting booked for Mon 27 Jun 2022 14:30 at 12 High Street" in plain(page)


def test_a_reason_can_be_given_with_the_absence_and_needs_one(scheme):
    engaged(scheme)
    scheme.ask(OWN, BookSession("s1", MONDAY + timedelta(hours=3), item="i1"))
    scheme.go_to(MONDAY + timedelta(hours=4))
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get(f"/cases/{OWN}/do/record_attendance?session=s1&outcome=acceptable_absence")
    form = f"/cases/{OWN}/do/record_attendance"
    page = browser.send(form, session="s1", outcome="acceptable_absence")
    assert "Reason for not coming: choose one" in plain(page)
    page = browser.send(form, session="s1", outcome="acceptable_absence", reason="illness", text="Has the flu")
    assert "Absence accepted: Illness" in plain(page)
    text = next(row for row in scheme.memory.store.tables.texts.values() if row.body == "Has the flu")
    assert text.person == "sam"


def test_a_strike_says_first_why_there_can_be_none(scheme):
    engaged(scheme)
    scheme.ask(OWN, BookSession("s1", MONDAY + timedelta(hours=3), item="i1"))
    scheme.go_to(MONDAY + timedelta(hours=4))
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get(f"/cases/{OWN}")
    browser.send(f"/cases/{OWN}/do/record_attendance", outcome="unacceptable_absence")
    words = plain(browser.get(f"/cases/{OWN}/do/confirm_strike?session=s1"))
    assert "Nobody has reached the person about this session yet" in words


@pytest.mark.parametrize("what", ["confirm_strike", "rule_session"])
def test_whoever_rules_on_an_absence_is_told_that_no_reminder_of_the_session_reached_them(scheme, what):
    engaged(scheme)
    missed(scheme, "s1", 3 * DAY)
    browser = scheme.signed_in(Part.NAVIGATOR)
    said = "No reminder of this session reached them"
    assert said in plain(browser.get(f"/cases/{OWN}/do/{what}?session=s1"))
    assert f"10am: {said}" in plain(browser.get(f"/cases/{OWN}/do/{what}"))
    assert said in plain(browser.get(f"/cases/{OWN}"))
    assert said.lower() in plain(browser.get(f"/cases/{OWN}/sheet")).lower()


def test_of_a_session_that_somebody_rang_about_nothing_is_said(scheme):
    engaged(scheme)
    scheme.ask(OWN, BookSession("s1", MONDAY + 3 * DAY, item="i1"))
    scheme.go_to(MONDAY + 2 * DAY)
    scheme.ask(OWN, RecordContact(ContactResult.SPOKE, about="s1"))
    scheme.go_to(MONDAY + 3 * DAY + timedelta(hours=2))
    scheme.ask(OWN, RecordAttendance("s1", Attendance.UNACCEPTABLE))
    words = plain(scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}/do/rule_session?session=s1"))
    assert "Your ruling" in words
    assert "reminder of this session" not in words


def test_a_strike_stands_and_a_supervisor_waives_it(scheme):
    engaged(scheme)
    missed(scheme, "s1", 2 * DAY)
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get(f"/cases/{OWN}/do/confirm_strike?session=s1")
    page = browser.send(f"/cases/{OWN}/do/confirm_strike", session="s1")
    assert "Strike 1" in plain(page)
    boss = scheme.signed_in(Part.SUPERVISOR)
    boss.get(f"/cases/{OWN}/do/waive_strike?session=s1")
    page = boss.send(f"/cases/{OWN}/do/waive_strike", session="s1", reason="fair_in_the_round")
    assert "Strike 1" not in plain(page).partition("The story so far")[0].partition("Sessions")[2]


def test_an_answer_that_waits_is_read_with_one_tap(scheme):
    with scheme.app.store.begin() as unit:
        unit.add_texts("durham", [("t1", "sam", "cant do tues sorry")])
    scheme.ask(OWN, NoteAnswer("free", text="t1", needs_reading=True))
    browser = scheme.signed_in(Part.NAVIGATOR)
    page = browser.get(f"/cases/{OWN}")
    assert "cant do tues sorry" in plain(page)
    number = browser.fields(f"/cases/{OWN}/do/read_answer")["answer"]
    page = browser.send(f"/cases/{OWN}/do/read_answer", answer=number)
    assert "Waiting to be read" not in plain(page)


# ── the plan ────────────────────────────────────────────────────────────────────────────────────
def test_a_plan_keeps_apart_what_has_to_be_done_and_what_is_offered(scheme):
    scheme.ask(OWN, Assess((Need.THINKING, Need.MONEY)))
    browser = scheme.signed_in(Part.NAVIGATOR)
    page = browser.get(f"/cases/{OWN}/plan")
    assert "Needs found: Thinking and behaviour, Money." in plain(page)
    think, money = (
        re.search(rf'value="([^"]*[|]{code})"', page.text)[1] for code in ("thinking_skills", "money_advice")
    )
    form = f"/cases/{OWN}/plan"
    page = browser.send(form, **{"must-1-what": think, "may-1-what": "own", "may-1-words": ""})
    assert "Offered: 1: What: write something" in plain(page)
    page = browser.send(form, **{"must-1-what": think, "may-1-what": money, "more": "may"})
    assert "Offered: 2" in plain(page)
    fields = {"must-1-what": think, "must-1-hours": "9", "may-1-what": money, "may-2-what": "own",
              "may-2-words": "Walks with the dog", "read_back": "yes"}  # fmt: skip
    page = browser.send(form, **fields)
    assert page.status_code == 409
    assert "The plan is agreed when the person has signed it." in plain(page)
    page = browser.send(form, **fields, signed="yes")
    words = plain(page)
    assert "Plan signed and read back" in words
    assert words.index("What has to be done") < words.index("Think it through") < words.index("What is offered")
    items = case_of(scheme).items
    assert [(one.intervention, one.kind, one.hours) for one in items.values()] == [
        ("thinking_skills", "enforceable", 9), ("money_advice", "voluntary", 0), ("Walks with the dog", "voluntary", 0),
    ]  # fmt: skip
    browser.get(form)
    browser.send(form, **(fields | {"may-1-what": ""}), signed="yes")
    assert list(case_of(scheme).items) == ["thinking_skills", "walks_with_the_dog"]


def test_what_is_done_stays_in_a_plan_that_is_agreed_anew(scheme):
    engaged(scheme)
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get(f"/cases/{OWN}")
    page = browser.send(f"/cases/{OWN}/do/note_item_done", item="i1")
    assert "Think it through Common Ground · 9 hours Done" in plain(page)
    browser.get(f"/cases/{OWN}/plan")
    browser.send(f"/cases/{OWN}/plan", signed="yes", **{"may-2-what": "own", "may-2-words": "A letter"})
    assert set(case_of(scheme).items) == {"i1", "i2", "a_letter"}


def test_where_nothing_can_be_enforced_nothing_can_be_asked(scheme):
    scheme.refer("DUR-22-000008", "Kim", "Lowe", navigator(), disposal="outcome_22")
    scheme.ask("DUR-22-000008", Assess())
    page = scheme.signed_in(Part.NAVIGATOR).get("/cases/DUR-22-000008/plan")
    assert "Nothing has to be done (Outcome 22 activity): everything is offered" in plain(page)
    assert "must-1-what" not in page.text


# ── an alleged breach ───────────────────────────────────────────────────────────────────────────
def test_a_breach_shows_what_is_still_to_be_heard_and_each_view_is_blind(scheme):
    alleged(scheme)
    browser = scheme.signed_in(Part.NAVIGATOR)
    words = plain(browser.get(f"/cases/{OWN}"))
    assert "A second strike, alleged on" in words
    assert "The officer in the case" not in words.partition("Alleged breach")[0]
    browser.get(f"/cases/{OWN}/do/record_view")
    page = browser.send(f"/cases/{OWN}/do/record_view", opinion="carry_on", text="Doing well at home")
    assert "it is shown when both are in" in plain(page)
    assert "carry on" not in plain(page).lower().partition("the story")[2]


def test_nobody_decides_before_everybody_was_heard(scheme):
    alleged(scheme)
    browser = scheme.signed_in(Part.SUPERVISOR)
    browser.get(f"/cases/{OWN}/do/decide_breach")
    page = browser.send(f"/cases/{OWN}/do/decide_breach", outcome="breached", reasons="They stopped coming.")
    assert page.status_code == 409
    assert "to give their side" in plain(page) or "asked for their side" in plain(page)


@pytest.mark.parametrize(
    ("given", "answer"), [({"declined": "yes"}, 303), ({"text": "The bus never came"}, 303), ({}, 409)]
)
def test_their_side_is_in_words_or_they_would_rather_not_say(scheme, given, answer):
    alleged(scheme)
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get(f"/cases/{OWN}/do/record_side")
    assert browser.send(f"/cases/{OWN}/do/record_side", follow=False, **given).status_code == answer


def test_a_stranger_to_the_case_finds_no_form(scheme):
    browser = scheme.signed_in(Part.NAVIGATOR)
    for path in (f"/cases/{ELSE}/do", f"/cases/{ELSE}/do/hold", f"/cases/{OWN}/do/fly_away"):
        assert browser.get(path).status_code == 404


# ── what cannot be lived down is not done by one tap ────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "tick", "says"),
    [
        ("withdraw", "talked", "We have talked about it: they want to stop: tick this if it is so"),
        ("note_death", "certain", "I know it for certain: tick this if it is so"),
    ],
)
def test_an_end_that_weighs_is_ticked_first(scheme, name, tick, says):
    desk = scheme.signed_in(Part.NAVIGATOR)
    form = f"/cases/{OWN}/do/{name}"
    desk.get(form)
    desk.send(form)
    assert desk.page.status_code == 422
    assert says in plain(desk.page)
    assert scheme.app.readings.snapshots("durham", [scheme.app.readings.find("durham", OWN)])
    assert "Referred" in plain(desk.get(f"/cases/{OWN}"))
    desk.get(form)
    desk.send(form, **{tick: "yes"})
    assert "What was done" in plain(desk.page)


def test_an_empty_field_is_told_how_to_fill_it(scheme):
    desk = scheme.signed_in(Part.NAVIGATOR)
    desk.get(f"/cases/{OWN}/do/book_session")
    words = plain(desk.send(f"/cases/{OWN}/do/book_session", kind="session"))
    assert "Day: enter a day, such as 27 3 2026" in words
    assert "Time: enter a time, such as 14:30 or 2pm" in words
    assert "write something" not in words
