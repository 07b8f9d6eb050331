"""The first meeting and the plan: who they are, what they need, what is agreed, and how to keep in touch."""

from datetime import datetime, timedelta

from caseflow.domain.case import Case
from caseflow.domain.commands import (
    AgreeContact,
    AgreePlan,
    Assess,
    CancelSession,
    Complete,
    Decline,
    End,
    ExplainExpectations,
    Item,
    Known,
    NoteAway,
    NoteNewMatter,
    NoteUnmetNeed,
    RecordAttendance,
    RecordContact,
    ReferOn,
    Withdraw,
)  # fmt: skip
from caseflow.domain.reading import open_enforceable, rules_of
from caseflow.domain.words import (
    WELFARE_NEEDS,
    Actor,
    AddressStatus,
    Attendance,
    Channel,
    ContactResult,
    ItemKind,
    Need,
    Role,
    State,
)  # fmt: skip
from caseflow.imports.people import address_id
from caseflow.settings.roster import Intervention, RosterProvider
from caseflow.simulate.contact import finish, has_phone, navigator, new_number, ring, time_to_call
from caseflow.simulate.front_door import book_first
from caseflow.simulate.hours import HOUR, STARTS
from caseflow.simulate.person import Course
from caseflow.simulate.script import Todo
from caseflow.simulate.world import World, by

STREETS = ("Elm Court", "Mill Lane", "Bede Terrace", "Wear View", "Station Road", "Park Avenue")


def first_meeting_over(world: World, case: Case, session: str) -> None:
    """What happened at the first meeting; the navigator records it the same hour."""
    found = case.sessions.get(session)
    if found is None or found.status != "booked" or not case.open:
        return
    if found.start > world.now:  # it was moved meanwhile
        world.later(found.start, case.id, "first_meeting_over", session)
        return
    if case.assessed_at is not None:
        world.ask(case.id, CancelSession(session, Role.NAVIGATOR, "met already"), navigator(case))
        return
    outcome, reason = _first_outcome(world, case, session)
    world.person(case.id).happened[session] = outcome
    world.ask(case.id, RecordAttendance(session, outcome, reason), navigator(case))
    if outcome in {Attendance.ATTENDED, Attendance.LATE}:
        _held(world, case)
    elif outcome is not Attendance.UNACCEPTABLE:  # they said why, or we cancelled: another time is found at once
        world.later(world.hours.office(world.now + HOUR), case.id, "book_first")


def _first_outcome(world: World, case: Case, session: str) -> tuple[Attendance, str]:
    rates = world.rates.attendance
    if world.chance(rates.cancelled_by_service, case, f"{session}:cancelled"):
        return Attendance.NOT_HELD, ""
    if world.chance(world.rates.front_door.comes_to_first_meeting, case, f"{session}:comes"):
        late = world.chance(rates.late, case, f"{session}:late")
        return (Attendance.LATE if late else Attendance.ATTENDED), ""
    if world.chance(rates.acceptable_of_absent, case, f"{session}:says_why"):
        return Attendance.ACCEPTABLE, world.draws.pick(rates.reasons, case.id, f"{session}:reason")
    return Attendance.UNACCEPTABLE, ""


def _held(world: World, case: Case) -> None:
    person, door, worker = world.person(case.id), world.rates.front_door, navigator(case)
    person.held = person.told = True
    world.ask(case.id, _contact(world, case), worker)
    world.ask(case.id, ExplainExpectations(read_back=True), worker)
    if world.chance(door.says_no, case, "says_no"):
        world.ask(case.id, Decline("person_says_no"), worker)
        return
    if world.chance(door.withdraws_early, case, "withdraws_early"):
        world.ask(case.id, Withdraw(), worker)
        return
    nothing = world.chance(door.no_intervention, case, "no_intervention")
    world.ask(case.id, Assess(() if nothing else _needs(world, case), no_intervention=nothing), worker)
    if not nothing:
        days = world.whole(1, 4, case, "plan_after")
        world.later(
            world.hours.in_days(world.now, days, world.draws.one_of(STARTS, case.id, "plan_hour")),
            case.id,
            "agree_plan",
        )


def _contact(world: World, case: Case) -> AgreeContact:
    """How we keep in touch: every address as they confirm it, and where post reaches them."""
    person, who = world.person(case.id), case.parties[Role.PARTICIPANT]
    shared = person.number == "shared"
    addresses: dict[Channel, Known] = {}
    for channel, known in case.contact.addresses.items():
        works = channel is Channel.EMAIL or (
            person.number in {"fine", "shared"} and known.status is not AddressStatus.SEIZED
        )
        if works:
            status = AddressStatus.SHARED if shared and channel is Channel.TEXT else AddressStatus.CONFIRMED
            addresses[channel] = Known(known.address, status)
    if Channel.TEXT not in addresses and world.chance(0.9, case, "gives_number"):
        new_number(world, case, AddressStatus.CONFIRMED, navigator(case))
    house, street = world.whole(1, 99, case, "house"), world.draws.one_of(STREETS, case.id, "street")
    value = f"{house} {street}\nDurham"
    letter = address_id(who, Channel.LETTER, value)
    world.register(who, Channel.LETTER, letter, value, AddressStatus.CONFIRMED.value)
    addresses[Channel.LETTER] = Known(letter, AddressStatus.CONFIRMED)
    contact = case.contact
    return AgreeContact(
        addresses=addresses,
        texts_only=contact.texts_only,
        no_voicemail=contact.no_voicemail,
        not_before=contact.not_before,
        not_after=contact.not_after,
        short_reminder=world.chance(0.3, case, "short_reminder"),
    )


# ── the plan ──
def _needs(world: World, case: Case) -> tuple[Need, ...]:
    order = sorted(Need, key=lambda one: world.draws.share(case.id, f"need:{one.value}"))
    found = order[: world.whole(1, 3, case, "needs")]
    if rules_of(case, world.policy).enforceable and all(one in WELFARE_NEEDS for one in found):
        found.append(next(one for one in order if one not in WELFARE_NEEDS))
    return tuple(found)


def _offers(world: World) -> dict[Need, tuple[RosterProvider, Intervention]]:
    return {
        offer.need: (provider, offer)
        for provider in world.roster.providers
        for offer in sorted(provider.interventions, key=lambda one: -one.sessions)
    }


def agree_plan(world: World, case: Case, detail: str) -> None:
    """Signed and read back; an enforceable item where the disposal allows one and the need is no welfare need."""
    if case.state is not State.ASSESSED:
        return
    rules, offers, person = rules_of(case, world.policy), _offers(world), world.person(case.id)
    items: list[Item] = []
    bound = False
    for need in (Need(one) for one in case.needs):
        offer = offers.get(need)
        if offer is None:
            world.ask(case.id, NoteUnmetNeed(need, "none"), navigator(case))
            continue
        provider, course = offer
        enforceable = rules.enforceable and not bound and need not in WELFARE_NEEDS
        bound = bound or enforceable
        kind = ItemKind.ENFORCEABLE if enforceable else ItemKind.VOLUNTARY
        items.append(Item(course.code, kind, course.code, need, None, course.hours))
        sessions = min(course.sessions, 6)
        person.courses[course.code] = Course(
            course.code, provider.id, sessions, world.draws.one_of(STARTS, case.id, f"{course.code}:hour")
        )
    if not items:
        return
    longest = max(course.sessions for course in person.courses.values())
    ends_on = world.hours.day(world.now) + timedelta(weeks=longest + 4)
    world.ask(case.id, AgreePlan(tuple(items), signed=True, read_back=True, ends_on=ends_on), navigator(case))
    for item in items:
        world.ask(case.id, ReferOn(item.id, person.courses[item.id].provider), navigator(case))
    _fate(world, case)


def _fate(world: World, case: Case) -> None:
    """What life has in store besides missed sessions."""
    plans, strikes = world.rates.plans, rules_of(case, world.policy).strikes
    for act, rate, low, high in (
        ("drifts_off", plans.drifts_off.get(case.disposal, 0.1), 10, 45),
        ("withdraws", plans.withdraws, 7, 60),
        ("agreed_end", plans.agreed_end, 14, 60),
        ("new_matter", plans.new_matter if strikes else 0.0, 10, 60),
        ("goes_away", plans.away, 10, 60),
    ):
        if world.chance(rate, case, act):
            day = world.now + timedelta(days=world.whole(low, high, case, f"{act}:on"))
            world.later(world.hours.office(day), case.id, act)


def drifts_off(world: World, case: Case, detail: str) -> None:
    """They stop coming and stop answering. Nobody knows yet."""
    world.person(case.id).drifting = True


def withdraws(world: World, case: Case, detail: str) -> None:
    """They say in a conversation that they want to stop: taking part is voluntary."""
    if case.state is State.ENGAGED and case.breach is None and not world.person(case.id).drifting:
        world.ask(case.id, RecordContact(ContactResult.SPOKE, "meeting"), navigator(case))
        world.ask(case.id, Withdraw(), navigator(case))


def agreed_end(world: World, case: Case, detail: str) -> None:
    """Provider and OIC agree that no further action is right."""
    if case.state is State.ENGAGED and case.breach is None:
        world.ask(case.id, End("no_further_action", agreed_with=Role.OIC), navigator(case))


def new_matter(world: World, case: Case, detail: str) -> None:
    """The OIC hears of an arrest."""
    if case.state is State.ENGAGED:
        world.ask(case.id, NoteNewMatter(), by(case, Role.OIC, world.policy))


def goes_away(world: World, case: Case, detail: str) -> None:
    """Custody or hospital for some days: everything is on hold."""
    if case.state is State.ENGAGED and "case" not in case.holds:
        where = world.draws.pick({"hospital": 60, "custody": 40}, case.id, "away:where")
        until = world.hours.day(world.now) + timedelta(days=world.whole(4, 14, case, "away:days"))
        world.ask(case.id, NoteAway(where, until), navigator(case))


# ── tasks about meetings and plans ──
def missed_first(world: World, case: Case, todo: Todo) -> datetime | None:
    """They did not come to the first meeting: is all OK?"""
    if not has_phone(case):
        finish(world, case, todo)
        return None
    if not time_to_call(world, case):
        return world.now + HOUR
    if ring(world, case, todo.subject, world.rates.attendance.back_after_call, f"missed:{todo.subject}"):
        book_first(world, case, "")
    else:
        finish(world, case, todo)
    return None


def sign_off(world: World, case: Case, todo: Todo) -> datetime | None:
    """Everything asked is done: check, and say so."""
    if case.breach is not None or open_enforceable(case):
        return world.now + timedelta(days=1)
    if not case.no_intervention and not rules_of(case, world.policy).enforceable:
        left = set(case.items) - case.items_done - case.items_dropped
        if left:
            return world.now + timedelta(days=1)
        if not case.items_done:  # nothing came of it: an invitation that was not taken up
            world.ask(case.id, End("not_engaged"), navigator(case))
            return None
    world.ask(case.id, Complete(), Actor(case.parties[Role.NAVIGATOR], Role.NAVIGATOR))
    return world.now + timedelta(days=1)
