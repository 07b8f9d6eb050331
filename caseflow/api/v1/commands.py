"""Everything a person may do to a case, by one door: which command, by whom, its particulars. The rules are the domain's."""

import uuid
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field, RootModel, create_model

from caseflow.access.who import Scope
from caseflow.api.v1.bodies import STRICT, Key, body, in_openapi, model_of
from caseflow.api.v1.calling import Asks, Call, Guarded, Ref, answer
from caseflow.api.v1.doing import By, actor, done, once
from caseflow.api.v1.problems import Stopped, documented
from caseflow.domain.commands import Asked
from caseflow.telling.commanding import CASE_COMMANDS, PEOPLE, NotACommand, about, build, least_loaded
from caseflow.telling.views import Done

router = APIRouter(route_class=Guarded)

_TEXTS = uuid.UUID("1c8f2b8e-5d0e-5a64-9a57-2f1f5a0b7d10")
OPTIONAL: Mapping[str, frozenset[str]] = {"accept": frozenset({"navigator"})}
"""What may be left out all the same: nobody named is the navigator with the fewest open cases."""


def _command(name: str, cls: type) -> Any:
    """The body of one command. Particulars may be left out where none is needed."""
    particulars = model_of(cls, OPTIONAL.get(name, frozenset()))
    needed = any(one.is_required() for one in particulars.model_fields.values())
    given: dict[str, Any] = {
        "kind": (Literal[name], ...),
        "by": (By, ...),
        "at": (
            AwareDatetime | None,
            Field(None, description="When it happened, where that is not now; never in the future."),
        ),
        "particulars": (particulars, ... if needed else Field(default_factory=particulars)),
    }
    return create_model(f"Do{cls.__name__}", __config__=STRICT, __doc__=about(cls) or None, **given)


MODELS: Mapping[str, Any] = {name: _command(name, cls) for name, cls in CASE_COMMANDS.items()}


_ANY: Any = Annotated[reduce(or_, MODELS.values()), Field(discriminator="kind")]


class Command(RootModel[_ANY]):
    """Any of the commands; `kind` says which. `GET …/commands` tells which make sense now."""


@router.post(
    "/cases/{ref}/commands", response_model=Done, responses=documented(404, 409, 413, 415, 422),
    openapi_extra=in_openapi(Command),
)  # fmt: skip
def command(
    call: Annotated[Call, Asks(Scope.WORK)], ref: Ref, key: Key, given: Annotated[Command, body(Command)]
) -> Response:
    """Record what somebody did or decided. Refused (409) in words where the rules do not allow it."""
    dossier, case = call.case(ref)
    wish: Any = given.root
    by = actor(call, wish.by, case)
    command_id = once(call, key, f"cases/{case.id}", given)
    values = wish.particulars.model_dump(mode="json", exclude_unset=True)
    if wish.kind == "accept" and not values.get("navigator"):
        values["navigator"] = _somebody(call)
    _known(call, values)
    if words := values.get("text"):
        values["text"] = str(uuid.uuid5(_TEXTS, f"{call.scheme}\x1f{command_id}"))
        with call.app.store.begin() as unit:
            unit.add_texts(call.scheme, [(values["text"], None, words)])
    try:
        made = build(wish.kind, values)
    except NotACommand as wrong:
        raise Stopped(400, "malformed", str(wrong)) from None
    found = done(call, Asked(command_id, case.id, made, by, at=wish.at))
    return answer(Done(dossier.ref, found.seq, found.repeat, found.already))


def _somebody(call: Call) -> str:
    found = least_loaded(call.readings, call.scheme)
    if found is None:
        raise Stopped(
            409, "no_navigator", "The scheme has no navigator in its roster, so nobody can be given the case."
        )
    return found


def _known(call: Call, values: Mapping[str, Any]) -> None:
    """Whoever is named is somebody the scheme knows."""
    named = {field: values[field] for field in PEOPLE if values.get(field)}
    names = call.readings.names(call.scheme, named.values()) if named else {}
    unknown = [(f"body.particulars.{field}", "nobody has this id") for field, one in named.items() if one not in names]
    if unknown:
        raise Stopped(409, "nobody", "Give the id of somebody in the scheme's people register.", unknown)
