"""Writes that do not wait for one another: PostgreSQL works on one while the next is still being put together.

In psycopg's pipeline mode a statement is sent and its answer read later. A batch's time is then the longer of the two
sides' work, not their sum. Only writes whose rows nobody reads back may flow; how many rows one touched is checked at
the end, and an error of any of them is raised there at the latest, before the commit.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa
from sqlalchemy import exc

from caseflow.engine.ports import Conflict
from caseflow.store.session import without_values


class Writes(Protocol):
    """Where a write goes: a connection that waits for it, or a flow."""

    def execute(self, statement: sa.TextClause, parameters: Mapping[str, Any], /) -> Any: ...


@dataclass(slots=True)
class Flow:
    """The flow of one transaction; see `flowing`."""

    connection: sa.Connection
    expected: list[tuple[Any, int, str]] = field(default_factory=list)  # cursor, rows, what it means if they are not

    def execute(self, statement: sa.TextClause, parameters: Mapping[str, Any], /) -> sa.CursorResult[Any]:
        """Send it; what comes back is empty until the flow ends."""
        return self.connection.execute(statement, parameters)

    def check(self) -> None:
        """Raises Conflict where a statement did not touch as many rows as it should have."""
        for cursor, rows, otherwise in self.expected:
            _same(cursor.rowcount, rows, otherwise)


def execute_on(writes: Writes, statement: sa.TextClause, parameters: Mapping[str, Any], rows: int, what: str) -> None:
    """A write that must touch exactly so many rows. Raises Conflict ("3 of 5 `what`"), in a flow at its end."""
    result = writes.execute(statement, parameters)
    if isinstance(writes, Flow):
        writes.expected.append((result.context.cursor, rows, what))
    else:
        _same(result.rowcount, rows, what)


def _same(touched: int, rows: int, what: str) -> None:
    if touched != rows:
        raise Conflict(f"{rows - touched} of {rows} {what}")


@contextmanager
def flowing(connection: sa.Connection) -> Iterator[Flow]:
    """A flow on this connection's transaction. At its end everything has been answered, or the first error is raised."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    flow = Flow(connection)
    try:
        with raw.pipeline():
            yield flow
    except psycopg.Error as wrong:  # raised by the end of the pipeline, where SQLAlchemy does not see it
        without_values(wrong)
        raise exc.DBAPIError.instance(
            "(a flow of writes)", None, wrong, psycopg.Error, dialect=connection.dialect,
            connection_invalidated=isinstance(wrong, psycopg.OperationalError) and raw.closed,
        ) from wrong  # fmt: skip
    flow.check()
