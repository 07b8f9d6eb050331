"""Is a member of the crew well? ``python -m workers.health react`` ends with 0 when it is, with 1 and the reason if not.

A worker leaves a sign after each drain that found its database, a beat after each ring the broker took; so a fresh sign
says that the process, its broker, its database and a beat somewhere all work. A stale one is for people and
dashboards: to start a worker again because the broker is away helps nobody, and a worker that is alone in hearing
nothing ends itself (`workers/watch.py`). Quick on purpose, for it is asked every few seconds: no settings are read.
"""

import http.client
import os
import sys
import time
from pathlib import Path
from typing import Final

STALE: Final = 60.0
"""Seconds after which a sign is stale: three times the longest drain. Beat rings each lane every second or two."""

_mine: list[Path] = []
_left_at: list[float] = [float("-inf")]


def folder() -> Path:
    """Where the signs are: ``health`` in the data folder, as `settings.deployment` has it."""
    return Path(os.environ.get("CASEFLOW_DATA_DIR") or ".caseflow").expanduser().absolute() / "health"


def begin(name: str) -> None:
    """This process is that member; from now on `sign` leaves its sign. Until then it counts as not well."""
    path = folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("", encoding="ascii")
    _mine[:] = [path]


def sign() -> None:
    """All is well, now. The time is the machine's since it started: no clock that is set can make it wrong."""
    now = time.monotonic()
    if _mine and now - _left_at[0] >= 1.0:
        fresh = _mine[0].with_name(f"{_mine[0].name}.{os.getpid()}")
        fresh.write_text(str(now), encoding="ascii")
        fresh.replace(_mine[0])
        _left_at[0] = now


def trouble(name: str, stale: float = STALE) -> str | None:
    """What is wrong with this member of the crew on this machine; None when it is well."""
    try:
        age = time.monotonic() - float((folder() / name).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return f"{name} has left no sign in {folder()}: it has just begun, or never reached its broker and database"
    if 0 <= age <= stale:
        return None
    return f"{name} left its last sign {age:.0f} s ago: look at its log, at the broker, the database and beat"


def any_trouble() -> str | None:
    """What is wrong with whoever began on this machine (in this container); that nobody did, too."""
    names = [path.name for path in sorted(folder().glob("*")) if not path.suffix]
    if not names:
        return f"nobody has begun: there is no sign in {folder()}"
    return next((wrong for name in names if (wrong := trouble(name))), None)


def web_trouble() -> str | None:
    """What is wrong with the HTTP doors on this machine: they do not answer, or say themselves that they are not well."""
    port = int(os.environ.get("CASEFLOW_HTTP_PORT") or 8080)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        status = connection.getresponse().status
    except OSError as wrong:
        return f"nobody answers on port {port} ({type(wrong).__name__})"
    finally:
        connection.close()
    return None if status < 500 else f"port {port} answers {status}"


def main() -> None:
    """One name on the command line: a member of `workers.run.CREW`, all, or web."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m workers.health NAME (a member of the crew, all, or web)")
    looks = {"all": any_trouble, "web": web_trouble}
    if wrong := looks.get(sys.argv[1], lambda: trouble(sys.argv[1]))():
        sys.exit(wrong)


if __name__ == "__main__":
    main()
