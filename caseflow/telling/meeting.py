"""What a participant is told on their own page: when and where, what was agreed, what may follow, in the policy's words.

case, policy, now | Page. Nothing here is decided: it is the leaflet's data and the case's own sessions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caseflow.domain.case import Case, Session
from caseflow.domain.policy import Policy
from caseflow.domain.reading import rules_of
from caseflow.domain.words import Role, State
from caseflow.engine.app import App
from caseflow.messages import phrases
from caseflow.messages.policies import leaflet
from caseflow.messages.wording import Service


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session to come: its id, when, where, with whom ("" where only time and place are told)."""

    id: str
    start: datetime
    place: str
    worker: str = ""


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What the participant's page shows. `policy` holds the leaflet's fields in their language; None once all is over."""

    first_name: str
    worker: str
    meetings: tuple[Meeting, ...]
    agreed: tuple[str, ...]
    policy: Mapping[str, Any] | None
    completed: bool
    survey: bool


def meetings(case: Case, now: datetime) -> list[Session]:
    """The sessions to come, the next one first."""
    if not case.open:
        return []
    booked = [one for one in case.sessions.values() if one.status == "booked" and one.start > now]
    return sorted(booked, key=lambda one: (one.start, one.id))


def next_meeting(case: Case, now: datetime) -> Meeting | None:
    """The next one: time and place only."""
    return next((Meeting(one.id, one.start, one.place) for one in meetings(case, now)), None)


def own_page(app: App, case: Case, service: Service, now: datetime, language: str) -> OwnPage:
    """The page in this language. One reading: the people it names."""
    policy = app.policy_for(case)
    spoken = language if language in policy.languages else policy.languages[0]
    coming = meetings(case, now)
    person, worker = case.parties.get(Role.PARTICIPANT, ""), case.parties.get(Role.NAVIGATOR, "")
    with app.store.begin() as unit:
        people = unit.people(case.scheme, {person, worker, *(one.provider or "" for one in coming)} - {""})
    named = {key: one.given for key, one in people.items()}
    left = [one for key, one in case.items.items() if key not in case.items_done and key not in case.items_dropped]
    agreed = [phrases.agreed_item(f"{one.intervention}|{one.kind.value}", service.titles, language) for one in left]
    return OwnPage(
        named.get(person, ""),
        named.get(worker, ""),
        tuple(Meeting(one.id, one.start, one.place, named.get(one.provider or worker, "")) for one in coming),
        tuple(agreed) if case.open else (),
        leaflet.fields(policy, rules_of(case, policy), spoken) if case.open else None,
        case.state is State.COMPLETED,
        case.survey,
    )


NOT_THEIRS = frozenset({"service_cancelled", "our_mistake", "reported_by_provider", "in_custody", "on_hold"})
"""Reasons that services give, or that nobody gives beforehand."""


def reasons(policy: Policy, language: str) -> dict[str, str]:
    """Why somebody may not be able to come, by the policy's codes, in the words of the leaflet."""
    spoken = language if language in policy.languages else policy.languages[0]
    said = {code: leaflet.REASONS.get(code) for code in policy.excuses if code not in NOT_THEIRS}
    return {code: words[spoken] for code, words in said.items() if words}
