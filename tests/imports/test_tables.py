from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from caseflow.imports.refused import RefusedFile
from caseflow.imports.tables import FileRefused, Row, Table, fold, open_table, write_rows

Write = Callable[..., Path]


def read(path: Path, *required: str) -> list[Row]:
    return list(open_table(path, required or ("a", "b")).rows())


def cells(path: Path) -> list[tuple[str, ...]]:
    return [tuple(row.cells.values()) for row in read(path)]


def test_comma_semicolon_and_tab_are_told_apart(file: Write) -> None:
    for delimiter in ",;\t":
        path = file(f"a{delimiter}b\n1{delimiter}2\n")
        assert open_table(path, ["a", "b"]).delimiter == delimiter
        assert cells(path) == [("1", "2")]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,b\ncafé,ŵ\n".encode(), "utf-8"),
        ("a,b\ncafé,ŵ\n".encode("utf-8-sig"), "utf-8-sig"),
        ("a\tb\ncafé\tŵ\n".encode("utf-16"), "utf-16"),
    ],
)
def test_each_unicode_a_spreadsheet_writes_is_read(file: Write, content: bytes, encoding: str) -> None:
    path = file(content)
    assert open_table(path, ["a", "b"]).encoding == encoding
    assert cells(path) == [("café", "ŵ")]


def test_windows_1252_is_read_with_its_pound_sign(file: Write) -> None:
    path = file("a;b\r\n£50;café\r\n".encode("cp1252"))
    assert open_table(path, ["a", "b"]).encoding == "cp1252"
    assert cells(path) == [("£50", "café")]


def test_a_character_cut_in_half_at_the_end_does_not_change_the_encoding(file: Write) -> None:
    path = file("a,b\nŵ,1\nx,é".encode()[:-1])
    assert open_table(path, ["a", "b"]).encoding == "utf-8"
    assert cells(path)[0] == ("ŵ", "1")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(file: Write, end: str) -> None:
    assert cells(file(end.join(["a,b", "1,2", "3,4"]))) == [("1", "2"), ("3", "4")]


def test_columns_are_found_in_any_order_and_spelling(file: Write) -> None:
    path = file(" B ,Date of-Birth,A\n2,3,1\n")
    [row] = read(path, "a", "b", "date_of_birth")
    assert (row.cells["a"], row.cells["b"], row.cells["date_of_birth"]) == ("1", "2", "3")
    assert fold("\ufeffDate  of-birth ") == "date_of_birth"


def test_excels_own_first_line_is_passed_over_and_rows_keep_their_numbers(file: Write) -> None:
    path = file("sep=;\r\na;b\r\n1;2\r\n\r\n3;4\r\n")
    assert [(row.number, tuple(row.cells.values())) for row in read(path)] == [(3, ("1", "2")), (5, ("3", "4"))]


def test_extra_columns_are_kept_apart_by_name(file: Write) -> None:
    table = open_table(file("a,Station,b\n1,X,2\n"), ["a"], ["b"])
    assert table.extra == ("station",)


def test_missing_columns_refuse_the_whole_file_and_are_named(file: Write) -> None:
    with pytest.raises(FileRefused, match=r"“b” and “c” are not there; nothing was imported"):
        open_table(file("a,x\n1,2\n"), ["a", "b", "c"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"just words\nand more\n", "no column names"),
        (b"a,b,a\n1,2,3\n", "two columns are both called “a”"),
    ],
)
def test_what_is_no_table_is_refused_in_plain_words(file: Write, content: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        open_table(file(content), ["a", "b"])


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"nowhere\.csv: cannot be read"):
        open_table(tmp_path / "nowhere.csv", ["a"])


def test_nuls_are_dropped_and_quoted_line_ends_kept(file: Write) -> None:
    path = file('a,b\n1\0,"two\nlines"\n3,4\n')
    assert [(row.number, tuple(row.cells.values())) for row in read(path)] == [
        (2, ("1", "two\nlines")),
        (3, ("3", "4")),
    ]


def test_a_quote_that_never_closes_tears_only_its_own_line(file: Write) -> None:
    path = file('a,b\n1,"torn\n3,4\n5,"six"\n7,8\n')
    found = read(path)
    assert [row.torn != "" for row in found] == [True, False, False, False]
    assert [tuple(row.cells.values()) for row in found[1:]] == [("3", "4"), ("5", "six"), ("7", "8")]


def test_a_torn_last_line_is_named(file: Write) -> None:
    found = read(file('a,b\n1,2\n9f3a,"unfinished'))
    assert "never closes" in found[-1].torn
    assert found[-1].number == 3


def test_a_shifted_row_is_refused_and_padding_is_not(file: Write) -> None:
    first, second = read(file("a,b\n1\n1,2,,\n"))
    assert "1 cells" in first.torn
    assert tuple(second.cells.values()) == ("1", "2")


def test_reading_is_a_stream_and_says_how_far_it_is(file: Write) -> None:
    path = file("a,b\n" + "1,2\n" * 50_000)
    position = [0]
    rows = open_table(path, ["a", "b"]).rows(position)
    assert isinstance(rows, Iterator)
    next(rows)
    assert position[0] < path.stat().st_size / 2


def test_refused_rows_come_back_in_the_same_columns_with_a_reason(file: Write) -> None:
    path = file("b;a;Note\n2;1;x\n4;3;y;z\n", "in.csv")
    table = open_table(path, ["a", "b"])
    with RefusedFile(table) as refused:
        for row in table.rows():
            refused.add(row, "because")
    assert refused.path == path.with_name("in.refused.csv")
    assert refused.path.read_text("utf-8-sig").splitlines() == [
        "b;a;Note;reason", "2;1;x;because", '4;3;"y;z";because',
    ]  # fmt: skip


def test_a_reason_of_last_time_is_replaced_not_repeated(file: Write) -> None:
    path = file("a,b,reason\n1,2,old\n", "in.refused.csv")
    table = open_table(path, ["a", "b"], ["reason"])
    with RefusedFile(table) as refused:
        for row in table.rows():
            refused.add(row, "new")
    assert refused.path is not None
    assert refused.path.name == "in.refused.refused.csv"
    assert refused.path.read_text("utf-8-sig").splitlines() == ["a,b,reason", "1,2,new"]


def test_no_file_is_written_when_nothing_was_refused(file: Write, tmp_path: Path) -> None:
    with RefusedFile(open_table(file("a,b\n"), ["a", "b"])) as refused:
        pass
    assert refused.path is None
    assert [one.name for one in tmp_path.iterdir()] == ["file.csv"]


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=8), st.sampled_from(",;\t"))
@example([("", "\t")], ",")  # blank, though a tab may begin a formula
def test_what_we_write_is_what_we_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], mark: str
) -> None:
    path = tmp_path_factory.mktemp("t") / "f.csv"
    write_rows(path, ["a", "b"], rows, mark)
    kept = [row for row in rows if "".join(row).strip()]
    assert cells(path) == kept


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("t") / "f.csv"
    path.write_bytes(b"a,b\n" + content)
    table: Table = open_table(path, ["a", "b"])
    numbers = [row.number for row in table.rows()]
    assert numbers == sorted(set(numbers))
