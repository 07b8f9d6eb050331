"""Real worker processes, killed and cut off: nothing lost, nothing twice."""

import os
import signal
import subprocess
import sys
import time

import psutil
import redis

from tests.workers.conftest import eventually
from workers.launch import Crew, start_workers, stop_workers


def test_a_recorded_fact_becomes_a_message_without_anybody_asking(place, crew):
    cases = place.refer(20)
    place.idle()
    place.check_once(cases)


def test_a_worker_killed_in_mid_batch_is_replaced_and_loses_nothing(place, crew):
    cases = place.refer(400)
    deaths = crew.restarts
    waiting = "SELECT count(*) FROM streams WHERE react_at IS NOT NULL"
    eventually(lambda: 0 < place.rows(waiting)[0][0] < 400, "some are reacted to, and some are not")
    for name in ("react", "others"):
        os.kill(crew.pids()[name], signal.SIGKILL)
    eventually(lambda: crew.restarts >= deaths + 2, "both are started again")
    place.idle()
    unknown = place.rows("SELECT count(*) FROM attempts WHERE state = 'unknown'")
    assert unknown[0][0] <= 50  # what was in the dead worker's hands: mail to officers goes again, and is counted
    place.check_once(cases)


def test_with_the_broker_emptied_again_and_again_beat_brings_the_hints_back(place, crew):
    cases = place.refer(200)
    with redis.Redis.from_url(place.deployment.broker_url) as client:
        for _ in range(20):
            client.flushdb()
    place.idle()
    place.check_once(cases)


def test_a_broker_that_dies_and_comes_back_stops_nothing_for_long(place, crew, servers):
    servers.kill_broker()
    try:
        before = time.monotonic()
        cases = place.refer(50)
        assert time.monotonic() - before < 5  # fifty facts recorded with nobody to tell
    finally:
        servers.restart_broker()
    place.idle()
    place.check_once(cases)


def test_two_beats_do_nothing_twice(place, crew):
    second = start_workers(place.env, ["beat"], log_dir=place.logs)
    try:
        cases = place.refer(50)
        place.idle()
        place.check_once(cases)
    finally:
        stop_workers(second)


def test_beat_leaves_a_mark_that_says_it_is_alive(place, crew):
    eventually(lambda: (age := place.store.mark_age("beat")) is not None and age.total_seconds() < 15, "beat's mark")


def test_a_crew_told_to_stop_leaves_nobody_behind(place):
    with Crew(place.env, ["react", "beat"], log_dir=place.logs) as crew:
        pids = crew.pids()
        assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids.values())


def test_workers_leave_when_whoever_started_them_was_killed(place):
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "workers.launch", "react", "fire"],
        env=os.environ | place.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        children: list[psutil.Process] = []

        def both() -> bool:
            children[:] = psutil.Process(supervisor.pid).children()
            return len(children) == 2

        eventually(both, "two workers")
        # They notice the death of a parent they have seen alive: wait until each has got as far as Python code.
        eventually(lambda: all(child.num_threads() > 1 for child in children), "the workers are up")
    finally:
        supervisor.kill()
        supervisor.wait()
    eventually(lambda: not any(child.is_running() and child.status() != "zombie" for child in children), "they left")


def test_a_crew_that_belongs_to_somebody_leaves_when_that_one_was_killed(place):
    begin = (
        "import subprocess, sys; crew = subprocess.Popen([sys.executable, '-m', 'workers.launch', '--with-parent', 'react']);"
        " crew.wait()"
    )
    owner = subprocess.Popen([sys.executable, "-c", begin], env=os.environ | place.env, stderr=subprocess.DEVNULL)
    try:
        family: list[psutil.Process] = []

        def all_there() -> bool:
            family[:] = psutil.Process(owner.pid).children(recursive=True)
            return len(family) == 2 and family[-1].num_threads() > 1

        eventually(all_there, "the crew and its worker")
    finally:
        owner.kill()
        owner.wait()
    eventually(lambda: not any(one.is_running() and one.status() != "zombie" for one in family), "they left")
