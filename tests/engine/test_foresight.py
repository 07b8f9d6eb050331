"""The look-ahead on the engine itself: what waits in the outbox, what is set aside, what the week's budget leaves."""

from dataclasses import replace
from datetime import timedelta

from caseflow.domain.words import Role, RungEnd
from caseflow.engine.advance import fire_timers
from caseflow.engine.foresight import foresee
from caseflow.engine.ports import Parking


def dossier(desk, case="case-1"):
    return desk.app.readings.dossiers("durham", ids=[case])[0]


def foreseen(desk, days=60):
    one = dossier(desk)
    return foresee(one, desk.app.policy("durham", "1"), desk.now, desk.now + timedelta(days=days))


def test_it_is_told_from_facts_nobody_has_reacted_to_yet(desk):
    desk.accepted()
    said = {(one.expectation, one.rung) for one in foreseen(desk).coming}
    assert ("first_contact", "text") in said
    assert ("first_meeting", "book") in said


def test_looking_ahead_writes_nothing(desk):
    desk.accepted()
    before = dossier(desk)
    foreseen(desk)
    assert dossier(desk) == before
    assert desk.sent() == []


def test_nothing_comes_of_a_case_that_is_set_aside_nor_of_a_ladder_that_is(desk):
    desk.accepted()
    desk.sweep()
    one, policy = dossier(desk), desk.app.policy("durham", "1")
    assert foresee(replace(one, parked=True), policy, desk.now).coming == []
    aside = Parking("case-1", "expectation:first_contact", "cannot be worked out", desk.now, "durham")
    with desk.app.store.begin() as unit:
        unit.park([aside])
    assert "first_contact" not in {each.expectation for each in foreseen(desk).coming}
    assert "first_meeting" in {each.expectation for each in foreseen(desk).coming}


def test_what_then_happens_is_what_was_said(desk):
    desk.accepted()
    desk.sweep()
    said = [(one.at, one.rung, one.end) for one in foreseen(desk).coming if one.end is not RungEnd.BLOCKED]
    before, start = len(desk.events()), desk.now
    desk.go_to(start + timedelta(days=60))
    came = [
        (one.recorded_at, one.event.rung, one.event.end)
        for one in desk.events()[before:]
        if type(one.event).__name__ == "RungFired" and one.event.end is not RungEnd.BLOCKED
    ]
    assert sorted(said) == sorted(came)
    assert len(came) > 5
    assert any(message.to for message in desk.sent())


def test_what_waits_in_the_outbox_is_reckoned_to_go(desk):
    desk.accepted()
    desk.sweep()
    text = next(one for one in foreseen(desk).coming if (one.expectation, one.rung) == ("first_contact", "text"))
    desk.go_to(text.at - timedelta(minutes=1))
    desk.memory.store.set_clock(text.at)
    fire_timers(desk.app)  # written, not sent
    assert [one.state for one in dossier(desk).notices if one.to == "participant"] == ["ready"]
    said = [(one.at, one.rung) for one in foreseen(desk).coming if one.expectation == "first_contact"]
    desk.sweep()
    assert said == [(one.at, one.rung) for one in foreseen(desk).coming if one.expectation == "first_contact"]
    assert not [one for one in foreseen(desk).coming if one.end is RungEnd.BLOCKED]


def test_it_says_what_goes_to_whom_and_what_is_asked_of_whom(desk):
    desk.accepted()
    desk.sweep()
    text = next(one for one in foreseen(desk).coming if (one.expectation, one.rung) == ("first_contact", "text"))
    assert [(send.purpose, send.to) for send in text.sends] == [("first_contact", Role.PARTICIPANT)]
    call = next(one for one in foreseen(desk).coming if (one.expectation, one.rung) == ("first_contact", "call"))
    assert [task.owner for task in call.tasks] == [Role.NAVIGATOR]
