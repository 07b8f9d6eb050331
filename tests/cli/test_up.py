"""`caseflow up` as people start it: a process of its own on an empty data folder, stopped with Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from caseflow.cli import serve
from caseflow.embedded import postgres, valkey
from workers import launch
from workers.leaving import LEAVE
from workers.run import CREW

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "from caseflow.cli import main; main()"


@pytest.mark.timeout(180)
def test_up_brings_everything_and_ctrl_c_takes_it_down_again(
    data_dir: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):
        if name.startswith("CASEFLOW_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CASEFLOW_DATA_DIR", str(data_dir))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    beside = data_dir / "stderr"
    told = beside.open("w", encoding="utf-8")
    up = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "up"], cwd=ROOT, stdout=subprocess.PIPE, stderr=told, text=True
    )
    assert up.stdout is not None
    watch = threading.Timer(100, up.kill)
    watch.start()
    try:
        first = up.stdout.readline()
        assert first.startswith("caseflow is up: durham 1, durham-young-adults 1, dyfed-powys 1")
        ran = run("case", "list", "--json")  # finds the running servers through the data folder
        assert ran.json() == {"cases": [], "next": None}
        lights = {one["name"]: one["ok"] for one in run("doctor", "--json").json()["lights"]}
        assert lights["database"]
        assert lights["broker"]
        said = [up.stdout.readline() for _ in range(5)]
        address = re.search(r"The pages are at (http://127\.0\.0\.1:\d+)/", "".join(said))
        first = re.search(r"Sign in as (\S+@\S+) with (\S+) \(works once", "".join(said))
        assert address
        assert first
        assert "The pages are at" in said[3], "the address and the first sign-in come last, and nothing over them"
        with urllib.request.urlopen(f"{address[1]}/sign-in", timeout=20) as page:  # noqa: S310 - our own address
            assert b"<h1" in page.read()
        assert [one["login"] for one in run("accounts", "list", "--json").json()["accounts"]] == [first[1]]
        up.send_signal(signal.SIGINT)
        assert up.wait(60) == 0
        assert {one.stem for one in (data_dir / "logs").glob("*.log")} == set(CREW)
        assert "celery" not in beside.read_text(encoding="utf-8").lower(), "the workers' words are in their files"
    finally:
        watch.cancel()
        if up.poll() is None:
            up.kill()
            up.wait()
        up.stdout.close()
        told.close()
    own = run("case", "list", "--json")  # nobody runs servers now: a command brings its own, on the same data
    assert own.json() == {"cases": [], "next": None}


def test_whatever_hangs_everything_is_gone_within_thirty_seconds() -> None:
    """A worker ends itself, a frozen one is killed by its crew, a frozen crew by us; then each server has its own bound."""
    assert LEAVE < launch.PATIENCE < serve.PATIENCE
    servers = sum(seconds for _, seconds in (*postgres.ORDERLY, *valkey.ORDERLY))
    assert serve.PATIENCE + servers < 30
