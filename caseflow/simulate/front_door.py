"""From the referral to the first meeting: accept or decline, the first calls, finding people, giving up without fault."""

from datetime import datetime, timedelta

from caseflow.domain.case import Case
from caseflow.domain.commands import Accept, BookSession, Decline, End, RecordContact
from caseflow.domain.eligibility import needed
from caseflow.domain.reading import rules_of
from caseflow.domain.words import AddressStatus, Channel, ContactResult, Role
from caseflow.simulate.contact import finish, has_phone, navigator, new_number, ring, time_to_call, tomorrow
from caseflow.simulate.hours import HOUR, STARTS
from caseflow.simulate.script import Todo
from caseflow.simulate.world import World, by


def decide(world: World, case: Case, todo: Todo) -> datetime | None:
    """The supervisor takes the referral on, or declines it."""
    if case.accepted_at is not None:
        return None
    supervisor = by(case, Role.SUPERVISOR, world.policy)
    asked = needed(case.answers, rules_of(case, world.policy))
    lacking = tuple(one.need for one in asked if one.stops == "acceptance")
    if "consent" in lacking:
        world.ask(case.id, Decline("person_says_no"), supervisor)
    elif world.chance(world.rates.front_door.ineligible, case, "ineligible"):
        world.ask(case.id, Decline("not_eligible"), supervisor)
    else:
        who = _navigator(world, case)
        world.load[who] += 1
        world.ask(case.id, Accept(who, lacking), supervisor)
        maybe_leaves(world, case)
        if world.chance(world.rates.front_door.handed_over, case, "handed_over") and case.contact.addresses:
            world.later(world.now + 2 * HOUR, case.id, "hand_over")
        _change_of_number(world, case)
    return None


def _navigator(world: World, case: Case) -> str:
    """Each case has its own order of navigators; the first with room takes it, so that one case moves few others."""
    order = sorted(world.roster.navigators, key=lambda one: world.draws.share(case.id, f"navigator:{one.key}"))
    room = [one.id for one in order if world.load[one.id] < world.rates.staff.cases]
    return room[0] if room else min((world.load[one.id], one.id) for one in order)[1]


def _change_of_number(world: World, case: Case) -> None:
    if world.chance(world.rates.front_door.number_changes, case, "number_changes"):
        days = world.whole(10, 120, case, "number_changes_on")
        world.later(world.now + timedelta(days=days), case.id, "number_changes")


def maybe_leaves(world: World, case: Case) -> None:
    """Officers move on: drawn for each officer, not for each case, and the day is the same whichever case looks."""
    for role in (Role.ARRESTING_OFFICER, Role.OIC):
        officer = case.parties.get(role)
        if officer is not None and world.draws.chance(world.rates.officers.moved_team, officer, "moves"):
            day = world.now + timedelta(days=world.draws.whole(5, 110, officer, "moves:on"))
            world.later(world.hours.office(day), case.id, "leave_team", role.value)


def number_changes(world: World, case: Case, detail: str) -> None:
    """They have a new phone and have not told us."""
    world.person(case.id).number = "dead"


def hand_over(world: World, case: Case, detail: str) -> None:
    """The officer puts them through: they speak with the navigator on the day, and a time is agreed."""
    if case.state.value != "referred" or not world.hours.open(world.now):
        if case.open:
            world.later(world.hours.office(world.now + HOUR), case.id, "hand_over")
        return
    if not world.person(case.id).told:
        world.person(case.id).told = True
        world.tally.calls["spoke"] += 1
        world.ask(case.id, RecordContact(ContactResult.SPOKE, "phone"), navigator(case))
        book_first(world, case, "")


def first_call(world: World, case: Case, todo: Todo) -> datetime | None:
    """Hello, is it the right person, when can we meet?"""
    if world.person(case.id).told:
        return None
    if not has_phone(case):
        finish(world, case, todo)
        return None
    if not time_to_call(world, case):
        return world.now + HOUR
    answers = world.rates.answers
    rate = answers.call_first if todo.rung == "call" else answers.call_second
    if ring(world, case, None, rate, f"first:{todo.rung}"):
        book_first(world, case, "")
    else:
        finish(world, case, todo)
    return None


def asked_for_call(world: World, case: Case, todo: Todo) -> datetime | None:
    """They wrote that they would like a call, or cannot come: ring them."""
    if not has_phone(case) or not case.open:
        finish(world, case, todo)
        return None
    if not time_to_call(world, case):
        return world.now + HOUR
    spoke = ring(world, case, None, world.rates.answers.call_asked_for, "asked_for_call")
    todo.tries += 1
    if spoke and not world.person(case.id).held:
        book_first(world, case, "")
    if spoke or todo.tries > 2:
        finish(world, case, todo)
        return None
    return tomorrow(world)


def book_first(world: World, case: Case, detail: str) -> None:
    """A time for the first meeting, within 72 hours where there is one."""
    person = world.person(case.id)
    if not case.open or person.held or any(one.status == "booked" for one in case.sessions.values()):
        return
    person.first_meetings += 1
    days = world.draws.pick({1: 85, 2: 15}, case.id, f"first_meeting:{person.first_meetings}:days")
    hour = world.draws.one_of(STARTS, case.id, f"first_meeting:{person.first_meetings}:hour")
    start = world.hours.in_days(world.now, days, hour)
    session = f"first-{person.first_meetings}"
    world.ask(case.id, BookSession(session, start, "first_meeting", place=world.roster.place), navigator(case))
    world.later(start, case.id, "first_meeting_over", session)


def book_if_unbooked(world: World, case: Case, todo: Todo) -> datetime | None:
    """The list says that there is no first meeting yet."""
    if world.person(case.id).told:
        book_first(world, case, "")
    finish(world, case, todo)
    return None


def give_up(world: World, case: Case, todo: Todo) -> datetime | None:
    """The supervisor, with the OIC: not reached, or not started, and nobody's fault."""
    person = world.person(case.id)
    if person.held or case.plan_at is not None or any(one.status == "booked" for one in case.sessions.values()):
        finish(world, case, todo)
        return None
    todo.tries += 1
    if todo.tries == 1 and not person.told:  # one more way, before it is handed back
        if world.chance(world.rates.front_door.visit_finds, case, f"{todo.ladder}:visit"):
            person.told = True
            world.ask(case.id, RecordContact(ContactResult.SPOKE, "visit"), navigator(case))
            book_first(world, case, "")
        return tomorrow(world, 2)
    world.ask(case.id, End("not_started" if person.told else "not_reached"), by(case, Role.SUPERVISOR, world.policy))
    return None


def ask_officer(world: World, case: Case, todo: Todo) -> datetime | None:
    """The OIC looks for another number, in their own time."""
    days = world.whole(0, 3, case, f"{todo.ladder}:ask_oic")
    if todo.tries == 0 and days:
        todo.tries = 1
        return tomorrow(world, days)
    person = world.person(case.id)
    if world.chance(world.rates.front_door.officer_knows_number, case, "officer_knows_number"):
        usable = case.contact.usable(Channel.TEXT) and person.number in {"fine", "shared"}
        if not usable:
            new_number(world, case, AddressStatus.UNCONFIRMED, by(case, Role.OIC, world.policy))
            world.later(world.hours.office(world.now + HOUR), case.id, "try_new_number")
    finish(world, case, todo)
    return None


def try_new_number(world: World, case: Case, detail: str) -> None:
    """The navigator rings the number the OIC found; twice at most."""
    if not case.open or world.person(case.id).told or not has_phone(case):
        return
    if ring(world, case, None, world.rates.answers.call_first, "new_number"):
        book_first(world, case, "")
    elif world.person(case.id).tried["new_number"] < 2:
        world.later(tomorrow(world), case.id, "try_new_number")
