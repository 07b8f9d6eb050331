"""The day until which a person may give their side of an alleged breach: never cut short, and moved along with a hold."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from words import MONDAY, NAVIGATOR, OIC, ON_THE_WAY, PROVIDER, SUPERVISOR, delivered, says, scheme, story

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.case import changed
from caseflow.domain.stage import CaseStage
from caseflow.domain.words import Actor, Channel, Opinion, Origin, Receipt, Role

CHANNEL = Actor("channel", Role.SYSTEM)

ALLEGED = (*ON_THE_WAY, says(c.OpenBreach("new_matter")))


def working(day: date, n: int) -> date:
    return scheme().calendar.add_working_days(day, n)


def test_asked_by_phone_the_person_has_no_less_time_than_in_writing():
    s = story(*ALLEGED)
    written = s.case.breach.side_by
    s.asks(c.AskSide(s.now.date()))
    assert (s.case.breach.side_by, s.case.breach.side_asked) == (written, True)
    s.asks(c.AskSide(written + timedelta(days=3)))
    assert s.case.breach.side_by == written + timedelta(days=3)


@pytest.mark.parametrize("by", [NAVIGATOR, SUPERVISOR])
def test_a_hold_moves_the_day_by_as_many_working_days(by):
    s = story(*ALLEGED)
    by_day, began = s.case.breach.side_by, s.now.date()
    s.asks(c.Hold(working(began, 9), "hospital"), by).days_pass(4)
    s.asks(c.Release(), by)
    assert s.last(ev.HoldEnded).side_by == working(by_day, scheme().calendar.working_days_between(began, s.now.date()))
    assert s.case.breach.side_by == s.last(ev.HoldEnded).side_by > by_day


def test_the_letter_names_a_day_that_is_still_to_come_when_a_hold_came_between():
    """Alleged on a Saturday, held before anybody could write."""
    s = story(*ON_THE_WAY, now=MONDAY, channel=delivered).days_pass(5)
    s.asks(c.OpenBreach("new_matter")).asks(c.Hold((s.now + timedelta(days=20)).date(), "illness")).days_pass(40)
    letters = [(at, send.fields["by"]) for at, send in s.sends if send.purpose == "your_side"]
    assert letters
    assert all(at.date() < by for at, by in letters)


def test_a_hold_that_began_before_the_allegation_counts_from_the_allegation():
    s = story(*ON_THE_WAY)
    s.asks(c.Hold(working(s.now.date(), 9), "hospital")).days_pass(4)
    s.asks(c.OpenBreach("new_matter"))
    opened, by_day = s.now.date(), s.case.breach.side_by
    s.days_pass(3).asks(c.Release())
    assert s.case.breach.side_by == working(by_day, scheme().calendar.working_days_between(opened, s.now.date()))


def test_where_nothing_is_alleged_or_one_thing_alone_was_held_no_day_moves():
    s = story(*ON_THE_WAY).asks(c.Hold(working(MONDAY.date(), 3), "crisis"))
    assert s.asks(c.Release()).last(ev.HoldEnded).side_by is None
    s = story(*ALLEGED).asks(c.Hold(working(MONDAY.date(), 3), "crisis", "officer_view"))
    assert s.refusals == []
    assert s.asks(c.Release("officer_view")).last(ev.HoldEnded).side_by is None


LATE = timedelta(days=9)


def asked_after(wait: timedelta, receipt: Receipt = Receipt.ACCEPTED):
    """The letter that asks for their side was written in time, and went out only so much later."""
    s = story(*ALLEGED)
    (letter,) = [send for _, send in s.sends if send.purpose == "your_side" and Channel.LETTER in send.channels]
    s.now += wait
    note = c.NoteDelivery(
        "k",
        letter.purpose,
        Channel.LETTER,
        receipt,
        "home",
        letter.expectation,
        letter.cycle,
        letter.rung,
        letter.subject,
    )
    return s.case.breach.side_by, s.asks(note, CHANNEL, Origin.CHANNEL)


def test_a_letter_that_lay_with_us_leaves_them_their_days_all_the_same():
    before, s = asked_after(LATE)
    assert s.now.date() > before
    assert s.case.breach.side_asked
    assert s.case.breach.side_by == working(s.now.date(), 3)
    s.asks(c.RecordView(Opinion.BREACHED)).asks(c.RecordView(Opinion.BREACHED), OIC).asks(c.HearProvider(), PROVIDER)
    assert s.asks(c.DecideBreach(Opinion.BREACHED, "no word"), OIC).refused() == "side_not_heard"


def test_a_letter_that_went_in_time_moves_no_day():
    before, s = asked_after(timedelta(hours=2))
    assert (s.case.breach.side_by, s.case.breach.side_asked) == (before, True)
    assert not [one for one in s.history if isinstance(one.event, ev.SideAsked)]


def test_a_letter_that_could_not_go_has_asked_nobody():
    before, s = asked_after(LATE, Receipt.PERMANENT)
    assert (s.case.breach.side_by, s.case.breach.side_asked) == (before, False)


def test_a_letter_that_we_write_late_names_a_day_that_is_still_to_come():
    """Alleged, and then nothing ran for two weeks."""
    s = story(*ON_THE_WAY).asks(c.OpenBreach("new_matter"))
    late = replace(s.case.breach, side_by=s.now.date() - timedelta(days=4))
    fields = CaseStage(changed(s.case, breach=late), scheme(), s.now).fields("your_side", None, None)
    assert fields["by"] == working(s.now.date(), 3)
    told = CaseStage(changed(s.case, breach=late), scheme(), s.now).fields("decision_breached", None, None)
    assert told["by"] == late.side_by
