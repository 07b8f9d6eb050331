"""Policies on the command line: explained, played, compared, and cases moved from one version to another."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from caseflow.bootstrap import publish
from caseflow.cli import contracts
from caseflow.settings.paths import config_dir
from caseflow.store.postgres import PostgresStore

DATA = Path(__file__).resolve().parents[1] / "data" / "referrals"
FIRST = "DUR-22-000001"
WHY = "a second day to answer"


@pytest.mark.parametrize(
    ("asked", "begins"),
    [
        (("durham",), "# Durham adult diversion"),
        (("dyfed-powys/1", "--lang", "cy", "--disposal", "conditional_caution"), "# Cynllun ail gyfle Dyfed-Powys"),
        (("durham", "--for", "navigator"), "# Durham adult diversion: the step-by-step guide"),
        (("durham", "--for", "officer"), "# Durham adult diversion: "),
        (("durham", "--for", "officer", "--format", "mermaid"), "flowchart TD"),
        (("durham", "--for", "officer", "--format", "svg"), "<svg "),
    ],
    ids=" ".join,
)
def test_a_policy_is_explained_to_each_reader_without_a_database(run: Any, asked: tuple[str, ...], begins: str) -> None:
    ran = run("policy", "explain", *asked)
    assert ran.code == 0, ran.err
    assert ran.out.startswith(begins)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("explain", "nowhere"), "there is no scheme nowhere"),
        (("explain", "durham/99"), "durham has no version 99"),
        (("explain", "durham", "--lang", "cy"), "durham/1 writes in en"),
        (("explain", "durham", "--for", "judge"), "--for judge"),
        (("explain", "durham", "--format", "svg"), "for the participant it may be md"),
        (("explain", "dyfed-powys", "--for", "navigator", "--lang", "cy"), "is in English"),
        (("explain", "durham", "--disposal", "exile"), "durham/1 has community_resolution"),
        (("timeline", "durham", "--referred", "yesterday"), "--referred"),
        (("diff", "durham", "nowhere.yaml"), "nowhere.yaml: there is no such file"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_what_cannot_be_said_is_refused_with_what_to_write(run: Any, asked: tuple[str, ...], words: str) -> None:
    ran = run("policy", *asked)
    assert ran.code in {1, 2}
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_a_timeline_has_real_dates_over_christmas_and_keeps_its_contract(run: Any) -> None:
    asked = ("policy", "timeline", "durham", "--disposal", "conditional_caution", "--referred", "2026-12-18")
    shown = run(*asked)
    assert shown.code == 0, shown.err
    assert "(Fri 25 Dec 2026 is a bank holiday)" in shown.out
    assert "Fri 18 Dec 2026 10am: The referral comes in" in shown.out
    found = msgspec.convert(run(*asked, "--json").json(), type=contracts.PolicyTimeline, strict=True)
    assert [one.name for one in found.courses] == ["all_goes_well", "nobody_is_reached", "it_goes_quiet"]
    assert all(one.lines[0].what == "The referral comes in" for one in found.courses)


def test_a_timeline_before_the_bank_holidays_are_known_warns(run: Any) -> None:
    shown = run("policy", "timeline", "durham", "--disposal", "outcome_22", "--referred", "1999-03-01")
    assert "Mon 1 Mar 1999 10am: The referral comes in" in shown.out
    assert "bank holidays before Sun 1 Jan 2012 are not known here" in shown.out
    assert "foretold" not in shown.out


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The shipped configuration with a second version of Durham: the second call a working day later."""
    config = Path(shutil.copytree(config_dir(), tmp_path / "config"))
    text = (config / "schemes" / "durham" / "1.yaml").read_text(encoding="utf-8")
    changed = text.replace("version: 1", "version: 2", 1).replace(
        '{id: call_again, at: "+1wd", acts: [{do: call, to: navigator, task: "Ring at another',
        '{id: call_again, at: "+2wd", acts: [{do: call, to: navigator, task: "Ring at another',
    )
    assert changed.count("+2wd") == text.count("+2wd") + 1
    (config / "schemes" / "durham" / "2.yaml").write_text(changed, encoding="utf-8")
    return config


def test_a_diff_says_what_changed_and_for_whom(run: Any, newer: Path) -> None:
    files = [str(newer / "schemes" / "durham" / f"{version}.yaml") for version in (1, 2)]
    ran = run("policy", "diff", *files)
    assert ran.code == 0, ran.err
    assert "## first contact" in ran.out
    assert "call again: before: 1 working day after it opened" in ran.out
    assert "(for the person and the navigator)" in ran.out
    found = msgspec.convert(run("policy", "diff", *files, "--json").json(), type=contracts.PolicyDiff, strict=True)
    assert [(one.about, one.step, one.how) for one in found.changes] == [("first contact", "call again", "changed")]
    assert "say the same" in run("policy", "diff", files[0], files[0]).out


@pytest.fixture
def cases(
    scheme: PostgresStore, run: Any, newer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PostgresStore]:
    """Twenty referrals under version 1, and version 2 published beside it."""
    path = Path(shutil.copy(DATA / "dirty-torn.csv", tmp_path / "torn.csv"))
    assert run("refer", str(path), "--as-at").code == 0
    monkeypatch.setenv("CASEFLOW_SCHEMES_DIR", str(newer / "schemes"))
    publish(scheme, newer)
    return scheme


def version_of(run: Any, ref: str) -> str:
    return str(run("case", "show", ref, "--json").json()["policy_version"])


def moved(run: Any, before: str, to: str, *more: str, code: int = 0) -> contracts.PolicyMove:
    ran = run("policy", "move", "--scheme", "durham", "--from", before, "--to", to, *more, "--json")
    assert ran.code == code, ran.err
    return msgspec.convert(ran.json(), type=contracts.PolicyMove, strict=True)


def test_cases_are_shown_then_moved_with_a_reason_and_can_be_moved_back(cases: PostgresStore, run: Any) -> None:
    accept = run("case", "do", FIRST, "accept", "confirmed=evidential_test,admission,consent", "--by", "supervisor")
    assert accept.code == 0, accept.err
    assert run("sweep").code == 0
    looked = moved(run, "1", "2", "--dry-run")
    assert (looked.dry_run, looked.refused, looked.moved >= 1) == (True, 0, True)
    assert version_of(run, FIRST) == "1", "looking moves nobody"

    one = moved(run, "1", "2", "--case", FIRST, "--why", WHY, "--by", "supervisor")
    assert [case.ref for case in one.cases] == [FIRST]
    assert version_of(run, FIRST) == "2"
    told = run("case", "history", FIRST).out
    assert f"The rules are now version 2 of the policy, before version 1 ({WHY})" in told
    assert "officer accepted to the OIC" in told, "what was done before is told by the version that did it"

    shown = run("policy", "move", "--scheme", "durham", "--from", "1", "--to", "2", "--dry-run")
    assert f"{looked.moved - 1} would move, 0 would stay" in shown.out

    rest = moved(run, "1", "2", "--why", WHY, "--by", "manager")
    assert rest.moved == looked.moved - 1
    assert moved(run, "1", "2", "--dry-run").cases == []
    back = moved(run, "2", "1", "--why", "it was too slow", "--by", "supervisor")
    assert back.moved == looked.moved
    assert version_of(run, FIRST) == "1"


@pytest.mark.parametrize(
    ("more", "words", "code"),
    [
        (("--by", "supervisor"), "say why", 2),
        (("--why", WHY), "say who", 2),
        (("--why", WHY, "--by", "navigator", "--case", FIRST), "stay under version 1", 1),
    ],
    ids=["no reason", "nobody", "not theirs"],
)
def test_moving_needs_a_reason_and_somebody_who_may(
    cases: PostgresStore, run: Any, more: tuple[str, ...], words: str, code: int
) -> None:
    ran = run("policy", "move", "--scheme", "durham", "--from", "1", "--to", "2", *more)
    assert (ran.code, words in ran.err) == (code, True), ran.err
    assert version_of(run, FIRST) == "1"


def test_from_a_version_to_itself_moves_nobody_and_says_so(cases: PostgresStore, run: Any) -> None:
    ran = run("policy", "move", "--scheme", "durham", "--from", "1", "--to", "1", "--why", WHY, "--by", "supervisor")
    assert (ran.code, "that is the same version" in ran.err) == (2, True), ran.err


def test_a_version_that_is_not_published_moves_nobody(cases: PostgresStore, run: Any) -> None:
    ran = run("policy", "move", "--scheme", "durham", "--from", "1", "--to", "99", "--why", WHY, "--by", "supervisor")
    assert (
        ran.code,
        "durham/99 is not in the database: `caseflow db upgrade` brings in config/schemes/durham/99.yaml" in ran.err,
    ) == (1, True), ran.err
