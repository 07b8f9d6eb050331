"""Told to stop in the middle of work, with a slow mail server: everybody leaves by themselves, nothing lost, nothing twice."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from standins.notify import KEY, Fate, StandIn
from standins.smtp import MailServer

from caseflow.engine.advance import react_events
from workers.launch import Crew, start_workers
from workers.leaving import LEAVE
from workers.run import CREW

pytestmark = pytest.mark.drill

SMTP = {"sender_email": "smtp", "smtp_from": "caseflow@example.com", "smtp_host": "127.0.0.1"}

NOTIFY = {
    "sender": "notify", "notify_key": KEY, "notify_template_text": "t-text", "notify_template_email": "t-email",
    "notify_template_letter": "t-letter",
}  # fmt: skip


@pytest.fixture
def slow():
    with MailServer(wait=0.1) as running:
        yield running


def test_everybody_told_to_stop_under_load_leaves_and_nothing_is_lost_or_doubled(place_with, slow):
    place = place_with(**SMTP, smtp_port=slow.port)
    env = place.env | {f"CASEFLOW_{name.upper()}": value for name, value in SMTP.items()}
    env["CASEFLOW_SMTP_PORT"] = str(slow.port)
    workers = start_workers(env, tuple(CREW), log_dir=place.logs)
    try:
        cases = place.refer(300)
        place.eventually(lambda: len(slow.mails) > 3, "some mail has gone, and much has not")
        began = time.monotonic()
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        codes = [worker.wait(100) for worker in workers]
        took = time.monotonic() - began
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()
    assert set(codes) <= {0, -signal.SIGTERM}, codes
    left = place.rows("SELECT count(*) FROM notices WHERE state IN ('ready', 'leased')")[0][0]
    assert left, f"they were stopped in the middle, after {took:.1f} s"
    assert place.rows("SELECT state, count(*) FROM attempts WHERE state IN ('calling', 'unknown') GROUP BY 1") == []
    assert place.rows("SELECT count(*) FROM notices WHERE state = 'leased'") == [(0,)]
    print(f"stopped in {took:.1f} s with {len(slow.mails)} sent and {left} to send")  # noqa: T201 - measured, for -s
    with Crew(env, log_dir=place.logs):
        place.idle()
    place.check_once(cases)
    assert slow.doubles() == {}


def told(place, settings):
    """A place's environment with these settings."""
    return place.env | {f"CASEFLOW_{name.upper()}": str(value) for name, value in settings.items()}


@contextmanager
def one_worker(env, place) -> Iterator[object]:
    """The worker that writes to officers, and a beat; dead at the end, whatever happened."""
    worker, _ = both = start_workers(env, ["others", "beat"], log_dir=place.logs)
    try:
        yield worker
    finally:
        for one in both:
            if one.poll() is None:
                one.kill()
                one.wait()


def stopped(worker) -> float:
    """SIGTERM; returns the seconds until it had gone by itself."""
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(LEAVE + 5) in {0, -signal.SIGTERM}, "by itself, not by its watchdog"
    return time.monotonic() - began


def standing(place, cases):
    """How many notices of these cases are in each state."""
    rows = "SELECT state, count(*) FROM notices WHERE stream_id = ANY(%s) GROUP BY state"
    return dict(place.rows(rows, cases))


def with_a_full_batch(place):
    """Sixty officers' mails wait: more than one lease."""
    cases = place.refer(60)
    while react_events(place.app).moved:
        pass
    return cases


def went_on(place, env, cases):
    """What was not begun can be sent by another worker now, and goes once."""
    assert standing(place, cases).keys() == {"sent", "ready"}
    waits = "stream_id = ANY(%s) AND state = 'ready' AND (lease_by IS NOT NULL OR retry_at > clock_timestamp())"
    assert place.rows(f"SELECT id FROM notices WHERE {waits}", cases) == []
    with Crew(env, ["others", "beat"], log_dir=place.logs):
        place.eventually(lambda: standing(place, cases).keys() == {"sent"}, "the rest goes", within=60)
    place.check_once(cases)


@pytest.mark.timeout(180)
def test_told_to_stop_in_a_full_batch_of_slow_mails_it_stops_between_two_of_them(place_with):
    with MailServer(wait=1.5) as server:
        settings = SMTP | {"smtp_port": server.port}
        place = place_with(**settings)
        cases = with_a_full_batch(place)
        with one_worker(told(place, settings), place) as worker:
            place.eventually(lambda: len(server.mails) > 2, "some mail has gone")
            took = stopped(worker)
        assert took < LEAVE, "fifty of these would take more than a minute"
        assert len(server.mails) < 15
        server.wait = 0.0
        went_on(place, told(place, settings), cases)
        assert server.doubles() == {}


@pytest.mark.timeout(180)
def test_told_to_stop_in_a_full_batch_at_a_slow_notify_the_calls_in_flight_are_finished(place_with):
    with StandIn() as notify:
        slowly = Fate(wait=4.0)
        notify.fate = lambda kind, reference, times: slowly
        settings = NOTIFY | {"notify_url": notify.url}
        place = place_with(**settings)
        cases = with_a_full_batch(place)
        with one_worker(told(place, settings), place) as worker:
            place.eventually(lambda: notify.requests > 2, "the first calls are under way")
            took = stopped(worker)
        assert took < LEAVE
        assert 0 < len(notify.taken) < 60
        sent = {key for (key,) in place.rows("SELECT key FROM notices WHERE state = 'sent'")}
        assert {taken.reference for taken in notify.taken} <= sent, "every call made was answered and settled"
        notify.fate = lambda kind, reference, times: Fate()
        went_on(place, told(place, settings), cases)
        assert notify.doubles() == {}


@pytest.mark.timeout(180)
def test_a_worker_whose_mail_server_hangs_is_gone_in_time_and_at_most_what_it_was_saying_is_unclear(place_with):
    with MailServer(wait=60.0) as server:
        settings = SMTP | {"smtp_port": server.port}
        place = place_with(**settings)
        cases = with_a_full_batch(place)
        with one_worker(told(place, settings), place) as worker:
            calling = "SELECT count(*) FROM notices WHERE state = 'calling'"
            place.eventually(lambda: place.rows(calling) > [(0,)], "a mail is being handed over")
            began = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(LEAVE + 5) == 1, "its watchdog ended it"
            assert time.monotonic() - began < LEAVE + 2
        found = standing(place, cases)
        assert 1 <= found.pop("calling") <= 3, "one for each hand"
        assert found.keys() <= {"leased", "ready"}
