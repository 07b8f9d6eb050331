"""What can be done about one session, one item, one step: what a page shows beside it, and what takes a fact back."""

from datetime import timedelta

import pytest
from words import ON_THE_WAY, attends, books, days_pass, delivered, misses, says, spoken_to, story

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain import journey, offers
from caseflow.domain.words import OPEN_STATES

READY = (*ON_THE_WAY, spoken_to())


def can(told, session="s1"):
    return offers.for_session(told.case, told.case.sessions[session], told.policy, told.now)


@pytest.mark.parametrize(
    ("chapters", "expected"),
    [
        ((books("s1"),), ("move_session", "cancel_session", "excuse")),
        ((books("s1"), attends("s1")), ("record_attendance",)),
        ((books("s1"), misses("s1")), ("excuse", "rule_session", "confirm_strike", "record_attendance")),
        ((books("s1", item="i2"), misses("s1")), ("excuse", "rule_session", "record_attendance")),
        ((books("s1"), says(c.CancelSession("s1", "navigator"))), ()),
        ((books("s1"), misses("s1"), says(c.Excuse("s1", "illness"))), ("withdraw_excuse", "record_attendance")),
        ((books("s1"), misses("s1"), says(c.RuleSession("s1", "not_known"))), ("excuse", "record_attendance")),
        (
            (books("s1"), misses("s1"), spoken_to("s1"), says(c.ConfirmStrike("s1"))),
            ("excuse", "waive_strike", "dispute_strike", "uphold_strike", "record_attendance"),
        ),
        ((books("s1"), misses("s1"), says(c.Withdraw())), ("excuse",)),
    ],
)
def test_a_session_offers_what_makes_sense_for_it(chapters, expected):
    told = story(*READY, *chapters, channel=delivered)
    assert can(told) == expected
    if told.case.state in OPEN_STATES:
        assert set(expected) <= set(journey.offered(told.case))


def test_a_session_that_has_begun_is_recorded_first():
    told = story(*READY, books("s1"), channel=delivered)
    told.until(told.case.sessions["s1"].start - timedelta(minutes=30))
    assert can(told)[0] == "record_attendance"


def test_an_item_offers_nothing_once_it_is_behind_them():
    told = story(*READY, says(c.NoteItemDone("i1")), channel=delivered)
    assert offers.for_item(told.case, "i1") == ()
    assert "note_item_done" in offers.for_item(told.case, "i2")


def test_the_step_that_comes_next_can_be_overruled_but_not_the_end_of_a_hold():
    told = story(*READY, books("s1"), channel=delivered)
    assert offers.for_step(told.case, "session:s1", told.policy) == ("bring_forward", "hold", "skip_rung")
    assert offers.for_step(told.case, "nothing", told.policy) == ()
    told.asks(c.Hold((told.now + timedelta(days=7)).date(), "crisis"))
    assert offers.for_step(told.case, "session:s1", told.policy) == ()
    assert offers.for_step(told.case, "hold:case", told.policy) == ()


def test_what_is_taken_back_is_as_if_it_had_not_been():
    told = story(*READY, books("s1"), channel=delivered)
    held = told.asks(c.Hold((told.now + timedelta(days=7)).date(), "crisis")).last(ev.Held)
    back = offers.opposite(held, told.case)
    assert back == c.Release()
    assert told.asks(back).case.holds == {}
    assert offers.opposite(held, told.case) is None
    told.asks(c.Hold((told.now + timedelta(days=7)).date(), "crisis", "session:s1"))
    assert offers.opposite(told.last(ev.Held), told.case) == c.Release("session:s1")


def test_an_accepted_reason_is_taken_back_while_it_stands_and_a_message_never():
    told = story(*READY, books("s1"), misses("s1"), says(c.Excuse("s1", "illness")), channel=delivered)
    excused = told.last(ev.SessionExcused)
    assert offers.opposite(excused, told.case) == c.WithdrawExcuse("s1")
    told.asks(c.WithdrawExcuse("s1"))
    assert offers.opposite(excused, told.case) is None
    for one in told.history:
        assert offers.opposite(one.event, told.case) is None


def test_nothing_is_taken_back_on_a_journey_that_is_over():
    told = story(*READY, books("s1"), misses("s1"), says(c.Excuse("s1", "illness")), days_pass(1), says(c.Withdraw()))
    assert offers.opposite(told.last(ev.SessionExcused), told.case) is None
