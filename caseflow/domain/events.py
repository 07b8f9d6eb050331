"""Facts. Kept for ever, never changed; a new shape is a new version with a pure upcaster (store/codec).

Each class is one kind of fact. The envelope (`Recorded`) says when it happened, when we heard, who said so and why.
Events hold ids only: no name, number, address or free text (DESIGN, decision 13).
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from caseflow.domain.commands import BadRow, Item, Known, ReturnRow
from caseflow.domain.values import value
from caseflow.domain.words import (
    Actor,
    AddressStatus,
    Channel,
    ContactResult,
    Doubt,
    Need,
    Opinion,
    Origin,
    Receipt,
    Role,
    Ruling,
    RungEnd,
)


# ── the front door ──────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Referred:
    ref: str
    disposal: str
    policy_version: str
    referred_at: datetime
    offence_code: str
    offence_category: str  # as the referral says, or where it says nothing as the code table does
    offence_date: date
    last_safe: date | None  # the last safe decision date; None = no such clock, or unknown
    last_safe_unknown: bool
    parties: dict[Role, str]
    language: str
    addresses: dict[Channel, Known]
    texts_only: bool
    no_voicemail: bool
    not_before: time | None
    not_after: time | None
    victim: bool
    enhanced_rights: bool
    risk: str
    area: str
    answers: dict[str, bool | None]  # evidential_test, admission, consent as the officer gave them
    offence_listed: str = ""  # the category in the offence code table; "": not there, or not looked up
    last_safe_doubt: Doubt | None = None  # why the date is unknown


@dataclass(frozen=True, slots=True)
class Accepted:
    navigator: str
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declined:
    reason: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Assessed:
    needs: tuple[Need, ...]
    risk: str
    no_intervention: bool
    text: str | None = None


@dataclass(frozen=True, slots=True)
class PlanAgreed:
    items: tuple[Item, ...]
    read_back: bool
    ends_on: date | None
    outlives_last_safe: bool
    policy_version: str
    why_longer: str  # why it runs longer than this disposal usually does; empty where it does not


@dataclass(frozen=True, slots=True)
class ContactAgreed:
    addresses: dict[Channel, Known]
    language: str
    texts_only: bool
    no_voicemail: bool
    not_before: time | None
    not_after: time | None
    short_reminder: bool
    interpreter: bool
    text: str | None = None


@dataclass(frozen=True, slots=True)
class AddressNoted:
    channel: Channel
    address: str
    status: AddressStatus


# ── meetings and attendance ─────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class SessionBooked:
    session: str
    start: datetime
    kind: str
    item: str | None
    provider: str | None
    place: str
    enforceable: bool


@dataclass(frozen=True, slots=True)
class SessionMoved:
    session: str
    start: datetime
    asked_by: Role


@dataclass(frozen=True, slots=True)
class SessionCancelled:
    session: str
    asked_by: Role
    reason: str


@dataclass(frozen=True, slots=True)
class SessionAttended:
    """Came. A correction of a recorded miss removes the strike that stood on it."""

    session: str
    late: bool


@dataclass(frozen=True, slots=True)
class SessionMissed:
    """Nobody came and nobody said why. Opens the missed-session expectation; proves nothing by itself."""

    session: str


@dataclass(frozen=True, slots=True)
class SessionExcused:
    """An acceptable absence, said before or after; a strike already confirmed for it is reopened (`strike_removed`)."""

    session: str
    reason: str
    strike_removed: bool = False
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SessionNotHeld:
    session: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExcuseWithdrawn:
    session: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SessionRuled:
    session: str
    ruling: Ruling
    text: str | None = None


# ── contact ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class ContactRecorded:
    result: ContactResult
    channel: str
    about: str | None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerReceived:
    reads_as: str
    channel: str
    about: str | None
    needs_reading: bool
    text: str | None = None
    proposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerRead:
    answer: int


@value(frozen=True, slots=True)
class DeliveryNoted:
    notice: str
    purpose: str
    channel: Channel
    receipt: Receipt
    address: str
    expectation: str | None
    cycle: int
    rung: str
    subject: str | None
    reached: bool  # delivered to an address the participant confirmed
    last: bool = False  # it failed, and no channel is left to try


# ── strikes ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class StrikeConfirmed:
    """`evidence` names what proves that the person was reached: an event number and its kind."""

    session: str
    number: int
    by: Actor
    evidence: str
    evidence_seq: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class StrikeWaived:
    session: str
    by: Actor
    reason: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class StrikeDisputed:
    session: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class StrikeUpheld:
    """Looked at again by somebody who had not confirmed it: it stands. `text` says why."""

    session: str
    by: Actor
    text: str | None = None


# ── holds and overrides ─────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Held:
    hold: str  # "case" or the expectation id
    until: date
    ends: datetime  # the instant (UTC) at which the hold is over
    reason: str
    by: Actor
    covers: tuple[str, ...]  # the expectations it stops


@value(frozen=True, slots=True)
class Replanned:
    """One expectation's next rung and its new due time (UTC)."""

    expectation: str
    rung: str
    due: datetime


@dataclass(frozen=True, slots=True)
class HoldEnded:
    hold: str
    by: Actor | None  # None: its day came
    planned: tuple[Replanned, ...]
    side_by: date | None = None  # the day for the person's side, moved along with it, where a breach is alleged


@dataclass(frozen=True, slots=True)
class BroughtForward:
    plan: Replanned
    reason: str


@value(frozen=True, slots=True)
class Rebased:
    """The clock moved a rung: the last message took effect later, or the day already had its chase."""

    plan: Replanned
    why: str


# ── expectations (the engine's own facts) ───────────────────────────────────────────────────────
@value(frozen=True, slots=True)
class ExpectationOpened:
    expectation: str  # ladder, or ladder:subject
    ladder: str
    subject: str | None
    cycle: int
    opened: datetime  # the fact's time: rungs count from here
    start: datetime | None  # the subject's own time (a session's start) where it has one
    due: datetime | None
    next: str | None
    next_due: datetime | None
    passed: tuple[str, ...] = ()  # rungs already too late when it opened


@value(frozen=True, slots=True)
class ExpectationClosed:
    expectation: str
    cycle: int
    how: str  # met | lapsed | excused
    by: str  # the signal that closed it


@value(frozen=True, slots=True)
class RungFired:
    """What became of one rung: fired, skipped (its condition did not hold), lapsed (too late to be useful), blocked."""

    expectation: str
    cycle: int
    rung: str
    end: RungEnd
    due: datetime
    next: str | None
    next_due: datetime | None
    why: str = ""
    towards_participant: bool = False
    chase: bool = False  # it counts towards the gap between chases; calls and reminders do not
    skipped_by: Actor | None = None
    left_out: tuple[int, ...] | None = None  # acts of a fired rung whose condition did not hold; None: an older fact


# ── breach ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class BreachOpened:
    cause: str  # strike_2 | new_matter | no_contact
    side_by: date  # the day by which the participant is asked for their side
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SideAsked:
    by_day: date


@dataclass(frozen=True, slots=True)
class SideRecorded:
    declined: bool
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ViewRecorded:
    role: Role
    by: Actor
    opinion: Opinion
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderHeard:
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about a breach: a named person, what they decided, their reasons, and the views it stands on."""

    by: Actor
    outcome: Opinion
    reasons: str
    views: dict[Role, Opinion]
    side_given: bool
    reached: str  # evidence that the person was reached since strike 1, or what was tried
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Breached:
    """The only way into `breached`: it takes a `Decision`."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class CarriedOn:
    decision: Decision


@dataclass(frozen=True, slots=True)
class BreachLapsed:
    """Nobody decided in time: the person carries on, and strikes stay at one."""


# ── ends ────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Completed:
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    reason: str
    decision: Decision | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Reopened:
    reason: str
    to: str  # the state the journey stands in again


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """One expectation as it stands under another version: its next rung, when that comes, when the whole is due (UTC).

    `forgets` says that the version does not know the rung that spoke to the participant last.
    """

    expectation: str
    rung: str
    at: datetime
    due: datetime | None
    forgets: bool = False


@dataclass(frozen=True, slots=True)
class PolicyMoved:
    """The case goes on under another version of its policy; what both versions time alike is left as it was."""

    before: str
    to: str
    plans: tuple[CarriedOver, ...]
    text: str | None = None  # why


# ── the law's clock ─────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class LastSafeSet:
    """The OIC's word on the last safe decision date; None: no such limit runs."""

    day: date | None
    outlives_last_safe: bool  # would the plan as agreed now outlive it, with the policy's margin?
    text: str | None = None


# ── other facts people bring ────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class ExpectationsExplained:
    read_back: bool


@dataclass(frozen=True, slots=True)
class ReferredOn:
    item: str
    provider: str


@dataclass(frozen=True, slots=True)
class ProviderAnswered:
    item: str
    provider: str
    answer: str
    wait_until: date | None = None


@dataclass(frozen=True, slots=True)
class NeedUnmet:
    need: Need
    why: str


@dataclass(frozen=True, slots=True)
class EngagementNoted:
    item: str
    engagement: str


@dataclass(frozen=True, slots=True)
class ItemDone:
    item: str
    all_enforceable_done: bool


@dataclass(frozen=True, slots=True)
class ItemDropped:
    item: str
    reason: str
    all_enforceable_done: bool


@dataclass(frozen=True, slots=True)
class SurveyNoted:
    filled_in: bool


@dataclass(frozen=True, slots=True)
class Signposted:
    where: str


@dataclass(frozen=True, slots=True)
class NewMatterNoted:
    kind: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SafeguardingNoted:
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Died:
    pass


@dataclass(frozen=True, slots=True)
class WentAway:
    where: str
    until: date


@dataclass(frozen=True, slots=True)
class Transferred:
    navigator: str
    cover_until: date | None = None


@dataclass(frozen=True, slots=True)
class OfficerChanged:
    role: Role
    person: str


@dataclass(frozen=True, slots=True)
class VictimTold:
    about: str


@dataclass(frozen=True, slots=True)
class TaskFinished:
    task: str
    text: str | None = None  # what came of it


# ── provider returns and digests ────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class ParticipantListed:
    provider: str
    period: str
    case: str
    ref: str
    item: str
    policy_version: str


@dataclass(frozen=True, slots=True)
class ParticipantUnlisted:
    provider: str
    period: str
    case: str
    item: str
    policy_version: str


@dataclass(frozen=True, slots=True)
class ReturnReceived:
    rows: tuple[ReturnRow, ...]
    bad: tuple[BadRow, ...]
    final: bool
    late: bool


@dataclass(frozen=True, slots=True)
class ReturnNotNeeded:
    """The day came and nobody was listed."""


@dataclass(frozen=True, slots=True)
class AccessAsked:
    """The provider asked for a code or a fresh link; what is secret about it is no fact."""

    what: str  # code | link
    ask: str


@dataclass(frozen=True, slots=True)
class DigestPlanned:
    officer: str
    period: str
    due: datetime
    policy_version: str


@dataclass(frozen=True, slots=True)
class DigestClosed:
    period: str


CaseEvent = (
    Referred
    | Accepted
    | Declined
    | Assessed
    | PlanAgreed
    | ContactAgreed
    | AddressNoted
    | SessionBooked
    | SessionMoved
    | SessionCancelled
    | SessionAttended
    | SessionMissed
    | SessionExcused
    | SessionNotHeld
    | ExcuseWithdrawn
    | SessionRuled
    | ContactRecorded
    | AnswerReceived
    | AnswerRead
    | DeliveryNoted
    | StrikeConfirmed
    | StrikeWaived
    | StrikeDisputed
    | StrikeUpheld
    | Held
    | HoldEnded
    | BroughtForward
    | Rebased
    | ExpectationOpened
    | ExpectationClosed
    | RungFired
    | BreachOpened
    | SideAsked
    | SideRecorded
    | ViewRecorded
    | ProviderHeard
    | Breached
    | CarriedOn
    | BreachLapsed
    | Completed
    | Withdrawn
    | Ended
    | Reopened
    | PolicyMoved
    | LastSafeSet
    | ExpectationsExplained
    | ReferredOn
    | ProviderAnswered
    | NeedUnmet
    | EngagementNoted
    | ItemDone
    | ItemDropped
    | SurveyNoted
    | Signposted
    | NewMatterNoted
    | SafeguardingNoted
    | Died
    | WentAway
    | Transferred
    | OfficerChanged
    | VictimTold
    | TaskFinished
)
ReturnEvent = (
    ParticipantListed
    | ParticipantUnlisted
    | ReturnReceived
    | ReturnNotNeeded
    | AccessAsked
    | ExpectationOpened
    | ExpectationClosed
    | RungFired
    | Rebased
    | DeliveryNoted
    | TaskFinished
)
DigestEvent = DigestPlanned | DigestClosed | ExpectationOpened | ExpectationClosed | RungFired | DeliveryNoted
Event = CaseEvent | ReturnEvent | DigestEvent


@value(frozen=True, slots=True)
class Recorded:
    """A fact in its envelope. `seq` counts from 1 in its stream; times are UTC.

    `occurred_at` is when it happened, `recorded_at` when we heard. `caused_by` names the event (and rung) behind it.
    `text_mac` is the keyed digest of the free text that the fact names by id, kept apart so that it can be erased.
    """

    stream: str
    seq: int
    event: Event
    occurred_at: datetime
    recorded_at: datetime
    actor: Actor
    origin: Origin
    command_id: str
    caused_by: str = ""
    version: int = 1
    text_mac: str = ""
