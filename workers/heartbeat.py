"""The outgoing sign of life: one GET a minute while all drains, so that silence alarms somebody elsewhere.

On a thread of its own, one at a time: an address that hangs keeps nobody's case waiting.
"""

import logging
import threading
import time
from functools import cache
from typing import TYPE_CHECKING

from caseflow.bootstrap import host_now
from caseflow.engine.silence import silences
from caseflow.store.postgres import PostgresStore
from caseflow.store.reads import PostgresReadings

EVERY = 60.0
"""Seconds between two signs of this process."""

if TYPE_CHECKING:
    import urllib3

log = logging.getLogger(__name__)
_last: list[float] = [float("-inf")]
_one_at_a_time = threading.Lock()


def beat(store: PostgresStore, url: str | None) -> threading.Thread | None:
    """Send a sign if it is time; returns the thread that does."""
    if url is None or time.monotonic() - _last[0] < EVERY or not _one_at_a_time.acquire(blocking=False):
        return None
    _last[0] = time.monotonic()
    thread = threading.Thread(target=_send, args=(store, url), name="heartbeat", daemon=True)
    thread.start()
    return thread


@cache
def _http() -> "urllib3.PoolManager":
    import urllib3  # noqa: PLC0415 - every lane loads this room, and few have an address to send to

    return urllib3.PoolManager(num_pools=1, retries=False, timeout=urllib3.Timeout(total=5.0))


def _send(store: PostgresStore, url: str) -> None:
    try:
        if quiet := silences(PostgresReadings(store.engine).health(), store.mark_age("audit"), host_now()):
            log.warning("heartbeat: none is sent, for %s", "; ".join(quiet))
            return
        answer = _http().request("GET", url, redirect=False, preload_content=False)
        answer.release_conn()
        if answer.status >= 300:
            log.warning("heartbeat: it was answered with %s", answer.status)
    except Exception as wrong:  # noqa: BLE001 - whoever hears nothing raises the alarm; no worker stops for it
        log.warning("heartbeat: could not be sent (%s)", type(wrong).__name__)
    finally:
        _one_at_a_time.release()
