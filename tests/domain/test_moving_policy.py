"""A case moves from one version of its policy to another: what changes, what does not, and what may not be lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moves import Tale, play, tales
from words import (
    NAVIGATOR,
    ON_THE_WAY,
    SUPERVISOR,
    Story,
    accepted,
    books,
    misses,
    referred,
    says,
    scheme,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain import plan
from caseflow.domain.calendar import Offset
from caseflow.domain.policy import Ladder, Policy, Rung

OLD = scheme()


def with_rungs(policy: Policy, ladder: str, change: Callable[[tuple[Rung, ...]], tuple[Rung, ...]]) -> Policy:
    """This policy as version 2, with other rungs on one ladder."""
    was = policy.ladder(ladder)
    rungs = change(was.rungs)
    now = replace(was, rungs=rungs, by_rung={rung.id: number for number, rung in enumerate(rungs)})
    return with_ladders(policy, {**policy.ladders, ladder: now})


def with_ladders(policy: Policy, ladders: dict[str, Ladder]) -> Policy:
    opens = {signal: tuple(one for one in ladders.values() if signal in one.opens) for signal in policy.opens}
    return replace(policy, version="2", ladders=ladders, opens=opens)


def at(rung_id: str, offset: str) -> Callable[[tuple[Rung, ...]], tuple[Rung, ...]]:
    return lambda rungs: tuple(replace(r, at=Offset.parse(offset)) if r.id == rung_id else r for r in rungs)


def without(*ids: str) -> Callable[[tuple[Rung, ...]], tuple[Rung, ...]]:
    return lambda rungs: tuple(r for r in rungs if r.id not in ids)


def of_disposal(policy: Policy, **changes: Any) -> Policy:
    rules = replace(policy.disposals["deferred_prosecution"], **changes)
    return replace(policy, version="2", disposals={**policy.disposals, "deferred_prosecution": rules})


def moves(told: Story, onto: Policy, text: str | None = "txt-1", by: Any = SUPERVISOR) -> Story:
    """Somebody moves the case; from then on the new version counts, as the engine looks it up."""
    told.asks(c.MovePolicy(onto.version, text), by, onto=onto)
    if told.case is not None and told.case.policy_version == onto.version:
        told.policy = onto
    return told


@pytest.fixture
def chased() -> Story:
    """Accepted on a Monday, rung and texted without an answer; ringing again is next, on Tuesday."""
    told = story(referred, accepted).until(story(referred, accepted).now + timedelta(hours=5))
    assert told.case is not None
    assert told.case.expectations["first_contact"].next == "call_again"
    return told


def test_the_next_step_comes_when_the_new_version_says(chased: Story) -> None:
    onto = with_rungs(OLD, "first_contact", at("call_again", "+2wd"))
    before = chased.case.expectations["first_contact"]
    moves(chased, onto)
    after = chased.case.expectations["first_contact"]
    assert chased.case.policy_version == "2"
    assert (after.next, after.next_due) == ("call_again", before.next_due + timedelta(days=1))
    assert [p.expectation for p in chased.last(ev.PolicyMoved).plans] == ["first_contact"], "and nothing else changes"


def test_moving_back_gives_back_what_was(chased: Story) -> None:
    before = chased.case.expectations
    moves(chased, with_rungs(OLD, "first_contact", at("call_again", "+2wd")))
    moves(chased, OLD)
    assert chased.case.policy_version == "1"
    assert chased.case.expectations == before


def test_a_step_that_a_person_brought_forward_stays_where_the_versions_agree(chased: Story) -> None:
    chased.asks(c.BringForward("first_contact", "they rang the office"), NAVIGATOR)
    before = chased.case.expectations["first_contact"]
    moves(chased, with_rungs(OLD, "first_meeting", at("stuck", "due+9wd")))
    assert chased.case.expectations["first_contact"] == before


def test_where_the_next_step_is_gone_the_one_after_it_comes_and_the_ladder_goes_on_to_its_end(chased: Story) -> None:
    moves(chased, with_rungs(OLD, "first_contact", without("call_again", "text")))
    found = chased.case.expectations["first_contact"]
    assert found.next == "ask_oic"
    assert (found.prev_rung, found.acked) == (None, True), "a step nobody knows any more holds up nothing"
    chased.days_pass(30)
    assert not chased.parked
    assert "decide" in chased.case.expectations["first_contact"].fired


def test_nothing_comes_sooner_than_now_and_never_all_at_once(chased: Story) -> None:
    chased.days_pass(2)
    moves(chased, with_rungs(OLD, "first_contact", lambda rungs: tuple(
        replace(r, at=Offset.parse("+0d")) if r.id not in {"call", "text"} else r for r in rungs)))  # fmt: skip
    due = chased.case.expectations["first_contact"].next_due
    assert due >= chased.now
    sent = len(chased.sends)
    chased.until(chased.now + timedelta(hours=1))
    chases = [s for _, s in chased.sends[sent:] if s.kind == "chase"]
    assert len(chases) <= 1


def test_what_is_on_hold_stays_on_hold(chased: Story) -> None:
    until = (chased.now + timedelta(days=7)).date()
    chased.asks(c.Hold(until, "illness"), NAVIGATOR)
    moves(chased, with_rungs(OLD, "first_contact", at("call_again", "+2wd")))
    assert chased.case.expectations["first_contact"].status == "held"
    sent = len(chased.sends)
    chased.days_pass(5)
    assert len(chased.sends) == sent
    chased.days_pass(30)
    assert not chased.parked


def test_the_navigator_is_asked_to_say_so_where_a_plan_was_signed() -> None:
    told = story(*ON_THE_WAY)
    moves(told, with_rungs(OLD, "no_answer", at("call", "+9wd")))
    assert any("rules of this case have changed" in task.title for task in told.tasks.values())


def test_moved_again_the_navigator_is_asked_once() -> None:
    told = story(*ON_THE_WAY)
    moves(told, with_rungs(OLD, "no_answer", at("call", "+9wd")))
    (first,) = (task for task in told.tasks.values() if "rules of this case" in task.title)
    told.asks(c.MovePolicy("1", "txt-2"), SUPERVISOR, onto=OLD)
    (second,) = (task for task in told.tasks.values() if "rules of this case" in task.title)
    assert second is not first


def test_moving_to_the_version_it_has_is_nothing_new(chased: Story) -> None:
    seen = len(chased.history)
    chased.asks(c.MovePolicy("1", "txt-1"), SUPERVISOR, onto=OLD)
    assert (len(chased.history), chased.refused()) == (seen, "")


REFUSED: list[tuple[str, Policy, str]] = [
    ("the disposal is gone", replace(OLD, version="2", disposals={
        k: v for k, v in OLD.disposals.items() if k != "deferred_prosecution"}), "disposal_gone"),
    ("a ladder that waits is gone", with_ladders(OLD, {k: v for k, v in OLD.ladders.items() if k != "first_contact"}),
     "ladder_gone"),
    ("the ladder does not run for the disposal", of_disposal(OLD, ladders=("first_meeting",)), "ladder_gone"),
    ("no step is left", with_rungs(OLD, "first_contact", lambda rungs: rungs[:2]), "rung_gone"),
    ("another scheme's", replace(scheme("dyfed-powys"), version="2"), "unknown_policy"),
]  # fmt: skip


@pytest.mark.parametrize(("onto", "code"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_a_version_that_would_lose_something_is_refused(chased: Story, onto: Policy, code: str) -> None:
    moves(chased, onto)
    assert chased.refused() == code
    assert chased.case.policy_version == "1"


@pytest.mark.parametrize(
    ("text", "by", "code"), [(None, SUPERVISOR, "say_why"), ("txt-1", NAVIGATOR, "not_yours")], ids=["why", "who"]
)
def test_it_needs_a_reason_and_a_supervisor(chased: Story, text: str | None, by: Any, code: str) -> None:
    moves(chased, replace(OLD, version="2"), text, by)
    assert chased.refused() == code


HARSHER = (
    replace(OLD, version="2", strikes=replace(OLD.strikes, breach_opens_at=1)),
    of_disposal(of_disposal(OLD), breach_leads_to="may_be_prosecuted"),
)


def test_after_the_plan_is_signed_nobody_is_moved_to_rules_that_may_lead_to_more() -> None:
    mild = of_disposal(OLD, breach_leads_to="oic_reconsiders")
    for onto in (HARSHER[0], HARSHER[1]):
        told = story(*ON_THE_WAY, policy=replace(mild, version="1"))
        moves(told, onto)
        assert told.refused() == "harsher"
    told = story(*ON_THE_WAY)
    moves(told, mild)
    assert told.case.policy_version == "2", "to milder ones they may be"


def test_while_a_breach_is_decided_the_rules_stay() -> None:
    told = story(*ON_THE_WAY, books("s1"), misses("s1"), says(c.OpenBreach("new_matter"), SUPERVISOR))
    assert told.case.breach is not None, told.refusals
    moves(told, replace(OLD, version="2"))
    assert told.refused() == "breach_open"


def thinner(policy: Policy) -> Policy:
    """Every ladder with its first and last rung, and every second between."""
    for name, ladder in policy.ladders.items():
        last = len(ladder.rungs) - 1
        keep = {r.id for n, r in enumerate(ladder.rungs) if n % 2 == 0 or n == last}
        policy = with_rungs(policy, name, lambda rungs, keep=keep: tuple(r for r in rungs if r.id in keep))
    return policy


def slower(policy: Policy) -> Policy:
    """Every working day of an offset one more."""

    def later(rung: Rung) -> Rung:
        at = rung.at
        return replace(rung, at=replace(at, amount=at.amount + 1)) if at.unit == "wd" and at.amount > 0 else rung

    for name in policy.ladders:
        policy = with_rungs(policy, name, lambda rungs: tuple(map(later, rungs)))
    return policy


@settings(max_examples=150, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(tales(), st.sampled_from([thinner, slower]))
def test_wherever_a_journey_stands_it_moves_and_goes_on_or_stays_as_it_was(
    tale: Tale, change: Callable[[Policy], Policy]
) -> None:
    told = play(tale)
    old, onto = told.policy, change(told.policy)
    before = told.case
    moves(told, onto)
    if told.case.policy_version == old.version:
        assert told.case == before
        assert told.refused() in {"journey_over", "breach_open", "rung_gone"}
        return
    for found in told.case.expectations.values():
        if found.status in {"open", "held"} and found.next is not None:
            assert found.next in onto.ladder(found.ladder).by_rung
            assert found.status == "held" or found.next_due >= min(told.now, before.expectations[found.id].next_due)
    told.days_pass(40)
    assert told.parked == []
    assert plan.replay(told.history, old.scheme) == told.case
    if told.case.open and told.case.breach is None:
        moves(told, old)
        assert told.case.policy_version == old.version, told.refused()
    told.days_pass(40)
    assert told.parked == []
