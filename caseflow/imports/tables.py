"""A CSV file as spreadsheets really write it, read as a stream of rows in constant memory.

Handled: UTF-8 with or without a mark, UTF-16 ("Unicode text"), Windows-1252; comma, semicolon or tab; a `sep=` line;
any line ends; NULs; columns in any order; extra columns (kept apart, named in `extra`); a quote that never closes, be it
on the last line or in the middle. What cannot be read as a table at all raises `FileRefused` with plain words.
"""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from caseflow.imports.sheets import as_typed, plain_cell

DELIMITERS = (",", ";", "\t")
LONGEST_RECORD = 50
"""Lines one quoted record may span before its first line is taken for a torn one."""

_CHUNK = 1 << 16
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NOT_TEXT = ((b"PK\x03\x04", "an Excel workbook"), (b"\xd0\xcf\x11\xe0", "an old Excel workbook"), (b"%PDF", "a PDF"))


class FileRefused(Exception):
    """The whole file cannot be read. The text says what is wrong and what to do, in words for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record. `number` is the row a spreadsheet shows (the header is row 1); `raw` its cells as they stood.

    `torn` says why the cells could not be matched to the columns; then `cells` is empty.
    """

    number: int
    raw: tuple[str, ...]
    cells: dict[str, str] = field(default_factory=dict)
    torn: str = ""


class Rows(Protocol):
    """Whatever has rows: a file's table, or what another system hands over."""

    def rows(self, position: list[int] | None = None) -> Iterator[Row]: ...


@dataclass(frozen=True, slots=True)
class Table:
    """A readable file: how it is written and what its columns are called (folded: lower case, words joined by `_`)."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    columns: tuple[str, ...]
    extra: tuple[str, ...]
    size: int
    header_at: int

    def rows(self, position: list[int] | None = None) -> Iterator[Row]:
        """Every record after the header, blank ones left out. `position[0]` follows the bytes read, for a progress bar."""
        with self.path.open("rb") as raw, _text(raw, self.encoding) as text:
            for number, cells, torn in _records(text, self.delimiter, len(self.columns)):
                if position is not None:
                    position[0] = raw.tell()
                if number <= self.header_at or not any(cell.strip() for cell in cells):
                    continue
                yield self._row(number, cells, torn)

    def _row(self, number: int, cells: list[str], torn: str) -> Row:
        wide = len(self.columns)
        while len(cells) > wide and not cells[-1].strip():  # spreadsheets pad with empty cells
            cells.pop()
        missing = self.columns[len(cells) :]
        if not torn and missing and all(name in self.extra for name in missing):
            cells = cells + [""] * len(missing)  # and leave off empty ones at the end
        if not torn and len(cells) != wide:
            torn = (
                f"this row has {len(cells)} cells where the first row names {wide} columns: "
                "a cell is missing, or one holding a comma lost its quotes"
            )
        if torn:
            return Row(number, tuple(cells), torn=torn)
        return Row(number, tuple(cells), dict(zip(self.columns, map(as_typed, cells), strict=True)))


def open_table(path: Path, required: Sequence[str], known: Iterable[str] = ()) -> Table:
    """Look at the file's first lines. Columns outside `required` and `known` are extra; a missing one refuses the file."""
    try:
        size = path.stat().st_size
        with path.open("rb") as raw:
            start = raw.read(8)
    except OSError as error:
        raise FileRefused(f"{path}: cannot be read ({(error.strerror or 'unknown reason').lower()})") from error
    for mark, what in _NOT_TEXT:
        if start.startswith(mark):
            raise FileRefused(f"{path}: this is {what}, not a CSV file; save it as “CSV UTF-8” and try again")
    if not start.strip():
        raise FileRefused(f"{path}: the file is empty")
    encoding = _encoding(path, start)
    header_at, header, delimiter = _header(path, encoding)
    columns = tuple(fold(name) for name in header)
    missing = [name for name in required if name not in columns]
    if missing:
        raise FileRefused(
            f"{path}: the first row must name the columns, and {_listed(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not there; nothing was imported"
        )
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise FileRefused(f"{path}: two columns are both called {_listed(twice)}; rename or remove one")
    expected = {*required, *known}
    extra = tuple(name for name in columns if name not in expected)
    return Table(path, encoding, delimiter, tuple(header), columns, extra, size, header_at)


def fold(name: str) -> str:
    """A column's name without what spreadsheets and people change about it: "Date of birth " is `date_of_birth`."""
    return "_".join(name.replace("\ufeff", "").replace("-", " ").replace("_", " ").lower().split())


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> None:
    """Write a file that Excel opens as it should (UTF-8 with a mark); whole or not at all."""
    draft = path.with_name(path.name + ".part")
    try:
        with draft.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out, delimiter=delimiter)
            writer.writerow(header)
            writer.writerows([plain_cell(cell) for cell in row] for row in rows)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _encoding(path: Path, start: bytes) -> str:
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as raw:
        try:
            while chunk := raw.read(_CHUNK):
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"  # a last character cut in half is a torn line, not another encoding


def _text(raw: io.BufferedReader, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")


def _header(path: Path, encoding: str) -> tuple[int, list[str], str]:
    """(row number, names, delimiter) of the first row that is not blank and not Excel's `sep=;`."""
    with path.open("rb") as raw, _text(raw, encoding) as text:
        for number, line in enumerate(text, start=1):
            bare = line.replace("\0", "").strip("\ufeff \r\n")
            if not bare or bare.lower().startswith("sep="):
                continue
            delimiter = max(DELIMITERS, key=bare.count)
            cells = next(csv.reader([bare], delimiter=delimiter))
            if len(cells) < 2:
                raise FileRefused(
                    f"{path}: the first row holds no column names separated by commas, semicolons or tabs"
                )
            return number, cells, delimiter
    raise FileRefused(f"{path}: the file is empty")


def _records(lines: Iterable[str], delimiter: str, wide: int) -> Iterator[tuple[int, list[str], str]]:
    """(row number, cells, why torn). A record over several lines must fit the columns, else only its first line is torn."""
    source = iter(lines)
    waiting: deque[str] = deque()

    def more() -> str | None:
        return waiting.popleft() if waiting else next(source, None)

    number = 0
    while (line := more()) is not None:
        number += 1
        held = [line.replace("\0", "")]
        cells, is_open = _parse(held, delimiter)
        while is_open and len(held) < LONGEST_RECORD:
            following = more()
            if following is None:
                break
            held.append(following.replace("\0", ""))
            cells, is_open = _parse(held, delimiter)
        if is_open or (len(held) > 1 and len(cells) != wide):
            waiting.extendleft(reversed(held[1:]))
            cells = held[0].rstrip("\r\n").split(delimiter)
            yield number, cells, "this line is torn: a quotation mark opens and never closes"
        else:
            yield number, cells, ""


def _parse(lines: list[str], delimiter: str) -> tuple[list[str], bool]:
    """(cells, is a quote still open) of the one record that these lines begin."""
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), []), False
    except csv.Error as error:
        if "unexpected end" in str(error) or "field larger" in str(error) or len(lines) > 1:
            return (
                [],
                True,
            )  # over several lines only a flawless record counts: a stray quote must not swallow neighbours
        return next(
            csv.reader(lines, delimiter=delimiter), []
        ), False  # a stray quote inside a cell: taken as it stands
