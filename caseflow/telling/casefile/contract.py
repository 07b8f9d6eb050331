"""What `caseflow case file REF --json` prints: the panel sheet as data. Only added to.

`line` is always the number of a fact in the case's history. People are named by the part they play; with `--names` by name.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SheetPolicy:
    """The version the case is bound to; `digest` is the SHA-256 of its content."""

    scheme: str
    version: str
    title: str
    digest: str
    in_force_from: str


@dataclass(frozen=True, slots=True)
class SheetPerson:
    """Somebody of the case: the part they play, their id, and (with `--names`) their name."""

    role: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SheetFact:
    """A fact in words. `words` is what people wrote with it, only with `--names`."""

    line: int
    at: datetime
    who: str
    what: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class SheetItem:
    """An item of the plan. `kind` is enforceable or voluntary; `state` open, done or dropped."""

    id: str
    what: str
    kind: str
    provider: str
    hours: str
    state: str


@dataclass(frozen=True, slots=True)
class SheetSession:
    """A planned meeting; `known_at` is when its outcome was heard of, `ruling` what a person ruled on an absence.

    `reminder`: of a missed one, that no reminder of it is known to have reached them, in words.
    """

    id: str
    start: datetime
    what: str
    enforceable: bool
    outcome: str
    known_at: datetime | None
    reason: str
    ruling: str
    reminder: str = ""


@dataclass(frozen=True, slots=True)
class SheetStep:
    """A step of a ladder and what became of it; `line` and `at` are null while it has not come."""

    rung: str
    comes: str
    does: list[str]
    came: str
    at: datetime | None
    line: int | None


@dataclass(frozen=True, slots=True)
class SheetExpectation:
    """Something expected of somebody: for what, of whom, since when and why, how it ended, and its ladder."""

    id: str
    cycle: int
    ladder: str
    policy: str
    about: str
    owner: str
    opened: datetime
    opened_line: int
    because_line: int | None
    due: datetime | None
    end: str
    ended: datetime | None
    steps: list[SheetStep]


@dataclass(frozen=True, slots=True)
class SheetMessage:
    """A message to anybody: `result` is its delivery result in words, `reached` whether it got to a confirmed address."""

    number: int
    at: datetime
    what: str
    to: str
    step: str
    channels: list[str]
    result: str
    reached: bool


@dataclass(frozen=True, slots=True)
class SheetStrike:
    """A strike with its proof, and where it stands: counts, disputed, or removed and why."""

    number: int
    session: str
    line: int
    at: datetime
    by: str
    proof: str
    proof_line: int
    proof_at: datetime | None
    told: datetime | None
    standing: str
    fades_on: str


@dataclass(frozen=True, slots=True)
class SheetView:
    """A view on an alleged breach. `opinion` and `words` are "" while it waits for the other one; `words` only with `--names`."""

    role: str
    line: int
    at: datetime
    by: str
    opinion: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class SheetBreach:
    """An alleged breach: what for, the person's side, each view, and the decision with its reasons (or that there is none).

    `side_words`, `provider_words` and `decision_words` are what people wrote, only with `--names`.
    """

    line: int
    at: datetime
    cause: str
    side_by: str
    side: str
    provider_heard: bool
    views: list[SheetView]
    decision: str
    decided_by: str
    decided_at: datetime | None
    reasons: str
    side_words: str = ""
    provider_words: str = ""
    decision_words: str = ""


@dataclass(frozen=True, slots=True)
class SheetOption:
    """Something that may be decided about the case, or may not in this disposal."""

    name: str
    there: bool
    words: str


@dataclass(frozen=True, slots=True)
class SheetComing:
    at: datetime
    what: str
    step: str


@dataclass(frozen=True, slots=True)
class SheetTask:
    key: str
    owner: str
    what: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """`caseflow case file REF --json`

    `sha256` is the fingerprint of everything else here with roles in place of names: the same facts give the same
    fingerprint, with names or without them, in every form. `set_aside` is work that the system could not do and that waits for a
    person. `moves` are the facts that put the case under another version.
    `as_at` is the time of the newest thing in it, not of printing.
    """

    ref: str
    scheme: str
    as_at: datetime
    last_line: int
    participant: str
    people: list[SheetPerson]
    disposal: str
    outcome: int
    offence: str
    state: str
    end_reason: str
    referred_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    victim: str
    last_safe: str | None
    last_safe_words: str
    policy: SheetPolicy
    moves: list[SheetFact]
    rules: list[str]
    agreed: list[SheetFact]
    items: list[SheetItem]
    contact: list[str]
    sessions: list[SheetSession]
    expectations: list[SheetExpectation]
    messages: list[SheetMessage]
    answers: list[SheetFact]
    rulings: list[SheetFact]
    strikes: list[SheetStrike]
    breaches: list[SheetBreach]
    options: list[SheetOption]
    coming: list[SheetComing]
    set_aside: list[str]
    todo: list[SheetTask]
    history: list[SheetFact]
    sha256: str
