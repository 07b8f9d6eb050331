"""What the world needs of the engine: a clock to move, everything due done, the post, the screens.

In process all verbs run in this program (`InProcess`: tests, tuning, what-if); `crewed.py` has the same with the real
workers. The world cannot tell the difference, so both must come to the same end.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from caseflow.domain.case import Case, ProviderReturn, Stream
from caseflow.engine.app import App
from caseflow.engine.deliver import AT_ONCE
from caseflow.engine.readings import PostedLine, Readings, TaskLine
from caseflow.engine.sweep import sweep
from caseflow.messages.senders.memory import MemorySender

S = TypeVar("S", bound=Stream)
PAGE = 1000


class Clock(Protocol):
    """The part of a store that keeps virtual time."""

    def set_clock(self, at: datetime) -> None: ...

    def next_due(self) -> datetime | None: ...


class Machinery(Protocol):
    app: App

    def settle(self) -> None:
        """Return when nothing is unreacted, due, in the inbox, ready to send or leased."""

    def move(self, at: datetime) -> None:
        """Move scheme time (UTC)."""

    def next_due(self) -> datetime | None:
        """When the engine acts next by itself."""

    def post(self) -> list[str]:
        """The keys of messages that came out since the last look."""


class InProcess:
    """The verbs in this program, on any virtual store with senders in memory."""

    def __init__(self, app: App, clock: Clock, senders: Iterable[MemorySender]) -> None:
        self.app = app
        self._clock = clock
        self._senders = list(senders)
        self._seen: set[str] = set()

    def settle(self) -> None:
        sweep(self.app, lease=AT_ONCE)

    def move(self, at: datetime) -> None:
        self._clock.set_clock(at)

    def next_due(self) -> datetime | None:
        return self._clock.next_due()

    def post(self) -> list[str]:
        keys = []
        for sender in self._senders:
            keys += [message.key for message in sender.sent]
            sender.sent.clear()
        new = sorted(set(keys) - self._seen)
        self._seen.update(new)
        return new


class Screens:
    """What people see when they look: cases, returns, their list of tasks, and what a message was about."""

    def __init__(self, app: App) -> None:
        assert app.readings is not None
        self._readings: Readings = app.readings
        self._scheme = app.scheme
        self._last_task = ""

    def cases(self, ids: Collection[str]) -> dict[str, Case]:
        return self._streams(ids, Case)

    def returns(self, ids: Collection[str]) -> dict[str, ProviderReturn]:
        return self._streams(ids, ProviderReturn)

    def posted(self, keys: Collection[str]) -> list[PostedLine]:
        """Which notice each message was, by key."""
        found = self._readings.posted(self._scheme, keys) if keys else {}
        return [found[key] for key in sorted(found)]

    def new_tasks(self) -> list[TaskLine]:
        """Tasks that were opened since the last look and are still open."""
        found: list[TaskLine] = []
        while page := self._readings.tasks(self._scheme, after=self._last_task, limit=PAGE):
            found += page
            self._last_task = page[-1].id
        return found

    def _streams(self, ids: Collection[str], kind: type[S]) -> dict[str, S]:
        found = self._readings.snapshots(self._scheme, sorted(set(ids))) if ids else {}
        return {name: stream for name, stream in found.items() if isinstance(stream, kind)}
