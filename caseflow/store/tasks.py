"""Tasks: things for a person to do, unique by key while open, dropped or done by the fact that removes the need."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from caseflow.engine.ports import Change
from caseflow.store.arrays import Rows
from caseflow.store.flow import Writes

_drop = Rows(
    no="int", scheme="text", stream="text", expectation="text", key="text", every="boolean", state="text", reason="text"
)
# Of several reasons to close one task the first holds, as it would had they come one after the other.
CLOSE = sa.text(f"""
    WITH closing AS MATERIALIZED (
        SELECT DISTINCT ON (t.id) t.id, t.scheme_id, d.state, d.reason FROM {_drop.source}
          JOIN tasks t ON t.scheme_id = d.scheme AND t.stream_id = d.stream AND t.state = 'open'
           AND (d.every OR t.expectation = d.expectation OR t.key = d.key)
         ORDER BY t.id, d.no)
    UPDATE tasks t SET state = closing.state, reason = closing.reason, closed_at = :now FROM closing
     WHERE t.id = closing.id AND t.scheme_id = closing.scheme_id""")

_open = Rows(
    scheme="text",
    stream="text",
    key="text",
    kind="text",
    owner="text",
    person="text",
    title="text",
    due="timestamptz",
    expectation="text",
    subject="text",
    rung="text",
)
OPEN = sa.text(f"""
    INSERT INTO tasks (scheme_id, stream_id, key, kind, owner, person, title, due, expectation, subject, rung, opened_at)
    SELECT {_open.columns}, CAST(:now AS timestamptz) FROM {_open.source}
        ON CONFLICT (scheme_id, stream_id, key) WHERE state = 'open' DO NOTHING""")

_hand = Rows(scheme="text", stream="text", owner="text", person="text")
HAND_OVER = sa.text(f"""
    UPDATE tasks t SET person = d.person FROM {_hand.source}
     WHERE t.scheme_id = d.scheme AND t.stream_id = d.stream AND t.owner = d.owner AND t.state = 'open'""")


def save(writes: Writes, changes: Sequence[Change], now: datetime) -> None:
    """Close what is no longer needed, open what is (a task that is open stays as it is), then hand over."""
    closed = [
        (
            change.stream.scheme, change.stream.id, drop.expectation, drop.key, drop.every,
            "done" if drop.done else "dropped", drop.reason,
        )
        for change in changes
        for drop in change.drops
    ]  # fmt: skip
    opened = [
        (
            change.stream.scheme, change.stream.id, task.key, task.kind, task.owner, task.person, task.title, task.due,
            task.expectation, task.subject, task.rung,
        )
        for change in changes
        for task in change.tasks
    ]  # fmt: skip
    handed = {
        (change.stream.scheme, change.stream.id, hand.owner): hand.person
        for change in changes
        for hand in change.handovers
    }
    if closed:
        writes.execute(CLOSE, {**_drop.bind([(no, *row) for no, row in enumerate(closed)]), "now": now})
    if opened:
        writes.execute(OPEN, {**_open.bind(opened), "now": now})
    if handed:
        writes.execute(HAND_OVER, _hand.bind([(*whose, person) for whose, person in handed.items()]))
