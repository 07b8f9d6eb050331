"""What every task does: run its verbs until they find nothing more, within a budget of time.

The engine's App is made once a process, on first use, so that nothing of it is ever shared over a fork.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from celery.signals import worker_process_init, worker_process_shutdown

from caseflow.bootstrap import app_for
from caseflow.engine.app import App, Counts
from caseflow.engine.hands import side_by_side
from caseflow.engine.ports import Bell, Pause, Unavailable
from caseflow.settings import tracing
from caseflow.settings.deployment import deployment
from caseflow.store.postgres import PostgresStore
from workers import health
from workers.leaving import told_to_stop

BUDGET = 20.0
"""Seconds a task drains before it makes room for the next hint; far below the visibility of a hint (120 s)."""

LOOK = 5.0
"""Seconds between two looks whether the database is paused, for the log."""

Verb = Callable[[App], Counts]
log = logging.getLogger(__name__)


@cache
def current_app() -> App:
    """The engine on the database and broker of the environment. Raises SettingsError when they are not set."""
    return replace(app_for(deployment()), told_to_stop=told_to_stop)


def current_store() -> PostgresStore:
    """The database of `current_app`."""
    store = current_app().store
    if not isinstance(store, PostgresStore):
        raise TypeError(f"workers work on PostgreSQL, not on {type(store).__name__}")
    return store


def drain(lane: str, *verbs: Verb, hands: int = 1) -> dict[str, int]:
    """Each verb in turn, again until a whole round moves nothing or the budget is spent; by so many hands at once.

    Where the database is played in turns, whoever's turn is next is rung, and nobody else. With the database away there
    is nothing to do but say so: beat asks again.
    """
    total, began = Counts(), time.monotonic()
    try:
        app, store = current_app(), current_store()
        _look(store)
        if store.turns:
            total = _in_turns(replace(app, bell=_Quiet(app.bell)), verbs, lane)
        else:
            total = side_by_side(lambda: _drained(app, verbs, lane), hands)
        health.sign()
        _keep(total)
        if total.moved:
            counts = " ".join(f"{name}={count}" for name, count in total.counts().items() if count)
            log.info("%s: %s", lane, counts, extra={"verb": lane, "duration": round(time.monotonic() - began, 3)})
    except Unavailable as away:
        log.warning("database: %s; the next beat tries again", away)
    return total.counts()


_paused: list[Pause | None] = [None]
_looked_at = [float("-inf")]


def _look(store: PostgresStore) -> None:
    """Say once that the database is paused, and once that it is not any more; it is the store that holds work back."""
    if time.monotonic() - _looked_at[0] < LOOK:
        return
    paused = store.paused()
    _looked_at[0] = time.monotonic()
    if paused != _paused[0]:
        _paused[0] = paused
        if paused is None:
            log.warning("work goes on")
        else:
            log.error("paused: %s. Facts are recorded, nothing else is done; `caseflow doctor` says more", paused.why)


def _drained(app: App, verbs: Sequence[Verb], lane: str) -> Counts:
    total, end = Counts(), time.monotonic() + BUDGET
    while True:
        round_ = _round(app, verbs, lane)
        total += round_
        if not round_.moved or time.monotonic() > end or told_to_stop():
            return total


def _in_turns(app: App, verbs: Sequence[Verb], lane: str) -> Counts:
    """Rounds while the turn is this lane's; then the lanes whose turn it has become are rung, once each."""
    total, end = Counts(), time.monotonic() + BUDGET
    while True:
        round_ = _round(app, verbs, lane)
        total += round_
        if not round_.moved:
            return total
        turn = current_store().next_lanes()
        for other in turn:
            if other != lane:
                current_app().bell.ring(other)
        if lane not in turn or time.monotonic() > end or told_to_stop():
            return total


def _round(app: App, verbs: Sequence[Verb], lane: str) -> Counts:
    round_ = Counts()
    with tracing.span(f"drain {lane}") as said:
        for verb in verbs:
            round_ += verb(app)
        said.update(round_.counts())
    return round_


class _Quiet:
    """In turns a verb's own rings would wake lanes before their turn. Webhooks alone know no turns."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell

    def ring(self, lane: str) -> None:
        if lane == "publish":
            self._bell.ring(lane)


def _keep(total: Counts) -> None:
    """Counts for the watch, over every process and machine; an empty hint writes nothing."""
    kept = total.tally + Counter(failed=total.failed, parked=total.parked, facts=total.events)
    if kept:
        current_store().tally({name: count for name, count in kept.items() if count})


@worker_process_init.connect
def _after_fork(**_: Any) -> None:
    """A forked child makes its own App; sockets that came with the fork are forgotten, not closed under the parent."""
    if current_app.cache_info().currsize:
        current_store().dispose_after_fork()
        current_app.cache_clear()


@worker_process_shutdown.connect
def _leave(**_: Any) -> None:
    current_app.cache_clear()
