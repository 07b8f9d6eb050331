"""What every way of one job a timer has in common: the work of one timer, and waiting until all of them are done."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg

from benchmarks.floor import STATEMENTS
from benchmarks.shape import BODY, FIELDS, done

PATIENCE = 180.0
_mine = threading.local()


def fire_one(case: int) -> None:
    """Fire one timer: read the case under its lock, write the same rows as everybody, commit."""
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg.connect(os.environ["BENCH_DATABASE"])
    connection: psycopg.Connection = _mine.connection
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


def drain(
    command: list[str], environment: dict[str, str], schedule: Callable[[datetime], None], count: int, *, lead: float
) -> float:
    """Seconds from the moment all `count` timers were due until all were written, by one worker process.

    `schedule` sets them all to the one instant it is given (UTC). `lead` seconds are left for that and for the worker's
    start, which are not counted; RuntimeError when they were not enough.
    """
    eta = datetime.now(UTC) + timedelta(seconds=lead)
    schedule(eta)
    database = environment["BENCH_DATABASE"]
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as worker:
        try:
            late = (datetime.now(UTC) - eta).total_seconds()
            if late > 0:
                raise RuntimeError(f"scheduling took {late:.1f} s longer than the {lead} s left for it")
            time.sleep(-late)
            began = time.perf_counter()
            with psycopg.connect(database, autocommit=True) as looking:
                while (ran := done(looking)) < count:
                    if time.perf_counter() - began > PATIENCE or worker.poll() is not None:
                        raise RuntimeError(f"{' '.join(command)}: only {ran} of {count} ran")
                    time.sleep(0.05)
            return time.perf_counter() - began
        finally:
            worker.terminate()
            try:
                worker.wait(30)
            except subprocess.TimeoutExpired:
                worker.kill()
