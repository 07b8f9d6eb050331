"""Which expectations a fact opens and closes: the signals of the fact against the ladders of the policy."""

from collections.abc import Callable
from datetime import datetime, time

from caseflow.domain import events as ev
from caseflow.domain.case import Case, Expectation
from caseflow.domain.conditions import Asking, hold
from caseflow.domain.effects import Effect, Record
from caseflow.domain.expect import Moment, expectation_id, opening
from caseflow.domain.meaning import Signal, signals_of
from caseflow.domain.policy import Ladder, Policy
from caseflow.domain.reading import safe_hours

STILL = frozenset({"open", "held"})
"""What an expectation is until something settles it."""


def changes(case: Case, record: ev.Recorded, policy: Policy, now: datetime) -> list[Effect]:
    """Close what the fact settles, then open what it begins. Derived facts, recorded in the same step."""
    if isinstance(record.event, ev.Died):
        return [Record(closed) for closed in _silenced(case, policy)]
    signals = signals_of(case, record.event)
    anew = isinstance(record.event, ev.LastSafeSet)
    if not signals and not anew:
        return []
    gone = {c.expectation: c for c in (*_closings(case, signals, policy), *_said_anew(case, record.event, policy))}
    effects: list[Effect] = [Record(closed) for closed in gone.values()]
    if isinstance(record.event, ev.ExpectationClosed):
        return effects
    seen = set()
    for signal, subject in signals:
        for ladder in policy.opens.get(signal, ()):
            opened = _opening(case, ladder, subject, record, policy, now, gone)
            if opened is not None and opened.expectation not in seen:
                seen.add(opened.expectation)
                effects.append(Record(opened))
    if anew and case.plan_at is not None:
        for ladder in policy.ladders.values():
            opened = _opening(case, ladder, None, record, policy, now, gone) if _about_the_plan(ladder) else None
            if opened is not None:
                effects.append(Record(opened))
    return effects


def _about_the_date(ladder: Ladder) -> bool:
    return "last_safe_known" in ladder.opens


def _about_the_plan(ladder: Ladder) -> bool:
    return "plan_outlives" in ladder.only_if


def _said_anew(case: Case, event: ev.Event, policy: Policy) -> list[ev.ExpectationClosed]:
    """What stood on the date, or the plan, as it was before: another date or plan begins it again, or has no need of it."""
    about: tuple[Callable[[Ladder], bool], ...]
    match event:
        case ev.LastSafeSet():
            by, about = "last_safe_set", (_about_the_date, _about_the_plan)
        case ev.PlanAgreed():
            by, about = "plan_agreed", (_about_the_plan,)
        case _:
            return []
    return [
        ev.ExpectationClosed(e.id, e.cycle, "lapsed", by)
        for e in case.expectations.values()
        if e.status in STILL and any(asks(policy.ladder(e.ladder)) for asks in about)
    ]


def _silenced(case: Case, policy: Policy) -> list[ev.ExpectationClosed]:
    """Everything that speaks to the person or asks somebody to ring them: the person has died."""
    return [
        ev.ExpectationClosed(e.id, e.cycle, "lapsed", "died")
        for e in case.expectations.values()
        if e.status in STILL and any(rung.directed for rung in policy.ladder(e.ladder).rungs)
    ]


def _closings(case: Case, signals: tuple[Signal, ...], policy: Policy) -> list[ev.ExpectationClosed]:
    found = []
    ended, ladders = not case.open, policy.ladders
    names = [signal for signal, _ in signals]
    for expectation in case.expectations.values():
        if expectation.status in STILL:
            ladder = ladders[expectation.ladder]
            if ended or not ladder.closed_by.isdisjoint(names):
                closing = _closing(expectation, signals, ladder, ended=ended)
                if closing is not None:
                    found.append(closing)
    return found


def _closing(
    expectation: Expectation, signals: tuple[Signal, ...], ladder: Ladder, *, ended: bool
) -> ev.ExpectationClosed | None:
    met, about = ladder.met, expectation.subject
    for signal, subject in signals:
        if subject is not None and about is not None and subject != about:
            continue
        if signal in met:
            return ev.ExpectationClosed(expectation.id, expectation.cycle, "met", signal)
        if signal in ladder.lapses or (signal == "ended" and not ladder.after_end):
            return ev.ExpectationClosed(expectation.id, expectation.cycle, "lapsed", signal)
    if ended and not ladder.after_end:
        return ev.ExpectationClosed(expectation.id, expectation.cycle, "lapsed", "ended")
    return None


def _opening(
    case: Case,
    ladder: Ladder,
    subject: str | None,
    record: ev.Recorded,
    policy: Policy,
    now: datetime,
    gone: dict[str, ev.ExpectationClosed],
) -> ev.ExpectationOpened | None:
    if ladder.stream != "case" or not policy.runs(case.disposal, ladder.name) or not (case.open or ladder.after_end):
        return None
    name = expectation_id(ladder.name, subject)
    earlier = case.expectations.get(name)
    if earlier is not None and earlier.status in STILL and name not in gone:
        return None
    if ladder.only_if and hold(ladder.only_if, Asking(case, None, subject, policy, now)):
        return None
    opened = record.recorded_at if isinstance(record.event, ev.SessionMissed) else record.occurred_at
    moment = Moment(opened, _start(case, ladder, subject, record.event, policy), None)
    whole = case.holds.get("case")
    held = whole is not None and not ladder.after_end and not isinstance(record.event, ev.Held)
    not_before = max(now, whole.ends) if whole is not None and held else now
    cycle = 0 if earlier is None else earlier.cycle + 1
    return opening(policy, ladder, subject, moment, safe_hours(case), cycle=cycle, not_before=not_before)


def _start(case: Case, ladder: Ladder, subject: str | None, event: ev.Event, policy: Policy) -> datetime | None:
    if isinstance(event, ev.Held):
        return event.ends
    if _about_the_date(ladder) and case.last_safe is not None:
        return policy.calendar.instant(datetime.combine(case.last_safe, time(9, 0)))
    session = case.sessions.get(subject or "")
    return None if session is None else session.start
