"""A provider's return as a form: what has been filled in so far (a draft), from the page or from a file, and its rows.

A draft is plain values, so that it can be kept until the provider comes back. A file is only another way to fill it in: it
is shown, corrected and sent like what was typed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from caseflow.domain.calendar import Calendar
from caseflow.domain.commands import ReturnRow
from caseflow.domain.words import Attendance
from caseflow.imports.returns import ENGAGEMENT, Expected, read_return
from caseflow.imports.tables import FileRefused

ENGAGEMENTS = tuple(dict.fromkeys(ENGAGEMENT.values()))
OUTCOMES = tuple(one.value for one in Attendance)
YES_NO = ("yes", "no")


Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Bad:
    """A line of a file that is not understood: its row, whose it seems to be ("" unknown), why, and as it stood."""

    row: int
    ref: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What is filled in. Sessions by id; engagement and completed by (reference, item); the survey by reference."""

    sessions: Mapping[str, str] = field(default_factory=dict)
    engagement: Mapping[tuple[str, str], str] = field(default_factory=dict)
    completed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    survey: Mapping[str, str] = field(default_factory=dict)
    bad: tuple[Bad, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.sessions or self.engagement or self.completed or self.survey)

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "sessions": dict(self.sessions),
            "engagement": [[*key, value] for key, value in self.engagement.items()],
            "completed": [[*key, value] for key, value in self.completed.items()],
            "survey": dict(self.survey),
            "bad": [[one.row, one.ref, one.reason, one.raw] for one in self.bad],
        }


def kept(body: Mapping[str, Any] | None) -> Draft:
    """A draft as it was kept."""
    if body is None:
        return Draft()
    return Draft(
        body["sessions"],
        {(ref, item): value for ref, item, value in body["engagement"]},
        {(ref, item): value for ref, item, value in body["completed"]},
        body["survey"],
        tuple(Bad(*one) for one in body["bad"]),
    )


def filled_in(form: Mapping[str, str], expected: Iterable[Expected]) -> Draft:
    """The draft that a form makes: only what is on this return, and only values that there are; the rest says nothing.

    Fields: ``session:<id>``, ``engagement:<ref>:<item>``, ``completed:<ref>:<item>``, ``survey:<ref>``.
    """
    people = list(expected)
    parts = [(one.ref, item) for one in people for item in one.items]
    return Draft(
        _said({key: f"session:{key}" for one in people for key in one.sessions}, form, OUTCOMES),
        _said({part: f"engagement:{part[0]}:{part[1]}" for part in parts}, form, ENGAGEMENTS),
        _said({part: f"completed:{part[0]}:{part[1]}" for part in parts}, form, YES_NO),
        _said({one.ref: f"survey:{one.ref}" for one in people}, form, YES_NO),
    )


def _said(names: Mapping[Key, str], form: Mapping[str, str], may_be: Sequence[str]) -> dict[Key, str]:
    return {key: form[name] for key, name in names.items() if form.get(name) in may_be}


def rows(draft: Draft, expected: Iterable[Expected]) -> tuple[ReturnRow, ...]:
    """The draft as rows of a return: one for each item of each person that something is said of."""
    found: list[ReturnRow] = []
    for one in expected:
        by_item: dict[str, list[tuple[str, Attendance]]] = {}
        for key, session in one.sessions.items():
            if key in draft.sessions:
                by_item.setdefault(session.item or "", []).append((key, Attendance(draft.sessions[key])))
        survey = _yes(draft.survey.get(one.ref))
        for item in dict.fromkeys([*one.items, *by_item]):
            row = ReturnRow(
                0, one.ref, tuple(by_item.get(item, ())), draft.engagement.get((one.ref, item)),
                _yes(draft.completed.get((one.ref, item))), survey, item,
            )  # fmt: skip
            if row.sessions or row.engagement or row.completed is not None or survey is not None:
                found.append(row)
                survey = None
        if survey is not None:
            found.append(ReturnRow(0, one.ref, survey=survey))
    return tuple(replace(row, row=number) for number, row in enumerate(found, 1))


def _yes(said: str | None) -> bool | None:
    return None if said is None else said == "yes"


def from_file(content: bytes, expected: Sequence[Expected], calendar: Calendar) -> Draft:
    """The draft that a file makes, read as the files that come by e-mail are. Raises FileRefused, in words for its sender.

    The content lies in a file of ours while it is read; what it was called where it came from, nobody looks at.
    """
    with TemporaryDirectory(prefix="caseflow-") as folder:
        path = Path(folder) / "return.csv"
        path.write_bytes(content)
        try:
            read = read_return(path, expected, calendar)
        except FileRefused as refused:
            raise FileRefused(str(refused).removeprefix(f"{path}: ")) from None
    items = {one.ref: tuple(one.items) for one in expected}
    parts = {(row.ref, item): row for row in read.rows for item in ((row.item,) if row.item else items[row.ref])}
    known = {one.ref.upper(): one.ref for one in expected}
    return Draft(
        {session: outcome.value for row in read.rows for session, outcome in row.sessions},
        {part: row.engagement for part, row in parts.items() if row.engagement},
        {part: _word(row.completed) for part, row in parts.items() if row.completed is not None},
        {row.ref: _word(row.survey) for row in read.rows if row.survey is not None},
        tuple(
            Bad(number, next((known[cell] for cell in _cells(raw) if cell in known), ""), reason, raw)
            for number, reason, raw in read.bad
        ),
    )


def _cells(raw: str) -> list[str]:
    return [cell.strip().upper() for cell in raw.split(",")]


def _word(said: bool) -> str:  # noqa: FBT001 - the value itself
    return "yes" if said else "no"


def merged(before: Draft, after: Draft) -> Draft:
    """What was filled in, with what a file says over it."""
    return Draft(
        {**before.sessions, **after.sessions},
        {**before.engagement, **after.engagement},
        {**before.completed, **after.completed},
        {**before.survey, **after.survey},
        after.bad,
    )
