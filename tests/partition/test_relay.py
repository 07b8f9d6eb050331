"""The parts of the partition: the relay does what it is told, and one short incident is survived."""

import runpy
import socket
import socketserver
import threading
import time
from pathlib import Path

import pytest
from relay import Relay


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while piece := self.request.recv(100):
            self.request.sendall(piece)


@pytest.fixture
def relay():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        with Relay(server.server_address) as between:
            yield between
        server.shutdown()


def call(relay):
    return socket.create_connection(("127.0.0.1", relay.port), timeout=5)


def said(connection, word=b"hello"):
    connection.sendall(word)
    return connection.recv(100)


def test_it_passes_on_what_is_said(relay):
    with call(relay) as connection:
        assert said(connection) == b"hello"


def test_cut_it_ends_what_is_under_way_and_refuses_the_rest_until_healed(relay):
    with call(relay) as connection:
        assert said(connection) == b"hello"
        relay.cut()
        assert connection.recv(100) == b""
    with pytest.raises(ConnectionRefusedError):
        call(relay)
    relay.heal()
    with call(relay) as connection:
        assert said(connection) == b"hello"


def test_stalled_it_says_nothing_and_ends_nothing(relay):
    with call(relay) as connection:
        assert said(connection) == b"hello"
        relay.stall()
        connection.settimeout(0.3)
        connection.sendall(b"anybody?")
        with pytest.raises(TimeoutError):
            connection.recv(100)
        relay.heal()
        connection.settimeout(5)
        assert connection.recv(100) == b"anybody?"


def test_delayed_it_takes_its_time(relay):
    relay.delay = 0.1
    with call(relay) as connection:
        before = time.monotonic()
        assert said(connection) == b"hello"
        assert time.monotonic() - before >= 0.2  # there and back


@pytest.fixture(scope="module")
def partition():
    return runpy.run_path(str(Path(__file__).with_name("__main__.py")), run_name="partition")


def test_a_wait_lasts_as_long_as_something_moves_and_says_who_is_missing_when_nothing_does(partition):
    left = [f"B: {name}" for name in ("beat", "fire", "react")]
    began = time.monotonic()

    def one_in_a_while():
        del left[: int((time.monotonic() - began) / 0.6) - (3 - len(left))]
        return list(left)

    partition["until_none"](one_in_a_while, "all are here", patience=1.2)
    assert time.monotonic() - began > 1.2, "longer than its patience, for something moved"
    with pytest.raises(AssertionError, match=r"both hosts work.*still waiting for 1.*B: react"):
        partition["until_none"](lambda: ["B: react"], "both hosts work", patience=0.3)


@pytest.mark.drill
@pytest.mark.timeout(900)  # its own waits end sooner, and say who is missing
def test_one_host_is_cut_off_for_a_moment_and_nothing_is_lost_nor_doubled(partition):
    lines: list[object] = []
    (incident,) = partition["run"](quick=True, lasting=3.0, say=lines.append)
    assert int(str(incident["facts_meanwhile"])) > 0
    assert any(isinstance(line, dict) and line.get("audit") == "clean" for line in lines)
