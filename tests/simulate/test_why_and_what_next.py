"""Over a whole season: everything can be asked why, and what the look-ahead says is what then happens."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from caseflow.domain import events as ev
from caseflow.domain.words import Role, RungEnd
from caseflow.engine import causes
from caseflow.engine.foresight import foresee
from caseflow.engine.readings import Dossier
from caseflow.simulate.world import World

FEW = 20


@pytest.fixture(scope="module")
def world(played) -> World:
    return played(40, 70)[0]


def dossiers(world: World) -> list[Dossier]:
    app = world.machinery.app
    assert app.readings is not None
    found: list[Dossier] = []
    while page := app.readings.dossiers(app.scheme, after=found[-1].id if found else ""):
        found += page
    return found


@pytest.fixture(scope="module")
def before(world) -> dict[str, Dossier]:
    return {one.id: one for one in dossiers(world)}


def asked(one: Dossier) -> Iterator[tuple[str, int | None]]:
    """Everything in a stream that may be asked why, each with the fact behind it."""
    yield from ((f"line {fact.seq} ({type(fact.event).__name__})", fact.seq) for fact in one.events)
    yield from ((f"message {each.purpose} {each.rung}", causes.of_message(one, each)) for each in one.notices)
    yield from ((f"task {each.key}", causes.of_task(one, each)) for each in one.tasks)
    for fact in one.events:
        if isinstance(fact.event, ev.StrikeConfirmed):
            yield f"strike {fact.event.session}", causes.of_strike(one, fact.event.session)


def test_everything_can_be_asked_why_and_ends_in_what_somebody_made(before):
    wrong: Counter[str] = Counter()
    looked: Counter[str] = Counter()
    for one in before.values():
        for what, seq in asked(one):
            looked[what.partition(" ")[0]] += 1
            if seq is None:
                wrong[f"{one.kind} {what}: no fact behind it"] += 1
                continue
            for end in causes.roots(causes.chain(one, seq, before.get)):
                if not end.made:
                    wrong[f"{one.kind} {what}: ends in {type(end.fact.event).__name__} of {end.fact.origin}"] += 1
    assert not wrong, wrong.most_common(FEW)
    assert looked["line"] > 2_000
    assert looked["message"] > 100
    assert looked["task"] > 100


def happened(one: Dossier, since: int) -> list[tuple[datetime, str, str, str]]:
    """The rungs that were climbed after a line, without those that were only held back."""
    return [
        (fact.recorded_at, fact.event.expectation, fact.event.rung, fact.event.end.value)
        for fact in one.events
        if fact.seq > since and isinstance(fact.event, ev.RungFired) and fact.event.end is not RungEnd.BLOCKED
    ]


def test_the_look_ahead_is_what_then_happens_when_nobody_intervenes(world, before):
    app, now = world.machinery.app, world.now
    until = now + timedelta(days=40)
    futures = {}
    for name, one in before.items():
        if one.kind != "digest":
            futures[name] = foresee(one, app.policy(one.scheme, one.stream.policy_version), now, until)
    written = {name: {each.id for each in one.notices} for name, one in before.items()}
    while (due := world.machinery.next_due()) is not None and due <= until:
        world.machinery.move(max(due, world.now))
        world.machinery.settle()
    after = {one.id: one for one in dossiers(world)}
    rungs = 0
    for name, future in futures.items():
        one = after[name]
        said = [
            (each.at, each.expectation, each.rung, each.end.value)
            for each in future.coming
            if each.end is not RungEnd.BLOCKED
        ]
        assert sorted(said) == sorted(happened(one, before[name].seq)), one.ref
        rungs += len(said)
        sent = sorted(each.purpose for coming in future.coming for each in coming.sends if each.to is Role.PARTICIPANT)
        new = [each for each in one.notices if each.id not in written[name] and each.to == Role.PARTICIPANT]
        assert sent == sorted(each.purpose for each in new), one.ref
    assert rungs > FEW
