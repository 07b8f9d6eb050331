"""What went wrong, as problem+json (RFC 9457): a code for the machine, and words that say what to do for the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import Response
from pydantic import BaseModel, ConfigDict

KIND = "application/problem+json"


class Wrong(BaseModel):
    """One thing that is wrong, and where: a path such as body.particulars.outcome."""

    model_config = ConfigDict(extra="forbid")

    where: str
    what: str


class Problem(BaseModel):
    """`detail` says what is wrong and what to do. `code` does not change within version 1."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[Wrong] = []


@dataclass
class Stopped(Exception):
    """The request ends here, with this problem."""

    status: int
    code: str
    detail: str
    errors: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] | None = None

    def response(self) -> Response:
        """As it is answered. Nothing that was given is repeated but names of fields: it may be a person's."""
        body = {
            "type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status, "code": self.code,
            "detail": self.detail, "errors": [{"where": where, "what": what} for where, what in self.errors],
        }  # fmt: skip
        return Response(msgspec.json.encode(body), self.status, dict(self.headers or {}), KIND)


def not_there(what: str = "case") -> Stopped:
    """There is no such thing in this client's scheme; whether there is in another, nobody is told."""
    return Stopped(404, "not_there", f"There is no such {what} in your scheme. Look for it in the list, or by its id.")


def malformed(errors: Sequence[Mapping[str, Any]], start: str) -> Stopped:
    """From what pydantic found."""
    found = [(".".join([start, *map(str, one["loc"])]), str(one["msg"])) for one in errors]
    return Stopped(400, "malformed", "Mend what `errors` names and send it again; nothing was recorded.", found)


WORDS = {
    400: "Something is not as it must be: `errors` says what.",
    401: "The bearer token is missing, unknown or no longer good.",
    403: "This client may not do that.",
    404: "There is no such thing in this client's scheme.",
    405: "Not by this method; `Allow` says by which.",
    409: "Refused: `code` and `detail` say why. Nothing was recorded.",
    413: "The body is too long.",
    415: "The body must be application/json.",
    422: "The Idempotency-Key has been used for something else.",
    500: "A fault of caseflow's own. What was asked may be asked again under the same Idempotency-Key.",
    503: "The database is away for a moment. Ask again, under the same Idempotency-Key.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: what may go wrong there, beside what may everywhere."""
    every = sorted({400, 401, 403, 500, 503, *statuses})
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"description": WORDS[status], "content": {KIND: {"schema": schema}}} for status in every}
