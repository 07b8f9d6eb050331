"""What there is to work on in a case: sessions, the plan, an alleged breach, answers that wait to be read.

Codes stay codes here: a page says them in its language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from caseflow.domain import events as ev
from caseflow.domain import offers
from caseflow.domain.case import Case, Session
from caseflow.domain.policy import Policy
from caseflow.domain.reading import BOTH_VIEWS, deliverers, reminder_of
from caseflow.domain.words import Role
from caseflow.engine.readings import Dossier, Readings

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as it stands. `can`: the commands that make sense for it; `strike`: the number of its strike, 0 for none.

    `reminder`: what became of reminding them of a missed one, "" where it reached them (`domain/reading.py`).
    """

    id: str
    kind: str
    start: datetime
    item: str
    provider: str
    place: str
    enforceable: bool
    status: str
    reason: str
    ruling: str
    strike: int
    disputed: bool
    can: tuple[str, ...]
    reminder: str = ""


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item of the plan. `intervention` is a code; `state` is open, done or dropped."""

    id: str
    intervention: str
    enforceable: bool
    provider: str
    hours: int
    state: str
    can: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view that is due. `by` is whoever wrote it; `opinion` is "" until both are in: each writes blind."""

    role: str
    by: str
    opinion: str


@dataclass(frozen=True, slots=True)
class BreachLine:
    """An alleged breach that nobody has decided. `side` is given, declined or "" (not yet)."""

    cause: str
    opened: datetime
    side_by: date
    side_asked: bool
    side: str
    provider_heard: bool
    has_provider: bool
    views: tuple[ViewLine, ...]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What somebody answered and nobody has read yet, in their own words."""

    seq: int
    at: datetime
    channel: str
    words: str


@dataclass(frozen=True, slots=True)
class Work:
    """Newest sessions first."""

    sessions: tuple[SessionLine, ...]
    items: tuple[ItemLine, ...]
    plan_ends: date | None
    breach: BreachLine | None
    unread: tuple[AnswerLine, ...]


def work_of(readings: Readings, dossier: Dossier, case: Case, policy: Policy, now: datetime) -> Work:
    """The case's open ends. Two readings."""
    people = {one.provider for one in case.sessions.values()} | {one.provider for one in case.items.values()}
    people |= set(case.places.values())
    people |= {one.by.person for one in case.breach.views.values()} if case.breach else set()
    names = readings.names(dossier.scheme, [one for one in people if one])
    sessions = sorted(case.sessions.values(), key=lambda one: (one.start, one.id), reverse=True)
    return Work(
        sessions=tuple(_session(dossier, case, one, policy, now, names) for one in sessions),
        items=tuple(_item(case, one, names) for one in case.items),
        plan_ends=case.plan_ends,
        breach=_breach(case, names),
        unread=_unread(readings, dossier, case),
    )


RULINGS = frozenset({"rule", "review"})
"""Kinds of task in which somebody says what an absence comes to."""


def missing_reminder(dossier: Dossier, session: Session) -> str:
    """Of a missed session that they are not known to have been reminded of: none, left_out or went; else ""."""
    found = reminder_of(session, dossier.events) if session.status == "missed" else "reached"
    return "" if found == "reached" else found


def _session(
    dossier: Dossier, case: Case, session: Session, policy: Policy, now: datetime, names: Names
) -> SessionLine:
    struck = next((one for one in case.strikes if one.session == session.id), None)
    item = case.items.get(session.item or "")
    return SessionLine(
        session.id, session.kind, session.start, item.intervention if item else "",
        names.get(session.provider or "", ""), session.place, session.enforceable, session.status, session.reason,
        session.ruling, struck.number if struck else 0, struck is not None and struck.disputed,
        offers.for_session(case, session, policy, now), missing_reminder(dossier, session),
    )  # fmt: skip


def _item(case: Case, item: str, names: Names) -> ItemLine:
    found = case.items[item]
    state = "done" if item in case.items_done else "dropped" if item in case.items_dropped else "open"
    provider = case.places.get(item) or found.provider or ""
    return ItemLine(
        item, found.intervention, found.kind == "enforceable", names.get(provider, ""), found.hours, state,
        offers.for_item(case, item),
    )  # fmt: skip


def _breach(case: Case, names: Names) -> BreachLine | None:
    file = case.breach
    if file is None:
        return None
    both = file.views.keys() >= BOTH_VIEWS
    views = []
    for role in (Role.NAVIGATOR, Role.OIC):
        view = file.views.get(role)
        by = names.get(view.by.person, view.by.person) if view else ""
        views.append(ViewLine(role.value, by, view.opinion.value if view and both else ""))
    return BreachLine(
        file.cause, file.opened, file.side_by, file.side_asked, file.side or "", file.provider_heard,
        bool(deliverers(case)), tuple(views),
    )  # fmt: skip


def _unread(readings: Readings, dossier: Dossier, case: Case) -> tuple[AnswerLine, ...]:
    found = [
        (one, one.event)
        for one in dossier.events
        if one.seq in case.unread and isinstance(one.event, ev.AnswerReceived)
    ]
    ids = [event.text for _, event in found if event.text]
    words = readings.texts(dossier.scheme, ids) if ids else {}
    return tuple(
        AnswerLine(one.seq, one.occurred_at, event.channel, words.get(event.text or "", "")) for one, event in found
    )
