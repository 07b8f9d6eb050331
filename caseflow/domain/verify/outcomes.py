"""Playing one model of a policy whole: what is broken in it, what is said in it, and how much was looked at."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial

from caseflow.domain import effects as fx
from caseflow.domain.policy import Ladder, Policy
from caseflow.domain.verify.explore import TIME, Found, Graph, Node, Story, cannot_reach, explore, quiet_end
from caseflow.domain.verify.models import (
    Opening,
    Part,
    opening_beat,
    openings,
    setting_for,
    speaks,
    start_of,
    told,
    touching,
)
from caseflow.domain.verify.moves import PLAN_HOURS, PLAN_WEEKS, Moves, Setting
from caseflow.domain.verify.properties import fact_checks, hours, looked_at, time_to_answer
from caseflow.domain.verify.world import Beat, World, next_moment, wait
from caseflow.domain.words import Channel, Role, State

LIMIT = 30_000
"""More states than this in one model, and it is cut too coarsely to be a proof in a minute."""
HOURS = tuple(range(0, 168, 5))
"""How long after the referral the last fact comes, round a week: 5 and 24 share no factor, so every hour of the day is met."""
RESTS_WITHIN = 200
"""So many alarms one after the other, and nobody doing anything: whatever still goes on then goes on for ever."""
SHOWN = 4
"""How many rounds of something endless a story shows."""
HELD_BACK = frozenset({"chase", "reminder"})
"""Kinds of message that the week's budget holds back when they are sent."""
WEEK = timedelta(days=7)
ENDS = frozenset({State.COMPLETED, State.BREACHED, State.DECLINED, State.ENDED})
Key = tuple[str, str, tuple[Channel, ...], tuple[str, ...]]
"""Which message, to whom, by which channels, with which fields filled."""


@dataclass(slots=True)
class Outcome:
    """What one model came to.

    `said`: each message in it, with a way to it. `worst`: most messages in a week of a ladder left alone. `free`: most of
    those that no budget holds back, from which ladder, and the way there.
    """

    name: str
    states: int = 0
    steps: int = 0
    found: dict[str, Found] = field(default_factory=dict)
    said: dict[Key, tuple[fx.Send, Story]] = field(default_factory=dict)
    worst: int = 0
    free: tuple[int, str, Story] | None = None
    opened: bool = True


def fingerprint(policy: Policy, disposal: str) -> str:
    """Everything of a cut policy that a model can depend on, as text."""
    rules = policy.disposals[disposal]
    people = sorted(set(policy.team.values()))
    shown = replace(
        policy, scheme="", force="", ref_prefix="", digest="", version="", title={}, languages=(), disposals={},
        team={role: str(people.index(person)) for role, person in policy.team.items()}, consequences={}, opens={}, based_on="",
        ladders={}, contact=replace(policy.contact, chases_per_week=0),
        calendar=None,  # type: ignore[arg-type]  # only to be printed
    )  # fmt: skip
    room = rules.max_hours is None or rules.max_hours >= PLAN_HOURS
    weeks = min(rules.max_weeks or PLAN_WEEKS, PLAN_WEEKS)
    return (
        f"{shown!r}{list(policy.ladders.values())!r}{rules.enforceable}{rules.strikes}{room}{weeks}"
        f"{policy.calendar.known_from}"
    )


def play_part(policy: Policy, disposal: str, part: Part) -> Outcome:
    """One part of the case's control state, from its stories on, by its moves."""
    rules = policy.disposals[disposal]
    sessions = part.sessions if part.sessions == 1 else max(part.sessions, policy.strikes.breach_opens_at)
    moves = Moves(policy, rules, Setting(), sessions)
    first = opening_beat(policy, disposal, start_of(policy), Setting())
    starts = [story for script in part.scripts if (story := told(policy, (first,), moves, script)) is not None]
    outcome = Outcome(f"{part.name} of the case")
    if not starts:
        return outcome
    graph = _explored(policy, outcome, starts, moves, part.moves)
    if part.moves & {"end", "complete"}:
        stuck = cannot_reach(graph, _ended_well)
        lost = next((node for node in stuck if node.beat.world.case.open), None)
        if lost is not None:
            outcome.found["can_end"] = Found("can_end", "no way leads from here to an end", graph.story(lost))
    return outcome


def _ended_well(node: Node) -> bool:
    """At an end of the scheme's own: nobody had to withdraw or die."""
    case = node.beat.world.case
    return case.state in ENDS and case.end_reason != "died"


def _explored(
    policy: Policy,
    outcome: Outcome,
    starts: list[Story],
    moves: Moves,
    names: frozenset[str],
    about: Callable[[World], bool] | None = None,
) -> Graph:
    def watch(beat: Beat, tell: Callable[[], Story]) -> Iterable[tuple[str, str]]:
        for wish in beat.wishes:
            if isinstance(wish, fx.Send):
                _note(outcome, wish, tell)
        return _watch(policy, beat)

    graph, found = explore(policy, starts, moves.pick(names), watch, LIMIT, about)
    outcome.states += len(graph.nodes)
    outcome.steps += graph.steps
    for name, one in found.items():
        outcome.found.setdefault(name, one)
    if "goes_on" not in outcome.found:
        _rings(policy, outcome, graph)
    return graph


def _note(outcome: Outcome, send: fx.Send, tell: Callable[[], Story]) -> None:
    given = tuple(sorted([name for name, value in send.fields.items() if value is not None]))
    key = send.purpose, send.to.value, send.channels, given
    if key not in outcome.said:
        outcome.said[key] = send, tell()


def _watch(policy: Policy, beat: Beat) -> Iterator[tuple[str, str]]:
    """What a step breaks, by itself."""
    opened = frozenset(wish.key for wish in beat.wishes if isinstance(wish, fx.OpenTask))
    if beat.endless:
        yield "goes_on", "one step led to the next without end, and nobody had done anything"
    for fact in beat.facts:
        yield from fact_checks(policy, fact)
        if why := looked_at(policy, fact, opened):
            yield "looked_at", why
        if why := time_to_answer(policy, fact):
            yield "time_to_answer", why
    for wish in beat.wishes:
        if isinstance(wish, fx.Send) and (why := hours(policy, beat.world.case, beat.world.now, wish)):
            yield "hours", why
        if (
            isinstance(wish, fx.OpenTask)
            and wish.rung
            and wish.person is None
            and not _somebody(policy, beat.world, wish.owner)
        ):
            yield "looked_at", f"a task for the {wish.owner.value.replace('_', ' ')}, and nobody is that: {wish.title}"


def _somebody(policy: Policy, world: World, owner: Role) -> bool:
    parties = world.case.parties
    return owner in parties or owner in policy.team or (owner is Role.SERGEANT and Role.TEAM in parties)


def _rings(policy: Policy, outcome: Outcome, graph: Graph) -> None:
    """Left alone, everything comes to rest; or it waits for one who has been asked to read what the participant wrote."""
    for node in graph.nodes:
        last, ring = quiet_end(graph, node)
        world = last.beat.world
        if not ring and _held_for_ever(policy, world):
            stuck = ", ".join(e.id for e in world.case.expectations.values() if e.status == "held")
            outcome.found["goes_on"] = Found(
                "goes_on", f"left alone, this is on hold for ever: {stuck}", graph.story(last)
            )
            return
        if not ring or (world.case.unread and any(key.startswith("answer:") for key, _ in world.tasks)):
            continue
        story = _on_and_on(policy, graph.story(node))
        if story is None:  # the ring is in the outline only: played out, it comes to rest
            continue
        waits = ", ".join(sorted(e.id for e in world.case.expectations.values() if e.status == "open" and e.next))
        outcome.found["goes_on"] = Found("goes_on", f"left alone, this goes on for ever: {waits}", story)
        return


def _held_for_ever(policy: Policy, world: World) -> bool:
    """Is something on hold, and no alarm will ever end it?"""
    return (
        world.case.open
        and next_moment(policy, world) is None
        and any(e.status == "held" for e in world.case.expectations.values())
    )


def _on_and_on(policy: Policy, story: Story) -> Story | None:
    """Played out for real: the story with its next days, or None where it comes to rest after all."""
    shown, world = story, story[-1].world
    for day in range(RESTS_WITHIN):
        moment = next_moment(policy, world)
        if moment is None:
            return None
        beat = wait(policy, world, moment)
        world = beat.world
        if day < SHOWN:
            shown = (*shown, beat)
    return shown


def play_ladder(policy: Policy, disposal: str, ladder: Ladder) -> Outcome:
    """One ladder from its openings on, by the moves that touch it; and left alone round a week."""
    rules = policy.disposals[disposal]
    moves = Moves(policy, rules, setting_for(ladder), 1)
    outcome = Outcome(f"ladder {ladder.name}")
    ways = openings(policy, disposal, ladder, moves)
    if not ways:
        outcome.opened = False
        return outcome
    begun = {e.id for way in ways for e in way.story[-1].world.case.expectations.values() if e.ladder == ladder.name}

    def about(world: World) -> bool:
        """While it is open or held. Once it is closed, it can only open again, and that is a way of its own."""
        found = world.case.expectations
        return any(name in found and found[name].status in {"open", "held"} for name in begun)

    starts = [way.story for way in ways]
    if speaks(ladder) and (lost := told(policy, ways[0].story, moves, "all_dead all_dead all_dead")) is not None:
        starts.append(lost)
    _explored(policy, outcome, starts, moves, touching(policy, ladder, moves, disposal), about)
    _sweep(policy, disposal, ladder, ways[0], moves, outcome)
    return outcome


# ── round a week ────────────────────────────────────────────────────────────────────────────────
def _sweep(policy: Policy, disposal: str, ladder: Ladder, way: Opening, moves: Moves, outcome: Outcome) -> None:
    """The ladder opened at every hour of the day round a week, or about sessions at many, and left alone."""
    booked = "session_booked" in ladder.opens
    for shift in HOURS:
        if not booked:
            story = _opened_at(policy, disposal, way, moves, timedelta(hours=shift))
        else:
            rules = policy.disposals[disposal]
            others = Moves(policy, rules, moves.setting, 1, time(7 + shift % 14, shift % 60))
            story = _opened_at(policy, disposal, way, others, timedelta())
        if story is not None:
            _alone(policy, ladder, moves, story, outcome)
        if way.move == TIME:
            return


def _opened_at(policy: Policy, disposal: str, way: Opening, moves: Moves, later: timedelta) -> Story | None:
    """The way in which the ladder opens, its last step so much later."""
    start = start_of(policy)
    if not way.move:
        return (opening_beat(policy, disposal, start + later, moves.setting),)
    story = told(policy, (opening_beat(policy, disposal, start, moves.setting),), moves, way.script)
    if story is None:
        return None
    return told(policy, _later(policy, story, later), moves, "" if way.move == TIME else way.move)


def _later(policy: Policy, story: Story, by: timedelta) -> Story:
    if not by:
        return story
    until = story[-1].world.now + by
    while True:
        moment = next_moment(policy, story[-1].world)
        at = until if moment is None or moment > until else moment
        story = (*story, wait(policy, story[-1].world, at))
        if at == until:
            return story


def _alone(policy: Policy, ladder: Ladder, moves: Moves, story: Story, outcome: Outcome) -> None:
    sent: list[tuple[datetime, str]] = []
    for step in range(80):
        beat = story[-1]
        for name, why in _watch(policy, beat):
            outcome.found.setdefault(name, Found(name, why, story))
        for wish in beat.wishes:
            if isinstance(wish, fx.Send) and wish.to is Role.PARTICIPANT and wish.expectation is not None:
                sent.append((wish.not_before or beat.world.now, wish.kind))
                _note(outcome, wish, partial(_same, story))
        _week(ladder, sent, outcome, story)
        outcome.steps += 1
        answered = None if step % 2 or _acked(beat.world) else told(policy, story, moves, "arrived")
        moment = next_moment(policy, beat.world)
        if answered is None and moment is None:
            return
        if answered is not None:
            story = answered
        elif moment is not None:
            story = (*story, wait(policy, beat.world, moment))


def _same(story: Story) -> Story:
    return story


def _acked(world: World) -> bool:
    waiting = world.waiting
    found = world.case.expectations.get(waiting.expectation or "") if waiting is not None else None
    return found is None or found.acked


def _week(ladder: Ladder, sent: list[tuple[datetime, str]], outcome: Outcome, story: Story) -> None:
    if not sent:
        return
    week = [kind for at, kind in sent if at > sent[-1][0] - WEEK]
    outcome.worst = max(outcome.worst, len(week))
    free = sum(kind not in HELD_BACK for kind in week)
    if outcome.free is None or free > outcome.free[0]:
        outcome.free = free, ladder.name, story
