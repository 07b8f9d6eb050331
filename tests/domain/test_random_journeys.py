"""The named rules of the field, held against random journeys: any command, any actor, any time, outages among them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from moves import Tale, Watched, play, tales

from caseflow.domain import effects as fx
from caseflow.domain import events as ev
from caseflow.domain import plan
from caseflow.domain.case import Case
from caseflow.domain.journey import NEXT
from caseflow.domain.verify.properties import fact_checks, hours, looked_at, time_to_answer
from caseflow.domain.verify.world import Fact
from caseflow.domain.words import (
    Role,
)

Property = Callable[[Tale], None]


def holds(kinds: list[tuple[str, str]] | None = None, examples: int = 250) -> Callable[[Property], Any]:
    """The same journeys every run: a failure here is a failure everywhere."""
    told = tales() if kinds is None else tales(kinds)
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
    profile = settings(max_examples=examples, derandomize=True, database=None, suppress_health_check=quiet)
    return lambda test: profile(given(told)(test))


def of(s: Watched, *kinds: type[Any]) -> list[tuple[Case, ev.Recorded, Case]]:
    """Facts of these kinds, with the case before and after each."""
    return [(b, r, a) for b, r, a in s.steps() if b is not None and isinstance(r.event, kinds)]


def until(s: Watched, seq: int) -> list[ev.Recorded]:
    return [r for r in s.history if r.seq < seq]


def to_them(s: Watched) -> list[tuple[datetime, Case, fx.Send]]:
    return [(at, case, w) for at, case, w in s.wished if isinstance(w, fx.Send) and w.to is Role.PARTICIPANT]


# ── the journey ─────────────────────────────────────────────────────────────────────────────────
@holds()
def test_no_fact_ever_leads_off_the_journey(tale):
    steps = {(source, to) for (source, _), to in NEXT.items()}
    for before, record, after in play(tale).steps():
        if before is not None and before.state is not after.state:
            assert (before.state, after.state) in steps, record


@holds()
def test_replaying_the_history_gives_the_same_case(tale):
    s = play(tale)
    assert plan.replay(s.history, s.policy.scheme) == s.case


@holds()
def test_facts_are_numbered_without_a_gap_and_never_dated_after_we_heard_of_them(tale):
    history = play(tale).history
    assert [r.seq for r in history] == list(range(1, len(history) + 1))
    assert all(r.occurred_at <= r.recorded_at for r in history)
    assert [r.recorded_at for r in history] == sorted(r.recorded_at for r in history)


@holds()
def test_nothing_is_ever_parked(tale):
    assert play(tale).parked == []


@holds()
def test_rule_11_the_policy_version_never_moves_by_itself(tale):
    assert {after.policy_version for _, _, after in play(tale).steps()} == {"1"}


# ── what the checker of policies proves, on the real thing ──────────────────────────────────────
@holds(examples=400)
def test_every_fact_keeps_the_properties_that_policies_are_verified_for(tale):
    s = play(tale)
    for before, record, after in s.steps():
        assert list(fact_checks(s.policy, Fact(before, record, after))) == []


@holds()
def test_every_ladder_that_runs_out_has_asked_a_person_to_look(tale):
    s = play(tale)
    opened = frozenset(w.key for _, _, w in s.wished if isinstance(w, fx.OpenTask))
    assert [why for b, r, a in s.steps() if (why := looked_at(s.policy, Fact(b, r, a), opened))] == []


@holds()
def test_nobody_is_ruled_on_before_they_had_time_to_answer_unless_a_person_brought_it_forward(tale):
    s = play(tale)
    if not [r for r in s.history if isinstance(r.event, ev.BroughtForward)]:
        assert [why for b, r, a in s.steps() if (why := time_to_answer(s.policy, Fact(b, r, a)))] == []


@holds()
def test_no_task_that_a_step_opens_is_late_from_its_first_minute(tale):
    s = play(tale)
    tasks = [(at, w) for at, _, w in s.wished if isinstance(w, fx.OpenTask) and w.rung]
    assert [w.key for at, w in tasks if w.due is not None and w.due <= at] == []


@holds()
def test_every_message_keeps_the_contact_hours_that_policies_are_verified_for(tale):
    s = play(tale)
    for at, case, send in to_them(s):
        assert hours(s.policy, case, at, send) == ""


# ── alarms ──────────────────────────────────────────────────────────────────────────────────────
@holds()
def test_every_open_expectation_has_exactly_its_alarm_and_nothing_else_has_one(tale):
    s = play(tale)
    waiting = {
        e.id: (e.cycle, e.next, e.next_due)
        for e in s.case.expectations.values()
        if e.status == "open" and e.next is not None
    }
    assert {t.expectation: (t.cycle, t.rung, t.due) for t in s.timers.values()} == waiting
    assert plan.wake_at(s.case) == min((due for _, _, due in waiting.values()), default=None)


@holds()
def test_an_alarm_is_never_left_in_the_past(tale):
    s = play(tale)
    wake = plan.wake_at(s.case)
    assert wake is None or wake > s.now


@holds()
def test_advancing_when_nothing_is_due_changes_nothing(tale):
    s = play(tale)
    again = plan.advance(s.case, (), s.policy, s.now)
    assert (again.stream, again.events, again.effects, again.parked) == (s.case, (), (), ())
