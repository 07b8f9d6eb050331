"""Cases that have come some way, for the pages of case work: by commands alone, as people would have got there."""

from datetime import date, timedelta

from web_scheme import MONDAY, OWN, PEOPLE, Scheme

from caseflow.access.who import Part
from caseflow.domain.commands import (
    AgreeContact,
    AgreePlan,
    Assess,
    BookSession,
    ConfirmStrike,
    Item,
    Known,
    RecordAttendance,
    RecordContact,
)
from caseflow.domain.words import AddressStatus, Attendance, Channel, ContactResult, ItemKind, Need

DAY = timedelta(days=1)


def engaged(scheme: Scheme, ref: str = OWN) -> None:
    """Contact agreed, a plan signed: one thing that has to be done, at a provider's, and one that is offered."""
    known = {Channel.TEXT: Known("sam-text", AddressStatus.CONFIRMED)}
    scheme.ask(ref, RecordContact(ContactResult.SPOKE))
    scheme.ask(ref, AgreeContact(addresses=known))
    scheme.ask(ref, Assess((Need.THINKING, Need.MONEY)))
    items = (
        Item("i1", ItemKind.ENFORCEABLE, "thinking_skills", Need.THINKING, PEOPLE[Part.PROVIDER], 9),
        Item("i2", ItemKind.VOLUNTARY, "money_advice", Need.MONEY),
    )
    scheme.ask(ref, AgreePlan(items, signed=True, read_back=True, ends_on=date(2022, 4, 8)))
    scheme.sweep()


def missed(scheme: Scheme, session: str, at: timedelta, ref: str = OWN) -> None:
    """A session that they did not come to, and about which somebody spoke with them."""
    start = MONDAY + at
    scheme.ask(ref, BookSession(session, start, item="i1", place="12 High Street"))
    scheme.sweep()
    scheme.go_to(start + timedelta(hours=2))
    scheme.ask(ref, RecordAttendance(session, Attendance.UNACCEPTABLE))
    scheme.sweep()
    scheme.ask(ref, RecordContact(ContactResult.SPOKE, about=session))
    scheme.sweep()


def alleged(scheme: Scheme, ref: str = OWN) -> None:
    """Two strikes, each after the person was reached: a breach is alleged."""
    engaged(scheme, ref)
    missed(scheme, "s1", 2 * DAY, ref)
    scheme.ask(ref, ConfirmStrike("s1"))
    scheme.sweep()
    scheme.ask(ref, RecordContact(ContactResult.SPOKE, about="strike"))
    scheme.sweep()
    missed(scheme, "s2", 21 * DAY, ref)
    scheme.ask(ref, ConfirmStrike("s2"))
    scheme.sweep()
