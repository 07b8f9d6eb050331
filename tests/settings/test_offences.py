"""The offence code table as it is shipped, and what words find in it."""

import csv
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.settings.offences import OFFENCES, OffenceTable, stem
from caseflow.settings.paths import FilesMissing, config_dir


def test_the_shipped_table_is_sorted_and_whole():
    with (config_dir() / "offences" / "codes.csv").open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    assert head == ["code", "category", "title"]
    codes = [code for code, _, _ in rows]
    assert codes == sorted(set(codes))
    assert len(codes) == 6_938
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


@pytest.mark.parametrize("code", ["ZZ99999", "RL05032", "PU86004A", "CJ8811", ""])
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


# fmt: off
EVERYDAY = [
    ("shop theft", "TH68010"), ("stealing from a shop", "TH68010"), ("theft", "TH68010"), ("criminal damage", "CD71039"),
    ("graffiti", "CD71039"), ("vandalism", "CD71039"), ("assault", "CJ88001"), ("domestic assault", "CJ88001"),
    ("possession of cannabis", "MD71530"), ("possession of weed", "MD71530"), ("posession of canabis", "MD71530"),
    ("possession of class b drugs", "MD71530"), ("possession of class A", "MD71210"), ("possession of cocaine", "MD71210"),
    ("possession of heroin", "MD71211"), ("laughing gas", "MD71609"), ("drunk and disorderly", "CJ67002"), ("D&D", "CJ67002"),
    ("drunk in public", "CJ67002"), ("public order", "PU86149"), ("public order section 5", "PU86149"),
    ("s.5 Public Order Act", "PU86149"), ("s5 public order", "PU86149"), ("public order s4a", "PU86116"),
    ("section 4 public order", "PU86004"), ("threatening behaviour", "PU86149"), ("affray", "PU86003"),
    ("harassment", "PH97004"), ("harrasment", "PH97004"), ("making off", "TH78011"), ("making off without payment", "TH78011"),
    ("bilking", "TH78011"), ("fare evasion", "RW89004"), ("begging", "VG24005"), ("begging in the street", "VG24005"),
    ("going equipped", "TH68078"), ("obstruct police", "PL96003"), ("obstructing a police officer", "PL96003"),
    ("resisting arrest", "PL96003"), ("assault on a police officer", "PL96001"), ("assault emergency worker", "CJ88150"),
    ("malicious communications", "MT88006"), ("interfering with a vehicle", "CA81001"), ("vehicle interference", "CA81001"),
    ("taking without consent", "TH68050"), ("TWOC", "TH68050"), ("trespass on the railway", "RL40002"),
    ("aggravated trespass", "CJ94017"), ("littering", "EP90046"), ("theft of a bike", "TH68006"), ("theft from car", "TH68007"),
    ("theft by finding", "TH68020"), ("handling stolen goods", "TH68073"), ("fraud", "FA06001"), ("ABH", "OF61102"),
    ("knife", "CJ88144"), ("threats to kill", "OF61014"), ("dangerous dog", "DD91033"), ("dispersal order", "AS14002"),
    ("wasting police time", "CL67008"), ("soliciting", "SO59003"), ("pitch invasion", "FO91004"),
]
# fmt: on


@pytest.mark.parametrize(("words", "first"), EVERYDAY)
def test_the_words_that_officers_use_find_the_everyday_offence_first(words, first):
    assert OFFENCES.search(words)[0].code == first


def test_every_everyday_offence_is_in_the_table_once():
    with (config_dir() / "offences" / "everyday.csv").open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    assert head == ["code", "words"]
    codes = [code for code, _ in rows]
    assert len(codes) == len(set(codes))
    assert all(OFFENCES.find(code) for code in codes)
    assert all(OFFENCES.search(words, len(codes)) for _, words in rows)


def test_a_table_without_the_everyday_list_is_searched_by_its_titles(tmp_path):
    (tmp_path / "codes.csv").write_text("code,category,title\nTH68010,CE,Theft from a shop\n", encoding="utf-8")
    table = OffenceTable(tmp_path / "codes.csv")
    assert [one.code for one in table.search("thefts of shops")] == ["TH68010"]
    assert list(table.search("shoplifter")) == []


@given(st.text(alphabet="abcdefghinorst", min_size=1))
def test_a_stem_is_the_beginning_of_its_word_and_never_empty(word):
    assert word.startswith(stem(word))
    assert stem(word)


def test_forms_of_a_word_have_one_stem():
    for forms in ("possess possession possessing possessed", "obstruct obstruction obstructing obstructed",
                  "beg begging begs", "interfere interfering interference", "trespass trespassing trespasses"):  # fmt: skip
        assert len({stem(word) for word in forms.split()}) == 1, forms


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
