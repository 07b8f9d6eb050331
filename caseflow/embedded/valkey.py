"""One embedded Valkey (speaks Redis): started on a free loopback port behind a password, stopped in order."""

import secrets
import signal
import socket
import subprocess
from pathlib import Path

from caseflow.embedded.account import Account
from caseflow.embedded.failures import StartFailed
from caseflow.embedded.process import HOST, await_ready, free_port, launch, recorded_pid, stop, stop_orphan

ATTEMPTS = 5
ORDERLY = ((signal.SIGTERM, 2.0),)

CONFIGURATION = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
daemonize no
dir "{folder}"
pidfile "{folder}/valkey.pid"
# The command line stays as it was started: it is how an orphan is recognised.
set-proc-title no
databases 64
save ""
appendonly {appendonly}
# A queue must refuse rather than forget.
maxmemory-policy noeviction
enable-debug-command {debug}
"""


class Valkey:
    """Valkey in `home`/valkey, run as `account`. With `appendonly` it remembers its queues over a restart."""

    def __init__(self, home: Path, account: Account, binary: Path, *, appendonly: bool, fast: bool) -> None:
        self._account = account
        self._binary = binary
        self._appendonly = appendonly
        self._fast = fast
        self._folder = home / "valkey"
        self._configuration_file = home / "valkey.conf"
        self._log = home / "valkey.log"
        self._password_file = home / "valkey.password"
        self._port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, database 0; holds the password."""
        return f"redis://:{self._password()}@{HOST}:{self._port}/0"

    def start(self) -> None:
        """Clear what a crash left, start, wait until it answers; a port once given is kept. Raises StartFailed."""
        if not self._folder.is_dir():
            self._account.make_folder(self._folder)
        if not self._password_file.is_file():
            self._account.write_secret(self._password_file, secrets.token_urlsafe(24))
        self._clear_after_crash()
        kept = self._port
        for attempt in range(ATTEMPTS):
            self._port = kept or free_port()
            self._account.write_secret(self._configuration_file, self._configuration())
            command = [str(self._binary), str(self._configuration_file)]
            self.process = launch(command, self._account, self._log)
            try:
                await_ready("Valkey", self.process, self._answers, self._log, seconds=30)
            except StartFailed as failure:
                if attempt == ATTEMPTS - 1 or "Address already in use" not in failure.tail:
                    raise
            else:
                return

    def stop(self) -> None:
        """Stop it, orderly if it lets us."""
        if self.process is not None:
            stop(self.process, *ORDERLY)
            self.process = None

    def kill(self) -> None:
        """Kill it as a crash would; `start` brings it back at the same address."""
        if self.process is not None:
            stop(self.process)
            self.process = None

    def _password(self) -> str:
        return self._password_file.read_text(encoding="utf-8").strip()

    def _configuration(self) -> str:
        return CONFIGURATION.format(
            host=HOST,
            port=self._port,
            password=self._password(),
            folder=self._folder,
            appendonly="yes" if self._appendonly else "no",
            debug="local" if self._fast else "no",
        )

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self._port), timeout=2) as connection:
                connection.sendall(f"AUTH {self._password()}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (piece := connection.recv(256)):
                    answer += piece
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def _clear_after_crash(self) -> None:
        pid = recorded_pid(self._folder / "valkey.pid")
        if pid is not None:
            stop_orphan(pid, str(self._configuration_file), *ORDERLY)
