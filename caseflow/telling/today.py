"""What is to be done: one line a person, their next act first, the rest counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from caseflow.engine.readings import TaskLine

DANGER = ("safeguarding:", "urgent:")
"""How the keys of such tasks begin."""
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Act:
    """A task, and whether its time has passed."""

    task: TaskLine
    late: bool

    @property
    def about(self) -> str:
        """The session that it is about, by the expectation in its key; "" for none. It may be another thing's id."""
        return self.task.key.partition("/")[0].partition(":")[2]


@dataclass(frozen=True, slots=True)
class PersonsLine:
    """One person (or return) with something to do: the act that comes first, and the others."""

    stream: str
    ref: str
    participant: str
    first: Act
    others: tuple[Act, ...]


def today(tasks: Sequence[TaskLine], now: datetime) -> list[PersonsLine]:
    """One line a stream. Within it and between them what is due first stands first, then what was opened first.

    Only what says that somebody may be in danger stands before all that, however late the rest is.
    """
    lines: dict[str, list[Act]] = {}
    for task in sorted(tasks, key=order):
        act = Act(task, task.late(now))
        lines.setdefault(task.stream, []).append(act)
    return [
        PersonsLine(stream, acts[0].task.ref, acts[0].task.participant, acts[0], tuple(acts[1:]))
        for stream, acts in lines.items()
    ]


def order(task: TaskLine) -> tuple[bool, datetime, datetime, int]:
    """What comes first."""
    return not task.key.startswith(DANGER), task.due or NEVER, task.opened_at, int(task.id)
