"""The feed of a scheme's facts: a place to go on from that never passes by a fact that somebody is still writing."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from store_builders import HOUR, SCHEME, START, a_case, a_digest, fact, step

from caseflow.domain.events import Accepted, Assessed, Completed
from caseflow.engine.ports import Change
from caseflow.store.memory import MemoryStore
from caseflow.store.postgres import PostgresStore
from caseflow.store.reads import PostgresReadings
from caseflow.store.reads_memory import MemoryReadings

KINDS = {"accepted", "completed"}


def readings_of(store):
    return MemoryReadings(store) if isinstance(store, MemoryStore) else PostgresReadings(store.engine)


def happens(store, case, *moments, event=None, unit=None):
    """Facts of this case, recorded at these moments; returns the case as it is now."""
    recorded = tuple(fact(case.id, case.seq + number, event, at) for number, at in enumerate(moments, 1))
    after = step(case, facts=len(moments)).stream
    change = Change(case.seq, after, recorded, None)
    if unit is not None:
        unit.save([change])
        return after
    with store.begin() as own:
        own.save([change])
    return after


def told(lines):
    return [(one.ref, one.fact.seq) for one in lines]


def test_the_feed_goes_by_when_a_fact_was_recorded_and_goes_on_after_any_place(store):
    one, two = a_case("case-1"), a_case("case-2")
    happens(store, one, START - HOUR, START - HOUR / 2)
    happens(store, two, START - HOUR, START)
    readings = readings_of(store)
    every = readings.feed(SCHEME, KINDS)
    assert told(every) == [(one.ref, 1), (two.ref, 1), (one.ref, 2), (two.ref, 2)]
    assert (every[0].disposal, every[0].policy_version) == (one.disposal, "1")
    for place, line in enumerate(every):
        assert readings.feed(SCHEME, KINDS, after=line.key) == every[place + 1 :]
    assert told(readings.feed(SCHEME, KINDS, limit=2)) == told(every[:2])


def test_only_the_kinds_asked_for_of_cases_of_this_scheme(store):
    case = happens(store, a_case(), START, event=Accepted("nav-1"))
    case = happens(store, case, START, event=Assessed((), "", no_intervention=False, text=None))
    happens(store, case, START, event=Completed())
    with store.begin() as unit:
        unit.save([step(a_digest())])
    happens(store, a_case("else", "dyfed-powys"), START)
    readings = readings_of(store)
    assert [one.fact.seq for one in readings.feed(SCHEME, KINDS)] == [1, 3]
    assert readings.feed(SCHEME, set()) == []
    assert len(readings.feed("dyfed-powys", KINDS)) == 1


@pytest.fixture(scope="module")
def live(fresh_database):
    store = PostgresStore(fresh_database())
    yield store
    store.close()


def real_now(store):
    with store.begin() as unit:
        return unit.now()


def comes(readings, wanted):
    """Does the feed get to tell this much within ten seconds?"""
    wait = threading.Event()
    for _ in range(100):
        if len(found := readings.feed(SCHEME, KINDS)) >= wanted:
            return found
        wait.wait(0.1)
    return readings.feed(SCHEME, KINDS)


def test_what_is_newer_than_work_under_way_waits_for_it(live):
    readings = PostgresReadings(live.engine)
    slow, quick = a_case("slow"), a_case("quick")
    long_ago = datetime(2022, 1, 3, 9, tzinfo=UTC)
    happens(live, a_case("old"), long_ago)
    assert told(readings.feed(SCHEME, KINDS)) == [("DUR-22-old", 1)]
    with live.begin() as unit:  # began first, ends last
        began = unit.now()
        happens(live, quick, real_now(live))  # somebody else, meanwhile
        assert not comes_early(readings, live)
        happens(live, slow, began, unit=unit)
    assert told(comes(readings, 3)) == [("DUR-22-old", 1), ("DUR-22-slow", 1), ("DUR-22-quick", 1)]


def comes_early(readings, store):
    """Is the quick fact told while the slow one is still being written, however long one looks?"""
    wait = threading.Event()
    until = real_now(store) + timedelta(seconds=1.5)
    while real_now(store) < until:
        if len(readings.feed(SCHEME, KINDS)) > 1:
            return True
        wait.wait(0.1)
    return False


def test_a_page_of_the_feed_is_read_from_its_index(live):
    with live.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(
            sa.text(
                "EXPLAIN SELECT seq FROM events WHERE scheme_id = 'durham' AND kind NOT IN ('rung_fired', "
                "'expectation_opened', 'expectation_closed', 'delivery_noted') AND kind = ANY('{accepted}') "
                "AND (recorded_at, stream_id, seq) > (now(), '', 0) ORDER BY recorded_at, stream_id, seq LIMIT 100"
            )
        ).scalars()
        assert "events_feed" in "\n".join(plan)
