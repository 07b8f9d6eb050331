"""Servers with fsync on, a prepared virtual database, and the printing of one line a figure."""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

import psycopg

from caseflow.bootstrap import app_for, prepare
from caseflow.domain import commands as c
from caseflow.domain import plan
from caseflow.domain.case import Case, changed
from caseflow.domain.effects import SetTimer
from caseflow.domain.policy import Policy
from caseflow.domain.words import Actor, AddressStatus, Attendance, Channel, ItemKind, Refused, Role
from caseflow.embedded import Servers
from caseflow.engine.app import App
from caseflow.engine.ports import Change
from caseflow.settings.deployment import Deployment, deployment
from caseflow.store.postgres import PostgresStore

MONDAY = datetime(2022, 1, 10, 9, 30, tzinfo=UTC)
NAVIGATOR = Actor("navigator", Role.NAVIGATOR)
CHUNK = 2000


def say(name: str, **figures: object) -> None:
    """One figure, one line, one JSON object."""
    print(json.dumps({"name": name, **figures}), flush=True)


def rounded(value: float) -> float:
    return float(f"{value:.4g}")


def median(values: list[float]) -> float:
    return statistics.median(values)


@contextmanager
def servers() -> Iterator[Servers]:
    """Real servers for as long as the benchmarks run, in a folder that goes away with them; fsync stays on."""
    with tempfile.TemporaryDirectory(prefix="caseflow-bench-") as folder:
        # Else the servers' own account cannot get in: root's files would lie elsewhere, and stay.
        Path(folder).chmod(0o711)
        with Servers(Path(folder) / "servers") as running:
            yield running


def fresh(running: Servers, name: str) -> str:
    """An empty database of its own."""
    url = running.database_url
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return url.rsplit("/", 1)[0] + f"/{name}"


def plain(url: str) -> str:
    """The address as psycopg itself reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def virtual(running: Servers, name: str, at: datetime = MONDAY) -> tuple[App, PostgresStore, Deployment]:
    """An app on a fresh virtual database whose clock stands at `at`."""
    folder = Path(tempfile.mkdtemp(prefix="out-", dir=running.data_dir.parent))
    settings = deployment(
        database_url=fresh(running, name), broker_url=running.broker_url, data_dir=folder, outbox_dir=folder / "outbox"
    )
    store = prepare(settings, virtual=True, start=at)
    return app_for(settings, scheme="durham"), store, settings


def waiting_case(policy: Policy) -> tuple[Case, SetTimer]:
    """A participant who missed a session: the next rung sends a text, opens nothing, and sets the next alarm."""
    known = {
        Channel.TEXT: c.Known("address-text", AddressStatus.CONFIRMED),
        Channel.LETTER: c.Known("address-letter", AddressStatus.CONFIRMED),
    }
    parties = {Role.PARTICIPANT: "participant", Role.ARRESTING_OFFICER: "officer", Role.OIC: "oic", Role.TEAM: "team"}
    refer = c.Refer(
        ref="DUR-22-000001", disposal="deferred_prosecution", policy_version=policy.version, referred_at=MONDAY,
        offence_code="PU86004", offence_category="CS", offence_listed="CS", offence_date=date(2022, 1, 8), parties=parties,
        adult_on=date(2010, 1, 1), addresses=known, evidential_test=True, admission=True, consent=True,
    )  # fmt: skip
    items = (c.Item("i1", ItemKind.ENFORCEABLE, "thinking_skills", provider="provider"),)
    missed = MONDAY + timedelta(days=7, hours=4)
    lines: list[tuple[datetime, c.Command]] = [
        (MONDAY, refer),
        (MONDAY, c.Accept("navigator")),
        (MONDAY, c.AgreeContact(addresses=known)),
        (MONDAY, c.Assess()),
        (MONDAY, c.AgreePlan(items, signed=True, read_back=True)),
        (MONDAY, c.BookSession("s1", missed, item="i1", place="12 High St")),
        (missed + timedelta(hours=1), c.RecordAttendance("s1", Attendance.UNACCEPTABLE)),
    ]
    case: Case | None = None
    timers: dict[str, SetTimer] = {}
    for number, (at, command) in enumerate(lines):
        planned = plan.handle(case, c.Asked(f"c{number}", "case", command, NAVIGATOR), policy, at)
        if isinstance(planned, Refused):
            raise TypeError(planned.words)
        advanced = plan.advance(planned.stream, planned.events, policy, at)
        timers |= {e.expectation: e for e in advanced.effects if isinstance(e, SetTimer)}
        if not isinstance(advanced.stream, Case):
            raise TypeError(advanced.stream)
        case = advanced.stream
    assert case is not None
    only = {"missed_session:s1": case.expectations["missed_session:s1"]}  # nothing else waits in this case
    return changed(case, expectations=only), timers["missed_session:s1"]


def copies(store: PostgresStore, count: int, *, due: datetime | None = None, tag: str = "n") -> datetime:
    """`count` copies of the waiting case in the store, each with its one alarm; returns when they ring (UTC)."""
    policy = store.policies()["durham", "1"]
    case, timer = waiting_case(policy)
    at = due or timer.due
    waits = changed(case.expectations["missed_session:s1"], next_due=at)
    alarm = SetTimer("missed_session:s1", timer.cycle, timer.rung, at, timer.local_due, timer.ladder, timer.subject)
    for first in range(0, count, CHUNK):
        changes = []
        for number in range(first, min(first + CHUNK, count)):
            one = changed(
                case,
                id=str(uuid5(NAMESPACE_OID, f"{tag}{number}")),
                ref=f"DUR-22-{tag}{number:06d}",
                # Each became known at a moment of its own, as in life: no date is reckoned once for all.
                expectations={"missed_session:s1": changed(waits, opened=waits.opened - timedelta(seconds=number))},
            )
            changes.append(Change(before_seq=0, stream=one, reacted=one.seq, wake_at=at, timers=[alarm]))
        with store.begin() as unit:
            unit.save(changes)
    return at


def timed(work: Callable[[], object]) -> float:
    """Seconds of real time."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def busy(work: Callable[[], object]) -> float:
    """Seconds of processor time this process took: what other programs on the machine cannot stretch much."""
    began = time.process_time()
    work()
    return time.process_time() - began


def resident() -> float:
    """This process's resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
