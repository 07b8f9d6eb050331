"""Receipts in both stores: kept once, matched when there is a notice, and proof that a message went."""

from dataclasses import replace

from store_builders import DAY, HOUR, SCHEME, START, a_case, send, step

from caseflow.domain.words import Channel, Receipt
from caseflow.engine.ports import Arrived, Settled
from caseflow.store.memory import MemoryStore
from caseflow.store.published import Published


def arrived(ref, id_="r-1", provider_ref="p-1", receipt=Receipt.DELIVERED):
    return Arrived(id_, ref, provider_ref, receipt, START + HOUR, "delivered")


def calling(store):
    """A notice in the middle of its call."""
    store.publish([Published(SCHEME, "1", "aa", "{}")])
    with store.begin() as unit:
        unit.save([step(a_case(), reacted=True, sends=[send()])])
    with store.begin() as unit:
        (row,) = unit.lease("people", 10, "w1", DAY)
        chosen = replace(row, address="text-of-case-1")
        assert unit.calling("w1", [chosen]) == {row.id}
    return row


def settle(store, row, result, **more):
    with store.begin() as unit:
        assert unit.settle("w1", [Settled(row.id, row.attempt, result, **more)]) == 1


def take(store, *some):
    with store.begin() as unit:
        new = unit.keep_receipts(some)
        matched = unit.match_receipts(10, new)
        unit.receipts_noted(matched)
    return new, matched


def test_a_receipt_leads_to_its_attempt(store):
    row = calling(store)
    settle(store, row, "accepted", provider_ref="p-1")
    new, (matched,) = take(store, arrived(row.key))
    assert new == {"r-1"}
    assert (matched.scheme, matched.stream, matched.notice, matched.key) == (SCHEME, "case-1", row.id, row.key)
    assert (matched.attempt, matched.channel, matched.address) == (1, Channel.TEXT, "text-of-case-1")
    assert (matched.send, matched.receipt, matched.at) == (row.send, Receipt.DELIVERED, START + HOUR)


def test_a_repeat_is_counted_and_leads_nowhere(store):
    row = calling(store)
    take(store, arrived(row.key))
    assert take(store, arrived(row.key), arrived(row.key)) == (set(), [])


def test_a_receipt_that_overtakes_the_answer_of_the_send_finds_the_attempt_already(store):
    row = calling(store)
    _, (matched,) = take(store, arrived(row.key))
    assert matched.attempt == 1
    settle(store, row, "accepted", provider_ref="p-1")


def test_a_receipt_of_an_unknown_notice_waits_and_is_matched_when_there_is_one(store):
    assert take(store, arrived("nobody-knows"))[1] == []
    row = calling(store)
    assert take(store, arrived(row.key, "r-2"))[1] != []
    with store.begin() as unit:
        assert unit.match_receipts(10, None) == []
    if isinstance(store, MemoryStore):
        assert [one.arrived.id for one in store.tables.receipts.values() if one.state == "waiting"] == ["r-1"]


def test_a_waiting_receipt_is_found_again_by_the_sweep(store):
    with store.begin() as unit:
        key = "0" * 32
        unit.keep_receipts([arrived(key)])
    row = calling(store)
    with store.begin() as unit:
        unit.keep_receipts([arrived(row.key, "r-2")])
        assert [one.id for one in unit.match_receipts(10, None)] == ["r-2"]


def test_of_two_attempts_the_channels_own_number_says_which(store):
    row = calling(store)
    settle(store, row, "failed", provider_ref="p-1", next_channel=Channel.EMAIL)
    with store.begin() as unit:
        (again,) = unit.lease("people", 10, "w1", DAY)
        unit.calling("w1", [again])
    settle(store, again, "accepted", provider_ref="p-2")
    assert [one.attempt for one in take(store, arrived(row.key))[1]] == [1]
    assert [one.attempt for one in take(store, arrived(row.key, "r-2", "p-2"))[1]] == [2]
    assert [one.attempt for one in take(store, arrived(row.key, "r-3", ""))[1]] == [2]


def test_a_receipt_makes_an_unclear_message_a_sent_one_that_goes_no_second_time(store, rest):
    row = calling(store)
    settle(store, row, "unknown", retry_in=HOUR)
    take(store, arrived(row.key))
    rest(7200)
    with store.begin() as unit:
        assert unit.lease("people", 10, "w1", DAY) == []


def test_an_attempt_whose_outcome_was_unclear_says_so_when_its_notice_is_leased_again(store, rest):
    row = calling(store)
    assert not row.unclear
    settle(store, row, "unknown", retry_in=HOUR)
    rest(7200)
    with store.begin() as unit:
        (again,) = unit.lease("people", 10, "w1", DAY)
    assert again.unclear
    with store.begin() as unit:
        unit.calling("w1", [again])
    settle(store, again, "failed", retry_in=HOUR)
    rest(7200)
    with store.begin() as unit:
        (third,) = unit.lease("people", 10, "w1", DAY)
    assert third.unclear, "what may have gone stays unclear until somebody has looked"


def test_a_call_that_died_is_looked_up_where_the_channel_can_tell(store, rest):
    calling(store)
    rest(2 * 86400)
    with store.begin() as unit:
        assert unit.recover(10, {Channel.TEXT: HOUR}) == []
        assert unit.lease("people", 10, "w2", DAY) == [], "not at once: the channel may take a while to know of it"
    rest(7200)
    with store.begin() as unit:
        (again,) = unit.lease("people", 10, "w2", DAY)
    assert again.unclear


def test_however_many_strangers_wait_a_receipt_of_ours_is_found(store):
    row = calling(store)
    with store.begin() as unit:
        unit.keep_receipts([arrived(f"stranger-{number}", f"a-{number}") for number in range(30)])
    with store.begin() as unit:
        unit.keep_receipts([arrived(row.key)])
    with store.begin() as unit:
        assert [one.id for one in unit.match_receipts(10, None)] == ["r-1"]
