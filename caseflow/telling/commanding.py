"""Commands as people and other systems give them: what they are called, what they ask for, and one out of plain values.

One list for the command line, the API and the reference: it is made from the domain's own definitions.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from caseflow.domain import commands as c
from caseflow.domain import journey
from caseflow.domain.case import Case
from caseflow.engine.readings import Dossier, Readings
from caseflow.telling.views import CommandField, Offered, OfferedCommand

ENGINE_ONLY = (
    c.FireTimer,
    c.Refer,
    c.ListParticipant,
    c.UnlistParticipant,
    c.WantDigest,
    c.NoteDelivery,
    c.AskForAccess,
)
"""Commands of clocks, channels, imports and other streams: nobody types them."""

PEOPLE: Mapping[str, tuple[str, ...]] = {
    "navigator": ("navigator",), "provider": ("provider",), "person": ("officer", "team", "staff", "navigator"),
}  # fmt: skip
"""Particulars that are people: an id, or (typed) a name that one person of these kinds has."""


class NotACommand(ValueError):
    """These values make no such command; the message names the particular and says what to write."""


def _named(cls: type) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def _of(commands: Any) -> dict[str, type]:
    return {_named(cls): cls for cls in get_args(commands) if cls not in ENGINE_ONLY}


CASE_COMMANDS: Mapping[str, type] = _of(c.CaseCommand)
"""Everything that a person may do to a case, by its public name."""
COMMANDS: Mapping[str, type] = _of(c.CaseCommand | c.ReturnCommand)


def offered(dossier: Dossier) -> Offered:
    """What can be done on this case or return now, with the particulars each asks for."""
    stream = dossier.stream
    names: Sequence[str] = journey.offered(stream) if isinstance(stream, Case) else ("finish_task",)
    state = stream.state.value if isinstance(stream, Case) else ""
    return Offered(dossier.ref, state, [described(name) for name in names if name in COMMANDS])


def described(name: str) -> OfferedCommand:
    """A command's particulars, from its definition."""
    cls = COMMANDS[name]
    hints = get_type_hints(cls)
    listed = [
        CommandField(one.name, _type_words(hints[one.name]), one.default is MISSING and one.default_factory is MISSING)
        for one in fields(cls)
    ]
    return OfferedCommand(name, about(cls), listed)


def about(cls: type) -> str:
    """The first line of what its docstring says; a dataclass without one has none."""
    doc = cls.__doc__ or ""
    return doc.strip().splitlines()[0] if doc and not doc.startswith(f"{cls.__name__}(") else ""


def shown(one: CommandField) -> str:
    """``outcome=attended|late``, in brackets where it may be left out."""
    return f"{one.name}={one.type}" if one.needed else f"[{one.name}={one.type}]"


def build(name: str, given: Mapping[str, Any]) -> c.Command:
    """The command of this public name from plain values. Raises NotACommand that names the particular."""
    cls = COMMANDS[name]
    unknown = sorted(given.keys() - {one.name for one in fields(cls)})
    if unknown:
        there = ", ".join(one.name for one in fields(cls)) or "none"
        raise NotACommand(f"{name} has no {', '.join(unknown)}; its particulars are: {there}")
    try:
        command: c.Command = msgspec.convert(dict(given), type=cls, strict=False)
    except msgspec.ValidationError as wrong:
        raise NotACommand(f"{name}: {_worded(str(wrong), name)}") from None
    return command


def least_loaded(readings: Readings, scheme: str) -> str | None:
    """The navigator with the fewest open cases; of several, always the same one. None where the roster has nobody."""
    loads = readings.loads(scheme)
    return min(loads, key=lambda one: (loads[one], one)) if loads else None


def is_union(hint: Any) -> bool:
    return get_origin(hint) in {Union, UnionType}


def _worded(message: str, name: str) -> str:
    missing = re.search(r"missing required field `(\w+)`", message)
    if missing:
        asked = " ".join(shown(one) for one in described(name).fields)
        return f"{missing[1]} is missing; it asks for: {asked}"
    place = re.search(r" - at `\$\.?(.*)`", message)
    plain = re.sub(r" - at `.*`", "", message)
    if place and (chosen := re.match(r"Invalid enum value (.*)", plain)):
        choices = _one_type(_type_at(COMMANDS[name], place[1])).replace("|", ", ")
        plain = f"{chosen[1]} is none of its choices: {choices}"
    elif re.match(r"Invalid RFC3339|Expected `date", plain):
        plain = "is no day or time; write 2022-05-09, or 2022-05-09T14:30 where a time belongs to it"
    return f"{place[1]}: {plain}" if place else plain


def _type_at(hint: Any, place: str) -> Any:
    """The type of what stands there (`items[0].kind` of sign_plan), without None."""
    for name in re.findall(r"\w+|\[\.*\w*\]", place):
        if name.startswith("["):
            *_, hint = (one for one in get_args(hint) if one is not Ellipsis)
            continue
        hint = get_type_hints(hint)[name]
        if is_union(hint):
            hint = next(one for one in get_args(hint) if one is not type(None))
    return hint


def _type_words(hint: Any) -> str:
    options = [one for one in get_args(hint) if one is not type(None)] if is_union(hint) else [hint]
    return "|".join(_one_type(one) for one in options)


def _one_type(hint: Any) -> str:
    if isinstance(hint, type) and hasattr(hint, "__members__"):
        return "|".join(member.value for member in hint.__members__.values())
    if get_origin(hint) is not None:
        return "JSON"
    return {"str": "words", "bool": "yes|no", "int": "number", "datetime": "day-and-time", "date": "day",
            "time": "clock"}.get(getattr(hint, "__name__", ""), "JSON")  # fmt: skip
