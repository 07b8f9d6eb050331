"""Cases move to another published version through the engine: recorded once, and the clock follows."""

from dataclasses import replace
from datetime import timedelta

from caseflow.domain.calendar import Offset
from caseflow.domain.commands import MovePolicy
from caseflow.domain.events import PolicyMoved
from caseflow.domain.policy import Policy


def later(policy: Policy) -> Policy:
    """The second call a working day later."""
    ladder = policy.ladder("first_contact")
    rungs = tuple(replace(r, at=Offset.parse("+2wd")) if r.id == "call_again" else r for r in ladder.rungs)
    changed = {**policy.ladders, "first_contact": replace(ladder, rungs=rungs)}
    opens = {signal: tuple(changed[one.name] for one in those) for signal, those in policy.opens.items()}
    return replace(policy, ladders=changed, opens=opens)


def moved(desk, to: str, case: str = "case-1"):
    return desk.ask(desk.asked(MovePolicy(to, "txt"), case))[0]


def test_a_moved_case_goes_on_by_the_new_version_and_its_neighbour_by_the_old_one(desk):
    desk.with_policy("2", later)
    desk.accepted("case-1", "case-2")
    desk.sweep()
    desk.go_to(desk.now + timedelta(hours=5))
    assert not moved(desk, "2").refused
    desk.sweep()
    due = {name: desk.stream(name).expectations["first_contact"].next_due for name in ("case-1", "case-2")}
    assert due["case-1"] == due["case-2"] + timedelta(days=1)
    desk.go_to(due["case-2"])
    assert "call_again" in desk.stream("case-2").expectations["first_contact"].fired
    assert "call_again" not in desk.stream("case-1").expectations["first_contact"].fired
    desk.go_to(due["case-1"])
    assert "call_again" in desk.stream("case-1").expectations["first_contact"].fired
    fired = [one for one in desk.events("case-1") if one.caused_by.startswith("rung:first_contact/call_again")]
    assert all("policy:2" in one.caused_by for one in fired)


def test_asked_twice_it_is_moved_once_and_it_can_be_moved_back(desk):
    desk.with_policy("2", later)
    desk.accepted()
    desk.sweep()
    before = desk.stream().expectations
    once = desk.asked(MovePolicy("2", "txt"))
    desk.ask(once)
    desk.ask(once)
    assert len([one for one in desk.history() if isinstance(one, PolicyMoved)]) == 1
    assert not moved(desk, "1").refused
    assert desk.stream().policy_version == "1"
    assert desk.stream().expectations == before


def test_a_version_that_nobody_published_is_refused(desk):
    desk.accepted()
    answer = moved(desk, "99")
    assert (answer.code, "durham/99" in answer.words) == ("unknown_policy", True)
