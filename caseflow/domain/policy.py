"""A scheme's policy as a value: ladders, rungs and the figures people agreed on. Data, never code.

`settings/scheme.py` reads it from YAML and refuses what cannot be true; here it is only looked up.
"""

from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property

from caseflow.domain.calendar import Calendar, Offset, Windows
from caseflow.domain.notices import KINDS
from caseflow.domain.words import Channel, Role

ACTS = ("call", "task", "ask", "send", "tell", "decide", "flag", "rule", "review", "lapse", "digest", "end_hold")
"""What a rung may do. call, task, ask, decide, flag, rule, review open a task; send and tell make a notice
(ask with a message does both); lapse closes an alleged breach that nobody decided; digest and end_hold are the engine's."""

MESSAGES = frozenset({"send", "tell", "ask"})
"""The acts that may make a notice."""

CONDITIONS = (
    "unbooked",  # no first meeting in the diary
    "not_held",  # no first meeting held yet
    "wants_short_reminder",
    "first_session",  # nobody of the service has met the participant before this session
    "not_first_session",
    "known_within_5wd",  # the absence became known within five working days of the session
    "expecting",  # something is expected of the participant
    "disputed",  # the strike this is about is disputed
    "letter_at_confirmed_address",
    "view_missing",
    "wants_to_be_told",  # the victim
    "no_survey",
    "strikes_possible",
    "reachable_by_text",
    "unanswered",
    "phone_usable",
    "has_provider",
    "private_phone",
    "no_strikes",  # nothing is enforceable, or the disposal has no strikes
    "no_provider",  # the item or session is the navigator's own
    "no_confirmed_letter",  # no letter went to an address the participant confirmed
    "side_not_given",  # the participant's side of an alleged breach is not in yet
    "a_first_meeting",  # the session this is about is the first meeting
    "not_a_first_meeting",
    "enhanced_rights",  # of the victim
    "standard_rights",
    "plan_outlives",  # the plan as agreed would outlive the power to prosecute, with the policy's margin
    "had_plan",  # a plan was signed: something was asked of the participant
    "declined",
    "not_declined",
    "oic_reconsiders",  # ended not reached, not started or not engaged, or breached: back to the OIC
)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a rung does: `do` one of ACTS, `to` whom, with which message of the catalogue, or which task in words."""

    do: str
    to: Role
    message: str = ""
    channels: tuple[Channel, ...] = ()
    task: str = ""
    only_if: tuple[str, ...] = ()


PERISHABLE = frozenset({"chase", "reminder", "service"})
"""Kinds of message that can come too late to be useful; decisions and officers' news never do."""


@dataclass(frozen=True)
class Rung:
    """One timed step. `at` is the offset from what the ladder counts from; `expires` bounds how late a send is useful.

    `chase` marks a rung whose sent message counts against "one a working day" and the gap between chases.
    """

    id: str
    at: Offset
    acts: tuple[Act, ...]
    only_if: tuple[str, ...] = ()
    expires: Offset | None = None
    chase: bool = False
    hours: str = "texts"  # which contact hours it keeps: texts | calls | office | any

    @cached_property
    def backwards(self) -> bool:
        """Does it count back from something, as a reminder does?"""
        return self.at.amount < 0

    @cached_property
    def directed(self) -> bool:
        """Is it aimed at the participant at all: a message, or a call somebody is asked to make?"""
        return any(act.do == "call" or (act.to is Role.PARTICIPANT and act.message) for act in self.acts)

    @cached_property
    def perishable(self) -> bool:
        """Can it come too late to be useful? Chases and reminders can; a task for a person never does."""
        return all(act.do in {"send", "tell"} and KINDS.get(act.message) in PERISHABLE for act in self.acts)


@dataclass(frozen=True, slots=True)
class Ladder:
    """What follows when something expected has not come.

    `opens`, `met`, `lapses` are signal names (domain/signals). `after_end` ladders may run on an ended journey.
    """

    name: str
    opens: tuple[str, ...]
    met: tuple[str, ...]
    rungs: tuple[Rung, ...]
    owner: Role
    fault: str = "never"  # never | participant | provider | service
    lapses: tuple[str, ...] = ()
    due: Offset | None = None
    only_if: tuple[str, ...] = ()
    after_end: bool = False
    pauses_in_breach: bool = False  # an alleged breach stops it: chases, never reminders
    stream: str = "case"  # case | provider_return | digest
    by_rung: dict[str, int] = field(default_factory=dict)  # rung id -> index, filled by the reader
    ends: bool = False  # a ladder of messages only, that may run out without a person looking
    about: str = ""  # what it is for, in a sentence of the scheme's own
    closed_by: frozenset[str] = field(init=False, repr=False, compare=False)  # every signal that may close it

    def __post_init__(self) -> None:
        """Gather what closes it."""
        ends = () if self.after_end else ("ended",)
        object.__setattr__(self, "closed_by", frozenset((*self.met, *self.lapses, *ends)))

    def rung(self, rung_id: str) -> Rung:
        return self.rungs[self.by_rung[rung_id]]


@dataclass(frozen=True, slots=True)
class StrikeRules:
    breach_opens_at: int
    one_per_working_days: int
    known_within_working_days: int
    fades_after_kept: int
    fades_after_days: int
    confirmed_by: tuple[Role, ...]
    waived_by: tuple[Role, ...]
    never: tuple[str, ...] = ()  # where a missed session is no strike at all


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """What proves that the participant was reached. `strike_1` and `strike_2` say how many of `counts` each needs."""

    counts: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    strike_1: int = 1
    strike_2: int = 1
    breach: str = ""


@dataclass(frozen=True, slots=True)
class ReasonRules:
    """How the reason for an absence is taken: whose word is enough, what we check ourselves, what nobody asks proof of.

    `late_counts_until` is how long a reason that comes late still counts (`decision`: until the ruling or decision).
    """

    word_is_enough: tuple[str, ...] = ()
    ask_gently_second_time: tuple[str, ...] = ()
    check_ourselves: tuple[str, ...] = ()
    proof_never_asked: tuple[str, ...] = ()
    word_is_enough_days: int = 7  # illness shorter than this
    late_counts_until: str = "decision"
    late_reopens_strike: bool = True


NEEDS = ("evidential_test", "admission", "consent", "signature")
"""What a disposal may need before it can be given."""

BREACH_LEADS_TO = ("record_only", "oic_reconsiders", "becomes_a_fine", "prosecution_revives", "may_be_prosecuted")
"""What not keeping to a disposal may lead to."""

WITHOUT_PROSECUTION = frozenset({"record_only", "oic_reconsiders", "becomes_a_fine"})
"""Those of them on which nobody is prosecuted."""


@dataclass(frozen=True, slots=True)
class FineTerms:
    """By when a fine is paid, and by when a raised one. Whether a count of days takes in its first day is the law's to say."""

    days: int
    counting_the_first: bool
    then_more_percent: int
    then_days: int
    then_counting_the_first: bool


@dataclass(frozen=True, slots=True)
class DisposalPack:
    """What the law says of a disposal, in one version. `sources` names where each figure comes from."""

    name: str
    version: int
    title: dict[str, str]
    in_force: bool
    why_not: str
    outcome: int
    adults_from: int
    needs: tuple[str, ...]
    enforces: str  # what may be enforced; nothing where empty
    breach_may_lead_to: tuple[str, ...]
    max_hours: int | None = None
    hours_of: str = ""
    usual_weeks: int | None = None
    max_weeks: int | None = None
    fine: FineTerms | None = None
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """As a scheme names it: ``conditional_caution/1``. Version 0 is what an older policy said by itself."""
        return f"{self.name}/{self.version}"

    @property
    def spoken(self) -> str:
        """As people say it: ``conditional caution, version 1``."""
        return f"{self.name.replace('_', ' ')}, version {self.version}"


@dataclass(frozen=True, slots=True)
class DisposalRules:
    """What one disposal asks for and may lead to in this scheme: its pack's word, or stricter, or narrower.

    `ladders` names the ladders that run; no strikes where not enforceable. Beyond `max_weeks` a plan needs a reason, and
    beyond the pack's `max_weeks` there is none.
    """

    name: str
    title: dict[str, str]
    strikes: bool
    ladders: tuple[str, ...]
    needs: tuple[str, ...]  # of NEEDS
    breach_leads_to: str  # of BREACH_LEADS_TO
    pack: DisposalPack
    max_hours: int | None = None
    max_weeks: int | None = None
    ends_without_engagement: str = "not_engaged"

    @property
    def outcome(self) -> int:
        """The Home Office's number."""
        return self.pack.outcome

    @property
    def enforceable(self) -> bool:
        """Can anything be enforced at all?"""
        return bool(self.pack.enforces)

    @property
    def longest_weeks(self) -> int | None:
        """How long a plan may run at the very most."""
        return self.pack.max_weeks


@dataclass(frozen=True, slots=True)
class Ages:
    """Whom a scheme is for, by age in years on the day of the referral, both ends included."""

    youngest: int
    oldest: int


@dataclass(frozen=True, slots=True)
class ReturnRules:
    every: str  # month | quarter
    due_working_days: int


@dataclass(frozen=True, slots=True)
class DigestRules:
    weekday: int  # 0 Monday … 6 Sunday
    at: time
    every_weeks: int = 1


@dataclass(frozen=True, slots=True)
class ContactRules:
    texts: Windows
    calls: Windows
    office: Windows
    chases_per_week: int
    chase_gap_working_days: int
    offer_times: tuple[time, ...]  # the two times a missed-session message offers, on the next working days
    agreed_with_person: tuple[str, ...] = ()  # what is agreed about keeping in touch


@dataclass(frozen=True, slots=True)
class Policy:
    """One published version of a scheme's policy. `version` with `scheme` names it; `digest` is its SHA-256."""

    scheme: str
    version: str
    digest: str
    title: dict[str, str]
    force: str
    ref_prefix: str
    languages: tuple[str, ...]
    in_force_from: date
    refuse_older_than_days: int
    contact: ContactRules
    disposals: dict[str, DisposalRules]
    ladders: dict[str, Ladder]
    strikes: StrikeRules
    excuses: tuple[str, ...]  # acceptable absence reasons
    override_reasons: tuple[str, ...]
    end_reasons: tuple[str, ...]
    hold_max_working_days: int
    hold_by: tuple[Role, ...]
    excuse_by: tuple[Role, ...]
    end_agreed_by: tuple[Role, ...]
    breach_decided_by: tuple[Role, ...]
    breach_tie: Role
    no_decision: str  # carries_on
    returns: ReturnRules
    digest_rules: DigestRules
    victim_working_days: int
    victim_enhanced_working_days: int
    side_working_days: int
    review_working_days: int
    calendar: Calendar
    team: dict[
        Role, str
    ]  # scheme-wide roles (supervisor, manager, coordinator, victim_care) -> person id of the roster
    opens: dict[str, tuple[Ladder, ...]] = field(
        default_factory=dict
    )  # signal -> ladders it opens, filled by the reader
    reasons: ReasonRules = field(default_factory=ReasonRules)
    evidence: EvidenceRules = field(default_factory=EvidenceRules)
    consequences: dict[str, str] = field(default_factory=dict)  # what follows, in words for people; never acted upon
    last_safe_margin_working_days: int = 30
    ages: Ages | None = None  # None: every adult
    based_on: str = ""  # the policy this one says its differences from

    def ladder(self, name: str) -> Ladder:
        return self.ladders[name]

    def runs(self, disposal: str, ladder: str) -> bool:
        """Does this ladder run for this disposal?"""
        rules = self.disposals.get(disposal)
        return rules is not None and ladder in rules.ladders
