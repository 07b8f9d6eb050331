"""The second and third verbs in one function: react to facts, fire what is due. Two lanes, one step for a stream.

A fact or expectation that cannot be worked out is parked by the plan itself, with its reason, and its stream goes on.
A step that fails as a whole (its policy is gone, its history makes no sense, the database refuses what came of it)
touches nothing: it is counted, its stream rests, longer each time, and its neighbours commit; after `PATIENCE` failures
the stream is parked, and shown.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from caseflow.engine.app import App, Counts, ring
from caseflow.engine.batch import halving, uncollected
from caseflow.engine.delivery_rules import delivery_lane
from caseflow.engine.faults import reason_of
from caseflow.engine.ports import Change, Claimed, Failed, Parking, Unavailable, Unit
from caseflow.engine.stepping import step

log = logging.getLogger(__name__)

PATIENCE = 5
"""Failures in a row before a stream is parked."""
REST = timedelta(seconds=2)
"""Real time a stream rests after its first failure; it doubles with each further one: 2, 4, 8, 16 seconds."""


def react_events(app: App, limit: int | None = None) -> Counts:
    """The person's lane: streams with facts nobody has reacted to."""
    return advance(app, "react", limit or app.batch)


def fire_timers(app: App, limit: int | None = None) -> Counts:
    """The clock's lane: streams whose alarm rings."""
    return advance(app, "fire", limit or app.batch)


def advance(app: App, lane: str, limit: int) -> Counts:
    """claim | plan each | save | ring; what the database refuses is tried again in halves, down to the one at fault.

    `lane` is react or fire. Raises Unavailable when the database is away: nothing is counted against anybody then.
    """
    claimed: list[Claimed] = []
    try:
        with uncollected(), app.store.begin() as unit:
            claimed = unit.claim(lane, limit)
            counts = _advanced(app, unit, claimed)
    except Unavailable:
        raise
    except Exception:
        if not claimed:
            raise  # the claim itself: nobody's fault in particular
        counts = Counts()
        for part in halving(
            claimed, lambda some: _again(app, some), lambda one, wrong: _failed(app, one, wrong), unless=(Unavailable,)
        ):
            counts += part
    return ring(app, counts)


def _advanced(app: App, unit: Unit, claimed: Sequence[Claimed]) -> Counts:
    """Plan every stream, save what comes of it and count what fails: one save for all, which writes while we plan."""
    counts = Counts(claimed=len(claimed))
    now = unit.now()
    failures: list[Failed] = []
    parkings: list[Parking] = []

    def planned() -> Iterator[Change]:
        for one in claimed:
            try:
                change = step(app, one, now)
            except Exception as wrong:  # noqa: BLE001 - plans are pure, so nothing of this one has been touched
                counts.failed += 1
                failures.append(_rest(one, wrong))
                parkings.extend(_given_up(one, wrong, now))
            else:
                _count(counts, change, now)
                yield change

    unit.save(planned())
    if failures:
        unit.failed(failures)
    if parkings:
        unit.park(parkings)
    counts.parked += len(parkings)
    return counts


def _again(app: App, claimed: Sequence[Claimed]) -> Counts:
    """The same streams in a transaction of their own; whatever happened to them meanwhile is read afresh."""
    with app.store.begin() as unit:
        fresh: list[Claimed] = []
        ordered = sorted(claimed, key=lambda one: (one.stream.scheme, one.stream.id))
        for scheme, some in groupby(ordered, key=lambda one: one.stream.scheme):
            fresh.extend(unit.lock(scheme, [one.stream.id for one in some]).values())
        return _advanced(app, unit, fresh)


def _failed(app: App, one: Claimed, wrong: Exception) -> Counts:
    """The database refuses this stream's step: count it; after the last try the whole stream is parked."""
    with app.store.begin() as unit:
        unit.failed([_rest(one, wrong)])
        parkings = _given_up(one, wrong, unit.now())
        unit.park(parkings)
    return Counts(claimed=1, failed=1, parked=len(parkings))


def _given_up(one: Claimed, wrong: Exception, now: datetime) -> list[Parking]:
    if one.failures + 1 < PATIENCE:
        return []
    return [Parking(one.stream.id, "stream", reason_of(wrong), now, one.stream.scheme)]


def _rest(one: Claimed, wrong: Exception) -> Failed:
    pause = REST * 2 ** min(one.failures, PATIENCE)
    reason = reason_of(wrong)
    where = {"scheme": one.stream.scheme, "stream": one.stream.id, "verb": "advance", "reason": reason}
    log.warning("a step failed for the %s. time", one.failures + 1, extra=where)
    return Failed(one.stream.scheme, one.stream.id, reason, pause)


def _count(counts: Counts, change: Change, now: datetime) -> None:
    counts.events += len(change.events)
    counts.effects += len(change.sends) + len(change.tasks) + len(change.tells) + len(change.digest_items)
    counts.parked += len(change.parked)
    for send in change.sends:
        if send.not_before is None or send.not_before <= now:
            counts.lanes.add(f"deliver.{delivery_lane(send.to)}")
    if change.digest_closes:
        counts.lanes.add("deliver.others")
    if change.tells or (change.reacted is not None and change.reacted < change.stream.seq):
        counts.lanes.add("react")
    if change.wake_at is not None and change.wake_at <= now:
        counts.lanes.add("fire")
