"""A provider's return: the pre-filled file we send, and the file that comes back, as one `SubmitReturn`.

The file asks only for what we do not know: a line for each session whose attendance nobody has recorded, one for each
item of the plan without such a session. Lines left blank say nothing. A bad line is named, kept, and never stops the others.
"""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from caseflow.domain.calendar import Calendar
from caseflow.domain.case import Case, Listed, ProviderReturn, Session
from caseflow.domain.commands import Asked, BadRow, ReturnRow, SubmitReturn
from caseflow.domain.words import Actor, Attendance, Origin
from caseflow.engine.app import App
from caseflow.engine.handle import handle
from caseflow.engine.ports import Answer
from caseflow.engine.readings import Readings
from caseflow.imports import fields
from caseflow.imports.sheets import sheet
from caseflow.imports.tables import FileRefused, Row, open_table, write_rows

COLUMNS = ("return", "reference", "item", "session", "when", "outcome", "engagement", "completed", "survey")
REQUIRED = ("reference", "outcome", "engagement", "completed", "survey")

OUTCOMES: Mapping[str, Attendance] = {
    "attended": Attendance.ATTENDED,
    "came": Attendance.ATTENDED,
    "yes": Attendance.ATTENDED,
    "late": Attendance.LATE,
    "came_late": Attendance.LATE,
    "acceptable_absence": Attendance.ACCEPTABLE,
    "acceptable": Attendance.ACCEPTABLE,
    "could_not_come": Attendance.ACCEPTABLE,
    "unacceptable_absence": Attendance.UNACCEPTABLE,
    "absent": Attendance.UNACCEPTABLE,
    "missed": Attendance.UNACCEPTABLE,
    "no_word": Attendance.UNACCEPTABLE,
    "did_not_happen": Attendance.NOT_HELD,
    "cancelled": Attendance.NOT_HELD,
    "we_cancelled": Attendance.NOT_HELD,
}
ENGAGEMENT: Mapping[str, str] = {
    "well": "well", "some": "some", "not": "not", "not_engaging": "not",
    "cannot_say": "cannot_say", "can_t_say": "cannot_say", "unknown": "cannot_say",
}  # fmt: skip
SAID = "attended, late, acceptable absence, absent, cancelled"

Part = tuple[str, str]
"""Reference and item: what one row of a return is about."""

_TEXTS = uuid.UUID("b7c8f6b2-8a2a-5b53-b1b4-0f5a7a5f2d33")


@dataclass(frozen=True, slots=True)
class Expected:
    """A participant on the return: the reference that stands in the file, and what they do with this provider.

    `items` are those still to do, by id, each with the word the file has for it.
    """

    ref: str
    case: str
    sessions: Mapping[str, Session] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ReturnRead:
    """What a file says. `bad` holds (row number, reason, the line as it stood)."""

    rows: list[ReturnRow] = field(default_factory=list)
    bad: list[tuple[int, str, str]] = field(default_factory=list)
    blank: int = 0


@dataclass(frozen=True, slots=True)
class ReturnReport:
    """What became of a submitted file. `rows` counts the participants it told of."""

    ref: str
    provider: str
    period: str
    rows: int
    bad: tuple[tuple[int, str], ...]
    blank: int
    answer: Answer


def expected_on(readings: Readings, scheme: str, stream: ProviderReturn) -> list[Expected]:
    """The participants on a return with their sessions at this provider, by reference. One reading for them all."""
    listed: dict[str, Listed] = {one.case: one for one in stream.participants.values()}
    found: list[Expected] = []
    for case in readings.snapshots(scheme, sorted(listed)).values() if listed else ():
        if isinstance(case, Case):
            mine = {key: one for key, one in case.sessions.items() if one.provider == stream.provider}
            found.append(Expected(case.ref, case.id, mine, _items(stream, case)))
    return sorted(found, key=lambda one: one.ref)


def _items(stream: ProviderReturn, case: Case) -> dict[str, str]:
    """What a person still does there, by id: the intervention's name, or the id where two have the same name."""
    there = [p for p in stream.participants.values() if p.case == case.id]
    still = [p.item for p in there if not p.left] or [p.item for p in there]
    names = {key: case.items[key].intervention if key in case.items else key for key in still}
    twice = Counter(fields.word(name) for name in names.values())
    return {key: key if twice[fields.word(name)] > 1 else name for key, name in names.items()}


def template_rows(
    stream: ProviderReturn, expected: Iterable[Expected], calendar: Calendar, now: datetime
) -> list[list[str]]:
    """The lines of the file we send: what is still unknown, references instead of names.

    A line for each session nobody has told of, and one for each item without such a session.
    """
    lines: list[list[str]] = []
    for one in expected:
        asked = [each for each in one.sessions.values() if each.status == "booked" and each.start <= now]
        for session in sorted(asked, key=lambda each: each.start):
            when = calendar.local(session.start).strftime("%Y-%m-%d %H:%M")
            item = one.items.get(session.item or "", session.item or "")
            lines.append([stream.ref, one.ref, item, session.id, when, "", "", "", ""])
        told = {session.item for session in asked}
        rest = [word for key, word in one.items.items() if key not in told]
        lines += [[stream.ref, one.ref, word, "", "", "", "", "", ""] for word in rest or ([] if asked else [""])]
    return lines


def write_template(path: Path, lines: Sequence[Sequence[str]]) -> None:
    """Write the pre-filled file."""
    write_rows(path, COLUMNS, lines)


def read_return(path: Path, expected: Iterable[Expected], calendar: Calendar) -> ReturnRead:
    """Read a provider's file against who is on the return. Raises FileRefused when it is no such table at all."""
    by_ref = {one.ref.upper(): one for one in expected}
    found = ReturnRead()
    sessions: dict[Part, dict[str, Attendance]] = {}
    said: dict[Part, ReturnRow] = {}
    for row in open_table(path, REQUIRED, COLUMNS).rows():
        raw = ",".join(row.raw)
        try:
            line = _line(row, by_ref, calendar)
            if line is None:
                found.blank += 1
                continue
            _merge(line, said, sessions)
        except ValueError as wrong:
            found.bad.append((row.number, str(wrong), raw))
    for part, line in said.items():
        found.rows.append(replace(line, sessions=tuple(sessions.get(part, {}).items())))
    return found


def return_named_in(path: Path) -> str:
    """The reference of the return a file belongs to, from its `return` column; empty where it names none or several."""
    table = open_table(path, REQUIRED, COLUMNS)
    named = {row.cells.get("return", "").strip() for row in table.rows() if not row.torn} - {""}
    return named.pop() if len(named) == 1 else ""


def submit_return(
    app: App, readings: Readings, path: Path, *, stream_id: str, by: Actor, calendar: Calendar
) -> ReturnReport:
    """Read the file and record it as the provider's return. Submitting the same file again changes nothing."""
    dossiers = readings.dossiers(app.scheme, ids=[stream_id])
    stream = dossiers[0].stream if dossiers else None
    if not isinstance(stream, ProviderReturn):
        raise FileRefused(f"{path}: there is no provider return {stream_id}; `caseflow returns list` shows them")
    read = read_return(path, expected_on(readings, app.scheme, stream), calendar)
    texts = [(str(uuid.uuid5(_TEXTS, f"{stream_id}\x1f{number}\x1f{raw}")), None, raw) for number, _, raw in read.bad]
    bad = tuple(BadRow(number, reason, text) for (number, reason, _), (text, _, _) in zip(read.bad, texts, strict=True))
    with app.store.begin() as unit:
        unit.add_texts(app.scheme, texts)
    command = SubmitReturn(tuple(read.rows), bad)
    wish = hashlib.sha256(repr((stream_id, command)).encode()).hexdigest()[:40]
    answer = handle(app, [Asked(f"return:{wish}", stream_id, command, by, Origin.IMPORT)])[0]
    named = tuple((number, reason) for number, reason, _ in read.bad)
    people = len({row.ref for row in read.rows})
    return ReturnReport(stream.ref, stream.provider, stream.period, people, named, read.blank, answer)


def _line(row: Row, by_ref: Mapping[str, Expected], calendar: Calendar) -> ReturnRow | None:
    """One line, or None where it says nothing. Raises ValueError in plain words."""
    if row.torn:
        raise ValueError(row.torn)
    cell = {name: fields.clean(value) for name, value in row.cells.items()}
    outcome, engagement = fields.word(cell["outcome"]), fields.word(cell["engagement"].replace("'", " "))
    completed, survey = _named("completed", cell), _named("survey", cell)
    if not outcome and not engagement and completed is None and survey is None:
        return None
    one = by_ref.get(cell["reference"].upper())
    if one is None:
        raise ValueError(f"reference: “{cell['reference']}” is not on this return")
    if engagement and engagement not in ENGAGEMENT:
        raise ValueError(f"engagement: “{cell['engagement']}” should be well, some, not or cannot say")
    told: tuple[tuple[str, Attendance], ...] = ()
    session: Session | None = one.sessions.get(cell.get("session", ""))
    if outcome:
        if outcome not in OUTCOMES:
            raise ValueError(f"outcome: “{cell['outcome']}” is not understood; it may be {SAID}")
        session = one.sessions[_session(cell, one, calendar)]
        told = ((session.id, OUTCOMES[outcome]),)
    item = _item(cell.get("item", ""), one, session)
    if completed and not item and len(one.items) > 1:
        raise ValueError(f"completed: {one.ref} has several items with you; say which in “item”: {_named_items(one)}")
    return ReturnRow(row.number, one.ref, told, ENGAGEMENT.get(engagement), completed, survey, item)


def _item(said: str, one: Expected, session: Session | None) -> str:
    """The item a line speaks of, "" where it does not say: as written, else the session's, else the only one there is."""
    of_session = (session.item or "") if session is not None else ""
    if not said:
        return of_session or (next(iter(one.items)) if len(one.items) == 1 else "")
    known = {**one.items, of_session: one.items.get(of_session, of_session)}
    found = next(
        (key for key, word in known.items() if key and fields.word(said) in {fields.word(key), fields.word(word)}), ""
    )
    if not found:
        raise ValueError(f"item: “{said}” is nothing that {one.ref} does with you; it may be {_named_items(one)}")
    if of_session and found != of_session:
        raise ValueError(f"item: session {session.id if session else ''} is not of “{said}”")
    return found


def _named_items(one: Expected) -> str:
    return ", ".join(one.items.values()) or "left empty"


def _named(column: str, cell: Mapping[str, str]) -> bool | None:
    try:
        return fields.yes_no(cell[column])
    except ValueError as wrong:
        raise ValueError(f"{column}: {wrong}") from None


def _session(cell: Mapping[str, str], one: Expected, calendar: Calendar) -> str:
    """The session a line is about: by its id, else by its day (and time, where there were two that day)."""
    given, when = cell.get("session", ""), cell.get("when", "")
    if given in one.sessions:
        return given
    text = when or given
    if not text:
        raise ValueError("session: an outcome needs the session it belongs to, or the day and time in “when”")
    try:
        day = fields.day(text)
    except ValueError:
        raise ValueError(f"session: “{text}” is neither a session of {one.ref} nor a day") from None
    there = [each for each in one.sessions.values() if calendar.local(each.start).date() == day]
    if len(there) > 1:
        there = [each for each in there if calendar.local(each.start).strftime("%H:%M") in text] or there
    if len(there) != 1:
        raise ValueError(f"session: {one.ref} has {'no' if not there else 'more than one'} session with you on {day}")
    return there[0].id


def _merge(line: ReturnRow, said: dict[Part, ReturnRow], sessions: dict[Part, dict[str, Attendance]]) -> None:
    """Several lines about one item of a person are one row; lines that contradict each other are refused."""
    part = (line.ref, line.item)
    before = said.get(part, ReturnRow(line.row, line.ref, item=line.item))
    known = sessions.get(part, {})
    for session, outcome in line.sessions:
        if known.get(session, outcome) != outcome:
            raise ValueError(f"outcome: an earlier line says something else about session {session}")
    merged: dict[str, Any] = {}
    for name in ("engagement", "completed", "survey"):
        old, new = getattr(before, name), getattr(line, name)
        if old is not None and new is not None and old != new:
            raise ValueError(f"{name}: an earlier line says something else about {line.ref}")
        merged[name] = new if new is not None else old
    said[part] = replace(before, **merged)
    sessions.setdefault(part, {}).update(line.sessions)


def as_text(rows: Sequence[Sequence[str]]) -> str:
    """Lines as CSV text, for the screen."""
    return sheet([COLUMNS, *rows])
