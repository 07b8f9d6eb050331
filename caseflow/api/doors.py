"""The FastAPI application: which doors stand open, and what every answer has in common.

A door is a router in a file of its own. Nothing here waits for work to be done: a fact is recorded, and answered for.
"""

import re
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.telemetry import TelemetryConfig
from starlette.routing import Mount

from caseflow import __version__
from caseflow.api import health, inbound, receipts
from caseflow.api.v1.calling import PREFIX
from caseflow.api.v1.serving import make_v1
from caseflow.engine.app import App
from caseflow.settings import tracing
from caseflow.settings.deployment import Deployment

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""The framework's own spans carry the query of an address; ours carry the route (settings/tracing.py)."""

Door = Callable[[App, Deployment], APIRouter]

DOORS: dict[str, Door] = {"health": health.door, "inbound": inbound.door, "receipts": receipts.door}
"""By the name that ``CASEFLOW_DOORS`` calls them."""
API = "api"
"""The same for the API for other systems, which is an application of its own (v1/)."""


def make_app(app: App, settings: Deployment) -> FastAPI:
    """The doors that the settings open, on this engine. No pages of documentation: they are made by `docs/`."""
    made = FastAPI(
        title="caseflow", version=__version__, docs_url=None, redoc_url=None,
        telemetry=NO_TELEMETRY,
    )  # fmt: skip
    made.add_exception_handler(RequestValidationError, _malformed)
    made.middleware("http")(_traced)
    for name in settings.doors:
        if name == API:
            made.router.routes.append(_Whole(PREFIX, make_v1(app)))
        else:
            made.include_router(DOORS[name](app, settings))
    return made


class _Whole(Mount):
    """Everything below, with a line break in the address too, which the framework's own pattern stops at."""

    def __init__(self, path: str, app: FastAPI) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


async def _traced(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
    """A span by the route's own name: addresses may carry what is nobody else's business."""
    with tracing.span("request") as said:
        response = await go_on(request)
        route = request.scope.get("route")
        said |= {"route": getattr(route, "path", "none"), "status": response.status_code}
        return response


def _malformed(request: Request, wrong: Exception) -> JSONResponse:
    """What is wrong and where, without repeating what was given: it may be a person's."""
    del request
    assert isinstance(wrong, RequestValidationError)
    words = [f"{'.'.join(str(part) for part in one['loc'][1:]) or 'body'}: {one['msg']}" for one in wrong.errors()]
    return JSONResponse({"detail": words}, 400)
