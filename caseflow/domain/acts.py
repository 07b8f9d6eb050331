"""What a fired rung does: each of its acts becomes notices and tasks. And the alarm that follows every change."""

from dataclasses import replace
from datetime import datetime

from caseflow.domain import events as ev
from caseflow.domain.case import Expectation
from caseflow.domain.effects import DropTasks, DropTimer, Effect, OpenTask, Send, SetTimer, Void
from caseflow.domain.expect import moment_of, useful_until
from caseflow.domain.notices import KINDS
from caseflow.domain.policy import MESSAGES, Act, Policy, Rung
from caseflow.domain.stage import Stage
from caseflow.domain.words import Role, RungEnd

TASKS = frozenset({"call", "task", "ask", "decide", "flag", "rule", "review"})


def timer(policy: Policy, expectation: Expectation) -> tuple[Effect, ...]:
    """The one alarm of an expectation, or none."""
    if expectation.status != "open" or expectation.next is None or expectation.next_due is None:
        return (DropTimer(expectation.id),)
    due = expectation.next_due
    local = policy.calendar.civil_text(due)
    return (
        SetTimer(
            expectation.id, expectation.cycle, expectation.next, due, local, expectation.ladder, expectation.subject
        ),
    )


def closed(event: ev.ExpectationClosed) -> tuple[Effect, ...]:
    """The reason has gone: no alarm, no message still waiting, no task left over."""
    return (
        DropTimer(event.expectation),
        Void(f"{event.how}: {event.by}", event.expectation),
        DropTasks(event.by, expectation=event.expectation, done=event.how == "met"),
    )


def rung_fired(stage: Stage, expectation: Expectation, event: ev.RungFired) -> tuple[Effect, ...]:
    """The acts of a rung that fired; whatever became of it, the next alarm."""
    alarm = timer(stage.policy, expectation)
    if event.end is not RungEnd.FIRED:
        return alarm
    rung = stage.policy.ladder(expectation.ladder).rung(event.rung)
    effects: list[Effect] = []
    closing = any(act.do in {"lapse", "end_hold"} for act in rung.acts)
    told: set[tuple[str, str]] = set()
    for number, act in enumerate(rung.acts):
        if event.left_out is None:  # an older fact, which does not say
            if act.only_if and not stage.allows(act, expectation):
                continue
        elif number in event.left_out:
            continue
        if act.do in MESSAGES and act.message:
            effects += _notices(stage, expectation, event, rung, act, told)
        if act.do in TASKS and (act.task or not act.message):
            task = _task(stage, expectation, event, act, number)
            # Such a rung ends its own expectation: what it asks of a person must outlive that.
            effects.append(replace(task, expectation=None) if closing else task)
    return (*effects, *alarm)


def _notices(
    stage: Stage, expectation: Expectation, event: ev.RungFired, rung: Rung, act: Act, told: set[tuple[str, str]]
) -> list[Effect]:
    channels = stage.channels(act, rung)
    kind = KINDS.get(act.message, "service")
    sent: list[Effect] = []
    for person in stage.recipients(act.to, expectation.subject):
        if (act.message, person) in told:  # one notice a resolved person: the OIC may be the arresting officer
            continue
        told.add((act.message, person))
        if not channels:
            if kind == "decision":
                sent.append(_other_way(expectation, event, act))
            continue
        sent.append(
            Send(
                purpose=act.message,
                to=act.to,
                recipient=person,
                channels=channels,
                kind=kind,
                expectation=expectation.id,
                cycle=expectation.cycle,
                rung=event.rung,
                subject=expectation.subject,
                language=stage.language(act.to),
                fields=stage.fields(act.message, expectation, expectation.subject),
                stand_in=stage.stand_in(act.to),
                expires=_expiry(stage, expectation, rung, kind),
            )
        )
    return sent


def _expiry(stage: Stage, expectation: Expectation, rung: Rung, kind: str) -> datetime | None:
    if kind not in {"chase", "reminder"}:
        return None
    return useful_until(stage.policy, rung, moment_of(expectation), stage.now)


def _other_way(expectation: Expectation, event: ev.RungFired, act: Act) -> OpenTask:
    return OpenTask(
        key=f"{expectation.id}/{expectation.cycle}/{event.rung}/other_way",
        kind="task",
        owner=Role.NAVIGATOR,
        title=f"No address we may write to: give them this in person or by phone ({act.message.replace('_', ' ')})",
        expectation=expectation.id,
        subject=expectation.subject,
        rung=event.rung,
    )


def _done_by(stage: Stage, expectation: Expectation) -> datetime:
    """By when a task is done: before the next step comes.

    Where none comes later (the last one, or several at once), within a working day: nothing is late from its first minute on.
    """
    if expectation.next_due is not None and expectation.next_due > stage.now:
        return expectation.next_due
    return stage.policy.calendar.plus_working(stage.now, 1)


def _task(stage: Stage, expectation: Expectation, event: ev.RungFired, act: Act, number: int) -> OpenTask:
    owner = Role.NAVIGATOR if act.to is Role.PARTICIPANT else act.to
    people = stage.recipients(owner, expectation.subject)
    if not people and owner is Role.PROVIDER:  # no provider delivers this: it is the navigator's own
        owner = Role.NAVIGATOR
        people = stage.recipients(owner, expectation.subject)
    return OpenTask(
        key=f"{expectation.id}/{expectation.cycle}/{event.rung}/{number}",
        kind=act.do,
        owner=owner,
        title=act.task or act.do,
        person=people[0] if people else None,
        due=_done_by(stage, expectation),
        expectation=expectation.id,
        subject=expectation.subject,
        rung=event.rung,
    )
