"""The field's words as types: who, what, how, and the two small values everything returns (`Refused`, `Actor`).

Nothing here decides; the words are the ones people use on screen and on paper (docs/reference/words).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where a participant's journey stands. `referred` includes an accepted case that is not yet assessed."""

    REFERRED = "referred"
    ASSESSED = "assessed"
    ENGAGED = "engaged"
    COMPLETED = "completed"
    BREACHED = "breached"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


OPEN_STATES = frozenset({State.REFERRED, State.ASSESSED, State.ENGAGED})


class Role(StrEnum):
    """A part somebody plays in a case; resolved to a person when something is sent."""

    PARTICIPANT = "participant"
    REFERRER = "referrer"
    ARRESTING_OFFICER = "arresting_officer"
    OIC = "oic"
    TEAM = "team"  # the arresting officer's team mailbox
    SERGEANT = "sergeant"
    NAVIGATOR = "navigator"
    PROVIDER = "provider"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    COORDINATOR = "coordinator"
    VICTIM_CARE = "victim_care"
    SYSTEM = "system"  # the clock or a channel: never the author of a ruling


class Origin(StrEnum):
    """Through which door a fact came in."""

    PERSON = "person"
    TIMER = "timer"
    CHANNEL = "channel"
    IMPORT = "import"
    STREAM = "stream"  # another stream told us (a provider's return, a digest)


class Doubt(StrEnum):
    """Why nobody but the OIC can say when the power to prosecute ends (domain/last_safe.py)."""

    NOT_LISTED = "not_listed"
    CATEGORIES_DIFFER = "categories_differ"
    VALUE_NOT_SAID = "value_not_said"
    LOW_VALUE = "low_value"
    DOMESTIC = "domestic"
    DOMESTIC_NOT_SAID = "domestic_not_said"
    MOTORING = "motoring"
    NO_RULE = "no_rule"


class Channel(StrEnum):
    TEXT = "text"
    EMAIL = "email"
    LETTER = "letter"


class AddressStatus(StrEnum):
    """What is known of one of the participant's addresses. Only `confirmed` can prove that someone was reached."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    SHARED = "shared"  # confirmed, but others read it
    SEIZED = "seized"
    BLOCKED = "blocked"  # STOP, WRONG or dead


class Attendance(StrEnum):
    ATTENDED = "attended"
    LATE = "late"  # counts as attended
    ACCEPTABLE = "acceptable_absence"
    UNACCEPTABLE = "unacceptable_absence"  # nobody gave a reason (yet)
    NOT_HELD = "did_not_happen"  # the service's doing, never the participant's


CAME = frozenset({Attendance.ATTENDED, Attendance.LATE})


class ContactResult(StrEnum):
    SPOKE = "spoke"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    WRONG_PERSON = "wrong_person"
    DEAD_NUMBER = "dead_number"


class Receipt(StrEnum):
    """A channel's last word on one attempt, ranked by `RECEIPT_RANK`: receipts may repeat and come out of order."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary_failure"
    TECHNICAL = "technical_failure"
    UNKNOWN = "unknown"
    PERMANENT = "permanent_failure"
    DELIVERED = "delivered"
    DROPPED = "dropped"  # never sent: over the contact budget, or no channel left


RECEIPT_RANK = {receipt: rank for rank, receipt in enumerate(Receipt)}
NOT_SENT = frozenset({Receipt.DROPPED, Receipt.TECHNICAL, Receipt.UNKNOWN})
"""Words that do not say that a message went."""

NOT_A_CONVERSATION = frozenset({"stop", "wrong", "doubt"})
"""Readings of an answer that are no sign of the participant: they stop no ladder and prove nothing."""


class Opinion(StrEnum):
    """What a person thinks, or decides, about an alleged breach."""

    BREACHED = "breached"
    CARRY_ON = "carry_on"
    END = "end"  # without fault


class Ruling(StrEnum):
    """A navigator's ruling on a missed session."""

    EXCUSED = "excused"
    BACK_ON_TRACK = "back_on_track"
    NOT_KNOWN = "not_known"
    STRIKE = "strike"


class RungEnd(StrEnum):
    FIRED = "fired"
    SKIPPED = "skipped"
    LAPSED = "lapsed"
    BLOCKED = "blocked"


class ItemKind(StrEnum):
    ENFORCEABLE = "enforceable"
    VOLUNTARY = "voluntary"


class Need(StrEnum):
    """Needs an assessment may find; welfare needs can only ever become voluntary items."""

    THINKING = "thinking_and_behaviour"
    ALCOHOL = "alcohol"
    DRUGS = "drugs"
    MENTAL_HEALTH = "mental_health"
    HOUSING = "housing"
    MONEY = "money"
    WORK = "work_training_education"
    RELATIONSHIPS = "relationships"
    VICTIM_AWARENESS = "victim_awareness"
    HEALTH = "health"


WELFARE_NEEDS = frozenset({Need.ALCOHOL, Need.DRUGS, Need.MENTAL_HEALTH, Need.HOUSING, Need.MONEY, Need.HEALTH})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asked. `person` is an id from the people register, never a name."""

    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class Refused:
    """A command that may not happen: a stable code for machines, plain words for people."""

    code: str
    words: str


def in_words(day: date) -> str:
    """A civil day in a sentence: 9 May 2022."""
    return f"{day.day} {day:%B %Y}"


def a(noun: str) -> str:
    """With its article: a conditional caution, an outcome 22 activity. By the letter: for the names of disposals."""
    return f"{'an' if noun[:1].lower() in set('aeiou') else 'a'} {noun}"
