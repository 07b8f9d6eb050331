"""Texts that wait for a person, on a real database: what is shown of them, and what a person can do."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from caseflow.bootstrap import rosters
from caseflow.cli import contracts
from caseflow.settings.paths import config_dir
from caseflow.store.postgres import PostgresStore

CALLBACK = {
    "id": "t-1", "source_number": "447700900888", "destination_number": "07700900950", "message": "its sam, ring me",
    "date_received": "2022-04-25T08:00:00.000000Z",
}  # fmt: skip


def file(tmp_path: Path, *lines: Any) -> str:
    path = tmp_path / "texts.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), encoding="utf-8")
    return str(path)


def kept(ran: Any, contract: type) -> Any:
    assert ran.code == 0, ran.err
    return msgspec.convert(ran.json(), type=contract, strict=True)


@pytest.fixture
def navigator(scheme: PostgresStore) -> tuple[str, str]:
    return "--by", f"navigator:{rosters(config_dir())['durham'].navigators[0].id}"


def test_a_text_is_taken_listed_shown_and_dismissed(scheme: Any, run: Any, tmp_path: Path, navigator: Any) -> None:
    taken = run("answers", "take", file(tmp_path, CALLBACK), "--scheme", "durham", "--json")
    assert kept(taken, contracts.AnswersTaken) == contracts.AnswersTaken(1, 1, 0, {})
    again = run("answers", "take", file(tmp_path, CALLBACK), "--scheme", "durham", "--json")
    assert kept(again, contracts.AnswersTaken).known == 1
    run("sweep")
    listed = kept(run("answers", "list", "--json"), contracts.AnswerList).answers
    (line,) = [one for one in listed if one.id == "t-1"]
    assert (line.last_digits, line.candidates, line.why) == ("0888", [], "nobody we know has this number")
    shown_list = run("answers", "list")
    assert "0888" in shown_list.out
    assert "900888" not in shown_list.out
    assert "ring me" not in shown_list.out

    assert run("answers", "show", "t-1").code == 2, "who reads it must be said"
    assert "its sam, ring me" in run("answers", "show", "t-1", *navigator).out
    shown = kept(run("answers", "show", "t-1", *navigator, "--json"), contracts.AnswerShown)
    assert (shown.state, shown.words) == ("queued", "its sam, ring me")

    assert run("answers", "dismiss", "t-1", *navigator).code == 2
    done = run("answers", "dismiss", "t-1", "--why", "a stranger", *navigator, "--json")
    assert kept(done, contracts.AnswerDismissed).why == "a stranger"
    twice = run("answers", "dismiss", "t-1", "--why", "a stranger", *navigator)
    assert (twice.code, "dealt with" in twice.err) == (1, True)


def test_a_text_is_put_on_the_case_it_belongs_to(scheme: Any, run: Any, tmp_path: Path) -> None:
    data = Path(__file__).resolve().parents[1] / "data" / "referrals" / "dirty-torn.csv"
    assert run("refer", str(shutil.copy(data, tmp_path / "torn.csv")), "--as-at").code == 0
    assert run("answers", "take", file(tmp_path, CALLBACK | {"id": "t-2"}), "--scheme", "durham").code == 0
    run("sweep")
    no_case = run("answers", "assign", "t-2", "DUR-22-999999", "--by", "supervisor")
    assert no_case.code == 1
    done = run("answers", "assign", "t-2", "DUR-22-000001", "--by", "supervisor", "--json")
    assert kept(done, contracts.Done).ref == "DUR-22-000001"
    told = run("case", "history", "DUR-22-000001").out
    assert "The participant answered by text" in told
    assert "caseflow answers show t-2" in " ".join(told.split())
    assert "ring me" not in run("case", "history", "DUR-22-000001", "--json").out


def test_lines_that_are_no_texts_are_named_and_the_others_kept(scheme: Any, run: Any, tmp_path: Path) -> None:
    path = file(tmp_path, CALLBACK | {"id": "t-3"}, "{}", "", "nonsense")
    ran = run("answers", "take", path, "--scheme", "durham")
    assert ran.code == 1
    assert "1 texts: 1 new" in ran.out
    assert "line 2" in ran.err
    assert "line 4" in ran.err
    assert run("answers", "take", str(tmp_path / "none.jsonl")).code == 2
