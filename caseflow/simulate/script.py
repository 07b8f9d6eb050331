"""The parts of a play: intentions in a diary, tasks on lists, who does what about them, and what is counted."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from caseflow.domain.case import Case
from caseflow.engine.readings import PostedLine, TaskLine

if TYPE_CHECKING:  # the world plays the script
    from caseflow.simulate.world import World


@dataclass(frozen=True, slots=True, order=True)
class Intent:
    """Something somebody means to do: when (UTC), about which stream, and which act of `Play`."""

    at: datetime
    stream: str
    act: str
    detail: str = ""


@dataclass(slots=True)
class Todo:
    """A task on somebody's list, and when they next look at it. `tries` counts how often they have."""

    task: TaskLine
    again: datetime
    tries: int = 0

    @property
    def ladder(self) -> str:
        """The ladder it came from, "" for a task that came from a fact."""
        return self.task.key.split("/")[0].partition(":")[0] if "/" in self.task.key else ""

    @property
    def subject(self) -> str:
        return self.task.key.split("/")[0].partition(":")[2]

    @property
    def rung(self) -> str:
        parts = self.task.key.split("/")
        if len(parts) < 4:
            return self.task.key.partition(":")[0]
        return parts[3] if parts[3] == "other_way" else parts[2]


Act = Callable[["World", Case, str], None]
Duty = Callable[["World", Case, Todo], datetime | None]
"""Does a task, or looks at it; answers when to look again, None when there is no more to do about it."""


@dataclass(frozen=True, slots=True)
class Play:
    """Who does what: acts by name, duties by (ladder, rung), the reader of the post, and what else an hour brings."""

    acts: Mapping[str, Act]
    duties: Mapping[tuple[str, str], Duty]
    otherwise: Duty
    read: Callable[["World", PostedLine], None]
    hourly: tuple[Callable[["World"], None], ...] = ()


class Feed(Protocol):
    """What comes from outside by the clock: the officers' referrals."""

    def next_at(self) -> datetime | None:
        """When the next one comes (UTC)."""

    def bring(self, world: "World") -> bool:
        """Hand in what has come by now; had anything?"""


@dataclass(slots=True)
class Tally:
    """What the world counts for the summary because no table does."""

    refused: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    receipts: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    strikes_proposed: int = 0
    steps: int = 0


def wanted(case: Case, todo: Todo) -> bool:
    """Is the task still on the list? What it was about may have been settled since the list was printed."""
    if not todo.ladder:
        return True
    found = case.expectations.get(todo.task.key.split("/")[0])
    return found is not None and found.status in {"open", "held"} and str(found.cycle) == todo.task.key.split("/")[1]
