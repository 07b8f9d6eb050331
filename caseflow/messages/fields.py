"""The fields of one message, checked against the catalogue and made safe, before any template sees them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from caseflow.messages.catalogue import Field, Message
from caseflow.messages.errors import BadField, MissingField, SurplusField
from caseflow.messages.text import clean

_WANTED: Final = {
    "text": "text",
    "number": "a whole number",
    "instant": "a datetime with a time zone",
    "instants": "two datetimes with a time zone",
    "date": "a date without a time",
    "lines": "a list of texts",
    "addresses": "a list of web addresses",
}


def checked(message: Message, language: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values a template may use. Raises `SurplusField`, `MissingField` or `BadField`."""
    for name in fields:
        if name not in message.fields:
            raise SurplusField(message.name, name)
    values: dict[str, Any] = {}
    for name, field in message.fields.items():
        if fields.get(name) is None and field.kind == "addresses":
            values[name] = []  # a deployment that has no pages for people outside says nothing of any
            continue
        if fields.get(name) is None:
            raise MissingField(message.name, name)
        values[name] = _value(message, field, fields[name], language)
    return values


def _value(message: Message, field: Field, value: Any, language: str) -> Any:
    if not _fits(field.kind, value):
        raise BadField(message.name, field.name, _WANTED[field.kind], value)
    match field.kind:
        case "text":
            return clean(value, language)
        case "lines":
            return [clean(line, language) for line in value]
        case _:
            return value


def _fits(kind: str, value: object) -> bool:
    if kind in _ONE:
        return _ONE[kind](value)
    if isinstance(value, str) or not isinstance(value, Sequence):
        return False
    return len(value) in _LENGTHS.get(kind, (len(value),)) and all(_EACH[kind](each) for each in value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_instant(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_address(value: object) -> bool:
    """One of our own: whoever fills in a field of people's words cannot bring an address by it."""
    return isinstance(value, str) and re.fullmatch(r"https?://[\w.:\[\]-]+/[\w/-]*", value, re.ASCII) is not None


_ONE: Final[Mapping[str, Callable[[object], bool]]] = {
    "text": _is_text,
    "number": _is_number,
    "instant": _is_instant,
    "date": _is_date,
}
_EACH: Final[Mapping[str, Callable[[object], bool]]] = {
    "instants": _is_instant,
    "lines": _is_text,
    "addresses": _is_address,
}
_LENGTHS: Final = {"instants": (2,)}
"""Two times are offered, no more and no fewer: the words say "reply 1 or 2"."""
