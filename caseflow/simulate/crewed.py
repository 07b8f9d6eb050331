"""The machinery with the real workers: this process moves the clock and reads the post; Celery does everything else."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from caseflow.engine.app import App
from caseflow.simulate.draws import Draws
from caseflow.store.postgres import PostgresStore

LOOK = 0.01
"""Seconds between two looks whether everything is done. Looking costs the database as much as a small batch of work."""
MOSTLY = 0.2
"""The first look comes after this share of the time it usually takes."""
RING_AGAIN = 0.5
PATIENCE = 600.0
"""Seconds without rest after which something is wrong: longer than any lease of a killed worker."""


class NoRest(RuntimeError):
    """The workers are gone or find no end; the message says where to look."""


class Crewed:
    """The engine run by workers of their own, on a virtual database, with an outbox folder as the post."""

    def __init__(
        self, app: App, store: PostgresStore, outbox: Path, crew: subprocess.Popen[bytes] | None = None
    ) -> None:
        self.app = app
        self._store = store
        self._outbox = outbox
        self._crew = crew
        self._seen: set[str] = set()
        self._due: datetime | None = None
        self._at: datetime | None = None
        self._usual = 0.05

    def settle(self) -> None:
        """Wait until the workers have done everything there is to do at this moment."""
        began = rung = time.monotonic()
        time.sleep(MOSTLY * self._usual)
        while not self._store.quiescent():
            time.sleep(LOOK)
            now = time.monotonic()
            if now - rung > RING_AGAIN:
                rung = now
                self._ring()
                self._look_at_crew(now - began)
        self._due = self._store.next_due()
        self._usual += (min(time.monotonic() - began, RING_AGAIN) - self._usual) / 8

    def move(self, at: datetime) -> None:
        """Move the clock, and wake the workers where that makes anything due."""
        self._store.set_clock(at)
        self._at = at
        if self._due is not None and self._due <= at:
            self._ring()

    def next_due(self) -> datetime | None:
        return self._due

    def post(self) -> list[str]:
        """The keys of new files in the outbox, which are put away into a folder for each day."""
        new = []
        day = self._outbox / (self._at.date().isoformat() if self._at else "before")
        with contextlib.suppress(FileNotFoundError):
            for entry in os.scandir(self._outbox):
                if entry.is_file() and not entry.name.startswith("."):
                    day.mkdir(exist_ok=True)
                    Path(entry.path).replace(day / entry.name)
                    new.append(entry.name.partition(".")[0])
        fresh = sorted(set(new) - self._seen)
        self._seen.update(fresh)
        return fresh

    def _ring(self) -> None:
        for lane in self._store.next_lanes():
            self.app.bell.ring(lane)

    def _look_at_crew(self, waited: float) -> None:
        if self._crew is not None and self._crew.poll() is not None:
            raise NoRest(f"The workers ended by themselves (code {self._crew.returncode}). Their logs say why.")
        if waited > PATIENCE:
            raise NoRest(
                f"The workers have found no rest for {PATIENCE:.0f} s. Look at their logs and `caseflow doctor`."
            )


@contextlib.contextmanager
def crew(settings: Mapping[str, str], log_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The whole crew of workers as one process, stopped at the end. `settings` are CASEFLOW_… variables."""
    log_dir.mkdir(parents=True, exist_ok=True)
    with (log_dir / "crew.log").open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers.launch", "--with-parent", "--log-dir", str(log_dir)],
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(45)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def killed(crew: subprocess.Popen[bytes], every: float, draws: Draws) -> Iterator[list[int]]:
    """Meanwhile a member of the crew is killed (SIGKILL) each so many seconds, whichever the seed draws; yields the dead.

    Not before all of them have been started: a crew that is killed while it starts has nothing to lose. Linux only.
    """
    dead: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while not over.wait(every):
            members = sorted(_children(crew.pid))
            if members:
                victim = members[draws.whole(0, len(members) - 1, "crew", f"kill:{len(dead)}")]
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    dead.append(victim)

    killer = threading.Thread(target=kill, name="killer", daemon=True)
    killer.start()
    try:
        yield dead
    finally:
        over.set()
        killer.join()


def _children(parent: int) -> list[int]:
    """The members of a crew; the supervisor starts nothing else."""
    with contextlib.suppress(OSError):
        tasks = Path(f"/proc/{parent}/task").iterdir()
        return [int(one) for task in tasks for one in (task / "children").read_text(encoding="ascii").split()]
    return []


def restarts(log_dir: Path) -> int:
    """How many workers died and were started again."""
    log = log_dir / "crew.log"
    return log.read_text(errors="replace").count("started again") if log.exists() else 0
