"""One officer's digest: everything between acceptance and end, gathered into one e-mail a period.

Cases add lines to a table without touching this stream; its timer takes what is there into one notice, and none if there
is nothing. While lines came it looks once more the next period, so that a line written in the same second is not lost.
"""

import uuid
from datetime import datetime, timedelta
from functools import lru_cache

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.acts import closed, timer
from caseflow.domain.case import Digest, changed
from caseflow.domain.climb import Climber, climb
from caseflow.domain.effects import CloseDigest, Effect, Record
from caseflow.domain.evolve import expectations_after
from caseflow.domain.expect import NO_LIMITS, Moment, opening
from caseflow.domain.policy import Policy
from caseflow.domain.words import Refused, RungEnd

NAMESPACE = uuid.UUID("5b1f7f6e-0c0c-5d9b-9a35-6f7a3a1c0d12")
WEEK = 7


@lru_cache(maxsize=1024)
def stream_id(scheme: str, officer: str) -> str:
    """The id of this officer's digest: the same for everybody who asks."""
    return str(uuid.uuid5(NAMESPACE, f"digest/{scheme}/{officer}"))


def next_period(policy: Policy, now: datetime) -> tuple[str, datetime]:
    """The next digest after `now`: its period (the day it goes out) and the instant (UTC), on a working day."""
    rules, cal = policy.digest_rules, policy.calendar
    local = cal.local(now)
    day = local.date() + timedelta(days=(rules.weekday - local.weekday()) % WEEK)
    if day == local.date() and local.time() >= rules.at:
        day += timedelta(days=WEEK)
    while (day.toordinal() // WEEK) % rules.every_weeks:
        day += timedelta(days=WEEK)
    sent = day if cal.is_working_day(day) else cal.add_working_days(day, 1)
    return day.isoformat(), cal.instant(datetime.combine(sent, rules.at))


def decide(state: Digest | None, asked: c.Asked, policy: Policy, now: datetime) -> tuple[ev.Event, ...] | Refused:
    """The facts a command makes of a digest."""
    command = asked.command
    match command:
        case c.WantDigest():
            if state is not None and state.period >= command.period:
                return ()
            due = max(command.due, now)
            return (ev.DigestPlanned(command.officer, command.period, due, command.policy_version),)
        case c.NoteDelivery():
            return ()
        case c.FireTimer() if state is not None:
            found = state.expectations.get(command.expectation)
            if found is None or found.status != "open" or found.cycle != command.cycle or found.next != command.rung:
                return ()
            if found.next_due is None or found.next_due > now:
                return ()
            fired = climb(Climber(found, policy, now))
            return (fired, ev.DigestClosed(state.period)) if fired.end is RungEnd.FIRED else (fired,)
        case _:
            return Refused("not_for_a_digest", f"{type(command).__name__} is not a command for a digest.")


def start(record: ev.Recorded, scheme: str) -> Digest:
    e = record.event
    if not isinstance(e, ev.DigestPlanned):
        msg = f"the history of {record.stream} begins with {type(e).__name__}, not with a planned digest"
        raise TypeError(msg)
    ref = f"DIGEST-{e.officer[:13]}"
    state = Digest(record.stream, scheme, record.seq, ref, e.policy_version, e.officer, e.period)
    return evolve(state, record)


def evolve(state: Digest, record: ev.Recorded) -> Digest:
    """The digest after this fact."""
    state = changed(state, seq=record.seq)
    if isinstance(record.event, ev.DigestPlanned):
        return changed(state, period=record.event.period, policy_version=record.event.policy_version)
    expectations = expectations_after(state.expectations, record.event, record.recorded_at)
    return state if expectations is None else changed(state, expectations=expectations)


def react(state: Digest, record: ev.Recorded, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """What follows from a fact of a digest."""
    match record.event:
        case ev.DigestPlanned() as e:
            return tuple(
                Record(opening(
                    policy, ladder, e.period, Moment(record.occurred_at, e.due, None), NO_LIMITS, cycle=0,
                    not_before=now,
                ))
                for ladder in policy.opens.get("digest_planned", ())
                if ladder.stream == "digest"
            )  # fmt: skip
        case ev.ExpectationOpened() as e:
            return timer(policy, state.expectations[e.expectation])
        case ev.RungFired() as e:
            return timer(policy, state.expectations[e.expectation])
        case ev.ExpectationClosed() as e:
            return closed(e)
        case ev.DigestClosed() as e:
            done = tuple(
                Record(ev.ExpectationClosed(x.id, x.cycle, "met", "digest_closed"))
                for x in state.expectations.values()
                if x.status == "open" and x.subject == e.period
            )
            return (CloseDigest(state.officer, e.period), *done)
        case _:
            return ()
