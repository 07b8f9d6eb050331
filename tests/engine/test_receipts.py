"""Unclear messages are looked up, receipts are taken by rank, and no lie of a channel makes a message go twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.bootstrap import memory_app
from caseflow.domain.effects import Send
from caseflow.domain.events import DeliveryNoted
from caseflow.domain.words import Channel, Receipt, Role
from caseflow.engine.audit import audit
from caseflow.engine.deliver import deliver
from caseflow.engine.ports import Arrived, Change, Outgoing, Sent
from caseflow.engine.receipts import match_receipts, take_receipts
from caseflow.engine.settling import MAX_TRIES
from tests.engine.conftest import FRAN, MONDAY_10, SAM, TEAM, Desk, policies

LOOK_AFTER = timedelta(minutes=10)
AT = datetime(2022, 1, 10, 11, tzinfo=UTC)


class Line:
    """A channel that can be asked, as Notify can: it may take a message and say nothing, or not take it and say nothing."""

    look_after = LOOK_AFTER

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.looked: list[str] = []
        self.fates: list[str] = []

    def send(self, batch: list[Outgoing]) -> list[Sent]:
        return [self._one(message) for message in batch]

    def _one(self, message: Outgoing) -> Sent:
        fate = self.fates.pop(0) if self.fates else "well"
        if fate in {"well", "lost"}:
            self.taken[message.key] += 1
        match fate:
            case "well":
                return Sent("accepted", provider_ref=f"p-{message.key}")
            case "lost" | "silent":
                return Sent("unknown", "no answer")
            case "limit":
                return Sent("failed", "over a limit", again_in=timedelta(seconds=30))
            case _:
                return Sent("failed", "busy")

    def find(self, batch: list[Outgoing]) -> list[Sent | None]:
        self.looked += [message.key for message in batch]
        if self.fates and self.fates[0] == "blind":
            self.fates.pop(0)
            return [Sent("failed", "cannot look", again_in=timedelta(seconds=30)) for _ in batch]
        return [Sent("accepted", provider_ref=f"p-{one.key}") if self.taken[one.key] else None for one in batch]


def desk_with(line: Line) -> Desk:
    memory = memory_app(policies(), at=MONDAY_10, scheme="durham")
    memory.app.senders[Channel.TEXT] = line  # type: ignore[index]
    with memory.store.begin() as unit:
        unit.upsert_people("durham", [SAM, FRAN, TEAM])
    desk = Desk(memory)
    desk.accepted()
    desk.sweep()
    return desk


def put(desk: Desk, rung: str = "r1") -> str:
    send = Send(
        "no_answer", Role.PARTICIPANT, "sam", (Channel.TEXT,), "chase", "no_answer", rung=rung, fields={"worker": ""}
    )
    with desk.app.store.begin() as unit:
        stream = unit.lock("durham", ["case-1"])["case-1"].stream
        stored = desk.memory.store.tables.streams["durham", "case-1"]
        unit.save([Change(stream.seq, stream, reacted=stream.seq, wake_at=stored.wake_at, sends=[send])])
    return next(row.key for row in desk.memory.store.tables.notices.values() if row.send.rung == rung)


def state(desk: Desk, key: str) -> str:
    return next(row.state for row in desk.memory.store.tables.notices.values() if row.key == key)


def after(desk: Desk, seconds: float) -> None:
    desk.pass_time(seconds)
    desk.sweep()


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def desk(line: Line) -> Desk:
    return desk_with(line)


def test_a_message_whose_answer_was_lost_is_found_and_not_sent_again(desk, line):
    line.fates = ["lost"]
    key = put(desk)
    desk.sweep()
    assert (state(desk, key), line.looked) == ("ready", []), "not asked at once: the channel may not know of it yet"
    after(desk, 601)
    assert (state(desk, key), line.looked, line.taken[key]) == ("sent", [key], 1)


def test_a_message_that_never_arrived_is_sent_when_looking_shows_that_it_is_not_there(desk, line):
    line.fates = ["silent"]
    key = put(desk)
    desk.sweep()
    after(desk, 601)
    assert (state(desk, key), line.looked, line.taken[key]) == ("sent", [key], 1)


def test_while_nobody_can_look_nothing_is_sent(desk, line):
    line.fates = ["lost", "blind"]
    key = put(desk)
    desk.sweep()
    after(desk, 601)
    assert (state(desk, key), line.taken[key]) == ("ready", 1)
    after(desk, 31)
    assert (state(desk, key), line.taken[key]) == ("sent", 1)


def test_over_a_limit_a_message_waits_and_no_attempt_is_counted(desk, line):
    line.fates = ["limit"] * 20
    key = put(desk)
    while line.fates:
        after(desk, 31)
        assert (state(desk, key), line.taken[key]) == ("ready", 0)
    after(desk, 31)
    row = next(row for row in desk.memory.store.tables.notices.values() if row.key == key)
    assert (row.state, row.attempts) == ("sent", 1)


def test_a_worker_that_died_in_the_call_leaves_a_message_to_be_looked_up(desk, line):
    key = put(desk)
    with desk.app.store.begin() as unit:
        rows = unit.lease("people", 10, "dead", timedelta(seconds=5))
        unit.calling("dead", rows)
    line.taken[key] += 1  # it went; the answer died with the worker
    after(desk, 6)
    assert (state(desk, key), line.looked) == ("ready", [])
    after(desk, 601)
    assert (state(desk, key), line.looked, line.taken[key]) == ("sent", [key], 1)


# ── receipts ────────────────────────────────────────────────────────────────────────────────────
def receipt(key: str, what: Receipt, id_: str = "", provider_ref: str = "") -> Arrived:
    return Arrived(id_ or f"{key}:{what}", key, provider_ref or f"p-{key}", what, AT, what.value)


def noted(desk: Desk, rung: str = "r1") -> list[Receipt]:
    return [event.receipt for event in desk.history() if isinstance(event, DeliveryNoted) and event.rung == rung]


def test_receipts_count_by_rank_whatever_order_they_come_in(desk):
    key = put(desk)
    desk.sweep()
    taken = take_receipts(desk.app, [receipt(key, Receipt.DELIVERED), receipt(key, Receipt.TEMPORARY)])
    assert (taken.noted, taken.repeated, taken.unmatched) == (2, 0, 0)
    again = take_receipts(desk.app, [receipt(key, Receipt.DELIVERED), receipt("nobody", Receipt.DELIVERED)])
    assert (again.noted, again.repeated, again.unmatched) == (0, 1, 1)
    desk.sweep()
    assert noted(desk) == [Receipt.ACCEPTED, Receipt.DELIVERED]


def test_a_receipt_before_the_answer_of_the_send_is_no_lost_one(desk, line):
    key = put(desk)
    with desk.app.store.begin() as unit:
        rows = unit.lease("people", 10, "w", timedelta(minutes=2))
        unit.calling("w", rows)
    assert take_receipts(desk.app, [receipt(key, Receipt.DELIVERED)]).noted == 1
    desk.sweep()
    assert noted(desk) == [Receipt.DELIVERED]


def test_a_receipt_ends_what_was_unclear_and_nothing_goes_again(desk, line):
    line.fates = ["lost"]
    key = put(desk)
    desk.sweep()
    take_receipts(desk.app, [receipt(key, Receipt.DELIVERED)])
    after(desk, 3600)
    assert (state(desk, key), line.looked, line.taken[key]) == ("sent", [], 1)


def test_a_receipt_nobody_can_place_is_a_warning_and_waits_for_its_notice(desk):
    take_receipts(desk.app, [receipt("0" * 32, Receipt.DELIVERED)])
    assert [one.name for one in audit(desk.app.readings).warnings] == ["receipt_without_notice"]
    assert match_receipts(desk.app).claimed == 0


FATES = st.lists(st.sampled_from(["well", "lost", "silent", "limit", "busy", "blind"]), max_size=7)
NEWS = st.lists(st.sampled_from([Receipt.DELIVERED, Receipt.TEMPORARY, Receipt.PERMANENT]), max_size=4)


@given(fates=FATES, news=NEWS, dies=st.booleans())
@settings(max_examples=60)
def test_whatever_a_channel_loses_or_delays_a_message_is_taken_once_and_none_is_lost(fates, news, dies):
    line = Line()
    desk = desk_with(line)
    line.fates = list(fates)[: MAX_TRIES - 1 - dies]  # the last try goes well; who dies has had one
    key = put(desk)
    if dies:
        with desk.app.store.begin() as unit:
            rows = unit.lease("people", 10, "dead", timedelta(seconds=5))
            unit.calling("dead", rows)
        if fates and fates[0] == "lost":
            line.send([_as_outgoing(key)])
    for what in news:
        desk.sweep()
        if line.taken[key]:  # a channel speaks only of what it has
            take_receipts(desk.app, [receipt(key, what)])
    for _ in range(12):
        after(desk, 3700)
    assert line.taken[key] == 1
    assert state(desk, key) == "sent"
    assert [one.words for one in audit(desk.app.readings).violations] == []


def _as_outgoing(key: str) -> Any:
    return Outgoing(key, "text", "+447700900123", None, "", "en", AT)


def test_deliver_counts_what_waits_as_nothing_to_spin_on(desk, line):
    line.fates = ["limit"]
    put(desk)
    deliver(desk.app, "people")
    assert deliver(desk.app, "people").claimed == 0
