"""A season in a storm, beside its calm twin: whatever fails, the same seed leads to the same facts and messages.

calm twin in this process → the season with three crews of real workers, while faults fall → compare stream by stream.
What hits when is drawn from hash(seed, step); how long a worker had been at it when it died is chance, and must not matter.
"""

import contextlib
import json
import os
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis
from standins.notify import KEY, Fate, StandIn

from caseflow import bootstrap
from caseflow.domain.events import DeliveryNoted, Event
from caseflow.embedded import Servers
from caseflow.engine.app import App
from caseflow.engine.audit import audit
from caseflow.engine.readings import NoticeLine, Readings
from caseflow.settings.deployment import Deployment
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes
from caseflow.simulate import season
from caseflow.simulate.crewed import Crewed
from caseflow.simulate.demo import REFERRALS
from caseflow.simulate.draws import Draws
from caseflow.simulate.machinery import InProcess
from caseflow.simulate.world import World
from caseflow.store import codec
from workers.launch import Crew

LANES = ("react", "fire", "people", "others")
CREWS = 3
LEASE = 4.0
"""Seconds a killed worker's messages wait in the storm; a setting (CASEFLOW_LEASE), not a weaker default."""
LOOK_AFTER = 0.5
STOPPED = LEASE + 3.0
"""Seconds a worker is frozen: longer than its lease, so that it wakes as one whose work others have done."""

History = dict[str, tuple[list[str], list[str]]]
"""Per stream: its facts in words, in order, and its notices with their ends."""


@dataclass
class Report:
    """What fell, and what came of it. `recovery` is from the fault to the next rest, in seconds."""

    seed: int
    cases: int
    days: int
    steps: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    lies: Counter[str] = field(default_factory=Counter)
    recovery: list[float] = field(default_factory=list)
    restarts: int = 0
    sent: int = 0
    twice: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def well(self) -> bool:
        return not (self.twice or self.violations or self.differences)

    def as_dict(self) -> dict[str, Any]:
        """One JSON object."""
        worst = {"median": statistics.median(self.recovery), "max": max(self.recovery)} if self.recovery else {}
        return asdict(self) | {"recovery": worst, "well": self.well}

    def lines(self) -> list[str]:
        """For a person."""
        seconds = self.as_dict()["recovery"]
        return [
            f"{self.cases} cases, {self.days} days, seed {self.seed}: {self.steps} steps in {self.seconds:.0f} s",
            f"Faults        {sum(self.faults.values())}: "
            + ", ".join(f"{n} {kind}" for kind, n in sorted(self.faults.items())),
            f"Channel       {self.sent} messages taken; it lied: "
            + (", ".join(f"{n} {k}" for k, n in sorted(self.lies.items())) or "never"),
            f"Workers       {self.restarts} started again",
            *([f"To rest again median {seconds['median']:.1f} s, at most {seconds['max']:.1f} s"] if seconds else []),
            f"Twice         {len(self.twice)} messages"
            + "".join(f"\n  {key}: {n} times" for key, n in self.twice.items()),
            f"Audit         {len(self.violations)} violations" + "".join(f"\n  {one}" for one in self.violations[:5]),
            f"Differences   {len(self.differences)} streams" + "".join(f"\n{one}" for one in self.differences[:2]),
        ]


class Stormy(Crewed):
    """The machinery with a fault at some of its steps, and Notify's stand-in as the post."""

    def __init__(self, app: App, store: Any, notify: StandIn, storm: "Storm") -> None:
        super().__init__(app, store, Path())
        self._notify, self._storm, self._read = notify, storm, 0

    def settle(self) -> None:
        with self._storm.falling():
            super().settle()

    def post(self) -> list[str]:
        new = sorted({one.reference for one in self._notify.taken[self._read :]} - self._seen)
        self._read = len(self._notify.taken)
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


def lying(seed: int, report: Report) -> Callable[[str, str, int], Fate]:
    """A channel that loses answers, breaks and dawdles, each message by its own lot and at most twice."""
    draws = Draws(seed)

    def fate(kind: str, reference: str, times: int) -> Fate:
        lot = draws.share(reference, f"try:{times}") if times < 3 else 1.0
        for bound, name, what in (
            (0.02, "took it and said nothing", Fate(answers=False)),
            (0.04, "500", Fate(500)),
            (0.05, "closed the line", Fate(500, answers=False)),
            (0.08, "dawdled", Fate(wait=0.2)),
        ):
            if lot < bound:
                report.lies[name] += 1
                return what
        return Fate()

    return fate


def calm(seed: int, cases: int, days: int) -> History:
    """The same season in this process, where nothing fails."""
    policies = dict(load_schemes(config_dir()))
    feed = season.read_file(config_dir() / REFERRALS, policies, cases)
    policy = season.newest(policies, feed.scheme)
    memory = bootstrap.memory_app(policies, at=season.begins(feed, policy), scheme=feed.scheme)
    _play(InProcess(memory.app, memory.store, memory.senders.values()), feed, policy, seed, days)
    assert memory.app.readings is not None
    return history(memory.app.readings, feed.scheme)


def _play(machinery: Any, feed: season.Referrals, policy: Any, seed: int, days: int) -> World:
    roster = bootstrap.rosters(config_dir())[feed.scheme]
    world = season.world_of(machinery, feed, policy=policy, roster=roster, seed=seed)
    for _ in season.days_of(world, days):
        pass
    return world


def weather(
    folder: Path, *, seed: int, cases: int, days: int, share: float, tamper: Callable[[str], None] | None = None
) -> Report:
    """Play the calm twin, then the storm, and compare. `tamper` gets the database's address before the comparison."""
    began = time.monotonic()
    report = Report(seed, cases, days)
    expected = calm(seed, cases, days)
    policies = dict(load_schemes(config_dir()))
    feed = season.read_file(config_dir() / REFERRALS, policies, cases)
    policy = season.newest(policies, feed.scheme)
    with contextlib.ExitStack() as stack:
        servers = stack.enter_context(Servers(folder / "servers", "test", fast=True))
        notify = stack.enter_context(StandIn(fate=lying(seed, report)))
        settings = Deployment(
            environment="test", database_url=servers.database_url, broker_url=servers.broker_url, data_dir=folder,
            sender="notify", notify_key=KEY, notify_url=notify.url, notify_template_text="t", notify_template_email="t",
            notify_template_letter="t", notify_look_after=LOOK_AFTER, lease=LEASE,
        )  # fmt: skip
        store = bootstrap.prepare(settings, virtual=True, turns=True, start=season.begins(feed, policy))
        stack.callback(store.close)
        env = _environment(settings)
        crews = [
            stack.enter_context(Crew(env, names, log_dir=folder / f"log{number}"))
            for number, names in enumerate([(*LANES, "beat")] * 2 + [LANES] * (CREWS - 2))
        ]
        app = bootstrap.app_for(settings, scheme=feed.scheme)
        stack.callback(app.store.close)  # type: ignore[attr-defined]
        storm = Storm(seed, share, servers, crews, report)
        _play(Stormy(app, store, notify, storm), feed, policy, seed, days)
        report.restarts = sum(crew.restarts for crew in crews)
        report.sent = len(notify.taken)
        report.twice = notify.doubles()
        if tamper is not None:
            tamper(servers.database_url.replace("+psycopg", ""))
        assert app.readings is not None
        report.violations = [one.words for one in audit(app.readings, replay_every=1).violations]
        report.differences = compare(expected, history(app.readings, feed.scheme))
    report.seconds = time.monotonic() - began
    return report


def _environment(settings: Deployment) -> dict[str, str]:
    names = (
        "environment", "database_url", "broker_url", "data_dir", "sender", "notify_key", "notify_url",
        "notify_template_text", "notify_template_email", "notify_template_letter", "notify_look_after", "lease",
    )  # fmt: skip
    return {f"CASEFLOW_{name.upper()}": str(getattr(settings, name)) for name in names} | {
        "CASEFLOW_LOG_LEVEL": "WARNING"
    }


# ── the comparison ──────────────────────────────────────────────────────────────────────────────
def history(readings: Readings, scheme: str) -> History:
    """Every stream's facts and notices, without numbers, ids and machinery's times."""
    found: History = {}
    after = ""
    while some := readings.dossiers(scheme, after=after, limit=200):
        after = some[-1].id
        for dossier in some:
            facts = [
                (one.occurred_at, isinstance(one.event, DeliveryNoted), _words(one.event)) for one in dossier.events
            ]
            notices = sorted(
                f"{one.purpose}/{one.rung} to {one.to} by {_by(one)}: {one.state}" for one in dossier.notices
            )
            found[f"{dossier.kind} {dossier.ref}"] = (_told(facts), notices)
    return found


def _words(event: Event) -> str:
    """The fact as it is stored, its fields in one order."""
    kind, _, body = codec.encode_event(event)
    return f"{kind} {json.dumps(json.loads(body), sort_keys=True)}"


def _by(notice: NoticeLine) -> str:
    """The channels it went by; how often each was tried is machinery's affair."""
    return "+".join(dict.fromkeys(one.channel for one in notice.attempts if one.state == "accepted")) or "none"


def _told(facts: list[tuple[Any, bool, str]]) -> list[str]:
    """In order; receipts that came one after the other at one moment in any order (two lanes owe each other none)."""
    told: list[str] = []
    run: list[str] = []
    moment = None
    for at, receipt, words in facts:
        line = f"{at:%Y-%m-%d %H:%M} {words}"
        if receipt and at == moment:
            run.append(line)
            continue
        told += sorted(run)
        run, moment = ([line], at) if receipt else ([], None)
        if not receipt:
            told.append(line)
    return told + sorted(run)


def compare(expected: History, found: History) -> list[str]:
    """Where the two differ: the first lines that do, side by side."""
    differences = []
    for name in sorted(expected.keys() | found.keys()):
        ours, theirs = expected.get(name, ([], [])), found.get(name, ([], []))
        for what, calm_lines, storm_lines in zip(("fact", "notice"), ours, theirs, strict=True):
            if calm_lines != storm_lines:
                at = next(
                    (n for n, pair in enumerate(zip(calm_lines, storm_lines, strict=False)) if pair[0] != pair[1]),
                    min(len(calm_lines), len(storm_lines)),
                )
                differences.append(
                    f"  {name}, {what} {at + 1}\n    calm:  {_line(calm_lines, at)}\n    storm: {_line(storm_lines, at)}"
                )
    return differences


def _line(lines: list[str], at: int) -> str:
    return lines[at][:300] if at < len(lines) else "nothing"


if __name__ == "__main__":
    sys.exit("run it as `python tests/chaos`")
