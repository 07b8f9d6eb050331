"""Meetings and attendance. A provider's silence is never an absence; a correction in the person's favour always counts."""

from datetime import timedelta

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.case import Case, Session
from caseflow.domain.decide.context import Answer, Context, only
from caseflow.domain.reading import begun, in_hold
from caseflow.domain.words import CAME, Attendance, ItemKind, Refused, Role, Ruling, State

STATUS = {
    Attendance.ATTENDED: "attended",
    Attendance.LATE: "attended",
    Attendance.ACCEPTABLE: "excused",
    Attendance.UNACCEPTABLE: "missed",
    Attendance.NOT_HELD: "not_held",
}


def _unknown(session: str) -> Refused:
    return Refused("session_unknown", f"There is no session {session} in this case.")


def book(case: Case, cmd: c.BookSession, ctx: Context) -> Answer:
    found = case.sessions.get(cmd.session)
    if found is not None:
        same = found.start == cmd.start
        return () if same else Refused("session_known", "This session is booked already; move it instead.")
    if case.accepted_at is None:
        return Refused("not_accepted", "The referral has not been accepted yet. Accept or decline it first.")
    if cmd.kind not in {"first_meeting", "session"}:
        return Refused("kind_unknown", "A session is a first_meeting or a session.")
    if cmd.start < ctx.now - timedelta(hours=1) and ctx.asked.at is None:
        return Refused("in_the_past", "That time has passed. Book a time that is still to come.")
    item = case.items.get(cmd.item or "")
    if cmd.item is not None and item is None:
        return Refused("item_unknown", f"There is no item {cmd.item} in the plan.")
    enforceable = item is not None and item.kind is ItemKind.ENFORCEABLE and case.state is State.ENGAGED
    enforceable = enforceable and cmd.start > ctx.now  # nobody answers for a session written down after it began
    provider = cmd.provider or (case.places.get(item.id) if item is not None else None)
    return (ev.SessionBooked(cmd.session, cmd.start, cmd.kind, cmd.item, provider, cmd.place, enforceable),)


def move(case: Case, cmd: c.MoveSession, ctx: Context) -> Answer:
    found = case.sessions.get(cmd.session)
    if found is None:
        return _unknown(cmd.session)
    if found.status != "booked":
        return Refused("not_booked", "Only a session that is still to come can be moved. Book a new one.")
    if found.start == cmd.start:
        return ()
    if cmd.start < ctx.at - timedelta(hours=1):  # nobody answers for a time they were told of after it
        return Refused("in_the_past", "That time has passed. Move it to a time that is still to come.")
    return (ev.SessionMoved(cmd.session, cmd.start, cmd.asked_by),)


def cancel(case: Case, cmd: c.CancelSession, ctx: Context) -> Answer:
    found = case.sessions.get(cmd.session)
    if found is None:
        return _unknown(cmd.session)
    if found.status == "cancelled":
        return ()
    if found.status != "booked":
        return Refused("not_booked", "This session has taken place or been recorded; it cannot be cancelled.")
    return (ev.SessionCancelled(cmd.session, cmd.asked_by, cmd.reason),)


def called_off(case: Case, item: str, ctx: Context) -> tuple[ev.Event, ...]:
    """The sessions still to come of an item that is dropped: nobody reminds anybody of those, and the person hears so."""
    return tuple(
        ev.SessionCancelled(s.id, ctx.by.role, "item_dropped")
        for s in case.sessions.values()
        if s.item == item and s.status == "booked" and s.start > ctx.now
    )


def attendance(case: Case, cmd: c.RecordAttendance, ctx: Context) -> Answer:
    found = case.sessions.get(cmd.session)
    if found is None:
        return _unknown(cmd.session)
    if found.status == "cancelled":
        return Refused("cancelled", "This session was cancelled before it began.")
    if not begun(found, ctx.at):
        return Refused("not_yet", "The session has not begun. What happened can be recorded once it has.")
    if STATUS[cmd.outcome] == found.status:
        return ()
    if refused := _correction(found, cmd, ctx):
        return refused
    return _outcome(case, found, cmd, ctx)


def _correction(found: Session, cmd: c.RecordAttendance, ctx: Context) -> Refused | None:
    """What was recorded may be put right in the person's favour by anyone, against them only by the scheme's people."""
    if found.status == "booked" or cmd.outcome is not Attendance.UNACCEPTABLE:
        return None
    if ctx.by.role in {Role.NAVIGATOR, Role.SUPERVISOR} and found.status != "excused":
        return None
    return Refused(
        "already_recorded",
        f"This session is recorded as {found.status}. Only the navigator or supervisor can turn that into an absence"
        + (", by withdrawing the excuse." if found.status == "excused" else "."),
    )


def _outcome(case: Case, found: Session, cmd: c.RecordAttendance, ctx: Context) -> Answer:
    if cmd.outcome in CAME:
        return (ev.SessionAttended(found.id, cmd.outcome is Attendance.LATE),)
    if cmd.outcome is Attendance.NOT_HELD:
        return (ev.SessionNotHeld(found.id, cmd.reason or "service_cancelled"),)
    if cmd.outcome is Attendance.ACCEPTABLE:
        return _excused(case, found, cmd.reason, cmd.text, ctx)
    if in_hold(case, found):
        return (ev.SessionExcused(found.id, "on_hold"),)
    return (ev.SessionMissed(found.id),)


def _excused(case: Case, found: Session, reason: str, text: str | None, ctx: Context) -> Answer:
    if reason not in ctx.policy.excuses:
        known = ", ".join(ctx.policy.excuses)
        return Refused("reason_unknown", f"'{reason}' is not a reason this scheme knows. It knows: {known}.")
    if reason == "other" and text is None:
        return Refused("say_more", "The reason 'other' needs a few words.")
    struck = any(s.session == found.id for s in case.strikes)
    return (ev.SessionExcused(found.id, reason, struck, text),)


def excuse(case: Case, cmd: c.Excuse, ctx: Context) -> Answer:
    found = case.sessions.get(cmd.session)
    if found is None:
        return _unknown(cmd.session)
    if found.status == "excused":
        return ()
    if refused := only(ctx.by, ctx.policy.excuse_by, "Accepting a reason"):
        return refused
    if found.status not in {"booked", "missed"}:
        return Refused("not_missed", f"This session is recorded as {found.status}: there is nothing to excuse.")
    return _excused(case, found, cmd.reason, cmd.text, ctx)


def withdraw_excuse(case: Case, cmd: c.WithdrawExcuse, ctx: Context) -> Answer:
    found = case.sessions.get(cmd.session)
    if found is None:
        return _unknown(cmd.session)
    if refused := only(ctx.by, (Role.NAVIGATOR, Role.SUPERVISOR), "Withdrawing an excuse"):
        return refused
    if found.status != "excused" or found.reason == "on_hold":
        return Refused("not_excused", "There is no excuse to withdraw for this session.")
    return (ev.ExcuseWithdrawn(found.id, cmd.text),)


def rule(case: Case, cmd: c.RuleSession, ctx: Context) -> Answer:
    found = case.sessions.get(cmd.session)
    if found is None:
        return _unknown(cmd.session)
    if refused := only(ctx.by, (Role.NAVIGATOR, Role.SUPERVISOR), "The ruling on a missed session"):
        return refused
    if cmd.ruling not in {Ruling.BACK_ON_TRACK.value, Ruling.NOT_KNOWN.value}:
        return Refused("ruling_unknown", "Rule back_on_track or not_known; to excuse or strike use those commands.")
    if found.status != "missed" or found.ruling:
        return Refused("not_missed", "There is no absence waiting for a ruling on this session.")
    return (ev.SessionRuled(found.id, Ruling(cmd.ruling), cmd.text),)
