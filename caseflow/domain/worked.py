"""Worked examples of a policy: three courses a case may take from one referral, played as tales. Pure.

Who acts, acts when a task of the policy asks them to, and inside the policy's hours; every other date is the policy's own.
The people are nobody: ids alone. What a policy refuses along the way is an error, for then the example says nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from caseflow.domain import commands as c
from caseflow.domain.effects import OpenTask, Send
from caseflow.domain.policy import Policy
from caseflow.domain.tale import NAVIGATOR, Tale
from caseflow.domain.words import (
    Actor,
    AddressStatus,
    Attendance,
    Channel,
    ContactResult,
    ItemKind,
    Receipt,
    Role,
)

SUPERVISOR = Actor("sup-1", Role.SUPERVISOR)
REFERRER = Actor("off-1", Role.REFERRER)
PROVIDER = Actor("pro-1", Role.PROVIDER)
PARTIES = {Role.PARTICIPANT: "per-1", Role.ARRESTING_OFFICER: "off-1", Role.OIC: "oic-1", Role.TEAM: "team-1"}
ADDRESSES = {Channel.TEXT: "adr-phone", Channel.EMAIL: "adr-mail", Channel.LETTER: "adr-post"}
SESSIONS = 4
"""Sessions of the one thing agreed, a week apart."""
PATIENCE = timedelta(days=120)
"""How long an example waits for a task before it says that the policy never opens it."""

Wanted = Callable[[OpenTask], bool]


class Unplayable(RuntimeError):
    """The policy refuses, or never asks for, something that the example needs."""


def all_goes_well(policy: Policy, disposal: str, referred: datetime) -> Tale:
    """Reached at the first call; meets, agrees a plan, comes to every session, is signed off."""
    tale = _agreed(policy, disposal, referred)
    for number in range(SESSIONS):
        _comes(tale, f"s{number + 1}", Attendance.ATTENDED)
    _does(tale, c.NoteItemDone("i1"))
    _until(tale, lambda task: task.owner is NAVIGATOR.role and task.expectation == _met_by(tale, "signed_off"))
    _next_hour(tale)
    _does(tale, c.Complete())
    return _to_the_end(tale)


def nobody_is_reached(policy: Policy, disposal: str, referred: datetime) -> Tale:
    """Every message arrives and every call is made; nobody ever answers."""
    tale = _accepted(policy, disposal, referred)
    _until(tale, lambda task: task.kind == "decide", calls=ContactResult.NO_ANSWER)
    _next_hour(tale)
    _does(tale, c.End("not_reached"), SUPERVISOR)
    return _to_the_end(tale)


def it_goes_quiet(policy: Policy, disposal: str, referred: datetime) -> Tale:
    """Agrees a plan, then stops coming and does not answer. Of what people may decide only the strikes are assumed.

    One call is answered, the one that tells them of a strike: without it no second strike could count. Where the policy's
    messages have not reached them by the ruling, there is no strike, and the example goes on without one.
    """
    tale = _agreed(policy, disposal, referred)
    rules = policy.disposals[disposal]
    count = policy.strikes.breach_opens_at if rules.strikes else 1
    for number in range(count):
        session = f"s{number + 1}"
        _comes(tale, session, Attendance.UNACCEPTABLE, calls=ContactResult.NO_ANSWER)
        _until(tale, lambda task: task.kind in {"rule", "review"}, calls=ContactResult.NO_ANSWER)
        _next_hour(tale)
        if not (rules.strikes and _may(tale, c.ConfirmStrike(session))):
            _does(tale, c.RuleSession(session, "not_known"))
            break
        if number + 1 < count:
            _until(tale, lambda task: task.kind == "call" and task.owner is Role.NAVIGATOR)
            _does(tale, c.RecordContact(ContactResult.SPOKE, about="strike"))
            tale.until(policy.calendar.plus_working(tale.now, policy.strikes.one_per_working_days))
    if not rules.strikes:
        _until(tale, lambda task: task.kind == "decide", calls=ContactResult.NO_ANSWER)
        _next_hour(tale)
        _does(tale, c.End(rules.ends_without_engagement))
    return _to_the_end(tale, calls=ContactResult.NO_ANSWER)


COURSES: Mapping[str, Callable[[Policy, str, datetime], Tale]] = {
    "all_goes_well": all_goes_well,
    "nobody_is_reached": nobody_is_reached,
    "it_goes_quiet": it_goes_quiet,
}


# ── the common beginning ────────────────────────────────────────────────────────────────────────
def _accepted(policy: Policy, disposal: str, referred: datetime) -> Tale:
    tale = Tale(policy, referred, channel=_arrives)
    local = policy.calendar.local(referred).date()
    _does(tale, c.Refer(
        ref=f"{policy.ref_prefix}-00-000000", disposal=disposal, policy_version=policy.version, referred_at=referred,
        offence_code="", offence_category="CS", offence_listed="CS", offence_date=local - timedelta(days=2), parties=PARTIES,
        adult_on=date(local.year - 2, 1, 1),
        addresses={channel: c.Known(address) for channel, address in ADDRESSES.items()},
        evidential_test=True, admission=True, consent=True,
    ), REFERRER)  # fmt: skip
    _next_hour(tale)
    _does(tale, c.Accept(NAVIGATOR.person), SUPERVISOR)
    return tale


def _agreed(policy: Policy, disposal: str, referred: datetime) -> Tale:
    """Accepted, reached at the first call, met, and the plan agreed."""
    tale = _accepted(policy, disposal, referred)
    _until(tale, lambda task: task.kind == "call" and task.owner is Role.NAVIGATOR)
    _does(tale, c.RecordContact(ContactResult.SPOKE))
    start = _office(tale, policy.calendar.plus_days(tale.now, 1)) + timedelta(hours=1)
    _does(tale, c.BookSession("m1", start, "first_meeting"))
    tale.until(start + timedelta(minutes=50))
    _does(tale, c.RecordAttendance("m1", Attendance.ATTENDED))
    confirmed = {channel: c.Known(one, AddressStatus.CONFIRMED) for channel, one in ADDRESSES.items()}
    _does(tale, c.AgreeContact(addresses=confirmed))
    _does(tale, c.Assess())
    tale.until(_office(tale, policy.calendar.plus_working(tale.now, 3)))
    item = c.Item(
        "i1", ItemKind.ENFORCEABLE if policy.disposals[disposal].enforceable else ItemKind.VOLUNTARY, "agreed"
    )
    _does(tale, c.AgreePlan((item,), signed=True, read_back=True))
    _does(tale, c.ReferOn("i1", PROVIDER.person))
    return tale


# ── what people do ──────────────────────────────────────────────────────────────────────────────
def _does(tale: Tale, command: c.Command, by: Actor = NAVIGATOR) -> None:
    tale.asks(command, by)
    if tale.refusals:
        raise Unplayable(f"{type(command).__name__}: {tale.refusals[-1].words}")


def _may(tale: Tale, command: c.Command) -> bool:
    """Done, unless the rules refuse it: then the example goes another way."""
    tale.asks(command, NAVIGATOR)
    if tale.refusals:
        tale.refusals.clear()
        return False
    return True


def _comes(tale: Tale, session: str, outcome: Attendance, calls: ContactResult | None = None) -> None:
    """A session a week from now, at two in the afternoon of a working day, and what the provider says of it."""
    cal = tale.policy.calendar
    day = cal.local(cal.plus_working(cal.plus_days(tale.now, 7), 0)).replace(hour=14, minute=0, second=0, microsecond=0)
    start = cal.instant(day.replace(tzinfo=None))
    _does(tale, c.BookSession(session, start, item="i1", provider=PROVIDER.person))
    _pass(tale, start + timedelta(minutes=50), calls)
    _does(tale, c.RecordAttendance(session, outcome), PROVIDER)


def _until(tale: Tale, wanted: Wanted, calls: ContactResult | None = None) -> None:
    """The clock goes on to when a task that is wanted opens; calls asked for on the way are made, and end like this."""
    end = tale.now + PATIENCE
    while not any(wanted(task) for task in tale.tasks.values()):
        alarm = _alarm(tale)
        if alarm is None or alarm > end:
            raise Unplayable("the policy never asks for what comes next in this example")
        tale.until(alarm)
        _calls(tale, calls)


def _pass(tale: Tale, moment: datetime, calls: ContactResult | None) -> None:
    while (alarm := _alarm(tale)) is not None and alarm <= moment:
        tale.until(alarm)
        _calls(tale, calls)
    tale.until(moment)


def _calls(tale: Tale, result: ContactResult | None) -> None:
    """The navigator makes the calls that are asked for. Without a result nobody says what came of them."""
    for task in list(tale.tasks.values()):
        if result is not None and task.kind == "call" and task.owner is Role.NAVIGATOR:
            _does(tale, c.RecordContact(result))
            _does(tale, c.FinishTask(task.key))


def _to_the_end(tale: Tale, calls: ContactResult | None = None) -> Tale:
    """Until nothing more comes by itself, or the wait is over."""
    _pass(tale, tale.now + PATIENCE / 3, calls)
    return tale


def _alarm(tale: Tale) -> datetime | None:
    alarm = tale.alarm
    return None if alarm is None else max(alarm, tale.now)


def _arrives(send: Send) -> Receipt:
    del send
    return Receipt.DELIVERED


def _office(tale: Tale, moment: datetime) -> datetime:
    found = tale.policy.contact.office.next_open(tale.policy.calendar, moment)
    if found is None:
        raise Unplayable("the policy's office hours never open")
    return found


def _next_hour(tale: Tale) -> None:
    """People take an hour over it, in office hours."""
    tale.until(_office(tale, tale.now + timedelta(hours=1)))


def _met_by(tale: Tale, signal: str) -> str:
    """The expectation of the ladder that this fact meets."""
    found = [ladder.name for ladder in tale.policy.ladders.values() if signal in ladder.met]
    return found[0] if found else ""
