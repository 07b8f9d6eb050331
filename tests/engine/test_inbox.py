"""What streams and channels say to each other is recorded like anything a person says."""

from caseflow.domain.commands import Accept, ListParticipant, RecordContact
from caseflow.domain.words import ContactResult
from caseflow.engine.inbox import absorb


def put(desk, *asked):
    with desk.app.store.begin() as unit:
        unit.add_inbox([("durham", one) for one in asked])


def test_waiting_commands_are_recorded_in_order_and_only_once(desk):
    desk.accepted()
    spoke = desk.asked(RecordContact(ContactResult.SPOKE))
    listed = desk.asked(ListParticipant("provider", "2022-01", "case-1", "DUR-22-1", "item", "1"), "return-1")
    put(desk, spoke, listed)
    put(desk, spoke)
    before = len(desk.events())
    assert absorb(desk.app).claimed == 2
    assert absorb(desk.app).claimed == 0
    assert len(desk.events()) == before + 1
    assert desk.stream("return-1").participants


def test_a_refused_command_is_answered_and_waits_no_longer(desk):
    put(desk, desk.asked(Accept("nobody"), "nowhere", id_="lost"))
    absorb(desk.app)
    row = desk.memory.store.tables.inbox["durham", "lost"]
    assert (row.state, row.code) == ("refused", "unknown_stream")
    assert absorb(desk.app).claimed == 0


def test_a_command_that_cannot_be_worked_out_is_parked_and_its_neighbours_are_recorded(desk):
    desk.with_policy("2", lambda policy: policy)
    desk.ask(desk.refer("case-2", policy_version="2"))
    desk.accepted("case-1")
    desk.with_policy("3", lambda policy: policy)
    put(
        desk,
        desk.asked(Accept(desk.navigator.person), "case-2", id_="broken"),
        desk.asked(RecordContact(ContactResult.SPOKE), "case-1"),
    )
    counts = absorb(desk.app)
    assert (counts.claimed, counts.parked) == (2, 1)
    assert [row.what for row in desk.memory.store.tables.parked.values()] == ["command:broken"]
    assert absorb(desk.app).claimed == 0


def test_new_facts_from_the_inbox_ring_for_reacting(desk):
    desk.accepted()
    rung = desk.app.bell.rung["react"]
    put(desk, desk.asked(RecordContact(ContactResult.SPOKE)))
    absorb(desk.app)
    assert desk.app.bell.rung["react"] == rung + 1
