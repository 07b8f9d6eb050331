"""The signs of life that health checks read: fresh, stale, missing, from another boot; and how quickly they answer."""

import http.server
import os
import subprocess
import sys
import threading
import time

import pytest

from caseflow.settings.deployment import deployment
from tests.workers.conftest import eventually
from workers import health
from workers.drain import current_app, drain
from workers.launch import start_workers, stop_workers


@pytest.fixture
def here(monkeypatch, tmp_path):
    monkeypatch.setenv("CASEFLOW_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(health, "_mine", [])
    monkeypatch.setattr(health, "_left_at", [float("-inf")])
    return tmp_path / "health"


def asked(name, **env):
    return subprocess.run(
        [sys.executable, "-m", "workers.health", name],
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_signs_lie_in_the_data_folder_of_the_settings(here):
    assert health.folder() == deployment().data_dir / "health" == here


def test_who_has_left_no_sign_is_not_well(here):
    assert "has left no sign" in (health.trouble("react") or "")
    answer = asked("react")
    assert answer.returncode == 1
    assert "react has left no sign" in answer.stderr


def test_who_left_a_sign_lately_is_well(here):
    health.begin("react")
    health.sign()
    assert health.trouble("react") is None
    assert asked("react").returncode == 0


@pytest.mark.parametrize("age", [61.0, -1e9], ids=["a minute ago", "before the machine was started again"])
def test_a_stale_sign_is_trouble(here, age):
    health.begin("react")
    (here / "react").write_text(f"{time.monotonic() - age:.1f}")
    assert "left its last sign" in (health.trouble("react") or "")


def test_a_sign_from_an_earlier_life_is_taken_away(here):
    health.begin("react")
    health.sign()
    health.begin("react")
    assert health.trouble("react")


def test_a_process_that_is_no_member_of_the_crew_leaves_none(here):
    health.sign()
    assert not here.exists()


def test_all_are_well_when_everybody_who_began_here_is(here):
    assert "nobody has begun" in (health.any_trouble() or "")
    health.begin("fire")
    assert "fire has left no sign" in (health.any_trouble() or "")
    health.sign()
    assert health.any_trouble() is None
    assert asked("all").returncode == 0
    health.begin("react")
    assert "react has left no sign" in (health.any_trouble() or "")


@pytest.mark.parametrize(("status", "code"), [(200, 0), (404, 0), (503, 1)])
def test_the_doors_are_well_when_they_answer_and_do_not_say_otherwise(status, code):
    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert asked("web", CASEFLOW_HTTP_PORT=str(server.server_port)).returncode == code


def test_doors_that_do_not_answer_are_not_well():
    assert asked("web", CASEFLOW_HTTP_PORT="1").returncode == 1


def test_a_worker_signs_while_it_reaches_its_database_and_not_when_it_does_not(place, tmp_path, monkeypatch):
    monkeypatch.setenv("CASEFLOW_DATA_DIR", str(tmp_path))
    crew = start_workers(place.env | {"CASEFLOW_DATA_DIR": str(tmp_path)}, ["others", "beat"], log_dir=place.logs)
    try:
        eventually(lambda: health.trouble("beat") is None, "beat leaves a sign")
        eventually(lambda: health.trouble("others") is None, "a worker leaves a sign")
    finally:
        stop_workers(crew)
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    health.begin("others")
    current_app.cache_clear()
    assert drain("react")["claimed"] == 0
    assert health.trouble("others")
