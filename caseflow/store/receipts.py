"""Receipts: what a channel says became of a message, by our own key. Kept as they came, then matched to an attempt.

A receipt names no scheme, so its key is looked for in each of them: a step in an index each.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from caseflow.domain.words import Channel, Receipt
from caseflow.engine.ports import Arrived, Matched, WaitingReceipt
from caseflow.store import codec
from caseflow.store.arrays import Rows

_arrived = Rows(id="text", ref="text", provider_ref="text", receipt="text", at="timestamptz", detail="text")
KEEP = sa.text(f"""
    INSERT INTO receipts AS r (id, ref, provider_ref, receipt, at, detail, arrived_at)
    SELECT {_arrived.columns}, clock_timestamp() FROM {_arrived.source} ORDER BY id
        ON CONFLICT (id) DO UPDATE SET repeats = r.repeats + 1
    RETURNING id, repeats""")

# The attempt that went to the channel under this reference; the newest where the channel's own number tells nothing.
# However many receipts of strangers wait before one of ours, it is found.
MATCH = sa.text("""
    WITH waiting AS MATERIALIZED (
        SELECT id, ref, provider_ref, receipt, at FROM receipts
         WHERE state = 'waiting' AND (CAST(:ids AS text[]) IS NULL OR id = ANY(CAST(:ids AS text[])))
           AND EXISTS (SELECT FROM (SELECT DISTINCT scheme_id FROM policies) s
                         JOIN notices n ON n.scheme_id = s.scheme_id AND n.key = receipts.ref)
         ORDER BY arrived_at, id LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED)
    SELECT waiting.id, waiting.receipt, waiting.at, n.id AS notice, n.scheme_id, n.stream_id, n.key, n.lane, n.state,
           CAST(n.body AS text) AS body, a.no, a.channel, a.address
      FROM waiting
     CROSS JOIN (SELECT DISTINCT scheme_id FROM policies) s
      JOIN notices n ON n.scheme_id = s.scheme_id AND n.key = waiting.ref
      JOIN LATERAL (
           SELECT x.no, x.channel, x.address FROM attempts x
            WHERE x.notice_id = n.id AND x.scheme_id = n.scheme_id AND x.state IN ('calling', 'accepted', 'unknown', 'failed')
            ORDER BY (x.provider_ref IS NOT DISTINCT FROM waiting.provider_ref) DESC, x.state <> 'failed' DESC, x.no DESC
            LIMIT 1) a ON true
     ORDER BY n.id""")

NOTED = sa.text("UPDATE receipts SET state = 'noted' WHERE id = ANY(CAST(:ids AS text[]))")

# A receipt proves that the message went: what was unclear is so no more, and nothing goes a second time.
WENT = sa.text("""
    WITH mine AS MATERIALIZED (
        SELECT n.id FROM notices n
         WHERE n.id = ANY(CAST(:notices AS bigint[]))
           AND (n.state = 'unknown'
                OR n.state = 'ready' AND EXISTS (
                   SELECT FROM attempts a WHERE a.notice_id = n.id AND a.scheme_id = n.scheme_id
                                            AND a.no = n.attempts AND a.state = 'unknown'))
         ORDER BY n.id FOR NO KEY UPDATE)
    UPDATE notices n SET state = 'sent', sent_at = CAST(:now AS timestamptz), retry_at = NULL FROM mine WHERE n.id = mine.id""")

WAITING = sa.text("""
    SELECT id, ref, provider_ref, receipt, at, detail, arrived_at FROM receipts
     WHERE state = 'waiting' ORDER BY arrived_at, id LIMIT :limit""")


def keep(connection: sa.Connection, arrived: Sequence[Arrived]) -> set[str]:
    """Keep them all; returns the ids that are new. A repeat is counted on its row."""
    once = {one.id: one for one in arrived}
    rows = [(one.id, one.ref, one.provider_ref, one.receipt, one.at, one.detail) for one in once.values()]
    if not rows:
        return set()
    return {row.id for row in connection.execute(KEEP, _arrived.bind(rows)) if row.repeats == 0}


def match(connection: sa.Connection, limit: int, ids: Collection[str] | None) -> list[Matched]:
    """Waiting receipts (of these ids, or the oldest) for which there is a notice, under our lock."""
    asked = {"limit": limit, "ids": None if ids is None else sorted(ids)}
    return [
        Matched(
            row.id, row.scheme_id, row.stream_id, row.notice, row.key, codec.decode_send(row.body), row.no,
            Channel(row.channel), row.address or "", Receipt(row.receipt), row.at.astimezone(UTC),
        )
        for row in connection.execute(MATCH, asked)
    ]  # fmt: skip


def noted(connection: sa.Connection, matched: Sequence[Matched], now: datetime) -> None:
    """They have become commands; a notice that was unclear has been sent."""
    connection.execute(NOTED, {"ids": [one.id for one in matched]})
    connection.execute(WENT, {"notices": sorted({one.notice for one in matched}), "now": now})


def waiting(connection: sa.Connection, limit: int) -> list[WaitingReceipt]:
    """Receipts that no notice was found for, oldest first."""
    return [
        WaitingReceipt(
            Arrived(row.id, row.ref, row.provider_ref, Receipt(row.receipt), row.at.astimezone(UTC), row.detail),
            row.arrived_at.astimezone(UTC),
        )
        for row in connection.execute(WAITING, {"limit": limit})
    ]
