"""Who belongs on which provider's return: who is placed with them, and who has a session with them."""

from collections.abc import Iterable
from datetime import datetime

from caseflow.domain import commands as c
from caseflow.domain import provider_return
from caseflow.domain.case import Case, Session
from caseflow.domain.effects import Effect, Tell
from caseflow.domain.policy import Policy
from caseflow.domain.reading import with_sessions
from caseflow.domain.words import Actor, Role

SYSTEM = Actor("system", Role.SYSTEM)


def listed(
    case: Case, policy: Policy, now: datetime, again: str = "", back: tuple[str, str] | None = None
) -> list[Effect]:
    """Everybody who has a part in it, on the return of this period; `again` tells a second listing from a repeat.

    Who it is placed with, and who has a session to come or to tell of, though nobody placed it there; not who it went
    from, unless it comes `back` to them (item, provider).
    """
    period = provider_return.period_of(policy, now)
    booked = [(s.item, s.provider) for s in case.sessions.values() if s.status == "booked" and s.item and s.provider]
    parts = [
        *case.places.items(),
        *(part for part in booked if part == back or part[1] not in case.left.get(part[0], ())),
    ]
    return [
        Tell(
            f"return:{provider}:{period}:{case.id}:{item}{again}",
            provider_return.stream_id(case.scheme, provider, period),
            c.ListParticipant(provider, period, case.id, case.ref, item, case.policy_version),
            SYSTEM,
        )
        for item, provider in dict.fromkeys(parts)
        if item not in case.items_done and item not in case.items_dropped
    ]


def booked_with(case: Case, item: str, provider: str, policy: Policy, now: datetime, seq: int) -> list[Effect]:
    """On the return with a session; again, where what they had before was called off or went to another provider."""
    off = [s for s in case.sessions.values() if (s.item, s.provider, s.status) == (item, provider, "cancelled")]
    again = f":{seq}" if off or provider in case.left.get(item, ()) else ""
    return listed(case, policy, now, again, back=(item, provider))


def unlisted(
    case: Case, item: str, policy: Policy, now: datetime, seq: int, providers: Iterable[str] | None = None
) -> list[Effect]:
    """Off the returns of these providers, by default of all who have a part in this item."""
    if providers is None:
        place = case.places.get(item)
        providers = dict.fromkeys([*([] if place is None else [place]), *with_sessions(case, item)])
    period = provider_return.period_of(policy, now)
    return [
        Tell(
            f"unlist:{provider}:{period}:{case.id}:{item}:{seq}",
            provider_return.stream_id(case.scheme, provider, period),
            c.UnlistParticipant(provider, period, case.id, item, case.policy_version),
            SYSTEM,
        )
        for provider in providers
    ]


def no_sessions_left(case: Case, off: Session, policy: Policy, now: datetime, seq: int) -> list[Effect]:
    """Off the return of a provider whose part in an item was this session alone."""
    if off.item is None or off.provider is None:
        return []
    stays = off.provider == case.places.get(off.item) or off.provider in with_sessions(case, off.item)
    left = off.provider in case.left.get(off.item, ())
    return [] if stays or left else unlisted(case, off.item, policy, now, seq, (off.provider,))
