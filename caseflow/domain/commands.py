"""What people, clocks and channels may ask of a stream. A command is a wish; `decide` answers with events or `Refused`.

Instants are aware UTC datetimes. `text` fields hold the id of a stored free text, never the words themselves.
Each command's class name in snake case is its public name (`case do ID record_attendance …`).
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from caseflow.domain.values import value
from caseflow.domain.words import (
    Actor,
    AddressStatus,
    Attendance,
    Channel,
    ContactResult,
    ItemKind,
    Need,
    Opinion,
    Origin,
    Receipt,
    Role,
)


@dataclass(frozen=True, slots=True)
class Known:
    """One address of the participant as the case knows it: an id into the people register and what is known of it."""

    address: str
    status: AddressStatus = AddressStatus.UNCONFIRMED


# ── the front door ──────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Refer:
    """An officer refers a person. `parties` maps a role to a person id; `evidence` holds the answers of the form."""

    ref: str
    disposal: str
    policy_version: str
    referred_at: datetime
    offence_code: str
    offence_category: (
        str  # as the referral says: CS summary, CM summary motoring, CE either way, CI indictable; "" not said
    )
    offence_date: date
    parties: dict[Role, str]
    adult_on: date  # the day of the eighteenth birthday: an age test without a date of birth in the facts
    language: str = "en"
    addresses: dict[Channel, Known] = field(default_factory=dict)
    texts_only: bool = False
    no_voicemail: bool = False
    not_before: time | None = None
    not_after: time | None = None
    evidential_test: bool | None = None
    admission: bool | None = None
    consent: bool | None = None
    domestic_abuse: bool | None = False  # None: not said
    victim: bool = False
    enhanced_rights: bool = False
    risk: str = ""
    gravity: int | None = None
    property_pence: int | None = None
    area: str = ""
    as_at: bool = False  # an old file read on purpose: the age of the referral is not held against it
    offence_listed: str = (
        ""  # the category in the offence code table; "": the code is not there, so nothing is reckoned
    )


@dataclass(frozen=True, slots=True)
class Accept:
    """`confirmed` names needs of the disposal (admission, consent) that the referral lacked and a person has seen since."""

    navigator: str
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decline:
    reason: str  # not_eligible | person_says_no | other
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Assess:
    needs: tuple[Need, ...] = ()
    risk: str = ""
    no_intervention: bool = False
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing agreed. `hours` is attendance asked for in all; a provider id where somebody else delivers it."""

    id: str
    kind: ItemKind
    intervention: str
    need: Need | None = None
    provider: str | None = None
    hours: int = 0


@dataclass(frozen=True, slots=True)
class AgreePlan:
    """The handshake: signed, and read back in the participant's own words.

    `why_longer`: why it runs longer than this disposal usually does, where it does.
    """

    items: tuple[Item, ...]
    signed: bool
    read_back: bool
    ends_on: date | None = None
    why_longer: str = ""


@dataclass(frozen=True, slots=True)
class AgreeContact:
    """How we keep in touch, agreed with the person; addresses given here are confirmed by them.

    What is not said stays as it is: a limit that keeps somebody safe goes only where it is named (`any_hour` for hours).
    """

    addresses: dict[Channel, Known] = field(default_factory=dict)
    language: str | None = None
    texts_only: bool | None = None
    no_voicemail: bool | None = None
    not_before: time | None = None
    not_after: time | None = None
    any_hour: bool = False
    short_reminder: bool | None = None
    interpreter: bool | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class NoteAddress:
    """A fact about one address: confirmed, seized, blocked after STOP or WRONG, or a new one."""

    channel: Channel
    address: str
    status: AddressStatus


# ── meetings and attendance ─────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class BookSession:
    session: str
    start: datetime
    kind: str = "session"  # first_meeting | session
    item: str | None = None
    provider: str | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class MoveSession:
    session: str
    start: datetime
    asked_by: Role = Role.PARTICIPANT


@dataclass(frozen=True, slots=True)
class CancelSession:
    session: str
    asked_by: Role
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordAttendance:
    session: str
    outcome: Attendance
    reason: str = ""  # an acceptable reason of the scheme where the outcome is an acceptable absence
    text: str | None = None


# ── contact ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class RecordContact:
    """Somebody tried to reach the participant (a call, a visit)."""

    result: ContactResult
    channel: str = "phone"
    about: str | None = None  # a session id, or "strike", or "breach"
    text: str | None = None


@dataclass(frozen=True, slots=True)
class NoteAnswer:
    """The participant answered a message or rang. `reads_as` is a suggestion: ok | cant | call | no | free.

    stop | wrong act on the number at once; doubt is perhaps somebody else. `proposes`: what a person may confirm
    (`replies.py`). `address`: the id of the address it came from, where that is known.
    """

    reads_as: str
    channel: str = "text"
    about: str | None = None
    text: str | None = None
    needs_reading: bool = False
    proposes: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """A person read an answer that needed reading: nothing about it is open any more."""

    answer: int  # the event number of the answer


@value(frozen=True, slots=True)
class NoteDelivery:
    """What a channel says became of an attempt. `address` is the address id it went to; `last`: no channel is left."""

    notice: str
    purpose: str
    channel: Channel
    receipt: Receipt
    address: str = ""
    expectation: str | None = None
    cycle: int = 0
    rung: str = ""
    subject: str | None = None
    last: bool = False


# ── rulings and discretion ──────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Excuse:
    session: str
    reason: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class WithdrawExcuse:
    session: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class RuleSession:
    """A ruling on a missed session that is neither an excuse nor a strike: back on track, or not known."""

    session: str
    ruling: str  # back_on_track | not_known
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmStrike:
    session: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class WaiveStrike:
    session: str
    reason: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class DisputeStrike:
    session: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing fires until the day is over. `expectation` None holds the whole case."""

    until: date
    reason: str
    expectation: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    expectation: str | None = None


@dataclass(frozen=True, slots=True)
class BringForward:
    """The next rung of an expectation fires now, inside contact hours."""

    expectation: str
    reason: str


@dataclass(frozen=True, slots=True)
class SkipRung:
    expectation: str
    reason: str


# ── breach ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class OpenBreach:
    """A person (or a panel) alleges a breach that no second strike opened: a new matter, or lost contact."""

    cause: str  # new_matter | no_contact
    text: str | None = None


@dataclass(frozen=True, slots=True)
class AskSide:
    """The participant was asked in person or by phone for their side."""

    by_day: date


@dataclass(frozen=True, slots=True)
class RecordSide:
    text: str | None = None
    declined: bool = False


@dataclass(frozen=True, slots=True)
class RecordView:
    """One person's view, written before seeing the others'."""

    opinion: Opinion
    text: str | None = None
    for_role: Role | None = None  # the role it is given for when somebody stands in (a sergeant for the OIC)


@dataclass(frozen=True, slots=True)
class HearProvider:
    text: str | None = None


@dataclass(frozen=True, slots=True)
class DecideBreach:
    outcome: Opinion
    reasons: str
    text: str | None = None
    tried: str = ""  # what was tried to reach the person, where they were never reached


# ── ends ────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Complete:
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The person stops, said in a conversation: taking part is voluntary."""

    text: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """An end without fault: not_reached, not_started, no_further_action, not_engaged, died, charge_dropped, transferred."""

    reason: str
    text: str | None = None
    agreed_with: Role | None = None


@dataclass(frozen=True, slots=True)
class Reopen:
    reason: str


@dataclass(frozen=True, slots=True)
class MovePolicy:
    """The case goes on under another published version of its scheme's policy, from now on."""

    to: str
    text: str | None = None  # why


# ── the law's clock ─────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class SetLastSafe:
    """What the OIC says of the last safe decision date: a day, or that no such limit runs (one of the two)."""

    day: date | None = None
    no_limit: bool = False
    text: str | None = None


# ── other facts people bring ────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class ExplainExpectations:
    read_back: bool


@dataclass(frozen=True, slots=True)
class ReferOn:
    item: str
    provider: str


@dataclass(frozen=True, slots=True)
class NoteProviderAnswer:
    item: str
    answer: str  # yes | no | waiting_list
    wait_until: date | None = None


@dataclass(frozen=True, slots=True)
class NoteUnmetNeed:
    need: Need
    why: str  # none | far | waiting | cost | not_online


@dataclass(frozen=True, slots=True)
class NoteEngagement:
    item: str
    engagement: str  # well | some | not | cannot_say


@dataclass(frozen=True, slots=True)
class NoteItemDone:
    item: str


@dataclass(frozen=True, slots=True)
class DropItem:
    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoteSurvey:
    filled_in: bool


@dataclass(frozen=True, slots=True)
class NoteSignpost:
    where: str


@dataclass(frozen=True, slots=True)
class NoteNewMatter:
    """A new offence or arrest: to the panel, never a strike."""

    kind: str = "arrest"
    text: str | None = None


@dataclass(frozen=True, slots=True)
class NoteSafeguarding:
    text: str | None = None


@dataclass(frozen=True, slots=True)
class NoteDeath:
    pass


@dataclass(frozen=True, slots=True)
class NoteAway:
    """Custody or hospital: chasing stops until the day given."""

    where: str  # custody | hospital
    until: date


@dataclass(frozen=True, slots=True)
class Transfer:
    """To another navigator (cover, or for good)."""

    navigator: str
    cover_until: date | None = None


@dataclass(frozen=True, slots=True)
class ChangeOfficer:
    role: Role
    person: str


@dataclass(frozen=True, slots=True)
class TellVictim:
    """The victim was told, by a person."""

    about: str = ""


@dataclass(frozen=True, slots=True)
class FinishTask:
    """A task was done that no other fact records."""

    task: str
    text: str | None = None  # what came of it


@value(frozen=True, slots=True)
class FireTimer:
    """The clock asks again. Meaningless unless the expectation still waits for this very rung."""

    expectation: str
    cycle: int
    rung: str


# ── provider return and digest streams ──────────────────────────────────────────────────────────
@value(frozen=True, slots=True)
class ListParticipant:
    """A case tells the return of (provider, period) that this participant belongs on it.

    `carried`: it is the return before this one that says so, of those who had not left by then.
    """

    provider: str
    period: str
    case: str
    ref: str
    item: str
    policy_version: str
    carried: bool = False


@value(frozen=True, slots=True)
class UnlistParticipant:
    """The placement ended in this period: it stays on this return and is not carried to the next."""

    provider: str
    period: str
    case: str
    item: str
    policy_version: str


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One line of a provider's return about one participant; None means the provider left it blank.

    `item` is what of the plan it speaks of, "" where it does not say.
    """

    row: int
    ref: str
    sessions: tuple[tuple[str, Attendance], ...] = ()  # (session id, outcome)
    engagement: str | None = None
    completed: bool | None = None
    survey: bool | None = None
    item: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    row: int
    reason: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SubmitReturn:
    rows: tuple[ReturnRow, ...]
    bad: tuple[BadRow, ...] = ()
    final: bool = True


@dataclass(frozen=True, slots=True)
class AskForAccess:
    """A provider on its way to the page of its return asks for a code, or a fresh link: by e-mail to its address of record.

    `ask` is the id under which the store keeps what is secret about it.
    """

    what: str  # code | link
    ask: str


@value(frozen=True, slots=True)
class WantDigest:
    """Something happened that an officer should read in the digest of this period."""

    officer: str
    period: str
    due: datetime
    policy_version: str


CaseCommand = (
    Refer
    | Accept
    | Decline
    | Assess
    | AgreePlan
    | AgreeContact
    | NoteAddress
    | BookSession
    | MoveSession
    | CancelSession
    | RecordAttendance
    | RecordContact
    | NoteAnswer
    | ReadAnswer
    | NoteDelivery
    | Excuse
    | WithdrawExcuse
    | RuleSession
    | ConfirmStrike
    | WaiveStrike
    | DisputeStrike
    | Hold
    | Release
    | BringForward
    | SkipRung
    | OpenBreach
    | AskSide
    | RecordSide
    | RecordView
    | HearProvider
    | DecideBreach
    | Complete
    | Withdraw
    | End
    | Reopen
    | MovePolicy
    | SetLastSafe
    | ExplainExpectations
    | ReferOn
    | NoteProviderAnswer
    | NoteUnmetNeed
    | NoteEngagement
    | NoteItemDone
    | DropItem
    | NoteSurvey
    | NoteSignpost
    | NoteNewMatter
    | NoteSafeguarding
    | NoteDeath
    | NoteAway
    | Transfer
    | ChangeOfficer
    | TellVictim
    | FinishTask
    | FireTimer
)
ReturnCommand = (
    ListParticipant | UnlistParticipant | SubmitReturn | AskForAccess | NoteDelivery | FinishTask | FireTimer
)
DigestCommand = WantDigest | NoteDelivery | FireTimer
Command = CaseCommand | ReturnCommand | DigestCommand


@value(frozen=True, slots=True)
class Asked:
    """A command with its envelope. `id` is unique in a scheme: the same id asked again gets the first answer.

    `at` is when it happened in the world (UTC) where that differs from when we hear of it; never in the future.
    """

    id: str
    stream: str
    command: Command
    by: Actor
    origin: Origin = Origin.PERSON
    at: datetime | None = None
