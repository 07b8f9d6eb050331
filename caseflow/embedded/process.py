"""Starting a server process, knowing it again after a crash, and stopping it in steps."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from caseflow.embedded.account import Account
from caseflow.embedded.failures import StartFailed

HOST = "127.0.0.1"
POLL = 0.01
"""Seconds between two looks at something that changes within milliseconds."""


def free_port() -> int:
    """A TCP port of the loopback interface that is free now; another process may still be quicker, so callers retry."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def environment() -> dict[str, str]:
    """What the servers see of our environment: nothing that would change their behaviour (no PG*, no locale)."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def launch(argv: Sequence[str], account: Account, log: Path) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that the terminal's Ctrl-C reaches us and not it."""
    if log.exists():
        log.replace(log.with_name(log.name + ".1"))
    with log.open("wb") as sink:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment(),
            umask=0o077,
            start_new_session=True,
            **account.spawn(),
        )


def await_ready(
    name: str, process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path, seconds: float = 60
) -> None:
    """Wait until `ready()`; raises StartFailed with the end of the log when the process ends or `seconds` pass."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise StartFailed(name, f"it ended with code {process.returncode}", log, tail(log))
        if time.monotonic() > deadline:
            stop(process, (signal.SIGKILL, 5))
            raise StartFailed(name, f"no answer within {seconds:.0f} seconds", log, tail(log))
        time.sleep(POLL)


def stop(process: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal and wait its seconds for the end; SIGKILL when none of them was enough."""
    for number, seconds in (*steps, (signal.SIGKILL, 10.0)):
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def stop_orphan(pid: int, mark: str, *steps: tuple[signal.Signals, float]) -> None:
    """Stop a server that a crashed parent left behind; it is ours only if it was started with `mark`.

    The process is not our child, so its end is watched from outside. A number that now belongs to something else, or
    to nothing, is left alone.
    """
    for number, seconds in (*steps, (signal.SIGKILL, 10.0)):
        if not was_started_with(pid, mark):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and was_started_with(pid, mark):
            time.sleep(POLL)


def was_started_with(pid: int, mark: str) -> bool:
    """Whether process `pid` lives and has `mark` as a word of its command line (a zombie has none)."""
    if Path("/proc/self/cmdline").exists():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return mark.encode() in words
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return f" {mark} " in f"{shown.stdout.strip()} "


def recorded_pid(file: Path) -> int | None:
    """The process id in the first line of a pid file; None when there is no such file or it holds none."""
    try:
        return int(file.read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def tail(log: Path, lines: int = 15) -> str:
    """The last `lines` lines of a log."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
