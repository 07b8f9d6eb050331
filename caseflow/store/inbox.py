"""Command ids with what came of them, and the commands of channels and other streams that wait for their turn."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from caseflow.domain.commands import Asked
from caseflow.domain.words import Origin
from caseflow.engine.ports import Answer, Change, Conflict, Parking
from caseflow.store import codec, parking
from caseflow.store.arrays import Rows
from caseflow.store.flow import Writes, execute_on

ANSWERS = sa.text("""
    SELECT command_id, stream_id, seq, code, words FROM inbox
     WHERE scheme_id = :scheme AND command_id = ANY(CAST(:ids AS text[])) AND state IN ('done', 'refused')""")

_answer = Rows(scheme="text", command="text", stream="text", state="text", seq="int", code="text", words="text")
REMEMBER = sa.text(f"""
    INSERT INTO inbox AS i (scheme_id, command_id, stream_id, state, arrived_at, seq, code, words)
    SELECT scheme, command, stream, state, CAST(:now AS timestamptz), seq, code, words FROM {_answer.source}
        ON CONFLICT (scheme_id, command_id) DO UPDATE
       SET state = excluded.state, seq = excluded.seq, code = excluded.code, words = excluded.words
     WHERE i.state IN ('waiting', 'parked')""")

_done = Rows(scheme="text", command="text")
DONE = sa.text(f"""
    UPDATE inbox i SET state = 'done' FROM {_done.source}
     WHERE i.scheme_id = d.scheme AND i.command_id = d.command AND i.state = 'waiting'""")

TAKE = sa.text("""
    WITH due AS MATERIALIZED (
        SELECT place, scheme_id, command_id, stream_id, CAST(body AS text) AS body FROM inbox
         WHERE state = 'waiting' ORDER BY place LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED)
    SELECT * FROM due ORDER BY place""")

_asked = Rows(scheme="text", command="text", stream="text", body="jsonb")
ADD = sa.text(f"""
    INSERT INTO inbox AS i (scheme_id, command_id, stream_id, state, body, arrived_at)
    SELECT scheme, command, stream, 'waiting', body, CAST(:now AS timestamptz) FROM {_asked.source}
        ON CONFLICT (scheme_id, command_id) DO UPDATE SET repeats = i.repeats + 1""")


def answers(connection: sa.Connection, scheme: str, ids: Sequence[str]) -> dict[str, Answer]:
    """Earlier answers to these command ids, marked as repeats."""
    if not ids:
        return {}
    rows = connection.execute(ANSWERS, {"scheme": scheme, "ids": list(ids)})
    return {row.command_id: Answer(row.command_id, row.stream_id, row.seq, row.code, row.words, True) for row in rows}


def remember(writes: Writes, answered: Sequence[tuple[str, Answer]], now: datetime) -> None:
    """Keep (scheme, answer) pairs, closing inbox rows that waited for them. Raises Conflict for one already answered."""
    rows = [
        (
            scheme, answer.command_id, answer.stream, "refused" if answer.refused else "done", answer.seq, answer.code,
            answer.words,
        )
        for scheme, answer in answered
        if not answer.repeat
    ]  # fmt: skip
    if not rows:
        return
    if len({row[:2] for row in rows}) < len(rows):
        raise Conflict("Two answers to one command id in one batch.")
    otherwise = "commands were answered by somebody else."
    execute_on(writes, REMEMBER, {**_answer.bind(rows), "now": now}, len(rows), otherwise)


def take(connection: sa.Connection, limit: int, now: datetime) -> list[tuple[str, Asked]]:
    """Lock waiting commands, oldest first; one that cannot be read is parked, its neighbours are returned."""
    found: list[tuple[str, Asked]] = []
    unreadable: list[Parking] = []
    for row in connection.execute(TAKE, {"limit": limit}):
        try:
            found.append((row.scheme_id, codec.decode_asked(row.command_id, row.stream_id, row.body)))
        except codec.Unreadable as reason:
            unreadable.append(Parking(row.stream_id, f"command:{row.command_id}", str(reason), now, row.scheme_id))
    if unreadable:
        parking.park(connection, unreadable)
    return found


def add(writes: Writes, asked: Sequence[tuple[str, Asked]], now: datetime) -> None:
    """Let (scheme, command) pairs wait; a known command id is not taken again, only counted."""
    once = {(scheme, one.id): one for scheme, one in reversed(asked)}
    rows = [(scheme, one.id, one.stream, codec.encode_asked(one)) for (scheme, _), one in reversed(once.items())]
    if rows:
        writes.execute(ADD, {**_asked.bind(rows), "now": now})


def told(changes: Sequence[Change]) -> list[tuple[str, Asked]]:
    """What the streams of these changes tell other streams, as commands of the inbox."""
    return [
        (change.stream.scheme, Asked(tell.id, tell.stream, tell.command, tell.by, Origin.STREAM))
        for change in changes
        for tell in change.tells
    ]


def save(writes: Writes, changes: Sequence[Change], now: datetime) -> None:
    """The answers of these changes, the inbox rows they have dealt with, and what they tell other streams."""
    remember(writes, [(change.stream.scheme, answer) for change in changes for answer in change.answers], now)
    answered = {(change.stream.scheme, answer.command_id) for change in changes for answer in change.answers}
    done = [(change.stream.scheme, one) for change in changes for one in change.inbox_done]
    done = [pair for pair in done if pair not in answered]
    if done:
        writes.execute(DONE, _done.bind(done))
    add(writes, told(changes), now)
