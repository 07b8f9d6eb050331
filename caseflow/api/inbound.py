"""The door for texts that come in: what GOV.UK Notify posts when somebody answers. Kept at once, matched by the workers.

Notify asks again every five minutes, five times, where it gets no 2xx; a repeat is harmless, for its id is known.
"""

from fastapi import APIRouter, HTTPException, Request, Response, status
from fastapi.concurrency import run_in_threadpool

from caseflow.api.bearer import require
from caseflow.engine.app import App
from caseflow.engine.inbound import take_inbound
from caseflow.engine.ports import Unavailable
from caseflow.imports.inbound_texts import NotAText, received, scheme_of
from caseflow.settings.deployment import Deployment, SettingsError

LARGEST = 64 * 1024
"""Bytes of a request; a text of the longest kind has a tenth of it."""


def door(app: App, settings: Deployment) -> APIRouter:
    """POST /notify/inbound-texts. Raises SettingsError where it cannot be said whose texts would come in."""
    schemes = sorted({scheme for scheme, _ in app.store.policies()})
    numbers = dict(settings.inbound_numbers)
    if unknown := sorted(set(numbers.values()) - set(schemes)):
        raise SettingsError(f"CASEFLOW_INBOUND_NUMBERS names {', '.join(unknown)}; there are {', '.join(schemes)}.")
    if len(schemes) != 1 and "*" not in numbers:
        raise SettingsError(
            f"There are {len(schemes)} schemes, so CASEFLOW_INBOUND_NUMBERS must say which one a text is for: "
            'each of our numbers with its scheme, and "*" with the scheme for any other number.'
        )
    made = APIRouter()

    @made.post("/notify/inbound-texts", status_code=status.HTTP_204_NO_CONTENT)
    async def inbound_texts(request: Request) -> Response:
        require(request, settings.inbound_tokens)
        try:
            text = received(await _body(request))
        except NotAText as wrong:
            raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(wrong)) from wrong
        scheme = scheme_of(text.to, numbers, schemes)
        try:
            await run_in_threadpool(take_inbound, app, [text], scheme)
        except Unavailable as away:
            raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "the database is away: ask again") from away
        return Response(status_code=status.HTTP_204_NO_CONTENT)

    return made


async def _body(request: Request) -> bytes:
    """The request's body, read no further than LARGEST."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, f"more than {LARGEST} bytes is no text")
    return bytes(body)
