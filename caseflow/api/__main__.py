"""Serve the doors: `python -m caseflow.api`. One process; start several behind a proxy for more."""

import uvicorn

from caseflow.api.doors import make_app
from caseflow.bootstrap import app_for
from caseflow.settings import tracing
from caseflow.settings.deployment import deployment
from caseflow.settings.logs import configure


def main() -> None:
    """Until SIGTERM or Ctrl-C; requests under way are finished."""
    settings = deployment()
    configure(settings.log_level)
    tracing.begin("caseflow doors")
    uvicorn.run(
        make_app(app_for(settings), settings),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,  # addresses carry tokens and numbers; figures are counted instead
        server_header=False,
        timeout_graceful_shutdown=20,
    )


if __name__ == "__main__":
    main()
