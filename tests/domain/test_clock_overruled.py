"""People's discretion over the clock: holds, bringing forward, skipping; and what no hold and no skip may do."""

from datetime import date, datetime, time, timedelta

import pytest
from words import (
    CLOCK,
    NAVIGATOR,
    ON_THE_WAY,
    PROVIDER,
    SUPERVISOR,
    Story,
    accepted,
    books,
    days_pass,
    delivered,
    misses,
    referred,
    says,
    spoken_to,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.words import Origin, Role, RungEnd

DAY = timedelta(days=1)


def holds(days: int, expectation: str | None = None):
    return lambda s: s.asks(c.Hold((s.now + days * DAY).date(), "crisis", expectation))


def rungs(s: Story, name: str) -> list[str]:
    return [r.event.rung for r in s.history if isinstance(r.event, ev.RungFired) and r.event.expectation == name]


def fired_at(s: Story, name: str) -> list[date]:
    return [
        r.recorded_at.date() for r in s.history if isinstance(r.event, ev.RungFired) and r.event.expectation == name
    ]


def test_nothing_fires_inside_a_hold_and_what_follows_moves_by_the_working_days_held():
    free = story(referred, accepted, days_pass(20), channel=delivered)
    held = story(referred, accepted, days_pass(1.1), holds(6), days_pass(30), channel=delivered)
    on, until = date(2022, 1, 11), date(2022, 1, 18)
    assert not [day for day in fired_at(held, "first_contact") if on < day < until]
    first = free.policy.calendar.working_days_between(
        fired_at(free, "first_contact")[3], fired_at(held, "first_contact")[3]
    )
    assert first == 5
    assert rungs(held, "first_contact") == rungs(free, "first_contact")


def test_a_hold_whose_day_came_ends_in_a_review_and_one_released_does_not():
    ran_out = story(*ON_THE_WAY, spoken_to(), holds(5), days_pass(10))
    released = story(*ON_THE_WAY, spoken_to(), holds(5), days_pass(1), says(c.Release()), days_pass(9))
    review = [t.kind for t in ran_out.tasks.values() if t.expectation == "hold_review:case"]
    assert review == ["review"]
    assert "hold_review:case" not in released.case.expectations


def test_holding_one_expectation_leaves_the_others_and_the_new_ones_alone():
    s = story(referred, accepted, holds(15, "first_contact"), days_pass(1))
    assert s.case.expectations["first_contact"].status == "held"
    assert s.case.expectations["first_meeting"].status == "open"
    s.asks(c.BookSession("m1", s.now + 3 * DAY, "first_meeting"))
    reminder = s.case.expectations["first_meeting_reminder:m1"]
    assert reminder.next_due < s.now + 3 * DAY


def test_a_case_on_hold_stays_still_when_an_earlier_hold_inside_it_runs_out():
    s = story(referred, accepted, holds(3, "first_contact"), days_pass(1), holds(14), days_pass(6), channel=delivered)
    assert list(s.case.holds) == ["case"]
    assert s.case.expectations["first_contact"].status == "held"
    assert rungs(s, "first_contact") == ["call", "text"][: len(rungs(s, "first_contact"))]
    s.days_pass(20)
    assert s.case.expectations["first_contact"].status == "open"


def test_what_the_victim_is_owed_and_the_laws_clock_run_on_inside_a_hold():
    s = story(lambda s: s.asks(_with_victim(s)), accepted, holds(20))
    assert s.case.expectations["victim_update"].status == "open"
    assert s.case.expectations["last_safe_date"].status == "open"
    assert s.case.expectations["first_contact"].status == "held"


def _with_victim(s: Story) -> c.Refer:
    from words import referral  # noqa: PLC0415

    return referral(referred_at=s.now, victim=True)


def test_a_hold_needs_a_day_a_reason_and_its_people():
    s = story(referred, accepted)
    tomorrow = (s.now + DAY).date()
    asked = [
        (c.Hold(tomorrow, "crisis"), PROVIDER, "not_yours"),
        (c.Hold(tomorrow, " "), NAVIGATOR, "say_why"),
        (c.Hold(s.now.date(), "crisis"), NAVIGATOR, "in_the_past"),
        (c.Hold(s.now.date() + 60 * DAY, "crisis"), NAVIGATOR, "too_long"),
        (c.Hold(tomorrow, "crisis", "nothing"), NAVIGATOR, "nothing_to_hold"),
        (c.Release(), NAVIGATOR, "not_on_hold"),
        (c.Hold(tomorrow, "crisis"), CLOCK, "not_a_person"),
    ]
    assert [s.asks(command, by).refused() for command, by, _ in asked] == [code for *_, code in asked]
    assert not [one for one in s.refusals if "2022-" in one.words], "days as people say them"
    assert s.asks(c.Hold(tomorrow, "crisis")).asks(c.Hold(tomorrow, "crisis")).refused() == "on_hold"


def test_custody_holds_everything_for_as_long_as_the_policy_allows():
    s = story(*ON_THE_WAY, says(c.NoteAway("custody", date(2022, 12, 1))))
    assert s.case.holds["case"].reason == "custody"
    longest = s.policy.calendar.add_working_days(s.now.date(), s.policy.hold_max_working_days)
    assert s.case.holds["case"].until == longest
    s.asks(c.NoteAway("custody", date(2022, 12, 24)))
    assert s.kinds()[-1] == "WentAway"
    assert s.asks(c.NoteAway("holiday", date(2022, 12, 1))).refused() == "where_unknown"


def test_a_rung_brought_forward_goes_now_and_the_next_keeps_its_distance_from_it():
    s = story(*ON_THE_WAY, books("s1"), misses("s1"), days_pass(0.8), channel=delivered)
    s.asks(c.BringForward("missed_session:s1", "crisis")).until(s.now + timedelta(minutes=1))
    assert rungs(s, "missed_session:s1") == ["call", "text"]
    due = s.case.expectations["missed_session:s1"].next_due
    assert s.policy.calendar.working_days_between(s.now.date(), due.date()) >= 2


def test_a_rung_brought_forward_at_night_waits_for_the_morning():
    s = story(referred, accepted)
    s.until(datetime.combine(s.now.date(), time(23), s.now.tzinfo))
    s.asks(c.BringForward("first_contact", "crisis"))
    assert s.case.expectations["first_contact"].next_due == datetime(2022, 1, 11, 9, tzinfo=s.now.tzinfo)


def test_a_skipped_rung_is_recorded_with_who_and_why_and_the_next_is_set():
    s = story(referred, accepted, says(c.SkipRung("first_contact", "spoke_in_person")))
    skipped = s.last(ev.RungFired)
    assert (skipped.rung, skipped.end, skipped.why, skipped.skipped_by) == (
        "call", RungEnd.SKIPPED, "spoke_in_person", NAVIGATOR,
    )  # fmt: skip
    assert s.case.expectations["first_contact"].next == "text"


@pytest.mark.parametrize("command", [c.SkipRung, c.BringForward])
def test_nobody_skips_or_hastens_the_end_of_a_hold(command: type[c.SkipRung] | type[c.BringForward]):
    s = story(*ON_THE_WAY, holds(5), says(command("hold:case", "crisis")))
    assert s.refused() == "not_this_one"


def test_nobody_skips_or_hastens_the_day_on_which_an_undecided_breach_lapses():
    s = story(*ON_THE_WAY, says(c.OpenBreach("new_matter")))
    while s.case.expectations["breach_decision"].next != "lapse":
        s.days_pass(1)
    for command in (c.SkipRung, c.BringForward):
        assert s.asks(command("breach_decision", "crisis"), SUPERVISOR).refused() == "not_this_one"
    assert s.days_pass(20).last(ev.BreachLapsed)
    assert s.case.breach is None


def test_overruling_the_clock_is_for_staff_with_a_reason_about_something_that_waits():
    s = story(referred, accepted)
    asked = [
        (c.SkipRung("first_contact", "crisis"), PROVIDER, "not_yours"),
        (c.SkipRung("first_contact", ""), NAVIGATOR, "say_why"),
        (c.BringForward("no_such", "crisis"), NAVIGATOR, "nothing_waits"),
        (c.BringForward("first_contact", "crisis"), CLOCK, "not_a_person"),
    ]
    assert [s.asks(command, by).refused() for command, by, _ in asked] == [code for *_, code in asked]


def test_an_alarm_that_has_gone_stale_means_nothing():
    s = story(referred, accepted)
    waiting = s.case.expectations["first_contact"]
    before = len(s.history)
    for alarm in (
        c.FireTimer("first_contact", waiting.cycle, "letter"),
        c.FireTimer("first_contact", waiting.cycle + 1, "call"),
        c.FireTimer("first_contact", waiting.cycle, "call"),  # not due yet
        c.FireTimer("no_such", 0, "call"),
    ):
        s.asks(alarm, CLOCK, Origin.TIMER)
    assert len(s.history) == before
    assert s.case.parties[Role.NAVIGATOR] == "nav-1"
