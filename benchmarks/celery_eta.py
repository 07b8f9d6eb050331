"""The usual way: one Celery task per timer, with an ETA, on the same broker and database, the same rows a transaction each."""

import os
from datetime import datetime

import redis
from celery import Celery

from benchmarks.one_by_one import drain as drained
from benchmarks.one_by_one import fire_one

app = Celery("bench", broker=os.environ.get("BENCH_BROKER", ""))
app.conf.update(
    task_ignore_result=True,
    result_backend=None,
    task_serializer="json",
    accept_content=["json"],
    enable_utc=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 3600},
    worker_hijack_root_logger=False,
)


@app.task(name="bench.fire")
def fire(case: int) -> None:
    """Fire one timer."""
    fire_one(case)


def drain(database: str, broker: str, count: int, *, lead: float) -> float:
    """See one_by_one.drain."""
    app.conf.update(broker_url=broker)

    def schedule(eta: datetime) -> None:
        with app.producer_or_acquire() as producer:
            for case in range(1, count + 1):
                fire.apply_async((case,), eta=eta, producer=producer)

    command = ["celery", "-A", "benchmarks.celery_eta", "worker", "-c", "1", "-l", "ERROR"]
    environment = {"BENCH_DATABASE": database, "BENCH_BROKER": broker, "C_FORCE_ROOT": "1"}
    try:
        return drained(command, environment, schedule, count, lead=lead)
    finally:
        with redis.Redis.from_url(broker) as connection:
            connection.flushdb()
