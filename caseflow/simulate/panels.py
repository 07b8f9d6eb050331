"""An alleged breach: both views written blind, the provider heard, their side asked for, and a decision by people."""

from datetime import datetime

from caseflow.domain.case import Case
from caseflow.domain.commands import DecideBreach, HearProvider, RecordSide, RecordView
from caseflow.domain.words import Actor, Opinion, Role
from caseflow.engine.readings import PostedLine
from caseflow.simulate.contact import finish, has_phone, navigator, ring, time_to_call, tomorrow
from caseflow.simulate.hours import HOUR
from caseflow.simulate.script import Todo
from caseflow.simulate.world import World, by

REASONS = "Weighed the facts sheet, both views, the provider's words and what the person said."


def opinion(world: World, case: Case) -> Opinion:
    """What the facts suggest to anybody: drawn once for each alleged breach."""
    return Opinion(world.draws.pick(world.rates.panels.outcome, case.id, f"panel:{case.breaches}"))


def officers_opinion(world: World, case: Case) -> Opinion:
    """The OIC's view: mostly the same, sometimes not."""
    same = opinion(world, case)
    if world.chance(world.rates.panels.views_differ, case, f"panel:{case.breaches}:differ"):
        return Opinion.CARRY_ON if same is not Opinion.CARRY_ON else Opinion.BREACHED
    return same


def navigators_view(world: World, case: Case, todo: Todo) -> datetime | None:
    """Written in a day or two, before the others' can be seen."""
    if todo.task.owner != Role.NAVIGATOR.value or case.breach is None or Role.NAVIGATOR in case.breach.views:
        return None
    days = world.whole(0, 2, case, f"panel:{case.breaches}:navigator:days")
    if todo.tries == 0 and days:
        todo.tries = 1
        return tomorrow(world, days)
    world.ask(case.id, RecordView(opinion(world, case)), navigator(case))
    finish(world, case, todo)
    return None


def view_requested(world: World, line: PostedLine) -> None:
    """The OIC has the two-page sheet: within two days, five, after the nudge, by the sergeant, or never."""
    rates = world.rates.officers
    draw = world.draws.share(line.stream, f"view:{line.cycle}:{line.expectation}")
    bounds = ((rates.view_in_two_days, 1, 2), (rates.view_in_five_days, 3, 4), (rates.view_after_nudge, 4, 5))
    found = next(((low, high) for bound, low, high in bounds if draw < bound), None)
    if found is not None:
        days = world.draws.whole(*found, line.stream, f"view:{line.cycle}:days")
        at = world.policy.calendar.plus_working(world.now, days)
        world.later(world.hours.office(at), line.stream, "officers_view")


def officers_view(world: World, case: Case, detail: str) -> None:
    if case.breach is not None and Role.OIC not in case.breach.views:
        world.ask(case.id, RecordView(officers_opinion(world, case)), by(case, Role.OIC, world.policy))


def ring_sergeant(world: World, case: Case, todo: Todo) -> datetime | None:
    """The supervisor rings the sergeant, who gives the view in the OIC's place; or nobody does."""
    if case.breach is not None and Role.OIC not in case.breach.views:
        rates = world.rates.officers
        late = (rates.view_by_sergeant - rates.view_after_nudge) / (1 - rates.view_after_nudge)
        if world.chance(late, case, f"panel:{case.breaches}:sergeant"):
            sergeant = Actor(case.parties[Role.TEAM], Role.SERGEANT)
            world.ask(case.id, RecordView(officers_opinion(world, case), for_role=Role.OIC), sergeant)
    finish(world, case, todo)
    return None


def provider_asked(world: World, line: PostedLine) -> None:
    """The provider is heard: they write back in some days, mostly."""
    if world.draws.chance(world.rates.providers.heard_by_mail, line.stream, f"heard:{line.recipient}:{line.cycle}"):
        days = world.draws.whole(1, 4, line.stream, f"heard:{line.recipient}:days")
        world.later(
            world.hours.office(world.policy.calendar.plus_working(world.now, days)),
            line.stream,
            "heard",
            line.recipient,
        )


def heard(world: World, case: Case, provider: str) -> None:
    if case.breach is not None and not case.breach.provider_heard:
        world.ask(case.id, HearProvider(), Actor(provider, Role.PROVIDER))


def call_for_side(world: World, case: Case, todo: Todo) -> datetime | None:
    """What is alleged, and help to give their side."""
    if case.breach is None or not has_phone(case):
        finish(world, case, todo)
        return None
    if not time_to_call(world, case):
        return world.now + HOUR
    spoke = ring(world, case, "breach", world.rates.answers.call_asked_for, f"side:{case.breaches}")
    todo.tries += 1
    if spoke:
        give_side(world, case, "")
    if spoke or todo.tries >= 2:
        finish(world, case, todo)
        return None
    return tomorrow(world)


def give_side(world: World, case: Case, detail: str) -> None:
    """Taken down by the navigator; some would rather say nothing."""
    if case.breach is not None and case.breach.side is None:
        gives = world.chance(world.rates.panels.side_given / 0.85, case, f"side:{case.breaches}:given")
        world.ask(
            case.id,
            RecordSide("What they said is in the file." if gives else None, declined=not gives),
            navigator(case),
        )


def panel(world: World, case: Case, todo: Todo) -> datetime | None:
    """Navigator and OIC together; where they differ or a view is missing it goes to the supervisor."""
    if case.breach is None or todo.task.owner == Role.OIC.value:
        finish(world, case, todo)
        return None
    _hear_by_phone(world, case)
    views = {one.opinion for one in case.breach.views.values()}
    if {Role.NAVIGATOR, Role.OIC} <= set(case.breach.views) and len(views) == 1:
        world.ask(case.id, DecideBreach(views.pop(), REASONS), navigator(case), otherwise="supervisor_decides")
    return None


def _hear_by_phone(world: World, case: Case) -> None:
    if case.breach is not None and case.places and not case.breach.provider_heard:
        world.ask(case.id, HearProvider(), navigator(case))


def supervisors_task(world: World, case: Case, todo: Todo) -> datetime | None:
    supervisor_decides(world, case, "")
    return None


def supervisor_decides(world: World, case: Case, detail: str) -> None:
    """The views differ, one is missing, or nobody reached the person: the supervisor weighs it."""
    if case.breach is None:
        return
    _hear_by_phone(world, case)
    views = {one.opinion for one in case.breach.views.values()}
    if len(views) == 1 and len(case.breach.views) == 2:
        outcome = views.pop()
    else:
        carry = world.chance(world.rates.panels.supervisor_carries_on, case, f"panel:{case.breaches}:supervisor")
        outcome = Opinion.CARRY_ON if carry else Opinion.BREACHED
    if case.breach.cause == "strike_2" and len(case.strikes) < world.policy.strikes.breach_opens_at:
        outcome = Opinion.CARRY_ON  # a reason came meanwhile, and a strike is gone
    tried = "Two letters to the confirmed address, three calls at different times of day, texts."
    world.ask(
        case.id, DecideBreach(outcome, REASONS, tried=tried), by(case, Role.SUPERVISOR, world.policy),
        otherwise="supervisor_decides",
    )  # fmt: skip
