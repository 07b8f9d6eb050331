"""Facts are reacted to and due rungs fire; what fails is counted, rests, and is shown."""

from dataclasses import replace
from datetime import timedelta

from caseflow.domain.case import Case
from caseflow.domain.commands import RecordContact
from caseflow.domain.effects import DropTasks, DropTimer, OpenTask, Send, SetTimer, Void
from caseflow.domain.events import ExpectationClosed, ExpectationOpened, RungFired
from caseflow.domain.words import Channel, ContactResult, Role, RungEnd
from caseflow.engine.advance import PATIENCE, fire_timers, react_events
from caseflow.engine.ports import Change
from caseflow.engine.stepping import sort_into
from tests.engine.conftest import MONDAY_10, days


def test_an_accepted_case_has_its_ladders_and_one_alarm_the_earliest(desk):
    desk.accepted()
    counts = react_events(desk.app)
    assert counts.claimed == 1
    stored = desk.memory.store.tables.streams["durham", "case-1"]
    assert stored.react_at is None
    assert stored.reacted == stored.stream.seq
    assert stored.wake_at == min(one.next_due for one in stored.stream.expectations.values() if one.next_due)
    assert {"first_contact", "first_meeting"} <= set(stored.stream.expectations)


def test_nothing_is_claimed_twice(desk):
    desk.accepted()
    react_events(desk.app)
    assert react_events(desk.app).claimed == 0
    assert fire_timers(desk.app).claimed == 0


def test_a_rung_fires_when_it_is_due_and_sets_the_next(desk):
    desk.accepted()
    desk.sweep()
    desk.go_to(MONDAY_10 + timedelta(hours=5))
    fired = [event for event in desk.history() if isinstance(event, RungFired) and event.expectation == "first_contact"]
    assert fired[0].end is RungEnd.FIRED
    assert fired[0].next is not None


def test_the_ladder_stops_at_once_when_the_reason_has_gone(desk):
    desk.accepted()
    desk.sweep()
    desk.ask(desk.asked(RecordContact(ContactResult.SPOKE), by=desk.navigator))
    react_events(desk.app)
    closed = [event.expectation for event in desk.history() if isinstance(event, ExpectationClosed)]
    assert "first_contact" in closed
    assert "first_contact" not in desk.memory.store.tables.timers["durham", "case-1"]


def test_reacting_rings_for_delivery_only_when_there_is_something_to_deliver(desk):
    desk.accepted()
    react_events(desk.app)
    assert desk.app.bell.rung["deliver.others"] == 1
    assert not desk.app.bell.rung["deliver.people"]


def lose_policy(desk):
    desk.memory.store.set_policies({})


def test_a_stream_that_fails_rests_and_its_neighbours_commit(desk):
    desk.with_policy("2", lambda policy: policy)
    assert not desk.ask(desk.refer("case-2", policy_version="2"))[0].refused
    desk.accepted("case-1")
    desk.with_policy("3", lambda policy: policy)  # version 2 is gone
    counts = react_events(desk.app)
    assert (counts.claimed, counts.failed, counts.parked) == (2, 1, 0)
    assert any(isinstance(event, ExpectationOpened) for event in desk.history("case-1"))
    assert react_events(desk.app).claimed == 0  # it rests
    desk.with_policy("2", lambda policy: policy)
    desk.pass_time(5)
    assert react_events(desk.app).failed == 0  # and goes on when the fault is mended


def test_after_five_failures_a_stream_is_parked_with_its_reason_and_rings_no_more(desk):
    desk.accepted()
    lose_policy(desk)
    for failures in range(1, PATIENCE + 1):
        counts = react_events(desk.app)
        assert counts.failed == 1, failures
        desk.pass_time(600)
    assert counts.parked == 1
    assert react_events(desk.app).claimed == 0
    (parked,) = desk.memory.store.tables.parked.values()
    assert parked.what == "stream"
    assert "durham/1" in parked.reason


def test_an_expectation_that_cannot_fire_is_parked_by_name_and_the_rest_of_the_case_goes_on(desk):
    desk.accepted()
    desk.sweep()

    def without_first_contact(policy):
        ladders = {name: ladder for name, ladder in policy.ladders.items() if name != "first_contact"}
        return replace(policy, ladders=ladders)

    desk.with_policy("1", without_first_contact)
    desk.go_to(MONDAY_10 + days(2))
    parked = {row.what for row in desk.memory.store.tables.parked.values()}
    assert parked == {"expectation:first_contact"}
    fired = {event.expectation for event in desk.history() if isinstance(event, RungFired)}
    assert "first_meeting" in fired
    stored = desk.memory.store.tables.streams["durham", "case-1"]
    assert stored.wake_at is None or stored.wake_at > desk.now


# ── sorting effects ──
def change():
    return Change(before_seq=0, stream=Case.__new__(Case))


def send(expectation, to=Role.PARTICIPANT):
    return Send("missed_session", to, "sam", (), "chase", expectation=expectation)


def timer(expectation, rung="text"):
    return SetTimer(expectation, 0, rung, MONDAY_10, "", "ladder")


def test_a_timer_set_and_dropped_in_one_step_is_gone():
    sorted_ = change()
    sort_into(sorted_, [timer("a"), timer("b"), DropTimer("a")])
    assert [one.expectation for one in sorted_.timers] == ["b"]
    assert sorted_.gone_timers == ["a"]


def test_a_timer_dropped_and_set_again_stands():
    sorted_ = change()
    sort_into(sorted_, [DropTimer("a"), timer("a"), timer("a", "call")])
    assert [(one.expectation, one.rung) for one in sorted_.timers] == [("a", "call")]


def test_a_notice_voided_in_the_step_that_wrote_it_never_reaches_the_outbox():
    sorted_ = change()
    sort_into(sorted_, [send("a"), send("b"), Void("gone", "a"), send("a")])
    assert [one.expectation for one in sorted_.sends] == ["b", "a"]


def test_taking_back_an_older_word_about_one_session_takes_nothing_else():
    moved = [Send("session_changed", Role.PARTICIPANT, "sam", (Channel.TEXT,), "service", subject=one) for one in "ab"]
    sorted_ = change()
    sort_into(sorted_, [*moved, send("a"), Void("moved again", purpose="session_changed", subject="a")])
    assert [(one.purpose, one.subject) for one in sorted_.sends] == [
        ("session_changed", "b"),
        (send("a").purpose, None),
    ]


def test_voiding_everything_spares_what_goes_to_officers():
    sorted_ = change()
    sort_into(sorted_, [send("a"), send("b", Role.OIC), Void("died")])
    assert [one.to for one in sorted_.sends] == [Role.OIC]


def test_a_task_dropped_in_the_step_that_opened_it_is_not_opened():
    sorted_ = change()
    tasks = [OpenTask(key, "call", Role.NAVIGATOR, "ring", expectation=key[0]) for key in ("a1", "a2", "b1")]
    sort_into(sorted_, [*tasks, DropTasks("met", expectation="a")])
    assert [task.key for task in sorted_.tasks] == ["b1"]
