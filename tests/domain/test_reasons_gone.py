"""Nobody is chased, reminded or rung after the reason has gone: death, a changed plan, a conversation, a wrong end."""

from datetime import timedelta

import pytest
from words import (
    ITEMS,
    NAVIGATOR,
    ON_THE_WAY,
    PROVIDER,
    SUPERVISOR,
    Story,
    accepted,
    assessed,
    attends,
    books,
    days_pass,
    delivered,
    engaged,
    met,
    misses,
    referred,
    says,
    spoken_to,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain import effects as fx
from caseflow.domain import events as ev
from caseflow.domain.words import AddressStatus, Channel, ItemKind, Role

I2 = c.Item("i2", ItemKind.ENFORCEABLE, "letter of apology", provider="pro-2")


def since(s: Story, told: int) -> list[str]:
    return [send.purpose for _, send in s.sends[told:] if send.to is Role.PARTICIPANT]


def test_death_after_the_end_stops_what_still_goes_out_after_an_end():
    s = story(*ON_THE_WAY, says(c.NoteItemDone("i1")), says(c.Complete()))
    told = len(s.sends)
    s.asks(c.NoteDeath()).days_pass(30)
    assert since(s, told) == []
    assert any(isinstance(v, fx.Void) and v.expectation is None for v in s.voids)


def test_death_during_the_journey_leaves_only_a_task_for_the_supervisor_and_news_for_the_officers():
    s = story(*ON_THE_WAY, books("s1"), days_pass(1))
    told = len(s.sends)
    s.asks(c.NoteDeath()).days_pass(60)
    assert since(s, told) == []
    assert [t.owner for t in s.tasks.values()] == [Role.SUPERVISOR]
    assert {send.purpose for _, send in s.sends[told:]} == {"officer_ended"}


def test_an_item_left_out_of_a_new_plan_is_dropped_with_its_sessions_and_nobody_speaks_of_it_again():
    s = story(referred, accepted, met, assessed, says(c.AgreePlan((*ITEMS[:1], I2), signed=True, read_back=True)))
    s.asks(c.ReferOn("i2", "pro-2"))
    s.asks(c.BookSession("s2", s.now + timedelta(days=9), item="i2"))
    s.asks(c.ReferOn("i2", "pro-3"))
    told = len(s.sends)
    s.asks(c.AgreePlan(ITEMS[:1], signed=True, read_back=True))
    assert s.last(ev.ItemDropped).item == "i2"
    assert s.case.sessions["s2"].status == "cancelled"
    s.days_pass(40)
    assert not {"provider_waiting", "session_reminder"} & set(since(s, told))
    assert "session_cancelled" in since(s, told)
    assert [t.command.item for t in s.tells if isinstance(t.command, c.UnlistParticipant)] == ["i2", "i2"], "once each"


def test_an_item_that_comes_back_into_the_plan_is_asked_for_again():
    s = story(*ON_THE_WAY, says(c.DropItem("i1", "no place")), engaged, says(c.Complete()))
    assert s.refused() == "items_open"


def test_an_item_that_is_dropped_takes_its_coming_sessions_with_it():
    s = story(*ON_THE_WAY, books("s1"), says(c.DropItem("i1", "no place nearby")))
    told = len(s.sends)
    s.days_pass(20)
    assert "session_reminder" not in since(s, told)
    assert s.case.sessions["s1"].status == "cancelled"


@pytest.mark.parametrize("talk", [c.AgreeContact(), c.AgreePlan(ITEMS, signed=True, read_back=True)])
def test_what_is_agreed_with_the_person_is_a_conversation_and_ends_the_first_chase(talk: c.Command):
    s = story(referred, accepted, assessed, says(talk))
    assert s.case.expectations["first_contact"].status == "met"


def test_a_plan_that_nobody_follows_up_is_asked_after_ten_working_days():
    s = story(*ON_THE_WAY, days_pass(16), channel=delivered)
    assert s.case.expectations["no_answer"].fired[:1] == ("call",)


def test_a_reopened_journey_reminds_of_what_is_still_in_the_diary():
    s = story(*ON_THE_WAY, books("s1", 20), says(c.Withdraw()), days_pass(2), says(c.Reopen("a mistake"), SUPERVISOR))
    told = len(s.sends)
    s.days_pass(25)
    assert "session_reminder" in since(s, told)
    assert "session_outcome_request" in s.sent("session_outcome_request")


def test_a_blocked_number_is_nobodys_task_once_the_journey_is_over():
    block = c.NoteAddress(Channel.TEXT, "adr-phone", AddressStatus.BLOCKED)
    s = story(*ON_THE_WAY, says(c.Withdraw()), says(block))
    assert not [key for key in s.tasks if key.startswith("address:")]


def test_a_hold_is_over_when_the_journey_is():
    hold = lambda s: s.asks(c.Hold((s.now + timedelta(days=9)).date(), "crisis"))  # noqa: E731
    s = story(*ON_THE_WAY, spoken_to(), hold, says(c.Withdraw()), says(c.Reopen("a mistake"), SUPERVISOR))
    assert s.case.holds == {}
    assert s.asks(c.Release(), NAVIGATOR).refused() == "not_on_hold"


def test_a_provider_of_a_dropped_item_is_off_its_return():
    s = story(*ON_THE_WAY, says(c.DropItem("i1", "moved away"), PROVIDER), says(c.DropItem("i1", "moved away")))
    gone = [t for t in s.tells if isinstance(t.command, c.UnlistParticipant)]
    assert [t.command.provider for t in gone] == ["pro-1"]


@pytest.mark.parametrize("arrived", [False, True])
def test_a_chase_that_waits_for_its_hour_does_not_go_out_in_a_hold(arrived):
    s = story(referred, accepted, days_pass(0.3), channel=delivered if arrived else None)
    assert s.sent("first_contact") == ["first_contact"]
    s.asks(c.Hold((s.now + timedelta(days=7)).date(), "bereavement"))
    assert ("first_contact" in [v.expectation for v in s.voids]) is not arrived


@pytest.mark.parametrize("arrived", [False, True])
def test_a_chase_that_waits_for_its_hour_does_not_go_out_while_a_breach_is_decided(arrived):
    s = story(*ON_THE_WAY, books("s1"), misses("s1"), days_pass(2), channel=delivered if arrived else None)
    assert s.sent("missed_session") == ["missed_session"]
    s.asks(c.OpenBreach("new_matter"))
    taken_back = [v.expectation for v in s.voids if v.reason == "a breach is being decided"]
    assert ("missed_session:s1" in taken_back) is not arrived


def test_a_session_is_no_first_meeting_and_the_supervisor_still_hears_that_none_was_held():
    """Found by `caseflow policy verify`: nobody was asked to look at who came to a session, but never to a first meeting."""
    told = story(referred, accepted, books("s1", in_days=2, item=None), attends("s1"), days_pass(30))
    assert "first_meeting/0/late/0" in told.tasks
    assert "first_meeting/0/stuck/0" in told.tasks
