"""What a participant is told on their own page: when and where, what was agreed, what may follow, in the policy's words.

case, policy, now | Page. Nothing here is decided: it is the leaflet's data and the case's own sessions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from caseflow.domain import events as ev
from caseflow.domain.case import Case, Session
from caseflow.domain.policy import DisposalRules, Policy
from caseflow.domain.reading import rules_of
from caseflow.domain.words import Role, State
from caseflow.engine.app import App
from caseflow.messages import phrases
from caseflow.messages.policies import leaflet
from caseflow.messages.wording import Service


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session to come: its id, when, where, with whom ("" where only time and place are told).

    `said`: what they have told us about it: coming, cannot, or "" for nothing yet.
    """

    id: str
    start: datetime
    place: str
    worker: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What happens if they do not come, in the words and figures of the leaflet."""

    reasons: tuple[str, ...]
    strikes: bool
    breach_opens_at: int
    side_days: int
    may_follow: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What the participant's page shows. `otherwise` is None once all is over."""

    first_name: str
    worker: str
    meetings: tuple[Meeting, ...]
    agreed: tuple[str, ...]
    otherwise: Otherwise | None
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


def told_us(events: Iterable[ev.Recorded]) -> Mapping[str, str]:
    """What they last told us of each session, by its id: coming or cannot. A new time asks anew."""
    said: dict[str, str] = {}
    for one in events:
        match one.event:
            case ev.AnswerReceived(about=str() as session, reads_as="ok"):
                said[session] = "coming"
            case ev.AnswerReceived(about=str() as session, reads_as="cant" | "call"):
                said[session] = "cannot"
            case ev.SessionMoved() as moved:
                said.pop(moved.session, None)
            case _:
                pass
    return said


def own_page(
    app: App, case: Case, events: Iterable[ev.Recorded], service: Service, now: datetime, language: str
) -> OwnPage:
    """The page in this language. One reading: the people it names."""
    policy = app.policy_for(case)
    said = told_us(events)
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
        tuple(
            Meeting(one.id, one.start, one.place, named.get(one.provider or worker, ""), said.get(one.id, ""))
            for one in coming
        ),
        tuple(agreed) if case.open else (),
        _otherwise(policy, rules_of(case, policy), language) if case.open else None,
        case.state is State.COMPLETED,
        case.survey,
    )


def _otherwise(policy: Policy, rules: DisposalRules, language: str) -> Otherwise:
    """In this language, whichever the scheme's own papers are written in."""
    reasons = [words for code in policy.excuses if (words := leaflet.REASONS.get(code))]
    return Otherwise(
        tuple(one[language] for one in reasons),
        rules.strikes,
        policy.strikes.breach_opens_at,
        policy.side_working_days,
        leaflet.MAY_FOLLOW[rules.breach_leads_to][language],
    )
