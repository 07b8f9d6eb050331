"""What happened in a scheme over some months, counted by the store in one go: rows of numbers, never of people.

Months ("2022-01") and days are civil, in London. A row is a combination that occurs, with how often it did, and of which
groups of people (`who`: sex, age when referred, self-defined ethnicity; caseflow/engine/traits.py).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from caseflow.engine.traits import NOT_KNOWN, Who

RIPE = timedelta(days=150)
"""When a journey that was accepted is looked at: most have ended by then, so months can be compared."""
TARGET = timedelta(hours=72)
"""The first meeting is to be held this long after acceptance, or earlier."""

SESSION_FACTS = ("session_missed", "session_excused", "strike_confirmed", "strike_waived")
"""Facts counted by month, a session at most once for each of them."""
REMOVED = "strike_removed"
"""Counted with them: an excuse that took away a strike."""
CLOSERS = ("breached", "carried_on", "breach_lapsed", "ended", "withdrawn", "completed")
"""The first of these after an allegation is what came of it."""
OUTCOMES = ("session_attended", "session_missed", "session_excused", "session_not_held")
"""The last of these is what came of a session."""
SIGNS = ("contact_recorded", "answer_received", "session_attended", "session_booked")
"""What a person does after a message that reached them; a call counts where somebody spoke, an answer where it is one."""


@dataclass(frozen=True, slots=True)
class JourneyCount:
    """Journeys by the month of their referral, as they stand now.

    `ripe`: accepted, and RIPE has passed since; `by_then`: it had ended when it had.
    """

    month: str
    state: str
    accepted: bool
    ripe: bool
    by_then: bool
    n: int
    who: Who = NOT_KNOWN


@dataclass(frozen=True, slots=True)
class MeetingCount:
    """Accepted journeys by the month of acceptance: `hours` (rounded up) until the first meeting, None: not held.

    `over`: TARGET has passed since acceptance.
    """

    month: str
    hours: int | None
    over: bool
    n: int
    who: Who = NOT_KNOWN


@dataclass(frozen=True, slots=True)
class ChaseCount:
    """Matters in which a chase reached somebody (a receipt from an address they confirmed): on which day first.

    `answered` is the day of the first sign of them after that; None: there was none.
    """

    reached: date
    answered: date | None
    n: int
    who: Who = NOT_KNOWN


@dataclass(frozen=True, slots=True)
class FactCount:
    """One of SESSION_FACTS or REMOVED in a month."""

    month: str
    kind: str
    n: int
    who: Who = NOT_KNOWN


@dataclass(frozen=True, slots=True)
class BreachCount:
    """Alleged breaches: the day they were, the day of what came of it (one of CLOSERS), None and "" while it waits."""

    opened: date
    closed: date | None
    outcome: str
    n: int
    who: Who = NOT_KNOWN


@dataclass(frozen=True, slots=True)
class Season:
    """Everything counted of one scheme in one stretch of time, each in the order of its fields."""

    journeys: tuple[JourneyCount, ...] = ()
    meetings: tuple[MeetingCount, ...] = ()
    chases: tuple[ChaseCount, ...] = ()
    facts: tuple[FactCount, ...] = ()
    breaches: tuple[BreachCount, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """One answer to one question of the survey in a month."""

    month: str
    question: str
    answer: str
    n: int


@dataclass(frozen=True, slots=True)
class Surveys:
    """What came back of the survey: whether it was filled in or left (`noted`: kind "filled_in" or "left"), answers, words.

    Answers and words are of the page; a survey on paper is noted only. `words`: the month, and what somebody wrote.
    """

    noted: tuple[FactCount, ...] = ()
    answers: tuple[AnswerCount, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
