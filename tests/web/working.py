"""Cases that have come some way, for the pages of case work: by commands alone, as people would have got there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from web_scheme import MONDAY, OWN, PEOPLE, SCHEMES, Scheme, busy, navigator

from caseflow.access.who import Part
from caseflow.bootstrap import memory_app
from caseflow.domain.calendar import Offset
from caseflow.domain.commands import (
    AgreeContact,
    AgreePlan,
    Assess,
    BookSession,
    ConfirmStrike,
    Excuse,
    HearProvider,
    Hold,
    Item,
    Known,
    NoteAnswer,
    NoteItemDone,
    RecordAttendance,
    RecordContact,
    RecordSide,
    RecordView,
    Withdraw,
)
from caseflow.domain.policy import Policy
from caseflow.domain.words import (
    Actor,
    AddressStatus,
    Attendance,
    Channel,
    ContactResult,
    ItemKind,
    Need,
    Opinion,
    Role,
)

DAY = timedelta(days=1)
NEW = "DUR-22-000007"
"""Who was only just referred."""


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


def at_the_door(scheme: Scheme, ref: str = NEW) -> None:
    """Somebody referred whom nobody has answered yet."""
    scheme.refer(ref, "Kim", "Ó Súilleabháin-Prydderch", "nobody", accepted=False)


def taken_on(scheme: Scheme, ref: str = OWN) -> None:
    """Accepted, and spoken with."""
    scheme.ask(ref, RecordContact(ContactResult.SPOKE))
    scheme.sweep()


def under_way(scheme: Scheme, ref: str = OWN) -> None:
    """A plan that runs: one session missed, one excused, one struck, one to come, and an answer to be read."""
    engaged(scheme, ref)
    missed(scheme, "s1", 2 * DAY, ref)
    scheme.ask(ref, ConfirmStrike("s1"))
    missed(scheme, "s2", 4 * DAY, ref)
    missed(scheme, "s3", 7 * DAY, ref)
    scheme.ask(ref, Excuse("s3", "illness"))
    scheme.ask(ref, BookSession("s4", MONDAY + 14 * DAY, item="i1"))
    scheme.ask(ref, NoteAnswer("call", "phone", needs_reading=True))
    scheme.sweep()


def struck(scheme: Scheme, ref: str = OWN) -> None:
    """One missed session, about which they were reached: it may become a strike."""
    engaged(scheme, ref)
    missed(scheme, "s1", 2 * DAY, ref)


def on_hold(scheme: Scheme, ref: str = OWN) -> None:
    engaged(scheme, ref)
    scheme.ask(ref, Hold(date(2022, 1, 21), "illness"))
    scheme.sweep()


def all_done(scheme: Scheme, ref: str = OWN) -> None:
    """Everything that had to be done is."""
    engaged(scheme, ref)
    scheme.ask(ref, NoteItemDone("i1"))
    scheme.sweep()


def decided_on(scheme: Scheme, ref: str = OWN) -> None:
    """Heard on every side, and both views are in."""
    alleged(scheme, ref)
    scheme.ask(ref, RecordSide("their words"))
    scheme.ask(ref, HearProvider("the provider's words"))
    scheme.ask(ref, RecordView(Opinion.CARRY_ON))
    scheme.ask(ref, RecordView(Opinion.CARRY_ON), Actor("fran", Role.OIC))
    scheme.sweep()


def over(scheme: Scheme, ref: str = OWN) -> None:
    """Ended, as the provider and the OIC agreed."""
    engaged(scheme, ref)
    scheme.ask(ref, Withdraw())
    scheme.sweep()


def later(policy: Policy) -> Policy:
    """Version 2: the second call of the first contact a working day later."""
    ladder = policy.ladder("first_contact")
    rungs = tuple(replace(one, at=Offset.parse("+3wd")) if one.id == "call_again" else one for one in ladder.rungs)
    changed = {**policy.ladders, "first_contact": replace(ladder, rungs=rungs)}
    opens = {signal: tuple(changed[one.name] for one in those) for signal, those in policy.opens.items()}
    return replace(policy, ladders=changed, opens=opens, version="2")


def two_versions() -> Scheme:
    """A case, and two versions of the policy."""
    both = SCHEMES | {("durham", "2"): later(SCHEMES["durham", "1"])}
    made = Scheme(memory_app(both, at=MONDAY, scheme="durham"))
    made.refer(OWN, "Sam", "Carter", navigator())
    return made


WHERE: dict[str, Callable[[Scheme], None]] = {
    "accept": at_the_door, "decline": at_the_door, "assess": taken_on, "move_policy": taken_on, "release": on_hold,
    "record_attendance": struck, "confirm_strike": struck, "complete": all_done, "ask_side": alleged,
    "record_side": alleged, "record_view": alleged, "hear_provider": alleged, "decide_breach": decided_on, "reopen": over,
}  # fmt: skip
"""How far a case has come in which this form of case work makes sense; every other one does while a plan runs."""
BY_A_SUPERVISOR = frozenset({"accept", "decline", "reopen", "move_policy", "uphold_strike"})


def opened(name: str) -> tuple[Scheme, str, Part]:
    """A scheme with a case in which this form may be sent, where it is, and by whom."""
    scheme = two_versions() if name == "move_policy" else busy()
    where = WHERE.get(name, under_way)
    where(scheme)
    ref = NEW if where is at_the_door else OWN
    return scheme, f"/cases/{ref}/do/{name}", Part.SUPERVISOR if name in BY_A_SUPERVISOR else Part.NAVIGATOR
