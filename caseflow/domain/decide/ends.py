"""Ends of the journey, and the way back from a wrong one."""

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.decide.context import STAFF, Answer, Context, only
from caseflow.domain.journey import after, reached
from caseflow.domain.reading import open_enforceable, rules_of
from caseflow.domain.words import OPEN_STATES, Origin, Refused, Role, State

AGREED_ENDS = frozenset({"no_further_action"})
"""Ends the provider and the OIC agree on; the supervisor may stand in for either."""


def complete(case: Case, cmd: c.Complete, ctx: Context) -> Answer:
    if case.state is State.COMPLETED:
        return ()
    if after(case.state, "complete") is None:
        return Refused("journey", f"A journey that is {case.state.value} cannot be completed.")
    if refused := only(ctx.by, STAFF, "Signing off a journey"):
        return refused
    if case.state is State.ASSESSED and not case.no_intervention:
        return Refused("no_plan", "There is no plan yet. Agree one, or record 'no intervention' in the assessment.")
    left = [case.items[one].intervention.replace("_", " ") for one in open_enforceable(case)]
    if left:
        return Refused("items_open", f"Still to do: {', '.join(left)}. Note them done, or drop them with a reason.")
    if case.breach is not None:
        return Refused("breach_open", "A breach is being decided. Decide it first.")
    return (ev.Completed(cmd.text),)


def withdraw(case: Case, cmd: c.Withdraw, ctx: Context) -> Answer:
    if case.state is State.WITHDRAWN:
        return ()
    if ctx.asked.origin is Origin.CHANNEL or ctx.by.role is Role.SYSTEM:
        return Refused("needs_a_conversation", "STOP is not withdrawing: withdrawing needs a conversation.")
    if after(case.state, "withdraw") is None:
        return Refused("journey", f"A journey that is {case.state.value} cannot be withdrawn from.")
    return (ev.Withdrawn(cmd.text),)


def end(case: Case, cmd: c.End, ctx: Context) -> Answer:
    if case.state is State.ENDED:
        return ()
    if after(case.state, "end") is None:
        return Refused("journey", f"A journey that is {case.state.value} cannot be ended.")
    if refused := only(ctx.by, STAFF, "Ending a journey"):
        return refused
    if cmd.reason not in ctx.policy.end_reasons:
        return Refused("reason_unknown", f"Say why: {', '.join(ctx.policy.end_reasons)}.")
    if cmd.reason == "not_engaged" and rules_of(case, ctx.policy).strikes:
        return Refused(
            "has_strikes", "Where a plan can be enforced, not engaging is a matter of strikes and a decision."
        )
    if cmd.reason in {"not_reached", "not_started"} and case.plan_at is not None:
        return Refused("plan_agreed", "The person has agreed a plan: they were reached and have started.")
    if cmd.reason in AGREED_ENDS and ctx.by.role is not Role.SUPERVISOR:
        agreed = {ctx.by.role, cmd.agreed_with}
        if not agreed & set(ctx.policy.end_agreed_by) or cmd.agreed_with is None:
            names = " and ".join(r.value for r in ctx.policy.end_agreed_by)
            return Refused("not_agreed", f"This end is agreed by {names}. Say with whom it was agreed.")
    if case.breach is not None and cmd.reason not in {"died", "charge_dropped", "transferred"}:
        return Refused("breach_open", "A breach is being decided. End it there, without fault.")
    return (ev.Ended(cmd.reason, None, cmd.text),)


def died(case: Case, cmd: c.NoteDeath, ctx: Context) -> Answer:
    if case.dead:
        return ()
    ended: tuple[ev.Event, ...] = (ev.Ended("died"),) if case.state in OPEN_STATES else ()
    return (ev.Died(), *ended)


def reopen(case: Case, cmd: c.Reopen, ctx: Context) -> Answer:
    if case.state in OPEN_STATES:
        return ()
    if refused := only(ctx.by, (Role.SUPERVISOR,), "Reopening a journey"):
        return refused
    if not cmd.reason.strip():
        return Refused("say_why", "Reopening needs a reason.")
    to = reached(case)
    if after(case.state, f"reopen_{to.value}") is None:
        return Refused("journey", f"A journey that is {case.state.value} cannot be reopened as {to.value}.")
    return (ev.Reopened(cmd.reason, to.value),)
