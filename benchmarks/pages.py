"""The pages under load, timed in the server.

The caseload of a scheme with very many cases, read by twenty supervisors who think in between; and a referral by the API
while very many alarms are due and the workers answer them.

`server_ms` is from the request's first byte to the answer's last one, in the process that serves. Clients and server share
the machine, as they would not in life.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import sqlalchemy as sa
import uvicorn

from benchmarks.harness import copies, fresh, rounded, say
from benchmarks.interactive import _crew, _waiting
from caseflow.access import accounts, clients
from caseflow.access.who import Part, Scope
from caseflow.bootstrap import app_for, prepare
from caseflow.embedded import Servers
from caseflow.engine.access import Account
from caseflow.front import make_front
from caseflow.settings.deployment import Deployment, deployment
from caseflow.store.postgres import PostgresStore

USERS, THINK = 20, 3.0
"""People at once, and how long each looks at a page (seconds)."""
SEARCHES = ("carter", "sam c", "DUR-22-N00421", "DUR-22", "prydd")

PEOPLE = """
    INSERT INTO persons (scheme_id, id, kind, given, family, folded)
    SELECT 'durham', 'bench-' || n, 'participant', g.name, f.name, lower(g.name || replace(f.name, '-', ''))
      FROM generate_series(0, :count - 1) n
      JOIN LATERAL (SELECT (ARRAY['Sam','Robin','Kim','Ann','Bethan','Dai'])[1 + n % 6] AS name) g ON true
      JOIN LATERAL (SELECT (ARRAY['Carter','Marsh','Lowe','Prydderch','Jones','Smith','Evans','Reed'])[1 + n % 8]
                           || CASE WHEN n % 3 = 0 THEN '-' || n ELSE '' END AS name) f ON true"""
NAVIGATORS = """
    INSERT INTO persons (scheme_id, id, kind, given, family, folded)
    SELECT 'durham', 'bench-nav-' || n, 'navigator', 'Alex', 'Nav' || n, 'alexnav' || n FROM generate_series(0, 49) n"""
SPREAD = """
    UPDATE streams s
       SET participant = 'bench-' || d.n, owner = 'bench-nav-' || d.n % 50, since = s.since - d.n % 120 * interval '1 day',
           state = (ARRAY['referred','assessed','engaged'])[1 + d.n % 3], wake_at = s.wake_at + d.n % 9000 * interval '1 minute',
           ended_at = CASE WHEN d.n % 10 = 7 THEN s.since END
      FROM (SELECT id, CAST(row_number() OVER (ORDER BY ref) - 1 AS bigint) AS n FROM streams WHERE kind = 'case') d
     WHERE d.id = s.id"""
TASKS = """
    INSERT INTO tasks (scheme_id, stream_id, key, kind, owner, title, due, opened_at)
    SELECT 'durham', s.id, 'call/' || t, 'call', 'navigator', 'Ring: how is it going?',
           clock.at + (hashtext(s.id) % 5) * interval '1 day' + t * interval '1 hour', s.since
      FROM clock CROSS JOIN streams s CROSS JOIN generate_series(1, 2) t WHERE s.kind = 'case' AND s.ended_at IS NULL"""
PAST = """
    INSERT INTO tasks (scheme_id, stream_id, key, kind, owner, title, state, opened_at, closed_at)
    SELECT 'durham', s.id, 'done/' || t, 'call', 'navigator', 'Ring: how is it going?', 'done', s.since, s.since
      FROM streams s CROSS JOIN generate_series(1, 18) t WHERE s.kind = 'case'"""
HOLDS = """
    INSERT INTO timers (scheme_id, stream_id, expectation, cycle, ladder, rung, due, local_due)
    SELECT 'durham', id, 'hold:case', 0, 'hold', 'over', wake_at + interval '9 days', ''
      FROM streams WHERE kind = 'case' AND ended_at IS NULL AND hashtext(id) % 25 = 0"""


def run(running: Servers, *, quick: bool) -> None:
    """The caseload; then a referral in a flood."""
    _caseload(running, 2000 if quick else 100_000, rounds=2 if quick else 20, think=0.05 if quick else THINK)
    _referral(running, 2000 if quick else 100_000, samples=10 if quick else 200)


def _caseload(running: Servers, count: int, rounds: int, think: float) -> None:
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as folder:
        settings = _settings(running, "bench_pages", folder)
        store = prepare(settings, virtual=True, start=datetime(2022, 1, 10, 9, 30, tzinfo=UTC))
        app = app_for(settings, scheme="durham")
        copies(store, count, tag="N")
        with store.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            for statement in (PEOPLE, NAVIGATORS, SPREAD, TASKS, PAST, HOLDS):
                connection.execute(sa.text(statement), {"count": count} if ":count" in statement else {})
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("VACUUM ANALYZE")
        boss = Account("bench", "durham", "bench@example.org", "Bench", Part.SUPERVISOR.value, "supervisor")
        with store.begin() as unit:
            unit.add_account(boss)
        tokens = [accounts.begin(app, boss, "benchmark") for _ in range(USERS)]
        took: dict[str, list[float]] = defaultdict(list)
        with _served(settings) as address:
            with httpx.Client(base_url=address, cookies={"caseflow": tokens[0]}, timeout=60) as client:
                for _ in range(10):
                    client.get("/caseload")  # templates are compiled and connections made once, whoever comes first
            crew = [
                threading.Thread(target=_user, args=(address, token, number, rounds, think, took))
                for number, token in enumerate(tokens)
            ]
            began = time.perf_counter()
            for one in crew:
                one.start()
            for one in crew:
                one.join()
        every = [one for some in took.values() for one in some]
        for name, some in sorted(took.items()):
            _tell("caseload", some, page=name, cases=count)
        _tell("caseload", every, page="all", cases=count, users=USERS, think_s=think,
              per_second=rounded(len(every) / (time.perf_counter() - began)))  # fmt: skip


def _user(address: str, token: str, number: int, rounds: int, think: float, took: dict[str, list[float]]) -> None:
    """One supervisor: opens the list, looks at a case, goes on, looks for somebody, in an order of their own."""
    draws = Random(number)  # noqa: S311 - an order of pages, the same each time
    wait = threading.Event()
    with httpx.Client(base_url=address, cookies={"caseflow": token}, timeout=60) as client:
        wait.wait(draws.random() * think)
        for _ in range(rounds):
            page = _open(client, "/caseload", "first", took)
            wait.wait(think)
            somebody = draws.choice(re.findall(r'href="(/cases/[^"/?]+)"', page.text))
            _open(client, somebody, "a case", took)
            wait.wait(think)
            following = page.text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
            if following.startswith("/caseload?"):
                _open(client, following.replace("&amp;", "&"), "next", took)
                wait.wait(think)
            name, path = draws.choice([
                ("needs", "/caseload?show=needs"), ("hold", "/caseload?show=hold"), ("over", "/caseload?show=ended"),
                ("newest", "/caseload?sort=newest"), ("by name", "/caseload?sort=name"),
                ("engaged", "/caseload?state=engaged"), ("one navigator's", "/caseload?navigator=bench-nav-7"),
                ("search", f"/caseload?q={draws.choice(SEARCHES)}"),
            ])  # fmt: skip
            _open(client, path, name, took)
            wait.wait(think)


def _open(client: httpx.Client, path: str, name: str, took: dict[str, list[float]]) -> httpx.Response:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    took[name].append(_server_ms(answer))
    return answer


def _referral(running: Servers, flood: int, samples: int) -> None:
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as folder:
        settings = _settings(running, "bench_referral", folder)
        store = prepare(settings)
        app = app_for(settings, scheme="durham")
        token = clients.add(app, "durham", "bench", [Scope.REFER])
        copies(store, flood, due=datetime.now(UTC) - timedelta(hours=1), tag="flood")
        environment = {**os.environ, **_environment(settings)}
        took: list[float] = []
        with _served(settings) as address, _crew(environment, Path(folder)):
            before = _once_at_work(store, flood)
            with httpx.Client(base_url=address, timeout=60) as client:
                for number in range(samples):
                    headers = {"authorization": f"Bearer {token}", "idempotency-key": f"bench-{number}"}
                    answer = client.post("/api/v1/referrals", json={"referrals": [_person(number)]}, headers=headers)
                    if answer.status_code != 200 or not answer.json()["results"][0].get("ref"):
                        raise RuntimeError(answer.text)
                    took.append(_server_ms(answer))
            left = _waiting(store)
        _tell("referral_in_a_flood", took, due=flood, due_at_the_first=before, due_at_the_last=left)


def _once_at_work(store: PostgresStore, flood: int) -> int:
    """How many alarms are still due when the workers have answered the first."""
    wait = threading.Event()
    for _ in range(600):
        if (left := _waiting(store)) < flood:
            return left
        wait.wait(0.1)
    raise RuntimeError("no worker answers an alarm within a minute")


def _person(number: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "crime_reference": f"DUR/{number:04d}/26", "offence_code": "CJ88116", "offence_category": "CS",
        "offence_date": f"{now - timedelta(days=5):%Y-%m-%d}", "disposal": "deferred_prosecution",
        "referred_at": now.isoformat(), "given_name": "Mina", "family_name": f"Stone{number}",
        "date_of_birth": "1990-04-12", "mobile": "07700 900321", "email": None, "preferred_language": "en",
        "safe_contact": {}, "officer_name": "Fran Hall", "officer_email": "fran.hall@example.org",
        "officer_team_email": None, "oic_name": "Fran Hall", "oic_email": "fran.hall@example.org", "victim": False,
        "evidential_test": True, "admission": True, "consent": True, "domestic_abuse": False, "phone_seized": False,
    }  # fmt: skip


# ── the server ──────────────────────────────────────────────────────────────────────────────────
def _settings(running: Servers, name: str, folder: str) -> Deployment:
    return deployment(
        database_url=fresh(running, name), broker_url=running.broker_url, data_dir=Path(folder),
        outbox_dir=Path(folder) / "outbox", sender="folder", doors=("api",), log_level="WARNING",
    )  # fmt: skip


def _environment(settings: Deployment) -> dict[str, str]:
    return {
        "CASEFLOW_DATABASE_URL": settings.database_url or "", "CASEFLOW_BROKER_URL": settings.broker_url or "",
        "CASEFLOW_DATA_DIR": str(settings.data_dir), "CASEFLOW_OUTBOX_DIR": str(settings.outbox_dir),
        "CASEFLOW_SENDER": "folder", "CASEFLOW_DOORS": '["api"]', "CASEFLOW_LOG_LEVEL": "WARNING",
    }  # fmt: skip


@contextmanager
def _served(settings: Deployment) -> Iterator[str]:
    """The pages and the API in a process of their own, on whichever port is free."""
    environment = {**os.environ, **_environment(settings)}
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.pages"], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def serve() -> None:
    """The front as it is served, with how long each answer took in its `server-timing`."""
    settings = deployment()
    front = make_front(app_for(settings), settings)

    async def timed(scope: Any, receive: Any, send: Any) -> None:
        began = time.perf_counter()

        async def answered(message: Any) -> None:
            if message["type"] == "http.response.start":
                spent = f"app;dur={(time.perf_counter() - began) * 1000:.2f}".encode()
                message = {**message, "headers": [*message["headers"], (b"server-timing", spent)]}
            await send(message)

        await front(scope, receive, answered)

    server = uvicorn.Server(uvicorn.Config(timed, port=0, log_config=None, access_log=False, lifespan="off"))
    threading.Thread(target=_say_port, args=(server,), daemon=True).start()
    server.run()


def _say_port(server: Any) -> None:
    wait = threading.Event()
    while not server.started:
        wait.wait(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)


def _server_ms(answer: httpx.Response) -> float:
    return float(answer.headers["server-timing"].partition("dur=")[2])


def _tell(name: str, took: list[float], **more: object) -> None:
    cuts = statistics.quantiles(took, n=100, method="inclusive") if len(took) > 1 else [took[0]] * 99
    say(name, p50_ms=rounded(cuts[49]), p95_ms=rounded(cuts[94]), n=len(took), **more)


if __name__ == "__main__":
    serve()
