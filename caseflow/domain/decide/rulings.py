"""Strikes and breach. Every path to `breached` leads through `decide_breach`, by a named person (DOMAIN, rules 1 to 5)."""

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.case import BreachFile, Case
from caseflow.domain.decide.context import STAFF, Answer, Context, only
from caseflow.domain.reading import deliverers, rules_of
from caseflow.domain.strikes import active, may_confirm, reached_since
from caseflow.domain.words import Opinion, Refused, Role, State, in_words


def opened(case: Case, cause: str, text: str | None, ctx: Context) -> ev.BreachOpened:
    cal = ctx.policy.calendar
    by_day = cal.add_working_days(cal.local(ctx.now).date(), ctx.policy.side_working_days)
    return ev.BreachOpened(cause, by_day, text)


def confirm_strike(case: Case, cmd: c.ConfirmStrike, ctx: Context) -> Answer:
    session = case.sessions.get(cmd.session)
    if session is None:
        return Refused("session_unknown", f"There is no session {cmd.session} in this case.")
    proof = may_confirm(case, session, ctx.policy, ctx.now, ctx.by)
    if isinstance(proof, Refused):
        return proof
    number = len(active(case, ctx.policy, ctx.now)) + 1
    struck = ev.StrikeConfirmed(session.id, number, ctx.by, proof.kind, proof.seq, cmd.text)
    if number < ctx.policy.strikes.breach_opens_at:
        return (struck,)
    return struck, opened(case, "strike_2", cmd.text, ctx)


def waive_strike(case: Case, cmd: c.WaiveStrike, ctx: Context) -> Answer:
    if not any(s.session == cmd.session for s in case.strikes):
        return Refused("no_strike", "There is no strike on this session.")
    if refused := only(ctx.by, ctx.policy.strikes.waived_by, "Waiving a strike"):
        return refused
    if not cmd.reason.strip():
        return Refused("say_why", "Waiving needs a reason.")
    return (ev.StrikeWaived(cmd.session, ctx.by, cmd.reason, cmd.text),)


def dispute_strike(case: Case, cmd: c.DisputeStrike, ctx: Context) -> Answer:
    found = next((s for s in case.strikes if s.session == cmd.session), None)
    if found is None:
        return Refused("no_strike", "There is no strike on this session.")
    if found.upheld:
        return Refused(
            "upheld", "This strike was looked at again already, and stands. What they say now belongs to their side."
        )
    return () if found.disputed else (ev.StrikeDisputed(cmd.session, cmd.text),)


def uphold_strike(case: Case, cmd: c.UpholdStrike, ctx: Context) -> Answer:
    """A second pair of eyes: never those of whoever confirmed it."""
    found = next((s for s in case.strikes if s.session == cmd.session), None)
    if found is None:
        return Refused("no_strike", "There is no strike on this session.")
    if refused := only(ctx.by, LOOKS_AGAIN, "Looking at a strike again"):
        return refused
    if ctx.by.person == found.by.person:
        return Refused("same_person", "You confirmed this strike yourself. Somebody else looks at it again.")
    if not (cmd.text or "").strip():
        return Refused("say_why", "Say why it stands: the person is to hear it.")
    return () if found.upheld else (ev.StrikeUpheld(cmd.session, ctx.by, cmd.text),)


def open_breach(case: Case, cmd: c.OpenBreach, ctx: Context) -> Answer:
    if case.breach is not None:
        return ()
    if case.state is not State.ENGAGED or not rules_of(case, ctx.policy).strikes:
        return Refused("nothing_to_breach", "Only an agreed plan with enforceable items can be breached.")
    if refused := only(ctx.by, STAFF, "Alleging a breach"):
        return refused
    if cmd.cause == "no_contact":
        letter = any(p.kind == "delivered" and p.channel == "letter" for p in case.evidence)
        if not letter:
            return Refused(
                "no_letter", "Lost contact goes to a panel only after a letter to an address they confirmed."
            )
    elif cmd.cause != "new_matter":
        return Refused("cause_unknown", "Say what it is about: new_matter or no_contact.")
    return (opened(case, cmd.cause, cmd.text, ctx),)


def _file(case: Case) -> BreachFile | Refused:
    return case.breach or Refused("no_breach", "No breach is being decided in this case.")


LOOKS_AGAIN = frozenset({Role.SUPERVISOR, Role.MANAGER})
"""Who looks at a disputed strike again."""
HEARS = frozenset({Role.NAVIGATOR, Role.SUPERVISOR, Role.MANAGER, Role.COORDINATOR})
"""Who may write down what the participant or the provider said: the scheme's own people, never the officers' side."""


def ask_side(case: Case, cmd: c.AskSide, ctx: Context) -> Answer:
    """Asked in person or by phone. The day can be a later one than the policy gives; never a sooner one."""
    file = _file(case)
    if isinstance(file, Refused):
        return file
    if refused := only(ctx.by, HEARS, "Asking the person for their side"):
        return refused
    return (ev.SideAsked(max(cmd.by_day, file.side_by, ctx.policy.calendar.local(ctx.now).date())),)


def record_side(case: Case, cmd: c.RecordSide, ctx: Context) -> Answer:
    file = _file(case)
    if isinstance(file, Refused):
        return file
    if refused := only(ctx.by, HEARS | {Role.PARTICIPANT}, "The person's side"):
        return refused
    if not cmd.declined and not (cmd.text or "").strip():
        return Refused("say_what", "Write what the person said, or that they would rather not say.")
    return (ev.SideRecorded(cmd.declined, cmd.text),)


def record_view(case: Case, cmd: c.RecordView, ctx: Context) -> Answer:
    file = _file(case)
    if isinstance(file, Refused):
        return file
    stand_ins = {Role.SERGEANT, Role.SUPERVISOR, Role.TEAM}
    role = cmd.for_role if cmd.for_role is not None and ctx.by.role in stand_ins else ctx.by.role
    if role not in {Role.NAVIGATOR, Role.OIC}:
        return Refused("not_yours", "A view is given by the navigator and by the OIC; the provider is heard.")
    if role in file.views:
        same = file.views[role].opinion is cmd.opinion
        return () if same else Refused("view_given", "This view is written already, and stays as it was written.")
    if any(v.by.person == ctx.by.person for v in file.views.values()):
        return Refused("same_person", "The two views must come from two people.")
    return (ev.ViewRecorded(role, ctx.by, cmd.opinion, cmd.text),)


def hear_provider(case: Case, cmd: c.HearProvider, ctx: Context) -> Answer:
    file = _file(case)
    if isinstance(file, Refused):
        return file
    if refused := only(ctx.by, HEARS | {Role.PROVIDER}, "What the provider says"):
        return refused
    return () if file.provider_heard else (ev.ProviderHeard(cmd.text),)


def decide_breach(case: Case, cmd: c.DecideBreach, ctx: Context) -> Answer:
    """Breached, carry on, or end without fault: by a named person, with reasons, after everyone was heard."""
    file = _file(case)
    if isinstance(file, Refused):
        return file
    refused = _heard(case, file, cmd, ctx) or _who(file, cmd, ctx)
    if refused is not None:
        return refused
    if not cmd.reasons.strip():
        return Refused("say_why", "A decision needs its reasons.")
    if cmd.outcome is Opinion.BREACHED and _ground_gone(case, file, ctx):
        return Refused(
            "strikes_removed", "A strike this stands on was removed since. Carry on, or end it without fault."
        )
    if cmd.outcome is Opinion.BREACHED and any(s.disputed for s in case.strikes):
        return Refused(
            "strike_disputed",
            "A strike is disputed, and nobody has looked at it again yet. A supervisor does so first.",
        )
    reached = _reached(case, cmd, ctx)
    if isinstance(reached, Refused):
        return reached
    views = {role: view.opinion for role, view in file.views.items()}
    decision = ev.Decision(ctx.by, cmd.outcome, cmd.reasons, views, file.side == "given", reached, cmd.text)
    match cmd.outcome:
        case Opinion.BREACHED:
            return (ev.Breached(decision),)
        case Opinion.CARRY_ON:
            return (ev.CarriedOn(decision),)
        case Opinion.END:
            return (ev.Ended("no_further_action", decision),)


def _ground_gone(case: Case, file: BreachFile, ctx: Context) -> bool:
    """Was it strikes that opened this, and have some been waived or excused since?"""
    still = len(active(case, ctx.policy, file.opened))
    return file.cause == "strike_2" and still < ctx.policy.strikes.breach_opens_at


def _heard(case: Case, file: BreachFile, cmd: c.DecideBreach, ctx: Context) -> Refused | None:
    """Whoever is to be breached is heard first, and not while they are on hold. What is not against them need not wait."""
    if cmd.outcome is not Opinion.BREACHED:
        return None
    today = ctx.policy.calendar.local(ctx.now).date()
    if "case" in case.holds:
        return Refused(
            "on_hold", "This is on hold. Nobody is breached while a hold is on: wait for its end, or release it."
        )
    if case.unread:
        return Refused("unread_answer", "The person has written and nobody has read it yet. Read the answer first.")
    if file.side is None and not file.side_asked:
        return Refused("side_not_asked", "The person has not been asked for their side yet.")
    if file.side is None and today <= file.side_by:
        return Refused("side_not_heard", f"The person has until {in_words(file.side_by)} to give their side.")
    if deliverers(case) and not file.provider_heard:
        return Refused("provider_not_heard", "The provider has not been heard yet.")
    return None


def _who(file: BreachFile, cmd: c.DecideBreach, ctx: Context) -> Refused | None:
    """Shared by the navigator and the OIC; where they differ, or a view is still missing after its day, the tie decides."""
    allowed = ctx.policy.breach_decided_by
    tie = ctx.policy.breach_tie
    if ctx.by.role not in {*allowed, tie}:
        return only(ctx.by, (*allowed, tie), "Deciding a breach")
    missing = [r for r in (Role.NAVIGATOR, Role.OIC) if r not in file.views]
    opinions = {v.opinion for v in file.views.values()}
    if not missing and opinions == {cmd.outcome}:
        return None
    if not missing and len(opinions) == 1:
        return Refused("views_agree", "The navigator and the OIC both say otherwise. That is the decision.")
    if ctx.by.role is not tie:
        if not missing:
            return Refused("views_differ", f"The views differ from each other or from this: the {tie.value} decides.")
        names = " and ".join(r.value for r in missing)
        return Refused("view_missing", f"The view of the {names} is missing: then the {tie.value} decides.")
    if missing and ctx.policy.calendar.local(ctx.now).date() <= file.side_by:
        names = " and ".join(r.value for r in missing)
        return Refused("view_awaited", f"The view of the {names} is not in yet, and its time is not over.")
    if any(view.by.person == ctx.by.person for view in file.views.values()):
        return Refused("same_person", "Who wrote one of the views cannot break the tie: somebody else decides.")
    return None


def _reached(case: Case, cmd: c.DecideBreach, ctx: Context) -> str | Refused:
    if cmd.outcome is not Opinion.BREACHED:
        return "not needed"
    since = case.strikes[0].at if case.strikes else (case.plan_at or case.referred_at)
    proof = reached_since(case, since)
    if proof is not None:
        return f"{proof.kind}:{proof.seq}"
    if ctx.by.role is ctx.policy.breach_tie and cmd.tried.strip():
        return f"tried: {cmd.tried.strip()}"
    return Refused(
        "not_reached",
        "Nobody has spoken with the person, and they have not answered, since the first strike. "
        "Then nobody is breached, unless the supervisor writes what was tried.",
    )
