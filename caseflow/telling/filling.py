"""A provider's return as it is filled in: who is on it, what the scheme knows already, and what it asks.

return, expected, names | Sheet. The provider's own participants and sessions, and nothing else of anybody.
"""

from dataclasses import dataclass
from datetime import datetime

from caseflow.domain.case import Case, ProviderReturn, Session
from caseflow.domain.words import Role
from caseflow.engine.readings import Readings
from caseflow.imports.return_form import OUTCOMES
from caseflow.imports.returns import Expected, expected_on

CAME = {
    "attended": "attended",
    "missed": "unacceptable_absence",
    "excused": "acceptable_absence",
    "not_held": "did_not_happen",
}
"""What is known of a session, as the outcome that says the same."""
AGAINST = "unacceptable_absence"


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session that has begun. `known` is the outcome we have, "" for none; `may_be` what the provider may say of it."""

    id: str
    start: datetime
    item: str
    known: str
    may_be: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemLine:
    """Something a participant does with this provider: its id, its code for the title, and whether it is done."""

    id: str
    intervention: str
    done: bool


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A participant on the return. `initials` for places where the name is not to stand."""

    ref: str
    case: str
    name: str
    sessions: tuple[SessionLine, ...]
    items: tuple[ItemLine, ...]
    survey: bool

    @property
    def waits(self) -> bool:
        """Is there a session of which nobody has said what came of it?"""
        return any(not one.known for one in self.sessions)

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split())


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the page of a return shows. `received_at` is when it was sent last, None while it has not been."""

    ref: str
    period: str
    provider: str
    received_at: datetime | None
    people: tuple[PersonLine, ...]
    expected: tuple[Expected, ...]

    @property
    def open_sessions(self) -> int:
        """Sessions that have begun and of which nobody has said what came of them."""
        return sum(not one.known for person in self.people for one in person.sessions)


def sheet(readings: Readings, scheme: str, stream: ProviderReturn, now: datetime) -> Sheet:
    """The return as it is at `now` (scheme time). Three readings, however many people."""
    expected = expected_on(readings, scheme, stream)
    cases = {
        one.id: one
        for one in readings.snapshots(scheme, sorted(each.case for each in expected)).values()
        if isinstance(one, Case)
    }
    whose = {one.id: one.parties.get(Role.PARTICIPANT, "") for one in cases.values()}
    names = readings.names(scheme, [*whose.values(), stream.provider])
    people = tuple(_person(one, cases[one.case], names.get(whose[one.case], ""), now) for one in expected)
    return Sheet(
        stream.ref, stream.period, names.get(stream.provider, ""), stream.received_at,
        tuple(sorted(people, key=lambda one: (one.name.casefold(), one.ref))), tuple(expected),
    )  # fmt: skip


def _person(one: Expected, case: Case, name: str, now: datetime) -> PersonLine:
    begun = [each for each in one.sessions.values() if each.start <= now and each.status != "cancelled"]
    return PersonLine(
        one.ref,
        one.case,
        name or one.ref,
        tuple(_session(each, case) for each in sorted(begun, key=lambda each: (each.start, each.id))),
        tuple(ItemLine(key, _title(case, key), key in case.items_done) for key in one.items),
        case.survey,
    )


def _session(one: Session, case: Case) -> SessionLine:
    known = CAME.get(one.status, "")
    may_be = [each for each in OUTCOMES if each != known and not (known and each == AGAINST)]
    return SessionLine(one.id, one.start, _title(case, one.item or ""), known, tuple(may_be))


def _title(case: Case, item: str) -> str:
    return case.items[item].intervention if item in case.items else item
