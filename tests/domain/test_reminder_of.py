"""What became of reminding somebody of a session: said beside the question whether its absence is a strike."""

from datetime import timedelta

import pytest
from words import MONDAY, NAVIGATOR

from caseflow.domain import events as ev
from caseflow.domain.case import Session
from caseflow.domain.reading import reminder_of
from caseflow.domain.words import Channel, ContactResult, Origin, Receipt

START = MONDAY + timedelta(days=7)
SESSION = Session("s1", START, "session", "i1", "pro-1", "12 High St", enforceable=True, status="missed")
BOOKED = (0, ev.SessionBooked("s1", START, "session", "i1", "pro-1", "12 High St", enforceable=True))
MOVED = (5, ev.SessionMoved("s1", START, "participant"))


def text(receipt, purpose="session_reminder", subject="s1", day=5):
    noted = ev.DeliveryNoted(
        "k1", purpose, Channel.TEXT, receipt, "sam-text", f"session:{subject}", 0, "two_days", subject, reached=False
    )
    return day, noted


def spoke(day, about=None, result=ContactResult.SPOKE):
    return day, ev.ContactRecorded(result, "phone", about)


@pytest.mark.parametrize(
    ("then", "found"),
    [
        ((), "none"),
        ((text(Receipt.DELIVERED),), "reached"),
        ((text(Receipt.ACCEPTED),), "went"),
        ((text(Receipt.ACCEPTED), text(Receipt.PERMANENT)), "went"),
        ((text(Receipt.ACCEPTED), text(Receipt.DELIVERED)), "reached"),
        ((text(Receipt.DROPPED),), "left_out"),
        ((text(Receipt.DELIVERED), text(Receipt.DROPPED, "session_reminder_short")), "reached"),
        ((text(Receipt.DELIVERED, subject="s2"),), "none"),
        ((text(Receipt.DELIVERED, "missed_session", day=8),), "none"),
        ((text(Receipt.DELIVERED, day=4), MOVED), "none"),
        ((spoke(5),), "reached"),
        ((spoke(2),), "none"),
        ((spoke(2, "s1"),), "reached"),
        ((spoke(5, "s2"),), "none"),
        ((spoke(8, "s1"),), "none"),
        ((spoke(5, result=ContactResult.NO_ANSWER),), "none"),
    ],
)
def test_a_session_is_known_to_have_been_spoken_of_or_not(then, found):
    history = [
        ev.Recorded("c", seq, event, at, at, NAVIGATOR, Origin.PERSON, "x")
        for seq, (at, event) in enumerate(((MONDAY + timedelta(days=day), event) for day, event in (BOOKED, *then)), 1)
    ]
    assert reminder_of(SESSION, history) == found
