"""`decide`: a command, the case as it is, the policy and the time → facts, or a refusal in plain words. Pure.

Zero facts is an answer too: the thing is known already. One table from command to rule; `tests/house` checks that every
command has its line.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.decide import clock, door, ends, facts, rulings, sessions, versions
from caseflow.domain.decide.context import Answer, Context
from caseflow.domain.policy import Policy
from caseflow.domain.words import Origin, Refused, Role

__all__ = ["RULES", "decide"]

Rule = Callable[[Case, Any, Context], Answer]

RULES: dict[type, Rule] = {
    c.Accept: door.accept,
    c.Decline: door.decline,
    c.Assess: door.assess,
    c.AgreePlan: door.agree_plan,
    c.AgreeContact: door.agree_contact,
    c.NoteAddress: door.note_address,
    c.Transfer: door.transfer,
    c.ChangeOfficer: door.change_officer,
    c.SetLastSafe: door.set_last_safe,
    c.BookSession: sessions.book,
    c.MoveSession: sessions.move,
    c.CancelSession: sessions.cancel,
    c.RecordAttendance: sessions.attendance,
    c.Excuse: sessions.excuse,
    c.WithdrawExcuse: sessions.withdraw_excuse,
    c.RuleSession: sessions.rule,
    c.RecordContact: facts.contact,
    c.NoteAnswer: facts.answer,
    c.ReadAnswer: facts.read_answer,
    c.NoteDelivery: facts.delivery,
    c.ConfirmStrike: rulings.confirm_strike,
    c.WaiveStrike: rulings.waive_strike,
    c.DisputeStrike: rulings.dispute_strike,
    c.UpholdStrike: rulings.uphold_strike,
    c.OpenBreach: rulings.open_breach,
    c.AskSide: rulings.ask_side,
    c.RecordSide: rulings.record_side,
    c.RecordView: rulings.record_view,
    c.HearProvider: rulings.hear_provider,
    c.DecideBreach: rulings.decide_breach,
    c.Hold: clock.hold_on,
    c.Release: clock.release,
    c.BringForward: clock.bring_forward,
    c.SkipRung: clock.skip,
    c.NoteAway: clock.away,
    c.FireTimer: clock.fire,
    c.Complete: ends.complete,
    c.Withdraw: ends.withdraw,
    c.End: ends.end,
    c.Reopen: ends.reopen,
    c.MovePolicy: versions.move,
    c.NoteDeath: ends.died,
    c.ReferOn: facts.refer_on,
    c.NoteProviderAnswer: facts.provider_answer,
    c.NoteEngagement: facts.engagement,
    c.NoteItemDone: facts.item_done,
    c.DropItem: facts.drop_item,
    c.NoteUnmetNeed: facts.unmet,
    c.NoteNewMatter: facts.new_matter,
    c.TellVictim: facts.tell_victim,
    c.NoteSurvey: facts.survey,
    c.ExplainExpectations: lambda case, cmd, ctx: (ev.ExpectationsExplained(cmd.read_back),),
    c.NoteSignpost: lambda case, cmd, ctx: (ev.Signposted(cmd.where),),
    c.NoteSafeguarding: lambda case, cmd, ctx: (ev.SafeguardingNoted(cmd.text),),
    c.FinishTask: lambda case, cmd, ctx: (ev.TaskFinished(cmd.task, cmd.text),),
}

AFTER_THE_END = frozenset({
    c.NoteDelivery, c.NoteAnswer, c.ReadAnswer, c.RecordContact, c.NoteAddress, c.Reopen, c.NoteSafeguarding,
    c.NoteDeath, c.ChangeOfficer, c.TellVictim, c.FinishTask, c.NoteSurvey, c.Excuse, c.FireTimer, c.Complete,
    c.Withdraw, c.End, c.Decline, c.RecordAttendance, c.NoteEngagement, c.NoteItemDone, c.Transfer,
})  # fmt: skip
"""Commands that have an answer of their own on a journey that is over."""

RULINGS = frozenset({
    c.Accept, c.Decline, c.Assess, c.AgreePlan, c.Excuse, c.WithdrawExcuse, c.RuleSession, c.ConfirmStrike,
    c.WaiveStrike, c.UpholdStrike, c.OpenBreach, c.RecordView, c.DecideBreach, c.Complete, c.Withdraw, c.End, c.Reopen, c.Hold,
    c.Release, c.BringForward, c.SkipRung, c.DropItem, c.AskSide, c.RecordSide, c.HearProvider, c.RecordAttendance,
    c.RecordContact, c.NoteNewMatter, c.MovePolicy, c.SetLastSafe,
})  # fmt: skip
"""What only a person may do: never a clock, never a channel (DPA 2018 ss.50A-50D)."""


def decide(case: Case | None, asked: c.Asked, policy: Policy, now: datetime, onto: Policy | None = None) -> Answer:
    """The facts this command makes of this case, or why not. `onto` is the version it is to be moved to."""
    command = asked.command
    ctx = Context(asked, policy, now, onto)
    if isinstance(command, c.Refer):
        return door.refer(command, ctx) if case is None else ()
    if case is None:
        return Refused("case_unknown", "There is no such case. Check the reference, or refer the person first.")
    rule = RULES.get(type(command))
    if rule is None:
        return Refused("not_for_a_case", f"{type(command).__name__} is not a command for a case.")
    if refused := _general(case, asked, now):
        return refused
    return rule(case, command, ctx)


def _general(case: Case, asked: c.Asked, now: datetime) -> Refused | None:
    kind = type(asked.command)
    if kind in RULINGS and (asked.by.role is Role.SYSTEM or asked.origin in {Origin.TIMER, Origin.CHANNEL}):
        if kind is c.Withdraw:
            return Refused("needs_a_conversation", "STOP is not withdrawing: withdrawing needs a conversation.")
        return Refused("not_a_person", "This needs a named person. A clock or a channel never rules.")
    if asked.at is not None and asked.at > now + timedelta(minutes=5):
        return Refused("in_the_future", "That is said to have happened in the future.")
    if not case.open and kind not in AFTER_THE_END:
        return Refused("journey_over", f"This journey is over ({case.state.value}). A supervisor can reopen it.")
    return None
