"""Webhooks by a real worker: killed in the middle again and again, every fact arrives, in order, none skipped."""

import itertools
import os
import signal
import threading
from pathlib import Path

import pytest
from receiver import OLD_SECRET, SECRET, Receiver, receiver

from caseflow.engine.advance import react_events
from workers.launch import Crew


@pytest.fixture(scope="module")
def records():
    with receiver() as here:
        yield here


@pytest.fixture(scope="module")
def webhooks_file(records: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("webhooks")
    (folder / "new").write_text(SECRET)
    (folder / "old").write_text(OLD_SECRET)
    file = folder / "webhooks.yaml"
    file.write_text(
        "format: 1\n"
        "allow: {hosts: [localhost], networks: [127.0.0.0/8, '::1/128']}\n"
        "endpoints:\n"
        f"  - {{scheme: durham, name: records, url: {records.url}, secrets: [{{file: new}}, {{file: old}}]}}\n"
    )
    return file


@pytest.fixture(scope="module")
def listening(place_with, webhooks_file):
    """A place whose facts somebody listens to, with no worker yet."""
    return place_with(webhooks_file=webhooks_file)


def published(place) -> dict[str, list[int]]:
    """What must arrive: the numbers of each case's facts of these kinds, by reference."""
    found: dict[str, list[int]] = {}
    rows = place.rows(
        "SELECT s.ref, e.seq FROM events e JOIN streams s ON s.id = e.stream_id"
        " WHERE e.kind IN ('referred', 'accepted') ORDER BY s.ref, e.seq"
    )
    for ref, seq in rows:
        found.setdefault(ref, []).append(seq)
    return found


def end_leases(place) -> None:
    """The minute a killed worker's cases wait passes at once."""
    with place.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE feeds SET due_at = clock_timestamp() WHERE due_at IS NOT NULL")


def waiting(place) -> int:
    with place.store.begin() as unit:
        return unit.feeds("durham")[0].waiting


@pytest.mark.timeout(300)
def test_a_publisher_killed_in_the_middle_again_and_again_skips_nothing(
    listening, records: Receiver, webhooks_file: Path
):
    """The receiver itself says when to kill: in the middle of a request, which it then takes all the same."""
    requests = itertools.count(1)
    kill, done = threading.Event(), threading.Event()

    def behave(got, handler):
        if next(requests) in {7, 40, 75}:
            kill.set()
            done.wait(30)
            done.clear()
        return 204

    records.behave = behave
    cases = listening.refer(30)
    while react_events(listening.app).moved:
        pass
    env = {**listening.env, "CASEFLOW_WEBHOOKS_FILE": str(webhooks_file)}
    with Crew(env, ("publish", "beat"), log_dir=listening.logs) as crew:
        for _ in range(3):
            assert kill.wait(60), f"no request came; see {listening.logs}"
            kill.clear()
            os.kill(crew.pids()["publish"], signal.SIGKILL)
            end_leases(listening)
            done.set()
        listening.eventually(lambda: waiting(listening) == 0, f"everything posted; see {listening.logs}", within=90)
        assert crew.restarts >= 3
    wanted = published(listening)
    assert len(wanted) == len(cases)
    assert records.order() == wanted
    assert all(got.signed_with(SECRET) and got.signed_with(OLD_SECRET) for got in records.got)
    ids = [got.headers["webhook-id"] for got in records.taken]
    assert len(set(ids)) == sum(map(len, wanted.values()))
