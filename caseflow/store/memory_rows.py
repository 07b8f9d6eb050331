"""The memory store's tables: immutable rows under their keys, with a journal that can put everything back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from caseflow.domain.case import Stream
from caseflow.domain.commands import Asked
from caseflow.domain.effects import OpenTask, Send, SetTimer
from caseflow.domain.events import Recorded
from caseflow.domain.words import Channel
from caseflow.engine.access import Account, Client, Draft, ReadingNote, Session
from caseflow.engine.inbound_rows import InboundRow
from caseflow.engine.links import CodeAsk, Link, Pin
from caseflow.engine.ports import Arrived, Pause, PersonIn
from caseflow.store.texts import mac

StreamKey = tuple[str, str]
"""(scheme, stream)"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stream with its alarms. `retry_at` is machine time in seconds."""

    stream: Stream
    reacted: int
    react_at: datetime | None
    wake_at: datetime | None
    failures: int = 0
    retry_at: float = 0.0
    parked: bool = False

    @property
    def id(self) -> str:
        return self.stream.id


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice in the outbox; the words of `state` are those of the table `notices`."""

    id: int
    scheme: str
    stream: str
    key: str
    send: Send
    lane: str
    channel: Channel
    created_at: datetime
    send_at: datetime
    state: str = "ready"
    tried: tuple[Channel, ...] = ()
    sent_at: datetime | None = None
    retry_at: float = 0.0
    lease_by: str | None = None
    lease_until: float = 0.0
    attempts: int = 0
    lost: int = 0
    repeats: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    notice: int
    scheme: str
    no: int
    channel: Channel
    address: str
    state: str
    worker: str
    provider_ref: str | None = None
    detail: str = ""
    calling_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaskRow:
    id: int
    scheme: str
    stream: str
    task: OpenTask
    opened_at: datetime
    state: str = "open"
    reason: str = ""
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InboxRow:
    scheme: str
    command_id: str
    place: int
    stream: str
    state: str
    asked: Asked | None = None
    seq: int = 0
    code: str = ""
    words: str = ""
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class DigestItem:
    id: int
    scheme: str
    stream: str
    officer: str
    period: str
    ref: str
    line: str
    detail: str
    at: datetime
    notice_key: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    arrived: Arrived
    number: int
    state: str = "waiting"
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class ParkedRow:
    id: int
    scheme: str
    stream: str
    what: str
    reason: str
    at: datetime
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AddressRow:
    id: str
    person: str
    channel: Channel
    value: str
    status: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class TextRow:
    id: str
    person: str | None
    body: str
    nonce: bytes


@dataclass(frozen=True, slots=True)
class EndpointRow:
    active: bool = True
    disabled: str = ""


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A case's way to one receiver; `due_at` and `first_failed_at` are machine time in seconds."""

    sent_seq: int
    last_seq: int
    due_at: float | None
    lease_by: str | None = None
    attempts: int = 0
    first_failed_at: float | None = None
    parked: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HomeRow:
    """Whether the store is paused; `look_until` is machine time in seconds."""

    pause: Pause | None = None
    resumed_at: datetime | None = None
    look_until: float = 0.0


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session under its token's digest."""

    session: Session
    digest: str
    strong_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link under its token's digest; `expires_at` is machine time."""

    link: Link
    digest: str
    expires_at: datetime
    ended: bool = False


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code that was asked for; `asked_at` is machine time, `sealed` "" until it is drawn."""

    ask: CodeAsk
    browser: str
    asked_at: datetime
    sealed: str = ""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class GuestRow:
    """A session that came by a link, under its token's digest."""

    session: Session
    digest: str


K = TypeVar("K")
V = TypeVar("V")
Journal = list[tuple[dict[Any, Any], Any, Any]]
"""(table, key, the row that was there or None), in the order of the changes."""


class Table(dict[K, V]):
    """A dictionary that writes down how to undo what is done to it. Changed only by ``[key] =`` and ``del``."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    def __setitem__(self, key: K, row: V) -> None:
        self._journal.append((self, key, self.get(key)))
        super().__setitem__(key, row)

    def __delitem__(self, key: K) -> None:
        self._journal.append((self, key, self[key]))
        super().__delitem__(key)


@dataclass(slots=True)
class Tables:
    """Every table by the name it has in PostgreSQL."""

    journal: Journal = field(default_factory=list)
    streams: Table[StreamKey, Stored] = field(init=False)
    refs: Table[tuple[str, str, str], str] = field(init=False)
    events: Table[StreamKey, tuple[Recorded, ...]] = field(init=False)
    timers: Table[StreamKey, dict[str, SetTimer]] = field(init=False)
    notices: Table[int, Notice] = field(init=False)
    notice_keys: Table[tuple[str, str], int] = field(init=False)
    of_stream: Table[StreamKey, tuple[int, ...]] = field(init=False)
    attempts: Table[tuple[int, int], Attempt] = field(init=False)
    tasks: Table[int, TaskRow] = field(init=False)
    inbox: Table[tuple[str, str], InboxRow] = field(init=False)
    digest_items: Table[int, DigestItem] = field(init=False)
    digest_said: Table[tuple[object, ...], int] = field(init=False)
    parked: Table[int, ParkedRow] = field(init=False)
    persons: Table[tuple[str, str], PersonIn] = field(init=False)
    addresses: Table[tuple[str, str], AddressRow] = field(init=False)
    texts: Table[tuple[str, str], TextRow] = field(init=False)
    receipts: Table[str, ReceiptRow] = field(init=False)
    inbound: Table[tuple[str, str], InboundRow] = field(init=False)
    looks: Table[tuple[str, str], str] = field(init=False)
    counters: Table[tuple[str, int], int] = field(init=False)
    accounts: Table[tuple[str, str], Account] = field(init=False)
    sessions: Table[tuple[str, str], SessionRow] = field(init=False)
    codes: Table[tuple[str, str], int] = field(init=False)
    drafts: Table[tuple[str, str], Draft] = field(init=False)
    clients: Table[tuple[str, str], Client] = field(init=False)
    reading_log: Table[int, tuple[ReadingNote, datetime]] = field(init=False)
    links: Table[tuple[str, str], LinkRow] = field(init=False)
    link_codes: Table[tuple[str, str], CodeRow] = field(init=False)
    guests: Table[tuple[str, str], GuestRow] = field(init=False)
    pins: Table[StreamKey, Pin] = field(init=False)
    return_drafts: Table[StreamKey, tuple[dict[str, Any], datetime]] = field(init=False)
    surveys: Table[int, tuple[str, str, dict[str, str]]] = field(init=False)
    endpoints: Table[tuple[str, str], EndpointRow] = field(init=False)
    feeds: Table[tuple[str, str, str], FeedRow] = field(init=False)
    home: Table[bool, HomeRow] = field(init=False)  # under True, as the one row is in PostgreSQL

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if name != "journal":
                setattr(self, name, Table(self.journal))

    def seals(self, scheme: str, ids: Iterable[str]) -> dict[str, str]:
        """The digest of each of these texts; "" for one that was erased. Unknown ids are absent."""
        rows = [row for one in set(ids) if (row := self.texts.get((scheme, one)))]
        return {row.id: mac(row.body, row.nonce) if row.nonce else "" for row in rows}

    def commit(self) -> None:
        """Keep what was done."""
        self.journal.clear()

    def roll_back(self) -> None:
        """Put everything back as it was at the last commit."""
        for rows, key, old in reversed(self.journal):
            if old is None:
                dict.pop(rows, key, None)
            else:
                dict.__setitem__(rows, key, old)
        self.journal.clear()
