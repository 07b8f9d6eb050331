"""Providers' returns: what is asked of a provider for a period, and what it says. References, never names."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from caseflow.access.who import Scope
from caseflow.api.v1.bodies import MOST, STRICT, Key, body, in_openapi
from caseflow.api.v1.calling import Asks, Call, Guarded, Ref, answer
from caseflow.api.v1.doing import By, actor, done, once
from caseflow.api.v1.problems import Stopped, documented
from caseflow.api.v1.reads import Asking
from caseflow.domain.case import ProviderReturn
from caseflow.domain.commands import Asked, ReturnRow, SubmitReturn
from caseflow.domain.words import Attendance
from caseflow.engine.readings import ReturnLine
from caseflow.imports.returns import Expected, expected_on
from caseflow.telling.views import Done, ReturnList

router = APIRouter(route_class=Guarded)

Id = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]


class ReturnsAsked(Asking):
    status: Literal["planned", "asked", "received", "not_needed"] | None = None


@dataclass(frozen=True, slots=True)
class SessionAsked:
    """A session at this provider. `status` is booked while nobody has said what came of it."""

    session: str
    start: datetime
    status: str


@dataclass(frozen=True, slots=True)
class OnReturn:
    """A participant on a return, by the case's reference."""

    ref: str
    sessions: list[SessionAsked]


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return with everybody on it; people have no names here."""

    about: ReturnLine
    participants: list[OnReturn]


class Attended(BaseModel):
    """What came of one session."""

    model_config = STRICT

    session: Id
    outcome: Attendance


class RowGiven(BaseModel):
    """What the provider says of one participant; null says nothing."""

    model_config = STRICT

    ref: Id
    sessions: Annotated[list[Attended], Field(max_length=MOST)] = []
    engagement: Literal["well", "some", "not", "cannot_say"] | None = None
    completed: bool | None = None
    survey: bool | None = None


class ReturnGiven(BaseModel):
    """What the provider says. `final` false keeps the return open for more."""

    model_config = STRICT

    by: By
    rows: Annotated[list[RowGiven], Field(max_length=MOST * 5)]
    final: bool = True


@router.get("/returns", response_model=ReturnList, responses=documented())
def list_returns(call: Annotated[Call, Asks(Scope.RETURNS)], asked: Annotated[ReturnsAsked, Query()]) -> Response:
    """The scheme's returns: which provider, which period, how far."""
    return answer(ReturnList(call.readings.returns(call.scheme, status=asked.status)))


@router.get("/returns/{ref}", response_model=ReturnView, responses=documented(404, 409))
def read_return(call: Annotated[Call, Asks(Scope.RETURNS, "return")], ref: Ref) -> Response:
    """One return: who is on it, and their sessions there."""
    stream, expected = _return(call, ref)
    line = next(one for one in call.readings.returns(call.scheme) if one.id == stream.id)
    call.saw_streams("return", [one.case for one in expected])
    people = [
        OnReturn(
            one.ref,
            [
                SessionAsked(each.id, each.start, each.status)
                for each in sorted(one.sessions.values(), key=lambda each: each.start)
            ],
        )
        for one in expected
    ]
    return answer(ReturnView(line, people))


@router.post(
    "/returns/{ref}", response_model=Done, responses=documented(404, 409, 413, 415, 422),
    openapi_extra=in_openapi(ReturnGiven),
)  # fmt: skip
def fill_in_return(
    call: Annotated[Call, Asks(Scope.RETURNS)], ref: Ref, key: Key, given: Annotated[ReturnGiven, body(ReturnGiven)]
) -> Response:
    """What the provider says of the period. All of it is recorded, or (409) nothing, and `errors` says which rows are wrong."""
    stream, expected = _return(call, ref)
    by = actor(call, given.by, stream)
    by_ref = {one.ref: one for one in expected}
    if wrong := _wrong(given, by_ref):
        raise Stopped(409, "not_on_return", "Mend what `errors` names, and send all of it again.", wrong)
    command_id = once(call, key, f"returns/{stream.id}", given)
    rows = [
        ReturnRow(
            number, row.ref, tuple((each.session, each.outcome) for each in row.sessions), row.engagement,
            row.completed, row.survey,
        )
        for number, row in enumerate(given.rows, 1)
    ]  # fmt: skip
    found = done(call, Asked(command_id, stream.id, SubmitReturn(tuple(rows), (), given.final), by))
    return answer(Done(stream.ref, found.seq, found.repeat, found.already))


def _return(call: Call, ref: str) -> tuple[ProviderReturn, list[Expected]]:
    stream = call.dossier(ref, "provider_return").stream
    assert isinstance(stream, ProviderReturn)
    return stream, expected_on(call.readings, call.scheme, stream)


def _wrong(given: ReturnGiven, by_ref: dict[str, Expected]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    for number, row in enumerate(given.rows):
        where = f"body.rows.{number}"
        one = by_ref.get(row.ref)
        if one is None:
            found.append((f"{where}.ref", "this reference is not on this return"))
            continue
        if row.ref in seen:
            found.append((f"{where}.ref", "an earlier row is about the same participant: one row each"))
        seen.add(row.ref)
        told = [each.session for each in row.sessions]
        found += [
            (f"{where}.sessions.{at}.session", "this participant has no such session with this provider")
            for at, each in enumerate(told)
            if each not in one.sessions
        ]
        if len(set(told)) < len(told):
            found.append((f"{where}.sessions", "a session is named twice"))
    return found
