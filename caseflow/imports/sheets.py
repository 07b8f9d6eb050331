"""Tables going out as CSV: the one writer, so that no cell becomes a formula where somebody opens it.

A spreadsheet takes a cell that begins with = + - @ or a tab for a formula, also behind spaces, in whatever width, and on
a later line of the cell. Such a line gets an apostrophe before it (OWASP, "CSV injection"). A return begins a line, too.
"""

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

_FORMULA: Final = re.compile("(?m)^(?=[ \u00a0\ufeff\u3000]*[=+\\-@\t\uff1d\uff0b\uff0d\uff20])")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")


def plain_cell(value: object) -> object:
    """The value as it may stand in a sheet: numbers as they are, words that no program takes for a formula."""
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return _FORMULA.sub("'", value.replace("\r\n", "\n").replace("\r", "\n"))


def sheet(rows: Iterable[Iterable[object]], delimiter: str = ",") -> str:
    """The rows as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerows([plain_cell(value) for value in row] for row in rows)
    return out.getvalue()
