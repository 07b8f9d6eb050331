"""The outbox as `deliver` sees it: lease few, mark *calling* just before the call, settle. Each is its own transaction.

Leases are machine time (`clock_timestamp()`); when a notice may go (`send_at`) is scheme time. A lease that dies before
the call is taken again by itself; only what was *calling* when its worker died is unclear, and `recover` resolves it.
Rows are always locked in id order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from caseflow.domain.case import Contact
from caseflow.domain.words import Channel
from caseflow.engine.ports import AT_LEAST_ONCE, NoticeRow, Settled
from caseflow.store import codec, inbox
from caseflow.store.arrays import Rows
from caseflow.store.clock import LEASE_TURN
from caseflow.store.home import RESTORED_AT

BUDGET_DAYS = timedelta(days=7)
"""The contact budget looks back this far (DESIGN.md, "Contact budget")."""

_ROW = (
    "n.id, n.scheme_id, n.stream_id, n.key, n.lane, n.recipient, n.attempts, n.channel, n.tried, n.created_at,"
    " CAST(n.body AS text) AS body,"
    " EXISTS (SELECT FROM attempts a WHERE a.notice_id = n.id AND a.scheme_id = n.scheme_id AND a.state = 'unknown'"
    "            AND a.channel = n.channel)"
    f" AS unclear, {RESTORED_AT} AS restored_at"
)

# Each scheme with something due gets its share of a lease, so that one scheme's flood never keeps another waiting. Which
# those are is read off the index, a step a scheme. A notice whose stream has facts without reactions waits: they may make
# it void. `calling` looks once more. A participant's messages go one after another, the oldest first: the budget of a week
# counts what has gone, so two workers must not each have one of the same person in hand.
_IN_TURN = """(:lane <> 'people' OR NOT EXISTS (
                   SELECT FROM notices x
                    WHERE x.scheme_id = n.scheme_id AND x.recipient = n.recipient AND x.lane = 'people'
                      AND x.state IN ('ready', 'leased', 'calling') AND x.id <> n.id
                      AND (x.state = 'calling' OR (x.state = 'leased' AND x.lease_until > clock_timestamp())
                           OR ((x.send_at, x.key) < (n.send_at, n.key)
                               AND NOT EXISTS (SELECT FROM streams s WHERE s.scheme_id = x.scheme_id AND s.id = x.stream_id
                                                                       AND s.parked)))))"""
LEASE = sa.text(f"""
    WITH RECURSIVE present (scheme_id) AS (
        (SELECT scheme_id FROM notices WHERE lane = :lane AND state IN ('ready', 'leased') ORDER BY scheme_id LIMIT 1)
        UNION ALL
        SELECT (SELECT n.scheme_id FROM notices n
                 WHERE n.lane = :lane AND n.state IN ('ready', 'leased') AND n.scheme_id > present.scheme_id
                 ORDER BY n.scheme_id LIMIT 1)
          FROM present WHERE present.scheme_id IS NOT NULL),
    sharing AS MATERIALIZED (
        SELECT p.scheme_id FROM present p
         WHERE {LEASE_TURN}
           AND EXISTS (SELECT FROM notices n
                        WHERE n.lane = :lane AND n.scheme_id = p.scheme_id AND n.state IN ('ready', 'leased')
                          AND n.send_at <= CAST(:now AS timestamptz)
                          AND (n.state = 'ready' OR n.lease_until <= clock_timestamp())
                          AND (n.retry_at IS NULL OR n.retry_at <= clock_timestamp()))),
    due AS MATERIALIZED (
        SELECT picked.id FROM sharing CROSS JOIN LATERAL (
            SELECT n.id FROM notices n
             WHERE n.lane = :lane AND n.scheme_id = sharing.scheme_id AND n.state IN ('ready', 'leased')
               AND n.send_at <= CAST(:now AS timestamptz)
               AND (n.state = 'ready' OR n.lease_until <= clock_timestamp())
               AND (n.retry_at IS NULL OR n.retry_at <= clock_timestamp())
               AND NOT EXISTS (SELECT FROM streams s WHERE s.scheme_id = n.scheme_id AND s.id = n.stream_id
                                                       AND (s.react_at IS NOT NULL OR s.parked))
               AND {_IN_TURN}
             ORDER BY n.send_at, n.key LIMIT (SELECT greatest(1, CAST(:limit AS bigint) / count(*)) FROM sharing)
               FOR NO KEY UPDATE OF n SKIP LOCKED) picked
         LIMIT :limit)
    UPDATE notices n
       SET lost = n.lost + CASE WHEN n.state = 'leased' THEN 1 ELSE 0 END, state = 'leased', lease_by = :worker,
           lease_until = clock_timestamp() + :seconds * interval '1 second', attempts = n.attempts + 1
      FROM due WHERE n.id = due.id
    RETURNING {_ROW}, n.send_at""")

_ids = Rows(scheme="text", stream="text", id="bigint", recipient="text", lane="text")
AROUND = sa.text(f"""
    SELECT d.id, s.kind, s.ref, s.policy_version, s.snapshot, week.sent
      FROM {_ids.source}
      JOIN streams s ON s.scheme_id = d.scheme AND s.id = d.stream
      LEFT JOIN LATERAL (
           SELECT array_agg(x.sent_at ORDER BY x.sent_at) AS sent FROM notices x
            WHERE x.scheme_id = d.scheme AND x.recipient = d.recipient AND x.lane = 'people'
              AND x.sent_at > CAST(:since AS timestamptz)) week ON d.lane = 'people'
    """)

_keys = Rows(scheme="text", key="text")
ITEMS = sa.text(f"""
    SELECT i.notice_key, i.stream_id AS stream, i.ref, i.line, i.detail, i.at
      FROM {_keys.source} JOIN digest_items i ON i.scheme_id = d.scheme AND i.notice_key = d.key
     ORDER BY i.at, i.id""")

_call = Rows(id="bigint", no="int", channel="text", address="text")
CALLING = sa.text(f"""
    WITH mine AS MATERIALIZED (
        SELECT n.id, n.scheme_id, d.no, d.channel, d.address,
               s.react_at IS NOT NULL OR s.parked OR CAST(:paused AS boolean) AS unsettled
          FROM {_call.source}
          JOIN notices n ON n.id = d.id
          JOIN streams s ON s.scheme_id = n.scheme_id AND s.id = n.stream_id
         WHERE n.lease_by = :worker AND n.state = 'leased' AND n.attempts = d.no
         ORDER BY n.id FOR NO KEY UPDATE OF n),
    back AS (
        UPDATE notices n SET state = 'ready', lease_by = NULL, lease_until = NULL, attempts = n.attempts - 1
          FROM mine WHERE n.id = mine.id AND mine.unsettled),
    called AS (
        UPDATE notices n SET state = 'calling', channel = mine.channel
          FROM mine WHERE n.id = mine.id AND NOT mine.unsettled),
    written AS (
        INSERT INTO attempts (notice_id, scheme_id, no, channel, address, state, worker, calling_at)
        SELECT id, scheme_id, no, channel, address, 'calling', :worker, CAST(:now AS timestamptz)
          FROM mine WHERE NOT unsettled
            ON CONFLICT (notice_id, scheme_id, no) DO UPDATE
           SET state = 'calling', worker = excluded.worker, calling_at = excluded.calling_at, ended_at = NULL)
    SELECT id FROM mine WHERE NOT unsettled""")

_settle = Rows(
    id="bigint",
    no="int",
    result="text",
    state="text",
    detail="text",
    provider_ref="text",
    again_at="timestamptz",
    seconds="float8",
    next_channel="text",
    waits="boolean",
)
SETTLE = sa.text(f"""
    WITH mine AS MATERIALIZED (
        SELECT n.id, n.scheme_id, n.channel, d.no, d.result, d.state, d.detail, d.provider_ref, d.again_at, d.seconds,
               d.next_channel, d.waits
          FROM {_settle.source} JOIN notices n ON n.id = d.id
         WHERE n.lease_by = :worker AND n.state IN ('leased', 'calling') AND n.attempts = d.no
         ORDER BY n.id FOR NO KEY UPDATE OF n),
    moved AS (
        UPDATE notices n
           SET state = mine.state, reason = mine.detail, lease_by = NULL, lease_until = NULL,
               send_at = coalesce(mine.again_at, n.send_at),
               retry_at = clock_timestamp() + mine.seconds * interval '1 second',
               sent_at = CASE WHEN mine.state = 'sent' THEN CAST(:now AS timestamptz) END,
               tried = CASE WHEN mine.next_channel IS NULL THEN n.tried ELSE n.tried || n.channel END,
               channel = coalesce(mine.next_channel, n.channel),
               attempts = n.attempts - CASE WHEN mine.waits THEN 1 ELSE 0 END
          FROM mine WHERE n.id = mine.id),
    untried AS (
        DELETE FROM attempts a USING mine
         WHERE mine.waits AND a.notice_id = mine.id AND a.scheme_id = mine.scheme_id AND a.no = mine.no),
    written AS (
        INSERT INTO attempts (notice_id, scheme_id, no, channel, address, state, worker, provider_ref, detail, ended_at)
        SELECT id, scheme_id, no, channel, '', result, :worker, provider_ref, detail, CAST(:now AS timestamptz)
          FROM mine WHERE NOT waits
            ON CONFLICT (notice_id, scheme_id, no) DO UPDATE
           SET state = excluded.state, provider_ref = excluded.provider_ref, detail = excluded.detail,
               ended_at = excluded.ended_at)
    SELECT id, scheme_id FROM mine""")

_looked_up = Rows(channel="text", seconds="float8")
RECOVER = sa.text(f"""
    WITH lost AS MATERIALIZED (
        SELECT id, scheme_id, attempts, (SELECT d.seconds FROM {_looked_up.source} WHERE d.channel = notices.channel) AS seconds
          FROM notices
         WHERE state = 'calling' AND lease_until <= clock_timestamp()
         ORDER BY id LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED),
    written AS (
        UPDATE attempts a SET state = 'unknown', ended_at = CAST(:now AS timestamptz), detail = :detail
          FROM lost WHERE a.notice_id = lost.id AND a.scheme_id = lost.scheme_id AND a.no = lost.attempts
        RETURNING a.notice_id, a.address)
    UPDATE notices n
       SET state = CASE WHEN lost.seconds IS NOT NULL OR n.kind = ANY(CAST(:again AS text[])) THEN 'ready' ELSE 'unknown' END,
           retry_at = clock_timestamp() + lost.seconds * interval '1 second',
           lost = n.lost + 1, reason = :detail, lease_by = NULL, lease_until = NULL
      FROM lost LEFT JOIN written ON written.notice_id = lost.id WHERE n.id = lost.id
    RETURNING {_ROW}, n.send_at, n.state, coalesce(written.address, '') AS address""")

IN_DOUBT = sa.text(f"""
    SELECT {_ROW}, n.send_at FROM notices n
     WHERE n.state IN ('ready', 'leased') AND n.id > :after
       AND (n.send_at <= CAST(:now AS timestamptz) OR n.created_at >= CAST(:since AS timestamptz))
     ORDER BY n.id LIMIT :limit FOR NO KEY UPDATE""")

HOLD = sa.text(f"""
    WITH held AS (
        UPDATE notices n SET state = 'unknown', channel = d.channel, attempts = d.no, reason = :detail,
                             lease_by = NULL, lease_until = NULL, retry_at = NULL
          FROM {_call.source} WHERE n.id = d.id
        RETURNING n.id, n.scheme_id, n.attempts, n.channel, d.address)
    INSERT INTO attempts (notice_id, scheme_id, no, channel, address, state, worker, detail, ended_at)
    SELECT id, scheme_id, attempts, channel, address, 'unknown', '', :detail, CAST(:now AS timestamptz) FROM held
        ON CONFLICT (notice_id, scheme_id, no) DO UPDATE
       SET state = excluded.state, detail = excluded.detail, ended_at = excluded.ended_at""")

LOST_CALL = "the worker died during the call"
ENDS = {"accepted": "sent", "failed": "failed", "unknown": "unknown", "dropped": "dropped", "void": "void"}
"""What a notice comes to by the result of its last attempt."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a notice: its stream's reference and policy, the budget spent, and the participants listed."""

    ref: str
    policy_version: str
    contact: Contact | None
    participants: tuple[dict[str, Any], ...]
    sent: tuple[datetime, ...]


def lease(
    connection: sa.Connection, lane: str, limit: int, worker: str, hold_for: timedelta, now: datetime
) -> list[NoticeRow]:
    """Lease the notices of this lane that may go now, oldest first, with all it takes to word them."""
    rows = connection.execute(
        LEASE,
        {"lane": lane, "limit": limit, "worker": worker, "seconds": hold_for.total_seconds(), "now": now},
    ).all()
    return _notices(connection, sorted(rows, key=lambda row: (row.send_at, row.key)), now)


def _notices(connection: sa.Connection, rows: Sequence[sa.Row[Any]], now: datetime) -> list[NoticeRow]:
    if not rows:
        return []
    around = _around(connection, rows, now)
    items = _items(connection, rows)
    found: list[NoticeRow] = []
    for row in rows:
        near = around[row.id]
        found.append(
            NoticeRow(
                key=row.key,
                id=row.id,
                scheme=row.scheme_id,
                stream=row.stream_id,
                send=codec.decode_send(row.body),
                attempt=row.attempts,
                channel=Channel(row.channel),
                created_at=row.created_at.astimezone(UTC),
                tried=tuple(Channel(channel) for channel in row.tried),
                items=items.get(row.key, ()) or near.participants,
                case_ref=near.ref,
                sent_this_week=len(near.sent),
                sent_times=near.sent,
                contact=near.contact,
                policy_version=near.policy_version,
                unclear=row.unclear or row.restored_at is not None,
                restored_at=row.restored_at.astimezone(UTC) if row.restored_at else None,
            )
        )
    return found


def _around(connection: sa.Connection, rows: Sequence[sa.Row[Any]], now: datetime) -> dict[int, _Around]:
    bound = _ids.bind([(row.scheme_id, row.stream_id, row.id, row.recipient, row.lane) for row in rows])
    return {
        row.id: _Around(
            row.ref,
            row.policy_version,
            codec.contact_of(row.snapshot) if row.kind == "case" else None,
            codec.participants_of(row.snapshot) if row.kind == "provider_return" else (),
            tuple(moment.astimezone(UTC) for moment in row.sent or ()),
        )
        for row in connection.execute(AROUND, {**bound, "since": now - BUDGET_DAYS})
    }


def _items(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> dict[str, tuple[dict[str, Any], ...]]:
    keys = [(row.scheme_id, row.key) for row in rows if row.lane == "others"]
    found: dict[str, tuple[dict[str, Any], ...]] = {}
    if keys:
        for row in connection.execute(ITEMS, _keys.bind(keys)).mappings():
            item = dict(row) | {"at": row["at"].astimezone(UTC)}
            key = item.pop("notice_key")
            found[key] = (*found.get(key, ()), item)
    return found


def calling(
    connection: sa.Connection, worker: str, rows: Sequence[NoticeRow], now: datetime, *, paused: bool
) -> set[int]:
    """Mark leased notices as calling; void ones stay void. Back go those whose stream has something unreacted; all, if paused."""
    if not rows:
        return set()
    bound = _call.bind([(row.id, row.attempt, row.channel, row.address) for row in rows])
    return set(connection.execute(CALLING, {**bound, "worker": worker, "now": now, "paused": paused}).scalars())


def settle(connection: sa.Connection, worker: str, settled: Sequence[Settled], now: datetime) -> int:
    """Write each attempt's end, its notice, and the command for its stream; only for notices still this worker's."""
    if not settled:
        return 0
    rows = [
        (
            one.id, one.attempt, one.result, "ready" if _goes_on(one) else ENDS[one.result], one.detail,
            one.provider_ref, one.again_at, one.retry_in.total_seconds() if one.retry_in else None, one.next_channel,
            one.again_at is not None or not one.counted,
        )
        for one in settled
    ]  # fmt: skip
    mine = {
        row.id: row.scheme_id
        for row in connection.execute(SETTLE, {**_settle.bind(rows), "worker": worker, "now": now})
    }
    inbox.add(connection, [(mine[one.id], one.tell) for one in settled if one.tell and one.id in mine], now)
    return len(mine)


def _goes_on(settled: Settled) -> bool:
    return settled.again_at is not None or settled.retry_in is not None or settled.next_channel is not None


def recover(
    connection: sa.Connection, limit: int, look_after: Mapping[Channel, timedelta], now: datetime
) -> list[NoticeRow]:
    """Resolve calls whose worker died; returns those that are `unknown` now. The others are ready again."""
    waits = [(str(channel), rest.total_seconds()) for channel, rest in look_after.items()] or [("", 0.0)]
    asked = {"limit": limit, "now": now, "detail": LOST_CALL, "again": sorted(AT_LEAST_ONCE)}
    rows = connection.execute(RECOVER, {**_looked_up.bind(waits), **asked}).all()
    went = {row.id: row.address for row in rows}
    unclear = _notices(connection, [row for row in rows if row.state == "unknown"], now)
    return [replace(one, address=went[one.id]) for one in unclear]


def in_doubt(connection: sa.Connection, since: datetime, after: int, limit: int, now: datetime) -> list[NoticeRow]:
    """What waits to be sent by now, or was made since; by id, under our lock."""
    rows = connection.execute(IN_DOUBT, {"since": since, "after": after, "limit": limit, "now": now}).all()
    return _notices(connection, rows, now)


def hold(connection: sa.Connection, rows: Sequence[NoticeRow], detail: str, now: datetime) -> None:
    """Nobody knows whether these went: an attempt that says so, and nothing more is sent by itself."""
    if rows:
        bound = _call.bind([(row.id, row.attempt, row.channel, row.address) for row in rows])
        connection.execute(HOLD, {**bound, "detail": detail, "now": now})
