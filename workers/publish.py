"""Webhooks: a queue and a process of their own, so that a slow records system keeps nobody else waiting."""

from celery import shared_task

from caseflow.engine.publish import BATCH
from caseflow.engine.publish import publish as post
from workers.drain import drain


@shared_task(name="publish")
def publish(limit: int = BATCH) -> dict[str, int]:
    """Post what is due, `limit` cases of each receiver a lease."""
    return drain("publish", lambda app: post(app, limit))
