"""A season in numbers, counted over the memory store's dictionaries (engine/season.py says what)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.words import NOT_A_CONVERSATION, ContactResult
from caseflow.engine.season import (
    CLOSERS,
    OUTCOMES,
    REMOVED,
    RIPE,
    SESSION_FACTS,
    SIGNS,
    TARGET,
    BreachCount,
    ChaseCount,
    FactCount,
    JourneyCount,
    MeetingCount,
    Season,
)
from caseflow.store.codec import kind_of
from caseflow.store.memory import MemoryStore
from caseflow.store.memory_rows import Tables
from caseflow.store.season import CHASES, in_order

LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)
Facts = Sequence[ev.Recorded]
Lives = Iterable[tuple[Case, Facts]]


def season(lives: Lives, since: datetime, until: datetime, now: datetime) -> Season:
    """The counts of [since, until)."""
    known = [(case, [one for one in facts if one.recorded_at >= since]) for case, facts in lives]

    def within(at: datetime | None) -> bool:
        return at is not None and since <= at < until

    journeys: Counter[tuple[Any, ...]] = Counter()
    meetings: Counter[tuple[Any, ...]] = Counter()
    chases: Counter[tuple[Any, ...]] = Counter()
    sessions: set[tuple[str, str, str, str]] = set()
    breaches: Counter[tuple[Any, ...]] = Counter()
    for case, facts in known:
        accepted = min((one.occurred_at for one in facts if isinstance(one.event, ev.Accepted)), default=None)
        if within(case.referred_at):
            ripe = accepted is not None and accepted + RIPE <= now
            by_then = accepted is not None and case.ended_at is not None and case.ended_at <= accepted + RIPE
            journeys[_month(case.referred_at), case.state.value, accepted is not None, ripe, ripe and by_then] += 1
        if accepted is not None and within(accepted):
            held = _first_meeting(facts)
            hours = None if held is None else max(0, -((accepted - held) // HOUR))
            meetings[_month(accepted), hours, accepted + TARGET <= now] += 1
        for reached in _reached(facts):
            if reached < until:
                sign = min(
                    (one.occurred_at for one in facts if one.occurred_at > reached and _is_sign(one)), default=None
                )
                chases[_day(reached), _day(sign)] += 1
        for one in facts:
            kind = kind_of(type(one.event))
            if kind in SESSION_FACTS and within(one.occurred_at):
                counted = [kind, *([REMOVED] if getattr(one.event, "strike_removed", False) else [])]
                session = str(getattr(one.event, "session"))  # noqa: B009 - each of SESSION_FACTS has one
                sessions |= {(_month(one.occurred_at), name, case.id, session) for name in counted}
            if isinstance(one.event, ev.BreachOpened) and within(one.occurred_at):
                end = next((two for two in facts if two.seq > one.seq and kind_of(type(two.event)) in CLOSERS), None)
                closed = (_day(end.occurred_at), kind_of(type(end.event))) if end else (None, "")
                breaches[_day(one.occurred_at), *closed] += 1
    monthly = Counter((month, kind) for month, kind, _, _ in sessions)
    return Season(
        _counted(JourneyCount, journeys),
        _counted(MeetingCount, meetings),
        _counted(ChaseCount, chases),
        _counted(FactCount, monthly),
        _counted(BreachCount, breaches),
    )


def _counted(make: Any, counts: Counter[Any]) -> tuple[Any, ...]:
    return in_order(make(*row, n) for row, n in counts.items())


class MemorySeasons:
    """The part of the readings that counts a season."""

    _store: MemoryStore
    _tables: Tables

    def season(self, scheme: str, since: datetime, until: datetime) -> Season:
        """What happened from `since` to before `until`, counted."""
        lives = (
            (row.stream, self._tables.events.get((of, row.id), ()))
            for (of, _), row in self._tables.streams.items()
            if of == scheme and isinstance(row.stream, Case)
        )
        return season(lives, since, until, self._store.now())


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


def _month(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%Y-%m}"
