"""What a form asks, and reading what was sent: kinds of fields, each with its mistakes. No rule of the domain is here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from caseflow.web.forms.sight import Option, Sight

LONGEST = {"line": 200, "words": 4000}
"""Letters. What is longer is told, never cut."""

Options = Callable[[Sight], Sequence[Option]]


def _no_options(sight: Sight) -> Sequence[Option]:
    del sight
    return ()


def _nothing(sight: Sight) -> str:
    del sight
    return ""


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `kind`: choice | several | line | words | day | time | number | tick | rows.

    `start` is what stands in it at first. A field that is not `needed` says "(optional)". `words` is the key of its label
    where that is not its name.
    """

    name: str
    kind: str
    options: Options = _no_options
    needed: bool = True
    start: Callable[[Sight], str] = _nothing
    words: str = ""

    @property
    def key(self) -> str:
        return self.words or self.name


LEFT_EMPTY = {"choice": "choose", "several": "choose", "day": "no_day", "time": "no_time", "tick": "no_tick"}
"""Which mistake it is to leave a field of this kind empty."""
Given = dict[str, str]
"""What stands in the fields, as it was sent."""


def started(fields: Sequence[Field], sight: Sight, asked: Mapping[str, str]) -> Given:
    """What a fresh form shows: what the link asks for, where it is one of the options, or else each field's own start."""
    given: Given = {}
    for field in fields:
        wanted = asked.get(field.name, "")
        known = field.kind == "choice" and any(one.value == wanted for one in field.options(sight))
        given |= _spread(field, wanted if known else field.start(sight))
    return given


def _spread(field: Field, value: str) -> Given:
    if field.kind == "day" and value:
        year, month, day = value.split("-")
        return {f"{field.name}-day": str(int(day)), f"{field.name}-month": str(int(month)), f"{field.name}-year": year}
    if field.kind == "several":
        return {f"{field.name}-{one}": "yes" for one in value.split(",") if one}
    return {field.name: value}


def read(fields: Sequence[Field], sent: Mapping[str, str], sight: Sight) -> tuple[dict[str, Any], dict[str, str]]:
    """The values by field, and what is wrong by field (a key of the words `mistake`). Fields left empty are absent."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in fields:
        try:
            found = READERS[field.kind](field, sent, sight)
        except Mistake as mistake:
            wrong[field.name] = mistake.args[0]
            continue
        if found is None:
            if field.needed:
                wrong[field.name] = LEFT_EMPTY.get(field.kind, "empty")
            continue
        values[field.name] = found
    return values, wrong


class Mistake(ValueError):
    """What was sent is no such value; says which mistake it is."""


def _choice(field: Field, sent: Mapping[str, str], sight: Sight) -> str | None:
    value = sent.get(field.name, "")
    if not value:
        return None
    if all(one.value != value for one in field.options(sight)):
        raise Mistake("choose")
    return value


def _several(field: Field, sent: Mapping[str, str], sight: Sight) -> list[str] | None:
    found = [one.value for one in field.options(sight) if sent.get(f"{field.name}-{one.value}")]
    return found or (None if field.needed else [])


def _line(field: Field, sent: Mapping[str, str], sight: Sight) -> str | None:
    del sight
    value = sent.get(field.name, "").strip()
    if len(value) > LONGEST[field.kind]:
        raise Mistake("long")
    return value or None


def _day(field: Field, sent: Mapping[str, str], sight: Sight) -> date | None:
    del sight
    parts = [sent.get(f"{field.name}-{one}", "").strip() for one in ("year", "month", "day")]
    if not any(parts):
        return None
    try:
        year, month, day = (int(one) for one in parts)
        return date(year + 2000 if 0 <= year < 100 else year, month, day)
    except ValueError:
        raise Mistake("day") from None


CLOCKS = ("%H:%M", "%H.%M", "%H", "%I:%M%p", "%I.%M%p", "%I%p")


def _time(field: Field, sent: Mapping[str, str], sight: Sight) -> time | None:
    """As people write it: 14:30, 14.30, 2:30pm, 2pm, 9."""
    del sight
    value = sent.get(field.name, "").strip().lower().replace(" ", "")
    if not value:
        return None
    for shape in CLOCKS:
        try:
            return datetime.strptime(value, shape).time()  # noqa: DTZ007 - a time of day has no zone
        except ValueError:
            continue
    raise Mistake("time")


def _number(field: Field, sent: Mapping[str, str], sight: Sight) -> int | None:
    del sight
    value = sent.get(field.name, "").strip()
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 4:
        raise Mistake("number")
    return int(value)


def _tick(field: Field, sent: Mapping[str, str], sight: Sight) -> bool | None:
    del sight
    ticked = bool(sent.get(field.name))
    return True if ticked else (None if field.needed else False)


READERS: Mapping[str, Callable[[Field, Mapping[str, str], Sight], Any]] = {
    "choice": _choice, "several": _several, "line": _line, "words": _line, "day": _day, "time": _time,
    "number": _number, "tick": _tick,
}  # fmt: skip
