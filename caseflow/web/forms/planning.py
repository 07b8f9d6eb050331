"""The plan as a form: rows of what has to be done and of what is offered, apart, as they become items."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from caseflow.domain import commands as c
from caseflow.domain.commands import Item
from caseflow.domain.words import ItemKind, Need
from caseflow.web.forms.fields import Field, Given, read, started
from caseflow.web.forms.sight import Option, Sight

KINDS = {"must": ItemKind.ENFORCEABLE, "may": ItemKind.VOLUNTARY}
EMPTY = {"must": 1, "may": 1}
MOST = 12
"""Rows of each kind. A plan of more things than this is no plan."""
ABOUT = (
    Field("ends_on", "day", needed=False),
    Field("why_longer", "line", needed=False),
    Field("signed", "tick", needed=False),
    Field("read_back", "tick", needed=False),
)
OWN = "own"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form. `what` is ``provider|intervention``, "own" with `words`, or "" (nothing)."""

    kind: str
    number: int
    item: str = ""
    what: str = ""
    words: str = ""
    hours: str = ""
    wrong: str = ""

    def name(self, part: str) -> str:
        return f"{self.kind}-{self.number}-{part}"


@dataclass(frozen=True, slots=True)
class Planned:
    """What was sent: rows, the rest, what is wrong with it, and the command where nothing is."""

    rows: tuple[Row, ...]
    given: Given
    wrong: dict[str, str] = field(default_factory=dict)
    command: c.AgreePlan | None = None


def interventions(sight: Sight) -> list[Option]:
    """What providers here deliver, and what stands in the plan already, by title; then whatever else was agreed."""
    found: dict[str, Option] = {}

    def add(value: str, code: str, by: str) -> None:
        title = sight.title(code)
        found.setdefault(value, Option(value, f"{title.words} ({by})" if by else title.words, title.lang))

    for provider in sight.roster.providers if sight.roster else ():
        for one in provider.interventions:
            add(f"{provider.id}|{one.code}", one.code, sight.name(provider.id))
    for item in sight.case.items.values():
        add(_value(item), item.intervention, sight.name(item.provider) if item.provider else "")
    return [*sorted(found.values(), key=lambda one: one.words), Option(OWN, sight.say("plan.own"))]


def _value(item: Item) -> str:
    return f"{item.provider or ''}|{item.intervention}"


def fresh(sight: Sight) -> Planned:
    """The plan as it stands, what is done or dropped left out, with an empty row of each kind."""
    case = sight.case
    rows: list[Row] = []
    for kind, meant in KINDS.items():
        open_ones = [
            one
            for one in case.items.values()
            if one.kind is meant and one.id not in case.items_done and one.id not in case.items_dropped
        ]
        for number, one in enumerate(open_ones, 1):
            rows.append(Row(kind, number, one.id, _value(one), "", str(one.hours or "")))
        rows += [Row(kind, len(open_ones) + more) for more in range(1, EMPTY[kind] + 1)]
    given = started(ABOUT, sight, {})
    if case.plan_ends:
        ends = case.plan_ends
        given |= {"ends_on-day": str(ends.day), "ends_on-month": str(ends.month), "ends_on-year": str(ends.year)}
    return Planned(tuple(rows), given)


def sent(form: Mapping[str, str], sight: Sight) -> Planned:
    """What came back from the form, with one more row where that was asked for."""
    rows = [_row(form, kind, number) for kind in KINDS for number in range(1, MOST + 1) if _there(form, kind, number)]
    if (more := form.get("more", "")) in KINDS:
        count = sum(row.kind == more for row in rows)
        rows += [Row(more, count + 1)] if count < MOST else []
    values, wrong = read(ABOUT, form, sight)
    known = {one.value for one in interventions(sight)}
    rows = [_checked(row, known) for row in rows]
    wrong |= {row.name("what"): row.wrong for row in rows if row.wrong}
    if wrong or more:
        return Planned(tuple(rows), dict(form), wrong)
    ends: date | None = values.get("ends_on")
    command = c.AgreePlan(
        (*_items(rows, sight), *_behind(sight)),
        values["signed"],
        values["read_back"],
        ends,
        values.get("why_longer", ""),
    )
    return Planned(tuple(rows), dict(form), {}, command)


def _there(form: Mapping[str, str], kind: str, number: int) -> bool:
    return f"{kind}-{number}-what" in form


def _row(form: Mapping[str, str], kind: str, number: int) -> Row:
    def part(name: str, longest: int) -> str:
        return form.get(f"{kind}-{number}-{name}", "").strip()[:longest]

    return Row(kind, number, part("item", 40), part("what", 120), part("words", 80), part("hours", 6))


def _checked(row: Row, known: set[str]) -> Row:
    wrong = ""
    if row.what == OWN and not row.words:
        wrong = "empty"
    elif row.what and row.what not in known:
        wrong = "choose"
    elif row.hours and not (row.hours.isascii() and row.hours.isdigit() and len(row.hours) < 4):
        wrong = "number"
    return Row(row.kind, row.number, row.item, row.what, row.words, row.hours, wrong)


def _items(rows: list[Row], sight: Sight) -> tuple[Item, ...]:
    """Rows with something in them as items; those that were in the plan keep their id."""
    needs = {
        f"{provider.id}|{one.code}": one.need
        for provider in (sight.roster.providers if sight.roster else ())
        for one in provider.interventions
    }
    taken = set(sight.case.items)
    found: list[Item] = []
    for row in rows:
        if not row.what:
            continue
        provider, _, code = row.what.partition("|")
        ident = row.item if row.item in sight.case.items else _free(row.words if row.what == OWN else code, taken)
        taken.add(ident)
        before = sight.case.items.get(ident)
        need: Need | None = needs.get(row.what) or (before.need if before and row.what == _value(before) else None)
        own = row.what == OWN
        found.append(
            Item(
                ident,
                KINDS[row.kind],
                row.words if own else code,
                need,
                (provider or None) if not own else None,
                int(row.hours or 0),
            )
        )
    return tuple(found)


def _behind(sight: Sight) -> tuple[Item, ...]:
    """What is done stays in the plan as it was."""
    return tuple(one for one in sight.case.items.values() if one.id in sight.case.items_done)


def _free(named: str, taken: set[str]) -> str:
    """An id that says what it is, for the story is told by it; a second of the same is numbered."""
    plain = re.sub(r"[^a-z0-9]+", "_", named.lower()).strip("_")[:40] or "item"
    number = 1
    while (found := plain if number == 1 else f"{plain}_{number}") in taken:
        number += 1
    return found
