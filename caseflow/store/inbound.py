"""Texts that came in: kept first, matched afterwards. The words are in `texts`, the number here; neither is in any fact."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from caseflow.engine.inbound_rows import Holder, InboundRow, InboundSettled, InboundText
from caseflow.store import texts
from caseflow.store.arrays import Rows

_text = Rows(scheme="text", id="text", number="text", destination="text", received="timestamptz")
# An insert that meets its own row counts the repeat and leaves the first as it was.
KEEP = sa.text(f"""
    INSERT INTO inbound AS i (scheme_id, id, number, destination, received_at, kept_at)
    SELECT scheme, id, number, destination, received, CAST(:now AS timestamptz) FROM {_text.source}
        ON CONFLICT (scheme_id, id) DO UPDATE SET repeats = i.repeats + 1
 RETURNING repeats = 0 AS fresh""")

COLUMNS = """
    i.scheme_id, i.id, i.number, i.destination, i.received_at, i.state, i.why, i.stream_id, i.person_id, i.dealt_by,
    i.dealt_at, coalesce(t.body, '') AS body"""
JOINED = "inbound i LEFT JOIN texts t ON t.scheme_id = i.scheme_id AND t.id = 'inbound:' || i.id"
NEW = sa.text(f"""
    SELECT {COLUMNS} FROM {JOINED} WHERE i.state = 'new' ORDER BY i.place LIMIT :limit
       FOR NO KEY UPDATE OF i SKIP LOCKED""")
LOCK = sa.text(f"""
    SELECT {COLUMNS} FROM {JOINED} WHERE i.scheme_id = :scheme AND i.id = ANY(CAST(:ids AS text[]))
     ORDER BY i.place FOR NO KEY UPDATE OF i""")
WAITING = sa.text(f"""
    SELECT {COLUMNS} FROM {JOINED}
     WHERE i.scheme_id = :scheme AND i.state IN ('new', 'queued') ORDER BY i.received_at, i.place LIMIT :limit""")

_settled = Rows(scheme="text", id="text", state="text", why="text", stream="text", person="text", by="text")
SETTLE = sa.text(f"""
    UPDATE inbound i SET state = d.state, why = d.why, stream_id = d.stream, person_id = d.person, dealt_by = d.by,
           dealt_at = CASE WHEN d.state = 'queued' THEN NULL ELSE CAST(:now AS timestamptz) END
      FROM {_settled.source} WHERE i.scheme_id = d.scheme AND i.id = d.id""")
OWN = sa.text(f"""
    UPDATE texts t SET person = d.person FROM {_settled.source}
     WHERE t.scheme_id = d.scheme AND t.id = 'inbound:' || d.id AND d.person IS NOT NULL""")
LOOKED = sa.text("""
    UPDATE inbound SET read_by = :by, read_at = :now WHERE scheme_id = :scheme AND id = :id""")

# Everybody who has the number, each with each of their cases, and the newest text that went there for that case.
HOLDERS = sa.text("""
    SELECT a.value AS number, a.person_id, a.id AS address, s.id AS stream, s.ref, s.ended_at IS NULL AS open, l.purpose,
           l.subject
      FROM addresses a
      LEFT JOIN streams s ON s.scheme_id = a.scheme_id AND s.participant = a.person_id AND s.kind = 'case'
      LEFT JOIN LATERAL (
          SELECT n.purpose, n.body ->> 'subject' AS subject FROM notices n
            JOIN attempts t ON t.notice_id = n.id AND t.scheme_id = n.scheme_id
           WHERE n.scheme_id = s.scheme_id AND n.stream_id = s.id AND n.lane = 'people' AND t.channel = 'text'
             AND t.address = a.id AND t.state IN ('accepted', 'unknown')
           ORDER BY t.ended_at DESC NULLS LAST, n.id DESC LIMIT 1) l ON true
     WHERE a.scheme_id = :scheme AND a.channel = 'text' AND a.value = ANY(CAST(:numbers AS text[]))
     ORDER BY a.value, a.person_id, s.ref, a.id""")

ERASE = [
    # What this person wrote, and what came from a number that nobody but they had.
    sa.text("""
        UPDATE texts t SET body = :erased, nonce = '', erased_at = :now FROM inbound i
         WHERE t.scheme_id = :scheme AND i.scheme_id = t.scheme_id AND t.id = 'inbound:' || i.id
           AND (i.person_id = ANY(CAST(:ids AS text[]))
                OR (i.person_id IS NULL AND i.number = ANY(CAST(:numbers AS text[]))))"""),
    sa.text("""
        UPDATE inbound i SET number = '' WHERE i.scheme_id = :scheme
           AND (i.person_id = ANY(CAST(:ids AS text[]))
                OR (i.person_id IS NULL AND i.number = ANY(CAST(:numbers AS text[]))))"""),
]
THEIRS = sa.text("""
    SELECT DISTINCT value FROM addresses a
     WHERE scheme_id = :scheme AND channel = 'text' AND person_id = ANY(CAST(:ids AS text[]))
       AND NOT EXISTS (SELECT FROM addresses o WHERE o.scheme_id = a.scheme_id AND o.channel = 'text'
                          AND o.value = a.value AND o.person_id <> ALL(CAST(:ids AS text[])))""")


def keep(connection: sa.Connection, scheme: str, arrived: Sequence[InboundText], now: datetime) -> int:
    """Keep texts; returns how many were new. The first of a repeated id stays, words and all."""
    once = {one.id: one for one in reversed(arrived)}
    if not once:
        return 0
    rows = [(scheme, one.id, one.number, one.to, one.received_at) for one in sorted(once.values(), key=lambda o: o.id)]
    fresh = connection.execute(KEEP, {**_text.bind(rows), "now": now}).scalars().all()
    texts.add(connection, scheme, [(one.text_id, None, one.body) for one in once.values()])
    return sum(fresh)


def new(connection: sa.Connection, limit: int) -> list[InboundRow]:
    """Lock texts nobody has looked at yet, oldest first, of every scheme."""
    return [_row(row) for row in connection.execute(NEW, {"limit": limit})]


def lock(connection: sa.Connection, scheme: str, ids: Sequence[str]) -> list[InboundRow]:
    return [_row(row) for row in connection.execute(LOCK, {"scheme": scheme, "ids": list(ids)})]


def waiting(connection: sa.Connection, scheme: str, limit: int) -> list[InboundRow]:
    return [_row(row) for row in connection.execute(WAITING, {"scheme": scheme, "limit": limit})]


def _row(row: sa.Row[Any]) -> InboundRow:
    return InboundRow(
        row.scheme_id, row.id, row.number, row.destination, row.body, row.received_at.astimezone(UTC), row.state,
        row.why, row.stream_id, row.person_id, row.dealt_by, row.dealt_at and row.dealt_at.astimezone(UTC),
    )  # fmt: skip


def settle(connection: sa.Connection, settled: Sequence[InboundSettled], now: datetime) -> None:
    """Write what became of these texts; a text that has found its person is erased with them."""
    if settled:
        rows = [(one.scheme, one.id, one.state, one.why, one.stream, one.person, one.by) for one in settled]
        bound = _settled.bind(rows)
        connection.execute(SETTLE, {**bound, "now": now})
        connection.execute(OWN, bound)


def looked(connection: sa.Connection, scheme: str, id_: str, by: str, now: datetime) -> None:
    connection.execute(LOOKED, {"scheme": scheme, "id": id_, "by": by, "now": now})


def holders(connection: sa.Connection, scheme: str, numbers: Iterable[str]) -> dict[str, tuple[Holder, ...]]:
    """Everybody who has these numbers, by number; a number nobody has is absent."""
    wanted = sorted(set(numbers))
    found: dict[str, tuple[Holder, ...]] = {}
    for row in connection.execute(HOLDERS, {"scheme": scheme, "numbers": wanted}) if wanted else ():
        open_ = bool(row.stream) and row.open
        one = Holder(row.person_id, row.address, row.stream, row.ref or "", open_, row.purpose, row.subject)
        found[row.number] = (*found.get(row.number, ()), one)
    return found


def erase(connection: sa.Connection, scheme: str, ids: Sequence[str], now: datetime, erased: str) -> None:
    """Take away what these people wrote and from where. Called while their addresses are still there."""
    numbers = list(connection.execute(THEIRS, {"scheme": scheme, "ids": list(ids)}).scalars())
    for statement in ERASE:
        connection.execute(
            statement, {"scheme": scheme, "ids": list(ids), "numbers": numbers, "erased": erased, "now": now}
        )
