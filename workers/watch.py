"""Two watches a worker keeps: is beat silent, and has the broker forgotten us?

Beat's tick leaves a mark in the database, in real time. A worker that gets no hint although beat is alive has lost its
connection in one of the ways Celery does not notice: it leaves, and whoever looks after it starts another.
"""

import logging
import os
import signal
import threading
import time
from typing import Any

from celery import shared_task
from celery.signals import task_received, worker_ready

from caseflow.bell import LANES
from caseflow.engine.ports import Unavailable
from caseflow.settings.deployment import deployment
from caseflow.store.postgres import PostgresStore
from workers import heartbeat
from workers.drain import current_store

MARK = "beat"
"""The name of beat's sign of life in the database (`caseflow doctor` reads it, too)."""
SILENT = 30.0
"""Seconds without a mark after which beat counts as silent."""
FORGOTTEN = 90.0
"""Seconds without a hint, beat being alive, after which a worker takes itself for forgotten."""
LOOK = 10.0
"""Seconds between two looks."""

log = logging.getLogger(__name__)
_last_hint = [time.monotonic()]


@task_received.connect
def _heard(**_: Any) -> None:
    _last_hint[0] = time.monotonic()


@shared_task(name="tick")
def tick(limit: int = 1) -> None:
    """Beat asks for this only to be seen; every task takes a limit."""
    try:
        current_store().mark(MARK)
        heartbeat.beat(current_store(), deployment().heartbeat_url)
    except Unavailable as away:
        log.warning("beat was heard and could not be noted: %s", away)


class Watch(threading.Thread):
    """Looks every `look` seconds, in the background. `leave` ends the process so that another takes over."""

    def __init__(
        self, store: PostgresStore, look: float = LOOK, silent: float = SILENT, forgotten: float = FORGOTTEN
    ) -> None:
        super().__init__(name="watch", daemon=True)
        self._store, self._look, self._silent, self._forgotten = store, look, silent, forgotten
        self._began = time.monotonic()
        self._leaving = False
        self.warnings = 0

    def run(self) -> None:
        """Look, until the process ends."""
        while True:
            time.sleep(self._look)
            self.look()

    def look(self) -> None:
        """One look. A warning each time beat is silent; the end of this process when it alone is left out."""
        try:
            mark = self._store.mark_age(MARK)
        except Unavailable as away:
            log.warning("database: %s; work goes on when it is back", away)
            return
        age = None if mark is None else mark.total_seconds()
        if age is None and time.monotonic() - self._began < self._silent:
            return
        if age is None or age > self._silent:
            self.warnings += 1
            log.warning("beat has been silent for %s: start it (`celery -A workers.app beat`)", _shown(age))
        elif (quiet := time.monotonic() - max(_last_hint[0], self._began)) > self._forgotten:
            log.error("no hint for %.0f s although beat is alive: leaving, so that another worker takes over", quiet)
            if self._leaving:
                os._exit(1)  # asked politely a look ago, and still here: nothing is lost, the lane is drained by others
            self._leaving = True
            os.kill(os.getpid(), signal.SIGTERM)


def _shown(age: float | None) -> str:
    return "longer than anybody remembers" if age is None else f"{age:.0f} s"


@worker_ready.connect
def _start(sender: Any = None, **_: Any) -> None:
    if sender is not None:
        lanes = set(sender.app.amqp.queues.consume_from) & set(LANES)
        Watch(current_store(), forgotten=FORGOTTEN if lanes else float("inf")).start()
