"""What a claim costs as pending alarms grow a hundredfold, and what memory firing takes."""

import os
import subprocess
import sys
from typing import Any

import sqlalchemy as sa

from benchmarks.harness import copies, resident, rounded, say, virtual
from caseflow.bootstrap import app_for
from caseflow.embedded import Servers
from caseflow.engine.advance import fire_timers
from caseflow.settings.deployment import deployment
from caseflow.store.streams import CLAIMS

LIMIT = 500
CAP = 150.0  # MB, the most a worker may hold


def run(running: Servers, *, quick: bool) -> None:
    """EXPLAIN of the claim at 10,000 and at 1,000,000 pending; then the memory of a process that fires many rungs."""
    small, large = (1000, 100_000) if quick else (10_000, 1_000_000)
    found = {count: _claim(running, count) for count in (small, large)}
    few, many = found[small], found[large]
    say(
        "scale_claim",
        pending=[small, large],
        buffers=[few["buffers"], many["buffers"]],
        milliseconds=[rounded(few["ms"]), rounded(many["ms"])],
        statements=1,
        ratio_buffers=rounded(many["buffers"] / max(few["buffers"], 1)),
        limit=LIMIT,
    )
    _memory(running, 20_000 if quick else 200_000)


def _claim(running: Servers, count: int) -> dict[str, Any]:
    """The claim with `LIMIT` due among `count` that wait for later days."""
    _, store, _ = virtual(running, f"bench_scale_{count}")
    at = copies(store, LIMIT)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # a million rows at once: no work of the engine's
        columns = [row[0] for row in connection.execute(sa.text(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'streams' ORDER BY ordinal_position"
        ))]  # fmt: skip
        changed = {
            "id": "md5(n::text)::uuid::text",
            "ref": "'DUR-22-z' || n",
            "wake_at": "wake_at + interval '1 day' * (1 + n % 120)",
        }
        picked = ", ".join(changed.get(name, name) for name in columns)
        connection.execute(sa.text(
            f"INSERT INTO streams ({', '.join(columns)}) SELECT {picked} "
            "FROM (SELECT * FROM streams LIMIT 1) one, generate_series(1, :n) n"
        ), {"n": count})  # fmt: skip
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE streams")
        connection.exec_driver_sql("RESET statement_timeout")
    explain = sa.text("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + CLAIMS["fire"].text)
    best: dict[str, Any] = {}
    for _ in range(5):
        with store.engine.connect() as connection:
            plan = connection.execute(explain, {"limit": LIMIT, "now": at}).scalar_one()[0]
            connection.rollback()
        top = plan["Plan"]
        cost = {"buffers": top["Shared Hit Blocks"] + top["Shared Read Blocks"], "ms": plan["Execution Time"]}
        best = min((one for one in (best, cost) if one), key=lambda one: one["ms"])
    store.engine.dispose()
    return best


def _memory(running: Servers, count: int) -> None:
    """In a process of its own, which does nothing else."""
    _, store, settings = virtual(running, "bench_memory")
    at = copies(store, count)
    store.set_clock(at)
    store.engine.dispose()
    environment = {
        **os.environ,
        "CASEFLOW_DATABASE_URL": settings.database_url or "",
        "CASEFLOW_BROKER_URL": running.broker_url,
        "CASEFLOW_DATA_DIR": str(settings.data_dir),
    }
    command = [sys.executable, "-m", "benchmarks.scale", str(count)]
    subprocess.run(command, env=environment, check=True)


def fire_all(count: int) -> None:
    """Fire `count` due rungs, looking at our own memory on the way."""
    app = app_for(deployment(), scheme="durham")
    seen: list[float] = []
    fired = 0
    while claimed := fire_timers(app, LIMIT).claimed:
        fired += claimed
        if fired % (count // 10) < LIMIT:
            seen.append(resident())
    half = len(seen) // 2
    say(
        "scale_memory",
        n=fired,
        megabytes=[rounded(one) for one in seen],
        most=rounded(max(seen)),
        cap=CAP,
        growth_second_half=rounded(seen[-1] - seen[half]),
    )


if __name__ == "__main__":
    fire_all(int(sys.argv[1]))
