"""One transaction of the memory store: streams, facts, timers, tasks, commands and people. Notices: memory_outbox."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from caseflow.domain.case import Stream
from caseflow.domain.commands import Asked
from caseflow.domain.events import Recorded
from caseflow.domain.words import AddressStatus, Channel
from caseflow.engine.ports import Answer, Change, Claimed, Conflict, Failed, Parking, Pause, PersonIn, PersonRow
from caseflow.store import inbox, parking
from caseflow.store.codec import VERSIONS, kind_of
from caseflow.store.home import SKIPPED
from caseflow.store.memory_access import MemoryAccess
from caseflow.store.memory_feeds import MemoryFeeds
from caseflow.store.memory_inbound import MemoryInbound
from caseflow.store.memory_links import MemoryLinks
from caseflow.store.memory_outbox import MemoryOutbox
from caseflow.store.memory_receipts import MemoryReceipts
from caseflow.store.memory_rows import AddressRow, HomeRow, InboxRow, ParkedRow, Stored, StreamKey, TaskRow, TextRow
from caseflow.store.people import ERASED


class MemoryUnit(MemoryAccess, MemoryFeeds, MemoryInbound, MemoryLinks, MemoryOutbox, MemoryReceipts):
    """One transaction (engine.ports.Unit) on the tables of a memory store."""

    # ── claiming streams ──
    def claim(self, lane: str, limit: int) -> list[Claimed]:
        if self._paused and not self._awake:
            return []
        rings = [
            (row.stream.kind == "digest", alarm, key)
            for key, row in self.tables.streams.items()
            if (alarm := self._alarm(row, lane))
        ]
        # Digests close last: what happens at the same moment still gets into them.
        first = [one for one in rings if not one[0]] or rings
        return [self._claimed(key) for key in sorted(key for _, _, key in sorted(first)[:limit])]

    def _alarm(self, row: Stored, lane: str) -> datetime | None:
        alarm = row.react_at if lane == "react" else row.wake_at
        rests = row.parked or row.retry_at > self._machine
        return None if rests or alarm is None or alarm > self._now else alarm

    def lock(self, scheme: str, ids: Sequence[str]) -> dict[str, Claimed]:
        return {one: self._claimed((scheme, one)) for one in sorted(set(ids)) if (scheme, one) in self.tables.streams}

    def _claimed(self, key: StreamKey) -> Claimed:
        row = self.tables.streams[key]
        aside = tuple(
            one.what.removeprefix(parking.EXPECTATION)
            for one in self.tables.parked.values()
            if (one.scheme, one.stream) == key and not one.released_at and one.what.startswith(parking.EXPECTATION)
        )
        return Claimed(row.stream, self.tables.events.get(key, ())[row.reacted :], row.failures, aside)

    def snapshots(self, scheme: str, ids: Sequence[str]) -> dict[str, Stream]:
        found = {one: self.tables.streams.get((scheme, one)) for one in ids}
        return {one: stored.stream for one, stored in found.items() if stored is not None}

    def save(self, changes: Iterable[Change]) -> None:
        changes = list(changes)
        for change in changes:
            self._save_stream(change)
            self._save_timers(change)
            self._save_tasks(change)
        self.save_notices(changes)
        self.answer([(change.stream.scheme, answer) for change in changes for answer in change.answers])
        for change in changes:
            for command_id in change.inbox_done:
                self._close_command((change.stream.scheme, command_id))
        self.add_inbox(inbox.told(changes))
        self.park(parking.of(changes))
        self.save_feeds(changes)

    def _save_stream(self, change: Change) -> None:
        stream = change.stream
        key = (stream.scheme, stream.id)
        row = self.tables.streams.get(key)
        if (row.stream.seq if row else 0) != change.before_seq:
            raise Conflict(f"Stream {stream.id} has moved on since it was read.")
        facts = self.tables.events.get(key, ())
        if [fact.seq for fact in change.events] != list(range(len(facts) + 1, len(facts) + 1 + len(change.events))):
            raise Conflict(f"A fact of stream {stream.id} has a number that is taken.")
        if row is None:
            name = (stream.scheme, stream.kind, stream.ref)
            if name in self.tables.refs:
                raise Conflict(f"The reference {stream.ref} is taken.")
            self.tables.refs[name] = stream.id
        if change.events:
            self.tables.events[key] = facts + tuple(_versioned(fact) for fact in change.events)
        reacted = change.reacted if change.reacted is not None else (row.reacted if row else 0)
        wake_at = max(change.wake_at, self._now) if change.wake_at else None
        react_at = self._now if reacted < stream.seq else None
        self.tables.streams[key] = Stored(stream, reacted, react_at, wake_at, parked=row.parked if row else False)

    def _save_timers(self, change: Change) -> None:
        if not change.timers and not change.gone_timers:
            return
        key = (change.stream.scheme, change.stream.id)
        left = {name: one for name, one in self.tables.timers.get(key, {}).items() if name not in change.gone_timers}
        self.tables.timers[key] = left | {timer.expectation: timer for timer in change.timers}

    def _save_tasks(self, change: Change) -> None:
        if not change.tasks and not change.drops and not change.handovers:
            return
        key = (change.stream.scheme, change.stream.id)
        mine = [row for row in self.tables.tasks.values() if (row.scheme, row.stream) == key and row.state == "open"]
        still = {row.task.key for row in mine}
        for row in mine:
            drop = next((one for one in change.drops if one.covers(row.task.key, row.task.expectation)), None)
            if drop:
                state = "done" if drop.done else "dropped"
                self.tables.tasks[row.id] = replace(row, state=state, reason=drop.reason, closed_at=self._now)
                still.discard(row.task.key)
        for task in change.tasks:
            if task.key not in still:
                still.add(task.key)
                number = len(self.tables.tasks) + 1
                self.tables.tasks[number] = TaskRow(number, *key, task, self._now)
        for hand in change.handovers:
            for row in list(self.tables.tasks.values()):
                if (row.scheme, row.stream) == key and row.state == "open" and row.task.owner is hand.owner:
                    self.tables.tasks[row.id] = replace(row, task=replace(row.task, person=hand.person))

    def failed(self, failures: Sequence[Failed]) -> None:
        for one in failures:
            row = self.tables.streams.get((one.scheme, one.stream))
            if row:
                rest = self._machine + one.retry_in.total_seconds()
                self.tables.streams[one.scheme, one.stream] = replace(row, failures=row.failures + 1, retry_at=rest)

    # ── commands ──
    def answers(self, scheme: str, ids: Sequence[str]) -> dict[str, Answer]:
        rows = [row for one in ids if (row := self.tables.inbox.get((scheme, one)))]
        return {
            row.command_id: Answer(row.command_id, row.stream, row.seq, row.code, row.words, repeat=True)
            for row in rows
            if row.state in {"done", "refused"}
        }

    def answer(self, answered: Sequence[tuple[str, Answer]]) -> None:
        for scheme, one in answered:
            if one.repeat:
                continue
            key = (scheme, one.command_id)
            row = self.tables.inbox.get(key)
            if row and row.state in {"done", "refused"}:
                raise Conflict(f"Command {one.command_id} was answered by somebody else.")
            row = row or InboxRow(*key, len(self.tables.inbox) + 1, one.stream, "")
            state = "refused" if one.refused else "done"
            self.tables.inbox[key] = replace(row, state=state, seq=one.seq, code=one.code, words=one.words)

    def _close_command(self, key: tuple[str, str]) -> None:
        row = self.tables.inbox.get(key)
        if row and row.state == "waiting":
            self.tables.inbox[key] = replace(row, state="done")

    def take_inbox(self, limit: int) -> list[tuple[str, Asked]]:
        waiting = [row for row in self.tables.inbox.values() if row.state == "waiting"]
        oldest = sorted(waiting, key=lambda row: row.place)[:limit]
        return [(row.scheme, row.asked) for row in oldest if row.asked]

    def add_inbox(self, asked: Sequence[tuple[str, Asked]]) -> None:
        for scheme, one in asked:
            row = self.tables.inbox.get((scheme, one.id))
            if row:
                self.tables.inbox[scheme, one.id] = replace(row, repeats=row.repeats + 1)
            else:
                place = len(self.tables.inbox) + 1
                self.tables.inbox[scheme, one.id] = InboxRow(scheme, one.id, place, one.stream, "waiting", one)

    def park(self, parkings: Sequence[Parking]) -> None:
        for one in parkings:
            known = [
                row
                for row in self.tables.parked.values()
                if (row.scheme, row.stream, row.what) == (one.scheme, one.stream, one.what) and not row.released_at
            ]
            number = known[0].id if known else len(self.tables.parked) + 1
            at = known[0].at if known else one.at
            self.tables.parked[number] = ParkedRow(number, one.scheme, one.stream, one.what, one.reason, at)
            self._take_out(one)

    def _take_out(self, one: Parking) -> None:
        stream = self.tables.streams.get((one.scheme, one.stream))
        command = self.tables.inbox.get((one.scheme, one.what.removeprefix(parking.COMMAND)))
        if one.what == "stream" and stream:
            self.tables.streams[one.scheme, one.stream] = replace(stream, parked=True)
        elif one.what.startswith(parking.COMMAND) and command and command.state == "waiting":
            self.tables.inbox[one.scheme, command.command_id] = replace(command, state="parked")

    def release(self, scheme: str, stream: str, what: Sequence[str]) -> int:
        """Put parked work back, as a person asked; returns how much there was."""
        found = [
            row
            for row in self.tables.parked.values()
            if (row.scheme, row.stream) == (scheme, stream) and row.what in what and not row.released_at
        ]
        for row in found:
            self.tables.parked[row.id] = replace(row, released_at=self._now)
            command = self.tables.inbox.get((scheme, row.what.removeprefix(parking.COMMAND)))
            if row.what.startswith(parking.COMMAND) and command and command.state == "parked":
                self.tables.inbox[scheme, command.command_id] = replace(command, state="waiting")
        known = self.tables.streams.get((scheme, stream))
        if found and known:
            whole = any(row.what == "stream" for row in found)
            back = replace(known, parked=known.parked and not whole, failures=0, retry_at=0.0)
            self.tables.streams[scheme, stream] = back
        return len(found)

    # ── people, references, free texts ──
    def people(self, scheme: str, ids: Iterable[str]) -> dict[str, PersonRow]:
        wanted = {one for one in ids if (scheme, one) in self.tables.persons}
        places: dict[str, dict[Channel, tuple[str, str, str]]] = {one: {} for one in wanted}
        known = [row for (of, _), row in self.tables.addresses.items() if of == scheme and row.person in wanted]
        for row in sorted(known, key=lambda row: (row.status not in {"blocked", "seized"}, row.seen_at, row.id)):
            places[row.person][row.channel] = (row.id, row.value, row.status)
        return {one: _person_row(self.tables.persons[scheme, one], places[one]) for one in sorted(wanted)}

    def upsert_people(self, scheme: str, people: Sequence[PersonIn]) -> None:
        for one in people:
            old = self.tables.persons.get((scheme, one.id))
            if old and old.given == ERASED:
                continue
            self.tables.persons[scheme, one.id] = _refreshed(old, one) if old else replace(one, addresses={})
            for channel, (address, value, status) in one.addresses.items():
                row = self.tables.addresses.get((scheme, address))
                if row and row.status != AddressStatus.UNCONFIRMED:
                    status = row.status  # noqa: PLW2901 - what is known of an address is not forgotten
                self.tables.addresses[scheme, address] = AddressRow(
                    address, one.id, channel, value, AddressStatus(status), self._now
                )

    def note_addresses(self, scheme: str, statuses: Mapping[str, str]) -> None:
        for address, status in statuses.items():
            row = self.tables.addresses.get((scheme, address))
            if row:
                self.tables.addresses[scheme, address] = replace(row, status=AddressStatus(status))

    def erase_people(self, scheme: str, ids: Iterable[str]) -> None:
        """Take away what names or reaches these people, and their free texts; facts stay."""
        gone = {one for one in ids if (scheme, one) in self.tables.persons}
        self.erase_inbound(scheme, gone)
        for one in gone:
            self.tables.persons[scheme, one] = PersonIn(one, self.tables.persons[scheme, one].kind, ERASED, "")
        for key, row in list(self.tables.addresses.items()):
            if key[0] == scheme and row.person in gone:
                del self.tables.addresses[key]
        for key, text in list(self.tables.texts.items()):
            if key[0] == scheme and text.person in gone:
                self.tables.texts[key] = replace(text, body=ERASED, nonce=b"")

    def allocate_refs(self, scheme: str, year: int, count: int) -> int:
        last = self.tables.counters.get((scheme, year), 0)
        self.tables.counters[scheme, year] = last + count
        return last + 1

    def add_texts(self, scheme: str, texts: Sequence[tuple[str, str | None, str]]) -> None:
        for one, person, body in texts:
            if (scheme, one) not in self.tables.texts:
                nonce = f"{len(self.tables.texts)}".rjust(16, "0").encode()
                self.tables.texts[scheme, one] = TextRow(one, person, body, nonce)

    def seals(self, scheme: str, ids: Iterable[str]) -> dict[str, str]:
        return self.tables.seals(scheme, ids)

    def read_texts(self, scheme: str, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """Free texts as id → (body, nonce)."""
        rows = [row for one in ids if (row := self.tables.texts.get((scheme, one)))]
        return {row.id: (row.body, row.nonce) for row in rows}

    # ── pausing ──
    def pause(self, why: str, backup_at: datetime | None = None) -> None:
        row = self.tables.home.get(True) or HomeRow()
        since = row.pause.since if row.pause else self._now
        known = row.pause.backup_at if row.pause else None
        if backup_at and not known:
            for key, last in list(self.tables.counters.items()):
                self.tables.counters[key] = last + SKIPPED
        backup_at = backup_at or known
        self.tables.home[True] = replace(row, pause=Pause(since, why, backup_at))

    def resume(self, look_for: timedelta) -> None:
        row = self.tables.home.get(True) or HomeRow()
        until = max(row.look_until, self._machine + look_for.total_seconds())
        self.tables.home[True] = HomeRow(None, self._now if look_for else row.resumed_at, until)


def _versioned(fact: Recorded) -> Recorded:
    """The fact with the version of its shape, as it is written down."""
    version = VERSIONS[kind_of(type(fact.event))]
    return fact if fact.version == version else replace(fact, version=version)


def _refreshed(old: PersonIn, new: PersonIn) -> PersonIn:
    return replace(
        new,
        date_of_birth=new.date_of_birth or old.date_of_birth,
        stand_in=new.stand_in or old.stand_in,
        phone=new.phone or old.phone,
        extra={**old.extra, **new.extra},
        addresses={},
    )


def _person_row(one: PersonIn, places: Mapping[Channel, tuple[str, str, str]]) -> PersonRow:
    return PersonRow(one.id, one.given, one.family, one.kind, places, one.stand_in, one.phone, dict(one.extra))
