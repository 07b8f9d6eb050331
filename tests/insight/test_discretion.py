"""Discretion is counted for the scheme; small numbers and people's own words stay hidden."""

from dataclasses import replace

from caseflow.domain import events as ev
from caseflow.engine.readings import History
from caseflow.insight.discretion import FACTS, OWN_WORDS, Counted, Kind, count, shown
from caseflow.store import codec


def histories(lived) -> list[History]:
    return [History(case.id, case.events) for case in lived.cases]


def counted(lived, *more: History) -> dict[str, Kind]:
    into = Counted()
    count([*histories(lived), *more], lived.policy, into)
    return {one.kind: one for one in shown(into)}


def test_excuses_are_a_share_of_absences_by_reason(lived):
    facts = [one.event for case in lived.cases for one in case.events]
    excused = [one for one in facts if isinstance(one, ev.SessionExcused) and one.reason != "on_hold"]
    absent = {
        (case.id, one.event.session)
        for case in lived.cases
        for one in case.events
        if isinstance(one.event, ev.SessionMissed | ev.SessionExcused)
    }
    found = counted(lived)["excused"]
    assert (found.count, found.of, found.base) == (len(excused), "absences", len(absent))
    assert found.per_cent == round(100 * len(excused) / len(absent), 1)
    shown_ones = {one.reason: one.count for one in found.reasons if one.count is not None}
    assert shown_ones
    assert all(number == sum(one.reason == reason for one in excused) for reason, number in shown_ones.items())


def bent(lived, times: int, reason: str) -> History:
    first = lived.cases[0].events[0]
    waived = ev.StrikeWaived("s1", first.actor, reason)
    struck = ev.StrikeConfirmed("s1", 1, first.actor, "spoke", 1)
    strikes = [replace(first, seq=2 + number, event=struck) for number in range(40)]
    return History("more", (*strikes, *(replace(first, seq=50 + number, event=waived) for number in range(times))))


def test_a_reason_in_somebodys_own_words_is_counted_and_never_shown(lived):
    found = counted(lived, bent(lived, 9, "She told me about her mother"))["waived"]
    assert [one.reason for one in found.reasons] == [OWN_WORDS]
    assert found.count == 9


def test_fewer_than_five_are_hidden_with_their_rate_and_reasons(lived):
    found = counted(lived, bent(lived, 3, "crisis"))["waived"]
    assert found.count is found.per_cent is None
    assert found.reasons == ()


def test_what_the_engine_does_by_itself_is_no_discretion(lived):
    first = lived.cases[0].events[0]
    own = [
        replace(first, event=ev.SessionExcused("s", "on_hold")),
        replace(first, event=ev.HoldEnded("case", None, ())),
    ]
    into = Counted()
    count([History("one", tuple(own))], lived.policy, into)
    assert not into.kinds


def test_only_kinds_of_fact_that_exist_are_asked_for():
    assert codec.EVENT_KINDS.keys() >= FACTS
