"""What a participant is told on their own page: when and where, what was agreed, what may follow, in the policy's words.

case, policy, now | Page. Nothing here is decided: it is the leaflet's data and the case's own sessions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from caseflow.domain import events as ev
from caseflow.domain.case import Case, Session
from caseflow.domain.policy import DisposalRules, Policy
from caseflow.domain.reading import hold_over, rules_of
from caseflow.domain.words import Role, State
from caseflow.engine.app import App
from caseflow.messages import phrases
from caseflow.messages.policies import leaflet
from caseflow.messages.wording import Service


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session to come: its id, when, where, with whom ("" where only time and place are told).

    `said`: what they have told us about it: coming, cannot, or "" for nothing yet. `held`: it lies in a hold that is on, so
    that nobody has to come.
    """

    id: str
    start: datetime
    place: str
    worker: str = ""
    said: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """Their side of an alleged breach, which people are deciding.

    `given`: asked (not yet), late (its day is over), held (all is on hold, and their time does not run), given or declined.
    """

    by: date
    given: str


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
    """What the participant's page shows. `otherwise` is None once all is over.

    `side`: what they are asked while a breach is alleged. `held`: the last day of a hold of everything.
    """

    first_name: str
    worker: str
    meetings: tuple[Meeting, ...]
    agreed: tuple[str, ...]
    otherwise: Otherwise | None
    completed: bool
    survey: bool
    side: Side | None = None
    held: date | None = None


def meetings(case: Case, now: datetime) -> list[Session]:
    """The sessions to come, the next one first."""
    if not case.open:
        return []
    booked = [one for one in case.sessions.values() if one.status == "booked" and one.start > now]
    return sorted(booked, key=lambda one: (one.start, one.id))


def next_meeting(case: Case, now: datetime) -> Meeting | None:
    """The next one: time and place only."""
    return next((_time_and_place(case, one) for one in meetings(case, now)), None)


def _time_and_place(case: Case, session: Session) -> Meeting:
    return Meeting(session.id, session.start, session.place, held=hold_over(case, session) is not None)


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
            replace(
                _time_and_place(case, one),
                worker=named.get(one.provider or worker, ""),
                said=said.get(one.id, ""),
            )
            for one in coming
        ),
        tuple(agreed) if case.open else (),
        _otherwise(policy, rules_of(case, policy), language) if case.open else None,
        case.state is State.COMPLETED,
        case.survey,
        _side(case, policy, now) if case.open else None,
        case.holds["case"].until if case.open and "case" in case.holds else None,
    )


def _side(case: Case, policy: Policy, now: datetime) -> Side | None:
    """Without the other views and without the cause: those are told by a person and in the letter."""
    file = case.breach
    if file is None:
        return None
    late = policy.calendar.local(now).date() > file.side_by
    return Side(file.side_by, file.side or ("held" if "case" in case.holds else "late" if late else "asked"))


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
