"""The demo: embedded servers, a virtual database, the real workers, and a season played before one's eyes."""

import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path

from rich.console import Console

from caseflow import bootstrap
from caseflow.embedded import Servers, running
from caseflow.embedded.failures import DataFolderBusy
from caseflow.engine.app import App
from caseflow.engine.audit import audit
from caseflow.settings.deployment import Deployment
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes
from caseflow.simulate import season
from caseflow.simulate.crewed import Crewed, crew, killed, restarts
from caseflow.simulate.draws import Draws
from caseflow.simulate.mark import MARK
from caseflow.simulate.show import Show
from caseflow.simulate.summary import Summary, summarise

REFERRALS = "demo/durham-2022-01.csv"


def run(
    deployment: Deployment,
    *,
    referrals: Path | None = None,
    days: int = 120,
    seed: int = 1,
    as_json: bool = False,
    kill_every: float = 0.0,
    by_day: bool = False,
    console: Console | None = None,
    after: Callable[[App, Summary], None] | None = None,
) -> Summary:
    """Play the season of a referral file with the real workers; `after` is called while the servers still run.

    It ends at six in the morning; `by_day`, at ten, with that morning's work to be done by whoever walks through it.

    With `kill_every` one of the workers is killed each so many seconds, which must change nothing but the time it takes.

    Everything lies in the folder `demo` of the data folder, fresh for each run and left there to be looked at.
    Raises FileRefused or NoReferrals for the file, EmbeddedError when the servers cannot start, NoRest for the workers.
    """
    began = time.monotonic()
    folder = deployment.data_dir / "demo"
    policies = load_schemes(_config(deployment))
    feed = season.read_file(referrals or config_dir() / REFERRALS, dict(policies))
    policy = season.newest(policies, feed.scheme)
    start = season.begins(feed, policy)
    _make_room(folder)
    with ExitStack() as stack:
        show = stack.enter_context(Show(console or Console(stderr=True), days=days, quiet=as_json))
        show.say("Starting PostgreSQL and Valkey")
        servers = stack.enter_context(Servers(folder, deployment.environment, fast=True))
        settings = deployment.model_copy(
            update={
                "database_url": servers.database_url, "broker_url": servers.broker_url, "data_dir": folder,
                "outbox_dir": None, "sender": "folder",
            }
        )  # fmt: skip
        show.say("Making the database and publishing the schemes")
        store = bootstrap.prepare(settings, virtual=True, turns=True, start=start)
        stack.callback(store.close)
        store.mark(MARK)
        show.say("Starting the workers")
        workers = stack.enter_context(crew(_environment(settings), folder / "log"))
        app = bootstrap.app_for(settings, scheme=feed.scheme)
        world = season.world_of(
            Crewed(app, store, settings.outbox, workers),
            feed,
            policy=policy,
            roster=bootstrap.rosters(_config(deployment))[feed.scheme],
            seed=seed,
        )
        nobody: AbstractContextManager[list[int]] = nullcontext([])
        with killed(workers, kill_every, Draws(seed)) if kill_every else nobody as dead:
            for day in season.days_of(world, days):
                show.day(world, day, lambda: restarts(folder / "log"))
        if by_day:
            season.into_the_morning(world)
        show.say("Auditing")
        assert app.readings is not None
        found = summarise(
            world, feed, audit(app.readings), seed=seed, days=days, seconds=time.monotonic() - began
        )  # fmt: skip
        found.workers_killed = len(dead)
        found.workers_started_again = restarts(folder / "log")
        found.where = _where(folder)
        show.close()
        if after is not None:
            after(app, found)
    return found


def _config(deployment: Deployment) -> Path:
    return deployment.schemes_dir.parent if deployment.schemes_dir else config_dir()


def _make_room(folder: Path) -> None:
    """A fresh folder: what the last demo left is thrown away, unless it is still running."""
    if running(folder) is not None:
        raise DataFolderBusy(folder, "")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


def _environment(settings: Deployment) -> dict[str, str]:
    return {
        "CASEFLOW_DATABASE_URL": settings.database_url or "",
        "CASEFLOW_BROKER_URL": settings.broker_url or "",
        "CASEFLOW_DATA_DIR": str(settings.data_dir),
        "CASEFLOW_OUTBOX_DIR": str(settings.outbox),
        "CASEFLOW_SENDER": "folder",
        "CASEFLOW_LOG_LEVEL": "WARNING",
    }


def _where(folder: Path) -> list[str]:
    here = Path.cwd()
    shown = folder.relative_to(here) if folder.is_relative_to(here) else folder
    return [
        f"Look around   CASEFLOW_DATA_DIR={shown} caseflow case list    (also: due, returns list, audit, doctor)",
        f"              the messages lie in {shown / 'outbox'}, a folder for each day",
    ]
