"""The day until which a person may give their side of an alleged breach: never cut short, and moved along with a hold."""

from datetime import date, timedelta

import pytest
from words import MONDAY, NAVIGATOR, ON_THE_WAY, SUPERVISOR, delivered, says, scheme, story

from caseflow.domain import commands as c
from caseflow.domain import events as ev

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
