"""What is told, as values: pages show them, `--json` prints them (docs/reference/json.md). Only added to."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One fact in words. `kind` is its class; `why` says what it followed from, empty where a person simply did it."""

    seq: int
    at: datetime
    recorded_at: datetime
    kind: str
    who: str
    role: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """`caseflow case history ID --json`"""

    id: str
    ref: str
    participant: str
    lines: list[StoryLine]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that will happen by itself if nothing else happens before."""

    due: datetime
    ref: str
    kind: str
    participant: str
    what: list[str]
    why: str
    ladder: str
    rung: str
    expectation: str
    policy: str
    stream: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """`caseflow due --json`"""

    now: datetime
    until: datetime
    alarms: list[Alarm]


@dataclass(frozen=True, slots=True)
class Clause:
    """One step of a policy: which version (scheme/version), which ladder and what for, when it comes, what it does."""

    policy: str
    ladder: str
    about: str
    rung: str
    comes: str
    does: list[str]
    only_if: list[str]


@dataclass(frozen=True, slots=True)
class ComingView:
    """One step that comes by itself. `end` is fired, skipped, lapsed or blocked; `what` is what it does."""

    at: datetime
    expectation: str
    rung: str
    end: str
    what: list[str]
    why: str
    clause: Clause | None
