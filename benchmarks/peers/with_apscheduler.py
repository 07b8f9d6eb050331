"""APScheduler 3: a dated job per timer in its SQLAlchemy store on PostgreSQL. Run as a module it is the worker."""

import os
from collections.abc import Callable
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler

from benchmarks.one_by_one import fire_one


def _jobs(own: str) -> dict[str, object]:
    url = own.replace("postgresql://", "postgresql+psycopg://")
    return {
        "jobstores": {"default": SQLAlchemyJobStore(url=url)},
        "executors": {"default": ThreadPoolExecutor(4)},
        "timezone": "UTC",
    }


def scheduler(environment: dict[str, str], count: int) -> Callable[[datetime], None]:
    """Add all jobs to the store, by a scheduler that never runs one."""

    def schedule(eta: datetime) -> None:
        paused: BaseScheduler = BackgroundScheduler(**_jobs(environment["BENCH_OWN"]))
        paused.start(paused=True)
        for case in range(1, count + 1):
            paused.add_job(fire_one, "date", run_date=eta, args=(case,), misfire_grace_time=None)
        paused.shutdown()

    return schedule


if __name__ == "__main__":
    BlockingScheduler(**_jobs(os.environ["BENCH_OWN"])).start()
