"""When rungs fire: contact hours, days off, both clock changes, safe hours, reminders, gaps, outages, late receipts."""

from collections import Counter
from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from words import (
    CLOCK,
    CONFIRMED,
    ON_THE_WAY,
    PROVIDER,
    Story,
    accepted,
    books,
    days_pass,
    delivered,
    misses,
    referred,
    refers,
    says,
    scheme,
    spoken_to,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain import plan
from caseflow.domain.expect import Moment, raw_due
from caseflow.domain.words import Attendance, Channel, Origin, Receipt, Role, RungEnd


def london(*moment: int) -> datetime:
    return scheme().calendar.instant(datetime(*moment))  # type: ignore[arg-type]  # noqa: DTZ001


def climbed(s: Story, name: str, *ends: RungEnd) -> list[tuple[str, str]]:
    """(rung, London wall time) of each rung of an expectation that fired, or came to one of these ends."""
    return [
        (r.event.rung, f"{s.policy.calendar.local(r.recorded_at):%a %d %b %H:%M}")
        for r in s.history
        if isinstance(r.event, ev.RungFired)
        and r.event.expectation == name
        and r.event.end in (ends or (RungEnd.FIRED,))
    ]


def outage(days: float):
    """Nobody looks for so long; then the clock is asked, at once."""

    def chapter(s: Story) -> Story:
        s.now += timedelta(days=days)
        return s.until(s.now)

    return chapter


def first_contact(now: datetime, days: float = 20) -> list[tuple[str, str]]:
    return climbed(story(referred, accepted, days_pass(days), channel=delivered, now=now), "first_contact")


def test_an_ordinary_first_contact():
    assert first_contact(london(2022, 1, 10, 9, 30)) == [
        ("call", "Mon 10 Jan 11:30"), ("text", "Mon 10 Jan 13:30"), ("call_again", "Tue 11 Jan 13:30"),
        ("ask_oic", "Wed 12 Jan 13:30"), ("email", "Thu 13 Jan 13:30"), ("letter", "Mon 17 Jan 13:30"),
        ("decide", "Thu 20 Jan 13:30"),
    ]  # fmt: skip


def test_what_falls_outside_contact_hours_waits_for_them():
    climb = first_contact(london(2022, 1, 14, 17, 45), 5)  # a Friday evening
    assert climb[0] == ("call", "Mon 17 Jan 09:00"), "nobody is rung on a Saturday"
    assert climb[1] == ("text", "Mon 17 Jan 11:00"), "and the text keeps its two hours after the call"


def test_a_saturday_morning_is_for_texts_and_neither_for_calls_nor_for_officers():
    contact, saturday = scheme().contact, london(2022, 1, 15, 11)
    opens = [w.contains(scheme().calendar, saturday) for w in (contact.texts, contact.calls, contact.office)]
    assert opens == [True, False, False]


@pytest.mark.parametrize(
    ("now", "wall"),
    [
        (london(2022, 3, 25, 10), ["Fri 25 Mar 12:00", "Fri 25 Mar 14:00", "Mon 28 Mar 14:00"]),
        (london(2022, 10, 28, 10), ["Fri 28 Oct 12:00", "Fri 28 Oct 14:00", "Mon 31 Oct 14:00"]),
    ],
    ids=["clocks go forward", "clocks go back"],
)
def test_a_working_day_later_is_the_same_time_on_the_wall_over_a_clock_change(now: datetime, wall: list[str]):
    assert [at for _, at in first_contact(now, 4)][:3] == wall


def test_christmas_and_new_year_are_days_off():
    assert first_contact(london(2022, 12, 23, 15), 25) == [
        ("call", "Fri 23 Dec 17:00"), ("text", "Sat 24 Dec 10:00"), ("call_again", "Thu 29 Dec 10:00"),
        ("ask_oic", "Fri 30 Dec 10:00"), ("email", "Tue 03 Jan 10:00"), ("letter", "Thu 05 Jan 10:00"),
        ("decide", "Tue 10 Jan 10:00"),
    ]  # fmt: skip


def test_nobody_is_called_or_written_to_outside_their_own_hours():
    late = says(c.AgreeContact(CONFIRMED, not_before=time(16)))
    s = story(*ON_THE_WAY, late, books("s1"), misses("s1"), days_pass(14), channel=delivered)
    told = climbed(s, "missed_session:s1")
    assert [rung for rung, _ in told] == ["call", "text", "call_again", "your_move_letter", "your_move_text", "rule"]
    assert all(at.endswith("16:00") for _, at in told[:-1])


def test_hours_that_leave_no_moment_at_all_stop_the_texts_but_neither_the_post_nor_the_ladder():
    never = says(c.AgreeContact(CONFIRMED, not_before=time(20)))
    s = story(*ON_THE_WAY, never, books("s1"), misses("s1"))
    told = len(s.sends)
    s.days_pass(20)
    channels = {channel for _, send in s.sends[told:] if send.to is Role.PARTICIPANT for channel in send.channels}
    assert channels == {Channel.LETTER}
    assert climbed(s, "missed_session:s1")[-1][0] == "rule"


# ── reminders ───────────────────────────────────────────────────────────────────────────────────
def reminded(start: datetime) -> list[tuple[str, str]]:
    s = story(*ON_THE_WAY, channel=delivered)
    s.asks(c.AgreeContact(CONFIRMED, short_reminder=True))
    s.asks(c.BookSession("s1", start, item="i1", place="12 High St"))
    return climbed(s.until(start + timedelta(hours=2)), "session:s1")


def test_a_limit_that_keeps_somebody_safe_stays_until_it_is_named():
    s = story(*ON_THE_WAY).asks(
        c.AgreeContact(CONFIRMED, texts_only=True, no_voicemail=True, not_before=time(12), not_after=time(15))
    )
    s.asks(c.AgreeContact(language="en"))
    kept = s.case.contact
    assert (kept.texts_only, kept.no_voicemail, kept.not_before, kept.not_after) == (True, True, time(12), time(15))
    s.asks(c.AgreeContact(texts_only=False, any_hour=True))
    free = s.case.contact
    assert (free.texts_only, free.no_voicemail, free.not_before, free.not_after) == (False, True, None, None)


def test_reminders_count_back_from_the_start():
    assert reminded(london(2022, 1, 19, 14)) == [("two_days", "Mon 17 Jan 14:00"), ("three_hours", "Wed 19 Jan 11:00")]


def test_a_reminder_outside_contact_hours_goes_before_them_never_after():
    monday = london(2022, 1, 17, 16)  # two days before is a Saturday afternoon
    assert reminded(monday)[0] == ("two_days", "Fri 14 Jan 18:29"), "the same rung may be a call"
    assert reminded(london(2022, 1, 18, 10))[1] == ("three_hours", "Mon 17 Jan 18:29"), "seven is too early"


def test_a_reminder_over_the_clock_change_keeps_the_time_on_the_wall():
    policy, start = scheme(), london(2022, 3, 28, 12)
    rung = policy.ladder("session").rung("two_days")
    assert raw_due(policy, rung, Moment(start, start, None)) == london(2022, 3, 26, 12)
    assert start - london(2022, 3, 26, 12) == timedelta(hours=47)


def test_a_session_booked_for_tomorrow_is_past_its_first_reminder():
    s = story(*ON_THE_WAY)
    s.asks(c.BookSession("s1", s.now + timedelta(hours=20), item="i1"))
    opened = next(r.event for r in s.history if getattr(r.event, "expectation", "") == "session:s1")
    assert opened.passed == ("two_days",)


def test_a_session_moved_is_reminded_of_anew_and_no_longer_of_its_old_time():
    s = story(*ON_THE_WAY, books("s1", 9), channel=delivered)
    later = s.case.sessions["s1"].start + timedelta(days=7)
    s.asks(c.MoveSession("s1", later)).until(later)
    assert [at for at, send in s.sends if send.purpose == "session_reminder"] == [later - timedelta(days=2)]
    assert s.sent("session_changed") == ["session_changed"]


def test_a_session_moved_twice_before_anybody_was_told_takes_the_older_word_back():
    s = story(*ON_THE_WAY, books("s1", 9))
    start = s.case.sessions["s1"].start
    s.asks(c.MoveSession("s1", start + timedelta(days=1))).asks(c.MoveSession("s1", start + timedelta(days=2)))
    assert [void.subject for void in s.voids if void.purpose == "session_changed"] == ["s1", "s1"]


# ── catching up ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("days", [3, 30])
def test_after_an_outage_a_ladder_goes_on_from_now_one_step_a_working_day(days: int):
    calm = story(referred, accepted, days_pass(20), channel=delivered)
    late = story(referred, accepted, outage(days), days_pass(40), channel=delivered)
    assert [rung for rung, _ in climbed(late, "first_contact")] == [rung for rung, _ in climbed(calm, "first_contact")]
    days_of = Counter(at[:10] for _, at in climbed(late, "first_contact")[1:])
    assert max(days_of.values()) == 1, "a day brings one step, after the first call and its text"


def test_what_would_come_too_late_to_be_of_use_lapses_and_is_recorded():
    s = story(*ON_THE_WAY, books("s1"), misses("s1"), outage(30), channel=delivered)
    assert climbed(s, "missed_session:s1", RungEnd.LAPSED) == [("text", "Thu 17 Feb 15:00")]
    assert "missed_session" not in s.sent()


def test_a_reminder_that_slept_through_its_session_is_never_sent():
    s = story(*ON_THE_WAY, books("s1", 9), outage(12), channel=delivered)
    assert "session_reminder" not in s.sent()
    assert climbed(s, "session:s1", RungEnd.LAPSED)


def test_an_outage_does_not_hurry_a_breach():
    s = story(*ON_THE_WAY, says(c.OpenBreach("new_matter")), outage(30), channel=delivered)
    assert s.case.breach is not None, "those who decide get their time"
    assert [t.title for t in s.tasks.values() if t.kind == "decide"] == []
    s.days_pass(40)
    assert s.case.breach is None
    assert "BreachLapsed" in s.kinds()


def test_an_alarm_that_comes_early_or_again_changes_nothing():
    s = story(referred, accepted, days_pass(1), channel=delivered)
    again = plan.advance(s.case, (), s.policy, s.now)
    assert (again.events, again.effects, again.stream) == ((), (), s.case)


# ── distance ────────────────────────────────────────────────────────────────────────────────────
def acknowledged(s: Story, receipt: Receipt) -> Story:
    number, send = next((n, send) for n, (_, send) in enumerate(s.sends) if send.purpose == "first_contact")
    return s.asks(s.receipt(number, send, receipt), CLOCK, Origin.CHANNEL)


def test_a_message_that_took_effect_late_moves_what_follows_it():
    s = story(referred, accepted).until(london(2022, 1, 11, 10))
    before = s.case.expectations["first_contact"].next_due
    after = acknowledged(s, Receipt.DELIVERED).case.expectations["first_contact"].next_due
    assert (before, after) == (london(2022, 1, 11, 13, 30), london(2022, 1, 12, 10))
    assert s.kinds()[-1] == "Rebased"


def test_a_chase_waits_for_word_of_the_last_one_and_calls_do_not():
    s = story(referred, accepted, days_pass(3.5))
    assert [rung for rung, _ in climbed(s, "first_contact")] == ["call", "text", "call_again", "ask_oic"]
    assert climbed(s, "first_contact", RungEnd.BLOCKED) == [("email", "Thu 13 Jan 13:30")]
    acknowledged(s, Receipt.DELIVERED).days_pass(6)
    assert climbed(s, "first_contact")[4] == ("email", "Wed 19 Jan 09:00"), "three working days after word came"


@pytest.mark.parametrize("name", ["durham", "dyfed-powys"])
def test_two_chases_of_two_ladders_keep_the_gap_between_them(name: str):
    policy = scheme(name)
    caution = refers(disposal="conditional_caution")
    s = story(caution, *ON_THE_WAY[1:], days_pass(12), policy=policy, channel=delivered)
    misses("s1")(books("s1", 2)(s)).days_pass(40)
    chases = [
        at
        for at, send in s.sends
        if send.kind == "chase" and policy.ladder(send.expectation.partition(":")[0]).rung(send.rung).chase
    ]
    apart = [policy.calendar.working_days_between(a.date(), b.date()) for a, b in pairwise(chases)]
    assert len(chases) > 2
    assert min(apart) >= policy.contact.chase_gap_working_days


def test_a_task_waits_its_time_after_a_letter_that_went_late():
    s = story(*ON_THE_WAY, books("s1"), misses("s1"), outage(3), days_pass(40), channel=delivered)
    letter, rule = (dict(climbed(s, "missed_session:s1"))[rung] for rung in ("your_move_letter", "rule"))
    assert (letter, rule) == ("Fri 28 Jan 10:20", "Wed 02 Feb 10:20")


def test_silence_of_a_provider_is_asked_about_and_stays_unknown():
    s = story(*ON_THE_WAY, books("s1"), spoken_to(), days_pass(30), channel=delivered)
    assert s.case.sessions["s1"].status == "booked"
    assert {"session_outcome_request", "session_outcome_again"} <= {send.purpose for _, send in s.sends}
    s.asks(c.RecordAttendance("s1", Attendance.ATTENDED), PROVIDER)
    assert s.case.expectations["attendance:s1"].status == "met"
