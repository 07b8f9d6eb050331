"""What can be done about one session, one item, one fact: finer than `journey.offered`. `decide` has the last word."""

from datetime import datetime

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.case import Case, Session
from caseflow.domain.policy import Policy
from caseflow.domain.reading import begun, rules_of
from caseflow.domain.words import State

NEVER_HELD = frozenset({"hold", "last_safe_date", "victim_update", "victim_update_enhanced"})
"""What runs on inside a hold: its own end, the law's clock, and what the victim is owed."""


def for_session(case: Case, session: Session, policy: Policy, now: datetime) -> tuple[str, ...]:
    """The commands that make sense for this session now, by public name, what is most likely first."""
    if not case.open:
        return ("excuse",) if session.status == "missed" else ()
    match session.status:
        case "booked" if not begun(session, now):
            return ("move_session", "cancel_session", "excuse")
        case "booked":
            return ("record_attendance", "move_session", "cancel_session")
        case "missed":
            return (*_ruling(case, session, policy), *_strike(case, session), "record_attendance")
        case "excused":
            undo = () if session.reason == "on_hold" else ("withdraw_excuse",)
            return (*undo, *_strike(case, session), "record_attendance")
        case "attended" | "not_held":
            return ("record_attendance",)
        case _:
            return ()


def _ruling(case: Case, session: Session, policy: Policy) -> tuple[str, ...]:
    if session.ruling:
        return ("excuse",)
    struck = any(one.session == session.id for one in case.strikes)
    strike = case.state is State.ENGAGED and session.enforceable and rules_of(case, policy).strikes and not struck
    return ("excuse", "rule_session", "confirm_strike") if strike else ("excuse", "rule_session")


def _strike(case: Case, session: Session) -> tuple[str, ...]:
    found = next((one for one in case.strikes if one.session == session.id), None)
    if found is None:
        return ()
    if found.upheld:
        return ("waive_strike",)
    return ("waive_strike", "uphold_strike") if found.disputed else ("waive_strike", "dispute_strike", "uphold_strike")


def for_item(case: Case, item: str) -> tuple[str, ...]:
    """The same for an item of the plan."""
    if case.state is not State.ENGAGED or item in case.items_done or item in case.items_dropped:
        return ()
    return ("note_item_done", "drop_item", "note_engagement", "refer_on")


UNMOVED = frozenset({"lapse", "end_hold"})
"""Steps whose day is not moved: a hold is released, a breach decided, instead."""


def for_step(case: Case, expectation: str, policy: Policy) -> tuple[str, ...]:
    """What may be done about the step that this expectation comes to next, instead of waiting for it."""
    found = case.expectations.get(expectation)
    if found is None or found.status != "open" or found.next is None or not case.open:
        return ()
    acts = {act.do for act in policy.ladder(found.ladder).rung(found.next).acts}
    if acts & UNMOVED:
        return ()
    hold = () if found.ladder in NEVER_HELD or found.id in case.holds or "case" in case.holds else ("hold",)
    return ("bring_forward", *hold, "skip_rung")


def opposite(fact: ev.Event, case: Case) -> c.Command | None:
    """The command that takes this fact back, where nobody was told of it by itself and it is still so; None: it stands.

    A message cannot be called back and an absence is put right by recording what happened: those are not undone.
    """
    if not case.open:
        return None
    match fact:
        case ev.Held() if fact.hold in case.holds:
            return c.Release(None if fact.hold == "case" else fact.hold)
        case ev.SessionExcused() if not fact.strike_removed and fact.reason != "on_hold":
            session = case.sessions.get(fact.session)
            still = session is not None and session.status == "excused"
            return c.WithdrawExcuse(fact.session) if still else None
        case _:
            return None
