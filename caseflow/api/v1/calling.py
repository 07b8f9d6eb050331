"""One call of the API: who asks, may they, what they get to see, and that it is noted whose record they read.

@router.get("/cases/{ref}", ...)
def case(call: Annotated[Call, Asks(Scope.READ, "case")], ref: Ref) -> Response: ...

A door that does not say what a caller needs cannot be made (`Guarded`); one that shows people and notes nobody fails.
"""

import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import Depends, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from caseflow.access import clients
from caseflow.access.who import Scope
from caseflow.api.v1.problems import Stopped, not_there
from caseflow.domain.case import Case
from caseflow.domain.words import Role
from caseflow.engine.access import ReadingNote
from caseflow.engine.app import App
from caseflow.engine.readings import Dossier, Readings

log = logging.getLogger(__name__)

PREFIX = "/api/v1"
Ref = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9:._-]{1,80}$", description="A reference such as DUR-22-000417, or an id.")
]


@dataclass(slots=True)
class Call:
    """What a door's function is given."""

    app: App
    who: clients.Caller
    noted: list[ReadingNote] | None = field(default=None)

    @property
    def scheme(self) -> str:
        return self.who.scheme

    @property
    def readings(self) -> Readings:
        assert self.app.readings is not None
        return self.app.readings

    # ── cases ──
    def dossier(self, key: str, kind: str = "case") -> Dossier:
        """The case (or return) of this reference or id in the client's scheme. Raises Stopped."""
        found = self.readings.find(self.scheme, key)
        dossiers = self.readings.dossiers(self.scheme, ids=[found]) if found else []
        if not dossiers or dossiers[0].kind != kind:
            raise not_there("return" if kind == "provider_return" else "case")
        if dossiers[0].stream is None:
            raise Stopped(409, "set_aside", "Its history cannot be read; the scheme's `caseflow audit` says more.")
        return dossiers[0]

    def case(self, key: str) -> tuple[Dossier, Case]:
        dossier = self.dossier(key)
        assert isinstance(dossier.stream, Case)
        return dossier, dossier.stream

    # ── the reading log ──
    def saw(self, what: str, cases: Iterable[Case]) -> None:
        """Note whose record this answer shows."""
        who = self.who.client.id
        self.noted = [
            *(self.noted or ()),
            *(
                ReadingNote(self.scheme, who, "client", one.parties.get(Role.PARTICIPANT, ""), what, one.id)
                for one in cases
            ),
        ]

    def saw_streams(self, what: str, streams: Iterable[str]) -> None:
        """The same for a list: the cases among these streams."""
        ids = sorted(set(streams))
        found = self.readings.snapshots(self.scheme, ids) if ids else {}
        self.saw(what, [one for one in found.values() if isinstance(one, Case)])


class Asked:
    """What a caller needs to come in at a door, and what the reading log calls what they see ("": nobody's record)."""

    def __init__(self, scope: Scope, shows: str) -> None:
        self.scope, self.shows = scope, shows

    def __call__(self, request: Request) -> Call:
        """Raises Stopped for nobody (401), and for a client that was not given this (403)."""
        app: App = request.app.state.engine
        mark, _, token = request.headers.get("authorization", "").partition(" ")
        caller = clients.caller(app, token.strip()) if mark.lower() == "bearer" else None
        if caller is None:
            raise Stopped(
                401, "who_are_you", "Send `Authorization: Bearer` with a token that `caseflow clients add` gave.",
                headers={"WWW-Authenticate": "Bearer"},
            )  # fmt: skip
        if self.scope not in caller.scopes:
            log.info("api: %s refused to client %s", self.scope, caller.client.id)
            raise Stopped(
                403,
                "scope_missing",
                f"This client was not given the scope “{self.scope}”: ask the scheme's administrator.",
            )
        request.state.call = Call(app, caller)
        found: Call = request.state.call
        return found


def Asks(scope: Scope, shows: str = "") -> Any:  # noqa: N802 - it stands where a type's annotation does
    """The dependency that every door has."""
    return Depends(Asked(scope, shows))


Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Guarded(APIRoute):
    """A door that says what a caller needs. Raises TypeError when it is made without."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, endpoint, **(more | {"operation_id": endpoint.__name__}))
        found = [one.call for one in self.dependant.dependencies if isinstance(one.call, Asked)]
        if len(found) != 1:
            raise TypeError(f"{path} does not say what a caller needs: Annotated[Call, Asks(scope, shows)]")
        self.asked = found[0]

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def noting(request: Request) -> Response:
            response = await handle(request)
            call: Call | None = getattr(request.state, "call", None)
            if response.status_code < 300 and call is not None:
                if self.asked.shows and call.noted is None:
                    raise RuntimeError(f"{self.path} shows people's records and did not note whose")
                if call.noted:
                    await run_in_threadpool(_note, call)
            return response

        return noting


def _note(call: Call) -> None:
    with call.app.store.begin() as unit:
        unit.note_readings(call.noted or [])


def answer(value: Any, headers: Mapping[str, str] | None = None) -> Response:
    """JSON as `--json` prints it."""
    return Response(
        msgspec.json.encode(value, enc_hook=str), headers=dict(headers or {}), media_type="application/json"
    )


def page(value: Any, following: str | None) -> Response:
    """A page of a list. Where more follows, the next page's address stands in it and in `Link`."""
    return answer(value, {"Link": f'<{following}>; rel="next"'} if following else None)


def link(path: str, **query: object) -> str:
    """An address of the API with what was asked, and where to go on from."""
    given = {name: str(value) for name, value in query.items() if value not in (None, "")}
    return f"{PREFIX}{path}?{urlencode(given)}"
