"""A strike that is disputed: somebody who did not confirm it looks again, and nothing follows from it until then."""

from datetime import datetime

from caseflow.domain.case import Case, Expectation
from caseflow.domain.effects import DropTasks, Effect, OpenTask
from caseflow.domain.policy import Policy
from caseflow.domain.words import Role

DISPUTE = "dispute:"
"""How the key of the task begins."""
LOOK_WITHIN = 5
"""Working days in which a disputed strike is looked at again (an assumption of practice)."""


def look_again(case: Case, session: str, policy: Policy, now: datetime) -> list[Effect]:
    """A supervisor's, within the days a decision has: until then nothing follows from it."""
    title = "A strike is disputed: look at it again. Does it stand, or is it waived? Nothing follows from it until then"
    due = policy.calendar.plus_working(now, LOOK_WITHIN)
    who = case.parties.get(Role.SUPERVISOR) or policy.team.get(Role.SUPERVISOR)
    key = f"{DISPUTE}{session}"
    return [OpenTask(key, "review", Role.SUPERVISOR, title, person=who, due=due, subject=session)]


def looked_at(case: Case, session: str, policy: Policy) -> list[Effect]:
    """It stands, or it is waived: that was what the tasks asked for."""
    return [DropTasks("looked at again", key=key, done=True) for key in _tasks(case, session, policy)]


def put_right(case: Case, session: str, policy: Policy) -> list[Effect]:
    """What became known of a session takes away the strike for it, where there was one: nobody need look again."""
    return _gone(case, session, policy) if _about_the_strike(case, session, policy) else []


def _gone(case: Case, session: str, policy: Policy) -> list[Effect]:
    return [DropTasks("the strike has gone", key=key) for key in _tasks(case, session, policy)]


def _tasks(case: Case, session: str, policy: Policy) -> list[str]:
    """The keys of all that asks for a second look: ours, and what a ladder about this strike has asked for."""
    return [f"{DISPUTE}{session}"] + [
        f"{e.id}/{e.cycle}/{rung.id}/{number}"
        for e in _about_the_strike(case, session, policy)
        for rung in policy.ladder(e.ladder).rungs
        for number, act in enumerate(rung.acts)
        if act.do == "review"
    ]


def _about_the_strike(case: Case, session: str, policy: Policy) -> list[Expectation]:
    return [
        e
        for e in case.expectations.values()
        if e.subject == session and "strike_confirmed" in policy.ladder(e.ladder).opens
    ]


def gone(case: Case, policy: Policy) -> list[Effect]:
    """They carry on, and strikes are kept at one: nobody looks again at the others."""
    kept = {strike.session for strike in case.strikes}
    others = [s.id for s in case.sessions.values() if s.ruling == "strike" and s.id not in kept]
    return [effect for session in others for effect in _gone(case, session, policy)]


def tell_why(case: Case, session: str, policy: Policy, now: datetime) -> OpenTask:
    """They asked somebody to look again: they hear from a person what came of it."""
    title = "Ring: the strike was looked at again and stands. Say why, and that their side still counts"
    due = policy.calendar.plus_working(now, 1)
    who = case.parties.get(Role.NAVIGATOR)
    return OpenTask(f"upheld:{session}", "call", Role.NAVIGATOR, title, person=who, due=due, subject=session)


def over(case: Case) -> list[Effect]:
    """The journey is over: nobody need look again."""
    return [DropTasks("the journey is over", key=f"{DISPUTE}{s.session}") for s in case.strikes if s.disputed]
