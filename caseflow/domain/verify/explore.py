"""Breadth first through the worlds of a model, one of each outline: the first way found to anything is a shortest one."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from caseflow.domain.policy import Policy
from caseflow.domain.verify.moves import Move
from caseflow.domain.verify.world import Beat, Unplayable, World, ask, next_moment, outline, wait
from caseflow.domain.words import Refused

TIME = "time"
"""The name of the move in which nobody does anything."""

STUTTERS = 45
"""Longer than anything a policy waits for by itself from day to day: a hold, a silent channel, an alleged breach."""

Story = tuple[Beat, ...]


@dataclass(slots=True)
class Node:
    """One outline: the first world found with it, how it was come by, and what it leads to (by number)."""

    number: int
    beat: Beat
    parent: "Node | None"
    depth: int
    leads: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Graph:
    """What was explored. `steps` counts every command tried and every wait."""

    nodes: list[Node]
    steps: int = 0

    def story(self, node: Node, last: Beat | None = None) -> Story:
        """The way from the referral to this node, and one beat more."""
        beats = [] if last is None else [last]
        at: Node | None = node
        while at is not None:
            beats.append(at.beat)
            at = at.parent
        return tuple(reversed(beats))


@dataclass(frozen=True, slots=True)
class Found:
    """Something that may not be: which property, why, and the way there."""

    name: str
    why: str
    story: Story


def explore(
    policy: Policy,
    starts: Iterable[Story],
    moves: Sequence[Move],
    watch: Callable[[Beat, Callable[[], Story]], Iterable[tuple[str, str]]],
    limit: int,
    about: Callable[[World], bool] | None = None,
) -> tuple[Graph, dict[str, Found]]:
    """Everything that can be reached from these stories by these moves; the first violation of each property found.

    `watch` sees every step, with a way to tell the story that led to it, and yields (property, why) for what it breaks.

    With `about` it is the model of a ladder: a world in which that is closed is looked at and left. Raises Unplayable
    beyond `limit` worlds: a proof about half a model is none.
    """
    graph = Graph([])
    seen: dict[Any, Node] = {}
    found: dict[str, Found] = {}
    queue: deque[Node] = deque()

    def visit(beat: Beat, parent: Node | None, depth: int) -> Node:
        key = outline(policy, beat.world, fine=about is None)
        node = seen.get(key)
        if node is None:
            node = Node(len(graph.nodes), beat, parent, depth)
            seen[key] = node
            graph.nodes.append(node)
            queue.append(node)
            if len(graph.nodes) > limit:
                raise Unplayable(f"more than {limit} states: the model has to be cut finer")
        return node

    def look(beat: Beat, node: Node | None) -> None:
        def tell() -> Story:
            return (beat,) if node is None else graph.story(node, beat)

        for name, why in watch(beat, tell):
            if name not in found:
                found[name] = Found(name, why, tell())

    for story in sorted(starts, key=len):
        parent: Node | None = None
        for depth, beat in enumerate(story):
            look(beat, parent)
            if depth == len(story) - 1:
                visit(beat, parent, depth)
            else:
                parent = Node(-1, beat, parent, depth)
    while queue:
        node = queue.popleft()
        if about is not None and not about(node.beat.world):
            continue
        for name, beat in _steps(policy, node.beat.world, moves, graph, fine=about is None):
            look(beat, node)
            node.leads[name] = visit(beat, node, node.depth + 1).number
    return graph, found


def _steps(
    policy: Policy, world: World, moves: Sequence[Move], graph: Graph, *, fine: bool
) -> Iterable[tuple[str, Beat]]:
    for move in moves:
        for number, (command, by, origin) in enumerate(move.ask(world)):
            graph.steps += 1
            beat = ask(policy, world, command, by, world.now, origin)
            if not isinstance(beat, Refused) and beat.facts:
                yield f"{move.name}/{number}", beat
    if (waited := _waited(policy, world, graph, fine=fine)) is not None:
        yield TIME, waited


def _waited(policy: Policy, world: World, graph: Graph, *, fine: bool) -> Beat | None:
    """Time goes on until something can be told apart: days on which a rung is only held back are one step.

    What is still the same after so many of them stays so: then the step leads to where it began.
    """
    before, beat = outline(policy, world, fine=fine), None
    for _ in range(STUTTERS):
        moment = next_moment(policy, world, fine=fine)
        if moment is None:
            break
        graph.steps += 1
        one = wait(policy, world, moment)
        world = one.world
        beat = one if beat is None else Beat(world, beat.facts + one.facts, beat.wishes + one.wishes, one.endless)
        if outline(policy, world, fine=fine) != before:
            break
    return beat


def quiet_end(graph: Graph, node: Node) -> tuple[Node, bool]:
    """Where it comes to when nobody ever does anything again, and whether that goes round in a ring."""
    passed: set[int] = set()
    while TIME in node.leads:
        if node.number in passed:
            return node, True
        passed.add(node.number)
        node = graph.nodes[node.leads[TIME]]
    return node, False


def cannot_reach(graph: Graph, good: Callable[[Node], bool]) -> list[Node]:
    """The nodes from which no way leads to a good one, the nearest first."""
    back: dict[int, list[int]] = {}
    for node in graph.nodes:
        for target in node.leads.values():
            back.setdefault(target, []).append(node.number)
    reached = {node.number for node in graph.nodes if good(node)}
    queue = deque(reached)
    while queue:
        for source in back.get(queue.popleft(), ()):
            if source not in reached:
                reached.add(source)
                queue.append(source)
    return [node for node in graph.nodes if node.number not in reached]
