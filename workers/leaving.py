"""Told to stop: what is begun is finished, nothing else is begun, and the process is gone in time, whatever it waits for."""

import os
import threading
from typing import Any

from celery.signals import worker_shutting_down
from celery.worker import state

LEAVE = 18.0
"""Seconds from SIGTERM to the end of a worker. `caseflow up` needs the rest of its 30 s for those above and the servers."""


def told_to_stop() -> bool:
    """After SIGTERM. What waits is others' work then."""
    told: list[Any] = [state.should_stop, state.should_terminate]  # an exit code, and 0 is one; None and False are not
    return any(flag is not None and flag is not False for flag in told)


@worker_shutting_down.connect
def _in_time(**_: Any) -> None:
    """A worker that is stuck ends all the same: its transaction rolls back, and a message under way is unclear."""
    last = threading.Timer(LEAVE, os._exit, (1,))
    last.daemon = True
    last.start()
