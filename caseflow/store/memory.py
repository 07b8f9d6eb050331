"""The same Store in dictionaries: for property tests, simulation and what-if. It rolls back and refuses duplicates alike.

One unit at a time. Scheme time stands still until `set_clock`; machine time (leases, rests) until `pass_time`. What is
kept are immutable rows, so rolling back is putting the old rows back, and nobody can change history by holding a row.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime, timedelta

from caseflow.domain.policy import Policy
from caseflow.engine.ports import Pause
from caseflow.store.clock import ClockRefused
from caseflow.store.memory_rows import Stored, Tables
from caseflow.store.memory_unit import MemoryUnit
from caseflow.store.published import Published, refuse_changed

START = datetime(2022, 1, 1, tzinfo=UTC)


class MemoryStore:
    """A Store (engine.ports.Store) that lives as long as this object. `tables` may be read by anyone, written by units."""

    virtual = True

    def __init__(self, policies: Mapping[tuple[str, str], Policy] | None = None, at: datetime = START) -> None:
        self.tables = Tables()
        self._policies: dict[tuple[str, str], Policy] = dict(policies or {})
        self._published: dict[tuple[str, str], Published] = {}
        self._at = at
        self._machine = 0.0
        self._marks: dict[str, float] = {}
        self._busy = False
        self._awake = False

    @contextmanager
    def begin(self) -> Iterator[MemoryUnit]:
        """One transaction; an exception puts everything back as it was."""
        if self._busy:
            raise RuntimeError("A unit of this store is open already: the memory store has room for one at a time.")
        self._busy = True
        unit = MemoryUnit(self.tables, self._at, self._machine, awake=self._awake)
        try:
            yield unit
        except BaseException:
            self.tables.roll_back()
            raise
        else:
            self.tables.commit()
        finally:
            self._busy = False

    # ── policies ──
    def policies(self) -> Mapping[tuple[str, str], Policy]:
        return self._policies

    def set_policies(self, policies: Mapping[tuple[str, str], Policy]) -> None:
        """Use these from now on."""
        self._policies = dict(policies)

    def publish(self, versions: Sequence[Published]) -> None:
        """Keep policy versions. Raises PolicyChanged for one kept before with another digest."""
        refuse_changed([*self._published.values()], versions)
        self._published = {(one.scheme, one.version): one for one in versions} | self._published

    def published(self) -> list[Published]:
        """Every version ever published, by scheme and version."""
        return [self._published[key] for key in sorted(self._published)]

    # ── the clock ──
    def now(self) -> datetime:
        """Scheme time (UTC)."""
        return self._at

    def set_clock(self, at: datetime) -> None:
        """Move scheme time. Raises ClockRefused for a move back."""
        if at < self._at:
            raise ClockRefused(f"The virtual clock is past {at.isoformat()}: time does not run backwards.")
        self._at = at

    def pass_time(self, seconds: float) -> None:
        """Let machine time pass: leases run out, rests end."""
        self._machine += seconds

    def next_due(self) -> datetime | None:
        """The earliest scheme time at which anything happens by itself."""
        alarms = [row.wake_at for row in self.tables.streams.values() if row.wake_at and not row.parked]
        going = [row.send_at for row in self.tables.notices.values() if row.state in {"ready", "leased"}]
        return min(alarms + going, default=None)

    def quiescent(self) -> bool:
        """Is nothing unreacted, due, in the inbox, ready to send or leased?"""
        tables = self.tables
        if any(not row.parked and self._rings(row) for row in tables.streams.values()):
            return False
        if any(row.state == "new" for row in tables.inbound.values()):
            return False
        if any(row.state == "waiting" for row in tables.inbox.values()):
            return False
        return not any(
            row.state in {"calling", "leased"}
            or (row.state == "ready" and row.send_at <= self._at and not tables.streams[row.scheme, row.stream].parked)
            for row in tables.notices.values()
        )

    def _rings(self, row: Stored) -> bool:
        return row.react_at is not None or (row.wake_at is not None and row.wake_at <= self._at)

    # ── the machinery ──
    def mark(self, name: str) -> None:
        """Leave a sign of life (machine time)."""
        self._marks[name] = self._machine

    def mark_age(self, name: str) -> timedelta | None:
        """How long ago (machine time) the last sign of life was."""
        seen = self._marks.get(name)
        return None if seen is None else timedelta(seconds=self._machine - seen)

    def paused(self) -> Pause | None:
        """Why nothing is done by itself here."""
        row = self.tables.home.get(True)
        return row.pause if row else None

    def awake(self) -> "MemoryStore":
        """The same tables, claiming streams although they are paused."""
        awake = copy(self)
        awake._awake = True  # noqa: SLF001 - our own copy
        return awake

    def dispose_after_fork(self) -> None:
        """Nothing is shared with a parent."""

    def close(self) -> None:
        """Nothing is open."""
