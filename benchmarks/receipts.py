"""Receipts over HTTP: so many a second for as long as asked, and none lost."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import urllib3

from benchmarks.delivery import ready
from benchmarks.harness import median, rounded, say, virtual
from caseflow.embedded import Servers
from caseflow.engine.deliver import deliver
from caseflow.engine.sweep import sweep

RATE = 200
TOKEN = "bench"  # noqa: S105 - of a door on loopback, for a minute


def run(running: Servers, *, quick: bool) -> None:
    """A minute of receipts at 200 a second, by a paced load; then every one of them is looked for in the streams."""
    seconds = 5 if quick else 60
    count = RATE * seconds
    app, store, settings = virtual(running, "bench_receipts")
    ready(store, count)
    while deliver(app, "people", 500).claimed:
        pass
    sweep(app)
    with store.engine.connect() as connection:
        keys = [row[0] for row in connection.exec_driver_sql("SELECT key FROM notices ORDER BY id")]
    with door(settings.database_url or "", running.broker_url):
        took = post(keys)
    sweep(app)
    with store.engine.connect() as connection:
        noted = connection.exec_driver_sql(
            "SELECT count(*) FROM events WHERE kind = 'delivery_noted' AND body ->> 'receipt' = 'delivered'"
        ).scalar_one()
    store.engine.dispose()
    say(
        "receipts", asked_per_second=RATE, per_second=rounded(len(took) / max(end for _, end in took)), n=count,
        lost=count - noted, p50_ms=rounded(median([a for a, _ in took]) * 1000),
        p99_ms=rounded(sorted(a for a, _ in took)[int(len(took) * 0.99)] * 1000),
    )  # fmt: skip


@contextlib.contextmanager
def door(database_url: str, broker_url: str) -> Iterator[None]:
    """Our door for receipts, in a process of its own."""
    environment = {
        **os.environ, "CASEFLOW_DATABASE_URL": database_url, "CASEFLOW_BROKER_URL": broker_url,
        "CASEFLOW_DOORS": '["receipts"]', "CASEFLOW_HTTP_PORT": "18231", "CASEFLOW_NOTIFY_TOKEN": TOKEN,
        "CASEFLOW_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    with subprocess.Popen([sys.executable, "-m", "caseflow.api"], env=environment) as process:
        try:
            yield
        finally:
            process.terminate()


def post(keys: Sequence[str], rate: int = RATE, over: threading.Event | None = None) -> list[tuple[float, float]]:
    """For each receipt how long its answer took, and when it came (seconds from the first); `over` ends it early."""
    http = urllib3.PoolManager(num_pools=1, maxsize=16, block=True)
    url, headers = "http://127.0.0.1:18231", {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    waiting = threading.Event()
    for _ in range(200):
        try:
            http.request("POST", f"{url}/notify/receipts", body=b"{}", headers=headers, retries=False)
            break
        except urllib3.exceptions.HTTPError:
            waiting.wait(0.1)
    began = time.perf_counter()

    def one(number: int) -> tuple[float, float]:
        if over is not None and over.is_set():
            return 0.0, 0.0
        waiting.wait(max(0.0, began + number / rate - time.perf_counter()))
        body = {
            "id": f"n-{number}", "reference": keys[number], "to": "07700900000", "status": "delivered",
            "created_at": "2022-01-10T09:31:00Z", "completed_at": "2022-01-10T09:31:05Z",
        }  # fmt: skip
        asked = time.perf_counter()
        answer = http.request("POST", f"{url}/notify/receipts", body=json.dumps(body).encode(), headers=headers)
        if answer.status != 204:
            raise RuntimeError(f"the door answered {answer.status}: {answer.data!r}")
        now = time.perf_counter()
        return now - asked, now - began

    with ThreadPoolExecutor(16) as hands:
        return list(hands.map(one, range(len(keys))))
