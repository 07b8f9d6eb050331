"""A list of cases that somebody works through: what may be asked of it, and what it answers. The stores fill it in."""

from dataclasses import dataclass
from datetime import datetime

SHOWS = ("open", "needs", "hold", "ended")
"""Every open case; those where a person has something to do by a time; those on hold; those that are over."""
SORTS = ("next", "newest", "name")
"""What comes first in its own way (the next step, the earliest task, the end of the hold, the latest end); the newest
referral; the family name."""
MANY = 1000
"""Nobody counts further than this: more is said as more."""
FOUND = 200
"""So many people are looked at for one search by name. Whoever finds more searches on."""

Key = tuple[str, ...]
"""Where a list goes on: what the last line was sorted by, as text, and its case's id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One page of the list. `owner` only this navigator's; `soon`: tasks due before then need somebody (UTC).

    `search` is the beginning of a reference, its number, or of a name as people write it.
    """

    soon: datetime
    show: str = "open"
    state: str = ""
    owner: str | None = None
    sort: str = "next"
    search: str = ""
    after: Key = ()
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CaseloadLine:
    """A case in the list. `next_at`: when something happens by itself; `task` and `task_due` are the earliest open task.

    `held_until` is when its hold is over (UTC), None where it is not on hold. `tasks` counts the open ones.
    """

    id: str
    ref: str
    person: str
    participant: str
    state: str
    disposal: str
    navigator: str
    referred_at: datetime
    ended_at: datetime | None
    next_at: datetime | None
    task: str
    task_due: datetime | None
    tasks: int
    held_until: datetime | None
    parked: bool


@dataclass(frozen=True, slots=True)
class CaseloadPage:
    """Lines in order, and where the next page begins; () where this is the last."""

    lines: tuple[CaseloadLine, ...]
    next: Key = ()
