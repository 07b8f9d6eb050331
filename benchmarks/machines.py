"""More workers: rungs a second with one process and with two, what each side pays for a rung, and a full database.

From the processor time of both sides a simple model follows: a worker needs `client_us` of a core of its own for a rung,
the database `server_us` of one of its cores. So a database saturates at cores / `server_us`, and that many workers feed
it as the two costs go into each other. It holds while the log's disk keeps up: `wal_bytes` a rung.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from benchmarks.harness import busy, copies, rounded, say, virtual
from benchmarks.rungs import BATCH, until_idle
from caseflow.bootstrap import app_for
from caseflow.embedded import Servers
from caseflow.engine.advance import fire_timers
from caseflow.settings.deployment import Deployment, deployment
from caseflow.store.postgres import PostgresStore
from caseflow.store.streams import CLAIMS

TICK = os.sysconf("SC_CLK_TCK")


def run(running: Servers, *, quick: bool) -> None:
    """One worker process, two; then many pending."""
    count = 6000 if quick else 40_000
    for workers in (1, 2):
        _workers(running, count, workers)
    _pending(running, 50_000 if quick else 2_000_000, 2000 if quick else 20_000)


def _workers(running: Servers, count: int, workers: int) -> None:
    app, store, settings = virtual(running, f"bench_machines_{workers}")
    store.set_clock(copies(store, count))
    with store.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    crew = [_worker(settings) for _ in range(workers)]
    for one in crew:
        assert one.stdout
        assert one.stdout.readline() == "ready\n"
    server, wal, began = _server_seconds(running), _wal(store), time.perf_counter()
    for one in crew:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    clients = [float(one.communicate()[0]) for one in crew]
    seconds = time.perf_counter() - began
    server_us = (_server_seconds(running) - server) / count * 1e6
    client_us = sum(clients) / count * 1e6
    figures = app.readings.figures("durham") if app.readings else None
    if figures is None or figures.events.get("rung_fired", 0) < count:
        raise RuntimeError(f"not all of {count} rungs fired: {figures}")
    say(
        "machines_workers",
        workers=workers,
        per_second=rounded(count / seconds),
        client_us=rounded(client_us),
        server_us=rounded(server_us),
        wal_bytes=rounded((_wal(store) - wal) / count),
        database_saturates_at=f"{1e6 / server_us:.0f} a second for each of its cores",
        workers_for_each_core_of_the_database=rounded(client_us / server_us),
        n=count,
        cores=os.cpu_count(),
    )
    store.engine.dispose()


def _worker(settings: Deployment) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "CASEFLOW_DATABASE_URL": settings.database_url or "",
        "CASEFLOW_BROKER_URL": settings.broker_url or "",
        "CASEFLOW_DATA_DIR": str(settings.data_dir),
    }
    command = [sys.executable, "-m", "benchmarks.machines"]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def fire_until_none() -> None:
    """One worker: says that it is ready, waits for the word, fires until nothing is due, says its processor seconds."""
    app = app_for(deployment(), scheme="durham")
    fire_timers(app, 1)  # warm: templates, policies, a connection
    print("ready", flush=True)
    sys.stdin.readline()
    print(busy(lambda: until_idle(app)), flush=True)


def _server_seconds(running: Servers) -> float:
    """Processor seconds of the database so far: its main process, those it has buried, and those that live."""
    postmaster = running.pids["postgres"]
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="ascii").split()
    return _seconds(postmaster, buried=True) + sum(_seconds(int(pid)) for pid in children)


def _seconds(pid: int, *, buried: bool = False) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(value) for value in fields[11 : 15 if buried else 13]) / TICK


def _wal(store: PostgresStore) -> int:
    with store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_current_wal_lsn() - '0/0'").scalar_one())


def _pending(running: Servers, count: int, due: int) -> None:
    """`due` alarms ring in a database where `count` more wait for later days."""
    app, store, _ = virtual(running, "bench_pending")
    at = copies(store, 1, tag="x")
    began = time.perf_counter()
    for table, own in (
        ("streams", {"id": "'w' || n", "ref": "'DUR-22-w' || n"}),
        ("timers", {"stream_id": "'w' || n"}),
    ):
        _multiply(store, table, own, count)
    filled = time.perf_counter() - began
    began = time.perf_counter()
    copies(store, due - 1)
    saved = time.perf_counter() - began
    explain = sa.text("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + CLAIMS["fire"].text)
    with store.engine.connect() as connection:
        plan = connection.execute(explain, {"limit": BATCH, "now": at}).scalar_one()[0]
        connection.rollback()
    store.set_clock(at)
    began = time.perf_counter()
    until_idle(app)
    fired = time.perf_counter() - began
    with store.engine.connect() as connection:
        sizes = dict(connection.exec_driver_sql(
            "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relname IN "
            "('streams', 'streams_pk', 'streams_wake', 'timers', 'timers_pk')"
        ).tuples().all())  # fmt: skip
        options = dict(connection.exec_driver_sql(
            "SELECT relname, array_to_string(reloptions, ' ') FROM pg_class WHERE relname IN ('streams', 'timers')"
        ).tuples().all())  # fmt: skip
        total = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    say(
        "machines_pending",
        pending=count,
        fired=due,
        fired_per_second=rounded(due / fired),
        saved_per_second=rounded(due / saved),
        filled_per_second=rounded(count / filled),
        claim_ms=rounded(plan["Execution Time"]),
        claim_buffers=plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"],
        claim_limit=BATCH,
        megabytes={name: rounded(size / 1e6) for name, size in sorted(sizes.items())},
        database_megabytes=rounded(total / 1e6),
        autovacuum=options,
    )
    store.engine.dispose()


def _multiply(store: PostgresStore, table: str, own: dict[str, str], count: int) -> None:
    """`count` rows like the one that is there, spread over four months; and statistics, for the keys that point at it."""
    own = own | {name: f"{name} + interval '1 day' * (1 + n % 120)" for name in ("wake_at", "due")}
    with store.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        columns = [row[0] for row in connection.execute(sa.text(
            "SELECT column_name FROM information_schema.columns WHERE table_name = :table ORDER BY ordinal_position"
        ), {"table": table})]  # fmt: skip
        connection.execute(sa.text(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(own.get(c, c) for c in columns)} "
            f"FROM (SELECT * FROM {table} LIMIT 1) one, generate_series(1, :n) n"
        ), {"n": count})  # fmt: skip
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql(f"VACUUM ANALYZE {table}")
        connection.invalidate()  # a new session plans its foreign keys anew


if __name__ == "__main__":
    fire_until_none()
