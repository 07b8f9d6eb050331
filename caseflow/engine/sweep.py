"""All the verbs, over and over, until nothing moves: what `caseflow sweep`, the memory store and the tests run."""

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
    """receipts, texts that came in | inbox | react | fire | deliver to people | deliver to others | publish.

    Again, until a whole round claims nothing.

    Scheme time does not move. Work that rests after a failure, or waits for its hour, stays where it is.
    Raises RuntimeError when there is no end to it.
    """
    total = Counts()
    for _ in range(ROUNDS):
        round_ = Counts()
        round_ += match_receipts(app)
        round_ += match_inbound(app, limit)
        round_ += absorb(app, limit)
        round_ += react_events(app, limit)
        round_ += fire_timers(app, limit)
        round_ += deliver(app, "people")
        round_ += deliver(app, "others")
        round_ += publish(app)
        if not round_.moved:
            return total
        total += round_
    raise RuntimeError(f"The sweep found new work {ROUNDS} times in a row: something sets itself off again and again.")
