"""The offence code table as it is shipped, and what words find in it."""

import csv
import subprocess
import sys

import pytest

from caseflow.settings.offences import OFFENCES, OffenceTable
from caseflow.settings.paths import FilesMissing, config_dir


def test_the_shipped_table_is_sorted_and_whole():
    with (config_dir() / "offences" / "codes.csv").open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    assert head == ["code", "category", "title"]
    codes = [code for code, _, _ in rows]
    assert codes == sorted(set(codes))
    assert len(codes) == 6_884
    assert {category for _, category, _ in rows} == {"CS", "CM", "CE", "CI"}
    assert all(title and title == " ".join(title.split()) for _, _, title in rows)


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("CJ88001", "CS"), ("CJ88116", "CS"), ("CJ88001A", "CS"), ("PU86004", "CS"), ("PU86117", "CS"), ("CD71039", "CE"),
        ("TH68010", "CE"), ("TH68010A", "CE"), ("TH68010C", "CI"), ("MD71530", "CE"), (" th68010 ", "CE"),
    ],
)  # fmt: skip
def test_a_code_has_its_category(code, category):
    found = OFFENCES.find(code)
    assert found is not None
    assert found.category == category


@pytest.mark.parametrize("code", ["ZZ99999", "CA03005", "PU86004A", "CJ8811", ""])
def test_a_code_that_is_not_there_is_not_guessed_from_its_neighbours(code):
    assert OFFENCES.find(code) is None


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("shop theft", "TH68010"),
        ("theft shop", "TH68010"),
        ("Theft from a shop", "TH68010"),
        ("shoplifting", "TH68010"),
        ("shop theif", "TH68010"),
        ("common assault", "CJ88001"),
        ("comon assalt", "CJ88001"),
        ("assault by beating", "CJ88116"),
        ("criminal damage under", "CD71039"),
        ("TH68010", "TH68010"),
        ("th6801", "TH68010"),
    ],
)
def test_words_find_the_offence_they_mean(words, first):
    assert OFFENCES.search(words)[0].code == first


def test_the_plain_offence_comes_before_its_aggravated_and_attempted_forms():
    found = [one.code for one in OFFENCES.search("common assault", 20)]
    assert found.index("CJ88001") < found.index("CJ88001A")
    assert found.index("CJ88001") < found.index("CD98005")
    assert OFFENCES.search("racially aggravated common assault")[0].code == "CD98005"


@pytest.mark.parametrize("words", ["", "   ", "!?", "xyzzy", "shop xyzzy"])
def test_what_fits_nothing_finds_nothing(words):
    assert list(OFFENCES.search(words)) == []


def test_no_more_is_found_than_was_asked_for():
    assert len(OFFENCES.search("theft", 3)) == 3


def test_a_table_that_is_not_there_is_noticed_at_first_use(tmp_path):
    table = OffenceTable(tmp_path / "codes.csv")
    with pytest.raises((FilesMissing, FileNotFoundError)):
        table.find("CJ88001")


def test_the_table_is_read_only_by_who_asks_it():
    """`caseflow --help` and the workers never pay for it."""
    lines = "import caseflow.bootstrap; from caseflow.settings.offences import OFFENCES; print(len(vars(OFFENCES)))"
    ran = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "1", "nothing but the path"
