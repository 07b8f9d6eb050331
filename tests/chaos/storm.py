"""A season in a storm, beside its calm twin: whatever fails, the same seed leads to the same facts and messages.

calm twin in this process → the season with three crews of real workers, while faults fall → compare stream by stream.
What hits when is drawn from hash(seed, step); how long a worker had been at it when it died is chance, and must not matter.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis
from chaos.people import populate
from chaos.post import Occasion, PostOffice, grumbling, lying, occasion
from chaos.report import Report
from chaos.twins import History, calm, compare, history, play
from standins.doors import serving
from standins.notify import KEY, StandIn
from standins.smtp import MailServer

from caseflow import bootstrap
from caseflow.api.doors import make_app
from caseflow.embedded import Servers
from caseflow.engine.app import App
from caseflow.engine.audit import audit
from caseflow.engine.ports import AT_LEAST_ONCE, Unavailable
from caseflow.settings.deployment import Deployment
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes
from caseflow.simulate import season
from caseflow.simulate.crewed import Crewed
from caseflow.simulate.demo import REFERRALS
from caseflow.simulate.draws import Draws
from caseflow.store.postgres import PostgresStore
from workers.launch import Crew

LANES = ("react", "fire", "people", "others")
SENDING = ("people", "others")
TOKEN = "a-token-of-the-storm-and-of-nothing-else"
LEASE = 4.0
"""Seconds a killed worker's messages wait in the storm; a setting (CASEFLOW_LEASE), not a weaker default."""
LOOK_AFTER = 0.5
STOPPED = LEASE + 3.0
"""Seconds a worker is frozen: longer than its lease, so that it wakes as one whose work others have done."""


class Stormy(Crewed):
    """The machinery with a fault at some of its steps, and stand-ins of Notify and of a mail server as the post."""

    def __init__(
        self, app: App, store: PostgresStore, notify: StandIn, mail: MailServer, office: PostOffice, storm: "Storm"
    ) -> None:
        super().__init__(app, store, Path())
        self._notify, self._mail, self._office, self._storm = notify, mail, office, storm
        self._read = self._mails_read = 0

    def settle(self) -> None:
        """Nothing to do, nothing on its way to our door, and still nothing to do; a database that is away is waited for."""
        with self._storm.falling():
            self._rest()
        if self._storm.report.steps % 7 == 0:
            self._office.repeat()
            self._rest()

    def _rest(self) -> None:
        while True:
            try:
                super().settle()
                if self._office.idle and self._store.quiescent() and not self._office.bring_held_back():
                    return
            except Unavailable:
                threading.Event().wait(0.05)

    def post(self) -> list[str]:
        taken = [one.reference for one in self._notify.taken[self._read :]]
        mails = [one.key for one in self._mail.mails[self._mails_read :]]
        self._read += len(taken)
        self._mails_read += len(mails)
        new = sorted({*taken, *mails} - self._seen)
        self._seen.update(new)
        return new


class Storm:
    """Draws the faults and does them."""

    def __init__(self, seed: int, share: float, servers: Servers, crews: list[Crew], report: Report) -> None:
        self._draws, self._share = Draws(seed), share
        self._servers, self._crews, self.report = servers, crews, report
        self._url = servers.database_url.replace("+psycopg", "")
        self.kinds: dict[str, Callable[[str], None]] = {
            **{f"kill {lane}": self._killer(lane) for lane in LANES},
            "kill beat": self._killer("beat"),
            "freeze and thaw": self._freeze,
            "broker emptied": self._empty,
            "broker killed": self._kill_broker,
            "broker frozen": self._freeze_broker,
            "connections cut": self._cut,
            "hints doubled": self._double,
            "database restarted": lambda _: self._servers.restart_database(),
            "database crashed": lambda _: self._servers.restart_database(crash=True),
        }

    @contextlib.contextmanager
    def falling(self) -> Iterator[None]:
        """One step, perhaps with a fault in it."""
        step = f"step:{self.report.steps}"
        self.report.steps += 1
        if not self._draws.chance(self._share, "storm", step):
            yield
            return
        kind = self._draws.one_of(sorted(self.kinds), "storm", f"{step}:kind")
        delay = 0.15 * self._draws.share("storm", f"{step}:delay")
        began = time.monotonic()
        fault = threading.Timer(delay, self.kinds[kind], (step,))
        fault.start()
        try:
            yield
        finally:
            fault.join()
            self.report.faults[kind] += 1
            self.report.recovery.append(time.monotonic() - began)

    # ── the faults ──
    def _victim(self, lane: str, step: str) -> int | None:
        pids = [crew.pids()[lane] for crew in self._crews if lane in crew.pids()]
        return self._draws.one_of(pids, "storm", f"{step}:who") if pids else None

    def _killer(self, lane: str) -> Callable[[str], None]:
        def kill(step: str) -> None:
            if pid := self._victim(lane, step):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

        return kill

    def _freeze(self, step: str) -> None:
        """Longer than its lease and its transaction: it wakes as one whose work others have done."""
        pid = self._victim(self._draws.one_of(LANES, "storm", f"{step}:lane"), step)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                threading.Timer(STOPPED, _thaw, (pid,)).start()

    def _empty(self, step: str) -> None:
        with redis.Redis.from_url(self._servers.broker_url) as broker:
            broker.flushall()

    def _kill_broker(self, step: str) -> None:
        self._servers.kill_broker()
        self._servers.restart_broker()

    def _freeze_broker(self, step: str) -> None:
        pid = self._servers.pids["valkey"]
        os.kill(pid, signal.SIGSTOP)
        threading.Event().wait(1.5)
        os.kill(pid, signal.SIGCONT)

    def _cut(self, step: str) -> None:
        """Every worker's connection to the database; the played people keep theirs."""
        ports = [line.laddr.port for crew in self._crews for pid in crew.pids().values() for line in _lines_of(pid)]
        with psycopg.connect(self._url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE client_port = ANY(%s)", (ports,)
            )

    def _double(self, step: str) -> None:
        with redis.Redis.from_url(self._servers.broker_url) as broker:
            for queue in ("react", "fire", "deliver.people", "deliver.others"):
                for hint in broker.lrange(queue, 0, 5):
                    broker.rpush(queue, *[hint] * 3)


def _lines_of(pid: int) -> list[Any]:
    with contextlib.suppress(psutil.Error):
        return list(psutil.Process(pid).net_connections("tcp"))
    return []


def _thaw(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def weather(
    folder: Path, *, seed: int, cases: int, days: int, share: float, tamper: Callable[[str], None] | None = None
) -> Report:
    """Play the storm, then its calm twin, and compare. `tamper` gets the database's address before the comparison."""
    report = Report(seed, cases, days)
    referrals = populate(config_dir() / REFERRALS, folder / "referrals.csv", cases)
    found, unclear = _storm(folder, referrals, report, share, tamper)
    began = time.monotonic()
    expected = calm(referrals, seed=seed, cases=cases, days=days, unclear=unclear)
    report.calm_seconds = time.monotonic() - began
    report.differences = compare(expected, found)
    return report


def _storm(
    folder: Path, referrals: Path, report: Report, share: float, tamper: Callable[[str], None] | None
) -> tuple[History, Counter[Occasion]]:
    """The history of the season in the storm, and the mails whose end nobody knows."""
    began = time.monotonic()
    policies = dict(load_schemes(config_dir()))
    feed = season.read_file(referrals, policies, report.cases)
    policy = season.newest(policies, feed.scheme)
    draws = Draws(report.seed)
    with contextlib.ExitStack() as stack:
        servers = stack.enter_context(Servers(folder / "servers", "test", fast=True))
        office = stack.enter_context(PostOffice(draws, report.lies))
        notify = stack.enter_context(
            StandIn(fate=lying(draws, report.lies), on_taken=office.taken, token=TOKEN, callback="set below")
        )
        mail = stack.enter_context(MailServer(fate=grumbling(draws, report.lies)))
        settings = Deployment(
            environment="test", database_url=servers.database_url, broker_url=servers.broker_url, data_dir=folder,
            sender="notify", sender_email="smtp", smtp_host="127.0.0.1", smtp_port=mail.port, smtp_from="scheme@example.org",
            notify_key=KEY, notify_url=notify.url, notify_template_text="t", notify_template_letter="t", notify_token=TOKEN,
            notify_look_after=LOOK_AFTER, lease=LEASE, retry_pause=LOOK_AFTER, doors=["receipts"],
        )  # fmt: skip
        store = bootstrap.prepare(settings, virtual=True, turns=True, start=season.begins(feed, policy))
        stack.callback(store.close)
        door = bootstrap.app_for(settings, scheme=feed.scheme)
        stack.callback(door.store.close)  # type: ignore[attr-defined]  # a PostgresStore
        notify.callback = stack.enter_context(serving(make_app(door, settings))) + "/notify/receipts"
        office.notify = notify
        crews = [
            stack.enter_context(Crew(env, names, log_dir=folder / f"log{number}"))
            for number, (names, env) in enumerate(_crews(_environment(settings), folder, report))
        ]
        app = bootstrap.app_for(settings, scheme=feed.scheme)
        stack.callback(app.store.close)  # type: ignore[attr-defined]  # as above
        storm = Storm(report.seed, share, servers, crews, report)
        machinery = Stormy(app, store, notify, mail, office, storm)
        play(
            machinery, feed, policy, seed=report.seed, days=report.days,
            told=lambda line: office.told.get((line.key, line.channel)),
        )  # fmt: skip
        report.restarts = sum(crew.restarts for crew in crews)
        report.sent, report.mails, report.receipts = len(notify.taken), len(mail.mails), office.brought
        report.referred = len(feed.streams)
        report.twice = notify.doubles()
        if tamper is not None:
            tamper(servers.database_url.replace("+psycopg", ""))
        assert app.readings is not None
        report.violations = [*(one.words for one in audit(app.readings, replay_every=1).violations), *office.refused]
        found = history(app.readings, feed.scheme)
        report.facts = sum(len(facts) for facts, _ in found.values())
        unclear = _mails_again(app, servers.database_url.replace("+psycopg", ""), mail, report)
    report.seconds = time.monotonic() - began
    return found, unclear


def _mails_again(app: App, url: str, mail: MailServer, report: Report) -> Counter[Occasion]:
    """Plain SMTP allows no proof. Officers' and providers' mail may have gone again, a participant's never; each is named."""
    assert app.readings is not None
    unclear: Counter[Occasion] = Counter()
    tried: dict[str, list[str]] = {}
    after = ""
    while some := app.readings.dossiers(app.scheme, after=after, limit=200):
        after = some[-1].id
        for notice in (notice for dossier in some for notice in dossier.notices):
            if notice.state == "unknown":
                unclear[occasion(notice)] += 1
                report.unclear.append(f"{notice.purpose} of {notice.stream}")
    doubles = mail.doubles()
    lines = app.readings.posted(app.scheme, list(doubles))
    with psycopg.connect(url, autocommit=True) as admin:
        for key, state in admin.execute(
            "SELECT n.key, a.state FROM notices n JOIN attempts a ON a.notice_id = n.id AND a.scheme_id = n.scheme_id"
            " WHERE n.key = ANY(%s)",
            (list(doubles),),
        ):
            tried.setdefault(key, []).append(state)
    for key, times in doubles.items():
        line = lines.get(key)
        if line is not None and line.kind in AT_LEAST_ONCE and tried[key].count("unknown") >= times - 1:
            report.again.append(f"{line.purpose} to the {line.to}, {times} times ({key})")
        else:
            report.twice[key] = times
    return unclear


def _crews(env: dict[str, str], folder: Path, report: Report) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Three crews and two beats, as on three machines; the deciding half of two of them has its clock wrong."""
    shim = _shim(folder)
    for number, (names, off) in enumerate((((*LANES, "beat"), 0), ((*LANES, "beat"), 420), (LANES, -360))):
        if not off:
            yield names, env
            continue
        wrong = env | {"LD_PRELOAD": str(shim), "CHAOS_CLOCK_OFF": str(off)}
        report.clocks.append(f"react, fire and beat of machine {number + 1} {off / 60:+.0f} min")
        yield tuple(name for name in names if name not in SENDING), wrong
        yield SENDING, env  # Notify takes nothing from a clock that is half a minute wrong, and says so


def _shim(folder: Path) -> Path:
    """The library that sets a worker's clock wrong, compiled here; and proof that it does."""
    made = folder / "skew.so"
    source = Path(__file__).with_name("skew.c")
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", str(made), str(source), "-ldl"], check=True)
    clock = [sys.executable, "-c", "import time; print(time.time())"]
    env = {**os.environ, "LD_PRELOAD": str(made), "CHAOS_CLOCK_OFF": "420"}
    told = float(subprocess.run(clock, env=env, check=True, capture_output=True, text=True).stdout)
    if not 400 < told - time.time() < 440:  # noqa: TID251 - the true time, to tell the wrong one by
        raise RuntimeError("the worker's clock could not be set wrong")
    return made


def _environment(settings: Deployment) -> dict[str, str]:
    names = (
        "environment", "database_url", "broker_url", "data_dir", "sender", "sender_email", "smtp_host", "smtp_port",
        "smtp_from", "notify_key", "notify_url", "notify_template_text", "notify_template_letter", "notify_look_after",
        "lease", "retry_pause",
    )  # fmt: skip
    return {f"CASEFLOW_{name.upper()}": str(getattr(settings, name)) for name in names} | {
        "CASEFLOW_LOG_LEVEL": "WARNING"
    }
