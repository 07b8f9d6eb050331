"""`up` and `demo`: everything at once, on this machine."""

import importlib
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from caseflow.cli import pages
from caseflow.cli.failures import Exit, Stop, environment, usage
from caseflow.cli.output import as_json, say, warn

PATIENCE = 21.0
"""Seconds the workers may take to finish what they are at; with those of the servers, all is gone within 30 s."""


def up() -> None:
    """Servers, migrations, workers, beat and the pages, until Ctrl-C or SIGTERM; then each is let finish and stopped."""
    from caseflow import bootstrap
    from caseflow.embedded import resolve
    from caseflow.settings.deployment import deployment

    stop = _stopped_by_signals()
    given = deployment()
    with resolve(given) as servers:
        settings = given.model_copy(update={"database_url": servers.database_url, "broker_url": servers.broker_url})
        store = bootstrap.prepare(settings)
        schemes = ", ".join(f"{name} {version}" for name, version in sorted(store.policies()))
        paused = store.paused()
        store.close()
        front = pages.open_front(settings)
        told = [*pages.where(front, settings), *pages.first_sign_in(settings)]
        logs = settings.data_dir / "logs"
        crew = _start_workers(settings.database_url or "", settings.broker_url or "", logs)
        try:
            say(
                f"caseflow is up: {schemes}",
                *([f"PAUSED ({paused.why}): look at `caseflow doctor`, then `caseflow resume`"] if paused else []),
                f"Messages go to {settings.outbox}" if settings.sender == "folder" else "E-mail leaves by SMTP",
                f"What the workers say is in {logs}",
                "In another terminal: `caseflow refer FILE.csv`, `caseflow due`, `caseflow doctor`. Ctrl-C stops it.",
                *told,
            )
            sys.stdout.flush()
            while not stop.wait(0.5):
                if crew.poll() is not None:
                    raise environment(
                        f"the workers ended by themselves (code {crew.returncode}); their words are in {logs}"
                    )
        finally:
            warn("Stopping: what is under way is finished first.")
            pages.close(front)
            _stop(crew)


def web() -> None:
    """The pages alone, on the configured database, that of a running `up`, or embedded servers started for it."""
    from caseflow import bootstrap
    from caseflow.embedded import resolve
    from caseflow.settings.deployment import deployment

    stop = _stopped_by_signals()
    given = deployment()
    with resolve(given) as servers:
        settings = given.model_copy(update={"database_url": servers.database_url, "broker_url": servers.broker_url})
        if given.database_url is None:
            bootstrap.prepare(settings).close()
        front = pages.open_front(settings, must=True)
        try:
            say(*pages.where(front, settings), *pages.first_sign_in(settings), "Ctrl-C stops it.")
            sys.stdout.flush()
            _wait(stop, front)
        finally:
            pages.close(front)


def _stopped_by_signals() -> threading.Event:
    """Set by Ctrl-C and SIGTERM."""
    stop = threading.Event()

    def told(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, told)
    return stop


def _wait(stop: threading.Event, front: pages.Front | None) -> None:
    while not stop.wait(0.5):
        if front is not None and front.process.poll() is not None:
            raise environment(f"the pages ended by themselves (code {front.process.returncode}); their words are above")


def _start_workers(database_url: str, broker_url: str, logs: Path) -> subprocess.Popen[bytes]:
    """The crew as a process of its own: the command line stands below the workers and may not import them.

    Their words go to a file each in `logs`, from this start on: on the terminal the address would be lost among them.
    """
    for old in logs.glob("*.log"):
        old.unlink()
    env = {**os.environ, "CASEFLOW_DATABASE_URL": database_url, "CASEFLOW_BROKER_URL": broker_url}
    return subprocess.Popen(
        [sys.executable, "-m", "workers.launch", "--with-parent", "--log-dir", str(logs)],
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _stop(crew: subprocess.Popen[bytes]) -> None:
    if crew.poll() is None:
        crew.terminate()
    try:
        crew.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        crew.kill()  # a transaction cut short rolls back
        crew.wait()


WHOLE, MID_LIFE = 120, 33
"""Days of a demo: until nearly everybody's journey is over; or until there is work on every desk, to be walked through."""


def demo(
    referrals: Path | None, days: int | None, seed: int, *, json: bool, kill_every: float = 0.0, serve: bool = False
) -> None:
    """Play a scheme; tell the summary, one participant's story and what comes tomorrow. Exit code 1 on violations."""
    from rich.console import Console

    from caseflow.settings.deployment import deployment

    if referrals is not None and not referrals.is_file():
        raise usage(f"{referrals}: there is no such file")
    try:
        run = importlib.import_module("caseflow.simulate.demo").run
    except ModuleNotFoundError:
        raise environment("this installation came without the simulation; install caseflow again") from None
    if serve and json:
        raise usage("--serve leaves the demo open for people, --json prints for programs: one of them")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to stop: leave as with Ctrl-C, servers and all
    console = Console(stderr=json)
    summary = run(
        deployment(), referrals=referrals, days=days or (MID_LIFE if serve else WHOLE), seed=seed, as_json=json,
        kill_every=kill_every, by_day=serve, console=console,
        after=None if json else _look_and_serve if serve else _look_further,
    )  # fmt: skip
    found = summary.as_dict()
    if json:
        as_json(found)
    violations = found.get("audit", {}).get("violations", 0)
    if violations:
        raise Stop(Exit.REFUSED, f"the audit found violations: {violations}")


def _look_further(app: Any, summary: Any) -> None:
    """While the servers still run: the story of the most eventful case, and what will fire tomorrow."""
    from caseflow.cli.cases import print_due, print_story
    from caseflow.telling.coming import coming_up
    from caseflow.telling.history import story_of

    readings = app.readings
    say("", *summary.lines(), "")
    if summary.story_case:
        dossier = readings.dossiers(app.scheme, ids=[summary.story_case])[0]
        print_story(story_of(readings, dossier, app.store.policies()))
        say("")
    until = readings.now() + timedelta(days=1)
    say("Tomorrow, if nothing else happens:")
    print_due(coming_up(readings, app.store.policies(), [app.scheme], until, limit=12))


def _look_and_serve(app: Any, summary: Any) -> None:
    """The same, and then the pages stay open until Ctrl-C, with somebody of every part to be."""
    from caseflow.settings.deployment import deployment
    from caseflow.simulate.cast import cast

    _look_further(app, summary)
    cast(app, app.scheme)
    given = deployment()
    settings = given.model_copy(update={
        "database_url": app.store.engine.url.render_as_string(hide_password=False), "data_dir": given.data_dir / "demo",
    })  # fmt: skip
    stop = _stopped_by_signals()
    front = pages.open_front(settings, must=True)
    try:
        say(
            "",
            *pages.where(front, settings, "/demo"),
            "Everybody in it is invented, and time stands still. Ctrl-C stops it.",
        )
        sys.stdout.flush()
        _wait(stop, front)
    finally:
        pages.close(front)
