"""Once a minute: the mailbox that undeliverable mail comes back to, where one is set."""

import logging
from typing import TYPE_CHECKING

from celery import shared_task

from caseflow.bootstrap import mailbox_for, take_bounces
from caseflow.engine.ports import Unavailable
from caseflow.settings.deployment import deployment
from workers.drain import current_app

if TYPE_CHECKING:
    from caseflow.messages.bounces.boxes import Mailbox

log = logging.getLogger(__name__)


@shared_task(name="bounces")
def bounces(limit: int | None = None) -> dict[str, int]:
    """Take what came back, `limit` mails at most. What cannot be reached or kept now is there the next time."""
    box = mailbox_for(deployment())
    return {} if box is None else _taken(box, limit)


def _taken(box: "Mailbox", limit: int | None) -> dict[str, int]:
    from caseflow.messages.bounces.boxes import MOST, BoxAway  # noqa: PLC0415 - every lane loads this task, few have a box

    try:
        return dict(take_bounces(current_app(), box.batches(MOST if limit is None else limit)))
    except (BoxAway, Unavailable) as away:
        log.warning("bounces: %s; the next minute tries again", away)
        return {}
