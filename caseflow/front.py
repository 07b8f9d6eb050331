"""Serve the pages, and the machines' doors that are open, at one address: `python -m caseflow.front`.

One process; start several behind a proxy for more. Only https is for people's data: without it (development) the pages are
served to this machine alone.
"""

import argparse
import ipaddress
import os
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

from caseflow.api.doors import make_app
from caseflow.bootstrap import app_for
from caseflow.engine.app import App
from caseflow.settings import tracing
from caseflow.settings.deployment import Deployment, SettingsError, deployment
from caseflow.settings.logs import configure
from caseflow.simulate.mark import made_by_demo
from caseflow.web.serving import make_pages

MACHINES = frozenset({"api", "health", "metrics", "notify"})
"""How the paths of the doors begin."""

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Callable[[], Awaitable[Scope]], Callable[[Scope], Awaitable[None]]], Awaitable[None]]


def make_front(app: App, settings: Deployment, *, demo: bool = False) -> Asgi:
    """Whatever begins like one of the doors goes there, everything else to the pages."""
    doors, pages = make_app(app, settings), make_pages(app, settings, demo=demo)
    theirs = MACHINES if settings.doors else frozenset[str]()

    async def front(scope: Scope, receive: Any, send: Any) -> None:
        first = str(scope.get("path", "/")).split("/")[1:2]
        await (doors if first and first[0] in theirs else pages)(scope, receive, send)

    return front


def check_address(settings: Deployment) -> None:
    """Raises SettingsError for pages that others could read on the way."""
    if settings.environment == "production" or _loopback(settings.http_host):
        return
    raise SettingsError(
        f"CASEFLOW_HTTP_HOST is {settings.http_host}, which other machines reach, and without https they and everybody "
        "between could read along. Put a proxy with TLS before it and set CASEFLOW_ENVIRONMENT=production, or serve "
        "127.0.0.1."
    )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def main() -> None:
    """Until SIGTERM or Ctrl-C; requests under way are finished."""
    parser = argparse.ArgumentParser(description="Serve the pages and the doors.")
    parser.add_argument("--with-parent", action="store_true", help="end when the process that started this one ends")
    given = parser.parse_args()
    settings = deployment()
    configure(settings.log_level)
    try:
        check_address(settings)
    except SettingsError as wrong:
        sys.exit(str(wrong))
    tracing.begin("caseflow front")
    app = app_for(settings)
    config = uvicorn.Config(
        make_front(app, settings, demo=made_by_demo(app.store)),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,  # addresses carry references and tokens; who read what is in the reading log
        server_header=False,
        date_header=True,
        forwarded_allow_ips=settings.http_proxies,
        timeout_graceful_shutdown=20,
    )
    server = uvicorn.Server(config)
    if given.with_parent:
        threading.Thread(target=_follow, args=(server, os.getppid()), daemon=True).start()
    server.run()


def _follow(server: uvicorn.Server, parent: int) -> None:
    """A demo or `caseflow up` that was killed must leave nobody behind."""
    wait = threading.Event()
    while os.getppid() == parent:
        wait.wait(1.0)
    server.should_exit = True


if __name__ == "__main__":
    main()
