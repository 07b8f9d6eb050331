"""The same readings over the memory store: simple walks through its dictionaries, for tests, simulation and what-if."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from caseflow.domain.case import Case, Digest, ProviderReturn, Stream
from caseflow.domain.effects import Send
from caseflow.domain.events import Declined, Ended, ExpectationOpened
from caseflow.domain.words import Role
from caseflow.engine.as_it_was import AsItWas
from caseflow.engine.caseload import MANY, CaseloadPage, Wanted
from caseflow.engine.ports import WaitingReceipt
from caseflow.engine.readings import (
    AttemptLine,
    CaseLine,
    DigestItem,
    Dossier,
    DueKey,
    DueLine,
    FeedKey,
    FeedLine,
    Figures,
    Health,
    History,
    NoticeLine,
    ParkedLine,
    PostedLine,
    ReturnLine,
    TaskKey,
    TaskLine,
    TimerLine,
    Traits,
)
from caseflow.store import as_it_was_memory, caseload_memory
from caseflow.store.codec import kind_of
from caseflow.store.figures import counted_returns
from caseflow.store.memory import MemoryStore
from caseflow.store.memory_officers import CasesOfOfficer
from caseflow.store.memory_rows import Notice, Stored, Tables, TaskRow
from caseflow.store.reads import cause_of, return_line
from caseflow.store.season_memory import MemorySeasons


class MemoryReadings(CasesOfOfficer, MemorySeasons):
    """`engine.readings.Readings` over a MemoryStore; it reads the tables and never changes them."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._tables = store.tables

    def now(self) -> datetime:
        """Scheme time."""
        return self._store.now()

    def schemes(self) -> list[str]:
        """Schemes that hold streams or a published policy, by name."""
        there = {scheme for scheme, _ in self._tables.streams} | {scheme for scheme, _ in self._store.policies()}
        return sorted(there)

    def cases(self, scheme: str, *, state: str | None = None, after: str = "", limit: int = 50) -> list[CaseLine]:
        """Cases by reference; `after` is the last reference seen."""
        found = [
            row
            for row in self._streams(scheme)
            if isinstance(row.stream, Case) and row.stream.ref > after and state in {None, row.stream.state.value}
        ]
        todo = Counter(
            row.stream for row in self._tables.tasks.values() if row.state == "open" and row.scheme == scheme
        )
        return [self._line(scheme, row, todo) for row in sorted(found, key=lambda row: row.stream.ref)[:limit]]

    def _line(self, scheme: str, row: Stored, todo: Counter[str]) -> CaseLine:
        case = row.stream
        assert isinstance(case, Case)
        return CaseLine(
            case.id, case.ref, self._name(scheme, case.parties.get(Role.PARTICIPANT)), case.state.value, case.disposal,
            self._name(scheme, case.parties.get(Role.NAVIGATOR)), case.policy_version, case.referred_at, todo[case.id],
            row.wake_at, row.parked,
        )  # fmt: skip

    def caseload(self, scheme: str, wanted: Wanted) -> CaseloadPage:
        """A page of the list that somebody works through."""
        return caseload_memory.page(self._tables, scheme, wanted, lambda person: self._name(scheme, person))

    def caseload_counts(self, scheme: str, owner: str | None, soon: datetime) -> Mapping[str, int]:
        """How many cases each of its lists has."""
        return caseload_memory.counts(self._tables, scheme, owner, soon, lambda person: self._name(scheme, person))

    def find(self, scheme: str, key: str) -> str | None:
        """The stream id of a reference or an id; None when there is none."""
        if (scheme, key.lower()) in self._tables.streams:
            return key.lower()
        for ref in (key, key.upper()):
            for kind in ("case", "provider_return", "digest"):
                if found := self._tables.refs.get((scheme, kind, ref)):
                    return found
        return None

    def dossiers(
        self, scheme: str, *, ids: Sequence[str] | None = None, after: str = "", limit: int = 200
    ) -> list[Dossier]:
        """These streams whole, or the next `limit` by id."""
        if ids is not None:
            some = [
                self._tables.streams[scheme, one] for one in sorted(set(ids)) if (scheme, one) in self._tables.streams
            ]
        else:
            every = sorted(self._streams(scheme), key=lambda row: row.stream.id)
            some = [row for row in every if row.stream.id > after][:limit]
        parts = _Parts(self._tables, scheme)
        return [self._dossier(scheme, row, parts) for row in some]

    def _dossier(self, scheme: str, row: Stored, parts: "_Parts") -> Dossier:
        tables, stream = self._tables, row.stream
        key = (scheme, stream.id)
        return Dossier(
            stream.id, scheme, stream.kind, stream.ref, stream.seq, row.reacted, row.react_at, row.wake_at, row.parked,
            stream,
            events=tables.events.get(key, ()),
            timers=tuple(
                TimerLine(stream.id, t.expectation, t.cycle, t.rung, t.ladder, t.subject, t.due, t.local_due)
                for t in sorted(tables.timers.get(key, {}).values(), key=lambda one: (one.due, one.expectation))
            ),
            notices=tuple(self._notice(tables.notices[number]) for number in tables.of_stream.get(key, ())),
            tasks=tuple(self._task(scheme, one) for one in parts.tasks[stream.id]),
            parkings=tuple(parts.parkings[stream.id]),
            digest_items=tuple(parts.items[stream.officer]) if isinstance(stream, Digest) else (),
        )  # fmt: skip

    def _notice(self, row: Notice) -> NoticeLine:
        send = row.send
        numbers = range(1, row.attempts + 1)
        tries = [self._tables.attempts[row.id, no] for no in numbers if (row.id, no) in self._tables.attempts]
        return NoticeLine(
            row.id, row.stream, send.purpose, send.kind, send.to.value, send.recipient, send.expectation, send.cycle,
            send.rung, row.state, row.created_at, row.send_at, row.reason,
            tuple(
                AttemptLine(a.no, a.channel.value, a.state, a.address, a.calling_at, a.ended_at, a.detail) for a in tries
            ),
            row.key,
        )  # fmt: skip

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
        """The facts of these cases, or of the next `limit` by id."""
        if ids is None:
            some = self._next_cases(scheme, since, after, limit)
        else:
            wanted = set(ids)
            some = [row for row in self._next_cases(scheme, None) if row.stream.id in wanted]
        return [
            History(
                row.stream.id,
                tuple(
                    one
                    for one in self._tables.events.get((scheme, row.stream.id), ())
                    if kinds is None or kind_of(type(one.event)) in kinds
                ),
                not row.parked,
            )
            for row in some
        ]

    def case_ids(self, scheme: str, *, since: datetime | None = None, after: str = "", limit: int = 200) -> list[str]:
        """The ids of the next `limit` cases `histories` would go through."""
        return [row.stream.id for row in self._next_cases(scheme, since, after, limit)]

    def _next_cases(
        self, scheme: str, since: datetime | None, after: str = "", limit: int | None = None
    ) -> list[Stored]:
        some = sorted(self._cases_since(scheme, since), key=lambda row: row.stream.id)
        return [row for row in some if row.stream.id > after][:limit]

    def feed(
        self, scheme: str, kinds: Collection[str], *, after: FeedKey | None = None, limit: int = 100
    ) -> list[FeedLine]:
        found = [
            FeedLine(row.stream.ref, row.stream.disposal, row.stream.policy_version, fact)
            for row in self._streams(scheme)
            if isinstance(row.stream, Case)
            for fact in self._tables.events.get((scheme, row.id), ())
            if kind_of(type(fact.event)) in kinds
        ]
        ordered = sorted((one for one in found if after is None or one.key > after), key=lambda one: one.key)
        return ordered[:limit]

    def as_it_was(self, scheme: str, ids: Sequence[str]) -> list[AsItWas]:
        """These cases in counts."""
        return as_it_was_memory.page(self._tables, scheme, ids)

    def count_cases(self, scheme: str, *, since: datetime | None = None) -> int:
        """How many cases `histories` would go through."""
        return len(self._cases_since(scheme, since))

    def _cases_since(self, scheme: str, since: datetime | None) -> list[Stored]:
        return [
            row
            for row in self._streams(scheme)
            if isinstance(row.stream, Case) and (since is None or row.stream.referred_at >= since)
        ]

    def traits(self, scheme: str, ids: Iterable[str]) -> Mapping[str, Traits]:
        """Sex, self-defined ethnicity and birthday of these people."""
        found = {one: self._tables.persons[scheme, one] for one in ids if (scheme, one) in self._tables.persons}
        return {
            one: Traits(row.date_of_birth, row.extra.get("sex", ""), row.extra.get("self_defined_ethnicity", ""))
            for one, row in found.items()
        }

    def snapshots(self, scheme: str, ids: Iterable[str]) -> Mapping[str, Stream]:
        """Streams as they stand, by id; unknown ones are absent."""
        return {one: self._tables.streams[scheme, one].stream for one in ids if (scheme, one) in self._tables.streams}

    def posted(self, scheme: str, keys: Iterable[str]) -> Mapping[str, PostedLine]:
        """Notices by their keys; unknown ones are absent."""
        wanted = [key for key in keys if (scheme, key) in self._tables.notice_keys]
        return {key: self._posted(self._tables.notices[self._tables.notice_keys[scheme, key]]) for key in wanted}

    def _posted(self, row: Notice) -> PostedLine:
        send = row.send
        last = self._tables.attempts.get((row.id, row.attempts))
        return PostedLine(
            row.key, row.stream, send.purpose, send.kind, send.to.value, send.recipient, send.expectation, send.cycle,
            send.rung, send.subject, (last.channel if last else row.channel).value, last.address if last else "",
        )  # fmt: skip

    def sends(self, scheme: str, stream: str) -> Mapping[int, Send]:
        """The messages of this stream to the participant as they were wished for."""
        found = [self._tables.notices[number] for number in self._tables.of_stream.get((scheme, stream), ())]
        return {one.id: one.send for one in found if one.lane == "people"}

    def whose(self, scheme: str, kind: str, number: int) -> str | None:
        """The stream of the message or task (`kind`) of this number; None when there is none."""
        row: Notice | TaskRow | None = (self._tables.notices if kind == "message" else self._tables.tasks).get(number)
        return row.stream if row is not None and row.scheme == scheme else None

    def due(
        self,
        scheme: str,
        until: datetime,
        *,
        owner: str | None = None,
        after: DueKey | None = None,
        limit: int = 200,
    ) -> list[DueLine]:
        """Alarms that ring until then, soonest first; `owner` only those of this navigator's cases (a person's id)."""
        lines = []
        for row in self._streams(scheme):
            stream = row.stream
            if row.parked or owner not in {None, getattr(stream, "parties", {}).get(Role.NAVIGATOR)}:
                continue
            for timer in self._tables.timers.get((scheme, stream.id), {}).values():
                if timer.due > until:
                    continue
                opened, cause = self._opened(scheme, stream, timer.expectation)
                lines.append(
                    DueLine(
                        timer.due, stream.id, stream.kind, stream.ref, self._name(scheme, _subject(stream)), timer.ladder,
                        timer.expectation, timer.rung, opened, cause, stream.policy_version,
                        getattr(stream, "disposal", ""),
                    )
                )  # fmt: skip
        found = sorted(lines, key=_due_key)
        return [line for line in found if after is None or _due_key(line) > after][:limit]

    def _opened(self, scheme: str, stream: Stream, expectation: str) -> tuple[datetime | None, str]:
        events = self._tables.events.get((scheme, stream.id), ())
        kinds = {one.seq: kind_of(type(one.event)) for one in events}
        for one in reversed(events):
            if isinstance(one.event, ExpectationOpened) and one.event.expectation == expectation:
                return one.event.opened, kinds.get(cause_of(one.caused_by), "")
        return None, ""

    def tasks(
        self, scheme: str, *, owner: str | None = None, state: str = "open", after: str = "", limit: int = 50
    ) -> list[TaskLine]:
        """Tasks by id; `after` is the last id seen."""
        found = [
            row
            for row in self._tables.tasks.values()
            if row.state == state
            and row.scheme == scheme
            and row.id > int(after or 0)
            and owner in {None, row.task.owner.value, row.task.person}
        ]
        return [self._task(scheme, row) for row in sorted(found, key=lambda row: row.id)[:limit]]

    def _task(self, scheme: str, row: TaskRow) -> TaskLine:
        stream, task = self._tables.streams[scheme, row.stream].stream, row.task
        return TaskLine(
            str(row.id), row.stream, stream.ref, task.key, task.kind, task.owner.value, task.person or "",
            task.title, task.due, row.state, row.reason, row.opened_at, self._name(scheme, _subject(stream)), stream.kind,
        )  # fmt: skip

    def overdue(
        self, scheme: str, before: datetime, *, after: tuple[datetime, int] | None = None, limit: int = 50
    ) -> list[TaskLine]:
        """Of every stream with an open task that was due before then, the one due first; the longest late first."""
        first: dict[str, tuple[datetime, int]] = {}
        for row in self._tables.tasks.values():
            if row.scheme == scheme and row.state == "open" and row.task.due is not None and row.task.due < before:
                key = (row.task.due, row.id)
                first[row.stream] = min(first.get(row.stream, key), key)
        found = [key for key in sorted(first.values()) if after is None or key > after]
        return [self._task(scheme, self._tables.tasks[number]) for _, number in found[:limit]]

    def tasks_of_offices(
        self, scheme: str, owners: Collection[str], *, after: TaskKey | None = None, limit: int = 50
    ) -> list[TaskLine]:
        """Open tasks in cases of these roles, by when they are due (else since when they are there) and id."""
        keys = sorted(
            (row.task.due or row.opened_at, number)
            for number, row in self._tables.tasks.items()
            if (row.scheme, row.state) == (scheme, "open")
            and row.task.owner.value in owners
            and isinstance(self._tables.streams[scheme, row.stream].stream, Case)
        )
        found = [key for key in keys if after is None or key > after]
        return [self._task(scheme, self._tables.tasks[number]) for _, number in found[:limit]]

    def tasks_of_returns(self, scheme: str, *, after: str = "", limit: int = 50) -> list[TaskLine]:
        """Open tasks of streams that are no case, by id; what a provider itself is asked is not among them."""
        found = [
            row
            for number, row in sorted(self._tables.tasks.items())
            if (row.scheme, row.state) == (scheme, "open")
            and number > int(after or 0)
            and row.task.owner is not Role.PROVIDER
            and not isinstance(self._tables.streams[scheme, row.stream].stream, Case)
        ]
        return [self._task(scheme, row) for row in found[:limit]]

    def count_overdue(self, scheme: str, before: datetime) -> int:
        """How many streams `overdue` would go through, no further than one more than MANY."""
        return len(self.overdue(scheme, before, limit=MANY + 1))

    def returns(self, scheme: str, *, status: str | None = None) -> list[ReturnLine]:
        """Provider returns, by period and provider."""
        lines = [
            return_line(row.stream, self._name(scheme, row.stream.provider))
            for row in self._streams(scheme)
            if isinstance(row.stream, ProviderReturn) and status in {None, row.stream.status}
        ]
        return sorted(lines, key=lambda line: (line.period, line.provider_name, line.id))

    def called(self, scheme: str, name: str, kinds: Sequence[str]) -> list[str]:
        """Ids of people of these kinds with this given or whole name (any case), in order of their names."""
        wanted = " ".join(name.split()).lower()
        found = [
            one
            for (of, _), one in self._tables.persons.items()
            if of == scheme
            and one.kind in kinds
            and wanted in {one.given.lower(), f"{one.given} {one.family}".strip().lower()}
        ]
        return [one.id for one in sorted(found, key=lambda one: (one.given, one.family, one.id))]

    def loads(self, scheme: str) -> Mapping[str, int]:
        """Every navigator's id with the number of open cases on their desk, in order of id."""
        cases = [row.stream for row in self._streams(scheme) if isinstance(row.stream, Case)]
        desks = Counter(case.parties.get(Role.NAVIGATOR) for case in cases if case.ended_at is None)
        people = sorted(
            key[1] for key, one in self._tables.persons.items() if key[0] == scheme and one.kind == "navigator"
        )
        return {one: desks[one] for one in people}

    def names(self, scheme: str, ids: Iterable[str]) -> Mapping[str, str]:
        """Names as people say them, by person id; unknown ids are absent."""
        return {one: self._name(scheme, one) for one in ids if (scheme, one) in self._tables.persons}

    def receipts_waiting(self, limit: int = 100) -> list[WaitingReceipt]:
        """Receipts that no notice was found for, oldest first, of every scheme."""
        rows = sorted(self._tables.receipts.values(), key=lambda row: row.number)
        return [WaitingReceipt(row.arrived, row.arrived.at) for row in rows if row.state == "waiting"][:limit]

    def seals(self, scheme: str, ids: Iterable[str]) -> Mapping[str, str]:
        """The keyed digest of each of these texts; "" for an erased one. Unknown ids are absent."""
        return self._tables.seals(scheme, ids)

    def texts(self, scheme: str, ids: Iterable[str]) -> Mapping[str, str]:
        """Free texts by id; erased or unknown ones are absent."""
        rows = [row for one in set(ids) if (row := self._tables.texts.get((scheme, one)))]
        return {row.id: row.body for row in rows if row.nonce}  # an erased one has none

    def figures(self, scheme: str) -> Figures:
        """The scheme in numbers."""
        tables = self._tables
        cases = [row.stream for row in self._streams(scheme) if isinstance(row.stream, Case)]
        events = [one for (of, _), some in tables.events.items() if of == scheme for one in some]
        ends = [one.event.reason for one in events if isinstance(one.event, Ended | Declined)]
        notices = [row for row in tables.notices.values() if row.scheme == scheme]
        disposals: dict[str, dict[str, int]] = {}
        for name in sorted({case.disposal for case in cases}):
            disposals[name] = _sorted(Counter(case.state.value for case in cases if case.disposal == name))
        mine = [row for row in tables.tasks.values() if row.scheme == scheme]
        tasks = {
            kind: _sorted(Counter(row.state for row in mine if row.task.kind == kind))
            for kind in sorted({row.task.kind for row in mine})
        }
        return Figures(
            journeys=_sorted(Counter(case.state.value for case in cases)),
            end_reasons=_sorted(Counter(ends)),
            disposals=disposals,
            notices=_sorted(Counter(f"{n.send.purpose}/{n.channel.value}/{n.state}" for n in notices)),
            notice_kinds=_sorted(Counter(f"{n.send.kind}/{n.state}" for n in notices)),
            tasks=tasks,
            events=_sorted(Counter(kind_of(type(one.event)) for one in events)),
            returns=counted_returns(self.returns(scheme)),
            parked=sum(p.scheme == scheme and p.released_at is None for p in tables.parked.values()),
            unknown_sends=sum(n.state == "unknown" for n in notices),
        )

    def health(self) -> Health:
        """How far behind the engine is."""
        tables, now = self._tables, self._store.now()
        rows = [row for row in tables.streams.values() if not row.parked]
        unreacted = [row.react_at for row in rows if row.react_at is not None]
        overdue = [row.wake_at for row in rows if row.wake_at is not None and row.wake_at <= now]
        ready = [n.send_at for n in tables.notices.values() if n.state in {"ready", "leased"} and n.send_at <= now]
        return Health(
            now, virtual=True,
            unreacted=len(unreacted), oldest_unreacted=min(unreacted, default=None),
            overdue=len(overdue), oldest_overdue=min(overdue, default=None),
            inbox=sum(row.state == "waiting" for row in tables.inbox.values()),
            ready=len(ready), oldest_ready=min(ready, default=None),
            parked=sum(row.released_at is None for row in tables.parked.values()),
            unknown=sum(n.state == "unknown" for n in tables.notices.values()),
            paused=self._store.paused() is not None,
        )  # fmt: skip

    def _streams(self, scheme: str) -> list[Stored]:
        return [row for (of, _), row in self._tables.streams.items() if of == scheme]

    def _name(self, scheme: str, person: str | None) -> str:
        found = self._tables.persons.get((scheme, person or ""))
        return f"{found.given} {found.family}".strip() if found else ""


class _Parts:
    """What hangs on a scheme's streams, gathered once for a page of them."""

    def __init__(self, tables: Tables, scheme: str) -> None:
        self.tasks: dict[str, list[TaskRow]] = defaultdict(list)
        for task in sorted(tables.tasks.values(), key=lambda row: row.id):
            if task.scheme == scheme:
                self.tasks[task.stream].append(task)
        self.parkings: dict[str, list[ParkedLine]] = defaultdict(list)
        for one in tables.parked.values():
            if one.scheme == scheme and one.released_at is None:
                self.parkings[one.stream].append(ParkedLine(one.stream, one.what, one.reason, one.at))
        self.items: dict[str, list[DigestItem]] = defaultdict(list)
        for item in tables.digest_items.values():
            if item.scheme == scheme:
                taken = item.notice_key is not None
                line = DigestItem(item.stream, item.officer, item.period, item.line, item.ref, item.at, taken)
                self.items[item.officer].append(line)


def _due_key(line: DueLine) -> DueKey:
    return line.due, line.ref, line.expectation


def _subject(stream: Stream) -> str | None:
    """Whose stream it is: the participant, the provider or the officer."""
    if isinstance(stream, Case):
        return stream.parties.get(Role.PARTICIPANT)
    return stream.provider if isinstance(stream, ProviderReturn) else stream.officer


def _sorted(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items()))
