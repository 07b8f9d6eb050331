"""One worker (or beat) in this process: ``python -m workers.run react``. It leaves when its parent is gone."""

import os
import signal
import sys
import threading
import time
from collections.abc import Sequence

from caseflow.settings import tracing
from caseflow.settings.deployment import deployment
from caseflow.settings.logs import configure
from workers import health
from workers.app import make_app
from workers.leaving import LEAVE

CREW: dict[str, tuple[str, ...]] = {
    "react": ("react",),
    "fire": ("fire",),
    "people": ("deliver.people",),
    "others": ("deliver.others", "audit"),
    "publish": ("publish",),
    "beat": (),
}
"""The processes of one machine and the queues each drains; beat drains none."""


def arguments(name: str, *, pool: str = "solo") -> list[str]:
    """Celery's command line for this member of the crew. Solo: one process, half the memory, a lane needs no more."""
    if name == "beat":
        return ["beat", "--loglevel", "WARNING", "--pidfile="]
    return [
        "worker",
        *("-Q", ",".join(CREW[name])),
        *("--pool", pool, "--concurrency", "1"),
        *("-n", f"{name}-{os.getpid()}@caseflow"),
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
        *("--loglevel", "WARNING"),
    ]


def main(argv: Sequence[str] | None = None) -> None:
    """Run the member named by the one argument until SIGTERM."""
    given = list(sys.argv[1:] if argv is None else argv)
    if len(given) != 1 or given[0] not in CREW:
        sys.exit(f"usage: python -m workers.run {' | '.join(CREW)}")
    settings = deployment()
    if settings.broker_url is None:
        sys.exit("CASEFLOW_BROKER_URL is not set: start `caseflow up`, or say where the broker is.")
    configure(settings.log_level)
    tracing.begin(f"caseflow {given[0]}")
    _leave_with_parent()
    health.begin(given[0])
    app = make_app(settings.broker_url)
    app.set_current()
    app.start(arguments(given[0]))


def _leave_with_parent(look: float = 1.0) -> None:
    """Stop as if told to when whoever started us dies, so that a crash leaves no workers behind."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(look)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(LEAVE)
        os._exit(1)  # a worker that is stuck; its transaction rolls back

    threading.Thread(target=watch, name="parent", daemon=True).start()


if __name__ == "__main__":
    main()
