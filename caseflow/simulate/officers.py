"""Officers: victims told, desks cleared, teams left."""

from datetime import datetime

from caseflow.domain.case import Case
from caseflow.domain.commands import ReadAnswer, TellVictim
from caseflow.domain.words import Actor, Role
from caseflow.simulate.contact import finish, navigator, tomorrow
from caseflow.simulate.front_door import asked_for_call
from caseflow.simulate.script import Todo
from caseflow.simulate.world import World, by


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


def answered(world: World, case: Case, todo: Todo) -> datetime | None:
    """They wrote: read it where it needs reading, ring where they asked for a call."""
    number = int(todo.task.key.partition(":")[2])
    if todo.task.kind == "call":
        return asked_for_call(world, case, todo)
    if number in case.unread:
        world.ask(case.id, ReadAnswer(number), navigator(case))
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
