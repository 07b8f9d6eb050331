"""Both embedded servers of one data folder: one owner at a time, started and stopped together."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

from caseflow.embedded import guard
from caseflow.embedded.account import ROOTS_PLACE, Account, home_within_reach
from caseflow.embedded.binaries import Binaries
from caseflow.embedded.failures import DataFolderBusy, EmbeddedError, NotForProduction, WrongOwner
from caseflow.embedded.postgres import Postgres
from caseflow.embedded.valkey import Valkey

LOCK = "servers.lock"
ADDRESSES = "servers.json"
LOCK_PATIENCE = 1.0
"""Seconds to wait for the lock: a look by `running` takes it for an instant, a parent on its way out for longer."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the database and the broker listen. Both hold passwords, so neither shows in a repr."""

    database_url: str = field(repr=False)
    broker_url: str = field(repr=False)


class Servers:
    """PostgreSQL and Valkey in `data_dir`; the same data, user and passwords each time it is started.

    Listens on loopback only, on ports that are free when it starts. `fast` gives up durability (tests);
    `appendonly` lets the broker keep its queues over a restart. Raises NotForProduction, DataFolderBusy,
    WheelMissing, WrongOwner, StartFailed (all EmbeddedError) from `start`.
    """

    def __init__(
        self,
        data_dir: Path | str,
        environment: str = "development",
        *,
        fast: bool = False,
        appendonly: bool = False,
        binaries: Binaries | None = None,
    ) -> None:
        if environment == "production":
            raise NotForProduction
        self.data_dir = Path(data_dir).resolve()
        self._fast = fast
        self._appendonly = appendonly
        self._binaries = binaries
        self._account = Account.current()
        self._lock: IO[str] | None = None
        self._guard: subprocess.Popen[str] | None = None
        self._postgres: Postgres | None = None
        self._valkey: Valkey | None = None

    @property
    def database_url(self) -> str:
        """``postgresql+psycopg://…`` of the running database, password included."""
        return self._running_postgres().url

    @property
    def broker_url(self) -> str:
        """``redis://…/0`` of the running broker, password included."""
        return self._running_valkey().url

    @property
    def addresses(self) -> Addresses:
        """Both addresses in one value."""
        return Addresses(self.database_url, self.broker_url)

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of the servers that run now: ``postgres``, ``valkey``."""
        running_now = {"postgres": self._postgres, "valkey": self._valkey}
        return {name: server.process.pid for name, server in running_now.items() if server and server.process}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Start both servers and return when both answer; on any failure nothing is left running."""
        if self._lock is not None:
            return self
        self._make_data_dir()
        self._take_lock()
        try:
            binaries = self._binaries or Binaries.locate(self._account)
            home = self._home()
            self._guard = _start_guard()
            self._postgres = Postgres(home, self._account, binaries.postgres, fast=self._fast)
            self._postgres.start()
            self._watch("postgres", signal.SIGINT)
            self._valkey = Valkey(home, self._account, binaries.valkey, appendonly=self._appendonly, fast=self._fast)
            self._valkey.start()
            self._watch("valkey", signal.SIGTERM)
            self._publish()
        except BaseException:  # Ctrl-C during the start must not leave a server behind either
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop both servers (broker first: nobody should be told of work any more) and give the folder back."""
        with contextlib.ExitStack() as steps:  # every step is tried, whatever the one before it said
            if self._lock is not None:
                steps.callback(self._release)
            if self._guard is not None:
                steps.callback(self._dismiss_guard)
            if self._postgres is not None:
                steps.callback(self._postgres.stop)
            if self._valkey is not None:
                steps.callback(self._valkey.stop)
        self._postgres = self._valkey = None

    def kill_broker(self) -> None:
        """Kill the broker as a crash would, for tests; `restart_broker` brings it back."""
        valkey = self._running_valkey()
        self._forget("valkey")
        valkey.kill()

    def restart_broker(self) -> None:
        """Stop the broker if it runs and start it at the same address; without `appendonly` its queues are gone."""
        valkey = self._running_valkey()
        self._forget("valkey")
        valkey.stop()
        valkey.start()
        self._watch("valkey", signal.SIGTERM)

    def restart_database(self, *, crash: bool = False) -> None:
        """Stop the database, orderly or as a crash would, and start it at the same address; for tests."""
        postgres = self._running_postgres()
        self._forget("postgres")
        postgres.restart(crash=crash)
        self._watch("postgres", signal.SIGINT)

    def _running_postgres(self) -> Postgres:
        if self._postgres is None:
            raise EmbeddedError(f"The embedded database of {self.data_dir} is not running: call start() first.")
        return self._postgres

    def _running_valkey(self) -> Valkey:
        if self._valkey is None:
            raise EmbeddedError(f"The embedded broker of {self.data_dir} is not running: call start() first.")
        return self._valkey

    def _make_data_dir(self) -> None:
        if not self.data_dir.is_dir():
            self.data_dir.mkdir(parents=True)
            self.data_dir.chmod(0o711 if self._account.dropped else 0o700)

    def _home(self) -> Path:
        """The folder with the servers' files: in the data folder, or, where the account cannot get there, elsewhere.

        It is ours and each server's folder in it the account's: what root writes here, nobody else can redirect.
        """
        reached = self._account.reaches(self.data_dir)
        home = (self.data_dir if reached else home_within_reach(ROOTS_PLACE, self.data_dir)) / "servers"
        if not home.is_dir():
            home.mkdir()
            home.chmod(0o711 if self._account.dropped else 0o700)
        owner = home.stat().st_uid
        if owner != os.geteuid():
            raise WrongOwner(home, owner, os.geteuid())
        return home

    def _take_lock(self) -> None:
        lock = (self.data_dir / LOCK).open("a+", encoding="utf-8")
        deadline = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    lock.seek(0)
                    holder = lock.read().strip()
                    lock.close()
                    raise DataFolderBusy(self.data_dir, holder) from None
                time.sleep(0.05)
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock

    def _release(self) -> None:
        (self.data_dir / ADDRESSES).unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()  # the file stays: removing it would let two parents lock two files of one name
            self._lock = None

    def _publish(self) -> None:
        """Leave the addresses where `running` finds them; readable by the owner only, for they hold passwords."""
        target = self.data_dir / ADDRESSES
        fresh = target.with_name(ADDRESSES + ".new")
        fresh.unlink(missing_ok=True)
        fresh.touch(0o600)
        fresh.write_text(
            json.dumps({"database_url": self.database_url, "broker_url": self.broker_url}), encoding="utf-8"
        )
        fresh.replace(target)

    def _watch(self, server: str, ending: signal.Signals) -> None:
        self._tell_guard(f"watch {self.pids[server]} {int(ending)}")

    def _forget(self, server: str) -> None:
        if server in self.pids:
            self._tell_guard(f"forget {self.pids[server]}")

    def _tell_guard(self, line: str) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # without its guard a crash is cleaned up at the next start
                self._guard.stdin.write(line + "\n")
                self._guard.stdin.flush()

    def _dismiss_guard(self) -> None:
        """End the guard before its pipe closes: the servers are down, and their numbers may soon be somebody else's."""
        if self._guard is not None:
            self._guard.kill()
            self._guard.wait()
            if self._guard.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    self._guard.stdin.close()
            self._guard = None


def _start_guard() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(guard.__file__)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        text=True,
        start_new_session=True,
    )


def running(data_dir: Path | str) -> Addresses | None:
    """The addresses of servers that another process runs in `data_dir` now; None when nobody does.

    Raises DataFolderBusy while that process is still starting them.
    """
    folder = Path(data_dir).resolve()
    try:
        lock = (folder / LOCK).open(encoding="utf-8")
    except OSError:
        return None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            return None  # nobody holds it; what addresses there are, a crash left
        holder = lock.read().strip()
    try:
        found = json.loads((folder / ADDRESSES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise DataFolderBusy(folder, holder) from None
    return Addresses(found["database_url"], found["broker_url"])
