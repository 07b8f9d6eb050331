"""What people and the audit may read, as a protocol. `store/reads.py` answers it for both stores.

Every reading takes the scheme. Lists are pages by key: pass the last row's key as `after`. Instants are aware UTC.
Names come from the people register at reading time; facts themselves hold ids only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from caseflow.domain.case import Stream
from caseflow.domain.effects import Send
from caseflow.domain.events import Recorded
from caseflow.engine.as_it_was import AsItWas
from caseflow.engine.caseload import CaseloadPage, Wanted
from caseflow.engine.ports import WaitingReceipt
from caseflow.engine.season import Season, Surveys


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list. `waits_for` is what its next alarm is about; `next_at` when it rings."""

    id: str
    ref: str
    participant: str
    state: str
    disposal: str
    navigator: str
    policy_version: str
    referred_at: datetime
    open_tasks: int
    next_at: datetime | None
    parked: bool


@dataclass(frozen=True, slots=True)
class TimerLine:
    stream: str
    expectation: str
    cycle: int
    rung: str
    ladder: str
    subject: str | None
    due: datetime
    local_due: str


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One try of a channel. `calling_at` is when the call began; `result` is "" while it has not ended."""

    number: int
    channel: str
    state: str  # leased | calling | accepted | failed | unknown
    address: str
    calling_at: datetime | None
    ended_at: datetime | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A message to one person: what, to whom, why, and what became of it. `receipt` is the channel's last word."""

    id: int
    stream: str
    purpose: str
    kind: str
    to: str
    recipient: str
    expectation: str | None
    cycle: int
    rung: str
    state: str  # ready | leased | calling | sent | failed | unknown | void | dropped
    created_at: datetime
    ready_at: datetime | None
    detail: str = ""
    attempts: tuple[AttemptLine, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class PostedLine:
    """A notice as a receipt names it, by its key; `channel` and `address` (an id) are those of its newest attempt."""

    key: str
    stream: str
    purpose: str
    kind: str
    to: str
    recipient: str
    expectation: str | None
    cycle: int
    rung: str
    subject: str | None
    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task. `of`: the kind of its stream; of a provider's return `participant` is the provider's name."""

    id: str
    stream: str
    ref: str
    key: str
    kind: str
    owner: str
    person: str
    title: str
    due: datetime | None
    state: str  # open | done | dropped
    reason: str
    opened_at: datetime
    participant: str = ""
    of: str = "case"

    def late(self, now: datetime) -> bool:
        """Should it have been done by now?"""
        return self.due is not None and self.due < now


@dataclass(frozen=True, slots=True)
class ParkedLine:
    """Work set aside with its reason, waiting for a person."""

    stream: str
    what: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DueLine:
    """One alarm that will ring: when, for whom, which rung of which ladder under which policy version, and why.

    `opened_by` is the kind of fact that opened the expectation ("session_missed"); empty where it cannot be told.
    """

    due: datetime
    stream: str
    kind: str
    ref: str
    participant: str
    ladder: str
    expectation: str
    rung: str
    opened: datetime | None
    opened_by: str
    policy_version: str
    disposal: str = ""


TaskKey = tuple[datetime, int]
"""Where a list of tasks goes on: the moment the last one seen stood by, and its id."""

DueKey = tuple[datetime, str, str]
"""Where an alarm stands in a scheme's list: when it rings, the reference of its case, what it is about."""


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A provider's return for one period. `participants` counts those on it, `reported` those it has told us about."""

    id: str
    ref: str
    provider: str
    provider_name: str
    period: str
    status: str  # planned | asked | received | not_needed
    participants: int
    reported: int
    bad_rows: int
    due: datetime | None
    received_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class DigestItem:
    stream: str
    officer: str
    period: str
    line: str
    ref: str
    at: datetime
    taken: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything the store holds about one stream, for `case show`, `case history` and the audit.

    `stream` is None when the snapshot cannot be read (then it is parked). `reacted` is the last fact reacted to.
    """

    id: str
    scheme: str
    kind: str
    ref: str
    seq: int
    reacted: int
    react_at: datetime | None
    wake_at: datetime | None
    parked: bool
    stream: Stream | None
    events: tuple[Recorded, ...] = ()
    timers: tuple[TimerLine, ...] = ()
    notices: tuple[NoticeLine, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    parkings: tuple[ParkedLine, ...] = ()
    digest_items: tuple[DigestItem, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The facts of one case in order. `whole` is false where some cannot be read, or the case was set aside."""

    stream: str
    events: tuple[Recorded, ...]
    whole: bool = True


FeedKey = tuple[datetime, str, int]
"""Where a fact stands in a scheme's feed: when it was recorded, its case's id, its number there."""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One fact of a case in the feed, with what it takes to tell it."""

    ref: str
    disposal: str
    policy_version: str
    fact: Recorded

    @property
    def key(self) -> FeedKey:
        return (self.fact.recorded_at, self.fact.stream, self.fact.seq)


@dataclass(frozen=True, slots=True)
class Traits:
    """What fairness is looked at by: as the register has it, "" or None where it does not know."""

    born: date | None = None
    sex: str = ""
    ethnicity: str = ""  # self-defined, 18+1 codes


@dataclass(frozen=True, slots=True)
class Figures:
    """A scheme in numbers, for summaries. Keys of `notices` are "purpose/channel/state"; of `events` the kinds of fact."""

    journeys: dict[str, int] = field(default_factory=dict)
    end_reasons: dict[str, int] = field(default_factory=dict)
    disposals: dict[str, dict[str, int]] = field(default_factory=dict)
    notices: dict[str, int] = field(default_factory=dict)
    notice_kinds: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, dict[str, int]] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    returns: dict[str, int] = field(default_factory=dict)
    parked: int = 0
    unknown_sends: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """How far behind the engine is, over every scheme. Ages are of scheme time, None where nothing waits."""

    now: datetime
    virtual: bool
    unreacted: int
    oldest_unreacted: datetime | None
    overdue: int
    oldest_overdue: datetime | None
    inbox: int
    ready: int
    oldest_ready: datetime | None
    parked: int
    unknown: int
    beat_at: datetime | None = None
    paused: bool = False


class Readings(Protocol):
    """Readings of one store. None of them writes or locks."""

    def now(self) -> datetime: ...

    def schemes(self) -> list[str]:
        """Schemes that hold streams or a published policy, by name."""

    def cases(self, scheme: str, *, state: str | None = None, after: str = "", limit: int = 50) -> list[CaseLine]:
        """Cases by reference; `after` is the last reference seen."""

    def cases_of_officer(self, scheme: str, officer: str, *, before: str = "", limit: int = 50) -> list[CaseLine]:
        """Cases in which this person is the referrer, the arresting officer or the OIC now, the newest referral first.

        `before` is the last reference seen.
        """

    def caseload(self, scheme: str, wanted: Wanted) -> CaseloadPage:
        """A page of the list that somebody works through. Two statements at most, however many cases there are."""

    def caseload_counts(self, scheme: str, owner: str | None, soon: datetime) -> Mapping[str, int]:
        """How many cases each of its lists has, no further than one more than `caseload.MANY`. One statement."""

    def find(self, scheme: str, key: str) -> str | None:
        """The stream id of a reference or an id (any case of letters); None when there is none."""

    def dossiers(
        self, scheme: str, *, ids: Sequence[str] | None = None, after: str = "", limit: int = 200
    ) -> list[Dossier]:
        """These streams whole, or the next `limit` by id. A handful of statements, however many streams."""

    def histories(
        self,
        scheme: str,
        *,
        since: datetime | None = None,
        kinds: Collection[str] | None = None,
        ids: Sequence[str] | None = None,
        after: str = "",
        limit: int = 200,
    ) -> list[History]:
        """The facts of these cases, or of the next `limit` by id of those referred since then; only of these kinds if given.

        Two statements, however many cases.
        """

    def case_ids(self, scheme: str, *, since: datetime | None = None, after: str = "", limit: int = 200) -> list[str]:
        """The ids of the next `limit` cases `histories` would go through. One statement."""

    def feed(
        self, scheme: str, kinds: Collection[str], *, after: FeedKey | None = None, limit: int = 100
    ) -> list[FeedLine]:
        """Facts of cases, of these kinds, as they were recorded, from after this place on.

        Only up to where nothing can come in between any more: while somebody still writes, what is as new as their work
        waits (a second, as a rule). So whoever goes on from the last key misses nothing. Two facts of one case may stand
        the wrong way round where two people wrote at once: `seq` is the order of a case. Unreadable ones are left out.
        """

    def as_it_was(self, scheme: str, ids: Sequence[str]) -> list[AsItWas]:
        """These cases in counts, by id; unknown ids are absent. One statement, and no history is read."""

    def count_cases(self, scheme: str, *, since: datetime | None = None) -> int:
        """How many cases `histories` would go through."""

    def traits(self, scheme: str, ids: Iterable[str]) -> Mapping[str, Traits]:
        """Sex, self-defined ethnicity and birthday of these people; unknown ids are absent. One statement."""

    def snapshots(self, scheme: str, ids: Iterable[str]) -> Mapping[str, Stream]:
        """Streams as they stand, without their history, by id; unknown and unreadable ones are absent. One statement."""

    def posted(self, scheme: str, keys: Iterable[str]) -> Mapping[str, PostedLine]:
        """Notices by their keys; unknown ones are absent. One statement."""

    def sends(self, scheme: str, stream: str) -> Mapping[int, Send]:
        """The messages of this stream to the participant as they were wished for, by the numbers of their notices."""

    def whose(self, scheme: str, kind: str, number: int) -> str | None:
        """The stream of the message or task (`kind`) of this number; None when there is none."""

    def due(
        self,
        scheme: str,
        until: datetime,
        *,
        owner: str | None = None,
        after: DueKey | None = None,
        limit: int = 200,
    ) -> list[DueLine]:
        """Alarms that ring until then, soonest first; `owner` only those of this navigator's cases (a person's id).

        `after` is the key of the last alarm seen.
        """

    def tasks(
        self, scheme: str, *, owner: str | None = None, state: str = "open", after: str = "", limit: int = 50
    ) -> list[TaskLine]:
        """Tasks by id; `after` is the last id seen."""

    def overdue(
        self, scheme: str, before: datetime, *, after: tuple[datetime, int] | None = None, limit: int = 50
    ) -> list[TaskLine]:
        """Of every stream with an open task that was due before then, the one due first; the longest late first.

        `after` is when the last one seen was due, and its id.
        """

    def tasks_of_offices(
        self, scheme: str, owners: Collection[str], *, after: TaskKey | None = None, limit: int = 50
    ) -> list[TaskLine]:
        """Open tasks in cases of these roles, by when they are due (else since when they are there) and id.

        `after` is that moment of the last one seen, and its id.
        """

    def tasks_of_returns(self, scheme: str, *, after: str = "", limit: int = 50) -> list[TaskLine]:
        """Open tasks of streams that are no case, by id; what a provider itself is asked is not among them.

        `after` is the last id seen.
        """

    def count_overdue(self, scheme: str, before: datetime) -> int:
        """How many streams `overdue` would go through, no further than one more than `caseload.MANY`."""

    def returns(self, scheme: str, *, status: str | None = None) -> list[ReturnLine]: ...

    def called(self, scheme: str, name: str, kinds: Sequence[str]) -> list[str]:
        """Ids of people of these kinds with this given or whole name (any case), in order of their names."""

    def loads(self, scheme: str) -> Mapping[str, int]:
        """Every navigator's id with the number of open cases on their desk, in order of id."""

    def names(self, scheme: str, ids: Iterable[str]) -> Mapping[str, str]:
        """Names as people say them, by person id; unknown ids are absent."""

    def receipts_waiting(self, limit: int = 100) -> list[WaitingReceipt]:
        """Receipts that no notice was found for, oldest first, of every scheme."""

    def seals(self, scheme: str, ids: Iterable[str]) -> Mapping[str, str]:
        """The keyed digest of each of these texts; "" for an erased one. Unknown ids are absent."""

    def texts(self, scheme: str, ids: Iterable[str]) -> Mapping[str, str]:
        """Free texts by id; erased or unknown ones are absent."""

    def figures(self, scheme: str) -> Figures: ...

    def season(self, scheme: str, since: datetime, until: datetime) -> Season:
        """What happened from `since` up to and with `until`, counted. Five statements, however many cases."""

    def surveys(self, scheme: str, since: datetime, until: datetime) -> Surveys:
        """What came back of the survey in the months from `since` to `until`. Three statements."""

    def health(self) -> Health: ...
