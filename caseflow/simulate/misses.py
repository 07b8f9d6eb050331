"""Missed sessions and long silences: calls, reasons, rulings, strikes, and strikes taken back."""

from datetime import datetime, timedelta

from caseflow.domain.case import Case
from caseflow.domain.commands import (
    ConfirmStrike,
    DisputeStrike,
    DropItem,
    End,
    Excuse,
    OpenBreach,
    RecordContact,
    RuleSession,
    UpholdStrike,
    WaiveStrike,
)  # fmt: skip
from caseflow.domain.reading import rules_of
from caseflow.domain.words import Actor, ContactResult, Role, State
from caseflow.simulate.contact import finish, has_phone, navigator, ring, time_to_call, tomorrow
from caseflow.simulate.hours import HOUR
from caseflow.simulate.script import Todo
from caseflow.simulate.world import World, by

GIVE_UP_AFTER = 3
"""Absences nobody explained after which an invitation is withdrawn (where nothing is enforceable)."""


def call_about_miss(world: World, case: Case, todo: Todo) -> datetime | None:
    """We missed you, is all OK?"""
    if not has_phone(case):
        finish(world, case, todo)
        return None
    if not time_to_call(world, case):
        return world.now + HOUR
    rate = world.rates.attendance.back_after_call if todo.rung == "call" else world.rates.answers.call_second
    if ring(world, case, todo.subject, rate, f"missed:{todo.subject}"):
        settle_miss(world, case, todo.subject)
    else:
        finish(world, case, todo)
    return None


def settle_miss(world: World, case: Case, session: str) -> None:
    """They have been reached about it: a reason, back on track, or a strike."""
    found = case.sessions.get(session)
    if found is None or found.status != "missed" or found.ruling:
        return
    rates, worker = world.rates.attendance, navigator(case)
    draw = world.draws.share(case.id, f"{session}:settled")
    if draw < rates.excused:
        world.ask(case.id, Excuse(session, world.draws.pick(rates.reasons, case.id, f"{session}:reason")), worker)
    elif draw < rates.excused + rates.strike and strikes_on(world, case, session):
        strike(world, case, session)
    else:
        world.ask(case.id, RuleSession(session, "back_on_track"), worker)


def settle(world: World, case: Case, session: str) -> None:
    """From the diary: they answered a message about it yesterday."""
    if case.open:
        settle_miss(world, case, session)


def strikes_on(world: World, case: Case, session: str) -> bool:
    found = case.sessions.get(session)
    return found is not None and found.enforceable and rules_of(case, world.policy).strikes and case.breach is None


def strike(world: World, case: Case, session: str) -> None:
    """The navigator confirms it; where that is refused, it is ruled back on track (or heard again first)."""
    world.tally.strikes_proposed += 1
    world.ask(case.id, ConfirmStrike(session), navigator(case), otherwise="no_strike", detail=session)
    if world.chance(world.rates.attendance.reason_after_ruling, case, f"{session}:late_reason"):
        days = world.whole(2, 6, case, f"{session}:late_reason:days")
        world.later(world.hours.office(tomorrow(world, days)), case.id, "late_reason", session)


def no_strike(world: World, case: Case, session: str) -> None:
    """The system said why there can be no strike: then it does not count."""
    found = case.sessions.get(session)
    if case.open and found is not None and found.status == "missed" and not found.ruling:
        world.ask(case.id, RuleSession(session, "not_known"), navigator(case))


def late_reason(world: World, case: Case, session: str) -> None:
    """A reason that comes after the ruling still counts: the strike is reopened."""
    if any(one.session == session for one in case.strikes) and case.open and not world.person(case.id).drifting:
        reason = world.draws.pick(world.rates.attendance.reasons, case.id, f"{session}:late_reason:which")
        world.ask(case.id, RecordContact(ContactResult.SPOKE, "phone", session), navigator(case))
        world.ask(case.id, Excuse(session, reason), navigator(case))


def rule(world: World, case: Case, todo: Todo) -> datetime | None:
    """Eight working days and no answer: the navigator hears the provider and rules."""
    found = case.sessions.get(todo.subject)
    if found is None or found.status != "missed" or found.ruling:
        finish(world, case, todo)
        return None
    if _given_up(world, case):
        world.ask(case.id, End("not_engaged"), navigator(case))
    elif strikes_on(world, case, todo.subject) and world.chance(
        world.rates.attendance.strike, case, f"{todo.subject}:ruled"
    ):
        strike(world, case, todo.subject)
    else:
        world.ask(case.id, RuleSession(todo.subject, "not_known"), navigator(case))
    return None


def _given_up(world: World, case: Case) -> bool:
    if rules_of(case, world.policy).strikes or not case.open or case.plan_at is None:
        return False
    since = case.last_two_way or case.plan_at
    return sum(one.status == "missed" and one.start > since for one in case.sessions.values()) >= GIVE_UP_AFTER


# ── after a strike ──
def tell_of_strike(world: World, case: Case, todo: Todo) -> datetime | None:
    """In plain words, by phone: what was missed, what is next, how to dispute."""
    if not has_phone(case):
        finish(world, case, todo)
        return None
    if not time_to_call(world, case):
        return world.now + HOUR
    todo.tries += 1
    if ring(world, case, "strike", world.rates.attendance.hears_of_strike, f"strike:{todo.subject}"):
        if world.chance(world.rates.attendance.disputes, case, f"{todo.subject}:disputes"):
            participant = Actor(case.parties[Role.PARTICIPANT], Role.PARTICIPANT)
            world.ask(case.id, DisputeStrike(todo.subject), participant)
        return None
    if todo.tries >= 3:
        finish(world, case, todo)
        return None
    return tomorrow(world)


def review_dispute(world: World, case: Case, todo: Todo) -> datetime | None:
    """The supervisor looks again: it stands, or it is waived."""
    struck = next((one for one in case.strikes if one.session == todo.subject), None)
    supervisor = by(case, Role.SUPERVISOR, world.policy)
    if struck is None or struck.upheld:
        finish(world, case, todo)
    elif world.chance(world.rates.attendance.waived_when_disputed, case, f"{todo.subject}:waived"):
        world.ask(case.id, WaiveStrike(todo.subject, "fair_in_the_round"), supervisor)
    else:
        why = "The messages arrived, and nobody on our side had moved the session."
        world.ask(case.id, UpholdStrike(todo.subject, why), supervisor)
    return None


# ── silence ──
def check_in(world: World, case: Case, todo: Todo) -> datetime | None:
    """Two weeks without a word: how is it going?"""
    if has_phone(case):
        if not time_to_call(world, case):
            return world.now + HOUR
        if ring(world, case, None, world.rates.answers.call_first, "silence"):
            return None
    finish(world, case, todo)
    return None


def after_silence(world: World, case: Case, todo: Todo) -> datetime | None:
    """Twenty working days: a panel where the law and the post allow it, else an end without fault."""
    if case.breach is not None or case.state not in {State.ENGAGED, State.ASSESSED, State.REFERRED}:
        finish(world, case, todo)
        return None
    worker = navigator(case)
    if case.plan_at is None:
        reason = "not_started" if world.person(case.id).told else "not_reached"
        world.ask(case.id, End(reason), by(case, Role.SUPERVISOR, world.policy))
    elif not rules_of(case, world.policy).strikes:
        world.ask(case.id, End("not_engaged"), worker)
    else:
        world.ask(case.id, OpenBreach("no_contact"), worker, otherwise="end_lost")
        finish(world, case, todo)
    return world.now + timedelta(days=1)


def end_lost(world: World, case: Case, detail: str) -> None:
    """No letter ever reached a confirmed address: no panel, an end without fault."""
    if case.open and case.breach is None:
        world.ask(case.id, End("no_further_action", agreed_with=Role.OIC), navigator(case))


def drop_item(world: World, case: Case, todo: Todo) -> datetime | None:
    """No provider has a place: the item goes, and it is not held against them."""
    course = world.person(case.id).courses.get(todo.subject)
    if course is not None and course.booked == 0 and todo.subject not in case.items_dropped:
        world.ask(case.id, DropItem(todo.subject, "no place with a provider"), navigator(case))
    else:
        finish(world, case, todo)
    return None
