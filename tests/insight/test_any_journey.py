"""Whatever people do, in whatever order: lived again under its own policy, a journey is the same journey."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import moves
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moves import Tale, Watched, tales
from words import NAVIGATOR

from caseflow.domain import commands as c
from caseflow.domain.policy import Act, Policy
from caseflow.domain.words import Actor, Origin, Refused, Role
from caseflow.engine.as_it_was import next_rung
from caseflow.insight.asked import past_of
from caseflow.insight.replay import Life, replay, replay_both
from caseflow.insight.whatif import differing


class Unhurried(Watched):
    """People say one thing a minute, so that each is heard before the next; the clock never stands still for them."""

    def asks(
        self, command: c.Command, by: Actor = NAVIGATOR, origin: Origin = Origin.PERSON, at: datetime | None = None
    ) -> Any:
        if self.case is not None and origin is not Origin.CHANNEL:
            self.until(self.now + timedelta(minutes=1))
        return super().asks(command, by, origin, at)


def told(tale: Tale) -> Watched:
    """Without outages (a replay has none), and with no word of a channel but about what it was just given."""
    kept = tuple(
        (name, n, 1) if name == "days" else (name, n, m)
        for name, n, m in tale.moves
        if name not in {"receipt", "answer"}
    )
    return moves.play(replace(tale, moves=kept), Unhurried)


@settings(
    max_examples=200, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(tales())
def test_any_journey_is_lived_again_fact_by_fact(tale):
    s = told(tale)
    life = replay(past_of(s.history, s.policy), s.policy, s.policy, s.now)
    assert isinstance(life, Life)
    assert not life.refused
    assert life.events == s.history
    assert life.case == s.case


def slower(policy: Policy, name: str) -> Policy:
    """The same, but that every rung of one ladder that counts in working days comes a day later, and pauses otherwise."""
    ladder = policy.ladders[name]
    rungs = tuple(
        replace(one, at=replace(one.at, amount=one.at.amount + 1)) if one.at.unit == "wd" and one.at.amount > 0 else one
        for one in ladder.rungs
    )
    changed = replace(ladder, rungs=rungs, pauses_in_breach=not ladder.pauses_in_breach)
    ladders = {**policy.ladders, name: changed}
    opens = {signal: tuple(ladders[one.name] for one in some) for signal, some in policy.opens.items()}
    return replace(policy, ladders=ladders, opens=opens, digest=f"slower {name}")


@settings(
    max_examples=60, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(
    tales(),
    st.sampled_from(["first_contact", "missed_session", "session", "plan_agreed", "no_answer", "breach_decision"]),
)
def test_of_any_journey_both_lives_are_those_lived_whole(tale, name):
    s = told(tale)
    past, new = past_of(s.history, s.policy), slower(s.policy, name)
    differ = differing(s.policy, new)
    assert differ == {f"{name}/{rung.id}" for rung in s.policy.ladders[name].rungs} | {f"{name}/"}
    old, other = replay_both(past, s.policy, new, s.now, differ)
    assert old == replay(past, s.policy, s.policy, s.now)
    assert other == replay(past, new, s.policy, s.now)


def from_there(policy: Policy, name: str, first: int) -> Policy:
    """The same, but that one ladder's rungs come a day later from this one on, and one more comes at the end."""
    ladder = policy.ladders[name]
    tail = [
        replace(one, at=replace(one.at, amount=one.at.amount + 1))
        if one.at.unit == "wd"
        else replace(one, expires=None)
        for one in ladder.rungs[first:]
    ]
    another = replace(ladder.rungs[-1], id="another", acts=(Act("task", Role.NAVIGATOR, task="Look again"),))
    rungs = (*ladder.rungs[:first], *tail, another)
    changed = replace(ladder, rungs=rungs, by_rung={one.id: number for number, one in enumerate(rungs)})
    ladders = {**policy.ladders, name: changed}
    opens = {signal: tuple(ladders[one.name] for one in some) for signal, some in policy.opens.items()}
    return replace(policy, ladders=ladders, opens=opens, digest=f"from {name} {first}")


def without_words(life: Life | Refused) -> Life | Refused:
    """A message may name the last day of its ladder, which is another one: all but that."""
    if isinstance(life, Refused):
        return life
    notices = [replace(one, send=replace(one.send, fields={})) for one in life.notices]
    return replace(life, notices=notices)


@settings(
    max_examples=120, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(
    tales(),
    st.sampled_from(
        ["first_contact", "missed_session", "session", "attendance", "no_answer", "completion", "referral"]
    ),
    st.integers(0, 5),
)
def test_of_any_journey_both_lives_are_one_until_a_rung_that_differs_stands_next(tale, name, first):
    s = told(tale)
    first = min(first, len(s.policy.ladders[name].rungs))
    past, new = past_of(s.history, s.policy), from_there(s.policy, name, first)
    differ = differing(s.policy, new)
    assert differ is not None
    assert f"{name}/" in differ
    whole = replay(past, s.policy, s.policy, s.now), replay(past, new, s.policy, s.now)
    both = replay_both(past, s.policy, new, s.now, differ)
    assert [without_words(one) for one in both] == [without_words(one) for one in whole]
    reached = {next_rung(one.event) for one in s.history}
    if differ.isdisjoint(reached):
        assert without_words(whole[0]) == without_words(whole[1]), "and is counted as it was"
