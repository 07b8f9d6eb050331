"""Whole stories: strikes, and what named people decide about them."""

from datetime import timedelta

import pytest
from words import (
    OIC,
    ON_THE_WAY,
    PROVIDER,
    SERGEANT,
    SUPERVISOR,
    Story,
    attends,
    books,
    days_pass,
    delivered,
    lost,
    misses,
    says,
    spoken_to,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.words import Actor, Attendance, Channel, Opinion, Origin, Receipt, Role, State

STRIKE_1 = (*ON_THE_WAY, books("s1"), misses("s1"), days_pass(2), spoken_to("s1"), says(c.ConfirmStrike("s1")))
STRIKE_2 = (
    *STRIKE_1, spoken_to("strike"), books("s2", 14), misses("s2"), days_pass(2), spoken_to("s2"),
    says(c.ConfirmStrike("s2")),
)  # fmt: skip
HEARD = (says(c.RecordSide(text="t1")), says(c.HearProvider(), PROVIDER))


def views(navigator: Opinion, oic: Opinion):
    def chapter(told: Story) -> Story:
        return told.asks(c.RecordView(navigator)).asks(c.RecordView(oic), OIC)

    return chapter


def decides(outcome: Opinion, by: Actor = SUPERVISOR, reasons: str = "t9", **more: str):
    return says(c.DecideBreach(outcome, reasons, **more), by)


def test_a_strike_needs_somebody_to_have_been_reached():
    told = story(*ON_THE_WAY, books("s1"), misses("s1"), days_pass(12), says(c.ConfirmStrike("s1")), channel=lost)
    assert told.refused() == "not_reached"
    assert told.case.strikes == ()


def test_sent_is_not_delivered():
    told = story(
        *ON_THE_WAY, books("s1"), misses("s1"), days_pass(12), says(c.ConfirmStrike("s1")),
        channel=lambda send: Receipt.ACCEPTED,
    )  # fmt: skip
    assert told.refused() == "not_reached"


def test_a_text_delivered_to_a_number_they_confirmed_is_proof():
    told = story(*ON_THE_WAY, books("s1"), misses("s1"), days_pass(12), says(c.ConfirmStrike("s1")), channel=delivered)
    assert [s.session for s in told.case.strikes] == ["s1"]
    assert told.last(ev.StrikeConfirmed).evidence == "delivered"


def test_the_first_strike_is_a_call_and_then_a_letter_never_a_text():
    told = story(*STRIKE_1, days_pass(10), channel=delivered)
    strike = [send for _, send in told.sends if send.purpose == "strike_letter"]
    assert [send.channels for send in strike] == [(Channel.LETTER,)]
    assert told.state is State.ENGAGED


def test_an_excuse_that_comes_after_the_strike_takes_it_away():
    told = story(*STRIKE_1, says(c.Excuse("s1", "illness")), channel=delivered)
    assert told.last(ev.SessionExcused).strike_removed
    assert told.case.strikes == ()


def test_a_second_miss_before_the_warning_reached_them_is_no_second_strike():
    told = story(
        *ON_THE_WAY, books("s1"), books("s2", 8), misses("s1"), misses("s2"), spoken_to(), says(c.ConfirmStrike("s1")),
        says(c.ConfirmStrike("s2")), channel=lost,
    )  # fmt: skip
    assert told.refused() == "not_warned"
    assert len(told.case.strikes) == 1


def test_two_strikes_open_a_breach_and_ask_everyone():
    told = story(*STRIKE_2, days_pass(3), channel=delivered)
    assert told.last(ev.BreachOpened).cause == "strike_2"
    assert told.sent("officer_view_request") == ["officer_view_request"]
    assert told.sent("provider_view_request") == ["provider_view_request"]
    assert "your_side" in told.sent()
    assert told.state is State.ENGAGED


def test_views_that_agree_are_carried_out_by_either_of_them():
    told = story(
        *STRIKE_2, *HEARD, views(Opinion.CARRY_ON, Opinion.CARRY_ON), decides(Opinion.CARRY_ON, OIC), channel=delivered
    )
    assert told.state is State.ENGAGED
    assert told.case.breach is None
    assert len(told.case.strikes) == 1
    assert told.sent("decision_carry_on") == ["decision_carry_on"]


def test_views_that_differ_go_to_the_supervisor():
    chapters = (*STRIKE_2, *HEARD, views(Opinion.BREACHED, Opinion.CARRY_ON))
    told = story(*chapters, decides(Opinion.BREACHED, OIC), channel=delivered)
    assert told.refused() == "views_differ"
    told.asks(c.DecideBreach(Opinion.BREACHED, "t9"), SUPERVISOR)
    assert told.state is State.BREACHED
    decision = told.last(ev.Breached).decision
    assert decision.by == SUPERVISOR
    assert decision.reasons == "t9"
    assert decision.views == {Role.NAVIGATOR: Opinion.BREACHED, Role.OIC: Opinion.CARRY_ON}
    told.days_pass(40)
    assert told.sent("decision_breached") == ["decision_breached"]
    assert told.sent("officer_ended")


def test_a_missing_view_is_never_agreement():
    told = story(
        *STRIKE_2, *HEARD, says(c.RecordView(Opinion.BREACHED)), decides(Opinion.BREACHED, OIC), channel=delivered
    )
    assert told.refused() == "view_missing"


def test_a_sergeant_may_give_the_view_for_an_oic_who_is_off_shift():
    told = story(
        *STRIKE_2, *HEARD, says(c.RecordView(Opinion.END)),
        says(c.RecordView(Opinion.END, for_role=Role.OIC), SERGEANT), decides(Opinion.END, OIC), channel=delivered,
    )  # fmt: skip
    assert told.state is State.ENDED
    assert told.last(ev.Ended).decision is not None


def test_both_views_must_come_from_two_people():
    both = Actor("nav-1", Role.OIC)
    told = story(*STRIKE_2, says(c.RecordView(Opinion.BREACHED)), says(c.RecordView(Opinion.BREACHED), both))
    assert told.refused() in {"same_person", "no_breach"}


def test_nobody_is_breached_before_they_could_give_their_side():
    told = story(
        *STRIKE_2, says(c.HearProvider(), PROVIDER), views(Opinion.BREACHED, Opinion.BREACHED), channel=delivered
    )
    told.asks(c.DecideBreach(Opinion.BREACHED, "t9"), SUPERVISOR)
    assert told.refused() in {"side_not_asked", "side_not_heard"}
    assert told.state is State.ENGAGED


def test_no_decision_in_time_means_that_they_carry_on_with_one_strike():
    told = story(*STRIKE_2, days_pass(30), channel=delivered)
    assert "BreachLapsed" in told.kinds()
    assert told.state is State.ENGAGED
    assert len(told.case.strikes) == 1


def test_reasons_are_needed_and_an_unread_answer_stops_a_decision():
    told = story(
        *STRIKE_2,
        *HEARD,
        views(Opinion.BREACHED, Opinion.BREACHED),
        decides(Opinion.BREACHED, reasons=" "),
        channel=delivered,
    )
    assert told.refused() == "say_why"
    told.asks(c.NoteAnswer("free", needs_reading=True, text="t3"), origin=Origin.CHANNEL)
    told.asks(c.DecideBreach(Opinion.BREACHED, "t9"), SUPERVISOR)
    assert told.refused() == "unread_answer"
    told.asks(c.ReadAnswer(next(iter(told.case.unread))))
    told.asks(c.DecideBreach(Opinion.BREACHED, "t9"), SUPERVISOR)
    assert told.state is State.BREACHED


@pytest.mark.parametrize("by", [Actor("system", Role.SYSTEM), Actor("per-1", Role.PARTICIPANT), PROVIDER])
def test_neither_clock_nor_channel_nor_provider_decides(by: Actor):
    told = story(
        *STRIKE_2, *HEARD, views(Opinion.BREACHED, Opinion.BREACHED), decides(Opinion.BREACHED, by), channel=delivered
    )
    assert told.refused() in {"not_a_person", "not_yours"}
    assert told.state is State.ENGAGED


def test_a_new_matter_goes_to_the_panel_and_is_never_a_strike():
    told = story(*ON_THE_WAY, says(c.NoteNewMatter()), channel=delivered)
    assert told.last(ev.BreachOpened).cause == "new_matter"
    assert told.case.strikes == ()


def test_a_strike_fades_with_time():
    told = story(
        *STRIKE_1, spoken_to("strike"), days_pass(60), books("s2"), misses("s2"), spoken_to("s2"), channel=delivered
    )
    told.asks(c.ConfirmStrike("s2"))
    assert told.last(ev.StrikeConfirmed).number == 1
    assert told.case.breach is None


def test_a_disputed_strike_is_looked_at_again_before_anything_follows_and_then_stands_or_not():
    told = story(*STRIKE_1, says(c.DisputeStrike("s1")), channel=delivered)
    assert [task.owner for key, task in told.tasks.items() if key == "dispute:s1"] == [Role.SUPERVISOR]
    told.days_pass(12)  # the policy's own step asks for the same, where nobody has looked yet
    assert sum("disputed" in task.title for task in told.tasks.values()) == 2
    told.asks(c.UpholdStrike("s1", "The text arrived, and nobody had moved it"), SUPERVISOR)
    assert not any("disputed" in task.title for task in told.tasks.values())
    assert (told.case.strikes[0].upheld, told.case.strikes[0].disputed) == (True, False)
    assert told.tasks["upheld:s1"].owner is Role.NAVIGATOR
    assert told.days_pass(10).tasks.keys().isdisjoint({"dispute:s1"})


@pytest.mark.parametrize(
    "put_right",
    [
        c.RecordAttendance("s1", Attendance.ATTENDED),
        c.RecordAttendance("s1", Attendance.NOT_HELD, "service_cancelled"),
        c.Excuse("s1", "illness"),
    ],
    ids=["came after all", "our mistake", "excused"],
)
def test_nobody_looks_again_at_a_strike_that_has_gone(put_right):
    told = story(*STRIKE_1, says(c.DisputeStrike("s1")), channel=delivered).days_pass(12)
    assert sum("disputed" in task.title for task in told.tasks.values()) == 2
    told.asks(put_right)
    assert told.refusals == []
    assert not any("disputed" in task.title for task in told.tasks.values())


def test_where_nobody_decides_in_time_nobody_looks_again_at_the_strike_that_is_not_kept():
    told = story(*STRIKE_2, says(c.DisputeStrike("s2")), channel=delivered)
    assert "dispute:s2" in told.tasks
    told.days_pass(20)
    assert told.last(ev.BreachLapsed)
    assert "dispute:s2" not in told.tasks


def test_a_disputed_strike_is_reviewed_and_may_be_waived():
    told = story(*STRIKE_1, says(c.DisputeStrike("s1")), days_pass(12), channel=delivered)
    assert any("disputed" in task.title for task in told.tasks.values())
    told.asks(c.WaiveStrike("s1", "service_fault"), SUPERVISOR)
    assert told.case.strikes == ()
    assert not any("disputed" in task.title for task in told.tasks.values())


def test_what_we_hear_of_too_late_is_never_a_strike():
    told = story(*ON_THE_WAY, books("s1"), channel=delivered)
    told.until(told.case.sessions["s1"].start + timedelta(days=12))
    misses("s1")(told).asks(c.ConfirmStrike("s1"))
    assert told.refused() == "known_too_late"


def test_attendance_put_right_after_the_fact_takes_the_strike_away():
    told = story(*STRIKE_1, attends("s1"), channel=delivered)
    assert told.case.strikes == ()
    assert told.case.sessions["s1"].status == "attended"
