"""The case after a fact. No policy, no clock, no refusal: history is taken as it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from caseflow.domain import events as ev
from caseflow.domain.case import (
    BreachFile,
    Case,
    Contact,
    Evidence,
    Expectation,
    HoldOn,
    Session,
    Strike,
    View,
    changed,
)
from caseflow.domain.commands import Known
from caseflow.domain.expect import opened
from caseflow.domain.journey import NEXT
from caseflow.domain.notices import THEIR_SIDE
from caseflow.domain.reading import all_done, covers
from caseflow.domain.words import (
    NOT_A_CONVERSATION,
    RECEIPT_RANK,
    Channel,
    ContactResult,
    Receipt,
    Role,
    RungEnd,
    State,
)

KEEP = 12
"""How many proofs of contact, and how many unanswered calls, a case carries; older ones stay in the history."""


def start(record: ev.Recorded, scheme: str) -> Case:
    """The case that a referral opens."""
    e = record.event
    if not isinstance(e, ev.Referred):
        msg = f"the history of {record.stream} begins with {type(e).__name__}, not with a referral"
        raise TypeError(msg)
    contact = Contact(
        language=e.language,
        texts_only=e.texts_only,
        no_voicemail=e.no_voicemail,
        not_before=e.not_before,
        not_after=e.not_after,
        addresses=dict(e.addresses),
    )
    return Case(
        id=record.stream,
        scheme=scheme,
        seq=record.seq,
        ref=e.ref,
        disposal=e.disposal,
        policy_version=e.policy_version,
        state=State.REFERRED,
        referred_at=e.referred_at,
        offence_code=e.offence_code,
        offence_category=e.offence_category,
        offence_date=e.offence_date,
        last_safe=e.last_safe,
        last_safe_unknown=e.last_safe_unknown,
        parties=dict(e.parties),
        contact=contact,
        victim=e.victim,
        enhanced_rights=e.enhanced_rights,
        risk=e.risk,
        area=e.area,
        answers=dict(e.answers),
    )


def evolve(case: Case, record: ev.Recorded) -> Case:
    """The case after this fact."""
    event = record.event
    change = _CHANGES.get(type(event))
    if change is None:
        return changed(case, seq=record.seq)
    return changed(case, seq=record.seq, **change(case, event, record))


# ── expectations: shared with the smaller streams ───────────────────────────────────────────────
Expectations = dict[str, Expectation]


def expectations_after(expectations: Expectations, event: ev.Event, at: datetime) -> Expectations | None:
    """The expectations after one of the engine's own facts; None where the fact is not one of those."""
    follows = _EXPECTATIONS.get(type(event))
    return None if follows is None else follows(expectations, event, at)


def _opened(expectations: Expectations, event: ev.ExpectationOpened, at: datetime) -> Expectations:
    return {**expectations, event.expectation: opened(event)}


def _closed(expectations: Expectations, event: ev.ExpectationClosed, at: datetime) -> Expectations:
    found = expectations[event.expectation]
    return {**expectations, found.id: changed(found, status=event.how, next=None, next_due=None)}


def _fired(expectations: Expectations, event: ev.RungFired, at: datetime) -> Expectations:
    return {**expectations, event.expectation: _climbed(expectations[event.expectation], event, at)}


def _rebased(expectations: Expectations, event: ev.Rebased, at: datetime) -> Expectations:
    return _replanned(expectations, event.plan)


_EXPECTATIONS: dict[type, Callable[[Expectations, Any, datetime], Expectations]] = {
    ev.ExpectationOpened: _opened,
    ev.ExpectationClosed: _closed,
    ev.RungFired: _fired,
    ev.Rebased: _rebased,
}


def _climbed(expectation: Expectation, event: ev.RungFired, at: datetime) -> Expectation:
    done = event.end is not RungEnd.BLOCKED
    spoke = event.end is RungEnd.FIRED and event.towards_participant
    return changed(
        expectation,
        next=event.next,
        next_due=event.next_due,
        fired=(*expectation.fired, event.rung) if done else expectation.fired,
        prev_rung=event.rung if spoke else expectation.prev_rung,
        prev_at=at if spoke else expectation.prev_at,
        acked=False if spoke else expectation.acked,
    )


def _replanned(expectations: dict[str, Expectation], p: ev.Replanned) -> dict[str, Expectation]:
    found = expectations[p.expectation]
    return {**expectations, found.id: changed(found, status="open", next=p.rung, next_due=p.due)}


def acknowledged(expectations: dict[str, Expectation], event: ev.DeliveryNoted, at: datetime) -> dict[str, Expectation]:
    """The expectations after a channel said what became of a message: the ladder counts on from when it took effect."""
    found = expectations.get(event.expectation or "")
    if found is None or found.cycle != event.cycle or found.prev_rung != event.rung:
        return expectations
    took_effect = event.receipt in {Receipt.ACCEPTED, Receipt.DELIVERED} and not found.acked
    return {**expectations, found.id: changed(found, acked=True, prev_at=at if took_effect else found.prev_at)}


def moved_on(expectations: dict[str, Expectation], plans: tuple[ev.Replanned, ...]) -> dict[str, Expectation]:
    """The expectations after a hold: the next rung as planned anew, and all that follows moved along with it."""
    moved = {}
    for p in plans:
        found = expectations[p.expectation]
        by = p.due - (found.next_due or p.due)
        moved[found.id] = changed(
            found,
            status="open",
            next=p.rung,
            next_due=p.due,
            opened=found.opened + by,
            due=None if found.due is None else found.due + by,
            prev_at=None if found.prev_at is None else found.prev_at + by,
        )
    return {**expectations, **moved}


Change = dict[str, Any]


def _engine(case: Case, event: Any, record: ev.Recorded) -> Change:
    changed: Change = {"expectations": expectations_after(case.expectations, event, record.recorded_at)}
    return changed


def _rung(case: Case, e: ev.RungFired, record: ev.Recorded) -> Change:
    changed = _engine(case, e, record)
    if e.chase:
        changed |= {"last_chase_at": record.recorded_at}
    return changed


# ── the front door ──────────────────────────────────────────────────────────────────────────────
def _accepted(case: Case, e: ev.Accepted, record: ev.Recorded) -> Change:
    return {"accepted_at": record.occurred_at, "parties": {**case.parties, Role.NAVIGATOR: e.navigator}}


def _over(state: State, reason: str) -> Callable[[Case, Any, ev.Recorded], Change]:
    def change(case: Case, e: Any, record: ev.Recorded) -> Change:
        ended = getattr(e, "reason", "") or reason
        return {"state": state, "end_reason": ended, "ended_at": record.occurred_at, "breach": None, "holds": {}}

    return change


def _assessed(case: Case, e: ev.Assessed, record: ev.Recorded) -> Change:
    return {
        "state": NEXT[case.state, "assess"],
        "assessed_at": record.occurred_at,
        "needs": tuple(e.needs),
        "risk": e.risk or case.risk,
        "no_intervention": e.no_intervention,
    }


def _plan(case: Case, e: ev.PlanAgreed, record: ev.Recorded) -> Change:
    items = {item.id: item for item in e.items}
    dropped = case.items_dropped - set(items)
    done = all_done(e.items, case.items_done | dropped)
    return {
        "state": State.ENGAGED,
        "items": items,
        "items_dropped": dropped,
        "places": {i.id: i.provider for i in e.items if i.provider} | case.places,
        "plan_at": record.occurred_at,
        "first_plan_at": case.first_plan_at or case.plan_at or record.occurred_at,
        "read_back": e.read_back,
        "plan_ends": e.ends_on,
        "outlives": e.outlives_last_safe,
        "policy_version": e.policy_version,
        "all_done": done,
    }


def _contact(case: Case, e: ev.ContactAgreed, record: ev.Recorded) -> Change:
    return {
        "contact": Contact(
            language=e.language,
            agreed=True,
            texts_only=e.texts_only,
            no_voicemail=e.no_voicemail,
            not_before=e.not_before,
            not_after=e.not_after,
            short_reminder=e.short_reminder,
            addresses={**case.contact.addresses, **e.addresses},
        )
    }


def _address(case: Case, e: ev.AddressNoted, record: ev.Recorded) -> Change:
    addresses = {**case.contact.addresses, e.channel: Known(e.address, e.status)}
    return {"contact": replace(case.contact, addresses=addresses)}


# ── sessions ────────────────────────────────────────────────────────────────────────────────────
def _with(case: Case, session: str, **changes: Any) -> Change:
    return {"sessions": {**case.sessions, session: replace(case.sessions[session], **changes)}}


def _booked(case: Case, e: ev.SessionBooked, record: ev.Recorded) -> Change:
    session = Session(e.session, e.start, e.kind, e.item, e.provider, e.place, e.enforceable)
    return {"sessions": {**case.sessions, e.session: session}}


def _moved(case: Case, e: ev.SessionMoved, record: ev.Recorded) -> Change:
    return _with(case, e.session, start=e.start, cycle=case.sessions[e.session].cycle + 1, held=False)


def _came(case: Case, e: ev.SessionAttended, record: ev.Recorded) -> Change:
    kept = tuple(s for s in case.strikes if s.session != e.session)
    changed = _with(case, e.session, status="attended", known_at=record.recorded_at, ruling="")
    return changed | {"strikes": kept, "last_two_way": record.occurred_at}


def _missed(case: Case, e: ev.SessionMissed, record: ev.Recorded) -> Change:
    return _with(case, e.session, status="missed", known_at=record.recorded_at, ruling="")


def _excused(case: Case, e: ev.SessionExcused, record: ev.Recorded) -> Change:
    known = case.sessions[e.session].known_at or record.recorded_at
    changed = _with(case, e.session, status="excused", known_at=known, reason=e.reason, ruling="excused")
    return changed | {"strikes": tuple(s for s in case.strikes if s.session != e.session)}


def _not_held(case: Case, e: ev.SessionNotHeld, record: ev.Recorded) -> Change:
    changed = _with(case, e.session, status="not_held", known_at=record.recorded_at, reason=e.reason)
    return changed | {"strikes": tuple(s for s in case.strikes if s.session != e.session)}


def _excuse_back(case: Case, e: ev.ExcuseWithdrawn, record: ev.Recorded) -> Change:
    return _with(case, e.session, status="missed", known_at=record.recorded_at, ruling="", reason="")


def _cancelled(case: Case, e: ev.SessionCancelled, record: ev.Recorded) -> Change:
    return _with(case, e.session, status="cancelled", reason=e.reason)


def _ruled(case: Case, e: ev.SessionRuled, record: ev.Recorded) -> Change:
    return _with(case, e.session, ruling=e.ruling.value)


# ── contact ─────────────────────────────────────────────────────────────────────────────────────
def _proof(case: Case, record: ev.Recorded, kind: str, about: str | None, channel: str, purpose: str = "") -> Change:
    proof = Evidence(kind, record.occurred_at, record.seq, about, channel, purpose)
    changed: Change = {"evidence": (*case.evidence[1 - KEEP :], proof)}
    if kind != "delivered":
        changed["last_two_way"] = record.occurred_at
        changed["strikes"] = tuple(
            replace(s, warned_at=record.occurred_at) if s.warned_at is None and record.occurred_at >= s.at else s
            for s in case.strikes
        )
    return changed


def _tried(case: Case, e: ev.ContactRecorded, record: ev.Recorded) -> Change:
    if e.result is not ContactResult.SPOKE:
        return {"calls": (*case.calls[1 - KEEP :], record.occurred_at)}
    changed = _proof(case, record, "spoke", e.about, e.channel)
    if e.about == "breach" and case.breach is not None:
        changed["breach"] = replace(case.breach, side_asked=True)
    return changed


def _answered(case: Case, e: ev.AnswerReceived, record: ev.Recorded) -> Change:
    unread = case.unread | {record.seq} if e.needs_reading else case.unread
    if e.reads_as in NOT_A_CONVERSATION:
        return {"unread": unread}
    return _proof(case, record, "answered", e.about, e.channel) | {"unread": unread}


def _without(case: Case, e: ev.DeliveryNoted) -> tuple[Evidence, ...]:
    """The evidence without what this receipt takes back."""
    said = ("delivered", e.subject, e.channel.value, e.purpose)
    return tuple(one for one in case.evidence if (one.kind, one.about, one.channel, one.purpose) != said)


def receipt_key(notice: str, channel: Channel) -> str:
    """A notice may go by one channel after another: each has its own last word."""
    return f"{notice}/{channel.value}"


def _delivered(case: Case, e: ev.DeliveryNoted, record: ev.Recorded) -> Change:
    key = receipt_key(e.notice, e.channel)
    before = case.receipts.get(key)
    if before is Receipt.DELIVERED and e.receipt is Receipt.PERMANENT:  # the channel takes it back
        return {"receipts": {**case.receipts, key: e.receipt}, "evidence": _without(case, e)}
    if before is not None and RECEIPT_RANK[before] > RECEIPT_RANK[e.receipt]:
        return {}
    changed: Change = {
        "receipts": {**case.receipts, key: e.receipt},
        "expectations": acknowledged(case.expectations, e, record.occurred_at),
    }
    if e.purpose == THEIR_SIDE and case.breach is not None and e.receipt in {Receipt.DELIVERED, Receipt.ACCEPTED}:
        changed["breach"] = replace(case.breach, side_asked=True)
    if e.reached and before is not Receipt.DELIVERED:
        changed |= _proof(case, record, "delivered", e.subject, e.channel.value, e.purpose)
    return changed


# ── strikes and breach ──────────────────────────────────────────────────────────────────────────
def _strike(case: Case, e: ev.StrikeConfirmed, record: ev.Recorded) -> Change:
    changed = _with(case, e.session, ruling="strike")
    return changed | {"strikes": (*case.strikes, Strike(e.session, e.number, record.occurred_at, e.by))}


def _waived(case: Case, e: ev.StrikeWaived, record: ev.Recorded) -> Change:
    changed = _with(case, e.session, ruling="waived")
    return changed | {"strikes": tuple(s for s in case.strikes if s.session != e.session)}


def _disputed(case: Case, e: ev.StrikeDisputed, record: ev.Recorded) -> Change:
    return {"strikes": tuple(replace(s, disputed=True) if s.session == e.session else s for s in case.strikes)}


def _upheld(case: Case, e: ev.StrikeUpheld, record: ev.Recorded) -> Change:
    stands = [replace(s, disputed=False, upheld=True) if s.session == e.session else s for s in case.strikes]
    return {"strikes": tuple(stands)}


def _breach(case: Case, e: ev.BreachOpened, record: ev.Recorded) -> Change:
    file = BreachFile(cause=e.cause, opened=record.occurred_at, side_by=e.side_by)
    return {"breach": file, "breaches": case.breaches + 1}


def _side(case: Case, **changes: Any) -> Change:
    return {} if case.breach is None else {"breach": replace(case.breach, **changes)}


def _view(case: Case, e: ev.ViewRecorded, record: ev.Recorded) -> Change:
    if case.breach is None:
        return {}
    view = View(e.role, e.by, e.opinion, record.occurred_at, e.text)
    return _side(case, views={**case.breach.views, e.role: view})


def _carried_on(case: Case, e: object, record: ev.Recorded) -> Change:
    """The person carries on; of the strikes only the first is kept."""
    return {"breach": None, "strikes": case.strikes[:1]}


# ── holds ───────────────────────────────────────────────────────────────────────────────────────
def _held(case: Case, e: ev.Held, record: ev.Recorded) -> Change:
    stopped = {i: changed(case.expectations[i], status="held") for i in e.covers}
    hold = HoldOn(e.hold, record.occurred_at, e.until, e.ends, e.reason, e.covers)
    return {"holds": {**case.holds, e.hold: hold}, "expectations": {**case.expectations, **stopped}}


def _hold_ended(case: Case, e: ev.HoldEnded, record: ev.Recorded) -> Change:
    over, until = case.holds[e.hold], record.occurred_at
    inside = {
        s.id: replace(s, held=True)
        for s in case.sessions.values()
        if covers(over, s) and over.since <= s.start < min(over.ends, until)
    }
    moved = {} if e.side_by is None else _side(case, side_by=e.side_by)
    return moved | {
        "holds": {k: v for k, v in case.holds.items() if k != e.hold},
        "expectations": moved_on(case.expectations, e.planned),
        "sessions": {**case.sessions, **inside},
    }


def _forward(case: Case, e: ev.BroughtForward, record: ev.Recorded) -> Change:
    return {"expectations": _replanned(case.expectations, e.plan)}


# ── other facts ─────────────────────────────────────────────────────────────────────────────────
def _reopened(case: Case, e: ev.Reopened, record: ev.Recorded) -> Change:
    return {"state": State(e.to), "end_reason": "", "ended_at": None, "breach": None, "strikes": case.strikes[:1]}


def _referred_on(case: Case, e: ev.ReferredOn, record: ev.Recorded) -> Change:
    was = {*case.left.get(e.item, ()), case.places.get(e.item, e.provider)} - {e.provider}
    return {"places": {**case.places, e.item: e.provider}, "left": {**case.left, e.item: tuple(sorted(was))}}


def _provider_answered(case: Case, e: ev.ProviderAnswered, record: ev.Recorded) -> Change:
    if e.answer != "no":
        return {}
    return {"places": {k: v for k, v in case.places.items() if k != e.item}}


def _item_done(case: Case, e: ev.ItemDone, record: ev.Recorded) -> Change:
    return {"items_done": case.items_done | {e.item}, "all_done": e.all_enforceable_done}


def _item_dropped(case: Case, e: ev.ItemDropped, record: ev.Recorded) -> Change:
    return {"items_dropped": case.items_dropped | {e.item}, "all_done": e.all_enforceable_done}


def _policy_moved(case: Case, e: ev.PolicyMoved, record: ev.Recorded) -> Change:
    expectations = dict(case.expectations)
    for p in e.plans:
        found = expectations[p.expectation]
        forgotten = {"prev_rung": None, "prev_at": None, "acked": True} if p.forgets else {}
        expectations[found.id] = changed(found, next=p.rung, next_due=p.at, due=p.due, **forgotten)
    return {"policy_version": e.to, "expectations": expectations}


def _last_safe(case: Case, e: ev.LastSafeSet, record: ev.Recorded) -> Change:
    return {"last_safe": e.day, "last_safe_unknown": False, "outlives": e.outlives_last_safe}


def _transferred(case: Case, e: ev.Transferred, record: ev.Recorded) -> Change:
    return {"parties": {**case.parties, Role.NAVIGATOR: e.navigator}}


def _officer(case: Case, e: ev.OfficerChanged, record: ev.Recorded) -> Change:
    return {"parties": {**case.parties, e.role: e.person}}


_CHANGES: dict[type, Callable[[Case, Any, ev.Recorded], Change]] = {
    ev.Accepted: _accepted,
    ev.Declined: _over(State.DECLINED, "declined"),
    ev.Assessed: _assessed,
    ev.PlanAgreed: _plan,
    ev.ContactAgreed: _contact,
    ev.AddressNoted: _address,
    ev.SessionBooked: _booked,
    ev.SessionMoved: _moved,
    ev.SessionCancelled: _cancelled,
    ev.SessionAttended: _came,
    ev.SessionMissed: _missed,
    ev.SessionExcused: _excused,
    ev.SessionNotHeld: _not_held,
    ev.ExcuseWithdrawn: _excuse_back,
    ev.SessionRuled: _ruled,
    ev.ContactRecorded: _tried,
    ev.AnswerReceived: _answered,
    ev.AnswerRead: lambda case, e, record: {"unread": case.unread - {e.answer}},
    ev.DeliveryNoted: _delivered,
    ev.StrikeConfirmed: _strike,
    ev.StrikeWaived: _waived,
    ev.StrikeDisputed: _disputed,
    ev.StrikeUpheld: _upheld,
    ev.Held: _held,
    ev.HoldEnded: _hold_ended,
    ev.BroughtForward: _forward,
    ev.Rebased: _engine,
    ev.ExpectationOpened: _engine,
    ev.ExpectationClosed: _engine,
    ev.RungFired: _rung,
    ev.BreachOpened: _breach,
    ev.SideAsked: lambda case, e, record: _side(case, side_asked=True, side_by=e.by_day),
    ev.SideRecorded: lambda case, e, record: _side(case, side="declined" if e.declined else "given", side_text=e.text),
    ev.ViewRecorded: _view,
    ev.ProviderHeard: lambda case, e, record: _side(case, provider_heard=True),
    ev.Breached: _over(State.BREACHED, "breached"),
    ev.CarriedOn: _carried_on,
    ev.BreachLapsed: _carried_on,
    ev.Completed: _over(State.COMPLETED, "completed"),
    ev.Withdrawn: _over(State.WITHDRAWN, "withdrawn"),
    ev.Ended: _over(State.ENDED, "ended"),
    ev.Reopened: _reopened,
    ev.PolicyMoved: _policy_moved,
    ev.LastSafeSet: _last_safe,
    ev.ReferredOn: _referred_on,
    ev.ProviderAnswered: _provider_answered,
    ev.ItemDone: _item_done,
    ev.ItemDropped: _item_dropped,
    ev.SurveyNoted: lambda case, e, record: {"survey": True},
    ev.Died: lambda case, e, record: {"dead": True},
    ev.NewMatterNoted: lambda case, e, record: {"new_matter": True},
    ev.Transferred: _transferred,
    ev.OfficerChanged: _officer,
}
"""Fact → what it changes. A kind that is not here changes nothing but the number of facts."""
