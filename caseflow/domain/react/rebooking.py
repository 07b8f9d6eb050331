"""A session that did not take place on our side: the navigator finds another time. It is nobody's absence."""

from datetime import datetime

from caseflow.domain.case import Case, Session
from caseflow.domain.effects import DropTasks, Effect, OpenTask
from caseflow.domain.policy import Policy
from caseflow.domain.words import Role

CALLED_OFF = frozenset({"cancelled", "not_held"})


def task_key(session: Session) -> str:
    """One task for an item, however many of its sessions fall out; the first meetings share one, too."""
    return f"rebook:{session.item or session.kind}"


def rebooked(case: Case, session: Session) -> list[Effect]:
    """Another one is in the diary: that was what the task asked for."""
    key = task_key(session)
    off = any(s.status in CALLED_OFF and task_key(s) == key for s in case.sessions.values())
    return [DropTasks("rebooked", key=key, done=True)] if off else []


def wanted(case: Case, session: Session, policy: Policy, now: datetime) -> list[Effect]:
    """The navigator finds another time, today: the person came, or would have come, and it is no fault of theirs."""
    if not case.open or session.reason == "item_dropped" or session.item in case.items_done | case.items_dropped:
        return []
    others = [s for s in case.sessions.values() if task_key(s) == task_key(session)]
    if any(s.status == "booked" and s.start > now for s in others):
        return []
    if session.kind == "first_meeting" and any(s.status == "attended" for s in others):
        return []
    title = "A session was called off on our side: find them another time. It is no fault of theirs"
    due = policy.calendar.plus_working(now, 0)  # or the next working day
    who = case.parties.get(Role.NAVIGATOR)
    return [OpenTask(task_key(session), "task", Role.NAVIGATOR, title, person=who, due=due, subject=session.id)]


def over(case: Case) -> list[Effect]:
    """The journey is over: nothing to book any more."""
    waiting = dict.fromkeys(task_key(s) for s in case.sessions.values() if s.status in CALLED_OFF)
    return [DropTasks("the journey is over", key=key) for key in waiting]


def item_gone(item: str) -> list[Effect]:
    """Done or dropped: no session of it to book any more."""
    return [DropTasks("the item is done or dropped", key=f"rebook:{item}")]
