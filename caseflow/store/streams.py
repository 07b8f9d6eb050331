"""Streams: claim them by their alarms, lock them by name, save what a step made of them. Every statement takes a batch.

The claim locks rows and takes its columns *from the locking query*: joining `streams` again would read the statement's
snapshot, in which a row that was waited for is still old (ENGINE.md §3.2). MATERIALIZED keeps the planner from running
the limited query twice. NO KEY UPDATE leaves the foreign keys of others alone. Always in id order: no deadlocks.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from caseflow.domain.case import Case, Digest, ProviderReturn, Stream
from caseflow.domain.events import Recorded
from caseflow.domain.words import Actor, Origin, Role
from caseflow.engine.ports import Change, Claimed, Failed, Parking
from caseflow.store import clock, codec, parking
from caseflow.store.arrays import Rows
from caseflow.store.flow import Writes, execute_on

_COLUMNS = "scheme_id, id, kind, seq, reacted, failures, snapshot"
_RESTED = "(retry_at IS NULL OR retry_at <= clock_timestamp())"


def _claim(alarm: str, due: str, turn: str = "true") -> sa.TextClause:
    return sa.text(f"""
        WITH due AS MATERIALIZED (
            SELECT {_COLUMNS} FROM streams
             WHERE {alarm} IS NOT NULL AND NOT parked AND {due} AND {_RESTED} AND {turn}
             ORDER BY {alarm}, id LIMIT :limit
               FOR NO KEY UPDATE SKIP LOCKED)
        SELECT * FROM due ORDER BY scheme_id, id""")


CLAIMS = {
    "react": _claim("react_at", "react_at <= CAST(:now AS timestamptz)"),
    "fire": _claim("wake_at", "wake_at <= CAST(:now AS timestamptz)", f"{clock.FIRE_TURN} AND {clock.DIGEST_TURN}"),
}

LOCK = sa.text(f"""
    SELECT {_COLUMNS} FROM streams WHERE scheme_id = :scheme AND id = ANY(CAST(:ids AS text[]))
     ORDER BY id FOR NO KEY UPDATE""")

SNAPSHOTS = sa.text(
    "SELECT id, kind, snapshot FROM streams WHERE scheme_id = :scheme AND id = ANY(CAST(:ids AS text[]))"
)

_behind = Rows(scheme="text", stream="text", reacted="int")
UNREACTED = sa.text(f"""
    SELECT e.scheme_id, e.stream_id, e.seq, e.kind, e.version, CAST(e.body AS text) AS body, e.occurred_at,
           e.recorded_at, e.actor, e.role, e.origin, e.command_id, e.caused_by, e.text_mac
      FROM {_behind.source}
      JOIN events e ON e.scheme_id = d.scheme AND e.stream_id = d.stream AND e.seq > d.reacted
     ORDER BY e.scheme_id, e.stream_id, e.seq""")

_new = Rows(
    scheme="text",
    id="text",
    kind="text",
    ref="text",
    state="text",
    policy_version="text",
    disposal="text",
    participant="text",
    owner="text",
    since="timestamptz",
    ended_at="timestamptz",
    seq="int",
    reacted="int",
    wake_at="timestamptz",
    snapshot="text",
)
INSERT_STREAMS = sa.text(f"""
    INSERT INTO streams (scheme_id, id, kind, ref, state, policy_version, disposal, participant, owner, since, ended_at,
                         seq, reacted, react_at, wake_at, snapshot)
    SELECT scheme, id, kind, ref, state, policy_version, disposal, participant, owner, since, ended_at, seq, reacted,
           CASE WHEN reacted < seq THEN CAST(:now AS timestamptz) END,
           CASE WHEN wake_at IS NOT NULL THEN greatest(wake_at, CAST(:now AS timestamptz)) END, snapshot
      FROM {_new.source}""")

_step = Rows(
    scheme="text",
    id="text",
    before_seq="int",
    state="text",
    policy_version="text",
    owner="text",
    ended_at="timestamptz",
    seq="int",
    reacted="int",
    wake_at="timestamptz",
    snapshot="text",
)
UPDATE_STREAMS = sa.text(f"""
    UPDATE streams s
       SET state = d.state, policy_version = d.policy_version, owner = d.owner, ended_at = d.ended_at, seq = d.seq,
           reacted = coalesce(d.reacted, s.reacted),
           react_at = CASE WHEN coalesce(d.reacted, s.reacted) < d.seq THEN CAST(:now AS timestamptz) END,
           wake_at = CASE WHEN d.wake_at IS NOT NULL THEN greatest(d.wake_at, CAST(:now AS timestamptz)) END,
           retry_at = NULL, failures = 0, snapshot = d.snapshot
      FROM {_step.source}
     WHERE s.scheme_id = d.scheme AND s.id = d.id AND s.seq = d.before_seq""")

_fact = Rows(
    scheme="text",
    stream="text",
    seq="int",
    kind="text",
    version="int",
    body="jsonb",
    occurred_at="timestamptz",
    recorded_at="timestamptz",
    actor="text",
    role="text",
    origin="text",
    command_id="text",
    caused_by="text",
    text_mac="text",
)
INSERT_EVENTS = sa.text(f"""
    INSERT INTO events (scheme_id, stream_id, seq, kind, version, body, occurred_at, recorded_at, actor, role, origin,
                        command_id, caused_by, text_mac)
    SELECT {_fact.columns} FROM {_fact.source}""")

_fail = Rows(scheme="text", id="text", seconds="float8")
FAILED = sa.text(f"""
    UPDATE streams s
       SET failures = s.failures + 1, retry_at = clock_timestamp() + d.seconds * interval '1 second'
      FROM {_fail.source} WHERE s.scheme_id = d.scheme AND s.id = d.id""")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list of streams shows without reading their snapshots."""

    state: str
    policy_version: str
    owner: str | None
    ended_at: datetime | None = None
    disposal: str = ""
    participant: str | None = None
    since: datetime | None = None


def listing_of(stream: Stream) -> Listing:
    """The list columns of a stream."""
    match stream:
        case Case():
            return Listing(
                stream.state,
                stream.policy_version,
                stream.parties.get(Role.NAVIGATOR),
                stream.ended_at,
                stream.disposal,
                stream.parties.get(Role.PARTICIPANT),
                stream.referred_at,
            )
        case ProviderReturn():
            return Listing(stream.status, stream.policy_version, stream.provider)
        case Digest():
            return Listing("open", stream.policy_version, stream.officer)


def claim(connection: sa.Connection, lane: str, limit: int, now: datetime) -> list[Claimed]:
    """Lock up to `limit` streams whose alarm rang, skipping those that others hold; in id order, with unreacted facts."""
    rows = connection.execute(CLAIMS[lane], {"limit": limit, "now": now}).all()
    return list(_claimed(connection, rows, now).values())


def lock(connection: sa.Connection, scheme: str, ids: Iterable[str], now: datetime) -> dict[str, Claimed]:
    """Lock these streams, waiting for each in id order; unknown ids are absent."""
    rows = connection.execute(LOCK, {"scheme": scheme, "ids": sorted(set(ids))}).all()
    return {claimed.stream.id: claimed for claimed in _claimed(connection, rows, now).values()}


def snapshots(connection: sa.Connection, scheme: str, ids: Iterable[str]) -> dict[str, Stream]:
    """These streams as they stand, without a lock and without their history; unreadable ones are absent."""
    found: dict[str, Stream] = {}
    for row in connection.execute(SNAPSHOTS, {"scheme": scheme, "ids": sorted(set(ids))}):
        with suppress(codec.Unreadable):
            found[row.id] = codec.decode_stream(row.kind, row.snapshot)
    return found


def _claimed(connection: sa.Connection, rows: Sequence[sa.Row[Any]], now: datetime) -> dict[tuple[str, str], Claimed]:
    """Read what was locked. A stream whose history cannot be read is parked here: its neighbours go on."""
    if not rows:
        return {}
    behind = [(row.scheme_id, row.id, row.reacted) for row in rows if row.reacted < row.seq]
    facts = unreacted(connection, behind)
    aside = parking.expectations(connection, [(row.scheme_id, row.id) for row in rows])
    found: dict[tuple[str, str], Claimed] = {}
    unreadable: list[Parking] = []
    for row in rows:
        key = (row.scheme_id, row.id)
        try:
            stream = codec.decode_stream(row.kind, row.snapshot)
            waiting = tuple(recorded(fact) for fact in facts.get(key, ()))
        except codec.Unreadable as reason:
            unreadable.append(Parking(row.id, "stream", str(reason), now, row.scheme_id))
            continue
        found[key] = Claimed(stream, waiting, row.failures, aside.get(key, ()))
    if unreadable:
        parking.park(connection, unreadable)
    return found


def unreacted(
    connection: sa.Connection, behind: Sequence[tuple[str, str, int]]
) -> dict[tuple[str, str], list[sa.Row[Any]]]:
    """The stored facts after `reacted` of each (scheme, stream, reacted), in order."""
    facts: dict[tuple[str, str], list[sa.Row[Any]]] = {}
    if behind:
        for row in connection.execute(UNREACTED, _behind.bind(behind)):
            facts.setdefault((row.scheme_id, row.stream_id), []).append(row)
    return facts


def recorded(row: sa.Row[Any]) -> Recorded:
    """A stored fact in its envelope. Raises codec.Unreadable."""
    return Recorded(
        stream=row.stream_id,
        seq=row.seq,
        event=codec.decode_event(row.kind, row.version, row.body),
        occurred_at=row.occurred_at.astimezone(UTC),
        recorded_at=row.recorded_at.astimezone(UTC),
        actor=Actor(row.actor, Role(row.role)),
        origin=Origin(row.origin),
        command_id=row.command_id,
        caused_by=row.caused_by,
        version=row.version,
        text_mac=row.text_mac,
    )


def save(writes: Writes, changes: Sequence[Change], now: datetime) -> None:
    """New streams, new versions of known ones, and their facts. Raises Conflict when a version has moved on."""
    new: list[tuple[Any, ...]] = []
    steps: list[tuple[Any, ...]] = []
    facts: list[tuple[Any, ...]] = []
    for change in changes:
        stream = change.stream
        shown = listing_of(stream)
        snapshot = codec.encode_stream(stream)
        if change.before_seq == 0:
            new.append((
                stream.scheme, stream.id, stream.kind, stream.ref, shown.state, shown.policy_version, shown.disposal,
                shown.participant, shown.owner, shown.since, shown.ended_at, stream.seq, change.reacted or 0,
                change.wake_at, snapshot,
            ))  # fmt: skip
        else:
            steps.append((
                stream.scheme, stream.id, change.before_seq, shown.state, shown.policy_version, shown.owner,
                shown.ended_at, stream.seq, change.reacted, change.wake_at, snapshot,
            ))  # fmt: skip
        for fact in change.events:
            kind, version, body = codec.encode_event(fact.event)
            facts.append((
                stream.scheme, fact.stream, fact.seq, kind, version, body, fact.occurred_at, fact.recorded_at,
                fact.actor.person, fact.actor.role, fact.origin, fact.command_id, fact.caused_by, fact.text_mac,
            ))  # fmt: skip
    if new:
        writes.execute(INSERT_STREAMS, {**_new.bind(new), "now": now})
    if steps:
        moved = "streams have moved on since they were read."
        execute_on(writes, UPDATE_STREAMS, {**_step.bind(steps), "now": now}, len(steps), moved)
    if facts:
        writes.execute(INSERT_EVENTS, _fact.bind(facts))


def failed(connection: sa.Connection, failures: Sequence[Failed]) -> None:
    """Count a failure of each stream and let both its lanes rest for a while of machine time."""
    rows = [(failure.scheme, failure.stream, failure.retry_in.total_seconds()) for failure in failures]
    if rows:
        connection.execute(FAILED, _fail.bind(rows))
