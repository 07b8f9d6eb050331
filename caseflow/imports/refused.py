"""The rows that were not taken, written beside the file so that they can be mended and imported again.

Same columns, same delimiter, plus `reason` (ignored when the file comes back); UTF-8 with a mark, so that Excel opens it. What
a spreadsheet would take for a formula has an apostrophe before it, which is taken off when the file comes back.
"""

import csv
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from caseflow.imports.sheets import plain_cell
from caseflow.imports.tables import Row, Table

REASON = "reason"


class RefusedFile:
    """`FILE.refused.csv`, begun with the first refused row and put in place whole when the import is over.

    Where the file's own folder cannot be written to, the current one is used. `path` is None when nothing was refused.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._keep = [at for at, name in enumerate(table.columns) if name != REASON]
        self._out: IO[str] | None = None
        self._writer: Any = None
        self._draft = Path()
        self.path: Path | None = None

    def __enter__(self) -> Self:
        return self

    def add(self, row: Row, reason: str) -> None:
        """Keep one row with its reason."""
        if self._out is None:
            self._open()
        cells = list(row.raw)
        wide = len(self._table.columns)
        if len(cells) > wide:  # nothing is lost: what stands beyond the last column joins it
            cells = [*cells[: wide - 1], self._table.delimiter.join(cells[wide - 1 :])]
        cells += [""] * (wide - len(cells))
        self._writer.writerow([*(plain_cell(cells[at]) for at in self._keep), plain_cell(reason)])

    def _open(self) -> None:
        name = self._table.path.stem + ".refused.csv"
        last: OSError | None = None
        for folder in (self._table.path.parent, Path.cwd()):
            draft = folder / (name + ".part")
            try:
                self._out = draft.open("w", encoding="utf-8-sig", newline="")
            except OSError as error:
                last = error
                continue
            self._draft, self.path = draft, folder / name
            self._writer = csv.writer(self._out, delimiter=self._table.delimiter)
            self._writer.writerow([*(self._table.header[at].strip() for at in self._keep), REASON])
            return
        raise last or OSError("no folder to write the refused rows to")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._out is None or self.path is None:
            return
        self._out.close()
        self._draft.replace(self.path)  # also after an error: what was refused so far is true
