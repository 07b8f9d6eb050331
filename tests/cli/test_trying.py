"""`policy whatif` and `policy discretion` on a real database: what they print, write and refuse."""

import csv
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from test_commands import DATA, kept, move_on

from caseflow.cli import contracts
from caseflow.insight import whatif
from caseflow.settings.paths import config_dir
from caseflow.store.postgres import PostgresStore

SHIPPED = config_dir() / "schemes" / "durham" / "1.yaml"


@pytest.fixture
def cases(scheme: PostgresStore, run: Any, tmp_path: Path) -> PostgresStore:
    """Twenty people referred, and nine days of nobody deciding."""
    path = Path(shutil.copy(DATA / "dirty-torn.csv", tmp_path / "torn.csv"))
    assert run("refer", str(path), "--as-at").code == 0
    move_on(scheme, days=9)
    return scheme


@pytest.fixture
def idea(tmp_path: Path) -> Path:
    """The shipped policy without the officers' flag for a referral that nobody looks at."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines(keepends=True)
    without = [line for line in lines if "A referral has waited two working days" not in line]
    assert len(without) == len(lines) - 1
    path = tmp_path / "idea.yaml"
    path.write_text("".join(without), encoding="utf-8")
    return path


def test_another_policy_is_counted_beside_the_one_of_then(cases: PostgresStore, run: Any, idea: Path) -> None:
    same = kept(run("policy", "whatif", str(SHIPPED), "--json"), contracts.WhatIf)
    assert same.cases == 20
    assert same.lived_again == 0
    assert all(cell.old == cell.new for line in same.lines for cell in line.cells)
    other = kept(run("policy", "whatif", str(idea), "--json"), contracts.WhatIf)
    minutes = next(cell for cell in other.lines[0].cells if cell.measure == "staff_minutes")
    assert minutes.old - minutes.new == 20 * 5  # a flag each
    assert other.lived_again == 20
    assert not other.unlike
    assert not other.left_out


def test_processes_that_read_for_themselves_count_the_same(
    cases: PostgresStore, run: Any, idea: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = kept(run("policy", "whatif", str(idea), "--json"), contracts.WhatIf)
    monkeypatch.setattr(whatif, "WORTH_A_POOL", 0)
    monkeypatch.setattr(whatif, "PAGE", 6)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert kept(run("policy", "whatif", str(idea), "--json"), contracts.WhatIf) == alone


def test_the_table_says_what_changes_and_what_nobody_can_know(cases: PostgresStore, run: Any, idea: Path) -> None:
    ran = run("policy", "whatif", str(idea))
    assert ran.code == 0, ran.err
    assert "tried out on 20 cases" in ran.out
    assert "staff minutes" in ran.out
    assert "Lived again: 20." in ran.out
    assert "-100" in ran.out
    assert "by self-defined ethnicity" in ran.out
    assert "People might have answered differently" in ran.out
    assert "our estimate" in ran.out


def test_the_figures_go_into_a_table_and_a_picture(cases: PostgresStore, run: Any, idea: Path, tmp_path: Path) -> None:
    table, picture = tmp_path / "figures.csv", tmp_path / "figures.svg"
    assert run("policy", "whatif", str(idea), "--csv", str(table), "--svg", str(picture)).code == 0
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert {row["by"] for row in rows} == {"all", "disposal", "ethnicity", "sex", "age"}
    assert all(row["then"] == "hidden" or not 0 < float(row["then"]) < 5 for row in rows if row["measure"] == "calls")
    assert ET.parse(picture).getroot().tag.endswith("svg")  # noqa: S314 - our own file


def test_a_policy_that_cannot_be_used_is_refused_with_its_faults(
    cases: PostgresStore, run: Any, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(SHIPPED.read_text(encoding="utf-8").replace("absence_known", "absence_knwon", 1), encoding="utf-8")
    ran = run("policy", "whatif", str(wrong))
    assert ran.code == 1
    assert "absence_known" in ran.err
    assert run("policy", "whatif", str(tmp_path / "none.yaml")).code == 2
    assert run("policy", "whatif", str(SHIPPED), "--since", "soon").code == 2


def test_discretion_is_told_for_the_scheme(cases: PostgresStore, run: Any) -> None:
    found = kept(run("policy", "discretion", "--scheme", "durham", "--json"), contracts.Discretion)
    assert [one.scheme for one in found.schemes] == ["durham"]
    assert {one.kind: one.count for one in found.schemes[0].kinds}["waived"] == 0
    ran = run("policy", "discretion", "--since", "2022-01-01")
    assert ran.code == 0
    assert "never for a person" in ran.out
