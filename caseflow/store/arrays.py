"""Whole columns as PostgreSQL arrays, so that a statement costs the same for one row and for a thousand.

psycopg adapts a list item by item in Python; writing the array ourselves is several times faster. Texts and JSON go in
the binary format, which needs no quoting here and no parsing there (a snapshot is some kilobytes, most of it quotes);
the short types go as literals, parsed by their own input functions. Instants must be aware; text holds no NUL.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from struct import pack
from typing import Any

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

_TEXT, _JSONB = 25, 3802  # the element types' numbers in every PostgreSQL
_NULL = pack("!i", -1)


class TextArray(bytes):
    """A text[] as PostgreSQL sends it over the wire."""


class JsonbArray(bytes):
    """A jsonb[] as PostgreSQL sends it over the wire."""


class _AsIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: bytes) -> bytes:
        return obj


class _TextArrayDumper(_AsIs):
    oid = 1009


class _JsonbArrayDumper(_AsIs):
    oid = 3807


psycopg.adapters.register_dumper(TextArray, _TextArrayDumper)
psycopg.adapters.register_dumper(JsonbArray, _JsonbArrayDumper)


def _binary(element: int, parts: list[bytes], count: int) -> bytes:
    """Dimensions, whether there may be nulls, the element type, the length, the first index; then the items."""
    return b"".join([pack("!iiIii", 1, 1, element, count, 1), *parts])


def _framed(value: str | bytes | None) -> bytes:
    """One text with its length before it."""
    if value is None:
        return _NULL
    raw = value if isinstance(value, bytes) else value.encode()
    if b"\0" in raw:
        raise ValueError("A text for the store contains a NUL character: clean it where it comes in.")
    return pack("!i", len(raw)) + raw


def _texts(values: Sequence[str | bytes | None]) -> TextArray:
    if values and values.count(values[0]) == len(values):  # scheme, kind, rung …: most columns of a batch say one thing
        return TextArray(_binary(_TEXT, [_framed(values[0])] * len(values), len(values)))
    return TextArray(_binary(_TEXT, [_framed(value) for value in values], len(values)))


def _documents(values: Sequence[bytes | None]) -> JsonbArray:
    parts: list[bytes] = []
    for raw in values:
        parts += (_NULL,) if raw is None else (pack("!ib", len(raw) + 1, 1), raw)  # 1 is the version of the format
    return JsonbArray(_binary(_JSONB, parts, len(values)))


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


def _literal(write: Callable[[Any], str]) -> Callable[[Iterable[Any]], str]:
    return lambda values: "{" + ",".join(map(write, values)) + "}"


WRITERS: dict[str, Callable[[Sequence[Any]], str | bytes]] = {
    "text": _texts,
    "jsonb": _documents,
    "int": _literal(_plain),
    "bigint": _literal(_plain),
    "boolean": _literal(_plain),
    "float8": _literal(_plain),
    "timestamptz": _literal(_instant),
    "date": _literal(_day),
}


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

    def bind(self, rows: Sequence[tuple[Any, ...]]) -> dict[str, str | bytes]:
        """The parameters for these rows; every row must have all columns."""
        return {
            f"d_{name}": WRITERS[kind](column)
            for name, kind, column in zip(self._names, self._kinds, zip(*rows, strict=True), strict=True)
        }
