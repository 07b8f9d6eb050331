"""The hint that there may be work: a Celery message without content, one queue a lane. Losing one costs a beat.

Rung after the commit, never inside a transaction. With the broker down a ring makes one quick attempt, is counted and
forgotten; then the bell keeps still for a moment, so that nobody's request pays for it twice (ENGINE.md §2, row 7).
"""

import logging
import threading
import time
from collections import Counter
from typing import Any, Final

from celery import Celery

LANES: Final = ("react", "fire", "deliver.people", "deliver.others", "publish")
"""The lanes of work. Each is the name of a queue and of the one task that drains it."""
VISIBILITY: Final = 120
"""Seconds until an unacknowledged hint is handed out again. The same for every app on the broker: the shortest wins."""
STILL: Final = 1.0
"""Seconds the bell keeps still after a failure."""

log = logging.getLogger(__name__)


class SilentBell:
    """No workers to wake: the memory store, tests, a program that sweeps by itself. Counts what was rung."""

    def __init__(self) -> None:
        self.rung: Counter[str] = Counter()

    def ring(self, lane: str) -> None:
        """Count it, wake nobody."""
        self.rung[lane] += 1


class CeleryBell:
    """Rings through the broker at `broker_url` (``redis://…``). Safe to share between threads, not over a fork."""

    def __init__(self, broker_url: str) -> None:
        self._celery = Celery("caseflow.bell", broker=broker_url, set_as_current=False)
        self._celery.conf.update(
            task_serializer="json",
            accept_content=["json"],
            task_ignore_result=True,
            task_publish_retry=False,
            broker_pool_limit=2,
            # One attempt, none of kombu's patience: 6 s become a tenth of one (ENGINE.md §2).
            broker_transport_options={
                "visibility_timeout": VISIBILITY,
                "max_retries": 1,
                "interval_start": 0,
                "interval_step": 0.02,
                "interval_max": 0.05,
                "socket_timeout": 0.5,
                "socket_connect_timeout": 0.2,
                "socket_keepalive": True,
            },
            visibility_timeout=VISIBILITY,
        )
        self._lock = threading.Lock()
        self._still_until = 0.0
        self.rung: Counter[str] = Counter()
        self.failures = 0

    def ring(self, lane: str) -> None:
        """Wake the workers of this lane, unless a hint waits there that nobody has taken yet.

        A waiting hint is as good as a new one: who takes it looks after our commit. So a thousand rings leave one hint.
        """
        with self._lock:
            if time.monotonic() < self._still_until:
                self.failures += 1
                return
            try:
                self._send(lane)
            except Exception as wrong:  # noqa: BLE001 - whatever the broker does, the fact is safe and beat rings anyway
                self.failures += 1
                self._still_until = time.monotonic() + STILL
                log.warning("bell: could not ring %s (%s); beat will", lane, type(wrong).__name__)
            else:
                self.rung[lane] += 1

    def close(self) -> None:
        """Give the connections back."""
        self._celery.close()

    def _send(self, lane: str) -> None:
        pool: Any = self._celery.pool
        with pool.acquire(block=True, timeout=0.2) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=0.2)
            if connection.default_channel.client.llen(lane):
                return
            with self._celery.amqp.Producer(connection, auto_declare=False) as producer:
                self._celery.send_task(lane, queue=lane, producer=producer, retry=False, ignore_result=True)
