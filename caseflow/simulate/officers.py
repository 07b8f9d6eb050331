"""Officers: victims told, desks cleared, teams left."""

from datetime import datetime, timedelta

from caseflow.domain.case import Case
from caseflow.domain.commands import ReadAnswer, TellVictim
from caseflow.domain.words import Actor, Role
from caseflow.simulate.contact import finish, tomorrow
from caseflow.simulate.world import Todo, World, by


def tell_victim(world: World, case: Case, todo: Todo) -> datetime | None:
    """Most are told in a day or two, most others after the reminder, the rest by the sergeant."""
    cycle = case.expectations[todo.task.key.split("/")[0]].cycle
    draw = world.draws.share(case.id, f"{todo.ladder}:{cycle}:told")
    at_once = draw < world.rates.officers.tells_victim_at_once
    days = world.whole(0, 1, case, f"{todo.ladder}:{cycle}:days") if at_once else 4
    if draw >= world.rates.officers.tells_victim_when_reminded:
        return None  # the sergeant's task will come
    if todo.tries == 0 and days:
        todo.tries = 1
        return tomorrow(world, days)
    world.ask(case.id, TellVictim(case.state.value), by(case, Role.OIC, world.policy))
    return None


def sergeant_tells_victim(world: World, case: Case, todo: Todo) -> datetime | None:
    world.ask(case.id, TellVictim(case.state.value), Actor(case.parties[Role.TEAM], Role.SERGEANT))
    return None


def read_answer(world: World, case: Case, todo: Todo) -> datetime | None:
    """Read what they wrote."""
    number = int(todo.task.key.partition(":")[2])
    if number in case.unread:
        world.ask(case.id, ReadAnswer(number), Actor(case.parties[Role.NAVIGATOR], Role.NAVIGATOR))
    else:
        finish(world, case, todo)
    return None


def tick_off(world: World, case: Case, todo: Todo) -> datetime | None:
    """Looked at and known; nothing else records it."""
    finish(world, case, todo)
    return None


def leave_team(world: World, case: Case, role: str) -> None:
    """The officer moved on: their mail goes to the team from today."""
    officer = case.parties.get(Role(role))
    if officer is not None and officer not in world.moved and Role.TEAM in case.parties:
        world.move_officer(officer, case.parties[Role.TEAM])


def maybe_leaves(world: World, case: Case) -> None:
    """Drawn for each officer, not for each case: the day is the same whichever case looks."""
    for role in (Role.ARRESTING_OFFICER, Role.OIC):
        officer = case.parties.get(role)
        if officer is not None and world.draws.chance(world.rates.officers.moved_team, officer, "moves"):
            day = world.now + timedelta(days=world.draws.whole(5, 110, officer, "moves:on"))
            world.later(world.hours.office(day), case.id, "leave_team", role.value)
