"""The person's lane: texts that came in, commands that wait in the inbox, then facts nobody has reacted to."""

from celery import shared_task

from caseflow.engine.advance import react_events
from caseflow.engine.inbound import match_inbound
from caseflow.engine.inbox import absorb
from workers.drain import drain


@shared_task(name="react")
def react(limit: int | None = None) -> dict[str, int]:
    """Match, absorb and react until nothing is left, `limit` streams a transaction."""
    return drain(
        "react",
        lambda app: match_inbound(app, limit),
        lambda app: absorb(app, limit),
        lambda app: react_events(app, limit),
    )
