"""All the verbs, over and over, until nothing moves: what `caseflow sweep`, the memory store and the tests run."""

from collections.abc import Callable

from caseflow.engine.advance import fire_timers, react_events
from caseflow.engine.app import App, Counts
from caseflow.engine.deliver import deliver
from caseflow.engine.inbound import match_inbound
from caseflow.engine.inbox import absorb
from caseflow.engine.publish import publish
from caseflow.engine.receipts import match_receipts

ROUNDS = 100_000
"""Rounds before a sweep is taken for one that feeds itself."""


def sweep(app: App, limit: int | None = None) -> Counts:
    """what came in, react | fire | deliver, publish: the first of these turns that moves anything, again until none does.

    So at one moment every fact is reacted to before an alarm rings, and every alarm has rung before a message goes: what
    it did may make the message void. Scheme time does not move. Work that rests after a failure, or waits for its hour,
    stays where it is. Raises RuntimeError when there is no end to it.
    """
    total = Counts()
    for _ in range(ROUNDS):
        moved = False
        for verbs in TURNS:
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
TURNS: tuple[tuple[Verb, ...], ...] = (
    (
        lambda app, limit: match_receipts(app),
        match_inbound,
        absorb,
        react_events,
    ),
    (fire_timers,),
    (
        lambda app, limit: deliver(app, "people"),
        lambda app, limit: deliver(app, "others"),
        lambda app, limit: publish(app),
    ),
)
