"""Bodies that come in: read once, strictly, no further than they may be long; and models made from the domain's dataclasses.

A command's model is derived from the command itself, so that there is one definition: what the domain asks for is what the
API asks for. Strict: a number is no text and a text no number, and what nobody asked for is named, not dropped.
"""

import dataclasses
import hashlib
import json
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from fastapi import Depends, Header, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, create_model

from caseflow.api.v1.problems import Stopped, malformed
from caseflow.imports.typed import WHOLE
from caseflow.telling.commanding import is_union

LARGEST = 1024 * 1024
"""Bytes of a body: two hundred referrals have some 200,000."""
MOST = 200
"""Things in one list."""
STRICT = ConfigDict(strict=True, extra="forbid", frozen=True)

Model = TypeVar("Model", bound=BaseModel)
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,100}$",
        description="New for each wish, and the same when it is sent again: then the first answer comes again.",
    ),
]
Short = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Long = Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")]
Count = Annotated[int, Field(ge=0, le=1_000_000), WHOLE]
SCHEMA = "#/components/schemas/{model}"


class Given:
    """A body of this model, as a dependency of a door."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model

    async def __call__(self, request: Request) -> BaseModel:
        """Raises Stopped: 413, 415, or 400 with what is wrong."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Stopped(415, "not_json", "Send the body as `Content-Type: application/json`.")
        raw = bytearray()
        async for part in request.stream():
            raw += part
            if len(raw) > LARGEST:
                raise Stopped(413, "too_long", f"A body has at most {LARGEST} bytes: send it in several requests.")
        try:
            return self.model.model_validate_json(bytes(raw), strict=True)
        except ValidationError as wrong:
            raise malformed(wrong.errors(include_input=False, include_url=False), "body") from None


def body(model: type[Model]) -> Any:
    """The dependency of a door that takes this model."""
    return Depends(Given(model))


def in_openapi(model: type[BaseModel]) -> dict[str, Any]:
    """For a door's `openapi_extra`: that this model is its body. Its parts are put with the others (serving.py)."""
    schema = {"$ref": SCHEMA.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def fingerprint(place: str, given: BaseModel) -> str:
    """What tells one wish from another."""
    plain = json.dumps([place, given.model_dump(mode="json")], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


# ── models out of dataclasses ───────────────────────────────────────────────────────────────────
@cache
def model_of(
    cls: type, optional: frozenset[str] = frozenset(), without: frozenset[str] = frozenset()
) -> type[BaseModel]:
    """The strict model of a dataclass, part by part. `optional`: fields that may be left out all the same."""
    hints = get_type_hints(cls)
    fields: dict[str, Any] = {}
    for one in dataclasses.fields(cls):
        if one.name in without:
            continue
        kind = Long if one.name in {"text", "reasons", "tried"} else _kind(hints[one.name])
        if one.name == "text" and type(None) in get_args(hints["text"]):
            kind = Long | None
        if one.default is not dataclasses.MISSING:
            fields[one.name] = (kind, list(one.default) if isinstance(one.default, tuple) else one.default)
        elif one.default_factory is not dataclasses.MISSING:
            fields[one.name] = (kind, Field(default_factory=one.default_factory))
        elif one.name in optional:
            fields[one.name] = (kind, "")
        else:
            fields[one.name] = (kind, ...)
    doc = cls.__doc__ if cls.__doc__ and not cls.__doc__.startswith(f"{cls.__name__}(") else None
    return create_model(cls.__name__, __config__=STRICT, __doc__=doc, **fields)


def _kind(hint: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if is_union(hint):
        made = _kind(inner[0])
        for one in inner[1:]:
            made = made | (None if one is type(None) else _kind(one))
        return made
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
        return Annotated[list[_kind(inner[0])], Field(max_length=MOST)]  # type: ignore[misc]  # made while it runs
    if origin is tuple:
        return tuple[tuple(_kind(one) for one in inner)]  # type: ignore[misc]  # made while it runs
    if origin is dict:
        return Annotated[dict[_kind(inner[0]), _kind(inner[1])], Field(max_length=MOST)]  # type: ignore[misc]  # made while it runs
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return model_of(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    found = _PLAIN.get(hint)
    if found is None:
        raise TypeError(f"{hint} has no strict form in a body: add it to _PLAIN")
    return found


_PLAIN: dict[Any, Any] = {
    str: Short, int: Count, bool: bool, date: date, time: time, datetime: AwareDatetime,
}  # fmt: skip
