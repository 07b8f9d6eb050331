"""What `--json` prints: one object for each reading command. Documented in docs/reference/json.md; tested; only added to.

Instants are UTC in ISO 8601, days are YYYY-MM-DD. `next`, where it stands, is what to give to `--after` for the next page.
"""

from dataclasses import dataclass
from datetime import datetime

from caseflow.insight.discretion import Kind
from caseflow.insight.tables import Line, Named
from caseflow.telling.casefile.contract import CaseFile
from caseflow.telling.moving import MovedStep
from caseflow.telling.views import (
    CaseList,
    CaseView,
    Clause,
    CommandField,
    Done,
    Due,
    ExpectationView,
    Forecast,
    ItemView,
    MovedView,
    Offered,
    OfferedCommand,
    OverrideView,
    ReturnList,
    SessionView,
    Story,
    StrikeView,
    TaskList,
)

__all__ = [
    "CaseList", "CaseView", "CommandField", "Done", "ExpectationView", "Forecast", "ItemView", "MovedView", "Offered",
    "OfferedCommand", "OverrideView", "ReturnList", "SessionView", "StrikeView", "TaskList",
]  # fmt: skip
"""Asked for here, beside the contracts that only the command line has."""


@dataclass(frozen=True, slots=True)
class WhyLine:
    """One fact of the chain; what lies behind it follows it with a greater `depth`.

    `because`: what it is to the fact before.
    `made`: a person, a channel or an import made it, and nothing of ours lies behind it. `ref` may be another stream.
    """

    depth: int
    ref: str
    line: int
    at: datetime
    who: str
    what: str
    because: str
    clause: Clause | None
    made: bool


@dataclass(frozen=True, slots=True)
class Why:
    """`caseflow why ID --json`"""

    ref: str
    about: str
    lines: list[WhyLine]


@dataclass(frozen=True, slots=True)
class LastSafe:
    """One referred row's last safe decision date. `day` null: none, or `unknown`. `warning`: past, near or empty."""

    row: int
    ref: str
    day: str | None
    unknown: bool
    why: str
    warning: str
    words: str


@dataclass(frozen=True, slots=True)
class Refer:
    """`caseflow refer FILE --json`"""

    file: str
    rows: int
    accepted: int
    known: int
    refused: int
    refused_file: str | None
    ignored_columns: list[str]
    last_safe: list[LastSafe]


@dataclass(frozen=True, slots=True)
class FoundOffence:
    """An offence code. `category`: CS summary, CM summary motoring, CE either way, CI indictable only."""

    code: str
    title: str
    category: str
    last_safe: str


@dataclass(frozen=True, slots=True)
class OffenceList:
    """`caseflow offences search WORDS --json`"""

    offences: list[FoundOffence]


@dataclass(frozen=True, slots=True)
class ReturnSubmitted:
    """`caseflow returns submit FILE --json`"""

    ref: str
    provider: str
    period: str
    rows: int
    blank: int
    bad: dict[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """`caseflow message preview NAME --json`; `parts` counts a text's parts"""

    message: str
    channel: str
    language: str
    subject: str | None
    body: str
    parts: int | None


@dataclass(frozen=True, slots=True)
class PolicyRung:
    id: str
    at: str
    acts: list[str]


@dataclass(frozen=True, slots=True)
class PolicyLadder:
    name: str
    due: str
    opens: list[str]
    met: list[str]
    rungs: list[PolicyRung]


@dataclass(frozen=True, slots=True)
class PolicyView:
    """`caseflow policy show SCHEME --json`"""

    scheme: str
    version: str
    digest: str
    title: str
    in_force_from: str
    languages: list[str]
    disposals: dict[str, list[str]]
    ladders: list[PolicyLadder]


@dataclass(frozen=True, slots=True)
class AccountView:
    """Who may sign in. `person` is their id in the people register; `password` works once, and is only told when it is made.

    So is `key`, with which an administrator's app makes one-time codes.
    """

    login: str
    name: str
    part: str
    scheme: str
    person: str
    disabled: bool
    seen_at: datetime | None
    single_sign_on: bool
    password: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class AccountList:
    """`caseflow accounts list --json`; `accounts add`, `reset` and `disable` print one account."""

    accounts: list[AccountView]


@dataclass(frozen=True, slots=True)
class ClientView:
    """A system that may use the API; `token` is only told when it is made."""

    name: str
    scheme: str
    scopes: list[str]
    speaks_for: list[str]
    disabled: bool
    seen_at: datetime | None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class ClientList:
    """`caseflow clients list --json`; `clients add` and `disable` print one client."""

    clients: list[ClientView]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`caseflow policy whatif NEW.yaml --json`: a number that is null is hidden, or there is nothing to measure.

    The first of `lines` is all cases. `lived_again`: of how many the history was lived again; nothing that differs ever
    concerned the others. `unlike`: facts that even the rules of then refuse in the replay.
    """

    scheme: str
    version: str
    digest: str
    against: list[str]  # the versions the cases ran under
    since: str
    until: datetime
    cases: int | None
    lived_again: int | None
    lines: list[Line]
    refused: list[Named]
    unlike: list[Named]
    left_out: list[Named]
    minutes_from: str
    notes: list[str]


@dataclass(frozen=True, slots=True)
class DiscretionOfScheme:
    scheme: str
    kinds: list[Kind]


@dataclass(frozen=True, slots=True)
class Discretion:
    """`caseflow policy discretion --json`: null is hidden."""

    since: str
    schemes: list[DiscretionOfScheme]


@dataclass(frozen=True, slots=True)
class PolicyFile:
    file: str
    ok: bool
    problems: list[str]


@dataclass(frozen=True, slots=True)
class PolicyCheck:
    """`caseflow policy check --json`"""

    files: list[PolicyFile]


@dataclass(frozen=True, slots=True)
class PropertyProof:
    """One property of one policy. Proved: `how` says over what. Refuted: `where`, `why`, and the shortest `story` found."""

    name: str
    title: str
    proved: bool
    states: int
    how: str
    where: str
    why: str
    story: list[str]


@dataclass(frozen=True, slots=True)
class PolicyProof:
    file: str
    scheme: str
    version: str
    proved: bool
    models: int
    states: int
    steps: int
    seconds: float
    properties: list[PropertyProof]


@dataclass(frozen=True, slots=True)
class MutantEnd:
    """What became of one small change for the worse: `end` is refused, refuted, harmless or survived."""

    scheme: str
    name: str
    end: str
    why: str


@dataclass(frozen=True, slots=True)
class PolicyVerify:
    """`caseflow policy verify --json`: exit code 1 when a property is refuted or a mutant survived"""

    policies: list[PolicyProof]
    mutants: list[MutantEnd]


@dataclass(frozen=True, slots=True)
class AuditFinding:
    name: str
    stream: str
    where: str
    detail: str
    words: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`caseflow audit --json`: exit code 1 when there are violations"""

    at: datetime
    streams: int
    replayed: int
    violations: list[AuditFinding]
    warnings: list[AuditFinding]


@dataclass(frozen=True, slots=True)
class Light:
    """One thing looked at: `ok`, what was found, and what to do when it is not ok."""

    name: str
    ok: bool
    found: str
    todo: str


@dataclass(frozen=True, slots=True)
class Doctor:
    """`caseflow doctor --json`: exit code 3 when a light is red"""

    lights: list[Light]


@dataclass(frozen=True, slots=True)
class Resume:
    """`caseflow resume --json`: `resumed` is false with `--look`, and where nothing was paused (`since` is null then)

    `backup_at` is null unless the database was restored from a backup; `messages` counts those that wait by what becomes of
    them: "looked up", "sent again", "not sent", "sent". `facts` were written by what was worked out first.
    """

    resumed: bool
    since: datetime | None
    why: str
    backup_at: datetime | None
    facts: int
    messages: dict[str, int]


@dataclass(frozen=True, slots=True)
class Sweep:
    """`caseflow sweep --json`"""

    claimed: int
    events: int
    effects: int
    failed: int
    parked: int


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt that no message was found for. `at` is when the channel says it happened, `since` when it came in (UTC)."""

    id: str
    reference: str
    provider_ref: str
    receipt: str
    at: datetime
    since: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class ReceiptList:
    """`caseflow receipts list --json`"""

    receipts: list[ReceiptView]


@dataclass(frozen=True, slots=True)
class BounceClass:
    """Recipients of one kind (hard, soft, none: no bounce): read right, read as another kind, not found in the mail."""

    kind: str
    recipients: int
    right: int
    wrong: int
    missed: int


@dataclass(frozen=True, slots=True)
class BounceCheck:
    """`caseflow bounces check FOLDER --json`"""

    mails: int
    recipients: int
    right: int
    share: float
    kinds: list[BounceClass]


@dataclass(frozen=True, slots=True)
class BouncesTaken:
    """`caseflow bounces read --json`: what the mails said, recipient by recipient. `other` are mails that are none of it.

    `unmatched` speak of no message of ours (they are kept: `caseflow receipts list`); `repeated` were known already.
    """

    hard: int
    soft: int
    delayed: int
    complaint: int
    auto_reply: int
    delivered: int
    other: int
    unmatched: int
    repeated: int


@dataclass(frozen=True, slots=True)
class FeedView:
    """One receiver of webhooks: how many cases have facts that wait, fail, are parked. `failing_since` is real time."""

    scheme: str
    endpoint: str
    active: bool
    disabled: str
    waiting: int
    failing: int
    parked: int
    failing_since: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class FeedList:
    """`caseflow webhooks list --json`"""

    feeds: list[FeedView]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A text that waits. `last_digits` of its number; `candidates` are references of cases whose person has it."""

    id: str
    scheme: str
    received_at: datetime
    age_hours: int
    last_digits: str
    why: str
    candidates: list[str]


@dataclass(frozen=True, slots=True)
class AnswerList:
    """`caseflow answers list --json`, oldest first"""

    answers: list[AnswerLine]


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """`caseflow answers show ID --by … --json`: the words, and where it stands (new, matched, queued or dealt)"""

    answer: AnswerLine
    state: str
    words: str
    dealt_by: str


@dataclass(frozen=True, slots=True)
class AnswersTaken:
    """`caseflow answers take FILE --json`: `bad` is line number → what is wrong with it"""

    texts: int
    new: int
    known: int
    bad: dict[str, str]


@dataclass(frozen=True, slots=True)
class AnswerDismissed:
    """`caseflow answers dismiss ID --why … --by … --json`"""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class CourseLine:
    """`kind` is fact, message or task; `ladder` and `rung` are empty where it follows from no step of a ladder."""

    at: datetime
    kind: str
    what: str
    ladder: str
    rung: str


@dataclass(frozen=True, slots=True)
class Course:
    """One worked example. `notes` are bank holidays and clock changes on its way."""

    name: str
    title: str
    lines: list[CourseLine]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class PolicyTimeline:
    """`caseflow policy timeline SCHEME --referred DAY --json`"""

    scheme: str
    version: str
    disposal: str
    referred: datetime
    courses: list[Course]


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """`how` is added, gone or changed; `whom` are roles in words; `step` is empty where all of `about` is meant."""

    whom: list[str]
    about: str
    step: str
    how: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PolicyDiff:
    """`caseflow policy diff A B --json`: A and B as scheme/version"""

    a: str
    b: str
    changes: list[PolicyChange]


@dataclass(frozen=True, slots=True)
class MovedCase:
    """`refused` is empty where the case moves (or, in a dry run, would)."""

    ref: str
    refused: str
    steps: list[MovedStep]


@dataclass(frozen=True, slots=True)
class PolicyMove:
    """`caseflow policy move --scheme S --from A --to B --json`"""

    scheme: str
    before: str
    to: str
    dry_run: bool
    moved: int
    refused: int
    cases: list[MovedCase]


CONTRACTS: tuple[type, ...] = (
    Refer, CaseList, CaseView, Story, Offered, Done, Due, ReturnList, ReturnSubmitted, TaskList, Preview, PolicyCheck,
    PolicyVerify, PolicyView, Resume, Sweep, AuditReport, Doctor, AnswersTaken, AnswerList, AnswerShown,
    AnswerDismissed, ReceiptList, BouncesTaken, BounceCheck, FeedList, CaseFile, Why, Forecast, PolicyTimeline,
    PolicyDiff, PolicyMove, WhatIf, Discretion, AccountList, AccountView, ClientList, ClientView,
)  # fmt: skip
