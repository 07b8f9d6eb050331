"""Small questions asked of a case by deciding and reacting alike."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from caseflow.domain import events as ev
from caseflow.domain.calendar import SafeHours
from caseflow.domain.case import BreachFile, Case, Expectation, HoldOn, Session
from caseflow.domain.commands import Item
from caseflow.domain.events import Recorded
from caseflow.domain.notices import DAYS_TO_ANSWER, KINDS
from caseflow.domain.policy import DisposalRules, Policy
from caseflow.domain.words import Channel, ContactResult, ItemKind, Receipt, Role


def rules_of(case: Case, policy: Policy) -> DisposalRules:
    return policy.disposals[case.disposal]


def safe_hours(case: Case) -> SafeHours:
    return SafeHours(case.contact.not_before, case.contact.not_after)


def usable_channels(case: Case, wanted: tuple[Channel, ...]) -> tuple[Channel, ...]:
    """The wanted channels that lead to a usable address, in order; "text only" leaves texts alone, letters never."""
    contact = case.contact
    return tuple([c for c in wanted if contact.usable(c) and not (contact.texts_only and c is Channel.EMAIL)])


def reachable(case: Case) -> bool:
    """Is there any usable way to write to the participant?"""
    return any(case.contact.usable(channel) for channel in Channel)


def open_enforceable(case: Case) -> list[str]:
    """Enforceable items still to do."""
    return [
        item.id
        for item in case.items.values()
        if item.kind is ItemKind.ENFORCEABLE and item.id not in case.items_done and item.id not in case.items_dropped
    ]


def all_done(items: Collection[Item], gone: frozenset[str]) -> bool:
    """Is everything agreed behind them? Every enforceable item, or where there is none, every item there is."""
    enforceable = [i.id for i in items if i.kind is ItemKind.ENFORCEABLE]
    return gone.issuperset(enforceable or [i.id for i in items])


def in_hold(case: Case, session: Session) -> bool:
    """Did the session lie inside a hold, one that is on or one that is over? What is on hold never counts."""
    return session.held or hold_over(case, session) is not None


def hold_over(case: Case, session: Session) -> HoldOn | None:
    """The hold that is on now and in which the session lies."""
    return next((h for h in case.holds.values() if covers(h, session) and h.since <= session.start < h.ends), None)


def covers(hold: HoldOn, session: Session) -> bool:
    """Is the session part of what this hold stops: the whole case, or an expectation about this session?"""
    return hold.hold == "case" or any(name.endswith(f":{session.id}") for name in hold.covers)


def waited_for(one: Expectation, policy: Policy) -> bool:
    """Is it open, and can somebody still meet it or does a step still come?

    What only tells somebody something, and has, stays open until the journey ends: nobody waits for anything there.
    """
    ladder = policy.ladders.get(one.ladder)
    return one.status in {"open", "held"} and (one.next is not None or ladder is None or bool(ladder.met))


def with_sessions(case: Case, item: str) -> tuple[str, ...]:
    """The providers with a session for this item that was not called off, the earliest booked first."""
    mine = [s.provider for s in case.sessions.values() if s.item == item and s.status != "cancelled"]
    return tuple(dict.fromkeys(provider for provider in mine if provider is not None))


def deliverers(case: Case, item: str | None = None) -> tuple[str, ...]:
    """Who delivers this item, or anything at all: whom it is placed with, else whoever has a session for it."""
    if item is not None:
        return (case.places[item],) if item in case.places else with_sessions(case, item)
    others = [provider for each in case.items if each not in case.places for provider in with_sessions(case, each)]
    return tuple(dict.fromkeys([*case.places.values(), *others]))


EARLY = timedelta(minutes=30)
"""People arrive early; nobody is recorded as absent before the start."""


def begun(session: Session, at: datetime) -> bool:
    """Can what happened at it be told by then?"""
    return session.start <= at + EARLY


def missed(case: Case) -> list[Session]:
    """Sessions nobody came to and nobody has ruled on."""
    return [s for s in case.sessions.values() if s.status == "missed" and not s.ruling]


def next_start(case: Case, now: datetime, kind: str | None = None) -> datetime | None:
    """The start of the next booked session (of this kind)."""
    starts = [
        s.start
        for s in case.sessions.values()
        if s.status == "booked" and s.start >= now and (kind is None or s.kind == kind)
    ]
    return min(starts, default=None)


def side_until(file: BreachFile, policy: Policy, at: datetime) -> date:
    """Until when whoever is asked then may give their side: the day that was set, or later where the asking came late."""
    today = policy.calendar.local(at).date()
    return max(file.side_by, policy.calendar.add_working_days(today, DAYS_TO_ANSWER))


SPOKEN_OF = timedelta(days=3)
"""Whoever spoke with them so shortly before a session, and not about another one, has spoken of it, too."""


def reminder_of(session: Session, history: Iterable[Recorded]) -> str:
    """What became of reminding them of this session at its time: reached | went (no receipt says it arrived) | left_out | none.

    A text about an earlier time of it reminds nobody of the new one. Somebody who spoke with them before it has.
    """
    found = "none"
    for one in history:
        match one.event:
            case ev.SessionBooked() | ev.SessionMoved() as e if e.session == session.id:
                found = "none"
            case ev.DeliveryNoted(subject=session.id) as e if KINDS.get(e.purpose) == "reminder":
                now = "went" if e.receipt in {Receipt.ACCEPTED, Receipt.UNKNOWN} else "left_out"
                now = "reached" if e.receipt is Receipt.DELIVERED else now
                found = max(found, now, key=_BETTER.index)
            case ev.ContactRecorded(result=ContactResult.SPOKE) as e if one.occurred_at <= session.start:
                near = e.about is None and one.occurred_at >= session.start - SPOKEN_OF
                found = "reached" if near or e.about == session.id else found
            case _:
                pass
    return found


_BETTER = ("none", "left_out", "went", "reached")
BOTH_VIEWS = frozenset({Role.NAVIGATOR, Role.OIC})


def blind_views(history: Iterable[Recorded]) -> frozenset[int]:
    """The numbers of those facts that hold a view which nobody may see yet: the other one is not in.

    Each writes blind. What was decided, lapsed or ended is open, and so is everything of an older breach.
    """
    waiting: dict[Role, int] = {}
    for one in history:
        match one.event:
            case ev.ViewRecorded():
                waiting[one.event.role] = one.seq
            case ev.BreachOpened() | ev.Breached() | ev.CarriedOn() | ev.BreachLapsed() | ev.Ended():
                waiting = {}
            case _:
                pass
    return frozenset() if waiting.keys() >= BOTH_VIEWS else frozenset(waiting.values())
