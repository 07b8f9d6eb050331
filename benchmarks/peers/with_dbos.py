"""DBOS: a durable workflow per timer, enqueued with a delay. Run as a module it is the worker."""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from dbos import DBOS, DBOSClient, DBOSConfig

from benchmarks.one_by_one import fire_one

QUEUE = "bench"
VERSION = "bench"


def _url(own: str) -> str:
    return own.replace("postgresql://", "postgresql+psycopg://")


@DBOS.step(name="fire_one")
def fire_step(case: int) -> None:
    """The work, remembered as done when it is."""
    fire_one(case)


@DBOS.workflow(name="fire")
def fire(case: int) -> None:
    """One timer."""
    fire_step(case)


def scheduler(environment: dict[str, str], count: int) -> Callable[[datetime], None]:
    """Enqueue all of them with the delay that is left until `eta`."""

    def schedule(eta: datetime) -> None:
        _config(environment["BENCH_OWN"])
        DBOS.launch()  # makes its tables; the queue is registered by the worker alone
        DBOS.destroy()
        client = DBOSClient(system_database_url=_url(environment["BENCH_OWN"]))
        try:
            for case in range(1, count + 1):
                delay = max(0.0, (eta - datetime.now(UTC)).total_seconds())
                client.enqueue(
                    {"workflow_name": "fire", "queue_name": QUEUE, "delay_seconds": delay, "app_version": VERSION}, case
                )
        finally:
            client.destroy()

    return schedule


def _config(own: str) -> None:
    config: DBOSConfig = {
        "name": "bench", "system_database_url": _url(own), "application_version": VERSION, "log_level": "ERROR",
        "run_admin_server": False,
    }  # fmt: skip
    DBOS(config=config)


if __name__ == "__main__":
    _config(os.environ["BENCH_OWN"])
    DBOS.launch()
    DBOS.register_queue(QUEUE, polling_interval_sec=0.1, worker_concurrency=50)
    threading.Event().wait()
