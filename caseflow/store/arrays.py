"""Whole columns as PostgreSQL array literals, so that a statement costs the same for one row and for a thousand.

psycopg adapts a list item by item in Python; writing the literal ourselves is several times faster, and the server
parses it with the element type's own input function. Instants must be aware; text may hold anything but NUL.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any


def _quoted(value: str | bytes | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        value = value.decode()
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    if '"' in value:
        value = value.replace('"', '\\"')
    return f'"{value}"'


def _plain(value: object) -> str:
    return "NULL" if value is None else str(value)


def _instant(value: datetime | None) -> str:
    if value is None:
        return "NULL"
    if value.tzinfo is None:
        raise ValueError(f"The instant {value.isoformat()} has no time zone: give the store UTC instants only.")
    return value.isoformat()


def _day(value: date | None) -> str:
    return "NULL" if value is None else value.isoformat()


WRITERS: dict[str, Callable[[Any], str]] = {
    "text": _quoted,
    "jsonb": _quoted,
    "int": _plain,
    "bigint": _plain,
    "boolean": _plain,
    "float8": _plain,
    "timestamptz": _instant,
    "date": _day,
}


def literal(kind: str, values: Iterable[Any]) -> str:
    """One column as an array literal: ``literal("text", ["a", None]) == '{"a",NULL}'``."""
    return "{" + ",".join(map(WRITERS[kind], values)) + "}"


class Rows:
    """A table of parameters: ``Rows(id="text", due="timestamptz")``.

    `source` is what a statement selects from (alias `d`, the columns by name); `bind(rows)` are its parameters, from
    tuples in the same order.
    """

    def __init__(self, **columns: str) -> None:
        self._kinds = tuple(columns.values())
        self._names = tuple(columns)
        casts = ", ".join(f"CAST(:d_{name} AS {kind}[])" for name, kind in columns.items())
        self.columns = ", ".join(columns)
        self.source = f"unnest({casts}) AS d({self.columns})"

    def bind(self, rows: Sequence[tuple[Any, ...]]) -> dict[str, str]:
        """The parameters for these rows; every row must have all columns."""
        return {
            f"d_{name}": "{" + ",".join(map(WRITERS[kind], column)) + "}"
            for name, kind, column in zip(self._names, self._kinds, zip(*rows, strict=True), strict=True)
        }
