"""The application: every page behind the same fences, in the same order.

request | who comes | may they | is the form ours | the page's function (a thread) | note who read whom | headers

What a page does not declare, nobody gets: an unknown address and one that is not for this visitor look the same (404).
"""

import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from caseflow.access import accounts, guests, who
from caseflow.access.attempts import Attempts
from caseflow.access.second_factor import STRONG
from caseflow.access.single_sign_on import Provider
from caseflow.access.who import May
from caseflow.engine.app import App
from caseflow.engine.ports import Unavailable
from caseflow.settings.deployment import Deployment
from caseflow.web import assets, headers
from caseflow.web.answers import Answer, Away, Download, Go, NotThere, own_path
from caseflow.web.brought import Sent, read_form
from caseflow.web.pages import ALL, DEMO
from caseflow.web.rendering import render
from caseflow.web.routes import Declared
from caseflow.web.visit import Visit
from caseflow.web.words import LANGUAGES

log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]
Handling = Callable[[Request, Exception], Awaitable[Response]]

LARGEST = 512 * 1024
"""Bytes of a form: the return of a provider with a thousand participants; the longest free text has a fraction of it."""
PASSWORD_PAGES = frozenset({"/account/password", "/sign-out"})
"""What somebody with a one-time password may open before they have changed it."""
YEAR = 31_536_000


LINKS = {May.REPORT: "/r", May.APPOINTMENTS: "/a"}
"""Where somebody is sent who may come by a link only, and has none, or was away too long."""


BY_LINK = frozenset({"a", "my", "r", "returns", "code", "left"})
"""How the paths begin that people without an account come to."""
QUIET = "quiet"
"""Their pages do not call themselves what the others do: somebody else may see the phone."""


class TooLarge(Exception):
    """A form of more than LARGEST bytes."""


@dataclass(frozen=True, slots=True)
class Door:
    """What all pages are served with."""

    app: App
    settings: Deployment
    demo: bool
    attempts: Attempts
    provider: Provider | None

    @property
    def secure(self) -> bool:
        """Behind https; only a developer's own machine is not."""
        return self.settings.environment == "production"


def make_pages(
    app: App, settings: Deployment, *, demo: bool = False, declared: Iterable[Declared] | None = None
) -> Starlette:
    """Every page on this engine. `demo` (a virtual database that the demo made) adds the switch between parts."""
    door = Door(app, settings, demo, Attempts(settings.broker_url), _provider(settings))
    shown = declared or ([*ALL, *DEMO] if demo else ALL)
    static = Route("/static/{digest}/{name}", _static(door), name="static")
    return Starlette(
        routes=[*_routes(door, shown), static],
        exception_handlers={404: _nowhere(door), 405: _nowhere(door), 500: _broken(door)},
    )


def _provider(settings: Deployment) -> Provider | None:
    if settings.oidc_issuer is None:
        return None
    https_only = settings.environment == "production"
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, https_only)


def _routes(door: Door, declared: Iterable[Declared]) -> list[Route]:
    return [Route(one.path, _endpoint(door, one), methods=[one.method], name=one.name) for one in declared]


def _endpoint(door: Door, page: Declared) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            sent = await _sent(request) if page.method == "POST" else Sent()
        except TooLarge:
            return await run_in_threadpool(_plain, door, request, "too_large", 413)
        return await run_in_threadpool(_answer, door, page, request, sent)

    return endpoint


# ── one request ─────────────────────────────────────────────────────────────────────────────────
def _answer(door: Door, page: Declared, request: Request, sent: Sent) -> Response:
    """From the fences to the headers. Runs in a thread: it may wait for the database."""
    visit = _visit(door, request, page.may, sent)
    visit.secret = "{token}" in page.path
    if visit.secret and (wanted := visit.query.get("language", "")) in LANGUAGES:
        visit.language, visit.chosen = wanted, True
    try:
        visit.visitor = accounts.visitor(door.app, visit.token) or guests.visitor(door.app, visit.token)
        if refused := _fence(door, page, request, visit):
            return refused
        answer = page.handler(visit, **request.path_params)
        response = _respond(door, request, visit, answer)
        _note(page, visit, response)
    except NotThere:
        return _plain(door, request, "not_found", 404, visit)
    except Unavailable as away:
        log.warning("pages: the database is away (%s)", away)
        visit.visitor = None  # so that nothing more is asked of it
        return _plain(door, request, "away", 503, visit)
    return response


def _fence(door: Door, page: Declared, request: Request, visit: Visit) -> Response | None:
    """What stands before the page's function; None lets them through."""
    if page.may is not May.COME_IN:
        if visit.visitor is None and page.may in LINKS:
            return _go(door, request, visit, Go(LINKS[page.may]))
        if visit.visitor is None:
            back = visit.path if page.method == "GET" else "/"
            return _go(door, request, visit, Go(f"/sign-in?to={quote(back, safe='/')}"))
        if visit.by_link and page.path == "/":
            return _go(
                door, request, visit, Go(LINKS[May.REPORT if visit.part is who.Part.PROVIDER else May.APPOINTMENTS])
            )
        if not visit.can(page.may):
            log.info("pages: %s refused to account %s (%s)", page.name, visit.account.id, visit.part)
            return _plain(door, request, "not_found", 404, visit)
        if visit.account.change and page.path not in PASSWORD_PAGES:
            return _go(door, request, visit, Go("/account/password"))
        if page.may in STRONG and not visit.visitor.session.strong:
            back = visit.path if page.method == "GET" else "/"
            return _go(door, request, visit, Go(f"/account/confirm?to={quote(back, safe='/')}"))
    if page.method == "POST":
        ours = headers.ours(request.headers.get("host", ""), request.headers)
        token = secrets.compare_digest(visit.form.get("form_token", "").encode(), visit.form_token.encode())
        if not (visit.token and ours and token):
            log.info("pages: a form for %s was not one of ours", page.name)
            return _plain(door, request, "stale_form", 403, visit)
    return None


def _note(page: Declared, visit: Visit, response: Response) -> None:
    """Before the page leaves: whom it shows is in the log, or it does not leave."""
    if not page.shows or response.status_code != 200:
        return
    if visit.noted is None:
        raise RuntimeError(f"{page.name} shows people's records and did not note whose")
    if visit.noted:
        with visit.app.store.begin() as unit:
            unit.note_readings(visit.noted)


def _visit(door: Door, request: Request, may: May, sent: Sent) -> Visit:
    given = request.cookies.get(headers.LANGUAGE_COOKIE, "")
    return Visit(
        app=door.app,
        settings=door.settings,
        may=may,
        path=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        query=dict(request.query_params),
        form=sent.fields,
        files=sent.files,
        token=request.cookies.get(headers.cookie_name(secure=door.secure), ""),
        language=given if given in LANGUAGES else LANGUAGES[0],
        nonce=secrets.token_urlsafe(16),
        attempts=door.attempts,
        host=request.headers.get("host", ""),
        provider=door.provider,
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
        demo=door.demo,
        chosen=given in LANGUAGES,
        site=QUIET if request.url.path.split("/")[1] in BY_LINK else "",
    )


async def _sent(request: Request) -> Sent:
    """What a form brought, read no further than LARGEST; of a field given twice the last. No NUL: no database keeps one."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise TooLarge
    try:
        return read_form(bytes(body), request.headers.get("content-type", ""))
    except ValueError:
        raise TooLarge from None


# ── answers ─────────────────────────────────────────────────────────────────────────────────────
def _respond(door: Door, request: Request, visit: Visit, answer: Answer) -> Response:
    if isinstance(answer, Go):
        return _go(door, request, visit, answer)
    if isinstance(answer, Away):
        return RedirectResponse(answer.address, 303, _around(door, visit))
    if isinstance(answer, Download):
        kept = {"Content-Disposition": f'attachment; filename="{answer.name}"'}
        return Response(
            answer.content,
            media_type=answer.kind,
            headers={**_around(door, visit), **kept},
        )
    fresh = ""
    if not visit.token:  # a visitor's first page: its forms need something to be known by
        fresh = visit.token = accounts.new_token()
    body = render(answer.template, visit.language, {"visit": visit, "May": May, **answer.context})
    response = HTMLResponse(body, answer.status, headers=_around(door, visit))
    if fresh:
        _keep(door, response, fresh)
    if (
        visit.secret and visit.query.get("language") == visit.language
    ):  # chosen here, for the address goes into no other
        _speak(door, response, visit.language)
    return response


def _around(door: Door, visit: Visit) -> dict[str, str]:
    return dict(headers.for_page(visit.nonce, secure=door.secure, secret=visit.secret))


def _go(door: Door, request: Request, visit: Visit, answer: Go) -> Response:
    response = RedirectResponse(own_path(answer.to), 303, _around(door, visit))
    if answer.token:
        _keep(door, response, answer.token)
    elif answer.token == "":
        response.delete_cookie(headers.cookie_name(secure=door.secure), secure=door.secure, httponly=True)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    if answer.language:
        _speak(door, response, answer.language)
    return response


def _speak(door: Door, response: Response, language: str) -> None:
    response.set_cookie(
        headers.LANGUAGE_COOKIE, language, max_age=YEAR, secure=door.secure, httponly=True, samesite="lax"
    )


def _keep(door: Door, response: Response, token: str) -> None:
    """Gone when the browser is closed; the session's own limits are the database's."""
    response.set_cookie(
        headers.cookie_name(secure=door.secure), token, secure=door.secure, httponly=True, samesite="lax", path="/"
    )


def _plain(door: Door, request: Request, problem: str, status: int, visit: Visit | None = None) -> Response:
    """A page that says what is wrong and what to do."""
    visit = visit or _visit(door, request, May.COME_IN, Sent())
    body = render("problem.html", visit.language, {"visit": visit, "May": May, "problem": problem})
    return HTMLResponse(body, status, headers=_around(door, visit))


def _lost(door: Door, request: Request) -> Response:
    """An address that is none, for whoever it is."""
    visit = _visit(door, request, May.COME_IN, Sent())
    try:
        visit.visitor = accounts.visitor(door.app, visit.token)
    except Unavailable:
        return _plain(door, request, "away", 503, visit)
    return _plain(door, request, "not_found", 404, visit)


def _static(door: Door) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        found = await run_in_threadpool(assets.content, request.path_params["digest"], request.path_params["name"])
        if found is None:
            return await run_in_threadpool(_plain, door, request, "not_found", 404)
        content, kind = found
        kept = {"Cache-Control": f"public, max-age={YEAR}, immutable", **headers.for_all(secure=door.secure)}
        return Response(content, media_type=kind, headers=kept)

    return endpoint


def _nowhere(door: Door) -> Handling:
    async def handler(request: Request, wrong: Exception) -> Response:
        del wrong
        return await run_in_threadpool(_lost, door, request)

    return handler


def _broken(door: Door) -> Handling:
    """The error itself goes on to the server's log (Starlette raises it again)."""

    async def handler(request: Request, wrong: Exception) -> Response:
        del wrong
        return await run_in_threadpool(_plain, door, request, "broken", 500)

    return handler
