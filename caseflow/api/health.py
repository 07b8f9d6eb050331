"""Is it well? `live` needs nothing but this process, `ready` the database, `metrics` tells the watch everything.

A database that hangs must not hang the question: one look at a time, given up after a few seconds, and while one hangs
the answer is no at once.
"""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from datetime import timedelta

import redis
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from caseflow import __version__
from caseflow.api.exposition import Page
from caseflow.bell import LANES
from caseflow.bootstrap import host_now
from caseflow.engine.app import App
from caseflow.engine.measures import Seen
from caseflow.settings.deployment import Deployment
from caseflow.store.postgres import PostgresStore

PATIENCE = 2.0
"""Seconds a look may take."""
BEAT_SILENT = timedelta(seconds=60)


class Look:
    """Looks at the database and the broker, one look at a time."""

    def __init__(self, app: App, settings: Deployment) -> None:
        self._app, self._settings = app, settings
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._lock = threading.Lock()
        self._under_way: Future[Seen] | None = None

    def take(self) -> Seen:
        """What there is to see. Raises TimeoutError while the database hangs, and its own error when it is away."""
        with self._lock:
            if self._under_way is None or self._under_way.done():
                self._under_way = self._threads.submit(self._look)
            looking = self._under_way
        try:
            return looking.result(PATIENCE)
        except TookTooLong:
            raise TimeoutError(f"the database has not answered for {PATIENCE:.0f} s") from None

    def _look(self) -> Seen:
        store, readings = self._app.store, self._app.readings
        assert isinstance(store, PostgresStore)
        assert readings is not None
        return Seen(
            host_now(), readings.health(), store.tallies(), store.mark_age("audit"), len(readings.receipts_waiting()),
            self._hints(),
        )  # fmt: skip

    def _hints(self) -> dict[str, int] | None:
        url = self._settings.broker_url or ""
        if not url.startswith(("redis://", "rediss://")):
            return None
        try:
            with redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5) as broker:
                return {lane: int(str(broker.llen(lane))) for lane in LANES}
        except (redis.RedisError, OSError):
            return None


def door(app: App, settings: Deployment) -> APIRouter:
    """GET /health/live, /health/ready and /metrics. Keep it off the public side: it has no password."""
    look = Look(app, settings)
    router = APIRouter()

    @router.get("/health/live")
    def live() -> dict[str, str]:
        return {"alive": "yes", "version": __version__}

    @router.get("/health/ready")
    def ready() -> JSONResponse:
        try:
            seen = look.take()
        except Exception as wrong:  # noqa: BLE001 - whatever it is, the answer is no, and why
            return JSONResponse({"ready": "no", "database": _plainly(wrong)}, 503)
        beat = seen.health.beat_at
        silent = beat is None or seen.at - beat > BEAT_SILENT
        return JSONResponse({
            "ready": "yes",
            "database": "answers",
            "broker": "answers" if seen.hints is not None else "away: work goes on at each beat, nothing is lost",
            "beat": "silent: start it, or chases and reminders stand still" if silent else "heard",
        })  # fmt: skip

    @router.get("/metrics")
    def metrics() -> Response:
        try:
            seen: Seen | None = look.take()
        except Exception:  # noqa: BLE001 - a scrape always has an answer: caseflow_up 0
            seen = None
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Page(seen))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _plainly(wrong: Exception) -> str:
    return str(wrong) if isinstance(wrong, TimeoutError) else f"away ({type(wrong).__name__})"
