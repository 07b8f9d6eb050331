"""Live timers: one row for each open expectation. Setting one again replaces it; what is gone is deleted."""

from collections.abc import Sequence

import sqlalchemy as sa

from caseflow.engine.ports import Change
from caseflow.store.arrays import Rows
from caseflow.store.flow import Writes

_gone = Rows(scheme="text", stream="text", expectation="text")
DELETE = sa.text(f"""
    DELETE FROM timers t USING {_gone.source}
     WHERE t.scheme_id = d.scheme AND t.stream_id = d.stream AND t.expectation = d.expectation
    """)

_set = Rows(
    scheme="text",
    stream="text",
    expectation="text",
    cycle="int",
    ladder="text",
    rung="text",
    subject="text",
    due="timestamptz",
    local_due="text",
)
UPSERT = sa.text(f"""
    INSERT INTO timers (scheme_id, stream_id, expectation, cycle, ladder, rung, subject, due, local_due)
    SELECT {_set.columns} FROM {_set.source}
        ON CONFLICT (scheme_id, stream_id, expectation) DO UPDATE
       SET cycle = excluded.cycle, ladder = excluded.ladder, rung = excluded.rung, subject = excluded.subject,
           due = excluded.due, local_due = excluded.local_due""")


def save(writes: Writes, changes: Sequence[Change]) -> None:
    """Delete the timers that are gone, then set the others; a timer in both lists of a change is set."""
    gone: list[tuple[str, str, str]] = []
    wanted: dict[tuple[str, str, str], tuple[object, ...]] = {}
    for change in changes:
        scheme, stream = change.stream.scheme, change.stream.id
        for timer in change.timers:
            key = (scheme, stream, timer.expectation)
            wanted[key] = (*key, timer.cycle, timer.ladder, timer.rung, timer.subject, timer.due, timer.local_due)
        gone += [
            (scheme, stream, expectation)
            for expectation in change.gone_timers
            if (scheme, stream, expectation) not in wanted
        ]
    if gone:
        writes.execute(DELETE, _gone.bind(gone))
    if wanted:
        writes.execute(UPSERT, _set.bind(list(wanted.values())))
