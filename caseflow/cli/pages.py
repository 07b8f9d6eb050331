"""The pages as a process of their own beside `up`, `web` and `demo --serve`: started, named to people, and stopped."""

import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from caseflow.cli.failures import environment
from caseflow.cli.output import warn

if TYPE_CHECKING:
    from caseflow.settings.deployment import Deployment

NEEDED = ("argon2", "govuk_frontend_jinja", "starlette")
MISSING = "The pages are not installed: pip install 'caseflow[web]'"
PATIENCE = 30.0
"""Seconds the pages may take to open, and to close."""


@dataclass(frozen=True, slots=True)
class Front:
    """The pages as they run."""

    process: subprocess.Popen[bytes]
    port: int


def open_front(settings: "Deployment", *, must: bool = False) -> Front | None:
    """Start them; None (and a word about it) where they are not installed. Raises Stop when they `must` be."""
    if not all(find_spec(name) for name in NEEDED):
        if must:
            raise environment(MISSING)
        warn(MISSING)
        return None
    port = _free(settings.http_host, settings.http_port)
    if port != settings.http_port:
        warn(f"Port {settings.http_port} is taken by another program: the pages are at {port} (CASEFLOW_HTTP_PORT)")
    env = {
        **os.environ,
        "CASEFLOW_DATABASE_URL": settings.database_url or "",
        "CASEFLOW_BROKER_URL": settings.broker_url or "",
        "CASEFLOW_HTTP_PORT": str(port),
        "CASEFLOW_LOG_LEVEL": os.environ.get("CASEFLOW_LOG_LEVEL", "WARNING"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "caseflow.front", "--with-parent"],
        env=env,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    front = Front(process, port)
    _opened(front, settings.http_host)
    return front


def _free(host: str, port: int) -> int:
    """This port, or another where it is taken."""
    for wanted in (port, 0):
        with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, wanted))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    return port


def _opened(front: Front, host: str) -> None:
    """Wait until somebody answers there. Raises Stop when nobody does."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and front.process.poll() is None:
        try:
            socket.create_connection((host, front.port), timeout=1.0).close()
        except OSError:
            time.sleep(0.1)  # a process that listens tells nobody
        else:
            return
    close(front)
    raise environment("the pages did not open; their words are above")


def where(front: Front | None, settings: "Deployment", path: str = "/") -> list[str]:
    """Where people find them."""
    if front is None:
        return []
    skin = "" if _full_skin() else " (plain: `make assets` builds the full skin)"
    return [f"The pages are at http://{settings.http_host}:{front.port}{path}{skin}"]


def _full_skin() -> bool:
    from caseflow.settings.paths import PACKAGE

    return (PACKAGE / "web" / "static" / "built" / "govuk.css").is_file()


def first_sign_in(settings: "Deployment") -> list[str]:
    """Somebody to sign in as, where nobody may yet: a supervisor, with a password that works once.

    Never in production: there whoever runs it says who may come in (`caseflow accounts add`).
    """
    if settings.environment == "production" or not all(find_spec(name) for name in NEEDED):
        return []
    from caseflow import bootstrap
    from caseflow.access import accounts
    from caseflow.domain.words import Role
    from caseflow.engine.access import Account

    app = bootstrap.app_for(settings)
    try:
        with app.store.begin() as unit:
            schemes = sorted({scheme for scheme, _ in app.store.policies()})
            if any(unit.accounts(scheme) for scheme in schemes):
                return []
        for scheme, roster in sorted(bootstrap.rosters(bootstrap.config_of(settings)).items()):
            person = roster.offices.get(Role.SUPERVISOR)
            known = next((one for one in roster.people if one.id == person), None)
            if known is None:
                continue
            name = f"{known.given} {known.family}"
            password = accounts.add(app, Account(app.ids(), scheme, known.email, name, "supervisor", known.id))
            return [
                f"Sign in as {known.email} with {password} (works once, shown once); others: `caseflow accounts add`"
            ]
    finally:
        close_store = getattr(app.store, "close", None)
        if close_store is not None:
            close_store()
    return []


def close(front: Front | None) -> None:
    """Requests under way are finished."""
    if front is None or front.process.poll() is not None:
        return
    front.process.terminate()
    try:
        front.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        front.process.kill()
        front.process.wait()
