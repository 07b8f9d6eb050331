"""Mail that came back becomes news of the message it speaks of; a complaint closes the address."""

from datetime import timedelta

import pytest

from caseflow.domain.effects import Send
from caseflow.domain.events import AddressNoted, DeliveryNoted
from caseflow.domain.words import AddressStatus, Channel, Receipt, Role
from caseflow.engine.deliver import deliver
from caseflow.engine.ports import Change
from caseflow.engine.returned import Returned, take_returned
from tests.engine.conftest import MONDAY_10

LATER = MONDAY_10 + timedelta(days=1)


@pytest.fixture
def key(desk):
    """The key of a mail that went to Sam."""
    desk.accepted()
    desk.sweep()
    send = Send(
        "no_answer", Role.PARTICIPANT, "sam", (Channel.EMAIL,), "chase", "no_answer", rung="r1", fields={"worker": ""}
    )
    with desk.app.store.begin() as unit:
        stream = unit.lock("durham", ["case-1"])["case-1"].stream
        stored = desk.memory.store.tables.streams["durham", "case-1"]
        unit.save([Change(stream.seq, stream, reacted=stream.seq, wake_at=stored.wake_at, sends=[send])])
    deliver(desk.app, "people")
    (row,) = [row for row in desk.memory.store.tables.notices.values() if row.send.rung == "r1"]
    assert row.state == "sent"
    desk.sweep()
    return row.key


def noted(desk):
    desk.sweep()
    return [one.receipt for one in desk.history() if isinstance(one, DeliveryNoted) and one.rung == "r1"]


def closed(desk):
    desk.sweep()
    return [
        one.channel for one in desk.history() if isinstance(one, AddressNoted) and one.status is AddressStatus.BLOCKED
    ]


def said(kind="bounce", verdict=Receipt.PERMANENT, key="", mail="m-1"):
    return [(mail, [Returned("sam@example.org", verdict, kind, "5.1.1", key)])]


@pytest.mark.parametrize("verdict", [Receipt.PERMANENT, Receipt.TEMPORARY])
def test_a_bounce_is_noted_once_on_the_case(desk, key, verdict):
    counts = take_returned(desk.app, said(verdict=verdict, key=key), LATER)
    assert counts == {"hard" if verdict is Receipt.PERMANENT else "soft": 1}
    assert take_returned(desk.app, said(verdict=verdict, key=key), LATER)["repeated"] == 1
    assert noted(desk) == [Receipt.ACCEPTED, verdict]
    assert closed(desk) == ([Channel.EMAIL] if verdict is Receipt.PERMANENT else [])


@pytest.mark.parametrize(
    ("kind", "verdict"), [("delayed", Receipt.TEMPORARY), ("auto_reply", None), ("delivered", None)]
)
def test_what_is_no_bounce_changes_nothing(desk, key, kind, verdict):
    assert take_returned(desk.app, said(kind, verdict, key), LATER) == {kind: 1}
    assert noted(desk) == [Receipt.ACCEPTED]
    assert closed(desk) == []


def test_who_complains_gets_no_more_mail_and_the_message_counts_as_arrived(desk, key):
    for _ in range(2):
        assert take_returned(desk.app, said("complaint", None, key), LATER) == {"complaint": 1}
    assert noted(desk) == [Receipt.ACCEPTED]
    assert closed(desk) == [Channel.EMAIL]


def test_what_speaks_of_no_message_of_ours_is_kept_and_counted(desk, key):
    mails = [*said(key="of somebody else"), *said("complaint", None, "unknown", "m-2"), ("m-3", [])]
    assert take_returned(desk.app, mails, LATER) == {"hard": 1, "complaint": 1, "other": 1, "unmatched": 2}
    assert [one.arrived.ref for one in desk.app.readings.receipts_waiting()] == [""], "somebody else's words"
    assert closed(desk) == []
