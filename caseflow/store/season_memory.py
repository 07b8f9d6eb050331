"""A season in numbers, counted over the memory store's dictionaries (engine/season.py says what)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.words import NOT_A_CONVERSATION, ContactResult, Role
from caseflow.engine.season import (
    CLOSERS,
    OUTCOMES,
    REMOVED,
    RIPE,
    SESSION_FACTS,
    SIGNS,
    TARGET,
    AnswerCount,
    BreachCount,
    ChaseCount,
    FactCount,
    JourneyCount,
    MeetingCount,
    Season,
    Surveys,
)
from caseflow.engine.traits import NOT_KNOWN, Who
from caseflow.engine.traits import who as who_is
from caseflow.store.codec import kind_of
from caseflow.store.memory import MemoryStore
from caseflow.store.memory_rows import Tables
from caseflow.store.season import CHASES, in_order, month

LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)
Facts = Sequence[ev.Recorded]
Lives = Iterable[tuple[Case, Facts, Who]]


def season(lives: Lives, since: datetime, until: datetime, now: datetime) -> Season:
    """The counts of [since, until]: what is done at this very moment is in them."""
    known = [(case, [one for one in facts if one.recorded_at >= since], who) for case, facts, who in lives]

    def within(at: datetime | None) -> bool:
        return at is not None and since <= at <= until

    journeys: Counter[tuple[Any, ...]] = Counter()
    meetings: Counter[tuple[Any, ...]] = Counter()
    chases: Counter[tuple[Any, ...]] = Counter()
    sessions: set[tuple[str, str, str, str, Who]] = set()
    breaches: Counter[tuple[Any, ...]] = Counter()
    for case, facts, who in known:
        accepted = min((one.occurred_at for one in facts if isinstance(one.event, ev.Accepted)), default=None)
        if within(case.referred_at):
            ripe = accepted is not None and accepted + RIPE <= now
            by_then = accepted is not None and case.ended_at is not None and case.ended_at <= accepted + RIPE
            journeys[month(case.referred_at), case.state.value, accepted is not None, ripe, ripe and by_then, who] += 1
        if accepted is not None and within(accepted):
            held = _first_meeting(facts)
            hours = None if held is None else max(0, -((accepted - held) // HOUR))
            meetings[month(accepted), hours, accepted + TARGET <= now, who] += 1
        for reached in _reached(facts):
            if reached <= until:
                sign = min(
                    (one.occurred_at for one in facts if one.occurred_at > reached and _is_sign(one)), default=None
                )
                chases[_day(reached), _day(sign), who] += 1
        for one in facts:
            kind = kind_of(type(one.event))
            if kind in SESSION_FACTS and within(one.occurred_at):
                counted = [kind, *([REMOVED] if getattr(one.event, "strike_removed", False) else [])]
                session = str(getattr(one.event, "session"))  # noqa: B009 - each of SESSION_FACTS has one
                sessions |= {(month(one.occurred_at), name, case.id, session, who) for name in counted}
            if isinstance(one.event, ev.BreachOpened) and within(one.occurred_at):
                end = next((two for two in facts if two.seq > one.seq and kind_of(type(two.event)) in CLOSERS), None)
                closed = (_day(end.occurred_at), kind_of(type(end.event))) if end else (None, "")
                breaches[_day(one.occurred_at), *closed, who] += 1
    monthly = Counter((month, kind, who) for month, kind, _, _, who in sessions)
    return Season(
        _counted(JourneyCount, journeys),
        _counted(MeetingCount, meetings),
        _counted(ChaseCount, chases),
        _counted(FactCount, monthly),
        _counted(BreachCount, breaches),
    )


def _counted(make: Any, counts: Counter[Any]) -> tuple[Any, ...]:
    return in_order(make(*row[:-1], n, row[-1]) for row, n in counts.items())


class MemorySeasons:
    """The part of the readings that counts a season."""

    _store: MemoryStore
    _tables: Tables

    def season(self, scheme: str, since: datetime, until: datetime) -> Season:
        """What happened from `since` up to and with `until`, counted."""
        lives = (
            (row.stream, self._tables.events.get((of, row.id), ()), self._who(row.stream))
            for (of, _), row in self._tables.streams.items()
            if of == scheme and isinstance(row.stream, Case)
        )
        return season(lives, since, until, self._store.now())

    def surveys(self, scheme: str, since: datetime, until: datetime) -> Surveys:
        """What came back of the survey in these months."""
        noted: Counter[tuple[str, str]] = Counter(
            (month(one.occurred_at), "filled_in" if one.event.filled_in else "left")
            for (of, _), facts in self._tables.events.items()
            for one in facts
            if of == scheme and isinstance(one.event, ev.SurveyNoted) and since <= one.occurred_at <= until
        )
        sent = [
            (period, answers)
            for of, period, answers in self._tables.surveys.values()
            if of == scheme and month(since) <= period <= month(until)
        ]
        answers = Counter((month, *one) for month, said in sent for one in said.items() if one[0] != "words")
        words = sorted((month, said["words"]) for month, said in sent if "words" in said)
        return Surveys(
            in_order(FactCount(month, kind, n) for (month, kind), n in noted.items()),
            in_order(AnswerCount(*row, n) for row, n in answers.items()),
            tuple(words),
        )

    def _who(self, case: Case) -> Who:
        person = self._tables.persons.get((case.scheme, case.parties.get(Role.PARTICIPANT, "")))
        if person is None:
            return NOT_KNOWN
        sex, ethnicity = (person.extra.get(one, "") for one in ("sex", "self_defined_ethnicity"))
        return who_is(sex, person.date_of_birth, ethnicity, case.referred_at.astimezone(LONDON).date())


def _first_meeting(facts: Facts) -> datetime | None:
    """When the earliest first meeting that was held began."""
    firsts: set[str] = set()
    starts: dict[str, datetime] = {}
    ends: dict[str, str] = {}
    for one in facts:
        match one.event:
            case ev.SessionBooked() as e:
                starts[e.session] = e.start
                if e.kind == "first_meeting":
                    firsts.add(e.session)
            case ev.SessionMoved() as e:
                starts[e.session] = e.start
            case _ if kind_of(type(one.event)) in OUTCOMES:
                session = str(getattr(one.event, "session"))  # noqa: B009 - each of OUTCOMES has one
                ends[session] = kind_of(type(one.event))
            case _:
                pass
    held = [name for name in firsts if ends.get(name) == "session_attended"]
    return min((starts[name] for name in held), default=None)


def _reached(facts: Facts) -> list[datetime]:
    """When a chase first reached them, in each matter."""
    found: dict[tuple[str | None, int], datetime] = {}
    for one in facts:
        match one.event:
            case ev.DeliveryNoted(reached=True) as e if e.purpose in CHASES:
                key = (e.expectation, e.cycle)
                found[key] = min(found.get(key, one.occurred_at), one.occurred_at)
            case _:
                pass
    return list(found.values())


def _is_sign(one: ev.Recorded) -> bool:
    match one.event:
        case ev.ContactRecorded() as e:
            return e.result is ContactResult.SPOKE
        case ev.AnswerReceived() as e:
            return e.reads_as not in NOT_A_CONVERSATION
        case _:
            return kind_of(type(one.event)) in SIGNS


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.astimezone(LONDON).date()
