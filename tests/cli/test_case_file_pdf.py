"""The panel sheet as PDF/UA: the same bytes everywhere, tagged for everybody, and no words of people become marks."""

import hashlib
import io
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import NAMES, dossier_of
from test_case_file import STORIES, sheet_of

from caseflow.cli.casefile import as_pdf, panel_sheet
from caseflow.cli.casefile.pdf import NUMBERED, SHOWN, _filled, drawable
from caseflow.cli.failures import Exit, Stop
from caseflow.telling.casefile.contract import CaseFile
from caseflow.telling.casefile.page import sections

CRUEL = (
    '#panic() #include("x") $x^2$ @ref *b* _i_ `raw` <label> // not a comment \\ ] [ ~ -- --- "q" \'q\' = head\n= head\n'
    "/ term: x http://example.org {{ x }} Siân Llŷr ap Gŵyn 😀 李明 محمد \u202eeciton\u202c \x07\x1b[31m " + "w" * 300
)


@pytest.fixture(scope="module")
def decided() -> CaseFile:
    return sheet_of(STORIES["decided"](), names=NAMES, texts={"t2": "My bus did not come."})


@pytest.fixture(scope="module")
def written(decided) -> bytes:
    return as_pdf(decided)


@pytest.fixture
def opened(written) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(written)) as pdf:
        yield pdf


def elements(node: Any) -> Iterator[Any]:
    """Every element of the structure tree, in reading order."""
    kids = node.get("/K")
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def kinds(node: Any) -> list[str]:
    return [str(one.S) for one in elements(node)]


def test_two_processes_write_the_same_bytes(written):
    """Another process, zone and hash seed; the story played again."""
    program = (
        "import sys; sys.path[:0] = ['tests', 'tests/cli']\n"
        "from test_case_file import STORIES, sheet_of\nfrom sheets import NAMES\n"
        "from caseflow.cli.casefile import as_pdf\n"
        "sheet = sheet_of(STORIES['decided'](), names=NAMES, texts={'t2': 'My bus did not come.'})\n"
        "sys.stdout.buffer.write(as_pdf(sheet))\n"
    )
    root = Path(__file__).parents[2]
    env = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LANG": "C", "SOURCE_DATE_EPOCH": "1"}
    again = subprocess.run([sys.executable, "-c", program], cwd=root, env=env, capture_output=True, check=True)
    assert hashlib.sha256(again.stdout).hexdigest() == hashlib.sha256(written).hexdigest()


def test_it_says_that_it_is_for_everybody_and_what_it_is(opened, decided):
    root = opened.Root
    assert bool(root.MarkInfo.Marked)
    assert str(root.Lang) == "en-GB"
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    with opened.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"
        assert about["dc:title"] == f"Panel sheet {decided.ref}"
        assert about["xmp:CreateDate"].startswith(f"{decided.as_at:%Y-%m-%dT%H:%M}")


def test_headings_tables_and_captions_are_tagged_as_such(opened, decided):
    found = kinds(opened.Root.StructTreeRoot)
    count = Counter(found)
    told = sections(decided)
    tables = [table for section in told for table in section.tables if table.rows]
    ladders = [table for table in tables if table.about]
    levels = [int(one.lstrip("/H")) for one in found if one.startswith("/H") and one[2:].isdigit()]
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))
    assert Counter(levels) == {1: len(told), 2: len(ladders)}
    assert count["/Title"] == 1
    assert count["/Table"] == len(tables)
    assert count["/THead"] == len(tables)
    assert count["/Caption"] == len(tables) - len(ladders)


def test_every_table_has_as_many_cells_as_the_page_and_its_columns_have_headings(opened, decided):
    tables = [table for section in sections(decided) for table in section.tables if table.rows]
    tagged = [one for one in elements(opened.Root.StructTreeRoot) if one.S == "/Table"]
    for mine, theirs in zip(tables, tagged, strict=True):
        count = Counter(kinds(theirs))
        assert count["/TR"] == len(mine.rows) + 1
        assert count["/TH"] == len(mine.columns)
        assert count["/TD"] == len(mine.columns) * len(mine.rows)
        for cell in elements(theirs):
            if cell.S == "/TH":
                assert any(one.get("/Scope") == "/Column" for one in attributes(cell))


def attributes(cell: Any) -> list[Any]:
    found = cell.get("/A")
    return list(found) if isinstance(found, pikepdf.Array) else [found] if found is not None else []


def test_its_fonts_are_inside_and_it_asks_for_nothing_from_outside(opened):
    for one in opened.objects:
        if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor":
            assert any(name in one for name in ("/FontFile", "/FontFile2", "/FontFile3"))
        if isinstance(one, pikepdf.Dictionary):
            assert one.get("/S") not in {"/URI", "/JavaScript", "/Launch", "/GoToR"}


def test_words_of_people_become_no_marks_and_stop_no_printing(decided):
    cruel = replace(decided, participant=CRUEL, history=[replace(one, words=CRUEL) for one in decided.history])
    assert as_pdf(cruel).startswith(b"%PDF-1.7")
    shown = drawable(CRUEL)
    assert "#panic()" in shown
    assert "Siân Llŷr ap Gŵyn [U+1F600] [U+674E][U+660E] محمد eciton" in shown
    assert not {"\u202e", "\x07", "\x1b", "\n"} & set(shown)
    assert max(len(word) for line in shown.split() for word in line.split("\u200b")) <= 24


def test_it_says_so_where_a_character_could_only_be_numbered(decided):
    assert _filled(decided)["numbered"] == ""
    assert _filled(replace(decided, participant="李明"))["numbered"] == NUMBERED
    assert _filled(replace(decided, participant="Llŷr\u200b" + "w" * 99))["numbered"] == ""


def test_every_character_that_we_say_can_be_drawn_is_drawn(decided):
    """Asks typst itself: PDF/UA refuses a character without a glyph."""
    shown = "".join(drawable(chr(point)) for first, last in SHOWN for point in range(first, last + 1))
    lines = [shown[at : at + 20] for at in range(0, len(shown), 20)]
    assert as_pdf(replace(bare(decided), contact=lines)).startswith(b"%PDF")


@settings(max_examples=25)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=20))
def test_any_words_can_be_printed(words):
    told = BARE or BARE.append(bare(sheet_of(STORIES["nothing-enforceable"]()))) or BARE
    assert as_pdf(replace(told[0], contact=words, participant=words[0])).startswith(b"%PDF")


BARE: list[CaseFile] = []
"""Made once: a story takes longer to play than to print."""


def bare(sheet: CaseFile) -> CaseFile:
    return replace(sheet, history=[], expectations=[], messages=[], rules=[])


def test_three_hundred_messages_and_a_word_of_a_page_fit(decided):
    many = [replace(decided.messages[n % 12], number=n + 1, result=f"went out {n}") for n in range(300)]
    long = [replace(decided.rulings[0] if decided.rulings else decided.history[0], words="A long reason. " * 600)]
    written = as_pdf(replace(decided, messages=many, rulings=long))
    with pikepdf.open(io.BytesIO(written)) as pdf:
        assert len(pdf.pages) > 20
        tables = [one for one in elements(pdf.Root.StructTreeRoot) if one.S == "/Table"]
        assert max(Counter(kinds(one))["/TR"] for one in tables) == 301


def test_without_typst_it_says_what_to_install(decided, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(Stop, match=r"pip install 'caseflow\[pdf\]'") as stopped:
        as_pdf(decided)
    assert stopped.value.code is Exit.ENVIRONMENT


def test_a_sheet_without_names_has_none_in_its_pdf_either():
    told = STORIES["a-view-waits"]()
    sheet = panel_sheet(dossier_of(told), told.policy)
    text = str(sections(sheet))
    assert not [name for name in NAMES.values() if name in text]
