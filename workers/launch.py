"""The crew of one machine, started and looked after: ``python -m workers.launch`` runs until SIGTERM or Ctrl-C.

with Crew({"CASEFLOW_DATABASE_URL": …, "CASEFLOW_BROKER_URL": …}) as crew:
    crew.pids()              # {"react": 4711, …}; a member that dies is started again and reported
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Self

from workers.leaving import LEAVE
from workers.run import CREW

LOOK = 0.5
"""Seconds between two looks at the crew."""
PATIENCE = LEAVE + 2.0
"""Seconds until a member that was told to stop is killed: it leaves by itself before that, unless it is frozen."""
WELL = 35.0
"""Seconds a member must run for its earlier deaths to be forgotten."""
BREATH = 1.0
"""Seconds before a member is started again; doubled for each death in a row, up to half a minute."""


def start_workers(
    env: Mapping[str, str], names: Sequence[str] = tuple(CREW), *, log_dir: Path | None = None
) -> list[subprocess.Popen[bytes]]:
    """Start these members of the crew, unsupervised, in our environment with `env` on top. The caller stops them."""
    return [_start(name, env, log_dir) for name in names]


def stop_workers(processes: Sequence[subprocess.Popen[bytes]], patience: float = PATIENCE) -> None:
    """SIGTERM to all, a while to finish what they are at, then SIGKILL: a killed transaction rolls back."""
    for process in processes:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
    end = time.monotonic() + patience
    for process in processes:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Crew:
    """A supervised crew. `report` hears one line for each member that died and was started again.

    `log_dir` gets a file a member; without it their words go to our own standard error.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        names: Sequence[str] = tuple(CREW),
        *,
        log_dir: Path | None = None,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._env = dict(env)
        self._names = tuple(names)
        self._log_dir = log_dir
        self._report = report
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._deaths: dict[str, int] = {}
        self._again_at: dict[str, float] = {}
        self._started: dict[str, float] = {}
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        self.restarts = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everybody, and a thread that looks after them."""
        for name in self._names:
            self._begin(name)
        self._watcher = threading.Thread(target=self._look_after, name="crew", daemon=True)
        self._watcher.start()

    def stop(self, patience: float = PATIENCE) -> None:
        """Let everybody finish what they are at, and wait for it."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        stop_workers(list(self._processes.values()), patience)

    def pids(self) -> dict[str, int]:
        """The process ids of those that run now, by name."""
        return {name: process.pid for name, process in self._processes.items() if process.poll() is None}

    def tend(self) -> None:
        """One look: whoever has died is started again, at once at first, later with a pause."""
        now = time.monotonic()
        for name, process in list(self._processes.items()):
            code = process.poll()
            if code is None:
                if now - self._started[name] > WELL:
                    self._deaths[name] = 0
                continue
            if name not in self._again_at:
                deaths = self._deaths[name] = self._deaths.get(name, 0) + 1
                pause = min(30.0, BREATH * 2 ** (deaths - 2)) if deaths > 1 else 0.0
                self._again_at[name] = now + pause
                self._report(f"{name} (process {process.pid}) {_ended(code)}; started again in {pause:.0f} s")
            if now >= self._again_at[name]:
                del self._again_at[name]
                self.restarts += 1
                self._begin(name)

    def _begin(self, name: str) -> None:
        self._processes[name] = _start(name, self._env, self._log_dir)
        self._started[name] = time.monotonic()

    def _look_after(self) -> None:
        while not self._stopping.wait(LOOK):
            self.tend()


def _start(name: str, env: Mapping[str, str], log_dir: Path | None) -> subprocess.Popen[bytes]:
    """In a session of its own, so that the terminal's Ctrl-C reaches the supervisor and not the worker in mid-task."""
    sink: IO[bytes] | None = None
    if log_dir is not None:
        log_dir.mkdir(parents=True, exist_ok=True)
        sink = (log_dir / f"{name}.log").open("ab")
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "workers.run", name],
            env={**os.environ, **env, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT if sink else None,
            start_new_session=True,
        )
    finally:
        if sink is not None:
            sink.close()


def _ended(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def main(argv: Sequence[str] | None = None) -> None:
    """Run the crew in the environment's settings until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m workers.launch", description=main.__doc__)
    parser.add_argument("names", nargs="*", help=f"who to start (all: {' '.join(CREW)})")
    parser.add_argument("--log-dir", type=Path, help="a folder for one log file each; without it: standard error")
    parser.add_argument("--with-parent", action="store_true", help="stop when whoever started this is gone")
    given = parser.parse_args(argv)
    parent = os.getppid()
    if unknown := set(given.names) - set(CREW):
        parser.error(f"nobody is called {', '.join(sorted(unknown))}: there are {', '.join(CREW)}")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Crew({}, given.names or tuple(CREW), log_dir=given.log_dir, report=_say):
        while not stop.wait(1.0):
            if given.with_parent and os.getppid() != parent:
                break  # a demo or `caseflow up` that was killed must leave nobody behind


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
