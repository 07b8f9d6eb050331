"""Whole stories: a summary-only offence, whose power to prosecute ends while the person keeps to the plan."""

from datetime import UTC, date, datetime, time

from words import (
    ITEMS,
    MONDAY,
    OIC,
    ON_THE_WAY,
    SUPERVISOR,
    Story,
    accepted,
    attends,
    books,
    days_pass,
    delivered,
    misses,
    refers,
    says,
    scheme,
    spoken_to,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.words import Role, State

LAST = date(2022, 7, 8)
"""Six months after the offence of 8 January 2022."""


def day_of(s: Story, purpose: str) -> list[date]:
    local = scheme(s.policy.scheme).calendar.local
    return [local(at).date() for at, send in s.sends if send.purpose == purpose]


def on(day: date) -> datetime:
    return datetime.combine(day, time(17, 0), UTC)


def plans(ends_on: date):
    return says(c.AgreePlan(ITEMS, signed=True, read_back=True, ends_on=ends_on, why_longer="two operations"))


def tasks_of(s: Story, ladder: str) -> set[tuple[str, Role]]:
    return {(task.kind, task.owner) for key, task in s.tasks.items() if key.startswith(f"{ladder}/")}


def test_a_summary_case_that_goes_on_to_its_last_safe_date():
    """The OIC hears 20 working days before, people decide 10 before, and nothing else follows from the date."""
    s = story(*ON_THE_WAY[:-1], plans(date(2022, 5, 13)), channel=delivered)
    assert tasks_of(s, "last_safe_at_planning") == set()
    s.until(on(date(2022, 6, 9)))
    assert day_of(s, "last_safe_date") == []
    s.until(on(date(2022, 6, 10)))
    assert day_of(s, "last_safe_date") == [date(2022, 6, 10)]
    (send,) = [one for _, one in s.sends if one.purpose == "last_safe_date"]
    assert (send.to, send.fields["by"]) == (Role.OIC, LAST)
    s.until(on(date(2022, 6, 24)))
    assert tasks_of(s, "last_safe_date") == {("decide", Role.SERGEANT), ("task", Role.SUPERVISOR)}
    s.until(on(date(2022, 8, 31)))
    assert day_of(s, "last_safe_date") == [date(2022, 6, 10)]
    assert s.state is State.ENGAGED, "letting the date lapse ends nothing for the person"
    assert not [one for one in s.history if isinstance(one.event, ev.BreachOpened | ev.Breached)]
    assert s.parked == []


def test_who_finishes_in_time_is_never_troubled_by_the_date():
    s = story(
        *ON_THE_WAY, books("s1"), attends("s1"), says(c.NoteItemDone("i1")), says(c.Complete()), days_pass(250),
        channel=delivered,
    )  # fmt: skip
    assert s.state is State.COMPLETED
    assert day_of(s, "last_safe_date") == []
    assert s.case.expectations["last_safe_date"].status == "lapsed"


def test_a_plan_that_outlives_the_date_is_flagged_at_once_and_goes_on_knowingly():
    s = story(*ON_THE_WAY[:-1], plans(date(2022, 7, 29)), channel=delivered)
    assert s.last(ev.PlanAgreed).outlives_last_safe
    assert tasks_of(s, "last_safe_at_planning") == {("flag", Role.NAVIGATOR), ("flag", Role.OIC)}
    assert all("30 working days" in task.title for key, task in s.tasks.items() if "at_planning" in key)
    s.until(on(LAST))
    assert day_of(s, "last_safe_date") == [date(2022, 6, 10)]
    assert s.state is State.ENGAGED


def test_a_hold_and_an_alleged_breach_do_not_stop_the_laws_clock_nor_does_it_hurry_them():
    s = story(*ON_THE_WAY, days_pass(130), channel=delivered)
    s.asks(c.Hold(date(2022, 6, 22), "crisis"))
    s.until(on(date(2022, 6, 10)))
    assert day_of(s, "last_safe_date") == [date(2022, 6, 10)]
    s.asks(c.Release())
    s.asks(c.OpenBreach("new_matter"))
    before = s.case.expectations["breach_decision"]
    s.until(on(date(2022, 6, 24)))
    assert ("decide", Role.SERGEANT) in tasks_of(s, "last_safe_date")
    assert s.case.expectations["breach_decision"].due == before.due


def test_an_absence_near_the_date_is_an_absence_like_any_other():
    s = story(*ON_THE_WAY, days_pass(155), books("s9"), misses("s9"), spoken_to("s9"), days_pass(1), channel=delivered)
    assert s.case.breach is None
    assert s.case.strikes == ()


def test_the_oics_answer_comes_late_and_the_ladder_still_has_its_say():
    """A domestic common assault; on 1 July the OIC says that it may be charged until the 8th."""
    s = story(refers(offence_code="CJ88116", domestic_abuse=True), *ON_THE_WAY[1:], channel=delivered)
    assert s.tasks["last_safe"].kind == "ask"
    s.until(on(date(2022, 7, 1)))
    assert "last_safe" in s.tasks
    assert day_of(s, "last_safe_date") == []
    s.asks(c.SetLastSafe(LAST), OIC)
    s.until(on(date(2022, 7, 4)))
    assert day_of(s, "last_safe_date") in ([date(2022, 7, 1)], [date(2022, 7, 4)])
    assert tasks_of(s, "last_safe_date") == {("decide", Role.SERGEANT), ("task", Role.SUPERVISOR)}


def test_a_referral_after_the_date_is_told_to_the_oic_at_once():
    s = story(refers(offence_date=date(2021, 6, 30)), accepted, days_pass(1), channel=delivered)
    assert day_of(s, "last_safe_date") == [MONDAY.date()]
    assert tasks_of(s, "last_safe_date") == {("decide", Role.SERGEANT), ("task", Role.SUPERVISOR)}


def test_dyfed_powys_counts_by_its_own_steps():
    s = story(
        refers(disposal="conditional_caution"), accepted, policy=scheme("dyfed-powys"), channel=delivered
    ).until(on(date(2022, 6, 30)))  # fmt: skip
    assert day_of(s, "last_safe_date") == [date(2022, 6, 1)]
    assert tasks_of(s, "last_safe_date") == {("decide", Role.SUPERVISOR)}


def test_a_corrected_end_puts_the_date_back():
    s = story(*ON_THE_WAY, says(c.Withdraw()), says(c.Reopen("a mistake"), SUPERVISOR)).until(on(date(2022, 6, 10)))
    assert day_of(s, "last_safe_date") == [date(2022, 6, 10)]
