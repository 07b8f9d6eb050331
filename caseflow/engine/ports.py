"""What the engine needs of the world, as protocols. `store/` and `messages/senders` are built to these shapes.

Every method takes a batch; one is a batch of one. Instants are aware UTC datetimes.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from caseflow.domain.case import Contact, Stream
from caseflow.domain.commands import Asked
from caseflow.domain.effects import (
    AddToDigest,
    CloseDigest,
    DropTasks,
    HandOver,
    OpenTask,
    Reroute,
    Send,
    SetTimer,
    Tell,
    Void,
)
from caseflow.domain.events import Recorded
from caseflow.domain.policy import Policy
from caseflow.domain.words import Channel, Receipt
from caseflow.engine.access import AccessUnit
from caseflow.engine.inbound_rows import Holder, InboundRow, InboundSettled, InboundText
from caseflow.engine.links import LinkUnit
from caseflow.engine.webhooks import Feed, FeedSettled

LANES = ("react", "fire")
AT_LEAST_ONCE = frozenset({"officer", "provider"})
"""Kinds of notice sent again when nobody knows whether they went; every other kind goes at most once."""


class Conflict(Exception):
    """Somebody else wrote first (a version moved on, a stream or command id came up twice): plan again and retry."""


class Unavailable(Exception):
    """The database is away, or a lock was not to be had in time: no fault of the work, so none is counted."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A stream under our lock, its unreacted facts in order (seq > reacted), and whether it is new to the store."""

    stream: Stream
    unreacted: tuple[Recorded, ...] = ()
    failures: int = 0  # how often in a row its steps failed
    parked: tuple[str, ...] = ()  # expectation ids of this stream that are set aside


@dataclass(frozen=True, slots=True)
class Failed:
    """A step of this stream failed: one more failure is counted, and both its lanes rest for `retry_in` of real time.

    The next step that is saved sets the count back to nothing.
    """

    scheme: str
    stream: str
    reason: str
    retry_in: timedelta


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to, remembered under its id. `code` empty = done."""

    command_id: str
    stream: str
    seq: int = 0  # the stream's seq after it
    code: str = ""
    words: str = ""
    repeat: bool = False
    already: bool = False  # it was so before, and no fact was written; told once, not remembered

    @property
    def refused(self) -> bool:
        return self.code != ""


@dataclass(slots=True)
class Change:
    """Everything one stream's step writes: saved whole or not at all.

    `reacted` is the seq up to which facts are reacted (None: leave); the store sets react_at when facts lie beyond it.
    `wake_at` is the earliest alarm (None: none), computed by the engine from the expectations.
    """

    before_seq: int
    stream: Stream
    events: tuple[Recorded, ...] = ()
    reacted: int | None = None
    wake_at: datetime | None = None
    sends: list[Send] = field(default_factory=list)
    tasks: list[OpenTask] = field(default_factory=list)
    drops: list[DropTasks] = field(default_factory=list)
    handovers: list[HandOver] = field(default_factory=list)
    timers: list[SetTimer] = field(default_factory=list)
    gone_timers: list[str] = field(default_factory=list)  # expectation ids
    voids: list[Void] = field(default_factory=list)
    reroutes: list[Reroute] = field(default_factory=list)
    digest_items: list[AddToDigest] = field(default_factory=list)
    digest_closes: list[CloseDigest] = field(default_factory=list)
    tells: list[Tell] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    inbox_done: list[str] = field(default_factory=list)  # command ids taken from the inbox
    parked: list["Parking"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Parking:
    """Work set aside with its reason; visible, and tried again only when a person says so."""

    stream: str
    what: str  # "event:17", "expectation:missed_session:s1", "stream", "command:<id>"
    reason: str
    at: datetime
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One leased notice, ready to be worded. `attempt` is the attempt number, `channel` the one to try now.

    `tried` are the channels given up for good. `address` (an address id) and `channel` are filled in by the engine when
    it has chosen; `calling` writes them to the attempt.
    """

    key: str  # stable idempotency key: sha256 of the notice's identity, 32 hex digits
    id: int
    scheme: str
    stream: str
    send: Send
    attempt: int
    channel: Channel
    created_at: datetime
    tried: tuple[Channel, ...] = ()
    items: tuple[Mapping[str, Any], ...] = ()  # digest items, or rows of a provider return
    case_ref: str = ""
    sent_this_week: int = 0  # participant notices accepted in the last seven days, for the budget
    sent_times: tuple[datetime, ...] = ()  # when those were accepted (scheme time), oldest first
    address: str = ""
    contact: Contact | None = None  # the participant's contact limits, where the stream is a case
    policy_version: str = ""  # the stream's
    unclear: bool = False  # it may have gone by this channel: look before sending
    restored_at: datetime | None = None  # work went on then (scheme time), after a restore not long ago


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as the people register knows them; `addresses` maps a channel to (address id, value, status)."""

    id: str
    given: str
    family: str
    kind: str  # participant | officer | team | navigator | provider | staff
    addresses: Mapping[Channel, tuple[str, str, str]] = field(default_factory=dict)
    moved_to: str | None = None  # person id of the stand-in, where they have moved on
    phone: str = ""  # the number that answers, for staff
    extra: Mapping[str, str] = field(default_factory=dict)  # e.g. place, service name


@dataclass(frozen=True, slots=True)
class PersonIn:
    """A person as an import or a roster brings them: `id` is the caller's, so that the same person is the same row.

    `date_of_birth` with the folded name is what makes two participants the same; officers and staff have none.
    `addresses` maps a channel to (address id, value, status); an address already known keeps the status it has.
    """

    id: str
    kind: str  # participant | officer | team | navigator | provider | staff
    given: str
    family: str
    date_of_birth: date | None = None
    addresses: Mapping[Channel, tuple[str, str, str]] = field(default_factory=dict)
    stand_in: str | None = None
    phone: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settled:
    """How one attempt ended. Without `again_at`, `retry_in` and `next_channel` the notice has come to its end.

    Not `counted`: the channel never looked at it (a limit, a fault of the whole channel); it waits as if never tried.

    `again_at` (scheme time) puts the notice back until then: it waits, and no attempt is counted. `retry_in` (real
    time) puts it back after a failure. `next_channel` gives the present channel up (it joins `tried`) and goes on with
    another.
    """

    id: int
    attempt: int
    result: str  # accepted | failed | unknown | dropped | void
    detail: str = ""
    provider_ref: str | None = None
    again_at: datetime | None = None
    retry_in: timedelta | None = None
    next_channel: Channel | None = None
    counted: bool = True
    tell: Asked | None = None  # the NoteDelivery command for the stream's inbox


@dataclass(frozen=True, slots=True)
class Arrived:
    """A receipt as it came. `id` is unique at its source (a repeat has the same), `ref` our notice's key.

    `provider_ref` is the channel's own number of the message, "" when it tells none. `at` is when it says it happened
    (UTC). `detail` is a code or status, never an address or a person's words.
    """

    id: str
    ref: str
    provider_ref: str
    receipt: Receipt
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """A receipt with the notice and the attempt it speaks of."""

    id: str
    scheme: str
    stream: str
    notice: int
    key: str
    send: Send
    attempt: int
    channel: Channel
    address: str
    receipt: Receipt
    at: datetime


@dataclass(frozen=True, slots=True)
class WaitingReceipt:
    """A receipt that no notice was found for, and when it came in (real time, UTC)."""

    arrived: Arrived
    since: datetime


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message worded and addressed. `key` is stable over every attempt.

    After `good_until` (of `time.monotonic`) the lease is over and somebody else may have it: a sender that was held up
    that long does not send it any more. 0 is never. Nor does it once it is `called_off`: it goes back, as if never tried.

    `brings` says that there is a mark in the body for something secret, which is drawn when the message leaves
    (engine/links.py): a link to a page of this purpose, or a code.
    """

    key: str
    channel: str
    to: str
    subject: str | None
    body: str
    language: str
    at: datetime
    reply_key: str = ""
    brings: str = ""
    good_until: float = 0.0
    called_off: Callable[[], bool] = field(default=lambda: False, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a channel answered: accepted, failed (`permanent` or not) or unknown.

    `again_in` (real time): nothing is wrong with this message, the channel takes none of this kind until then.
    """

    result: str
    detail: str = ""
    provider_ref: str | None = None
    permanent: bool = False
    again_in: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unsendable:
    """This notice cannot go by this channel; `broken` when no channel can word it (a template or field is wrong)."""

    reason: str
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Why nothing is done by itself in this database, and since when (scheme time).

    `backup_at` (real time, UTC) is the last sign of life in the backup that it was restored from: what was sent after
    that, nobody here knows. None where a person has paused it.
    """

    since: datetime
    why: str
    backup_at: datetime | None = None


class Words(Protocol):
    """Turns a notice into words and finds the address for one channel."""

    def word(self, row: NoticeRow, people: Mapping[str, PersonRow], channel: Channel) -> Outgoing | Unsendable: ...


class Bell(Protocol):
    """The hint that there may be work in a lane: react | fire | deliver.people | deliver.others | publish. Never fails."""

    def ring(self, lane: str) -> None: ...


class Sender(Protocol):
    def send(self, batch: Sequence[Outgoing]) -> list[Sent]: ...


@runtime_checkable
class OneByOne(Protocol):
    """A sender whose channel allows no proof: each message is settled before the next, so that a crash leaves one unclear."""

    def each(self, messages: Iterable[Outgoing]) -> Iterator[Sent]:
        """An answer for each message, in order; the next is asked for when the answer before it has been taken."""


@runtime_checkable
class Finder(Protocol):
    """A sender whose channel can be asked whether it has a message of ours: then an unclear one is looked up, not lost."""

    look_after: timedelta
    """How long (real time) after an unclear attempt its answer can be trusted."""

    def find(self, batch: Sequence[Outgoing]) -> list[Sent | None]:
        """For each, what became of it (accepted), that it is not there (None), or that we cannot look now (failed)."""


class Unit(AccessUnit, LinkUnit, Protocol):
    """One transaction. Leaving the block normally commits; an exception rolls everything back."""

    def now(self) -> datetime:
        """Scheme time, fixed for the transaction."""

    # ── claiming streams ──
    def claim(self, lane: str, limit: int) -> list[Claimed]:
        """Lock up to `limit` streams whose lane is due (SKIP LOCKED), in id order; react brings unreacted facts.

        None while the database is paused.
        """

    def lock(self, scheme: str, streams: Sequence[str]) -> dict[str, Claimed]:
        """Lock these streams (waiting), in id order; unknown ids are absent. Brings unreacted facts."""

    def snapshots(self, scheme: str, streams: Sequence[str]) -> Mapping[str, Stream]:
        """These streams as they stand, without a lock; unknown and unreadable ones are absent."""

    def save(self, changes: Iterable[Change]) -> None:
        """Write everything of every change, set-based. A version conflict or duplicate fact raises.

        The store takes the changes as they come and may write the first while the next are still being planned.
        """

    # ── commands ──
    def answers(self, scheme: str, ids: Sequence[str]) -> dict[str, Answer]:
        """Earlier answers to these command ids (marked `repeat`)."""

    def answer(self, answered: Sequence[tuple[str, Answer]]) -> None:
        """Remember (scheme, answer) pairs that come with no change, such as refusals; a waiting inbox row is closed.

        Raises Conflict when the command id already has an answer.
        """

    def take_inbox(self, limit: int) -> list[tuple[str, Asked]]:
        """Lock waiting inbox commands as (scheme, command), oldest first (SKIP LOCKED)."""

    def add_inbox(self, asked: Sequence[tuple[str, Asked]]) -> None:
        """(scheme, command) pairs; a known id is ignored and counted."""

    def park(self, parkings: Sequence[Parking]) -> None:
        """Set work aside. `what` "stream" takes the stream out of both lanes; the rest of it is shown only."""

    def failed(self, failures: Sequence[Failed]) -> None:
        """Count a failure of each stream and let it rest."""

    # ── delivery ──
    def lease(self, lane: str, limit: int, worker: str, hold_for: timedelta) -> list[NoticeRow]:
        """Lease ready notices for `hold_for` of real time; none while paused. lane: people (participants) | others."""

    def calling(self, worker: str, rows: Sequence[NoticeRow]) -> set[int]:
        """Mark attempts as calling, by the channel and address in the rows.

        Returns the ids still wanted (not void, the stream has nothing unreacted, no pause has begun); the others go back.
        """

    def settle(self, worker: str, settled: Sequence[Settled]) -> int:
        """Close attempts leased by this worker; returns how many were still ours."""

    def recover(self, limit: int, look_after: Mapping[Channel, timedelta]) -> list[NoticeRow]:
        """Resolve attempts that were calling when their worker died, and count them.

        By a channel in `look_after` they are ready again after that time (real), to be looked up first. Otherwise kinds
        in AT_LEAST_ONCE are ready again; the others are `unknown` and returned, so that streams can be told.
        (A lease that died before the call needs none of this: `lease` takes such rows again by itself.) Nothing while paused.
        """

    # ── pausing ──
    def pause(self, why: str, backup_at: datetime | None = None) -> None:
        """From the next unit on nothing is claimed or leased.

        `backup_at` (real time): it was restored from a backup of then, so case numbers that may stand in letters are left out.
        """

    def in_doubt(self, since: datetime, after: int, limit: int) -> list[NoticeRow]:
        """Lock notices (id > `after`, by id) that wait to be sent by now, or were made at `since` (scheme time) or later.

        None where nothing is paused: then somebody may be sending them.
        """

    def hold(self, rows: Sequence[NoticeRow], detail: str) -> None:
        """Nothing is sent: the outcome is unknown, of the attempt, by the channel and to the address in the rows."""

    def resume(self, look_for: timedelta) -> None:
        """Work goes on, and this is where the database lives from now on.

        For so long (real time) whatever can be looked up is looked up before it is sent.
        """

    # ── receipts ──
    def keep_receipts(self, arrived: Sequence[Arrived]) -> set[str]:
        """Keep receipts as they came; returns the ids that are new. Repeats are counted."""

    def match_receipts(self, limit: int, ids: Collection[str] | None) -> list[Matched]:
        """Lock waiting receipts (of these ids; None: the oldest) for which there is a notice, at most `limit` looked at."""

    def receipts_noted(self, matched: Sequence[Matched]) -> None:
        """They have become commands. A notice whose outcome was unclear is sent now, and goes no second time."""

    # ── webhooks ──
    def sync_endpoints(self, endpoints: Sequence[tuple[str, str]]) -> None:
        """Exactly these (scheme, name) are active from now on. A feed begins with the next fact of its case."""

    def lease_feeds(
        self, endpoints: Sequence[tuple[str, str]], limit: int, facts: int, worker: str, hold_for: timedelta
    ) -> list[Feed]:
        """Lease up to `limit` due feeds of *each* endpoint for `hold_for` of real time, with their next `facts` facts.

        None while paused.
        """

    def settle_feeds(self, worker: str, settled: Sequence[FeedSettled]) -> int:
        """Write how far feeds leased by this worker came; returns how many were still ours."""

    def disable_endpoint(self, scheme: str, name: str, reason: str) -> None:
        """Post nothing more to it until somebody enables it; what happens meanwhile waits."""

    def enable_endpoint(self, scheme: str, name: str) -> int:
        """Post to it again, what waits at once; returns how many feeds waited."""

    def replay(
        self,
        scheme: str,
        *,
        endpoint: str | None = None,
        stream: str | None = None,
        parked: bool = False,
        since: datetime | None = None,
    ) -> int:
        """Send again: one stream from its first fact, what is parked from where it stopped, or all since an instant.

        Returns how many feeds that moved; one that is being sent now is taken back from its worker.
        """

    # ── people, references, free texts ──
    def people(self, scheme: str, ids: Iterable[str]) -> dict[str, PersonRow]:
        """The people of these ids, with their addresses; unknown ids are absent."""

    def upsert_people(self, scheme: str, people: Sequence[PersonIn]) -> None:
        """Add or refresh people and their addresses, set-based."""

    def note_addresses(self, scheme: str, statuses: Mapping[str, str]) -> None:
        """Set the status (words.AddressStatus) of addresses by id; unknown ids are ignored."""

    def allocate_refs(self, scheme: str, year: int, count: int) -> int:
        """Take `count` case numbers of this year; returns the first. Numbers taken by a rolled-back unit come again."""

    # ── texts that come in ──
    def keep_inbound(self, scheme: str, arrived: Sequence[InboundText]) -> int:
        """Keep texts and their words; returns how many were new. A known id stays as it is, and is counted."""

    def new_inbound(self, limit: int) -> list[InboundRow]:
        """Lock texts that nothing has looked at yet, oldest first, of every scheme (SKIP LOCKED)."""

    def lock_inbound(self, scheme: str, ids: Sequence[str]) -> list[InboundRow]:
        """Lock these texts, whatever became of them; unknown ids are absent."""

    def waiting_inbound(self, scheme: str, limit: int) -> list[InboundRow]:
        """Texts that are neither matched nor dealt with, oldest first. Locks nothing."""

    def settle_inbound(self, settled: Sequence[InboundSettled]) -> None:
        """Write what became of these texts; the words belong to the person from then on, where one is named."""

    def looked_at_inbound(self, scheme: str, id_: str, by: str) -> None:
        """Note who read the words of a text in the queue."""

    def holders(self, scheme: str, numbers: Iterable[str]) -> dict[str, tuple[Holder, ...]]:
        """Everybody who has these numbers, each with each of their cases; a number nobody has is absent."""

    def add_texts(self, scheme: str, texts: Sequence[tuple[str, str | None, str]]) -> None:
        """Keep free texts: (text id, person id or None, body). An id kept before stays as it is."""

    def seals(self, scheme: str, ids: Iterable[str]) -> Mapping[str, str]:
        """The keyed digest of each of these texts; "" for an erased one. Unknown ids are absent."""


class Store(Protocol):
    def begin(self) -> AbstractContextManager[Unit]: ...

    def paused(self) -> Pause | None:
        """Why nothing is done by itself here, such as that this is a restored backup; None when all is well."""

    def awake(self) -> "Store":
        """The same store, claiming streams although it is paused: for catching up before a `resume`. It sends nothing."""

    def policies(self) -> Mapping[tuple[str, str], Policy]:
        """Every policy version in use, by (scheme, version)."""
