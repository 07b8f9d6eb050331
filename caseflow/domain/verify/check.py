"""Every property against every model of a policy: proved over so many states, or refuted with the shortest story found.

A model's outcome depends on little of a policy. It is kept by what it depends on, so that disposals that are alike, and
policies that differ in one ladder, are explored once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from caseflow.domain.notices import KINDS
from caseflow.domain.policy import Policy
from caseflow.domain.verify.explore import Found, Story
from caseflow.domain.verify.models import PARTS, only
from caseflow.domain.verify.moves import PARTIES
from caseflow.domain.verify.outcomes import Outcome, fingerprint, play_ladder, play_part
from caseflow.domain.verify.properties import LOOKS, MOST_A_WEEK, PROPERTIES, Worded, no_prosecution, worded
from caseflow.domain.words import Channel, Role


@dataclass(frozen=True, slots=True)
class Verdict:
    """One property of one policy. `where` names the model a refutation comes from, `how` what the proof looked at."""

    name: str
    title: str
    proved: bool
    states: int
    how: str
    where: str = ""
    why: str = ""
    story: Story = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A policy's verdicts in the order of PROPERTIES; the states and steps of all models, those kept from before included."""

    scheme: str
    version: str
    verdicts: tuple[Verdict, ...]
    models: int
    states: int
    steps: int

    @property
    def proved(self) -> bool:
        return all(verdict.proved for verdict in self.verdicts)


Memo = dict[Any, Outcome]


def verify(policy: Policy, words: Worded, memo: Memo | None = None, *, first: bool = False) -> Report:
    """Explore the models of a policy and judge every property. Raises Unplayable where a model cannot be explored whole.

    `words` is what there is to say, as data: without texts nothing is checked of words. `memo` is shared between calls.
    `first`: stop at the first model in which something is refuted.
    """
    kept: Memo = {} if memo is None else memo
    outcomes: list[tuple[str, Outcome]] = []
    found: dict[str, list[tuple[str, Found]]] = {name: [] for name in PROPERTIES}
    for name, why, where in _standing(policy, words):
        found[name].append((where, Found(name, why, ())))
    for where, outcome in _outcomes(policy, kept):
        if first and any(found.values()):
            break
        outcomes.append((where, outcome))
        for name, one in outcome.found.items():
            found[name].append((where, one))
        if outcome.free is not None and outcome.free[0] > policy.contact.chases_per_week:
            many, ladder, story = outcome.free
            why = f"{many} messages in a week from {ladder.replace('_', ' ')} that no budget holds back"
            found["budget"].append((where, Found("budget", why, story)))
        for name, one in _of_words(policy, where.partition(",")[0], words, outcome):
            found[name].append((where, one))
    if not first:
        opened = {one.name for _, one in outcomes if one.opened}
        for name in sorted({one.name for _, one in outcomes} - opened):
            found["goes_on"].append((name, Found("goes_on", "nothing that was tried ever opens it", ())))
    distinct = {id(outcome): outcome for _, outcome in outcomes}.values()
    states = sum(one.states for one in distinct)
    worst = max((one.worst for one in distinct), default=0)
    return Report(
        policy.scheme,
        policy.version,
        tuple(_verdict(name, found[name], states, _how(name, policy, worst)) for name in PROPERTIES),
        len(distinct),
        states,
        sum(one.steps for one in distinct),
    )


def _verdict(name: str, found: list[tuple[str, Found]], states: int, how: str) -> Verdict:
    if not found:
        return Verdict(name, PROPERTIES[name], True, states, how)
    where, first = min(found, key=lambda one: (len(one[1].story), one[0]))
    return Verdict(name, PROPERTIES[name], False, states, how, where, first.why, first.story)


def _how(name: str, policy: Policy, worst: int) -> str:
    limit = policy.contact.chases_per_week
    return {
        "can_end": "from every open state a way leads to an end of the scheme's own",
        "goes_on": "left alone, every state comes to rest",
        "budget": f"held to {limit} when a message is sent; a ladder left alone asks for at most {worst} in a week",
        "hours": "every message in every state, and every ladder opened at every hour of the day, round a week",
        "languages": "every message that any state sends, and every one that a rung names",
        "no_prosecution": "the texts of every message that any state sends",
    }.get(name, "every fact in every state")


# ── models ──────────────────────────────────────────────────────────────────────────────────────
def _outcomes(policy: Policy, memo: Memo) -> Iterator[tuple[str, Outcome]]:
    for disposal in policy.disposals:
        for outcome in _models(policy, disposal, memo):
            yield f"{disposal}, {outcome.name}", outcome


def _models(policy: Policy, disposal: str, memo: Memo) -> Iterator[Outcome]:
    for name in policy.disposals[disposal].ladders:
        cut = only(policy, disposal, frozenset({name}))
        play = partial(play_ladder, cut, disposal, cut.ladders[name])
        yield _kept(memo, (f"ladder {name}", fingerprint(cut, disposal)), play)
    for part in PARTS:
        cut = only(policy, disposal, frozenset(), in_breach=part.in_breach)
        yield _kept(memo, (part.name, fingerprint(cut, disposal)), partial(play_part, cut, disposal, part))


def _kept(memo: Memo, key: Any, make: Callable[[], Outcome]) -> Outcome:
    if key not in memo:
        memo[key] = make()
    return memo[key]


# ── words, and what stands still ────────────────────────────────────────────────────────────────
def _of_words(policy: Policy, disposal: str, words: Worded, outcome: Outcome) -> Iterator[tuple[str, Found]]:
    if not words.texts:
        return
    for send, story in outcome.said.values():
        if why := worded(policy, words, send):
            yield "languages", Found("languages", why, story)
        if why := no_prosecution(policy, words, replace(story[-1].world.case, disposal=disposal), send):
            yield "no_prosecution", Found("no_prosecution", why, story)


def _standing(policy: Policy, words: Worded) -> Iterator[tuple[str, str, str]]:
    """What can be read off a policy without playing it: (property, why, place)."""
    people = {*PARTIES, Role.NAVIGATOR, Role.PROVIDER, Role.SERGEANT, *policy.team}
    if policy.contact.chases_per_week > MOST_A_WEEK:
        yield (
            "budget",
            f"a budget of {policy.contact.chases_per_week} a week is more than {MOST_A_WEEK}",
            "contact.auto_chases_per_week",
        )
    for ladder in policy.ladders.values():
        where = f"ladders.{ladder.name}"
        if ladder.owner not in people:
            yield "looked_at", f"it belongs to the {ladder.owner}, and nobody is that", f"{where}.owner"
        for rung in ladder.rungs:
            for act in rung.acts:
                place = f"{where}.{rung.id}"
                if rung.chase and act.to is Role.PARTICIPANT and act.message and KINDS.get(act.message) != "chase":
                    yield "budget", f"{act.message} is no chase: the week's budget would not hold it back", place
                for why in _unworded(policy, words, act.message, act.channels):
                    yield "languages", why, place
        if ladder.stream != "case" and not {act.do for act in ladder.rungs[-1].acts} & {*LOOKS, "digest"}:
            yield "looked_at", "its last rung reaches nobody", where


def _unworded(policy: Policy, words: Worded, message: str, channels: tuple[Channel, ...]) -> Iterator[str]:
    if message and words.texts:
        for language in policy.languages:
            for channel in channels:
                if (message, channel.value, language) not in words.texts:
                    yield f"{message.replace('_', ' ')} has no {channel.value} in {language}"
