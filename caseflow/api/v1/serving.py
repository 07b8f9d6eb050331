"""The API as one application: its doors, its description, and one shape for everything that goes wrong."""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match

from caseflow import __version__
from caseflow.api.v1 import commands, events, reads, referrals, returns
from caseflow.api.v1.bodies import SCHEMA
from caseflow.api.v1.calling import PREFIX
from caseflow.api.v1.links import add_links
from caseflow.api.v1.problems import Problem, Stopped, malformed, not_there
from caseflow.engine.app import App
from caseflow.engine.ports import Unavailable

log = logging.getLogger(__name__)

ROUTERS = (reads.router, commands.router, referrals.router, returns.router, events.router)
BODIES: tuple[type[BaseModel], ...] = (commands.Command, referrals.Referrals, returns.ReturnGiven, Problem)
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def make_v1(app: App | None) -> FastAPI:
    """The doors on this engine, to be mounted at /api/v1. Without an engine it can only be described."""
    made = FastAPI(
        title="caseflow", version=__version__, docs_url=None, redoc_url=None, openapi_url=None, telemetry=NO_TELEMETRY
    )
    made.state.engine = app
    for router in ROUTERS:
        made.router.routes.extend(
            router.routes
        )  # flat: an address with two methods has two doors, and `Allow` names both
    for kind, handler in HANDLERS.items():
        made.add_exception_handler(kind, handler)
    made.middleware("http")(_headed)
    made.add_api_route("/openapi.json", _description, methods=["GET"], include_in_schema=False)
    return made


async def _headed(request: Request, go_on: Any) -> Response:
    response: Response = await go_on(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


# ── what goes wrong ─────────────────────────────────────────────────────────────────────────────
def _stopped(request: Request, wrong: Exception) -> Response:
    assert isinstance(wrong, Stopped)
    return wrong.response()


def _malformed(request: Request, wrong: Exception) -> Response:
    assert isinstance(wrong, RequestValidationError)
    return malformed([{**one, "loc": one["loc"][1:]} for one in wrong.errors()], _place(wrong)).response()


def _place(wrong: RequestValidationError) -> str:
    return next((str(one["loc"][0]) for one in wrong.errors()), "request")


def _http(request: Request, wrong: Exception) -> Response:
    """An address that is none, or a method that is none of it."""
    assert isinstance(wrong, HTTPException)
    if wrong.status_code == 405:
        allowed = ", ".join(sorted(_methods(request)))
        return Stopped(405, "method", f"Here it is: {allowed}.", headers={"Allow": allowed}).response()
    if wrong.status_code == 404:
        return not_there("address").response()
    return Stopped(wrong.status_code, "http", str(wrong.detail)).response()


def _methods(request: Request) -> set[str]:
    """Every method that this address has, whichever door it is."""
    found: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, APIRoute) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return found


def _away(request: Request, wrong: Exception) -> Response:
    log.warning("api: the database is away (%s)", wrong)
    return Stopped(
        503, "away", "The database is away for a moment: ask again.", headers={"Retry-After": "5"}
    ).response()


def _broken(request: Request, wrong: Exception) -> Response:
    """The error itself goes on to the server's log."""
    return Stopped(
        500, "broken", "A fault of caseflow's own; the log says more. Ask again under the same Idempotency-Key."
    ).response()


HANDLERS: Mapping[Any, Any] = {
    Stopped: _stopped, RequestValidationError: _malformed, HTTPException: _http, Unavailable: _away, Exception: _broken,
}  # fmt: skip


# ── what it says of itself ──────────────────────────────────────────────────────────────────────
def _description() -> Response:
    return JSONResponse(description())


@cache
def description() -> dict[str, Any]:
    """OpenAPI 3.1, as docs/reference/openapi.json has it."""
    described: dict[str, Any] = get_openapi(
        title="caseflow", version=__version__, routes=make_v1(None).routes, servers=[{"url": PREFIX}],
        summary="Journeys, reminders and decisions for diversion schemes",
        description=(
            "For other systems of a force. Every door says which scope it needs. Bodies and queries are read strictly: what is "
            "not asked for is an error. docs/how-to/use-the-api.md begins at the beginning."
        ),
    )  # fmt: skip
    parts = described.setdefault("components", {}).setdefault("schemas", {})
    for model in BODIES:
        schema = model.model_json_schema(ref_template=SCHEMA)
        parts.update(schema.pop("$defs", {}))
        parts[model.__name__] = schema
    for name in ("HTTPValidationError", "ValidationError"):
        parts.pop(name, None)
    described["components"]["schemas"] = dict(sorted(parts.items()))
    described["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    described["security"] = [{"token": []}]
    for path in described["paths"].values():
        for one in path.values():  # what the framework would answer to a faulty request; we answer 400
            if "application/json" in one["responses"].get("422", {}).get("content", {}):
                del one["responses"]["422"]
    add_links(described)
    return described
