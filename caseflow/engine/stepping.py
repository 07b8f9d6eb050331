"""One stream's step: plan purely, then sort what it wishes for into the rows it becomes."""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from caseflow.domain import plan
from caseflow.domain.effects import (
    AddToDigest,
    CloseDigest,
    DropTasks,
    DropTimer,
    Effect,
    HandOver,
    OpenTask,
    Record,
    Reroute,
    Send,
    SetTimer,
    Tell,
    Void,
)
from caseflow.engine.alarms import alarm, hushed, restored
from caseflow.engine.app import App
from caseflow.engine.ports import Change, Claimed, Parking


def step(app: App, one: Claimed, now: datetime) -> Change:
    """react the unreacted facts, then fire what is due → everything this step writes. Pure but for the policy look-up.

    What the plan itself sets aside comes back in `parked`, and rings no alarm any more.
    """
    before = one.stream
    advanced = plan.advance(hushed(before, one.parked), one.unreacted, app.policy_for(before), now)
    stream = restored(advanced.stream, before, one.parked)
    parkings = [Parking(stream.id, what, reason, now, stream.scheme) for what, reason in advanced.parked]
    wake_at = alarm(stream, {*one.parked, *expectations_of(parkings)} if parkings else one.parked)
    if advanced.more:
        wake_at = now if wake_at is None else min(wake_at, now)
    change = Change(
        before_seq=before.seq,
        stream=stream,
        events=advanced.events,
        reacted=stream.seq,
        wake_at=wake_at,
        parked=parkings,
    )
    sort_into(change, advanced.effects)
    return change


def expectations_of(parkings: Iterable[Parking]) -> set[str]:
    """The expectation ids among what is parked ("expectation:missed_session:s1" → "missed_session:s1")."""
    return {
        parking.what.removeprefix("expectation:") for parking in parkings if parking.what.startswith("expectation:")
    }


def sort_into(change: Change, effects: Iterable[Effect]) -> None:
    """Sort effects, in their order, into the change.

    The store takes things away before it adds any, so a later wish that undoes an earlier one of the same step takes it
    out here: a timer set and dropped, a task opened and dropped, a notice written and voided.
    """
    timers: dict[str, SetTimer] = {timer.expectation: timer for timer in change.timers}
    for effect in effects:
        match effect:
            case Send():
                change.sends.append(effect)
            case SetTimer():
                timers[effect.expectation] = effect
            case DropTimer():
                timers.pop(effect.expectation, None)
                change.gone_timers.append(effect.expectation)
            case OpenTask():
                change.tasks.append(effect)
            case DropTasks():
                change.tasks = [task for task in change.tasks if not effect.covers(task.key, task.expectation)]
                change.drops.append(effect)
            case HandOver():
                change.handovers.append(effect)
            case Void():
                change.sends = [send for send in change.sends if not effect.covers(send)]
                change.voids.append(effect)
            case Reroute():
                change.reroutes.append(effect)
            case AddToDigest():
                change.digest_items.append(effect)
            case CloseDigest():
                change.digest_closes.append(effect)
            case Tell():
                change.tells.append(effect)
            case Record():
                raise TypeError(f"a plan returned Record({type(effect.event).__name__}): facts come in Advanced.events")
            case _:
                assert_never(effect)
    change.timers = list(timers.values())
