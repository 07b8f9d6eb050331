"""What the operator sees at two in the morning: why it is paused, what waits, and what becomes of it."""

import shutil
from pathlib import Path

import msgspec
import pytest

from caseflow.cli import contracts

DATA = Path(__file__).resolve().parents[1] / "data" / "referrals"


@pytest.fixture
def paused(scheme, run, tmp_path):
    """Twenty people were referred; then somebody restored the server's files of nine o'clock."""
    run("refer", str(shutil.copy(DATA / "dirty-torn.csv", tmp_path / "torn.csv")), "--as-at")
    assert run("pause", "--why", "the disk array died", "--restored", "2022-04-25T09:00").code == 0
    yield scheme
    run("resume", "--send-waiting")


def test_pause_says_what_it_means(scheme, run):
    ran = run("pause", "--why", "the printer is on fire")
    assert ran.code == 0
    assert "until `caseflow resume`" in ran.out
    ran = run("resume", "--look")
    assert "the printer is on fire" in ran.out
    assert "backup" not in ran.out
    assert "Work goes on" in run("resume").out
    assert run("resume").out == "Nothing is paused.\n"


def test_doctor_shows_a_restored_database_in_red_and_says_what_to_do(paused, run):
    ran = run("doctor", "--json")
    assert ran.code == 3
    light = next(one for one in ran.json()["lights"] if one["name"] == "at work")
    assert not light["ok"]
    assert "the disk array died; its last sign of life is of Mon 25 Apr 2022 09:00:00" in light["found"]
    assert "caseflow resume --look" in light["todo"]
    others = [one["todo"] for one in ran.json()["lights"] if not one["ok"] and one["name"] == "facts not reacted to"]
    assert not any("start the" in todo for todo in others), "nobody shall start workers for it"


def test_doctor_is_green_about_it_otherwise(scheme, run):
    lights = {one["name"]: one for one in run("doctor", "--json").json()["lights"]}
    assert lights["at work"] == {"name": "at work", "ok": True, "found": "not paused", "todo": ""}


def test_sweep_refuses_and_says_why_and_the_audit_blames_nobody_for_it(paused, run):
    ran = run("sweep")
    assert ran.code == 1
    assert "the disk array died" in ran.err
    assert "resume" in ran.err
    assert run("audit").code == 0


def test_a_look_says_what_waits_and_changes_nothing_and_resume_lets_it_go(paused, run):
    ran = run("resume", "--look")
    assert "last sign of life is of Mon 25 Apr 2022 09:00:00" in ran.out
    assert "20 streams have facts to react to" in ran.out
    assert "First record again what people know" in ran.out
    looked = msgspec.convert(run("resume", "--look", "--json").json(), contracts.Resume)
    assert (looked.resumed, looked.why) == (False, "the disk array died")
    done = msgspec.convert(run("resume", "--json").json(), contracts.Resume)
    assert done.resumed
    assert done.facts > 0, "caught up before anything could be sent"
    assert run("sweep").code == 0


def test_a_day_that_is_none_is_refused_before_anything_is_paused(scheme, run):
    ran = run("pause", "--why", "x", "--restored", "yesterday")
    assert ran.code == 2
    assert "--restored yesterday" in ran.err
    assert run("resume").out == "Nothing is paused.\n"
