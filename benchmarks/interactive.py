"""From a fact recorded to its message handed to the sender, with the real workers: idle, and under a flood of alarms."""

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from benchmarks.harness import copies, fresh, rounded, say, waiting_case
from benchmarks.receipts import door, post
from caseflow.bootstrap import app_for, prepare
from caseflow.domain import commands as c
from caseflow.domain.case import Known, changed
from caseflow.domain.effects import Send
from caseflow.domain.words import Actor, AddressStatus, Channel, Origin, Role
from caseflow.embedded import Servers
from caseflow.engine.app import App
from caseflow.engine.handle import handle
from caseflow.engine.ports import Change, PersonIn
from caseflow.settings.deployment import deployment
from caseflow.store.postgres import PostgresStore
from workers.launch import Crew

OFFICER = Actor("officer", Role.ARRESTING_OFFICER)
SUPERVISOR = Actor("supervisor", Role.SUPERVISOR)
PATIENCE = 60.0
PACE = 50
"""Deliveries and receipts a second beside it."""


def run(running: Servers, *, quick: bool) -> None:
    """p50 and p99 of: a referral is accepted → the officer's e-mail lies in the sender's folder."""
    samples, flood = (30, 5000) if quick else (200, 100_000)
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as folder:
        settings = deployment(
            database_url=fresh(running, "bench_interactive"),
            broker_url=running.broker_url,
            data_dir=Path(folder),
            outbox_dir=Path(folder) / "outbox",
            sender="folder",
        )
        store = prepare(settings)
        app = app_for(settings, scheme="durham")
        environment = {
            **os.environ,
            "CASEFLOW_DATABASE_URL": settings.database_url or "",
            "CASEFLOW_BROKER_URL": running.broker_url,
            "CASEFLOW_DATA_DIR": folder,
            "CASEFLOW_OUTBOX_DIR": str(settings.outbox_dir),
            "CASEFLOW_SENDER": "folder",
        }
        cases = _referrals(app, samples * 2)
        with _crew(environment, Path(folder)):
            for case in cases[:5]:
                _accept(app, case, settings.outbox_dir)
            _tell("interactive_idle", [_accept(app, case, settings.outbox_dir) for case in cases[5:samples]], 0, 0)
        copies(store, flood, due=datetime.now(UTC) - timedelta(hours=1), tag="flood")  # while nobody fires them
        with _crew(environment, Path(folder)):
            _accept(app, cases[samples], settings.outbox_dir)  # the workers are up
            before = _waiting(store)
            took = [_accept(app, case, settings.outbox_dir) for case in cases[samples + 1 :]]
            _tell("interactive_flood", took, flood, _waiting(store), before=before)
        more = _referrals(app, samples, "m")
        copies(store, flood, due=datetime.now(UTC) - timedelta(hours=1), tag="again")
        letters = _letters(store, PACE * (20 if quick else 240))
        with door(settings.database_url or "", running.broker_url), _crew(environment, Path(folder)), _posting(letters):
            _accept(app, more[0], settings.outbox_dir)
            before = _waiting(store)
            took = [_accept(app, case, settings.outbox_dir) for case in more[1:]]
            _tell(
                "interactive_mixed", took, flood, _waiting(store), before=before, receipts_per_second=PACE,
                deliveries_per_second=PACE, letters_sent=len(list((Path(folder) / "outbox").glob("*.html"))),
            )  # fmt: skip


@contextmanager
def _crew(environment: dict[str, str], folder: Path) -> Iterator[None]:
    crew = Crew(environment, log_dir=folder / "logs")
    crew.start()
    try:
        yield
    finally:
        crew.stop()


def _tell(name: str, seconds: list[float], flood: int, left: int, **more: object) -> None:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    say(
        name,
        p50_ms=rounded(cuts[49] * 1000),
        p99_ms=rounded(cuts[98] * 1000),
        n=len(seconds),
        per_second=rounded(1 / statistics.fmean(seconds)),
        flood=flood,
        alarms_left_at_the_end=left,
        **more,
    )


def _waiting(store) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001
    with store.engine.connect() as connection:
        return int(
            connection.exec_driver_sql(
                "SELECT count(*) FROM streams WHERE wake_at <= now() AND kind = 'case'"
            ).scalar_one()
        )


def _letters(store: PostgresStore, count: int) -> list[str]:
    """So many letters that may go, PACE of them each second from now on; their keys. (A letter may go at any hour.)"""
    case, _ = waiting_case(store.policies()["durham", "1"])
    offers = [datetime.now(UTC) + timedelta(days=days) for days in (3, 4)]
    people, changes = [], []
    for number in range(count):
        name, address = f"letter-{number}", f"post-{number}"
        post = {Channel.LETTER: (address, f"{number} High Street\nNorthgate\nNG1 1AA", "confirmed")}
        people.append(PersonIn(name, "participant", "Sam", "Reed", addresses=post))
        send = Send(
            "first_contact", Role.PARTICIPANT, name, (Channel.LETTER,), "decision", rung="letter",
            fields={"worker": "", "offers": offers},
        )  # fmt: skip
        contact = replace(case.contact, addresses={Channel.LETTER: Known(address, AddressStatus.CONFIRMED)})
        one = changed(
            case, id=f"letter-case-{number}", ref=f"DUR-26-l{number:05d}", contact=contact, expectations={},
            parties={**case.parties, Role.PARTICIPANT: name},
        )  # fmt: skip
        changes.append(Change(before_seq=0, stream=one, reacted=one.seq, sends=[send]))
    with store.begin() as unit:
        unit.upsert_people("durham", people)
        unit.save(changes)
    paced = (
        "UPDATE notices n SET send_at = clock_timestamp() + m.place * interval '1 second' / %s"
        " FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM notices WHERE channel = 'letter') m"
        " WHERE m.id = n.id RETURNING n.key"
    )
    with store.engine.begin() as connection:
        return [row.key for row in connection.exec_driver_sql(paced, (PACE,))]


@contextmanager
def _posting(keys: list[str]) -> Iterator[None]:
    """Receipts for these at PACE a second, until the block ends."""
    over = threading.Event()
    poster = threading.Thread(target=post, args=(keys, PACE, over))
    poster.start()
    try:
        yield
    finally:
        over.set()
        poster.join()


def _referrals(app: App, count: int, tag: str = "i") -> list[str]:
    people = [
        PersonIn(
            "officer",
            "officer",
            "Ola",
            "Grant",
            None,
            {Channel.EMAIL: ("officer-mail", "ola@example.org", "confirmed")},
        ),
        PersonIn("participant", "participant", "Sam", "Reed", None, {}),
    ]
    with app.store.begin() as unit:
        unit.upsert_people("durham", people)
        now = unit.now()
    asked = []
    for number in range(count):
        refer = c.Refer(
            ref=f"DUR-26-{tag}{number:05d}", disposal="deferred_prosecution", policy_version="1", referred_at=now,
            offence_code="PU86004", offence_category="CE", offence_listed="CE", offence_date=now.date() - timedelta(days=1),
            parties={Role.PARTICIPANT: "participant", Role.ARRESTING_OFFICER: "officer", Role.OIC: "officer"},
            adult_on=date(2010, 1, 1), evidential_test=True, admission=True, consent=True,
        )  # fmt: skip
        asked.append(c.Asked(str(uuid4()), str(uuid4()), refer, OFFICER, Origin.IMPORT))
    for answer in handle(app, asked):
        if answer.refused:
            raise RuntimeError(answer.words)
    return [one.stream for one in asked]


def _accept(app: App, case: str, outbox: Path | None) -> float:
    """Seconds from recording the fact until one more message lies in the folder."""
    assert outbox is not None
    outbox.mkdir(parents=True, exist_ok=True)
    mail = outbox / "email" if (outbox / "email").is_dir() else outbox
    before = {entry.name for entry in os.scandir(mail)}
    began = time.perf_counter()
    answer = handle(app, [c.Asked(str(uuid4()), case, c.Accept("navigator"), SUPERVISOR)])[0]
    if answer.refused:
        raise RuntimeError(answer.words)
    while time.perf_counter() - began < PATIENCE:
        for entry in os.scandir(mail):
            if entry.name not in before and entry.name.endswith(".eml"):
                return time.perf_counter() - began
        time.sleep(0.002)
    raise RuntimeError(f"no message within {PATIENCE} s")
