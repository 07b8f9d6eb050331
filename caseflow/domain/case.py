"""What a stream knows of itself: the case, as its facts left it. Values only; `evolve` makes the next one.

All dataclasses are frozen and treated as immutable, dictionaries included: a change is a copy. The four wide ones have no
slots, so that `changed` can copy them whole: with forty fields `dataclasses.replace` costs more than all of a rung's rules.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar

from caseflow.domain.commands import Item, Known
from caseflow.domain.values import value
from caseflow.domain.words import (
    OPEN_STATES,
    Actor,
    AddressStatus,
    Channel,
    Opinion,
    Receipt,
    Role,
    State,
)

Wide = TypeVar("Wide")


def changed(value: Wide, **changes: Any) -> Wide:
    """A copy with these fields changed: `dataclasses.replace` for the values here that have no slots."""
    copy = object.__new__(type(value))
    fields = copy.__dict__
    fields.update(value.__dict__)
    fields.update(changes)
    return copy


@value(frozen=True)
class Expectation:
    """Something expected of someone by a time, and how far its ladder has been climbed.

    `opened` is the fact's time; `start` the subject's own time (a session). `prev_at` is when the last rung that spoke
    to the participant took effect: sent, and moved on when its receipt comes. All instants UTC.
    """

    id: str
    ladder: str
    subject: str | None
    cycle: int
    status: str  # open | held | met | missed | lapsed | excused
    opened: datetime
    start: datetime | None = None
    due: datetime | None = None
    next: str | None = None
    next_due: datetime | None = None
    prev_rung: str | None = None
    prev_at: datetime | None = None
    acked: bool = True  # a channel has said what became of the last message to the participant
    fired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    start: datetime
    kind: str  # first_meeting | session
    item: str | None
    provider: str | None
    place: str
    enforceable: bool
    status: str = "booked"  # booked | attended | missed | excused | not_held | cancelled
    known_at: datetime | None = None
    reason: str = ""
    ruling: str = ""
    cycle: int = 0
    held: bool = False  # lay inside a hold: excused, never counted


@dataclass(frozen=True, slots=True)
class Strike:
    session: str
    number: int
    at: datetime
    by: Actor
    disputed: bool = False
    warned_at: datetime | None = None  # when the warning about it reached the person
    upheld: bool = False  # looked at again, and it stands


@dataclass(frozen=True, slots=True)
class View:
    role: Role
    by: Actor
    opinion: Opinion
    at: datetime
    text: str | None = None


@dataclass(frozen=True, slots=True)
class BreachFile:
    """An alleged breach under discussion."""

    cause: str
    opened: datetime
    side_by: date
    side_asked: bool = False
    side: str | None = None  # given | declined
    side_text: str | None = None
    views: dict[Role, View] = field(default_factory=dict)
    provider_heard: bool = False


@dataclass(frozen=True, slots=True)
class HoldOn:
    hold: str
    since: datetime
    until: date
    ends: datetime
    reason: str
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Proof that the person was reached: a delivered receipt at a confirmed address, live contact, or an answer."""

    kind: str  # delivered | spoke | answered
    at: datetime
    seq: int
    about: str | None = None
    channel: str = ""
    purpose: str = ""  # which message was delivered


@dataclass(frozen=True, slots=True)
class Contact:
    """How, when and where the person may be reached. Addresses are ids; what they say lives in the people register."""

    language: str = "en"
    agreed: bool = False
    texts_only: bool = False
    no_voicemail: bool = False
    not_before: time | None = None
    not_after: time | None = None
    short_reminder: bool = False
    addresses: dict[Channel, Known] = field(default_factory=dict)

    def usable(self, channel: Channel) -> bool:
        """May anything be sent there at all?"""
        known = self.addresses.get(channel)
        return known is not None and known.status not in {AddressStatus.BLOCKED, AddressStatus.SEIZED}


@dataclass(frozen=True)
class Case:
    """One participant's journey through one disposal. `seq` is the number of the last fact in it."""

    id: str
    scheme: str
    seq: int
    ref: str
    disposal: str
    policy_version: str
    state: State
    referred_at: datetime
    offence_code: str
    offence_category: str
    offence_date: date
    last_safe: date | None
    parties: dict[Role, str]
    contact: Contact
    victim: bool = False
    enhanced_rights: bool = False
    area: str = ""
    risk: str = ""
    answers: dict[str, bool | None] = field(default_factory=dict)
    accepted_at: datetime | None = None
    assessed_at: datetime | None = None
    needs: tuple[str, ...] = ()
    no_intervention: bool = False
    items: dict[str, Item] = field(default_factory=dict)
    items_done: frozenset[str] = frozenset()
    items_dropped: frozenset[str] = frozenset()
    places: dict[str, str] = field(default_factory=dict)  # item -> provider with whom it is placed
    left: dict[str, tuple[str, ...]] = field(default_factory=dict)  # item -> providers it was placed with before
    plan_at: datetime | None = None
    first_plan_at: datetime | None = None  # how long a plan may run counts from the first
    read_back: bool = False
    plan_ends: date | None = None
    outlives: bool = False  # the plan would outlive the power to prosecute, with the policy's margin
    sessions: dict[str, Session] = field(default_factory=dict)
    expectations: dict[str, Expectation] = field(default_factory=dict)
    strikes: tuple[Strike, ...] = ()
    breach: BreachFile | None = None
    breaches: int = 0
    holds: dict[str, HoldOn] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()  # the newest dozen
    calls: tuple[datetime, ...] = ()  # the newest calls nobody answered
    unread: frozenset[int] = frozenset()  # answers that a person has not read yet
    receipts: dict[str, Receipt] = field(default_factory=dict)  # last word per notice
    last_two_way: datetime | None = None
    last_chase_at: datetime | None = None
    new_matter: bool = False
    dead: bool = False
    all_done: bool = False
    end_reason: str = ""
    ended_at: datetime | None = None
    survey: bool = False
    last_safe_unknown: bool = False  # the OIC has still to say
    kind: str = "case"

    @property
    def open(self) -> bool:
        """Is the journey still going on?"""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class Listed:
    """A participant on a provider's return."""

    case: str
    ref: str
    item: str
    left: bool = False
    reported: bool = False


@dataclass(frozen=True)
class ProviderReturn:
    """One provider's report for one period. `parties` holds the provider and the scheme's manager and coordinator."""

    id: str
    scheme: str
    seq: int
    ref: str
    policy_version: str
    provider: str
    period: str
    status: str = "planned"  # planned | asked | received | not_needed
    participants: dict[str, Listed] = field(default_factory=dict)  # "case:item"
    expectations: dict[str, Expectation] = field(default_factory=dict)
    received_at: datetime | None = None
    bad_rows: int = 0
    kind: str = "provider_return"


@dataclass(frozen=True)
class Digest:
    """One officer's digest: which period is being gathered."""

    id: str
    scheme: str
    seq: int
    ref: str
    policy_version: str
    officer: str
    period: str
    expectations: dict[str, Expectation] = field(default_factory=dict)
    kind: str = "digest"


Stream = Case | ProviderReturn | Digest
