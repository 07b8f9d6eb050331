"""Once a minute: the mailbox that undeliverable mail comes back to, where one is set."""

import logging

from celery import shared_task

from caseflow.bootstrap import mailbox_for, take_bounces
from caseflow.engine.ports import Unavailable
from caseflow.messages.bounces.boxes import MOST, BoxAway
from caseflow.settings.deployment import deployment
from workers.drain import current_app

log = logging.getLogger(__name__)


@shared_task(name="bounces")
def bounces(limit: int = MOST) -> dict[str, int]:
    """Take what came back, `limit` mails at most. What cannot be reached or kept now is there the next time."""
    box = mailbox_for(deployment())
    if box is None:
        return {}
    try:
        return dict(take_bounces(current_app(), box.batches(limit)))
    except (BoxAway, Unavailable) as away:
        log.warning("bounces: %s; the next minute tries again", away)
        return {}
