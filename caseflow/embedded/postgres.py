"""One embedded PostgreSQL: made once, started on a free loopback port, stopped in order."""

import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from caseflow.embedded.account import Account
from caseflow.embedded.failures import StartFailed
from caseflow.embedded.process import (
    HOST,
    await_ready,
    environment,
    free_port,
    launch,
    recorded_pid,
    stop,
    stop_orphan,
    tail,
)

USER = DATABASE = "caseflow"
ATTEMPTS = 8
ORDERLY = ((signal.SIGINT, 5.0), (signal.SIGQUIT, 1.5))
"""Fast shutdown (roll back, checkpoint, leave), then immediate; each with the seconds it gets.

Stopped at once it recovers from its log on the next start, and has everything that was committed.
"""
CRASH = ((signal.SIGQUIT, 10.0),)
"""No roll back and no checkpoint: the next start recovers from the log."""

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "autovacuum": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failing statement may carry a person's details; its text and DETAIL stay out of the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
FAST = {"fsync": "off", "full_page_writes": "off"}
"""For tests: a crash of the machine may lose everything, a crash of the server nothing (commits stay synchronous)."""

# Both pass by themselves: the port was taken between our look and the start, or the helpers of a killed
# postmaster have not yet noticed that it is gone.
PASSING = ("Address already in use", "could not create any TCP/IP sockets", "shared memory block")


class Postgres:
    """PostgreSQL in `home`/postgres, run as `account`. `fast` gives up durability, for tests."""

    def __init__(self, home: Path, account: Account, binaries: Path, *, fast: bool) -> None:
        self._account = account
        self._binaries = binaries
        self._fast = fast
        self._data = home / "postgres"
        self._log = home / "postgres.log"
        self._password_file = home / "postgres.password"
        self._port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, as SQLAlchemy writes it; holds the password."""
        password = self._password_file.read_text(encoding="utf-8").strip()
        return f"postgresql+psycopg://{USER}:{password}@{HOST}:{self._port}/{DATABASE}"

    def start(self, port: int = 0) -> None:
        """Make the cluster if there is none, clear what a crash left, start, await an answer. Raises StartFailed.

        On `port`, for those who know it from before; else on one that is free.
        """
        if not (self._data / "PG_VERSION").is_file():
            self._create()
        self._clear_after_crash()
        for attempt in range(ATTEMPTS):
            self._port = port or free_port()
            self.process = launch(self._command(), self._account, self._log)
            try:
                await_ready("PostgreSQL", self.process, self._is_ready, self._log)
            except StartFailed as failure:
                if attempt == ATTEMPTS - 1 or not any(reason in failure.tail for reason in PASSING):
                    raise
            else:
                return

    def stop(self) -> None:
        """Stop it, orderly if it lets us."""
        if self.process is not None:
            stop(self.process, *ORDERLY)
            self.process = None

    def restart(self, *, crash: bool = False) -> None:
        """Stop it (`crash`: at once, without a word to anybody, to recover on the start) and start it at the same port."""
        if self.process is not None:
            stop(self.process, *(CRASH if crash else ORDERLY))
            self.process = None
        self.start(self._port)

    def _command(self) -> list[str]:
        settings = {**SETTINGS, "port": str(self._port), **(FAST if self._fast else {})}
        chosen = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._binaries / "postgres"), "-D", str(self._data), *chosen]

    def _is_ready(self) -> bool:
        """The postmaster writes its state into the eighth line of its pid file; ``pg_ctl`` looks there, too."""
        try:
            lines = (self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        ours = self.process is not None and lines[:1] == [str(self.process.pid)]
        return ours and len(lines) > 7 and lines[7].strip() == "ready"

    def _clear_after_crash(self) -> None:
        record = self._data / "postmaster.pid"
        pid = recorded_pid(record)
        if pid is not None:
            stop_orphan(pid, str(self._data), *ORDERLY)
            # Whoever has that number now is not our server: PostgreSQL would refuse to start beside it.
            record.unlink(missing_ok=True)

    def _create(self) -> None:
        """Make the cluster aside and rename it, so that a crash in the middle leaves nothing half-made."""
        fresh = self._data.with_name("postgres.new")
        if fresh.exists():
            shutil.rmtree(fresh)
        self._account.make_folder(fresh)
        self._account.write_secret(self._password_file, secrets.token_urlsafe(24))
        self._run(
            [
                str(self._binaries / "initdb"),
                f"--pgdata={fresh}",
                f"--username={USER}",
                "--auth=scram-sha-256",
                f"--pwfile={self._password_file}",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
                *(["--no-sync"] if self._fast else []),
            ]
        )
        self._run(
            [str(self._binaries / "postgres"), "--single", "-D", str(fresh), "postgres"],
            f"CREATE DATABASE {DATABASE};\n",
        )
        fresh.rename(self._data)

    def _run(self, argv: list[str], text: str = "") -> None:
        """Run one of the tools to its end, as the account. Raises StartFailed with what it said."""
        with self._log.open("w", encoding="utf-8") as sink:
            done = subprocess.run(
                argv,
                input=text.encode(),
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment(),
                umask=0o077,
                start_new_session=True,
                check=False,
                **self._account.spawn(),
            )
        if done.returncode != 0:
            reason = f"{Path(argv[0]).name} ended with code {done.returncode}"
            raise StartFailed("PostgreSQL", reason, self._log, tail(self._log))
