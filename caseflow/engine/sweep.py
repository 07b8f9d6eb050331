"""All the verbs, over and over, until nothing moves: what `caseflow sweep`, the memory store and the tests run."""

from collections.abc import Callable, Sequence

from caseflow.engine.advance import fire_timers, react_events
from caseflow.engine.app import App, Counts
from caseflow.engine.deliver import BATCH, deliver
from caseflow.engine.inbound import match_inbound
from caseflow.engine.inbox import absorb
from caseflow.engine.publish import publish
from caseflow.engine.receipts import match_receipts

ROUNDS = 100_000
"""Rounds before a sweep is taken for one that feeds itself."""


def sweep(app: App, limit: int | None = None, lease: int = BATCH) -> Counts:
    """what came in, react | fire | deliver, publish: the first of these turns that moves anything, again until none does.

    So at one moment every fact is reacted to before an alarm rings, and every alarm has rung before a message goes: what
    it did may make the message void. Scheme time does not move. Work that rests after a failure, or waits for its hour,
    stays where it is. `lease` is how many messages are looked at together. Raises RuntimeError when there is no end to it.
    """
    return until_still(app, limit, (REACTING, FIRING, sending(lease)))


def until_still(app: App, limit: int | None, turns: Sequence["Turn"]) -> Counts:
    """The first of these turns that moves anything, again until none does."""
    total = Counts()
    for _ in range(ROUNDS):
        moved = False
        for verbs in turns:
            round_ = Counts()
            for verb in verbs:
                round_ += verb(app, limit)
            total += round_
            moved = round_.moved
            if moved:
                break
        if not moved:
            return total
    raise RuntimeError(f"The sweep found new work {ROUNDS} times in a row: something sets itself off again and again.")


Verb = Callable[[App, int | None], Counts]
Turn = tuple[Verb, ...]
REACTING: Turn = (lambda app, limit: match_receipts(app), match_inbound, absorb, react_events)
FIRING: Turn = (fire_timers,)


def sending(lease: int) -> Turn:
    """The turn in which messages go, so many to a lease."""
    return (
        lambda app, limit: deliver(app, "people", lease),
        lambda app, limit: deliver(app, "others", lease),
        lambda app, limit: publish(app),
    )
