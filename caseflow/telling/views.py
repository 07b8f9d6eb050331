"""What is told, as values: pages show them, `--json` prints them (docs/reference/json.md). Only added to."""

from dataclasses import dataclass
from datetime import datetime

from caseflow.engine.readings import CaseLine, NoticeLine, ReturnLine, TaskLine


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


@dataclass(frozen=True, slots=True)
class CaseList:
    """`caseflow case list --json`"""

    cases: list[CaseLine]
    next: str | None


@dataclass(frozen=True, slots=True)
class ExpectationView:
    """Something expected of somebody: `next` is the rung that comes at `next_at` if nothing happens before.

    `waited_for`: it is open, and somebody can still meet it or a step still comes; ladders of messages only end in silence.
    """

    id: str
    ladder: str
    status: str
    opened: datetime
    due: datetime | None
    next: str | None
    next_at: datetime | None
    fired: list[str]
    waited_for: bool


@dataclass(frozen=True, slots=True)
class SessionView:
    id: str
    start: datetime
    kind: str
    status: str
    enforceable: bool
    provider: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class StrikeView:
    number: int
    session: str
    at: datetime
    by: str
    disputed: bool


@dataclass(frozen=True, slots=True)
class ItemView:
    id: str
    intervention: str
    kind: str
    provider: str
    done: bool
    dropped: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """`caseflow case show ID --json`; `parties` are names by role, `party_ids` who they are in the people register.

    `to_ask`: what the disposal needs and the referral does not say, until it is accepted.
    """

    id: str
    ref: str
    scheme: str
    participant: str
    state: str
    disposal: str
    policy_version: str
    referred_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    last_safe: str | None
    last_safe_words: str
    to_ask: list[str]
    parties: dict[str, str]
    language: str
    addresses: dict[str, str]
    needs: list[str]
    items: list[ItemView]
    sessions: list[SessionView]
    strikes: list[StrikeView]
    breach_open: bool
    expectations: list[ExpectationView]
    tasks: list[TaskLine]
    notices: list[NoticeLine]
    parked: list[str]
    note: str
    offered: list[str]
    party_ids: dict[str, str]


@dataclass(frozen=True, slots=True)
class MovedView:
    """A step that would come at another time."""

    expectation: str
    rung: str
    was: datetime
    now: datetime
    what: list[str]


@dataclass(frozen=True, slots=True)
class OverrideView:
    """What one override would do. Where it may not be, `refused` says why and the rest is empty."""

    asked: str
    refused: str
    facts: list[str]
    gone: list[ComingView]
    new: list[ComingView]
    moved: list[MovedView]


@dataclass(frozen=True, slots=True)
class Forecast:
    """`caseflow due --case REF --json`; `until` is null where it goes on to the end

    If nobody says or does anything, and every message goes out as soon as it may.
    """

    ref: str
    now: datetime
    until: datetime | None
    coming: list[ComingView]
    overrides: list[OverrideView]


@dataclass(frozen=True, slots=True)
class ReturnList:
    """`caseflow returns list --json`"""

    returns: list[ReturnLine]


@dataclass(frozen=True, slots=True)
class TaskList:
    """`caseflow tasks list --json`"""

    tasks: list[TaskLine]
    next: str | None


@dataclass(frozen=True, slots=True)
class CommandField:
    name: str
    type: str
    needed: bool


@dataclass(frozen=True, slots=True)
class OfferedCommand:
    name: str
    what: str
    fields: list[CommandField]


@dataclass(frozen=True, slots=True)
class Offered:
    """`caseflow case do ID --list --json`"""

    ref: str
    state: str
    commands: list[OfferedCommand]


@dataclass(frozen=True, slots=True)
class Done:
    """`caseflow case do … --json`, when it was not refused; `already`: it was so before, and nothing was written

    `seq` is the line of the newest fact then.
    """

    ref: str
    seq: int
    repeat: bool
    already: bool = False
