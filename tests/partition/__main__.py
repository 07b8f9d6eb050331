"""Three hosts and a network that fails: ``python tests/partition [--quick]``.

Host A has PostgreSQL and Valkey, hosts B and C a crew and a beat each. Between every crew and every server stands a
relay (tests/relay.py) that can be cut, stalled or delayed; run as root on Linux, B and C are network namespaces, too, and
the cable between them and A can be pulled. While facts come in without pause, one thing after another fails. At the
end: every fact handled, every message sent once, no history with a gap, the audit clean; and how long each took.
"""

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import psutil  # noqa: E402 - after the path is set
from relay import Relay  # noqa: E402

from caseflow.bell import CeleryBell  # noqa: E402
from caseflow.bootstrap import app_for, prepare  # noqa: E402
from caseflow.embedded import Servers  # noqa: E402
from caseflow.engine.audit import audit  # noqa: E402
from caseflow.settings.deployment import Deployment  # noqa: E402
from tests.workers.conftest import MONDAY_10, PEOPLE, Place  # noqa: E402
from workers.run import CREW  # noqa: E402
from workers.watch import FORGOTTEN, LOOK  # noqa: E402

PATIENCE = 3 * (FORGOTTEN + 2 * LOOK)
"""Seconds without any progress after which a wait is given up.

The slowest thing that mends itself is a worker whose connection broke while it acknowledged a hint: Celery leaves it deaf,
and the watch ends it after FORGOTTEN seconds, a look or two late; then another has to start. Three times that, because
the machine may have better things to do; and anew with each step forward, because it need not be quick, only alive.
"""
LOOKS = 0.25
"""Seconds between two looks: a look costs the machine something, and it is the machine that is waited for."""


def until_none(left: Callable[[], Collection[str]], what: str, patience: float = PATIENCE) -> None:
    """Wait until nothing is left; what is named by `left`. Patience begins anew whenever there is less of it."""
    pause, fewest, deadline = threading.Event(), sys.maxsize, time.monotonic() + patience
    while waiting := left():
        if len(waiting) < fewest:
            fewest, deadline = len(waiting), time.monotonic() + patience
        assert time.monotonic() < deadline, (
            f"{what}: for {patience:.0f} s nothing has moved; still waiting for {len(waiting)}: {sorted(waiting)[:8]}"
        )
        pause.wait(LOOKS)


def ip(*words: str) -> bool:
    return subprocess.run(["ip", *words], capture_output=True, check=False).returncode == 0


class Cable:
    """A network namespace for one host and the cable from it to host A; plain loopback where that is not allowed."""

    def __init__(self, name: str, number: int) -> None:
        pid = os.getpid()  # so that two runs on one machine keep out of each other's way
        near, far = (f"10.{128 + pid // 256 % 64}.{pid % 256}.{4 * number + end}" for end in (1, 2))
        self.name = f"caseflow-{pid}-{name}"
        self.near = f"cf{pid % 100000}{name}"
        self.real = os.geteuid() == 0 and shutil.which("ip") is not None and all((
            ip("netns", "add", self.name),
            ip("link", "add", self.near, "type", "veth", "peer", "name", "host", "netns", self.name),
            ip("addr", "add", f"{near}/30", "dev", self.near),
            ip("link", "set", self.near, "up"),
            ip("-n", self.name, "addr", "add", f"{far}/30", "dev", "host"),
            ip("-n", self.name, "link", "set", "host", "up"),
            ip("-n", self.name, "link", "set", "lo", "up"),
        ))  # fmt: skip
        self.host = near if self.real else "127.0.0.1"
        self.prefix: list[str] = ["ip", "netns", "exec", self.name] if self.real else []

    def pull(self) -> None:
        ip("link", "set", self.near, "down")

    def plug(self) -> None:
        ip("link", "set", self.near, "up")

    def remove(self) -> None:
        ip("netns", "del", self.name)  # its end of the cable goes with it, and so does ours
        ip("link", "del", self.near)


class Host:
    """B or C: a crew of its own, with its own data folder, behind its own relays."""

    def __init__(self, name: str, number: int, place: Place, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.cable = Cable(name, number)
        address = {}
        for server, url in (
            ("database", str(place.deployment.database_url)),
            ("broker", str(place.deployment.broker_url)),
        ):
            parts = urlsplit(url)
            address[server] = Relay((str(parts.hostname), int(parts.port or 0)), host=self.cable.host)
        self.database, self.broker = address["database"], address["broker"]
        self.env = place.env | {
            "CASEFLOW_DATABASE_URL": self.database.through(str(place.deployment.database_url)),
            "CASEFLOW_BROKER_URL": self.broker.through(str(place.deployment.broker_url)),
            "CASEFLOW_DATA_DIR": str(folder),
        }
        self.launcher: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "launch.log").open("ab") as log:
            self.launcher = subprocess.Popen(
                [*self.cable.prefix, sys.executable, "-m", "workers.launch", "--with-parent"],
                env=os.environ | self.env,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """As if somebody pulled its plug: every process at once, without a word."""
        if self.launcher is None:
            return
        family = [psutil.Process(self.launcher.pid)]
        with contextlib.suppress(psutil.NoSuchProcess):
            family += family[0].children(recursive=True)
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.launcher.wait()
        self.launcher = None

    def remove(self) -> None:
        self.kill()
        for relay in (self.database, self.broker):
            relay.__exit__()
        self.cable.remove()

    def silent_since(self, moment: float) -> list[str]:
        """The members that have left no sign of life after this moment (`workers/health.py`)."""
        return [f"{self.name}: {name}" for name in CREW if self._sign(name) <= moment]

    def _sign(self, name: str) -> float:
        try:
            return float((self.folder / "health" / name).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return float("-inf")


class Facts:
    """Facts without pause, recorded on host A: referrals that are accepted, each a mail to an officer and open ladders."""

    def __init__(self, place: Place, each: int = 5, pause: float = 0.25) -> None:
        self.cases: list[str] = []
        self._place, self._each, self._pause = place, each, pause
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._record, name="facts", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _record(self) -> None:
        while not self._stop.wait(self._pause):
            self.cases.extend(self._place.refer(self._each))


def unfinished(place: Place, cases: Sequence[str]) -> list[str]:
    """Which of these cases have facts nobody reacted to, or officers not yet told."""
    rows = place.rows(
        "SELECT s.id FROM streams s WHERE s.id = ANY(%s) AND (s.react_at IS NOT NULL OR NOT EXISTS ("
        "SELECT FROM notices n WHERE n.scheme_id = s.scheme_id AND n.stream_id = s.id"
        " AND n.purpose = 'officer_accepted' AND n.state = 'sent'))",
        list(cases),
    )
    return [str(name) for (name,) in rows]


def busy(place: Place) -> list[str]:
    """What is not at rest: the one thing the store can say."""
    return [] if place.store.quiescent() else ["the store"]


def silent(hosts: Sequence[Host], moment: float) -> list[str]:
    """Who on these hosts has not been heard of since this moment."""
    return [one for host in hosts for one in host.silent_since(moment)]


Incident = tuple[str, Callable[[], None], Callable[[], None]]


def incidents(b: Host, c: Host, *, quick: bool) -> list[Incident]:
    """What fails, and how it is mended."""

    def slow() -> None:
        b.database.delay = b.broker.delay = 0.05

    def brisk() -> None:
        b.database.delay = b.broker.delay = 0.0

    cut: Incident = ("B is cut off from the broker", b.broker.cut, b.broker.heal)
    if quick:
        return [cut]
    return [
        cut,
        ("B hears nothing from the broker", b.broker.stall, b.broker.heal),
        ("B is cut off from the database", b.database.cut, b.database.heal),
        ("B hears nothing from the database", b.database.stall, b.database.heal),
        ("B is far away (50 ms a packet)", slow, brisk),
        *([("B's cable is pulled", b.cable.pull, b.cable.plug)] if b.cable.real else []),
        ("C is killed, all of it", c.kill, c.start),
    ]


def play(place: Place, b: Host, c: Host, facts: Facts, lasting: float, *, quick: bool) -> Iterator[dict[str, object]]:
    """One incident after another, each measured."""
    for name, break_, mend in incidents(b, c, quick=quick):
        first, began = len(facts.cases), time.monotonic()
        break_()
        pause = threading.Event()
        pause.wait(lasting)
        during = facts.cases[first:]
        left = len(unfinished(place, during))
        healed = time.monotonic()
        mend()
        until_none(partial(unfinished, place, during), f"{name}: all its facts are handled")
        handled = time.monotonic() - healed
        until_none(partial(silent, (b, c), healed), f"{name}: both hosts work")
        yield {
            "incident": name,
            "lasted_s": round(healed - began, 1),
            "facts_meanwhile": len(during),
            "left_when_mended": left,
            "handled_after_s": round(handled, 1),
            "host_works_after_s": round(time.monotonic() - healed, 1),
        }


def verdict(place: Place, cases: list[str], folders: Sequence[Path]) -> dict[str, object]:
    """Nothing lost, nothing twice: asserted, and counted."""
    place.check_once(cases)
    unclear = place.rows("SELECT count(DISTINCT notice_id) FROM attempts WHERE state = 'unknown'")[0][0]
    twice = place.rows(
        "SELECT notice_id FROM attempts WHERE state = 'accepted' GROUP BY notice_id, scheme_id HAVING count(*) > 1"
    )
    mails = [path.name for folder in folders for path in (folder / "outbox").rglob("*.eml")]
    doubled = len(mails) - len(set(mails))
    assert twice == []
    assert doubled <= unclear, f"{doubled} mails lie twice, and only {unclear} sends were unclear"
    assert place.app.readings is not None
    found = audit(place.app.readings)
    assert found.violations == [], found.violations[:5]
    return {"cases": len(cases), "mails": len(set(mails)), "sent_again_when_unclear": doubled, "audit": "clean"}


def run(*, quick: bool, lasting: float, say: Callable[[object], None] = print) -> list[dict[str, object]]:
    """All of it; returns what was measured. Raises AssertionError when something was lost, doubled or never came back."""
    home = Path(tempfile.mkdtemp(prefix="caseflow-partition-"))
    home.chmod(0o711)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        servers = stack.enter_context(Servers(home / "A", "test", appendonly=True))
        deployment = Deployment(
            environment="test", database_url=servers.database_url, broker_url=servers.broker_url, data_dir=home / "A"
        )
        store = prepare(deployment, virtual=True, start=MONDAY_10)
        stack.callback(store.close)
        app = app_for(deployment, scheme="durham")
        stack.callback(app.store.close)
        if isinstance(app.bell, CeleryBell):
            stack.callback(app.bell.close)
        with store.begin() as unit:
            unit.upsert_people("durham", PEOPLE)
        place = Place(deployment, app, store, home / "logs")
        hosts = [Host(name, number, place, home / name) for number, name in enumerate(("B", "C"), start=1)]
        for host in hosts:
            stack.callback(host.remove)
            host.start()
        b, c = hosts
        say(
            f"host A: servers; hosts B and C: {'network namespaces' if b.cable.real else 'process groups'} behind relays"
        )
        until_none(partial(silent, hosts, 0.0), "both crews work")
        found = []
        with Facts(place) as facts:
            for one in play(place, b, c, facts, lasting, quick=quick):
                found.append(one)
                say(one)
        until_none(partial(busy, place), "nothing is left to do")
        say(verdict(place, facts.cases, [b.folder, c.folder, home / "A"]))
        times = [float(str(one["handled_after_s"])) for one in found]
        say({"incidents": len(found), "handled_after_s": {"median": statistics.median(times), "most": max(times)}})
        return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python tests/partition", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one incident, a few seconds of it")
    parser.add_argument("--lasting", type=float, default=15.0, help="seconds each incident lasts (default 15)")
    asked = parser.parse_args()
    run(quick=asked.quick, lasting=4.0 if asked.quick else asked.lasting)
