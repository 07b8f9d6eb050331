"""The hint that there may be work: a Celery message without content, one queue a lane. Losing one costs a beat.

Rung after the commit, never inside a transaction. With the broker down a ring makes one quick attempt, is counted and
forgotten; then the bell keeps still for a moment, so that nobody's request pays for it twice (ENGINE.md §2, row 7).
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from celery import Celery
from kombu import Queue

from caseflow.settings.broker import Broker, read_broker

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
    """Rings through the broker at this address (`settings.broker`). Safe to share between threads, not over a fork."""

    def __init__(self, broker_url: str) -> None:
        self._broker = read_broker(broker_url)
        self._celery = _quick_app(self._broker)
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
            _ensure(connection)
            if waiting(self._broker, connection.default_channel, lane):
                return
            with self._celery.amqp.Producer(connection, auto_declare=False) as producer:
                self._celery.send_task(lane, queue=lane, producer=producer, retry=False, ignore_result=True)


def waiting(broker: Broker, channel: Any, queue: str) -> int:
    """How many hints nobody has taken yet. RabbitMQ counts when a queue is declared, which also makes sure of it."""
    if broker.kind == "amqp":
        return int(
            channel.queue_declare(
                queue=queue, durable=True, auto_delete=False, arguments=broker.queue_arguments
            ).message_count
        )
    return int(channel.client.llen(queue))


def depths(broker_url: str, queues: Sequence[str] = LANES) -> dict[str, int]:
    """Hints that wait in each queue: seldom more than one. Raises what the broker raises when it does not answer."""
    broker = read_broker(broker_url)
    with _quick_app(broker) as celery, celery.connection_for_read() as connection:
        _ensure(connection)
        return {queue: waiting(broker, connection.default_channel, queue) for queue in queues}


def _ensure(connection: Any) -> None:
    connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=0.2)


def _quick_app(broker: Broker) -> Celery:
    """A Celery app that gives up at once: one attempt, none of kombu's patience; 6 s become a tenth (ENGINE.md §2)."""
    made = Celery("caseflow.bell", set_as_current=False)
    times = (
        {"read_timeout": 0.5, "write_timeout": 0.5}
        if broker.kind == "amqp"
        else {
            "visibility_timeout": VISIBILITY,
            "socket_timeout": 0.5,
            "socket_connect_timeout": 0.2,
            "socket_keepalive": True,
        }
    )
    options = {"max_retries": 1, "interval_start": 0, "interval_step": 0.02, "interval_max": 0.05}
    settings = broker.celery(**options)
    settings["broker_transport_options"] |= times
    made.conf.update(
        settings,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_publish_retry=False,
        broker_connection_timeout=0.5,
        broker_heartbeat=0,  # nobody would send it between two rings, and RabbitMQ would hang up
        visibility_timeout=VISIBILITY,
        task_queues=[Queue(lane, queue_arguments=broker.queue_arguments) for lane in LANES],
    )
    return made
