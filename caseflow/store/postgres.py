"""The Store in PostgreSQL. Each unit is one transaction; every method of it takes a batch and costs a few statements."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import sqlalchemy as sa

from caseflow.domain.case import Stream
from caseflow.domain.commands import Asked
from caseflow.domain.policy import Policy
from caseflow.domain.words import Channel
from caseflow.engine.inbound_rows import Holder, InboundRow, InboundSettled, InboundText
from caseflow.engine.ports import (
    Answer,
    Arrived,
    Change,
    Claimed,
    Failed,
    Matched,
    NoticeRow,
    Parking,
    Pause,
    PersonIn,
    PersonRow,
    Settled,
)
from caseflow.engine.webhooks import Feed, FeedSettled
from caseflow.store import (
    clock,
    delivery,
    feeds,
    home,
    inbound,
    inbox,
    marks,
    migrations,
    outbox,
    parking,
    people,
    published,
    receipts,
    streams,
    tallies,
    tasks,
    texts,
    timers,
)
from caseflow.store.access import PostgresAccess
from caseflow.store.feeds import FeedLine
from caseflow.store.flow import Flow, flowing
from caseflow.store.published import Published
from caseflow.store.session import make_engine, translated

VIRTUAL_START = datetime(2022, 1, 1, tzinfo=UTC)
"""Where the clock of a new virtual database stands when nobody says otherwise."""

SLICE = 100
"""So many changes are written at a time: while PostgreSQL works on them, the next ones are planned."""


@dataclass(slots=True)
class PostgresUnit(PostgresAccess):
    """One transaction (engine.ports.Unit). `now`, and whether the database is paused, are read when it begins."""

    connection: sa.Connection
    _now: datetime
    _paused: bool
    _awake: bool

    def now(self) -> datetime:
        return self._now

    # ── claiming streams ──
    def claim(self, lane: str, limit: int) -> list[Claimed]:
        rests = self._paused and not self._awake
        return [] if rests else streams.claim(self.connection, lane, limit, self._now)

    def lock(self, scheme: str, ids: Sequence[str]) -> dict[str, Claimed]:
        return streams.lock(self.connection, scheme, ids, self._now)

    def snapshots(self, scheme: str, ids: Sequence[str]) -> dict[str, Stream]:
        return streams.snapshots(self.connection, scheme, ids)

    def save(self, changes: Iterable[Change]) -> None:
        written: list[Change] = []
        with flowing(self.connection) as flow:
            some: list[Change] = []
            last: list[Change] = []  # in one go: what takes rows away that others hold locks them in one order
            for change in changes:
                written.append(change)
                if change.voids or change.reroutes or change.digest_closes:
                    last.append(change)
                    continue
                some.append(change)
                if len(some) == SLICE:
                    self._write(flow, some)
                    some = []
            self._write(flow, some)
            self._write(flow, last)
        feeds.save(self.connection, written)

    def _write(self, flow: Flow, changes: Sequence[Change]) -> None:
        if changes:
            streams.save(flow, changes, self._now)
            timers.save(flow, changes)
            outbox.save(flow, changes, self._now)
            tasks.save(flow, changes, self._now)
            inbox.save(flow, changes, self._now)
            parking.park(flow, parking.of(changes))

    # ── commands ──
    def answers(self, scheme: str, ids: Sequence[str]) -> dict[str, Answer]:
        return inbox.answers(self.connection, scheme, ids)

    def answer(self, answered: Sequence[tuple[str, Answer]]) -> None:
        inbox.remember(self.connection, answered, self._now)

    def take_inbox(self, limit: int) -> list[tuple[str, Asked]]:
        return inbox.take(self.connection, limit, self._now)

    def add_inbox(self, asked: Sequence[tuple[str, Asked]]) -> None:
        inbox.add(self.connection, asked, self._now)

    def park(self, parkings: Sequence[Parking]) -> None:
        parking.park(self.connection, parkings)

    def release(self, scheme: str, stream: str, what: Sequence[str]) -> int:
        """Put parked work back, as a person asked; returns how much there was."""
        return parking.release(self.connection, scheme, stream, what, self._now)

    def failed(self, failures: Sequence[Failed]) -> None:
        streams.failed(self.connection, failures)

    # ── delivery ──
    def lease(self, lane: str, limit: int, worker: str, hold_for: timedelta) -> list[NoticeRow]:
        return [] if self._paused else delivery.lease(self.connection, lane, limit, worker, hold_for, self._now)

    def calling(self, worker: str, rows: Sequence[NoticeRow]) -> set[int]:
        return delivery.calling(self.connection, worker, rows, self._now, paused=self._paused)

    def settle(self, worker: str, settled: Sequence[Settled]) -> int:
        return delivery.settle(self.connection, worker, settled, self._now)

    def recover(self, limit: int, look_after: Mapping[Channel, timedelta]) -> list[NoticeRow]:
        return [] if self._paused else delivery.recover(self.connection, limit, look_after, self._now)

    # ── pausing ──
    def pause(self, why: str, backup_at: datetime | None = None) -> None:
        home.pause(self.connection, why, backup_at)

    def in_doubt(self, since: datetime, after: int, limit: int) -> list[NoticeRow]:
        return delivery.in_doubt(self.connection, since, after, limit, self._now) if self._paused else []

    def hold(self, rows: Sequence[NoticeRow], detail: str) -> None:
        delivery.hold(self.connection, rows, detail, self._now)

    def resume(self, look_for: timedelta) -> None:
        home.resume(self.connection, look_for)

    # ── receipts ──
    def keep_receipts(self, arrived: Sequence[Arrived]) -> set[str]:
        return receipts.keep(self.connection, arrived)

    def match_receipts(self, limit: int, ids: Collection[str] | None) -> list[Matched]:
        return receipts.match(self.connection, limit, ids)

    def receipts_noted(self, matched: Sequence[Matched]) -> None:
        receipts.noted(self.connection, matched, self._now)

    # ── webhooks ──
    def sync_endpoints(self, endpoints: Sequence[tuple[str, str]]) -> None:
        feeds.sync(self.connection, endpoints)

    def lease_feeds(
        self, endpoints: Sequence[tuple[str, str]], limit: int, facts: int, worker: str, hold_for: timedelta
    ) -> list[Feed]:
        return [] if self._paused else feeds.lease(self.connection, endpoints, limit, facts, worker, hold_for)

    def settle_feeds(self, worker: str, settled: Sequence[FeedSettled]) -> int:
        return feeds.settle(self.connection, worker, settled)

    def disable_endpoint(self, scheme: str, name: str, reason: str) -> None:
        feeds.disable(self.connection, scheme, name, reason)

    def enable_endpoint(self, scheme: str, name: str) -> int:
        return feeds.enable(self.connection, scheme, name)

    def replay(
        self,
        scheme: str,
        *,
        endpoint: str | None = None,
        stream: str | None = None,
        parked: bool = False,
        since: datetime | None = None,
    ) -> int:
        return feeds.replay(self.connection, scheme, endpoint, stream, parked, since)

    def feeds(self, scheme: str) -> list[FeedLine]:
        """Every receiver of the scheme, and how its feeds stand."""
        return feeds.read(self.connection, scheme)

    # ── people, references, free texts ──
    def people(self, scheme: str, ids: Iterable[str]) -> dict[str, PersonRow]:
        return people.read(self.connection, scheme, ids)

    def upsert_people(self, scheme: str, brought: Sequence[PersonIn]) -> None:
        people.upsert(self.connection, scheme, brought, self._now)

    def note_addresses(self, scheme: str, statuses: Mapping[str, str]) -> None:
        people.set_status(self.connection, scheme, statuses)

    def erase_people(self, scheme: str, ids: Iterable[str]) -> None:
        """Take away what names or reaches these people, and their free texts; facts stay."""
        inbound.erase(self.connection, scheme, gone := sorted(set(ids)), self._now, people.ERASED)
        people.erase(self.connection, scheme, gone, self._now)

    def allocate_refs(self, scheme: str, year: int, count: int) -> int:
        return people.allocate_refs(self.connection, scheme, year, count)

    # ── texts that come in ──
    def keep_inbound(self, scheme: str, arrived: Sequence[InboundText]) -> int:
        return inbound.keep(self.connection, scheme, arrived, self._now)

    def new_inbound(self, limit: int) -> list[InboundRow]:
        return inbound.new(self.connection, limit)

    def lock_inbound(self, scheme: str, ids: Sequence[str]) -> list[InboundRow]:
        return inbound.lock(self.connection, scheme, ids)

    def waiting_inbound(self, scheme: str, limit: int) -> list[InboundRow]:
        return inbound.waiting(self.connection, scheme, limit)

    def settle_inbound(self, settled: Sequence[InboundSettled]) -> None:
        inbound.settle(self.connection, settled, self._now)

    def looked_at_inbound(self, scheme: str, id_: str, by: str) -> None:
        inbound.looked(self.connection, scheme, id_, by, self._now)

    def holders(self, scheme: str, numbers: Iterable[str]) -> dict[str, tuple[Holder, ...]]:
        return inbound.holders(self.connection, scheme, numbers)

    def add_texts(self, scheme: str, brought: Sequence[tuple[str, str | None, str]]) -> None:
        texts.add(self.connection, scheme, brought)

    def seals(self, scheme: str, ids: Iterable[str]) -> dict[str, str]:
        return texts.seals(self.connection, scheme, sorted(set(ids)))

    def read_texts(self, scheme: str, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """Free texts as id → (body, nonce)."""
        return texts.read(self.connection, scheme, ids)


class PostgresStore:
    """The Store of a database that is at head. `virtual` gives an empty database a clock of its own, at `start`.

    With `turns` it is played in turns (store/clock.py): the same seed leads to the same end, however work is shared out.

    Raises BehindHead when the migrations have not run, ClockRefused when a live database shall become virtual.
    """

    def __init__(
        self,
        url: str,
        policies: Mapping[tuple[str, str], Policy] | None = None,
        *,
        virtual: bool = False,
        turns: bool = False,
        start: datetime | None = None,
        pool_size: int = 4,
        application_name: str = "caseflow",
    ) -> None:
        self.engine = make_engine(url, pool_size=pool_size, application_name=application_name)
        self._policies: dict[tuple[str, str], Policy] = dict(policies or {})
        self._awake = False
        try:
            with translated():
                self.check_head()
                with self.engine.begin() as connection:
                    home.look(connection, arriving=True)
                    if virtual:
                        clock.make_virtual(connection, start or VIRTUAL_START, turns=turns)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def begin(self) -> Iterator[PostgresUnit]:
        """One transaction; committed when the block ends, rolled back by an exception."""
        with translated(), self.engine.begin() as connection:
            yield PostgresUnit(connection, *home.opened(connection), self._awake)

    # ── policies ──
    def policies(self) -> Mapping[tuple[str, str], Policy]:
        return self._policies

    def set_policies(self, policies: Mapping[tuple[str, str], Policy]) -> None:
        """Use these from now on; loading them is the composition root's."""
        self._policies = dict(policies)

    def publish(self, versions: Sequence[Published]) -> None:
        """Keep policy versions for ever. Raises PolicyChanged for one kept before with another digest."""
        with translated(), self.engine.begin() as connection:
            published.publish(connection, versions, clock.now(connection))

    def published(self) -> list[Published]:
        """Every version ever published, by scheme and version."""
        with translated(), self.engine.connect() as connection:
            return published.read(connection)

    # ── the clock ──
    def now(self) -> datetime:
        """Scheme time (UTC)."""
        with translated(), self.engine.connect() as connection:
            return clock.now(connection)

    @property
    def virtual(self) -> bool:
        """Does this database live in an invented time?"""
        with translated(), self.engine.connect() as connection:
            return clock.is_virtual(connection)

    @cached_property
    def turns(self) -> bool:
        """Is this database played in turns (store/clock.py)? Asked once: it never changes."""
        with translated(), self.engine.connect() as connection:
            return clock.in_turns(connection)

    def next_lanes(self) -> list[str]:
        """Whose turn it is, where the database is played in turns."""
        with translated(), self.engine.connect() as connection:
            return clock.next_lanes(connection)

    def set_clock(self, at: datetime) -> None:
        """Move the virtual clock. Raises ClockRefused in a live database, and for a move back."""
        with translated(), self.engine.begin() as connection:
            clock.move(connection, at)

    def next_due(self) -> datetime | None:
        """The earliest scheme time at which anything happens by itself."""
        with translated(), self.engine.connect() as connection:
            return clock.next_due(connection)

    def quiescent(self) -> bool:
        """Is nothing unreacted, due, in the inbox, ready to send or leased?"""
        with translated(), self.engine.connect() as connection:
            return clock.quiescent(connection)

    # ── the machinery ──
    def check_head(self) -> None:
        """Raises BehindHead unless the database is of this program's age."""
        migrations.check_head(self.engine)

    def mark(self, name: str) -> None:
        """Leave a sign of life (real time)."""
        with translated(), self.engine.begin() as connection:
            marks.leave(connection, name)

    def mark_age(self, name: str) -> timedelta | None:
        """How long ago (real time) the last sign of life was; None when there was none."""
        with translated(), self.engine.connect() as connection:
            return marks.age(connection, name)

    def tally(self, counts: Mapping[str, int]) -> None:
        """Add to counts that outlive this process."""
        with translated(), self.engine.begin() as connection:
            tallies.add(connection, counts)

    def put_tallies(self, values: Mapping[str, int]) -> None:
        """Set values that the last to look has found (the audit's)."""
        with translated(), self.engine.begin() as connection:
            tallies.put(connection, values)

    def tallies(self) -> dict[str, int]:
        """Every count by its name."""
        with translated(), self.engine.connect() as connection:
            return tallies.read(connection)

    def paused(self) -> Pause | None:
        """Why nothing is done by itself here; a restored backup is found out by this, and written down."""
        with translated(), self.engine.begin() as connection:
            return home.look(connection)

    def awake(self) -> "PostgresStore":
        """The same database and connections, claiming streams although it is paused."""
        awake = copy(self)
        awake._awake = True  # noqa: SLF001 - our own copy
        return awake

    def dispose_after_fork(self) -> None:
        """Forget the parent's connections without closing them: they are still the parent's."""
        self.engine.dispose(close=False)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
