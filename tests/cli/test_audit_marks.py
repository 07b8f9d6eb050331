"""An audit counts, whoever ran it: the hourly one of a worker, and one by hand."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from test_unwritable import writable

from workers.audit import look
from workers.beat import SCHEDULE
from workers.drain import current_app, current_store


@pytest.fixture
def scheme(scheme):
    """Nobody has audited yet, and beat is well."""
    with scheme.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM marks"))
        connection.execute(sa.text("DELETE FROM tallies"))
    scheme.mark("beat")
    return scheme


@pytest.fixture
def worker(scheme):
    """A worker's task, called here; the engine that it makes for its process is gone afterwards."""
    current_app.cache_clear()
    yield look
    current_app().bell.close()
    current_store().close()
    current_app.cache_clear()


def aged(store, name, minutes):
    with store.engine.begin() as connection:
        ago = {"name": name, "by": timedelta(minutes=minutes)}
        connection.execute(sa.text("UPDATE marks SET seen_at = seen_at - :by WHERE name = :name"), ago)


def test_an_audit_by_hand_is_heard_of_by_the_watch_the_doctor_and_the_figures(scheme, run):
    assert "the audit has never run" in run("watch").out
    assert "RED  audit" in run("doctor").out
    assert run("audit").code == 0
    assert run("watch").code == 0
    assert "RED  audit" not in run("doctor").out
    assert scheme.tallies() == {"audit/violations": 0, "audit/warnings": 0}


def test_an_audit_of_one_scheme_alone_says_nothing_of_the_others(scheme, run):
    assert run("audit", "--scheme", "durham").code == 0
    assert scheme.mark_age("audit") is None


def test_where_nothing_can_be_written_the_findings_are_said_and_that_they_are_not_noted(scheme, run, database_url):
    writable(database_url, yes=False)
    try:
        ran = run("audit")
    finally:
        writable(database_url, yes=True)
    assert (ran.code, "0 violations" in ran.out, "could not be noted" in ran.err) == (0, True, True)


def test_the_first_audit_comes_with_the_first_hint_and_a_restart_brings_no_other(scheme, worker):
    assert "violations" in worker()
    assert worker() == {}, "whoever asks again, in whatever process"
    aged(scheme, "audit", 59)
    aged(scheme, "audit begun", 59)
    assert worker() == {}
    aged(scheme, "audit", 2)
    aged(scheme, "audit begun", 2)
    assert "violations" in worker()


def test_an_audit_that_ended_its_process_is_not_begun_again_and_again(scheme, worker):
    scheme.mark("audit begun")
    assert worker() == {}
    aged(scheme, "audit begun", 10)
    assert "violations" in worker()


def test_after_one_by_hand_the_workers_wait_their_hour(scheme, run, worker):
    assert run("audit").code == 0
    assert worker() == {}


def test_beat_asks_within_a_minute_or_so():
    assert SCHEDULE["audit"]["schedule"] <= 60
