"""The clock's side: firing a rung, and people's discretion over it (hold, release, bring forward, skip)."""

from datetime import date, datetime, time

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.case import Case, Expectation, HoldOn
from caseflow.domain.climb import Climber, climb, shift
from caseflow.domain.conditions import Asking, hold
from caseflow.domain.decide.context import STAFF, Answer, Context, only
from caseflow.domain.expect import settle, silenced
from caseflow.domain.offers import NEVER_HELD, UNMOVED
from caseflow.domain.policy import MESSAGES, Policy, Rung
from caseflow.domain.reading import safe_hours, usable_channels
from caseflow.domain.words import Actor, Channel, Refused, Role, RungEnd, in_words


class CaseClimber(Climber):
    """A case on one of its ladders: what the ladder may ask of it."""

    def __init__(self, case: Case, expectation: Expectation, policy: Policy, now: datetime) -> None:
        super().__init__(expectation, policy, now, safe_hours(case), case.last_chase_at)
        self.case = case

    def fails(self, names: tuple[str, ...]) -> str:
        if not names:
            return ""
        return hold(names, Asking(self.case, self.expectation, self.expectation.subject, self.policy, self.now))

    def speaks(self, rung: Rung) -> bool:
        for act in rung.acts:
            if (
                act.to is Role.PARTICIPANT
                and act.message
                and act.do in MESSAGES
                and not self.fails(act.only_if)
                and self.open_channels(act.channels, rung)
            ):
                return True
        return False

    def open_channels(self, wanted: tuple[Channel, ...], rung: Rung) -> tuple[Channel, ...]:
        """The usable channels of these; where the person's hours leave no moment at all, the post alone."""
        usable = usable_channels(self.case, wanted)
        if usable and silenced(self.policy, rung, self.now, self.safe):
            return tuple(channel for channel in usable if channel is Channel.LETTER)
        return usable

    def paused(self) -> str:
        ladder = self.policy.ladder(self.expectation.ladder)
        return "a breach is being decided" if ladder.pauses_in_breach and self.case.breach is not None else ""

    def unanswered(self) -> bool:
        return bool(self.case.unread)


def fire(case: Case, cmd: c.FireTimer, ctx: Context) -> Answer:
    """One rung, now: fired, skipped, lapsed or blocked. A stale alarm (closed, moved on, another cycle) is nothing."""
    found = case.expectations.get(cmd.expectation)
    if found is None or found.status != "open" or found.cycle != cmd.cycle or found.next != cmd.rung:
        return ()
    if found.next_due is None or found.next_due > ctx.now:
        return ()
    fired = climb(CaseClimber(case, found, ctx.policy, ctx.now))
    return (fired, *_also(case, found, fired, ctx))


def _also(case: Case, found: Expectation, fired: ev.RungFired, ctx: Context) -> tuple[ev.Event, ...]:
    """What a fired rung does to the case itself: end a hold, let an undecided breach lapse. Never more than that."""
    if fired.end is not RungEnd.FIRED:
        return ()
    rung = ctx.policy.ladder(found.ladder).rung(fired.rung)
    acts = {act.do for number, act in enumerate(rung.acts) if number not in (fired.left_out or ())}
    done: tuple[ev.Event, ...] = ()
    if "lapse" in acts and case.breach is not None:
        done = (ev.BreachLapsed(),)
    if "end_hold" in acts and found.subject in case.holds:
        done = (*done, _ended(case, found.subject, None, ctx))
    return done


# ── holds ───────────────────────────────────────────────────────────────────────────────────────
def hold_on(case: Case, cmd: c.Hold, ctx: Context) -> Answer:
    name = cmd.expectation or "case"
    cal = ctx.policy.calendar
    today = cal.local(ctx.now).date()
    if refused := only(ctx.by, ctx.policy.hold_by, "Holding"):
        return refused
    if not cmd.reason.strip():
        return Refused("say_why", "A hold needs a reason.")
    if cmd.until <= today:
        return Refused("in_the_past", "A hold needs a day that is still to come.")
    latest = cal.add_working_days(today, ctx.policy.hold_max_working_days)
    if cmd.until > latest:
        return Refused("too_long", f"A hold ends by {in_words(latest)} at the latest; it can be renewed then.")
    if name in case.holds:
        return Refused("on_hold", "This is on hold already. Release it first, or hold something else.")
    covers = _covered(case, cmd.expectation)
    if cmd.expectation is not None and not covers:
        return Refused("nothing_to_hold", f"Nothing called {cmd.expectation} is waiting in this case.")
    ends = cal.instant(datetime.combine(cal.add_working_days(cmd.until, 1), time(9, 0)))
    return (ev.Held(name, cmd.until, ends, cmd.reason, ctx.by, covers),)


def _covered(case: Case, expectation: str | None) -> tuple[str, ...]:
    return tuple(
        e.id
        for e in case.expectations.values()
        if e.status in {"open", "held"} and e.next is not None and e.ladder not in NEVER_HELD
        if expectation in {None, e.id}
    )


def _ended(case: Case, name: str, by: Actor | None, ctx: Context) -> ev.HoldEnded:
    on = case.holds[name]
    still = {i for other, h in case.holds.items() if other != name for i in h.covers}
    planned = []
    for covered in on.covers:
        found = case.expectations.get(covered)
        if found is None or found.status != "held" or found.next is None or found.next_due is None or covered in still:
            continue
        rung = ctx.policy.ladder(found.ladder).rung(found.next)
        due = shift(ctx.policy.calendar, found.next_due, on.since, ctx.now)
        planned.append(ev.Replanned(found.id, rung.id, settle(ctx.policy, rung, due, safe_hours(case))))
    return ev.HoldEnded(name, by, tuple(planned), _side_by(case, on, ctx))


def _side_by(case: Case, on: HoldOn, ctx: Context) -> date | None:
    """The day until which the person may give their side, moved along with the hold; None where none is asked for."""
    if case.breach is None or on.hold != "case":
        return None
    cal = ctx.policy.calendar
    since = max(on.since, case.breach.opened)
    held = cal.working_days_between(cal.local(since).date(), cal.local(ctx.now).date())
    return cal.add_working_days(case.breach.side_by, held)


def release(case: Case, cmd: c.Release, ctx: Context) -> Answer:
    name = cmd.expectation or "case"
    if name not in case.holds:
        return Refused("not_on_hold", "This is not on hold.")
    if refused := only(ctx.by, (*ctx.policy.hold_by, Role.SUPERVISOR), "Releasing a hold"):
        return refused
    return (_ended(case, name, ctx.by, ctx),)


def away(case: Case, cmd: c.NoteAway, ctx: Context) -> Answer:
    """Custody or hospital: a fact, and a hold on everything until the day given."""
    if cmd.where not in {"custody", "hospital"}:
        return Refused("where_unknown", "Say where: custody or hospital.")
    gone = ev.WentAway(cmd.where, cmd.until)
    if "case" in case.holds:
        return (gone,)
    cal = ctx.policy.calendar
    latest = cal.add_working_days(cal.local(ctx.now).date(), ctx.policy.hold_max_working_days)
    held = hold_on(case, c.Hold(min(cmd.until, latest), cmd.where), ctx)
    return held if isinstance(held, Refused) else (gone, *held)


# ── bring forward, skip ─────────────────────────────────────────────────────────────────────────
def _waiting(case: Case, name: str, reason: str, ctx: Context) -> Expectation | Refused:
    if refused := only(ctx.by, STAFF, "Overruling the clock"):
        return refused
    found = case.expectations.get(name)
    if found is None or found.status != "open" or found.next is None:
        waiting = ", ".join(sorted(e.id for e in case.expectations.values() if e.status == "open" and e.next))
        return Refused("nothing_waits", f"Nothing called {name} is waiting. What waits: {waiting or 'nothing'}.")
    acts = {act.do for act in ctx.policy.ladder(found.ladder).rung(found.next).acts}
    if acts & UNMOVED:
        return Refused("not_this_one", "Release the hold, or decide the breach, instead of moving its last day.")
    if not reason.strip():
        return Refused("say_why", "Overruling the clock needs a reason.")
    return found


def bring_forward(case: Case, cmd: c.BringForward, ctx: Context) -> Answer:
    found = _waiting(case, cmd.expectation, cmd.reason, ctx)
    if isinstance(found, Refused):
        return found
    assert found.next is not None
    rung = ctx.policy.ladder(found.ladder).rung(found.next)
    due = settle(ctx.policy, rung, ctx.now, safe_hours(case))
    return (ev.BroughtForward(ev.Replanned(found.id, rung.id, max(due, ctx.now)), cmd.reason),)


def skip(case: Case, cmd: c.SkipRung, ctx: Context) -> Answer:
    found = _waiting(case, cmd.expectation, cmd.reason, ctx)
    if isinstance(found, Refused):
        return found
    return (climb(CaseClimber(case, found, ctx.policy, ctx.now), skipped_by=ctx.by, why=cmd.reason),)
