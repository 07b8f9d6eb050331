"""Procrastinate: a job per timer in PostgreSQL, `schedule_at`. Run as a module it is the worker."""

import os
from collections.abc import Callable
from datetime import datetime

import procrastinate

from benchmarks.one_by_one import fire_one

QUEUE = "bench"


def _app(connector: procrastinate.BaseConnector) -> tuple[procrastinate.App, procrastinate.tasks.Task]:
    app = procrastinate.App(connector=connector)

    @app.task(name="bench.fire", queue=QUEUE)
    def fire(case: int) -> None:
        fire_one(case)

    return app, fire


def scheduler(environment: dict[str, str], count: int) -> Callable[[datetime], None]:
    """Defer all of them in one batch, as its documentation advises."""

    def schedule(eta: datetime) -> None:
        app, fire = _app(procrastinate.SyncPsycopgConnector(conninfo=environment["BENCH_OWN"]))
        with app.open():
            app.schema_manager.apply_schema()
            fire.configure(schedule_at=eta).batch_defer(*({"case": case} for case in range(1, count + 1)))

    return schedule


if __name__ == "__main__":
    worker, _ = _app(procrastinate.PsycopgConnector(conninfo=os.environ["BENCH_OWN"]))
    worker.run_worker(queues=[QUEUE], concurrency=10, delete_jobs="always", fetch_job_polling_interval=0.5)
