"""Tables going out as CSV: one way to write a cell, so that no cell becomes a formula where somebody opens it.

A spreadsheet takes a cell that begins with = + - @ or a tab for a formula, also behind spaces, in whatever width, and on
a later line of the cell. Such a line gets an apostrophe before it (OWASP, "CSV injection"). A return begins a line, too.
"""

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

_BEGINS: Final = "'*[ \u00a0\ufeff\u3000]*[=+\\-@\t\uff1d\uff0b\uff0d\uff20]"
_FORMULA: Final = re.compile(f"(?<![^\r\n])(?={_BEGINS})")
_MADE_PLAIN: Final = re.compile(f"(?<![^\r\n])'(?={_BEGINS})")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


def plain_cell(value: object) -> object:
    """The value as it may stand in a sheet: numbers as they are, words that no program takes for a formula."""
    if not isinstance(value, str) or not value.strip() or _NUMBER.fullmatch(value):
        return value
    return _FORMULA.sub("'", value)


def as_typed(cell: str) -> str:
    """The cell as it was before `plain_cell`: for a sheet of ours that comes back."""
    return _MADE_PLAIN.sub("", cell)


def sheet(rows: Iterable[Iterable[object]], delimiter: str = ",") -> str:
    """The rows as CSV; a cell's own lines end as the sheet's do."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerows([_one_ending(plain_cell(value)) for value in row] for row in rows)
    return out.getvalue()


def _one_ending(value: object) -> object:
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value
