"""Feeds, in both stores: what is due, what is leased, what a settle leaves, what a replay brings back."""

import threading
from datetime import timedelta

import pytest
from store_builders import DAY, SCHEME, START, a_case, a_digest, step

from caseflow.engine.webhooks import FeedSettled

MINUTE = timedelta(minutes=1)
RECORDS = ("durham", "records")


@pytest.fixture
def listening(store):
    with store.begin() as unit:
        unit.sync_endpoints([RECORDS])
    return store


def happens(store, stream, facts=1):
    """`facts` more facts of this stream; returns it as it is now."""
    made = step(stream, facts=facts)
    with store.begin() as unit:
        unit.save([made])
    return made.stream


def lease(store, worker="w1", limit=10, facts=20, endpoints=(RECORDS,)):
    with store.begin() as unit:
        return unit.lease_feeds(endpoints, limit, facts, worker, MINUTE)


def settle(store, feed, sent, worker="w1", **more):
    with store.begin() as unit:
        return unit.settle_feeds(worker, [FeedSettled(feed.scheme, feed.endpoint, feed.stream, sent, **more)])


def lines(store):
    with store.begin() as unit:
        return {one.endpoint: one for one in unit.feeds(SCHEME)}


def test_without_a_receiver_nothing_is_kept(store):
    happens(store, a_case())
    with store.begin() as unit:
        unit.sync_endpoints([RECORDS])
    assert lease(store) == []


def test_a_fact_makes_its_case_due_and_a_digest_is_no_case(listening):
    case = happens(listening, a_case(), 2)
    happens(listening, a_digest())
    (feed,) = lease(listening)
    assert (feed.stream, feed.ref, feed.disposal) == (case.id, case.ref, case.disposal)
    assert [fact.seq for fact in feed.facts] == [1, 2]
    assert settle(listening, feed, 2) == 1
    assert lease(listening) == []


def test_a_receiver_added_later_hears_what_happens_from_then_on(store):
    case = happens(store, a_case(), 3)
    with store.begin() as unit:
        unit.sync_endpoints([RECORDS])
    happens(store, case)
    assert [fact.seq for fact in lease(store)[0].facts] == [4]


def test_a_leased_feed_is_nobody_elses_until_the_lease_ends(listening, rest):
    happens(listening, a_case())
    assert len(lease(listening, "w1")) == 1
    assert lease(listening, "w2") == []
    rest(61)
    assert len(lease(listening, "w2")) == 1


def test_who_lost_the_lease_settles_nothing(listening, rest):
    happens(listening, a_case())
    (feed,) = lease(listening, "w1")
    rest(61)
    lease(listening, "w2")
    assert settle(listening, feed, 1, "w1") == 0
    assert settle(listening, feed, 1, "w2") == 1


def test_a_fact_that_came_during_the_lease_is_due_at_once(listening):
    case = happens(listening, a_case())
    (feed,) = lease(listening)
    happens(listening, case)
    settle(listening, feed, 1)
    assert [fact.seq for fact in lease(listening)[0].facts] == [2]


def test_only_so_many_facts_come_at_a_time_and_the_rest_is_due_at_once(listening):
    happens(listening, a_case(), 5)
    (feed,) = lease(listening, facts=2)
    assert [fact.seq for fact in feed.facts] == [1, 2]
    settle(listening, feed, 2)
    assert [fact.seq for fact in lease(listening)[0].facts] == [3, 4, 5]


def test_a_failure_counts_and_rests_and_remembers_since_when(listening, rest):
    happens(listening, a_case(), 2)
    for attempt in range(3):
        (feed,) = lease(listening)
        assert feed.attempts == attempt
        assert (feed.failing_for >= timedelta(minutes=10 * attempt)) is True
        settle(listening, feed, 0, reason="it answered 500", retry_in=10 * MINUTE)
        assert lease(listening) == []
        rest(601)
    (feed,) = lease(listening)
    settle(listening, feed, 1, reason="it answered 500", retry_in=MINUTE)  # another fact: its own three days
    rest(61)
    (feed,) = lease(listening)
    assert feed.attempts == 1
    assert feed.failing_for < timedelta(minutes=10)
    settle(listening, feed, 2)
    assert lines(listening)["records"].failing == 0


def test_a_turn_that_did_not_come_counts_as_nothing(listening, rest):
    happens(listening, a_case())
    settle(listening, lease(listening)[0], 0, reason="it answered 500", retry_in=MINUTE)
    rest(61)
    settle(listening, lease(listening)[0], 0, tried=False)
    assert lease(listening)[0].attempts == 1


def test_what_is_parked_stays_so_until_it_is_replayed(listening):
    case = happens(listening, a_case(), 2)
    settle(listening, lease(listening)[0], 1, reason="it answered 500", parked=True)
    happens(listening, case)
    assert lease(listening) == []
    assert (lines(listening)["records"].parked, lines(listening)["records"].reason) == (1, "it answered 500")
    with listening.begin() as unit:
        assert unit.replay(SCHEME, parked=True, endpoint="other") == 0
        assert unit.replay(SCHEME, parked=True) == 1
    assert [fact.seq for fact in lease(listening)[0].facts] == [2, 3]


def test_one_case_is_replayed_from_its_first_fact_and_its_running_lease_is_void(listening):
    happens(listening, a_case("case-1"), 3)
    happens(listening, a_case("case-2"))
    for feed in lease(listening):
        settle(listening, feed, len(feed.facts))
    with listening.begin() as unit:
        assert unit.replay(SCHEME, stream="case-1") == 1
    (feed,) = lease(listening)
    assert [fact.seq for fact in feed.facts] == [1, 2, 3]
    with listening.begin() as unit:
        unit.replay(SCHEME, stream="case-1")
    assert settle(listening, feed, 3) == 0


def test_everything_since_an_instant_is_replayed_also_what_no_receiver_ever_heard(store):
    happens(store, a_case(), 2)
    happens(store, a_digest())
    with store.begin() as unit:
        unit.sync_endpoints([RECORDS])
    with store.begin() as unit:
        assert unit.replay(SCHEME, since=START + DAY) == 0
        assert unit.replay(SCHEME, since=START) == 1
    assert [fact.seq for fact in lease(store)[0].facts] == [1, 2]


def test_a_disabled_receiver_gets_nothing_and_misses_nothing(listening):
    case = happens(listening, a_case())
    with listening.begin() as unit:
        unit.disable_endpoint(*RECORDS, "410 Gone")
    happens(listening, case)
    assert lease(listening) == []
    assert lines(listening)["records"].disabled == "410 Gone"
    with listening.begin() as unit:
        assert unit.enable_endpoint(*RECORDS) == 1
    assert [fact.seq for fact in lease(listening)[0].facts] == [1, 2]


def test_a_receiver_taken_out_of_the_file_is_kept_apart(listening):
    case = happens(listening, a_case())
    with listening.begin() as unit:
        unit.sync_endpoints([])
    assert lease(listening) == []
    assert not lines(listening)["records"].active
    with listening.begin() as unit:
        unit.sync_endpoints([RECORDS])
    happens(listening, case)
    assert [fact.seq for fact in lease(listening)[0].facts] == [1, 2]


def test_each_receiver_has_its_own_places_in_a_lease(store):
    with store.begin() as unit:
        unit.sync_endpoints([RECORDS, ("durham", "second")])
    for number in range(4):
        happens(store, a_case(f"case-{number}"))
    leased = lease(store, limit=2, endpoints=[RECORDS, ("durham", "second"), ("durham", "unknown")])
    assert sorted(feed.endpoint for feed in leased) == ["records", "records", "second", "second"]


def test_a_settle_that_waits_for_a_writer_sees_what_it_wrote(postgres):
    """The trap of ADR 32: asked of the statement's snapshot, the second fact would be forgotten for good."""
    with postgres.begin() as unit:
        unit.sync_endpoints([RECORDS])
    case = happens(postgres, a_case())
    (feed,) = lease(postgres)
    with postgres.begin() as unit:
        unit.save([step(case, facts=1)])
        waiting = threading.Thread(target=settle, args=(postgres, feed, 1))
        waiting.start()
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%UPDATE feeds%%'"
        while unit.connection.exec_driver_sql(waits).scalar_one() == 0:
            assert waiting.is_alive()
            unit.connection.exec_driver_sql("SELECT pg_stat_clear_snapshot()")
    waiting.join()
    assert [fact.seq for fact in lease(postgres)[0].facts] == [2]
