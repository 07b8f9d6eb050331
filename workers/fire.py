"""The clock's lane: streams whose alarm rings."""

from celery import shared_task

from caseflow.engine.advance import fire_timers
from workers.drain import drain


@shared_task(name="fire")
def fire(limit: int | None = None) -> dict[str, int]:
    """Fire what is due until nothing is, `limit` streams a transaction."""
    return drain("fire", lambda app: fire_timers(app, limit))
