"""Stories in the words of the trade: a participant's journey told in lines, played by the pure domain.

`Story` is a `Tale` (caseflow/domain/tale): one case, its history, and what it wished for; the clock fires what is due.
No store, no fixture, no mock: the same functions the engine calls.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from caseflow.domain import commands as c
from caseflow.domain import effects as fx
from caseflow.domain.policy import Policy
from caseflow.domain.tale import NAVIGATOR, Tale
from caseflow.domain.words import (
    Actor,
    AddressStatus,
    Attendance,
    Channel,
    ContactResult,
    ItemKind,
    Origin,
    Receipt,
    Role,
    State,
)
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import read_scheme

SUPERVISOR = Actor("sup-1", Role.SUPERVISOR)
OIC = Actor("oic-1", Role.OIC)
SERGEANT = Actor("sgt-1", Role.SERGEANT)
PROVIDER = Actor("pro-1", Role.PROVIDER)
CLOCK = Actor("system", Role.SYSTEM)

MONDAY = datetime(2022, 1, 10, 9, 30, tzinfo=UTC)
"""A working Monday in winter: London time is UTC."""

PARTIES = {
    Role.PARTICIPANT: "per-1",
    Role.ARRESTING_OFFICER: "off-1",
    Role.OIC: "oic-1",
    Role.TEAM: "team-1",
}


@cache
def scheme(name: str = "durham", version: str = "1") -> Policy:
    return read_scheme(config_dir() / "schemes" / name / f"{version}.yaml")


def referral(**changes: Any) -> c.Refer:
    """A deferred prosecution for a summary offence, everything in order, a phone and a postal address on file."""
    base = c.Refer(
        ref="DUR-22-000001",
        disposal="deferred_prosecution",
        policy_version="1",
        referred_at=MONDAY,
        offence_code="PU86004",
        offence_category="CS",
        offence_listed="CS",
        offence_date=date(2022, 1, 8),
        parties=PARTIES,
        adult_on=date(2010, 1, 1),
        addresses={
            Channel.TEXT: c.Known("adr-phone"),
            Channel.EMAIL: c.Known("adr-mail"),
            Channel.LETTER: c.Known("adr-post"),
        },
        evidential_test=True,
        admission=True,
        consent=True,
    )
    return replace(base, **changes)


CONFIRMED = {
    Channel.TEXT: c.Known("adr-phone", AddressStatus.CONFIRMED),
    Channel.EMAIL: c.Known("adr-mail", AddressStatus.CONFIRMED),
    Channel.LETTER: c.Known("adr-post", AddressStatus.CONFIRMED),
}
ITEMS = (
    c.Item("i1", ItemKind.ENFORCEABLE, "thinking skills", provider="pro-1", hours=8),
    c.Item("i2", ItemKind.VOLUNTARY, "money advice"),
)


@dataclass
class Story(Tale):
    """A tale under the shipped policy of Durham that begins on a Monday, and what tests ask of it."""

    policy: Policy = field(default_factory=scheme)
    now: datetime = MONDAY

    # ── asking the story ──
    @property
    def state(self) -> State:
        assert self.case is not None
        return self.case.state

    def sent(self, purpose: str | None = None) -> list[str]:
        """What was sent to the participant, or every notice of one purpose."""
        if purpose is not None:
            return [s.purpose for _, s in self.sends if s.purpose == purpose]
        return [s.purpose for _, s in self.sends if s.to is Role.PARTICIPANT]

    def kinds(self) -> list[str]:
        return [type(r.event).__name__ for r in self.history]

    def last(self, kind: type[Any]) -> Any:
        return next(r.event for r in reversed(self.history) if isinstance(r.event, kind))

    def refused(self) -> str:
        return self.refusals[-1].code if self.refusals else ""


Chapter = Callable[[Story], Story]


def story(*chapters: Chapter, policy: Policy | None = None, channel: Any = None, now: datetime = MONDAY) -> Story:
    told = Story(policy=policy or scheme(), now=now, channel=channel)
    for chapter in chapters:
        told = chapter(told)
    return told


# ── chapters ────────────────────────────────────────────────────────────────────────────────────
def referred(s: Story, **changes: Any) -> Story:
    return s.asks(referral(referred_at=s.now, **changes), Actor("off-1", Role.REFERRER))


def refers(**changes: Any) -> Chapter:
    return lambda s: referred(s, **changes)


def accepted(s: Story) -> Story:
    return s.asks(c.Accept("nav-1"), SUPERVISOR)


def says(command: c.Command, by: Actor = NAVIGATOR, origin: Origin = Origin.PERSON) -> Chapter:
    return lambda s: s.asks(command, by, origin)


def days_pass(days: float) -> Chapter:
    return lambda s: s.days_pass(days)


def spoken_to(about: str | None = None) -> Chapter:
    return says(c.RecordContact(ContactResult.SPOKE, about=about))


def met(s: Story) -> Story:
    """The first meeting is booked for the next day and held; how to keep in touch is agreed."""
    start = s.now + timedelta(days=1)
    s.asks(c.BookSession("m1", start, "first_meeting", place="12 High St"))
    s.until(start + timedelta(minutes=50))
    s.asks(c.RecordAttendance("m1", Attendance.ATTENDED))
    return s.asks(c.AgreeContact(addresses=CONFIRMED))


def assessed(s: Story) -> Story:
    return s.asks(c.Assess(risk="low"))


def engaged(s: Story, items: tuple[c.Item, ...] = ITEMS) -> Story:
    return s.asks(c.AgreePlan(items, signed=True, read_back=True))


def books(session: str, in_days: float = 7, item: str | None = "i1") -> Chapter:
    def chapter(s: Story) -> Story:
        start = datetime.combine((s.now + timedelta(days=in_days)).date(), time(14, 0), UTC)
        return s.asks(c.BookSession(session, start, item=item, place="12 High St"))

    return chapter


def outcome(session: str, what: Attendance, reason: str = "", after: timedelta = timedelta(hours=1)) -> Chapter:
    def chapter(s: Story) -> Story:
        assert s.case is not None
        s.until(max(s.now, s.case.sessions[session].start + after))
        return s.asks(c.RecordAttendance(session, what, reason), PROVIDER)

    return chapter


def attends(session: str) -> Chapter:
    return outcome(session, Attendance.ATTENDED)


def misses(session: str) -> Chapter:
    return outcome(session, Attendance.UNACCEPTABLE)


def delivered(send: fx.Send) -> Receipt | None:
    return Receipt.DELIVERED


def lost(send: fx.Send) -> Receipt | None:
    return Receipt.PERMANENT


ON_THE_WAY: tuple[Chapter, ...] = (referred, accepted, spoken_to(), met, assessed, engaged)
"""From referral to an agreed plan, with confirmed addresses."""
