"""The expectations of a case with their ladders: what each step was to do, and what became of it."""

from dataclasses import dataclass, field

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.policy import Ladder, Policy, Rung
from caseflow.domain.signals import SIGNALS
from caseflow.domain.words import RungEnd
from caseflow.engine.readings import Dossier
from caseflow.messages.policies import words
from caseflow.telling import clauses, story
from caseflow.telling.casefile.contract import SheetExpectation, SheetStep
from caseflow.telling.times import local

HOW = {"met": "Has come", "lapsed": "No longer needed", "excused": "Excused"}


@dataclass(slots=True)
class _Open:
    """One opening of one expectation, as far as the history tells it."""

    recorded: ev.Recorded
    event: ev.ExpectationOpened
    rungs: dict[str, ev.Recorded] = field(default_factory=dict)
    closed: ev.Recorded | None = None


def expectations(dossier: Dossier, case: Case, policy: Policy) -> list[SheetExpectation]:
    """In the order in which they were opened; a ladder that began anew stands twice."""
    found: dict[tuple[str, int], _Open] = {}
    for one in dossier.events:
        match one.event:
            case ev.ExpectationOpened() as e:
                found[e.expectation, e.cycle] = _Open(one, e)
            case ev.RungFired() as e if (e.expectation, e.cycle) in found:
                found[e.expectation, e.cycle].rungs[e.rung] = one
            case ev.ExpectationClosed() as e if (e.expectation, e.cycle) in found:
                found[e.expectation, e.cycle].closed = one
            case _:
                pass
    return [_expectation(one, case, policy) for one in found.values()]


def _expectation(one: _Open, case: Case, policy: Policy) -> SheetExpectation:
    ladder = policy.ladders.get(one.event.ladder)
    cause, _, version = one.recorded.caused_by.partition(" policy:")
    number = cause.removeprefix("event:")
    return SheetExpectation(
        id=one.event.expectation,
        cycle=one.event.cycle,
        ladder=one.event.ladder,
        policy=f"{case.scheme}/{version or policy.version}",
        about=ladder.about if ladder else "",
        owner=clauses.owner(ladder) if ladder else "",
        opened=one.event.opened,
        opened_line=one.recorded.seq,
        because_line=int(number) if number.isdigit() else None,
        due=one.event.due,
        end=_end(one, case, ladder),
        ended=one.closed.occurred_at if one.closed else None,
        steps=[_step(one, case, ladder, rung) for rung in ladder.rungs] if ladder else [],
    )


def _end(one: _Open, case: Case, ladder: Ladder | None) -> str:
    if one.closed is not None and isinstance(one.closed.event, ev.ExpectationClosed):
        closed = one.closed.event
        return f"{HOW.get(closed.how, story.plain(closed.how))}: {SIGNALS.get(closed.by, story.plain(closed.by))}"
    now = case.expectations.get(one.event.expectation)
    if now is not None and now.status == "held":
        return "On hold"
    if now is not None and now.next is not None:
        return "Waits"
    return "Every step was taken" + ("; it has not come" if ladder is not None and ladder.met else "")


def _step(one: _Open, case: Case, ladder: Ladder, rung: Rung) -> SheetStep:
    came = one.rungs.get(rung.id)
    left_out: tuple[int, ...] = ()
    if came is not None and isinstance(came.event, ev.RungFired):
        left_out = came.event.left_out or ()
    return SheetStep(
        rung=rung.id,
        comes=words.when(rung.at),
        does=[words.act(one) for number, one in enumerate(rung.acts) if number not in left_out],
        came=_came(one, case, rung, came),
        at=came.recorded_at if came is not None else None,
        line=came.seq if came is not None else None,
    )


def _came(one: _Open, case: Case, rung: Rung, came: ev.Recorded | None) -> str:
    if came is not None and isinstance(came.event, ev.RungFired):
        fired = came.event
        why = f": {clauses.because(fired.why)}" if fired.why else ""
        if fired.end is RungEnd.FIRED:
            return "done"
        if fired.end is RungEnd.BLOCKED and one.closed is not None:
            return f"held back{why}; then not needed"
        by = " by a person" if fired.skipped_by is not None else ""
        words = {RungEnd.SKIPPED: "skipped", RungEnd.LAPSED: "left out", RungEnd.BLOCKED: "held back"}[fired.end]
        return f"{words}{by}{why}"
    if rung.id in one.event.passed:
        return "its time had passed when this began"
    if one.closed is not None:
        return "not needed"
    now = case.expectations.get(one.event.expectation)
    if now is not None and now.next == rung.id and now.next_due is not None and now.status == "open":
        return f"comes on {local(now.next_due)}"
    return "not yet"
