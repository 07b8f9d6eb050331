"""No cell of a sheet that goes out is taken for a formula, and nothing else of it is changed."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.imports.sheets import as_typed, plain_cell, sheet
from caseflow.settings.paths import PACKAGE

NAUGHTY = ["=1+1", "+44", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u00a0=1", "fine\n=1", "\uff1d1", "a\r\n-x"]
STARTS = re.compile("[ \u00a0\ufeff\u3000]*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


@pytest.mark.parametrize("cell", NAUGHTY)
def test_a_formula_becomes_words(cell):
    (row,) = csv.reader(io.StringIO(sheet([[cell, "x"]]), newline=""))
    assert not any(STARTS.match(line) for line in row[0].split("\n"))
    assert "'" in row[0]


LINES = re.compile("[\r\n]")


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_no_cell_begins_like_a_formula_on_any_line(cell):
    found = str(plain_cell(cell))
    number = re.fullmatch(r"-?\d+(\.\d+)?", found)
    assert number or not found.strip() or not any(STARTS.match(line) for line in LINES.split(found))


@pytest.mark.parametrize("cell", [7, -7, 1.5, "-7", "12.5", "Sam O'Neil", "a-b", "", " \t", "DUR-22-000417"])
def test_what_is_no_formula_stays_as_it_is(cell):
    assert plain_cell(cell) == cell


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n a1\u00a0")))
def test_what_comes_back_is_what_went_out(cell):
    found = str(plain_cell(cell))
    assert found == cell or as_typed(found) == cell


def test_no_other_room_writes_sheets_by_itself():
    """`csv.writer` stands where cells are made plain, and nowhere else."""
    allowed = {"sheets.py", "refused.py", "tables.py"}
    found = {path.name for path in PACKAGE.rglob("*.py") if "csv.writer" in path.read_text(encoding="utf-8")}
    assert found <= allowed
    for name in allowed - {"sheets.py"}:
        assert "plain_cell(" in (PACKAGE / "imports" / name).read_text(encoding="utf-8")
