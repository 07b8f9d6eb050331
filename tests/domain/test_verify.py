"""Policies, proved and refuted: what is shipped, three broken schemes with their stories, and every mutant.

Playing all the states of a scheme takes some ten seconds, once: the models are kept in `memo`, and a mutant plays only
those that it changes.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from caseflow.cli.proofs import story_lines
from caseflow.domain import effects as fx
from caseflow.domain import events as ev
from caseflow.domain.verify import PROPERTIES, Memo, Unplayable, Worded, verify
from caseflow.domain.verify import check as checking
from caseflow.domain.verify.explore import explore
from caseflow.domain.verify.models import only, opening_beat, openings, start_of, told, touching
from caseflow.domain.verify.moves import Moves, Setting
from caseflow.domain.verify.properties import SPEAKS_OF_PROSECUTION, fact_checks, hours
from caseflow.domain.verify.world import Fact, World, ask, next_moment, outline, wait
from caseflow.domain.words import Actor, Channel, Origin, Refused, Role
from caseflow.messages.catalogue import CATALOGUE
from caseflow.messages.worded import worded
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import read_scheme
from caseflow.settings.scheme_mutants import MUTANTS, judged_one, prepared

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
    said = {purpose for outcome in memo.values() for purpose, _, _ in outcome.said}
    assert {"missed_session", "your_move", "strike_letter", "your_side", "decision_breached", "decision_carry_on"} <= said
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
def _next(policy, world: World, moves, *, fine: bool) -> set[Any]:
    """The outlines one step on."""
    found = set()
    for move in moves:
        for command, by, origin in move.ask(world):
            beat = ask(policy, world, command, by, world.now, origin)
            if not isinstance(beat, Refused) and beat.facts:
                found.add((move.name, outline(policy, beat.world, fine=fine)))
    return found


@pytest.mark.parametrize("part", [part for part in checking.PARTS if part.name != "breach"], ids=lambda part: part.name)
def test_worlds_of_one_outline_can_do_the_same(part):
    """What is left out of an outline decides nothing: of two worlds that count as one, both may do the same next."""
    policy = only(read_scheme(DURHAM), "deferred_prosecution", frozenset())
    moves = Moves(policy, policy.disposals["deferred_prosecution"], Setting(), part.sessions)
    first = opening_beat(policy, "deferred_prosecution", start_of(policy), Setting())
    starts = [told(policy, (first,), moves, script) for script in part.scripts]
    met: dict[Any, list[World]] = {}

    def watch(before, beat):
        same = met.setdefault(outline(policy, beat.world), [])
        if len(same) < 2 and all(world != beat.world for world in same):
            same.append(beat.world)
        return ()

    picked = moves.pick(part.moves)
    explore(policy, [story for story in starts if story], picked, watch, 30_000)
    pairs = [worlds for worlds in met.values() if len(worlds) == 2][:: max(1, len(met) // 150)]
    assert pairs
    for one, other in pairs:
        assert _next(policy, one, picked, fine=True) == _next(policy, other, picked, fine=True)
