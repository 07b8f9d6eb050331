"""Climbing one rung, for every kind of stream: what became of it, and when the next one is due.

In order: a rung whose messages would come too late to be useful lapses; one whose condition does not hold is skipped;
one that must wait (contact hours, the day's one chase, the last message still on its way) is blocked until it may go;
otherwise it fires. Whatever happens, the next rung is set: no ladder dies in silence (DESIGN, decision 7).
"""

from datetime import datetime, timedelta

from caseflow.domain.calendar import Calendar, SafeHours
from caseflow.domain.case import Expectation
from caseflow.domain.events import RungFired
from caseflow.domain.expect import (
    LATE,
    NO_LIMITS,
    always_useful,
    following,
    moment_of,
    permitted,
    raw_due,
    settle,
    settle_late,
    silenced,
    useful_until,
)
from caseflow.domain.policy import Policy, Rung
from caseflow.domain.words import Actor, RungEnd

UNHEARD_WORKING_DAYS = 5
"""How long a chase waits for word of the last one. After that it is skipped, and the ladder goes on to a person."""


class Climber:
    """One expectation and what its ladder may ask about the stream it belongs to."""

    def __init__(
        self,
        expectation: Expectation,
        policy: Policy,
        now: datetime,
        safe: SafeHours = NO_LIMITS,
        last_chase: datetime | None = None,
    ) -> None:
        self.expectation = expectation
        self.policy = policy
        self.now = now
        self.safe = safe
        self.last_chase = last_chase

    def fails(self, names: tuple[str, ...]) -> str:
        """The first of these conditions that does not hold, or ""."""
        return ""

    def speaks(self, rung: Rung) -> bool:
        """Would this rung, now, send something to the participant?"""
        return False

    def paused(self) -> str:
        """Why the whole ladder stands still, or ""."""
        return ""

    def unanswered(self) -> bool:
        """Have they written something that nobody has read yet?"""
        return False


def climb(climber: Climber, *, skipped_by: Actor | None = None, why: str = "") -> RungFired:
    """The fact of what became of the next rung, now."""
    expectation, policy, now = climber.expectation, climber.policy, climber.now
    assert expectation.next is not None
    assert expectation.next_due is not None
    ladder = policy.ladder(expectation.ladder)
    rung = ladder.rung(expectation.next)
    due = expectation.next_due
    speaks = climber.speaks(rung)
    if skipped_by is not None:
        end, reason, wait = RungEnd.SKIPPED, why, None
    else:
        end, reason, wait = _verdict(climber, rung, speaks)
    if end is RungEnd.BLOCKED:
        return RungFired(expectation.id, expectation.cycle, rung.id, end, due, rung.id, wait, reason)
    fired = end is RungEnd.FIRED
    next_rung, next_due = following(
        policy,
        ladder,
        ladder.by_rung[rung.id] + 1,
        moment_of(expectation),
        climber.safe,
        not_before=now,
        previous=_previous(climber, rung if fired else None),
    )
    return RungFired(
        expectation.id,
        expectation.cycle,
        rung.id,
        end,
        due,
        next_rung,
        next_due,
        reason,
        towards_participant=fired and speaks,
        chase=fired and speaks and rung.chase,
        skipped_by=skipped_by,
        left_out=_left_out(climber, rung) if fired else None,
    )


def _left_out(climber: Climber, rung: Rung) -> tuple[int, ...]:
    """The numbers of the acts whose own condition does not hold now: they are not done, and no story tells them."""
    return tuple([number for number, act in enumerate(rung.acts) if act.only_if and climber.fails(act.only_if)])


def _previous(climber: Climber, fired: Rung | None) -> tuple[Rung, datetime] | None:
    """What the next rung keeps its distance from.

    This rung, if it is aimed at the participant or was held up by us; else the last that spoke to the participant.
    """
    expectation = climber.expectation
    if fired is not None and (fired.directed or _held_up(climber, fired)):
        return fired, climber.now
    if expectation.prev_rung is None or expectation.prev_at is None:
        return None
    return climber.policy.ladder(expectation.ladder).rung(expectation.prev_rung), expectation.prev_at


def _held_up(climber: Climber, rung: Rung) -> bool:
    """Does this rung come well after its own time: an outage, an old file, or what went before came late?"""
    own = raw_due(climber.policy, rung, moment_of(climber.expectation))
    return climber.now - own > LATE and climber.now - settle(climber.policy, rung, own, climber.safe) > LATE


def _verdict(climber: Climber, rung: Rung, speaks: bool) -> tuple[RungEnd, str, datetime | None]:  # noqa: FBT001
    expectation, policy, now = climber.expectation, climber.policy, climber.now
    assert expectation.next_due is not None
    if failed := climber.fails(rung.only_if):
        return RungEnd.SKIPPED, f"not {failed}", None
    until = useful_until(policy, rung, moment_of(expectation), expectation.next_due)
    if until is not None and now > until:
        return RungEnd.LAPSED, "too late to be useful", None
    if paused := climber.paused():
        return RungEnd.BLOCKED, paused, _tomorrow(climber, rung)
    if not permitted(policy, rung, now, climber.safe) and not silenced(policy, rung, now, climber.safe):
        wait = settle(policy, rung, now, climber.safe)
        if rung.backwards and always_useful(rung):
            return RungEnd.BLOCKED, "outside contact hours", settle_late(policy, rung, now, climber.safe)
        if rung.backwards and wait <= now:
            return RungEnd.LAPSED, "outside contact hours, and too late after", None
        return RungEnd.BLOCKED, "outside contact hours", wait
    if speaks and rung.chase:
        return _chase(climber, rung)
    return RungEnd.FIRED, "", None


def _chase(climber: Climber, rung: Rung) -> tuple[RungEnd, str, datetime | None]:
    """A chase keeps its distance from the last one, and waits while that is still on its way."""
    policy, now, last = climber.policy, climber.now, climber.last_chase
    if climber.unanswered():
        return RungEnd.BLOCKED, "they have written and nobody has read it yet", _tomorrow(climber, rung)
    if not climber.expectation.acked:
        sent = climber.expectation.prev_at
        if sent is not None and now >= policy.calendar.plus_working(sent, UNHEARD_WORKING_DAYS):
            return RungEnd.SKIPPED, "the last message never went out: no second one is put behind it", None
        return RungEnd.BLOCKED, "the last message is still on its way", _tomorrow(climber, rung)
    if last is not None:
        free = policy.calendar.plus_working(last, policy.contact.chase_gap_working_days)
        if now < free - timedelta(minutes=1):
            return RungEnd.BLOCKED, "too soon after the last chase", settle(policy, rung, free, climber.safe)
    return RungEnd.FIRED, "", None


def _tomorrow(climber: Climber, rung: Rung) -> datetime:
    return settle(climber.policy, rung, climber.policy.calendar.plus_working(climber.now, 1), climber.safe)


def shift(cal: Calendar, due: datetime, since: datetime, until: datetime) -> datetime:
    """A due time moved by the working days between two instants (a hold), never into the past."""
    start, end = cal.local(since).date(), cal.local(until).date()
    held = cal.working_days_between(start, end)
    return max(cal.plus_working(due, held) if held else due, until)
