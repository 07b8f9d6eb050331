"""Calls and addresses: what happens when somebody of the service tries to reach a participant."""

from datetime import datetime

from caseflow.domain.case import Case
from caseflow.domain.commands import FinishTask, NoteAddress, RecordContact
from caseflow.domain.words import Actor, AddressStatus, Channel, ContactResult, Role
from caseflow.imports.people import address_id
from caseflow.simulate.script import Todo
from caseflow.simulate.world import World

CLOSED = {AddressStatus.SEIZED, AddressStatus.BLOCKED}


def navigator(case: Case) -> Actor:
    return Actor(case.parties.get(Role.NAVIGATOR, ""), Role.NAVIGATOR)


def finish(world: World, case: Case, todo: Todo) -> None:
    """Tick it off: no other fact records that it was done."""
    role = Role(todo.task.owner)
    person = todo.task.person or world.policy.team.get(role) or case.parties.get(role) or case.parties[Role.TEAM]
    world.ask(case.id, FinishTask(todo.task.key), Actor(person, role))


def has_phone(case: Case) -> bool:
    """Is there a number we may ring?"""
    known = case.contact.addresses.get(Channel.TEXT)
    return known is not None and known.status not in CLOSED and not case.contact.texts_only


def time_to_call(world: World, case: Case) -> bool:
    """Has the navigator a call left today, at an hour the person allows?"""
    local = world.policy.calendar.local(world.now).time()
    contact = case.contact
    if contact.not_before is not None and local < contact.not_before:
        return False
    if contact.not_after is not None and local >= contact.not_after:
        return False
    return world.calls_today[navigator(case).person] < world.rates.staff.calls_a_day


def ring(world: World, case: Case, about: str | None, rate: float, occasion: str) -> bool:
    """One call by the navigator, recorded with its result; True when they spoke. Drifting people do not answer."""
    person = world.person(case.id)
    number = person.next_try(occasion)
    world.calls_today[navigator(case).person] += 1
    result = _result(world, case, rate, f"{occasion}:call:{number}")
    world.tally.calls[result.value] += 1
    world.ask(case.id, RecordContact(result, "phone", about), navigator(case))
    if result is ContactResult.SPOKE:
        person.told = True
    return result is ContactResult.SPOKE


def _result(world: World, case: Case, rate: float, occasion: str) -> ContactResult:
    person = world.person(case.id)
    if person.number == "dead":
        return ContactResult.DEAD_NUMBER
    answered = world.chance(rate, case, occasion)
    if answered and person.number == "wrong":
        return ContactResult.WRONG_PERSON
    if answered and not person.drifting:
        return ContactResult.SPOKE
    voicemail = not case.contact.no_voicemail and world.chance(0.5, case, f"{occasion}:voicemail")
    return ContactResult.VOICEMAIL if voicemail else ContactResult.NO_ANSWER


def new_number(world: World, case: Case, status: AddressStatus, by: Actor) -> None:
    """A number that works: written into the register, and noted on the case."""
    person = world.person(case.id)
    person.numbers += 1
    person.number = "fine"
    digits = world.draws.whole(0, 999, case.id, f"number:{person.numbers}")
    value = f"+447700900{digits:03d}"
    who = case.parties[Role.PARTICIPANT]
    address = address_id(who, Channel.TEXT, value)
    world.register(who, Channel.TEXT, address, value, status.value)
    world.ask(case.id, NoteAddress(Channel.TEXT, address, status), by)


def tomorrow(world: World, days: int = 1) -> datetime:
    """This hour, some working days on."""
    return world.policy.calendar.plus_working(world.now, days)
