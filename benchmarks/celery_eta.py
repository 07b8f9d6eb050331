"""The usual way: one Celery task per timer, with an ETA, on the same broker and database, the same rows a transaction each."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import psycopg
import redis
from celery import Celery

from benchmarks.floor import STATEMENTS
from benchmarks.shape import BODY, FIELDS, done

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
_connections: list[psycopg.Connection] = []


@app.task(name="bench.fire")
def fire(case: int) -> None:
    """Fire one timer: read the case under its lock, write the same rows as everybody, commit."""
    if not _connections:
        _connections.append(psycopg.connect(os.environ["BENCH_DATABASE"]))
    connection = _connections[0]
    row = connection.execute(
        "SELECT version, snapshot::text FROM cases WHERE id = %s FOR NO KEY UPDATE", (case,)
    ).fetchone()
    if row is None:
        return
    values = {"ids": [case], "versions": [row[0]], "snapshots": [row[1]], "body": BODY, "fields": FIELDS}
    with connection.pipeline():
        for statement in STATEMENTS:
            connection.execute(statement, values)
    connection.commit()


def drain(database: str, broker: str, count: int, *, lead: float) -> float:
    """Seconds from the moment all `count` timers were due until all were written, by one worker process.

    `lead` seconds are left for publishing and prefetching, which are not counted.
    """
    environment = {**os.environ, "BENCH_DATABASE": database, "BENCH_BROKER": broker, "C_FORCE_ROOT": "1"}
    app.conf.update(broker_url=broker)
    eta = datetime.now(UTC) + timedelta(seconds=lead)
    command = [sys.executable, "-m", "celery", "-A", "benchmarks.celery_eta", "worker", "-c", "1", "-l", "ERROR"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
        try:
            with app.producer_or_acquire() as producer:
                for case in range(1, count + 1):
                    fire.apply_async((case,), eta=eta, producer=producer)
            late = (datetime.now(UTC) - eta).total_seconds()
            if late > 0:
                raise RuntimeError(f"publishing took {late:.1f} s longer than the {lead} s left for it")
            time.sleep(max(0.0, -late))
            began = time.perf_counter()
            with psycopg.connect(database, autocommit=True) as looking:
                while (ran := done(looking)) < count:
                    if time.perf_counter() - began > 120:
                        raise RuntimeError(f"only {ran} of {count} ETA tasks ran within two minutes")
                    time.sleep(0.05)
            return time.perf_counter() - began
        finally:
            worker.terminate()
            worker.wait(30)
            with redis.Redis.from_url(broker) as connection:
                connection.flushdb()
