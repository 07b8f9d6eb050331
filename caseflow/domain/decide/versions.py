"""Moving a case from one published version of its policy to another: what it may not lose, and what becomes of its clocks.

Both versions are asked the same question: when would the next rung come? Where they agree nothing is touched, so a day
that a person brought forward stays. Where they differ, the new version's answer counts, never earlier than now.
"""

from datetime import datetime

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.case import Case, Expectation
from caseflow.domain.decide.context import Answer, Context, only
from caseflow.domain.expect import Moment, anchor, following
from caseflow.domain.policy import DisposalRules, Ladder, Policy
from caseflow.domain.reading import rules_of, safe_hours
from caseflow.domain.words import Refused, Role

MOVERS = (Role.SUPERVISOR, Role.MANAGER)
WEIGHT = {"record_only": 0, "oic_reconsiders": 1, "becomes_a_fine": 2, "prosecution_revives": 3, "may_be_prosecuted": 3}
"""How much a breach may lead to, for comparing two versions of one disposal."""


def move(case: Case, cmd: c.MovePolicy, ctx: Context) -> Answer:
    onto = ctx.onto
    if cmd.to == case.policy_version:
        return ()
    if refused := only(ctx.by, MOVERS, "Moving a case to another version of the policy"):
        return refused
    if not cmd.text:
        return Refused("say_why", "Moving a case to another version of the policy needs a reason.")
    if onto is None or (onto.scheme, onto.version) != (case.scheme, cmd.to):
        return Refused("unknown_policy", f"There is no version {cmd.to} of this scheme's policy.")
    if refused := _not_held(case, ctx.policy, onto):
        return refused
    plans = []
    for found in case.expectations.values():
        if found.status not in {"open", "held"}:
            continue
        if found.ladder not in onto.ladders or not onto.runs(case.disposal, found.ladder):
            return Refused(
                "ladder_gone", f"Version {cmd.to} has no “{found.ladder}”, and {found.id} waits in this case."
            )
        if found.next is None:
            continue
        index = _place(found, onto.ladder(found.ladder))
        if index is None:
            return Refused(
                "rung_gone", f"Version {cmd.to} has no step left for {found.id}: nobody would come after it."
            )
        if (carried := _carried(case, found, index, ctx, onto)) is not None:
            plans.append(carried)
    return (ev.PolicyMoved(case.policy_version, cmd.to, tuple(plans), cmd.text),)


def _not_held(case: Case, policy: Policy, onto: Policy) -> Refused | None:
    """What stands against the version as a whole."""
    if case.breach is not None:
        return Refused("breach_open", "A breach is being decided: it is decided under the rules it was opened under.")
    rules = onto.disposals.get(case.disposal)
    if rules is None:
        return Refused("disposal_gone", f"Version {onto.version} has no {case.disposal.replace('_', ' ')}.")
    if case.plan_at is not None and _harsher(rules_of(case, policy), policy, rules, onto):
        return Refused(
            "harsher", f"Version {onto.version} may lead to more than what the person agreed to and read back."
        )
    return None


def _harsher(before: DisposalRules, policy: Policy, after: DisposalRules, onto: Policy) -> bool:
    more = WEIGHT[after.breach_leads_to] > WEIGHT[before.breach_leads_to]
    sooner = after.strikes and onto.strikes.breach_opens_at < policy.strikes.breach_opens_at
    return more or sooner or (after.enforceable, after.strikes) > (before.enforceable, before.strikes)


def _place(found: Expectation, ladder: Ladder) -> int | None:
    """Where the ladder goes on: at the same rung, or after the last one that is behind them; None: nothing is left."""
    if found.next in ladder.by_rung:
        return ladder.by_rung[found.next]
    behind = [ladder.by_rung[rung] for rung in found.fired if rung in ladder.by_rung]
    index = max(behind, default=-1) + 1
    return index if index < len(ladder.rungs) else None


def _carried(case: Case, found: Expectation, index: int, ctx: Context, onto: Policy) -> ev.CarriedOver | None:
    """The expectation under the new version; None where nothing about it changes."""
    old, new = ctx.policy.ladder(found.ladder), onto.ladder(found.ladder)
    due = found.due if old.due == new.due else _due(found, new, onto)
    forgets = found.prev_rung is not None and found.prev_rung not in new.by_rung
    assert found.next is not None
    assert found.next_due is not None
    before = _times(case, found, old.by_rung[found.next], ctx.policy, found.due, found.opened)
    after = _times(case, found, index, onto, due, found.opened)
    if before == after:
        at = found.next_due
    elif found.status == "held":
        at = after[1]
    else:
        at = _times(case, found, index, onto, due, ctx.now)[1]
    carried = ev.CarriedOver(found.id, after[0], at, due, forgets)
    same = ev.CarriedOver(found.id, found.next, found.next_due, found.due)
    return None if carried == same else carried


def _due(found: Expectation, ladder: Ladder, policy: Policy) -> datetime | None:
    if ladder.due is None:
        return None
    return ladder.due.apply(policy.calendar, anchor(Moment(found.opened, found.start, None), ladder.due))


def _times(
    case: Case, found: Expectation, index: int, policy: Policy, due: datetime | None, not_before: datetime
) -> tuple[str, datetime]:
    """The rung and when it comes under this version."""
    ladder = policy.ladder(found.ladder)
    previous = None
    if found.prev_rung in ladder.by_rung and found.prev_at is not None:
        previous = ladder.rung(found.prev_rung), found.prev_at
    moment = Moment(found.opened, found.start, due)
    rung, at = following(policy, ladder, index, moment, safe_hours(case), not_before=not_before, previous=previous)
    assert rung is not None
    assert at is not None
    return rung, at
