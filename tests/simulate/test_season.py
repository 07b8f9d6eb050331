"""A season in this process: clean, repeatable, and each life its own."""

from collections.abc import Iterable

import pytest

from caseflow.domain.words import Channel
from caseflow.simulate.machinery import Screens
from caseflow.simulate.summary import Summary
from caseflow.simulate.world import World


@pytest.fixture(scope="module")
def season(played) -> tuple[World, Summary]:
    return played(20, 30)


def test_a_short_season_passes_the_audit_and_leaves_nothing_behind(season):
    _, summary = season
    assert summary.audit["violations"] == 0, summary.audit["findings"]
    assert summary.parked == 0
    assert summary.unknown_sends == 0
    assert summary.referrals == {"accepted": 20, "known": 0, "refused": 0}
    assert sum(summary.journeys.values()) == 20


def test_the_same_seed_gives_the_same_summary_and_another_seed_another(season, played):
    _, summary = season
    assert played(20, 30)[1].same() == summary.same()
    assert played(20, 30, seed=2)[1].same() != summary.same()


def test_everything_of_a_summary_is_said_to_be_simulated(season):
    _, summary = season
    assert summary.as_dict()["simulated"] is True
    assert summary.lines()[0].startswith("Simulated: 30 days of durham, seed 1")


def test_people_seldom_ask_for_what_they_may_not(season):
    _, summary = season
    asked = sum(summary.refused_commands.values())
    assert asked <= 3, summary.refused_commands


def test_nobody_is_written_to_who_was_not_referred(season):
    world, _ = season
    app = world.machinery.app
    with app.store.begin() as unit:
        numbers = {
            person.addresses[Channel.TEXT][1]
            for case in Screens(app).cases(world.people).values()
            for person in unit.people(app.scheme, case.parties.values()).values()
            if Channel.TEXT in person.addresses
        }
    assert numbers
    assert all(number.startswith("+447700900") for number in numbers)


def test_a_change_for_one_case_changes_no_other(played, feed_of):
    feed = feed_of(15)
    gone = feed.coming[7]
    whole, _ = played(15, 25)
    without, _ = played(15, 25, without=frozenset({gone}))
    others = [case for case in feed.coming if case != gone]
    assert lives(whole, others) == lives(without, others)
    assert gone not in without.people


def lives(world: World, cases: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """What happened in each case and when; references differ where an earlier case is missing."""
    app = world.machinery.app
    return {
        dossier.id: sorted((type(one.event).__name__, one.recorded_at.isoformat()) for one in dossier.events)
        for dossier in app.readings.dossiers(app.scheme, ids=list(cases))
    }
