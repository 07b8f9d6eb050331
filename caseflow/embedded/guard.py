"""The guard: a tiny process that stops the servers when the process that started them is gone.

A parent killed with SIGKILL cannot clean up. The guard holds the reading end of a pipe from it: lines
``watch PID SIGNAL`` and ``forget PID`` come in, and the end of the file means that the parent has gone. It runs as a
script in an isolated interpreter, so it imports nothing of caseflow.
"""

import os
import select
import signal
import sys
import time

PATIENCE = 15.0
"""Seconds the servers get for an orderly end before they are killed."""


def main() -> None:
    """Follow the parent's lines until it is gone, then stop what is still watched."""
    for polite in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(polite, signal.SIG_IGN)  # only the parent's end is an end
    watched: dict[int, tuple[int | None, int]] = {}
    for line in sys.stdin:
        verb, pid, *rest = line.split()
        if verb == "watch":
            watched[int(pid)] = (_handle(int(pid)), int(rest[0]))
        else:
            handle, _ = watched.pop(int(pid), (None, 0))
            if handle is not None:
                os.close(handle)
    for pid, (handle, number) in watched.items():
        _send(pid, handle, number)
    deadline = time.monotonic() + PATIENCE
    for pid, (handle, _) in watched.items():
        while not _gone(pid, handle) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not _gone(pid, handle):
            _send(pid, handle, signal.SIGKILL)


def _handle(pid: int) -> int | None:
    """A handle that names this process and never a later one with the same number; Linux only."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _send(pid: int, handle: int | None, number: int) -> None:
    try:
        if handle is None:
            os.kill(pid, number)
        else:
            signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        pass


def _gone(pid: int, handle: int | None) -> bool:
    if handle is not None:
        return bool(select.select([handle], [], [], 0)[0])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


if __name__ == "__main__":
    main()
