"""The front door, the assessment, the plan and how to keep in touch."""

from collections.abc import Iterable
from datetime import date, timedelta
from math import ceil

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.decide.context import STAFF, Answer, Context, only
from caseflow.domain.decide.sessions import called_off
from caseflow.domain.eligibility import needed, plain_source, refusal
from caseflow.domain.journey import after
from caseflow.domain.last_safe import clock_of, outlived
from caseflow.domain.policy import DisposalPack
from caseflow.domain.reading import rules_of
from caseflow.domain.words import (
    WELFARE_NEEDS,
    AddressStatus,
    Channel,
    ItemKind,
    Refused,
    Role,
    State,
    a,
    in_words,
)

CLOSED = frozenset({AddressStatus.BLOCKED, AddressStatus.SEIZED})


def refer(cmd: c.Refer, ctx: Context) -> Answer:
    refused = refusal(cmd, ctx.policy, ctx.now)
    if refused is not None:
        return refused
    clock = clock_of(cmd)
    return (
        ev.Referred(
            ref=cmd.ref,
            disposal=cmd.disposal,
            policy_version=cmd.policy_version,
            referred_at=cmd.referred_at,
            offence_code=cmd.offence_code,
            offence_category=cmd.offence_category or cmd.offence_listed,
            offence_date=cmd.offence_date,
            last_safe=clock.day,
            last_safe_unknown=clock.doubt is not None,
            parties=cmd.parties,
            language=cmd.language if cmd.language in ctx.policy.languages else ctx.policy.languages[0],
            addresses=cmd.addresses,
            texts_only=cmd.texts_only,
            no_voicemail=cmd.no_voicemail,
            not_before=cmd.not_before,
            not_after=cmd.not_after,
            victim=cmd.victim,
            enhanced_rights=cmd.enhanced_rights,
            risk=cmd.risk,
            area=cmd.area,
            answers={
                "evidential_test": cmd.evidential_test,
                "admission": cmd.admission,
                "consent": cmd.consent,
            },
            offence_listed=cmd.offence_listed,
            last_safe_doubt=clock.doubt,
        ),
    )


def accept(case: Case, cmd: c.Accept, ctx: Context) -> Answer:
    if case.accepted_at is not None:
        return ()
    if refused := only(ctx.by, STAFF, "Accepting a referral"):
        return refused
    answers = case.answers | dict.fromkeys(cmd.confirmed, True)
    lacking = [one for one in needed(answers, rules_of(case, ctx.policy)) if one.stops == "acceptance"]
    if lacking:
        said = " ".join(one.words for one in lacking)
        return Refused("not_eligible", f"{said} Decline it, or accept it and confirm what you have seen since.")
    return (ev.Accepted(cmd.navigator, cmd.confirmed),)


def decline(case: Case, cmd: c.Decline, ctx: Context) -> Answer:
    if after(case.state, "decline") is None:
        return Refused("journey", f"A journey that is {case.state.value} cannot be declined; withdraw or end it.")
    if refused := only(ctx.by, STAFF, "Declining a referral"):
        return refused
    if cmd.reason not in {"not_eligible", "person_says_no", "other"}:
        return Refused("reason_unknown", "Say why: not_eligible, person_says_no or other.")
    return (ev.Declined(cmd.reason, cmd.text),)


def assess(case: Case, cmd: c.Assess, ctx: Context) -> Answer:
    if case.accepted_at is None:
        return Refused("not_accepted", "The referral has not been accepted yet. Accept or decline it first.")
    if after(case.state, "assess") is None:
        return Refused("journey", f"The needs of a journey that is {case.state.value} are not assessed again.")
    if refused := only(ctx.by, STAFF, "The assessment"):
        return refused
    return (ev.Assessed(cmd.needs, cmd.risk, cmd.no_intervention, cmd.text),)


def agree_plan(case: Case, cmd: c.AgreePlan, ctx: Context) -> Answer:
    if case.state not in {State.ASSESSED, State.ENGAGED}:
        return Refused("journey", "A plan is agreed after the assessment. Record the assessment first.")
    if refused := only(ctx.by, STAFF, "The plan"):
        return refused
    if not cmd.signed:
        return Refused("not_signed", "The plan is agreed when the person has signed it.")
    if not cmd.items:
        return Refused("no_items", "A plan with nothing in it: record 'no intervention' in the assessment instead.")
    return _proportion(case, cmd, ctx) or _length(case, cmd, ctx) or _agreed(case, cmd, ctx)


def _proportion(case: Case, cmd: c.AgreePlan, ctx: Context) -> Refused | None:
    rules = rules_of(case, ctx.policy)
    enforceable = [i for i in cmd.items if i.kind is ItemKind.ENFORCEABLE]
    if enforceable and not rules.enforceable:
        return Refused(
            "nothing_enforceable",
            f"Nothing can be enforced in {a(case.disposal.replace('_', ' '))}. Make every item voluntary.",
        )
    welfare = next((i for i in enforceable if i.need in WELFARE_NEEDS), None)
    if welfare is not None:
        return Refused(
            "welfare_need",
            f"{str(welfare.need).replace('_', ' ').capitalize()} is a welfare need. Offer it, as a voluntary item.",
        )
    hours = sum(i.hours for i in enforceable)
    if rules.max_hours is not None and hours > rules.max_hours:
        return Refused(
            "too_many_hours",
            f"{hours} hours are asked for; this disposal allows {rules.max_hours}{_by(rules.pack, 'hours')}.",
        )
    if len({i.id for i in cmd.items}) != len(cmd.items):
        return Refused("item_twice", "Two items carry the same id.")
    return None


def _length(case: Case, cmd: c.AgreePlan, ctx: Context) -> Refused | None:
    """What is asked ends in time, counted from the first plan. What is only offered may go on for as long as it helps."""
    rules = rules_of(case, ctx.policy)
    if cmd.ends_on is None or rules.max_weeks is None or all(i.kind is not ItemKind.ENFORCEABLE for i in cmd.items):
        return None
    began = ctx.policy.calendar.local(case.first_plan_at or ctx.now).date()
    weeks = ceil((cmd.ends_on - began).days / 7)
    if rules.longest_weeks is not None and weeks > rules.longest_weeks:
        return Refused(
            "too_long",
            f"The plan runs {weeks} weeks; this disposal allows {rules.longest_weeks} at the very most{_by(rules.pack, 'weeks')}.",
        )
    if weeks > rules.max_weeks and not cmd.why_longer.strip():
        return Refused(
            "say_why_longer",
            f"The plan runs {weeks} weeks; {rules.max_weeks} are usual{_by(rules.pack, 'weeks')}. Say why it runs longer.",
        )
    return None


def _by(pack: DisposalPack, figure: str) -> str:
    """Where the figure comes from, in brackets."""
    source = pack.sources.get(figure)
    return f" ({pack.spoken}: {plain_source(source)})" if source else ""


def _agreed(case: Case, cmd: c.AgreePlan, ctx: Context) -> Answer:
    outlives = _outlived(case.last_safe, cmd.ends_on or _usual_end(case, cmd.items, ctx), ctx)
    kept = {item.id for item in cmd.items} | case.items_done | case.items_dropped
    left_out = [item for item in case.items if item not in kept]
    return (
        *(ev.ItemDropped(item, "not in the new plan", all_enforceable_done=False) for item in left_out),
        *(off for item in left_out for off in called_off(case, item, ctx)),
        ev.PlanAgreed(cmd.items, cmd.read_back, cmd.ends_on, outlives, case.policy_version, cmd.why_longer.strip()),
    )


def _usual_end(case: Case, items: Iterable[c.Item], ctx: Context) -> date | None:
    """When a plan that names no end may be expected to be over: what is asked of the person takes the usual weeks."""
    weeks = rules_of(case, ctx.policy).max_weeks
    if weeks is None or all(item.kind is not ItemKind.ENFORCEABLE for item in items):
        return None
    return ctx.policy.calendar.local(case.first_plan_at or ctx.now).date() + timedelta(weeks=weeks)


def _outlived(last_safe: date | None, ends_on: date | None, ctx: Context) -> bool:
    return outlived(last_safe, ends_on, ctx.policy.calendar, ctx.policy.last_safe_margin_working_days)


def set_last_safe(case: Case, cmd: c.SetLastSafe, ctx: Context) -> Answer:
    """The OIC's answer, written down by whoever heard it; a later answer takes the place of an earlier one."""
    if refused := only(ctx.by, STAFF, "The last safe decision date"):
        return refused
    if (cmd.day is None) is not cmd.no_limit:
        return Refused(
            "day_or_none", "Say the day the OIC gave, or that no such limit runs (no_limit): one of the two."
        )
    if cmd.day is not None and cmd.day < case.offence_date:
        return Refused("before_the_offence", f"That is before the day of the offence, {in_words(case.offence_date)}.")
    if cmd.day is not None and cmd.day == case.last_safe:
        return ()
    ends_on = case.plan_ends or (_usual_end(case, case.items.values(), ctx) if case.plan_at else None)
    return (ev.LastSafeSet(cmd.day, _outlived(cmd.day, ends_on, ctx), cmd.text),)


def agree_contact(case: Case, cmd: c.AgreeContact, ctx: Context) -> Answer:
    known = case.contact
    language = cmd.language or known.language
    if language not in ctx.policy.languages:
        return Refused("language_unknown", f"This scheme writes in: {', '.join(ctx.policy.languages)}.")
    not_before, not_after = cmd.not_before, cmd.not_after
    if not cmd.any_hour:
        not_before, not_after = not_before or known.not_before, not_after or known.not_after
    if not_before is not None and not_after is not None and not_before >= not_after:
        return Refused("no_time_left", "'Not before' is later than 'not after': that leaves no time at all.")
    return (
        ev.ContactAgreed(
            addresses=cmd.addresses,
            language=language,
            texts_only=_kept(cmd.texts_only, known.texts_only),
            no_voicemail=_kept(cmd.no_voicemail, known.no_voicemail),
            not_before=not_before,
            not_after=not_after,
            short_reminder=_kept(cmd.short_reminder, known.short_reminder),
            interpreter=bool(cmd.interpreter),
            text=cmd.text,
        ),
    )


def _kept(said: bool | None, known: bool) -> bool:  # noqa: FBT001 - two answers to one question
    return known if said is None else said


def note_address(case: Case, cmd: c.NoteAddress, ctx: Context) -> Answer:
    known = case.contact.addresses.get(cmd.channel)
    if known is not None and known.address == cmd.address and known.status is cmd.status:
        return ()
    if known is not None and known.address != cmd.address and cmd.status in CLOSED:
        return ()  # an address they no longer use was closed: the one they use now stays
    return (ev.AddressNoted(cmd.channel, cmd.address, cmd.status),)


def block_text(case: Case) -> tuple[ev.Event, ...]:
    """STOP or WRONG: no more texts to this number, whoever it belongs to."""
    known = case.contact.addresses.get(Channel.TEXT)
    if known is None or known.status is AddressStatus.BLOCKED:
        return ()
    return (ev.AddressNoted(Channel.TEXT, known.address, AddressStatus.BLOCKED),)


def transfer(case: Case, cmd: c.Transfer, ctx: Context) -> Answer:
    if case.parties.get(Role.NAVIGATOR) == cmd.navigator:
        return ()
    return (ev.Transferred(cmd.navigator, cmd.cover_until),)


def change_officer(case: Case, cmd: c.ChangeOfficer, ctx: Context) -> Answer:
    if cmd.role not in {Role.OIC, Role.ARRESTING_OFFICER, Role.TEAM, Role.REFERRER, Role.SERGEANT, Role.VICTIM_CARE}:
        return Refused("not_an_officer", "Only an officer's part can be given to another officer this way.")
    if case.parties.get(cmd.role) == cmd.person:
        return ()
    return (ev.OfficerChanged(cmd.role, cmd.person),)
