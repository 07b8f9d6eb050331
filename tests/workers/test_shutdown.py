"""Told to stop in the middle of work, with a slow mail server: everybody leaves by themselves, nothing lost, nothing twice."""

import signal
import time

import pytest
from standins.smtp import MailServer

from workers.launch import Crew, start_workers
from workers.run import CREW

SMTP = {"sender_email": "smtp", "smtp_from": "caseflow@example.com", "smtp_host": "127.0.0.1"}


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
