"""Strikes: what counts, what proves it, what fades. The rules of DOMAIN.md 3 to 5 and DESIGN "Settled", and nothing else.

A strike is about one session of an enforceable item; unexcused; confirmed by a named person; and only after the
participant was reached about it: a delivered receipt at an address they confirmed, live contact, or an answer.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from caseflow.domain.case import Case, Evidence, Session, Strike
from caseflow.domain.notices import KINDS
from caseflow.domain.policy import Policy
from caseflow.domain.reading import in_hold, open_enforceable, rules_of
from caseflow.domain.words import Actor, Refused, Role, a

CALLS_BESIDE_A_LETTER = 2
"""A letter alone never counts as having reached someone; with two calls at different times beside it, it does."""


def known_too_late(session: Session, policy: Policy) -> bool:
    """Did we hear of the absence too late to hold it against the person?"""
    if session.known_at is None:
        return False
    days = policy.strikes.known_within_working_days
    return session.known_at > policy.calendar.plus_working(session.start, days)


def kept_since(case: Case, moment: datetime) -> int:
    """Sessions kept in a row since `moment`, counted back from the newest; a miss ends the row."""
    after = sorted((s for s in case.sessions.values() if s.start > moment), key=lambda s: s.start, reverse=True)
    row = 0
    for session in after:
        if session.status == "attended":
            row += 1
        elif session.status == "missed":
            break
    return row


def active(case: Case, policy: Policy, now: datetime) -> tuple[Strike, ...]:
    """The strikes that still count: not faded by time or by sessions kept in a row."""
    rules = policy.strikes
    oldest = now - timedelta(days=rules.fades_after_days)
    return tuple(s for s in case.strikes if s.at > oldest and kept_since(case, s.at) < rules.fades_after_kept)


def _letter_and_calls(case: Case, proof: Evidence) -> bool:
    days = {at.date() for at in case.calls if at >= proof.at - timedelta(days=14)}
    return len(days) >= CALLS_BESIDE_A_LETTER


PROOFS = ("spoke", "replied", "text_delivered_to_confirmed", "letter_to_confirmed_and_two_calls")
"""What can prove at all that somebody was reached, in the words of a policy's `evidence: counts`."""


def reached_about(case: Case, session: Session, counts: Collection[str] = PROOFS) -> Evidence | None:
    """What proves that the person was reached about this absence, or None. `counts` is what the policy lets prove it."""
    since = session.known_at or session.start
    for proof in case.evidence:
        if proof.at < since or proof.about not in {None, session.id}:
            continue
        if _proves(case, proof, session) in counts:
            return proof
    return None


def _proves(case: Case, proof: Evidence, session: Session) -> str:
    """What a piece of evidence amounts to. A reminder's receipt, however late it comes, says nothing of the absence."""
    if proof.kind != "delivered":
        return {"spoke": "spoke", "answered": "replied"}.get(proof.kind, "")
    if proof.about != session.id or KINDS.get(proof.purpose) != "chase":
        return ""
    if proof.channel == "text":
        return "text_delivered_to_confirmed"
    letter = proof.channel == "letter" and _letter_and_calls(case, proof)
    return "letter_to_confirmed_and_two_calls" if letter else ""


def reached_since(case: Case, moment: datetime) -> Evidence | None:
    """Live contact or an answer since `moment`."""
    return next((p for p in case.evidence if p.at >= moment and p.kind in {"spoke", "answered"}), None)


def may_confirm(case: Case, session: Session, policy: Policy, now: datetime, by: Actor) -> Evidence | Refused:
    """The proof a strike would stand on, or the first reason why there can be none."""
    refused = _not_allowed(case, session, policy, by) or _too_soon(case, session, policy, now)
    if refused is not None:
        return refused
    proof = reached_about(case, session, policy.evidence.counts or PROOFS)
    if proof is None:
        return Refused(
            "not_reached",
            "Nobody has reached the person about this session yet: no message was delivered to an address they "
            "confirmed, and nobody has spoken to them. Speak to them first, or excuse the absence.",
        )
    return proof


def _still_enforceable(case: Case, session: Session) -> bool:
    """Booked for an enforceable item that stands in the plan, as enforceable, to this day: a plan may have changed."""
    return session.enforceable and session.item in open_enforceable(case)


def _not_allowed(case: Case, session: Session, policy: Policy, by: Actor) -> Refused | None:
    if not rules_of(case, policy).strikes:
        return Refused("no_strikes", f"There are no strikes for {a(case.disposal.replace('_', ' '))}.")
    if by.role not in policy.strikes.confirmed_by:
        return Refused("not_yours", f"A strike is confirmed by the {_or(policy.strikes.confirmed_by)}.")
    if not _still_enforceable(case, session):
        return Refused(
            "voluntary", "This session belongs to no enforceable item of the plan. Only those raise a strike."
        )
    if not case.read_back or case.plan_at is None or session.start < case.plan_at:
        return Refused("not_read_back", "No strike before the plan was signed and read back in the person's own words.")
    if session.status != "missed":
        return Refused("not_missed", "This session is not recorded as missed without a reason.")
    if session.ruling:
        return Refused("already_ruled", f"This absence was ruled on already: {session.ruling.replace('_', ' ')}.")
    if any(s.session == session.id for s in case.strikes):
        return Refused("already_a_strike", "This session has its strike already.")
    if in_hold(case, session):
        return Refused("on_hold", "The session lay inside a hold. What is on hold never counts.")
    if known_too_late(session, policy):
        days = policy.strikes.known_within_working_days
        return Refused("known_too_late", f"We heard of this absence more than {days} working days after it.")
    if case.unread:
        return Refused("unread_answer", "The person has written and nobody has read it yet. Read the answer first.")
    if case.breach is not None:
        return Refused("breach_open", "A breach is being decided. No further strike until that is done.")
    return None


def _too_soon(case: Case, session: Session, policy: Policy, now: datetime) -> Refused | None:
    earlier = active(case, policy, now)
    if not earlier:
        return None
    if any(one.disputed for one in earlier):
        return Refused(
            "strike_disputed",
            "The earlier strike is disputed, and nobody has looked at it again yet. A supervisor does so first.",
        )
    last = earlier[-1]
    if not _warned(case, last, session.start):
        return Refused(
            "not_warned",
            "The person had not been reached about the last strike when this session took place. "
            "A further strike only counts for a session after that.",
        )
    if now < policy.calendar.plus_working(last.at, policy.strikes.one_per_working_days):
        return Refused("too_soon", f"At most one strike in {policy.strikes.one_per_working_days} working days.")
    return None


def _warned(case: Case, strike: Strike, before: datetime) -> bool:
    """Had they heard of this strike by then? A text they sent about something else does not tell them of it."""
    if strike.warned_at is None or before <= strike.warned_at:
        return False
    if strike.disputed or strike.upheld:
        return True
    for proof in case.evidence:
        told = proof.kind == "spoke" and proof.at >= strike.warned_at
        letter = proof.purpose == "strike_letter" and proof.at >= strike.at
        if (told or letter) and proof.at < before:
            return True
    return False


def _or(roles: tuple[Role, ...]) -> str:
    return " or ".join(r.value.replace("_", " ") for r in roles)
