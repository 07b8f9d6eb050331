"""The conditions a policy may write under `only_if`, each a plain question about the case as it stands now."""

from collections.abc import Callable
from datetime import datetime

from caseflow.domain.case import Case, Expectation
from caseflow.domain.policy import Policy
from caseflow.domain.reading import deliverers, missed, next_start, rules_of
from caseflow.domain.strikes import known_too_late
from caseflow.domain.values import value
from caseflow.domain.words import AddressStatus, Channel, Role, State


@value(frozen=True, slots=True)
class Asking:
    """What a condition may look at."""

    case: Case
    expectation: Expectation | None
    subject: str | None
    policy: Policy
    now: datetime


def _session_known_in_time(a: Asking) -> bool:
    session = a.case.sessions.get(a.subject or "")
    return session is None or not known_too_late(session, a.policy)


def _met_before(a: Asking) -> bool:
    return any(s.status == "attended" for s in a.case.sessions.values())


def _first_meeting_held(a: Asking) -> bool:
    """Not any session: who came to another one has still had no first meeting, and somebody has to see that."""
    return any(s.status == "attended" and s.kind == "first_meeting" for s in a.case.sessions.values())


def _expecting(a: Asking) -> bool:
    """Is anything expected of the participant: an agreed plan with something to do, or a meeting in the diary?"""
    booked = any(s.status == "booked" for s in a.case.sessions.values())
    return booked or bool(missed(a.case)) or (a.case.plan_at is not None and not a.case.all_done)


def _disputed(a: Asking) -> bool:
    return any(s.disputed for s in a.case.strikes if a.subject in {None, s.session})


def _letter_confirmed(a: Asking) -> bool:
    known = a.case.contact.addresses.get(Channel.LETTER)
    return known is not None and known.status is AddressStatus.CONFIRMED


def _view_missing(a: Asking) -> bool:
    views = a.case.breach.views if a.case.breach is not None else {}
    opinions = {v.opinion for v in views.values()}
    return not {Role.OIC, Role.NAVIGATOR} <= set(views) or len(opinions) > 1


def _phone(a: Asking, *statuses: AddressStatus) -> bool:
    known = a.case.contact.addresses.get(Channel.TEXT)
    return known is not None and known.status in statuses


def _strikes(a: Asking) -> bool:
    return rules_of(a.case, a.policy).strikes


def _has_provider(a: Asking) -> bool:
    """Does a provider deliver the session or item this is about (or, without a subject, anything at all)?"""
    session = a.case.sessions.get(a.subject or "")
    if session is not None:
        return session.provider is not None
    return bool(deliverers(a.case, a.subject if a.subject in a.case.items else None))


def _kind(a: Asking) -> str:
    session = a.case.sessions.get(a.subject or "")
    return "" if session is None else session.kind


RECONSIDER = frozenset({"not_reached", "not_started", "not_engaged", "breached"})
"""Ends after which the original matter goes back to the OIC."""

_ANY_PHONE = (AddressStatus.CONFIRMED, AddressStatus.SHARED, AddressStatus.UNCONFIRMED)

QUESTIONS: dict[str, Callable[[Asking], bool]] = {
    "unbooked": lambda a: next_start(a.case, a.now, "first_meeting") is None,
    "not_held": lambda a: not _first_meeting_held(a),
    "wants_short_reminder": lambda a: a.case.contact.short_reminder,
    "first_session": lambda a: not _met_before(a),
    "not_first_session": _met_before,
    "known_within_5wd": _session_known_in_time,
    "expecting": _expecting,
    "disputed": _disputed,
    "letter_at_confirmed_address": _letter_confirmed,
    "view_missing": _view_missing,
    "wants_to_be_told": lambda a: a.case.victim,
    "no_survey": lambda a: not a.case.survey,
    "strikes_possible": _strikes,
    "no_strikes": lambda a: not _strikes(a),
    "reachable_by_text": lambda a: a.case.contact.usable(Channel.TEXT),
    "unanswered": lambda a: a.expectation is None or a.expectation.status == "open",
    "phone_usable": lambda a: _phone(a, *_ANY_PHONE),
    "private_phone": lambda a: _phone(a, AddressStatus.CONFIRMED),
    "has_provider": _has_provider,
    "no_provider": lambda a: not _has_provider(a),
    "no_confirmed_letter": lambda a: not _letter_confirmed(a),
    "side_not_given": lambda a: a.case.breach is not None and a.case.breach.side is None,
    "views_differ_or_missing": _view_missing,
    "plan_outlives": lambda a: a.case.outlives,
    "had_plan": lambda a: a.case.plan_at is not None,
    "declined": lambda a: a.case.state is State.DECLINED,
    "not_declined": lambda a: a.case.state is not State.DECLINED,
    "a_first_meeting": lambda a: _kind(a) == "first_meeting",
    "not_a_first_meeting": lambda a: _kind(a) != "first_meeting",
    "enhanced_rights": lambda a: a.case.enhanced_rights,
    "standard_rights": lambda a: not a.case.enhanced_rights,
    "oic_reconsiders": lambda a: a.case.end_reason in RECONSIDER,
}
"""Condition → question. The reader of policies refuses a name that is not here."""


def hold(names: tuple[str, ...], asking: Asking) -> str:
    """The first condition that does not hold, or "" when all do."""
    for name in names:
        if not QUESTIONS[name](asking):
            return name
    return ""
