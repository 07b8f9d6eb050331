"""Feeds: how far each case's facts have gone to each receiver of webhooks.

`last_seq` is raised in the transaction that writes the facts, on the feed's own row, and whether anything is left is
always asked of that row. So a settle that waited for a writer sees what it wrote (a join with `streams` would see the
statement's snapshot), and no order of commits can hide a fact (ADR 0032). All instants here are the server's real clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from caseflow.domain.events import Recorded
from caseflow.engine.ports import Change
from caseflow.engine.webhooks import Feed, FeedSettled
from caseflow.store import codec
from caseflow.store.arrays import Rows
from caseflow.store.streams import recorded

_named = Rows(scheme="text", name="text")
UPSERT_ENDPOINTS = sa.text(f"""
    INSERT INTO endpoints AS e (scheme_id, name) SELECT scheme, name FROM {_named.source}
        ON CONFLICT (scheme_id, name) DO UPDATE SET active = true WHERE NOT e.active""")
RETIRE_ENDPOINTS = sa.text(f"""
    UPDATE endpoints e SET active = false
     WHERE active AND NOT EXISTS (SELECT 1 FROM {_named.source} WHERE d.scheme = e.scheme_id AND d.name = e.name)""")
RETIRE_ALL = sa.text("UPDATE endpoints SET active = false WHERE active")

LISTENED = sa.text("SELECT DISTINCT scheme_id FROM endpoints WHERE active")

_moved = Rows(scheme="text", stream="text", before="int", last="int")
MOVED = sa.text(f"""
    INSERT INTO feeds AS f (scheme_id, endpoint, stream_id, sent_seq, last_seq, due_at)
    SELECT d.scheme, e.name, d.stream, d.before, d.last, clock_timestamp()
      FROM {_moved.source} JOIN endpoints e ON e.scheme_id = d.scheme AND e.active
     ORDER BY d.scheme, e.name, d.stream
        ON CONFLICT (scheme_id, endpoint, stream_id) DO UPDATE
       SET last_seq = greatest(f.last_seq, excluded.last_seq),
           due_at = CASE WHEN NOT f.parked THEN coalesce(f.due_at, excluded.due_at) END""")

LEASE = sa.text(f"""
    WITH due AS MATERIALIZED (
        SELECT f.* FROM {_named.source} JOIN endpoints e ON e.scheme_id = d.scheme AND e.name = d.name
         CROSS JOIN LATERAL (
            SELECT scheme_id, endpoint, stream_id FROM feeds
             WHERE scheme_id = d.scheme AND endpoint = d.name AND due_at <= clock_timestamp()
             ORDER BY due_at LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED) f
         WHERE e.active AND e.disabled = '')
    UPDATE feeds f SET lease_by = :worker, due_at = clock_timestamp() + :hold * interval '1 second'
      FROM due JOIN streams s ON s.scheme_id = due.scheme_id AND s.id = due.stream_id
     WHERE f.scheme_id = due.scheme_id AND f.endpoint = due.endpoint AND f.stream_id = due.stream_id
    RETURNING f.scheme_id, f.endpoint, f.stream_id, s.ref, s.disposal, s.policy_version, f.sent_seq, f.attempts,
              coalesce(clock_timestamp() - f.first_failed_at, interval '0') AS failing_for""")

_after = Rows(scheme="text", endpoint="text", stream="text", sent="int")
FACTS = sa.text(f"""
    SELECT d.endpoint, e.* FROM {_after.source} CROSS JOIN LATERAL (
        SELECT scheme_id, stream_id, seq, kind, version, CAST(body AS text) AS body, occurred_at, recorded_at, actor,
               role, origin, command_id, caused_by, text_mac
          FROM events WHERE scheme_id = d.scheme AND stream_id = d.stream AND seq > d.sent ORDER BY seq LIMIT :facts) e
     ORDER BY e.scheme_id, d.endpoint, e.stream_id, e.seq""")

_settled = Rows(
    scheme="text", endpoint="text", stream="text", sent="int", tried="boolean", reason="text", seconds="float8",
    parked="boolean",
)  # fmt: skip
SETTLE = sa.text(f"""
    UPDATE feeds f
       SET sent_seq = d.sent, lease_by = NULL, parked = d.parked,
           due_at = CASE WHEN NOT d.parked AND f.last_seq > d.sent
                         THEN clock_timestamp() + d.seconds * interval '1 second' END,
           reason = CASE WHEN d.tried THEN d.reason ELSE f.reason END,
           attempts = CASE WHEN NOT d.tried THEN f.attempts WHEN d.reason = '' THEN 0
                           WHEN d.sent > f.sent_seq THEN 1 ELSE f.attempts + 1 END,
           first_failed_at = CASE WHEN NOT d.tried THEN f.first_failed_at WHEN d.reason = '' THEN NULL
                                  WHEN d.sent > f.sent_seq THEN clock_timestamp()
                                  ELSE coalesce(f.first_failed_at, clock_timestamp()) END
      FROM {_settled.source}
     WHERE f.scheme_id = d.scheme AND f.endpoint = d.endpoint AND f.stream_id = d.stream AND f.lease_by = :worker""")

DISABLE = sa.text("UPDATE endpoints SET disabled = :reason WHERE scheme_id = :scheme AND name = :name")
REVIVE = sa.text("""
    UPDATE feeds SET due_at = clock_timestamp(), attempts = 0, first_failed_at = NULL, lease_by = NULL
     WHERE scheme_id = :scheme AND endpoint = :name AND NOT parked AND last_seq > sent_seq""")

_AGAIN = (
    "due_at = clock_timestamp(), lease_by = NULL, attempts = 0, first_failed_at = NULL, parked = false, reason = ''"
)
REPLAY_PARKED = sa.text(f"""
    UPDATE feeds SET {_AGAIN} WHERE scheme_id = :scheme AND parked
       AND (CAST(:endpoint AS text) IS NULL OR endpoint = :endpoint)
       AND (CAST(:stream AS text) IS NULL OR stream_id = :stream)""")
REPLAY = sa.text(f"""
    INSERT INTO feeds AS f (scheme_id, endpoint, stream_id, sent_seq, last_seq, due_at)
    SELECT s.scheme_id, n.name, s.id, first.seq - 1, s.seq, clock_timestamp()
      FROM streams s JOIN endpoints n ON n.scheme_id = s.scheme_id AND n.active
     CROSS JOIN LATERAL (
        SELECT min(e.seq) AS seq FROM events e WHERE e.scheme_id = s.scheme_id AND e.stream_id = s.id
           AND (CAST(:since AS timestamptz) IS NULL OR e.recorded_at >= CAST(:since AS timestamptz))) first
     WHERE s.scheme_id = :scheme AND s.kind = 'case' AND first.seq IS NOT NULL
       AND (CAST(:endpoint AS text) IS NULL OR n.name = :endpoint)
       AND (CAST(:stream AS text) IS NULL OR s.id = :stream)
     ORDER BY s.scheme_id, n.name, s.id
        ON CONFLICT (scheme_id, endpoint, stream_id) DO UPDATE
       SET {_AGAIN}, sent_seq = least(f.sent_seq, excluded.sent_seq), last_seq = greatest(f.last_seq, excluded.last_seq)""")

READ = sa.text("""
    SELECT e.name, e.active, e.disabled, count(f.stream_id) FILTER (WHERE f.last_seq > f.sent_seq) AS waiting,
           count(*) FILTER (WHERE f.first_failed_at IS NOT NULL AND NOT f.parked) AS failing,
           count(*) FILTER (WHERE f.parked) AS parked, min(f.first_failed_at) AS failing_since,
           coalesce(max(f.reason), '') AS reason
      FROM endpoints e LEFT JOIN feeds f ON f.scheme_id = e.scheme_id AND f.endpoint = e.name
     WHERE e.scheme_id = :scheme GROUP BY e.name, e.active, e.disabled ORDER BY e.name""")


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One receiver: cases with facts that wait, fail, are parked; since when (real time, UTC) and one of the reasons."""

    endpoint: str
    active: bool
    disabled: str
    waiting: int
    failing: int
    parked: int
    failing_since: datetime | None
    reason: str


def sync(connection: sa.Connection, endpoints: Sequence[tuple[str, str]]) -> None:
    """Exactly these (scheme, name) are active from now on; the others keep their place."""
    if not endpoints:
        connection.execute(RETIRE_ALL)
        return
    connection.execute(UPSERT_ENDPOINTS, _named.bind(sorted(endpoints)))
    connection.execute(RETIRE_ENDPOINTS, _named.bind(sorted(endpoints)))


def moved(changes: Sequence[Change]) -> list[tuple[str, str, int, int]]:
    """(scheme, stream, seq before, seq after) of the cases to which something happened."""
    return [
        (change.stream.scheme, change.stream.id, change.before_seq, change.stream.seq)
        for change in changes
        if change.events and change.stream.kind == "case"
    ]


def save(connection: sa.Connection, changes: Sequence[Change]) -> None:
    """Mark these cases' feeds as due. Without a receiver that is one look at an empty table."""
    rows = moved(changes)
    if not rows:
        return
    listened = set(connection.execute(LISTENED).scalars())
    if rows := [row for row in rows if row[0] in listened]:
        connection.execute(MOVED, _moved.bind(rows))


def lease(
    connection: sa.Connection,
    endpoints: Sequence[tuple[str, str]],
    limit: int,
    facts: int,
    worker: str,
    hold_for: timedelta,
) -> list[Feed]:
    """Lease due feeds of each endpoint, and read the next facts of each."""
    if not endpoints:
        return []
    values = {**_named.bind(sorted(endpoints)), "limit": limit, "worker": worker, "hold": hold_for.total_seconds()}
    rows = connection.execute(LEASE, values).all()
    if not rows:
        return []
    behind = [(row.scheme_id, row.endpoint, row.stream_id, row.sent_seq) for row in rows]
    found: dict[tuple[str, str, str], list[sa.Row[Any]]] = {}
    for fact in connection.execute(FACTS, {**_after.bind(behind), "facts": facts}):
        found.setdefault((fact.scheme_id, fact.endpoint, fact.stream_id), []).append(fact)
    return [_feed(row, found.get((row.scheme_id, row.endpoint, row.stream_id), ())) for row in rows]


def _feed(row: sa.Row[Any], stored: Sequence[sa.Row[Any]]) -> Feed:
    facts: list[Recorded] = []
    broken = ""
    for one in stored:
        try:
            facts.append(recorded(one))
        except codec.Unreadable as reason:
            broken = str(reason)
            break
    return Feed(
        row.scheme_id, row.endpoint, row.stream_id, row.ref, row.disposal, row.policy_version, row.sent_seq,
        tuple(facts), row.attempts, row.failing_for, broken,
    )  # fmt: skip


def settle(connection: sa.Connection, worker: str, settled: Sequence[FeedSettled]) -> int:
    """Write how far leased feeds came; those whose lease has gone to somebody else stay as they are."""
    rows = [
        (
            one.scheme, one.endpoint, one.stream, one.sent_seq, one.tried, one.reason[:500],
            one.retry_in.total_seconds(), one.parked,
        )
        for one in settled
    ]  # fmt: skip
    return connection.execute(SETTLE, {**_settled.bind(rows), "worker": worker}).rowcount if rows else 0


def disable(connection: sa.Connection, scheme: str, name: str, reason: str) -> None:
    """Lease none of its feeds until it is enabled."""
    connection.execute(DISABLE, {"scheme": scheme, "name": name, "reason": reason})


def enable(connection: sa.Connection, scheme: str, name: str) -> int:
    """Lease its feeds again, with their whole patience before them."""
    connection.execute(DISABLE, {"scheme": scheme, "name": name, "reason": ""})
    return connection.execute(REVIVE, {"scheme": scheme, "name": name}).rowcount


def replay(
    connection: sa.Connection,
    scheme: str,
    endpoint: str | None,
    stream: str | None,
    parked: bool,  # noqa: FBT001 - the port's own parameter, by name there
    since: datetime | None,
) -> int:
    """Set feeds back; whoever is sending one now loses the lease, and their settle is void."""
    values: dict[str, Any] = {"scheme": scheme, "endpoint": endpoint, "stream": stream}
    if parked:
        return connection.execute(REPLAY_PARKED, values).rowcount
    return connection.execute(REPLAY, {**values, "since": since}).rowcount


def read(connection: sa.Connection, scheme: str) -> list[FeedLine]:
    """Every receiver of the scheme with its counts."""
    return [FeedLine(*row) for row in connection.execute(READ, {"scheme": scheme})]
