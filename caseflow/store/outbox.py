"""Notices: what somebody shall be told, written in the transaction of the fact it follows from.

A notice is unique by scheme, stream, expectation, cycle, rung, purpose and recipient; `key` is the digest of that.
Asked for again it is not made again: the repeat is counted on the row.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseflow.domain.effects import CloseDigest, Send
from caseflow.domain.words import Channel, Role
from caseflow.engine.ports import Change
from caseflow.store import codec
from caseflow.store.arrays import Rows
from caseflow.store.flow import Writes

COLUMNS = "scheme_id, stream_id, key, expectation, cycle, rung, purpose, recipient, lane, kind, channel, body, send_at, created_at"
_notice = Rows(
    scheme="text",
    stream="text",
    key="text",
    expectation="text",
    cycle="int",
    rung="text",
    purpose="text",
    recipient="text",
    lane="text",
    kind="text",
    channel="text",
    body="jsonb",
    send_at="timestamptz",
)
INSERT = sa.text(f"""
    INSERT INTO notices AS n ({COLUMNS})
    SELECT {_notice.columns}, CAST(:now AS timestamptz) FROM {_notice.source}
        ON CONFLICT (scheme_id, key) DO UPDATE SET repeats = n.repeats + 1""")

COUNT_REPEATS = sa.text("""
    UPDATE notices SET repeats = repeats + 1 WHERE (scheme_id, key) IN
        (SELECT * FROM unnest(CAST(:schemes AS text[]), CAST(:keys AS text[])))""")

_void = Rows(scheme="text", stream="text", expectation="text", purpose="text", subject="text", reason="text")
# Locked in id order, as `settle` and `calling` do; what is `calling` cannot be taken back any more.
VOID = sa.text(f"""
    WITH unsent AS MATERIALIZED (
        SELECT n.id, d.reason FROM {_void.source}
          JOIN notices n ON n.scheme_id = d.scheme AND n.stream_id = d.stream
           AND CASE WHEN d.purpose IS NOT NULL
                    THEN n.purpose = d.purpose AND n.body ->> 'subject' IS NOT DISTINCT FROM d.subject
                    WHEN d.expectation IS NULL THEN n.lane = 'people'
                    ELSE n.expectation = d.expectation END
         WHERE n.state IN ('ready', 'leased')
         ORDER BY n.id FOR NO KEY UPDATE OF n)
    UPDATE notices n SET state = 'void', reason = unsent.reason, lease_by = NULL, lease_until = NULL
      FROM unsent WHERE n.id = unsent.id""")

_reroute = Rows(scheme="text", stream="text", key="text", channel="text", reason="text")
# Only what went last by this channel, be it that its worker has not heard the answer yet (a receipt may be faster, and
# the worker's settlement then finds nothing to settle): a notice that goes on by another already is left alone. It never
# arrived, so it is no part of what was sent to the person this week.
REROUTE = sa.text(f"""
    WITH lost AS MATERIALIZED (
        SELECT n.id, n.scheme_id, n.attempts, d.channel, d.reason FROM {_reroute.source}
          JOIN notices n ON n.scheme_id = d.scheme AND n.stream_id = d.stream AND n.key = d.key
         WHERE n.state IN ('sent', 'calling', 'leased', 'ready') AND n.attempts > 0
           AND n.channel = d.channel AND d.channel <> ALL(n.tried)
         ORDER BY n.id FOR NO KEY UPDATE OF n),
    ended AS (
        UPDATE attempts a SET state = 'failed', detail = lost.reason, ended_at = CAST(:now AS timestamptz)
          FROM lost WHERE a.notice_id = lost.id AND a.scheme_id = lost.scheme_id AND a.no = lost.attempts
                      AND a.state = 'calling')
    UPDATE notices n SET state = 'ready', tried = array_append(n.tried, lost.channel), send_at = :now, sent_at = NULL,
           lease_by = NULL, lease_until = NULL, retry_at = NULL, reason = lost.reason
      FROM lost WHERE n.id = lost.id""")

_item = Rows(
    scheme="text",
    stream="text",
    officer="text",
    period="text",
    ref="text",
    line="text",
    detail="text",
    at="timestamptz",
)
# The same line of the same moment is said once.
ADD_ITEMS = sa.text(f"""
    INSERT INTO digest_items (scheme_id, stream_id, officer, period, ref, line, detail, at)
    SELECT DISTINCT {_item.columns} FROM {_item.source}
     WHERE NOT EXISTS (SELECT FROM digest_items i
                        WHERE i.scheme_id = d.scheme AND i.stream_id = d.stream AND i.officer = d.officer
                          AND i.period = d.period AND i.line = d.line AND i.detail IS NOT DISTINCT FROM d.detail
                          AND i.at = d.at)""")

# One statement: items are stamped only for a notice that is new, and a notice is made only for items there are.
CLOSE_DIGESTS = sa.text(f"""
    WITH wanted AS MATERIALIZED (
        SELECT d.* FROM {_notice.source}
         WHERE NOT EXISTS (SELECT FROM notices n WHERE n.scheme_id = d.scheme AND n.key = d.key)),
    taken AS (
        UPDATE digest_items i SET notice_key = w.key FROM wanted w
         WHERE i.scheme_id = w.scheme AND i.officer = w.recipient AND i.notice_key IS NULL
        RETURNING i.scheme_id, i.notice_key)
    INSERT INTO notices ({COLUMNS})
    SELECT {_notice.columns}, CAST(:now AS timestamptz) FROM wanted
     WHERE (scheme, key) IN (SELECT * FROM taken)""")


def key_of(scheme: str, stream: str, send: Send) -> str:
    """The stable key of a notice's identity: 32 hex digits of a SHA-256; channel and address are no part of it."""
    identity = (scheme, stream, send.expectation or "", send.cycle, send.rung, send.purpose, send.recipient)
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32]


def lane_of(send: Send) -> str:
    """Participants have a lane of their own, so that they never wait behind officers' mail."""
    return "people" if send.to == Role.PARTICIPANT else "others"


def digest_send(close: CloseDigest) -> Send:
    """The notice that carries an officer's digest of one period."""
    return Send(
        purpose="officer_digest",
        to=Role.OIC,
        recipient=close.officer,
        channels=(Channel.EMAIL,),
        kind="officer",
        expectation="digest",
        rung=close.period,
        fields={"period": close.period},
        stand_in=close.stand_in,
    )


def _row(scheme: str, stream: str, send: Send, now: datetime) -> tuple[Any, ...]:
    return (
        scheme, stream, key_of(scheme, stream, send), send.expectation or "", send.cycle, send.rung, send.purpose,
        send.recipient, lane_of(send), send.kind, send.channels[0], codec.encode_send(send),
        send.not_before if send.not_before and send.not_before > now else now,
    )  # fmt: skip


def save(writes: Writes, changes: Sequence[Change], now: datetime) -> None:
    """Void what is not wanted any more, send on what did not arrive, then add notices, digest items and closed digests."""
    voids = [
        (change.stream.scheme, change.stream.id, void.expectation, void.purpose, void.subject, void.reason)
        for change in changes
        for void in change.voids
    ]
    sends = [_row(change.stream.scheme, change.stream.id, send, now) for change in changes for send in change.sends]
    reroutes = [
        (change.stream.scheme, change.stream.id, one.notice, one.channel, one.reason)
        for change in changes
        for one in change.reroutes
    ]
    items = [
        (
            change.stream.scheme, change.stream.id, item.officer, item.period, item.ref, item.line, item.detail, item.at,
        )
        for change in changes
        for item in change.digest_items
    ]  # fmt: skip
    closes = [
        _row(change.stream.scheme, change.stream.id, digest_send(close), now)
        for change in changes
        for close in change.digest_closes
    ]
    if voids:
        writes.execute(VOID, _void.bind(voids))
    if reroutes:
        writes.execute(REROUTE, {**_reroute.bind(reroutes), "now": now})
    if sends:
        _insert(writes, sends, now)
    if items:
        writes.execute(ADD_ITEMS, _item.bind(items))
    if closes:
        once = {row[2]: row for row in closes}
        writes.execute(CLOSE_DIGESTS, {**_notice.bind(list(once.values())), "now": now})


def _insert(writes: Writes, sends: Sequence[tuple[Any, ...]], now: datetime) -> None:
    once: dict[tuple[str, str], tuple[Any, ...]] = {}
    twice: list[tuple[str, str]] = []
    for row in sends:
        key = (row[0], row[2])
        if key in once:
            twice.append(key)
        else:
            once[key] = row
    writes.execute(INSERT, {**_notice.bind(list(once.values())), "now": now})
    if twice:
        schemes, keys = zip(*twice, strict=True)
        writes.execute(COUNT_REPEATS, {"schemes": list(schemes), "keys": list(keys)})
