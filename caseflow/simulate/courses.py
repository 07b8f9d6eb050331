"""Providers: a place or none, sessions a week apart, who came, and when they get round to telling us."""

from datetime import datetime, timedelta

from caseflow.domain.case import Case
from caseflow.domain.commands import (
    BookSession,
    DropItem,
    MoveSession,
    NoteAddress,
    NoteEngagement,
    NoteItemDone,
    NoteProviderAnswer,
    RecordAttendance,
)  # fmt: skip
from caseflow.domain.words import Actor, AddressStatus, Attendance, Channel, ItemKind, Role, State
from caseflow.engine.readings import PostedLine
from caseflow.simulate.contact import finish, navigator, new_number
from caseflow.simulate.hours import HOUR
from caseflow.simulate.person import Course, Person
from caseflow.simulate.script import Todo
from caseflow.simulate.world import World

CAME = {Attendance.ATTENDED, Attendance.LATE}
GONE_AFTER = 4
"""Absences in a row after which a provider books no more."""
MORE = 3
"""Sessions offered beyond the course, for those that were missed."""
ENOUGH = 2 / 3
"""Share of the sessions that counts as having done the course, when no more are offered."""
LAST_TOLD = 0.88
"""Scales the draw of when the last outcome is told, so that fewer courses end only in the return."""


def provider(course: Course) -> Actor:
    return Actor(course.provider, Role.PROVIDER)


def place_asked(world: World, line: PostedLine) -> None:
    """The mail: is there a place? They answer in a day or three."""
    if line.subject is not None:
        days = world.draws.whole(0, 2, line.stream, f"{line.subject}:place:days")
        world.later(
            world.hours.office(world.policy.calendar.plus_working(world.now, days)), line.stream, "place", line.subject
        )


def place(world: World, case: Case, item: str) -> None:
    """Yes, no, or a waiting list that ends."""
    course = world.person(case.id).courses.get(item)
    if course is None or course.booked or case.state is not State.ENGAGED or item not in case.places:
        return
    if item in case.items_dropped:
        return
    waited = world.person(case.id).next_try(f"{item}:place") > 1
    answer = "yes" if waited else world.draws.pick(world.rates.providers.place, case.id, f"{item}:place")
    world.ask(case.id, NoteProviderAnswer(item, answer), provider(course))
    if answer == "yes":
        start = world.hours.in_days(world.now, world.whole(2, 6, case, f"{item}:first:days"), course.hour)
        for week in range(course.sessions):
            book(world, case, course, start + timedelta(weeks=week))
    elif answer == "waiting_list":
        weeks = world.whole(1, 2, case, f"{item}:waits")
        world.later(world.hours.office(world.now + timedelta(weeks=weeks)), case.id, "place", item)


def book(world: World, case: Case, course: Course, about: datetime) -> None:
    """A session on that day, or the next working day, at the course's hour."""
    day = world.hours.day(about)
    if not world.policy.calendar.is_working_day(day):
        day = world.policy.calendar.add_working_days(day, 1)
    course.booked += 1
    session, start = f"{course.item}-{course.booked}", world.hours.on(day, course.hour)
    where = next(one.place for one in world.roster.providers if one.id == course.provider)
    world.ask(case.id, BookSession(session, start, "session", course.item, course.provider, where), provider(course))
    world.later(start, case.id, "session_over", session)


def session_over(world: World, case: Case, session: str) -> None:
    """What really happened; after the last session booked, one more for each that was missed, while they still come."""
    person = world.person(case.id)
    course = person.courses[session.rpartition("-")[0]]
    found = case.sessions.get(session)
    if found is None or found.status == "cancelled":
        return
    if found.start > world.now:  # it was moved meanwhile
        world.later(found.start, case.id, "session_over", session)
        return
    course.over += 1
    if found.status == "booked" and case.open:
        outcome = _outcome(world, case, person, session)
        person.happened[session] = outcome
        course.kept += outcome in CAME
        course.misses_in_a_row = 0 if outcome in CAME else course.misses_in_a_row + (outcome is Attendance.UNACCEPTABLE)
        _tell(world, case, session)
        if outcome in CAME:
            _in_person(world, case, person)
    if case.state is State.ENGAGED and course.over >= course.booked and course.kept < course.sessions:
        _and_now(world, case, course)


def _and_now(world: World, case: Case, course: Course) -> None:
    """The booked sessions are over and some were missed: a few more, then it was enough, or it did not work out."""
    if course.misses_in_a_row < GONE_AFTER and course.over < course.sessions + MORE:
        book(world, case, course, world.now + timedelta(days=7))
    elif course.kept >= ENOUGH * course.sessions:
        course.sessions = course.kept
        world.later(world.hours.in_days(world.now, 1, course.hour), case.id, "item_done", course.item)
    elif case.items[course.item].kind is ItemKind.VOLUNTARY:
        world.ask(case.id, DropItem(course.item, "it did not work out; nothing counts against them"), navigator(case))
    elif course.misses_in_a_row < GONE_AFTER:
        book(world, case, course, world.now + timedelta(days=7))


def item_done(world: World, case: Case, item: str) -> None:
    """The provider calls it done."""
    course = world.person(case.id).courses[item]
    if case.open and item not in case.items_done | case.items_dropped:
        world.ask(case.id, NoteEngagement(item, engagement(world, case, course)), provider(course))
        world.ask(case.id, NoteItemDone(item), provider(course))


def _outcome(world: World, case: Case, person: Person, session: str) -> Attendance:
    rates = world.rates.attendance
    if world.chance(rates.cancelled_by_service, case, f"{session}:cancelled"):
        return Attendance.NOT_HELD
    absent = 1 - person.keen * 0.78 / 0.8 / (1 - rates.cancelled_by_service)
    absent = min(0.95, absent * (rates.cluster if person.misses else 1.0))
    if not person.drifting and not world.chance(absent, case, f"{session}:absent"):
        return Attendance.LATE if world.chance(rates.late, case, f"{session}:late") else Attendance.ATTENDED
    person.misses += 1
    says_why = not person.drifting and world.chance(rates.acceptable_of_absent, case, f"{session}:says_why")
    return Attendance.ACCEPTABLE if says_why else Attendance.UNACCEPTABLE


def _tell(world: World, case: Case, session: str) -> None:
    """When the provider gets round to recording it: the same day, within three days, or only in the return."""
    rates = world.rates.providers
    draw = world.draws.share(case.id, f"{session}:told")
    course = world.person(case.id).courses[session.rpartition("-")[0]]
    if course.kept >= course.sessions:  # the last one: that it is done is mostly told soon
        draw *= LAST_TOLD
    if draw < rates.outcome_same_day:
        if world.person(case.id).happened[session] in CAME:  # ticked off at the door
            record(world, case, session)
        else:
            world.later(world.hours.office(world.now + HOUR), case.id, "record", session)
    elif draw < rates.outcome_in_three_days:
        days = world.whole(1, 3, case, f"{session}:told:days")
        world.later(world.hours.office(world.policy.calendar.plus_working(world.now, days)), case.id, "record", session)


def record(world: World, case: Case, session: str) -> None:
    """The provider records what happened; after the last session, that the item is done."""
    person = world.person(case.id)
    outcome, course = person.happened[session], person.courses[session.rpartition("-")[0]]
    found = case.sessions.get(session)
    if found is None or found.status != "booked":
        return
    reason = ""
    if outcome is Attendance.ACCEPTABLE:
        reason = world.draws.pick(world.rates.attendance.reasons, case.id, f"{session}:reason")
    world.ask(case.id, RecordAttendance(session, outcome, reason), provider(course))
    if outcome in CAME and course.kept >= course.sessions:
        item_done(world, case, course.item)


def engagement(world: World, case: Case, course: Course) -> str:
    """How it went, in the provider's eyes."""
    return world.draws.pick({"well": 60, "some": 30, "cannot_say": 10}, case.id, f"{course.item}:engagement")


def _in_person(world: World, case: Case, person: Person) -> None:
    """Face to face, a new number is given, and one that was blocked by mistake is put right (a STOP stays one)."""
    known = case.contact.addresses.get(Channel.TEXT)
    mistake = known is not None and known.status is AddressStatus.BLOCKED and not person.tried.get("stop")
    if person.number in {"dead", "wrong"} or mistake:
        new_number(world, case, AddressStatus.CONFIRMED, navigator(case))
    elif known is not None and known.status is AddressStatus.UNCONFIRMED:
        world.ask(case.id, NoteAddress(Channel.TEXT, known.address, AddressStatus.CONFIRMED), navigator(case))


def cannot_come(world: World, case: Case, session: str) -> None:
    """They wrote that they cannot come: the navigator finds another time."""
    found = case.sessions.get(session)
    if case.open and found is not None and found.status == "booked" and found.start > world.now:
        start = world.hours.in_days(found.start, 2, 17)
        world.ask(case.id, MoveSession(session, start), navigator(case))


def outcome_asked(world: World, case: Case, todo: Todo) -> datetime | None:
    """A reminder to record is no new fact: they do it in their own time, or in the return. Unknown stays unknown."""
    if todo.rung == "ask_again":
        finish(world, case, todo)
    return None


def rebook(world: World, case: Case, todo: Todo) -> datetime | None:
    """The next session is booked with its provider, a first meeting by the navigator: that is what ends it."""
    return None
