"""Policies, proved and refuted: what is shipped, three broken schemes with their stories, and every mutant.

Playing all the states of a scheme takes some ten seconds, once: the models are kept in `memo`, and a mutant plays only
those that it changes.
"""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from caseflow.cli.proofs import story_lines
from caseflow.domain import events as ev
from caseflow.domain.case import HoldOn, changed
from caseflow.domain.verify import PROPERTIES, Memo, Unplayable, Worded, verify
from caseflow.domain.verify.explore import explore
from caseflow.domain.verify.models import (
    PARTS,
    only,
    opening_beat,
    openings,
    setting_for,
    start_of,
    told,
    touching,
)
from caseflow.domain.verify.moves import Moves, Setting
from caseflow.domain.verify.properties import SPEAKS_OF_PROSECUTION, fact_checks
from caseflow.domain.verify.world import World, ask, chain, outline
from caseflow.domain.words import Actor, Opinion, Origin, Refused, Role
from caseflow.messages.catalogue import CATALOGUE
from caseflow.messages.worded import worded
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import read_scheme
from caseflow.settings.scheme_mutants import MUTANTS, judged_one, prepared

pytestmark = pytest.mark.proof

BROKEN = Path(__file__).parents[1] / "data" / "policies"
DURHAM = config_dir() / "schemes" / "durham" / "1.yaml"


@pytest.fixture(scope="module")
def words() -> Worded:
    return worded()


@pytest.fixture(scope="module")
def memo() -> Memo:
    return {}


@pytest.fixture(scope="module")
def durham(words, memo):
    policy = read_scheme(DURHAM, catalogue=CATALOGUE)
    return policy, verify(policy, words, memo)


# ── what is shipped ─────────────────────────────────────────────────────────────────────────────
def test_the_shipped_scheme_keeps_every_property_in_every_state(durham):
    _, report = durham
    assert {one.name: one.why for one in report.verdicts if not one.proved} == {}
    assert [one.name for one in report.verdicts] == list(PROPERTIES)
    assert report.states > 10_000, "a proof over few states says that the models have lost something"


def test_the_models_reach_what_the_properties_speak_of(durham, memo):
    """A property of something that never happens proves nothing."""
    said = {purpose for outcome in memo.values() for purpose, *_ in outcome.said}
    assert {
        "missed_session",
        "your_move",
        "strike_letter",
        "your_side",
        "decision_breached",
        "decision_carry_on",
    } <= said
    assert {"first_contact", "no_answer", "plan_copy", "stopped", "completed", "provider_waiting", "survey"} <= said
    assert all(outcome.opened for outcome in memo.values())


def test_policies_that_differ_in_nothing_a_model_can_see_are_played_once(durham, words, memo):
    policy, report = durham
    before = len(memo)
    again = verify(policy, words, memo)
    assert (again, len(memo)) == (report, before)


# ── broken schemes ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["never-decided", "nobody-looks", "by-night"])
def test_a_broken_scheme_is_refuted_with_its_story(name, durham, words, memo):
    policy = read_scheme(BROKEN / "schemes" / name / "1.yaml", catalogue=CATALOGUE)
    report = verify(policy, words, memo)
    told_ = {
        one.title: {"where": one.where, "story": story_lines(policy, one)} for one in report.verdicts if not one.proved
    }
    golden = BROKEN / f"{name}.story.json"
    assert told_ == json.loads(golden.read_text(encoding="utf-8"))


# ── mutants ─────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def content(durham):
    return prepared(DURHAM)


def test_there_are_mutants_enough_and_each_has_its_own_name():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 30


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_is_caught_or_does_no_harm(mutant, content, words, memo):
    found = judged_one(mutant, content, DURHAM, words, CATALOGUE, memo)
    assert found.end in ({"harmless"} if mutant.harmless else {"refused", "refuted"}), found.why


# ── the outline ─────────────────────────────────────────────────────────────────────────────────
SAMPLE = 120


def _next(policy, world: World, moves, *, fine: bool) -> set[Any]:
    """What may be done next, and to which outline it leads."""
    found = set()
    for move in moves:
        for command, by, origin in move.ask(world):
            beat = ask(policy, world, command, by, world.now, origin)
            if not isinstance(beat, Refused) and beat.facts:
                found.add((move.name, outline(policy, beat.world, fine=fine)))
    return found


def _differ(policy, starts, picked, about=None) -> tuple[int, int]:
    """Of how many pairs of different worlds that count as one, how many may not do the same next."""
    fine = about is None
    met: dict[Any, list[World]] = {}

    def watch(beat, tell):
        same = met.setdefault(outline(policy, beat.world, fine=fine), [])
        if len(same) < 2 and all(world != beat.world for world in same) and (fine or about(beat.world)):
            same.append(beat.world)
        return ()

    explore(policy, starts, picked, watch, 30_000, about)
    pairs = [worlds for worlds in met.values() if len(worlds) == 2]
    pairs = pairs[:: max(1, len(pairs) // SAMPLE)]
    return len(pairs), sum(
        _next(policy, one, picked, fine=fine) != _next(policy, other, picked, fine=fine) for one, other in pairs
    )


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_worlds_of_one_outline_may_do_the_same_next(part):
    """What is left out of an outline decides nothing: else a proof over outlines would prove nothing of worlds."""
    policy = only(read_scheme(DURHAM), "deferred_prosecution", frozenset(), in_breach=part.in_breach)
    moves = Moves(policy, policy.disposals["deferred_prosecution"], Setting(), part.sessions)
    first = opening_beat(policy, "deferred_prosecution", start_of(policy), Setting())
    starts = [story for script in part.scripts if (story := told(policy, (first,), moves, script))]
    pairs, differ = _differ(policy, starts, moves.pick(part.moves))
    assert pairs > 20
    assert differ == 0


@pytest.mark.parametrize("name", ["first_contact", "session", "missed_session", "breach_decision", "strike_in_writing"])
def test_worlds_of_one_outline_of_a_ladder_may_do_the_same_next(name):
    """But for the order of two moments of one day after a hold, which an outline does not tell (ADR 41)."""
    policy = only(read_scheme(DURHAM), "deferred_prosecution", frozenset({name}))
    ladder = policy.ladders[name]
    moves = Moves(policy, policy.disposals["deferred_prosecution"], setting_for(ladder), 1)
    ways = openings(policy, "deferred_prosecution", ladder, moves)

    def about(world: World) -> bool:
        return any(e.ladder == name and e.status in {"open", "held"} for e in world.case.expectations.values())

    picked = moves.pick(touching(policy, ladder, moves, "deferred_prosecution"))
    pairs, differ = _differ(policy, [way.story for way in ways], picked, about)
    assert pairs > 5
    assert differ <= pairs / 20


# ── the properties themselves ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("words", "threatens"),
    [
        ("You may be prosecuted.", True),
        ("The Court will hear of it.", True),
        ("This is a breach of what we agreed.", True),
        ("You could be charged.", True),
        ("Gallech gael eich erlyn.", True),
        ("Bydd y llys yn clywed.", True),
        ("Gallech gael eich cyhuddo, neu fynd i lys.", True),
        ("They may take it further.", True),
        ("The officer in charge will tell you.", False),
        ("Advice is free of charge.", False),
        ("Well done, there is nothing more to do.", False),
    ],
)
def test_which_words_speak_of_prosecution(words, threatens):
    assert bool(SPEAKS_OF_PROSECUTION.search(words)) is threatens


def _story_to(script: str):
    policy = only(read_scheme(DURHAM), "deferred_prosecution", frozenset())
    moves = Moves(policy, policy.disposals["deferred_prosecution"], Setting())
    first = opening_beat(policy, "deferred_prosecution", start_of(policy), Setting())
    found = told(policy, (first,), moves, script)
    assert found is not None
    return policy, found[-1]


def test_a_forged_breach_is_seen():
    """The checks do not trust the code: facts that it would never make are refuted."""
    policy, beat = _story_to("accept assess plan new_matter ask_side view_navigator view_oic")
    told = beat.world.case
    views = {role: replace(view, opinion=Opinion.CARRY_ON) for role, view in told.breach.views.items()}
    heard = changed(told, breach=replace(told.breach, side="given", views=views))
    supervisor = Actor("sup-1", Role.SUPERVISOR)
    navigators = {Role.NAVIGATOR: replace(views[Role.NAVIGATOR], opinion=Opinion.BREACHED)}
    differ = changed(heard, breach=replace(heard.breach, views={**views, **navigators}))
    alone = changed(heard, breach=replace(heard.breach, views=navigators))
    held = changed(differ, holds={"case": HoldOn("case", beat.world.now, beat.world.now.date(), beat.world.now, "ill")})
    long_ago = changed(alone, breach=replace(alone.breach, side_by=beat.world.now.date() - timedelta(days=1)))
    for case, by, reasons, origin, why in (
        (heard, Actor("system", Role.SYSTEM), "as found", Origin.TIMER, "no person decided it"),
        (heard, supervisor, " ", Origin.PERSON, "no reasons were given"),
        (told, supervisor, "as found", Origin.PERSON, "still had time to give their side"),
        (held, supervisor, "as found", Origin.PERSON, "on hold"),
        (differ, Actor("nav-1", Role.NAVIGATOR), "as found", Origin.PERSON, "decided alone"),
        (heard, supervisor, "as found", Origin.PERSON, "overruled two views that were one"),
        (alone, supervisor, "as found", Origin.PERSON, "did not wait for a view"),
        (differ, Actor("nav-1", Role.SUPERVISOR), "as found", Origin.PERSON, "a view of their own"),
        (differ, supervisor, "as found", Origin.PERSON, ""),
        (long_ago, supervisor, "as found", Origin.PERSON, ""),
    ):
        decision = ev.Decision(by, Opinion.BREACHED, reasons, {}, True, "", None)
        record = ev.Recorded(
            "case-1", case.seq + 1, ev.Breached(decision), beat.world.now, beat.world.now, by, origin, "x"
        )
        fact = next(iter(chain(case, [record], policy)))
        assert [name for name, _ in fact_checks(policy, fact)] == (["shared_breach"] if why else [])
        assert why in next(iter(fact_checks(policy, fact)), ("", ""))[1]


def test_a_forged_strike_is_seen():
    policy, beat = _story_to("accept assess plan_offered_only book begun missed")
    case, by = beat.world.case, Actor("nav-1", Role.NAVIGATOR)
    struck = ev.StrikeConfirmed("s1", 1, by, "spoke", 1, None)
    record = ev.Recorded("case-1", case.seq + 1, struck, beat.world.now, beat.world.now, by, Origin.PERSON, "x")
    fact = next(iter(chain(case, [record], policy)))
    assert {name for name, _ in fact_checks(policy, fact)} == {"reached_strike", "voluntary"}


def test_a_policy_that_takes_nobody_in_cannot_be_played(words):
    policy = read_scheme(DURHAM)
    with pytest.raises(Unplayable, match="was refused"):
        verify(replace(policy, refuse_older_than_days=-1), words)
