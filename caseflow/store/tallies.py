"""Counts that outlive the processes that counted: added to by workers, read by the watch. Real time, no case, no person."""

from collections.abc import Mapping

import sqlalchemy as sa

from caseflow.store.arrays import Rows

_counted = Rows(name="text", value="bigint")
ADD = sa.text(f"""
    INSERT INTO tallies AS t (name, value, seen_at) SELECT {_counted.columns}, clock_timestamp() FROM {_counted.source}
     ORDER BY name
        ON CONFLICT (name) DO UPDATE SET value = t.value + excluded.value, seen_at = excluded.seen_at""")
SET = sa.text(f"""
    INSERT INTO tallies AS t (name, value, seen_at) SELECT {_counted.columns}, clock_timestamp() FROM {_counted.source}
     ORDER BY name
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, seen_at = excluded.seen_at""")
READ = sa.text("SELECT name, value FROM tallies ORDER BY name")


def add(connection: sa.Connection, counts: Mapping[str, int]) -> None:
    """Add to these counts, in order of their names (two workers never wait for each other in a circle)."""
    rows = [(name, value) for name, value in sorted(counts.items()) if value]
    if rows:
        connection.execute(ADD, _counted.bind(rows))


def put(connection: sa.Connection, values: Mapping[str, int]) -> None:
    """These values stand now, whatever stood before."""
    if values:
        connection.execute(SET, _counted.bind(sorted(values.items())))


def read(connection: sa.Connection) -> dict[str, int]:
    """Every count by its name."""
    return {row.name: row.value for row in connection.execute(READ)}
