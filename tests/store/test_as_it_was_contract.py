"""A case in counts: both stores count the same, on facts written by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from store_builders import HOUR, NAVIGATOR, SCHEME, START, a_case, fact, officer_send, send
from test_contract import lease, settle

from caseflow.domain import events as ev
from caseflow.domain.effects import AddToDigest, OpenTask
from caseflow.domain.words import Channel, Receipt, Role, RungEnd
from caseflow.engine.as_it_was import AsItWas
from caseflow.engine.ports import Change, Parking, Settled
from caseflow.store.memory import MemoryStore
from caseflow.store.reads import PostgresReadings
from caseflow.store.reads_memory import MemoryReadings

CHASED = "missed_session:s1"


def referred(case):
    return ev.Referred(
        case.ref, case.disposal, "1", START, "116", "CS", case.offence_date, None, True, dict(case.parties), "en", {}, False,
        False, None, None, False, False, "", "", {},
    )  # fmt: skip


def opened(ladder="missed_session", subject="s1", cycle=0, at=START + 2 * HOUR, rung="text"):
    return ev.ExpectationOpened(f"{ladder}:{subject}", ladder, subject, cycle, at, None, None, rung, at)


def fired(rung, following):
    return ev.RungFired(CHASED, 0, rung, RungEnd.FIRED, START, following, None)


def noted(receipt, purpose="missed_session", expectation=CHASED, cycle=0):
    return ev.DeliveryNoted("n", purpose, Channel.TEXT, receipt, "a", expectation, cycle, "text", "s1", reached=False)


def counted(store, *ids):
    readings = MemoryReadings(store) if isinstance(store, MemoryStore) else PostgresReadings(store.engine)
    return readings.as_it_was(SCHEME, ids)


def saved(store, name, *facts, **writes):
    """A case with its referral and these facts, each (after so long, what)."""
    case = a_case(name)
    recorded = [
        fact(name, seq, event, START + after)
        for seq, (after, event) in enumerate([(0 * HOUR, referred(case)), *facts], 1)
    ]
    with store.begin() as unit:
        unit.save([Change(0, replace(case, seq=len(recorded)), tuple(recorded), len(recorded), **writes)])


def test_facts_messages_tasks_and_lines(store):
    task = OpenTask("k", "call", Role.NAVIGATOR, "Ring")
    saved(
        store, "one",
        (HOUR, opened()), (HOUR, opened("session", "s2", rung=None)), (2 * HOUR, fired("text", None)), (HOUR, opened(cycle=1, at=START + 9 * HOUR)),
        (2 * HOUR, noted(Receipt.DROPPED)), (3 * HOUR, noted(Receipt.DELIVERED, "session_reminder", "session:s2")),
        (30 * HOUR, noted(Receipt.ACCEPTED, cycle=1)), (40 * HOUR, noted(Receipt.ACCEPTED)),
        (41 * HOUR, ev.StrikeConfirmed("s1", 1, NAVIGATOR, "e", 1)), (42 * HOUR, ev.BreachOpened("strike_2", START.date())),
        (43 * HOUR, ev.PolicyMoved("1", "2", ())),
        sends=[send("one"), send("one", rung="call", purpose="second_chase"), officer_send()],
        tasks=[task, replace(task, key="l", kind="rule"), replace(task, key="m")],
        digest_items=[AddToDigest("oic-1", line, START, "2022-W01", "DUR-22-one") for line in ("accepted", "assessed")],
    )  # fmt: skip
    saved(store, "two")
    for lane in ("people", "others"):
        row = lease(store, lane)[0]
        settle(store, Settled(row.id, row.attempt, "accepted"))
    assert counted(store, "two", "one", "three") == [
        AsItWas(
            "one", "deferred_prosecution", "person-of-one", START, "1", True, True,
            frozenset({"missed_session/text", "missed_session/", "session/"}), {"chase": 1, "officer": 1}, {"call": 2, "rule": 1}, 2, 1, 1,
            timedelta(hours=21),
        ),
        AsItWas("two", "deferred_prosecution", "person-of-two", START, "1"),
    ]  # fmt: skip


@pytest.mark.parametrize("receipt", [Receipt.DROPPED, Receipt.TECHNICAL, Receipt.UNKNOWN])
def test_what_never_went_chased_nobody(store, receipt):
    saved(store, "one", (HOUR, opened()), (3 * HOUR, noted(receipt)))
    assert [one.first_chase for one in counted(store, "one")] == [None]


def test_a_case_set_aside_says_so(store):
    saved(store, "one")
    with store.begin() as unit:
        unit.park([Parking("one", "stream", "its history cannot be read", START, SCHEME)])
    assert [one.whole for one in counted(store, "one")] == [False]
