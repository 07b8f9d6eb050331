"""The outbox, in two lanes: a slow mail server for officers must not keep a participant waiting."""

from celery import shared_task

from caseflow.engine.deliver import AT_ONCE, BATCH, deliver
from caseflow.engine.receipts import match_receipts
from workers.drain import current_store, drain

HANDS = 3
"""While one batch is with its channel, the next is worded, and the last is settled."""


def _lease() -> int:
    return AT_ONCE if current_store().turns else BATCH


@shared_task(name="deliver.people")
def deliver_to_people(limit: int | None = None) -> dict[str, int]:
    """Send what is ready for participants, `limit` notices a lease."""
    return drain("deliver.people", lambda app: deliver(app, "people", limit or _lease()), hands=HANDS)


@shared_task(name="deliver.others")
def deliver_to_others(limit: int | None = None) -> dict[str, int]:
    """Send what is ready for officers, providers and staff; and look again at receipts that found no notice."""
    return drain("deliver.others", match_receipts, lambda app: deliver(app, "others", limit or _lease()), hands=HANDS)
