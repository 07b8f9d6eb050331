"""The bell: a hint, never a fact; and never anybody's problem."""

import socket
import time

import pytest
import redis

from caseflow.bell import STILL, CeleryBell, SilentBell


@pytest.fixture
def bell(broker_url):
    ringer = CeleryBell(broker_url)
    yield ringer
    ringer.close()


@pytest.fixture
def queues(broker_url):
    with redis.Redis.from_url(broker_url) as client:
        client.flushdb()
        yield client


def test_a_ring_leaves_a_hint_in_the_queue_of_its_lane(bell, queues):
    bell.ring("react")
    assert queues.llen("react") == 1
    assert queues.llen("fire") == 0


def test_a_thousand_rings_leave_one_hint(bell, queues):
    for _ in range(1000):
        bell.ring("deliver.people")
    assert queues.llen("deliver.people") == 1


def test_after_somebody_took_the_hint_a_ring_leaves_another(bell, queues):
    bell.ring("react")
    queues.lpop("react")
    bell.ring("react")
    assert queues.llen("react") == 1


def test_a_hint_says_nothing_about_anybody(bell, queues):
    bell.ring("react")
    assert b'"argsrepr": "()"' in queues.lindex("react", 0)
    assert b'"kwargsrepr": "{}"' in queues.lindex("react", 0)


def nobody_listens():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def timed(ring):
    before = time.monotonic()
    ring()
    return time.monotonic() - before


def test_with_the_broker_down_a_ring_is_quick_and_hurts_nobody():
    bell = CeleryBell(f"redis://127.0.0.1:{nobody_listens()}/0")
    assert timed(lambda: bell.ring("react")) < 1
    assert timed(lambda: [bell.ring("react") for _ in range(1000)]) < 0.2
    assert bell.failures == 1001
    assert not bell.rung


def test_a_broker_that_takes_the_call_and_says_nothing_costs_less_than_a_second():
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(5)
        bell = CeleryBell(f"redis://127.0.0.1:{mute.getsockname()[1]}/0")
        assert timed(lambda: bell.ring("react")) < 1
        assert timed(lambda: bell.ring("react")) < 0.05
        assert bell.failures == 2


def test_when_the_broker_is_back_the_bell_rings_again(servers, broker_url, queues):
    bell = CeleryBell(broker_url)
    bell.ring("react")
    servers.kill_broker()
    bell.ring("fire")
    assert bell.failures == 1
    servers.restart_broker()
    deadline = time.monotonic() + STILL + 10
    while not bell.rung["fire"]:
        assert time.monotonic() < deadline
        bell.ring("fire")
    bell.close()


def test_the_silent_bell_only_counts():
    bell = SilentBell()
    bell.ring("react")
    bell.ring("react")
    assert bell.rung["react"] == 2
