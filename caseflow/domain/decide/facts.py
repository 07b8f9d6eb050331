"""Contact, receipts, answers, and the other facts people bring."""

from datetime import timedelta

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.case import Case, Expectation
from caseflow.domain.decide.context import Answer, Context
from caseflow.domain.decide.door import block_text
from caseflow.domain.decide.rulings import opened
from caseflow.domain.decide.sessions import called_off
from caseflow.domain.evolve import receipt_key
from caseflow.domain.expect import after_gap, moment_of, settle
from caseflow.domain.notices import THEIR_SIDE
from caseflow.domain.policy import Policy
from caseflow.domain.reading import all_done, deliverers, rules_of, safe_hours, side_until
from caseflow.domain.words import (
    RECEIPT_RANK,
    AddressStatus,
    Channel,
    ContactResult,
    Receipt,
    Refused,
    Role,
    State,
)

MOVED = timedelta(minutes=5)
"""A receipt that moves the next rung by less than this is not worth a fact."""


def contact(case: Case, cmd: c.RecordContact, ctx: Context) -> Answer:
    recorded = ev.ContactRecorded(cmd.result, cmd.channel, cmd.about, cmd.text)
    if cmd.channel == "phone" and cmd.result in {ContactResult.WRONG_PERSON, ContactResult.DEAD_NUMBER}:
        return (recorded, *block_text(case))
    return (recorded,)


def answer(case: Case, cmd: c.NoteAnswer, ctx: Context) -> Answer:
    """What they said; STOP and WRONG also close the number it came from, if that is still the case's number."""
    got = ev.AnswerReceived(cmd.reads_as, cmd.channel, cmd.about, cmd.needs_reading, cmd.text, cmd.proposes)
    if cmd.reads_as not in {"stop", "wrong"} or cmd.channel != "text":
        return (got,)
    known = case.contact.addresses.get(Channel.TEXT)
    if cmd.address and (known is None or known.address != cmd.address):
        return (got,)
    return (got, *block_text(case))


def read_answer(case: Case, cmd: c.ReadAnswer, ctx: Context) -> Answer:
    return (ev.AnswerRead(cmd.answer),) if cmd.answer in case.unread else ()


def delivery(case: Case, cmd: c.NoteDelivery, ctx: Context) -> Answer:
    """A receipt. Repeats and worse news after better are nothing; a dead number is blocked; the ladder counts on.

    But a channel that says both delivered and failed for good proves nothing, in whichever order it says so.
    """
    before = case.receipts.get(receipt_key(cmd.notice, cmd.channel))
    lied = before is Receipt.DELIVERED and cmd.receipt is Receipt.PERMANENT
    ended = cmd.last and before is not Receipt.DELIVERED
    if before is not None and RECEIPT_RANK[before] >= RECEIPT_RANK[cmd.receipt] and not lied and not ended:
        return ()
    known = case.contact.addresses.get(cmd.channel)
    ours = known is not None and known.address == cmd.address
    reached = (
        cmd.receipt is Receipt.DELIVERED and known is not None and ours and known.status is AddressStatus.CONFIRMED
        and before is not Receipt.PERMANENT
    )  # fmt: skip
    noted = ev.DeliveryNoted(
        cmd.notice, cmd.purpose, cmd.channel, cmd.receipt, cmd.address, cmd.expectation, cmd.cycle, cmd.rung,
        cmd.subject, reached, cmd.last,
    )  # fmt: skip
    more: tuple[ev.Event, ...] = rebased(case.expectations, cmd, ctx, case)
    more = (*more, *_asked_late(case, cmd, ctx))
    if cmd.receipt is Receipt.PERMANENT and known is not None and ours and known.status is not AddressStatus.BLOCKED:
        more = (*more, ev.AddressNoted(cmd.channel, cmd.address, AddressStatus.BLOCKED))
    return (noted, *more)


def _asked_late(case: Case, cmd: c.NoteDelivery, ctx: Context) -> tuple[ev.Event, ...]:
    """The letter that asks for their side lay with us, or with the channel: its day moves along, whatever it says."""
    file = case.breach
    went = cmd.purpose == THEIR_SIDE and cmd.receipt in {Receipt.ACCEPTED, Receipt.DELIVERED}
    if file is None or file.side is not None or file.side_asked or not went:
        return ()
    until = side_until(file, ctx.policy, ctx.at)
    return (ev.SideAsked(until),) if until > file.side_by else ()


def rebased(
    expectations: dict[str, Expectation], cmd: c.NoteDelivery, ctx: Context, case: Case | None
) -> tuple[ev.Event, ...]:
    """The next rung, moved when the last message took effect later than it was asked for."""
    found = expectations.get(cmd.expectation or "")
    if found is None or found.acked or found.status != "open" or found.cycle != cmd.cycle or found.next is None:
        return ()
    if (
        found.prev_rung != cmd.rung
        or found.next_due is None
        or cmd.receipt not in {Receipt.ACCEPTED, Receipt.DELIVERED}
    ):
        return ()
    policy: Policy = ctx.policy
    ladder = policy.ladder(found.ladder)
    rung = ladder.rung(found.next)
    due = after_gap(policy, ladder.rung(cmd.rung), rung, ctx.at, moment_of(found))
    if case is not None:
        due = settle(policy, rung, due, safe_hours(case))
    if due <= found.next_due + MOVED:
        return ()
    return (ev.Rebased(ev.Replanned(found.id, rung.id, due), "the last message took effect later"),)


# ── providers and items ─────────────────────────────────────────────────────────────────────────
def _item(case: Case, item: str) -> Refused | None:
    return None if item in case.items else Refused("item_unknown", f"There is no item {item} in the plan.")


def refer_on(case: Case, cmd: c.ReferOn, ctx: Context) -> Answer:
    return _item(case, cmd.item) or (ev.ReferredOn(cmd.item, cmd.provider),)


def provider_answer(case: Case, cmd: c.NoteProviderAnswer, ctx: Context) -> Answer:
    if refused := _item(case, cmd.item):
        return refused
    if cmd.answer not in {"yes", "no", "waiting_list"}:
        return Refused("answer_unknown", "The provider's answer is yes, no or waiting_list.")
    asked = next(iter(deliverers(case, cmd.item)), "")
    return (ev.ProviderAnswered(cmd.item, asked, cmd.answer, cmd.wait_until),)


def engagement(case: Case, cmd: c.NoteEngagement, ctx: Context) -> Answer:
    if refused := _item(case, cmd.item):
        return refused
    if cmd.engagement not in {"well", "some", "not", "cannot_say"}:
        return Refused("engagement_unknown", "Engagement is well, some, not or cannot_say.")
    return (ev.EngagementNoted(cmd.item, cmd.engagement),)


def item_done(case: Case, cmd: c.NoteItemDone, ctx: Context) -> Answer:
    if refused := _item(case, cmd.item):
        return refused
    if cmd.item in case.items_done:
        return ()
    return (ev.ItemDone(cmd.item, _last(case, cmd.item)),)


def drop_item(case: Case, cmd: c.DropItem, ctx: Context) -> Answer:
    if refused := _item(case, cmd.item):
        return refused
    if cmd.item in case.items_dropped:
        return ()
    if not cmd.reason.strip():
        return Refused("say_why", "Dropping an item needs a reason.")
    return (ev.ItemDropped(cmd.item, cmd.reason, _last(case, cmd.item)), *called_off(case, cmd.item, ctx))


def _last(case: Case, item: str) -> bool:
    return all_done(case.items.values(), case.items_done | case.items_dropped | {item})


def unmet(case: Case, cmd: c.NoteUnmetNeed, ctx: Context) -> Answer:
    if cmd.why not in {"none", "far", "waiting", "cost", "not_online"}:
        return Refused("why_unknown", "Say why: none, far, waiting, cost or not_online.")
    return (ev.NeedUnmet(cmd.need, cmd.why),)


# ── matters for people at once ──────────────────────────────────────────────────────────────────
def new_matter(case: Case, cmd: c.NoteNewMatter, ctx: Context) -> Answer:
    """A new offence or arrest: to the panel where there is a plan to breach, else to the supervisor; never a strike."""
    noted = ev.NewMatterNoted(cmd.kind, cmd.text)
    if case.breach is None and case.state is State.ENGAGED and rules_of(case, ctx.policy).strikes:
        return noted, opened(case, "new_matter", cmd.text, ctx)
    return (noted,)


def tell_victim(case: Case, cmd: c.TellVictim, ctx: Context) -> Answer:
    if ctx.by.role in {Role.SYSTEM, Role.PARTICIPANT}:
        return Refused("not_a_person", "A victim is told by a person.")
    return (ev.VictimTold(cmd.about),)


def survey(case: Case, cmd: c.NoteSurvey, ctx: Context) -> Answer:
    return () if case.survey else (ev.SurveyNoted(cmd.filled_in),)
