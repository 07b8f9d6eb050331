"""The shape of a policy file, `config/schemes/<scheme>/<version>.yaml`: which settings there are, of which kind.

What a single setting may say is checked here; what several say together (a ladder that cannot end, a strike where
nothing is enforceable) in `scheme_checks`. Every name is checked against its list, with a guess at what was meant.
"""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, StringConstraints, model_validator

from caseflow.domain.calendar import Offset, Windows
from caseflow.domain.conditions import QUESTIONS
from caseflow.domain.policy import ACTS, BREACH_LEADS_TO, NEEDS
from caseflow.domain.signals import SIGNALS
from caseflow.domain.words import Channel, Role
from caseflow.settings.disposal_pack import PackFile
from caseflow.settings.plain_yaml import near
from caseflow.settings.strict import ByLanguage, Code, Positive, Strict, Words, on_the_list

EVIDENCE = ("spoke", "replied", "text_delivered_to_confirmed", "letter_to_confirmed_and_two_calls")
NO_EVIDENCE = (
    "sent",
    "voicemail",
    "call_unanswered",
    "email_accepted",
    "delivered_to_unconfirmed",
    "delivered_to_seized",
)
NEVER_A_STRIKE = (
    "voluntary_item",
    "before_read_back",
    "late_known_absence",
    "open_reason_or_unread_reply",
    "in_hold",
    "service_fault",
    "number_unconfirmed",
)
END_REASONS = (
    "not_reached",
    "not_started",
    "no_further_action",
    "not_engaged",
    "died",
    "charge_dropped",
    "transferred",
)


def _role(text: object) -> Role:
    roles = [role.value for role in Role]
    if not isinstance(text, str) or text not in roles:
        raise ValueError(f"there is no role {text!r}{near(str(text), roles)}; roles are {', '.join(roles)}")
    return Role(text)


def _offset(text: object) -> Offset:
    if not isinstance(text, str):
        raise ValueError(f"offset {text!r} should be text, such as +2h, start-2d or due+1wd")  # noqa: TRY004
    offset = Offset.parse(text)
    if offset.anchor not in {"opened", "start", "due"}:
        raise ValueError(f"offset {text!r} counts from {offset.anchor!r}: count from opened, start or due")
    return offset


def _windows(text: object) -> Windows:
    if not isinstance(text, str):
        raise ValueError(f"contact hours {text!r} should be text, such as Mon-Fri 09:00-18:30")  # noqa: TRY004
    return Windows.parse(text)


def _clock(text: object) -> time:
    try:
        return time.fromisoformat(str(text))
    except ValueError as error:
        raise ValueError(f"{text!r} is no time of day: write it like 09:00") from error


Signal = Annotated[str, on_the_list("signal", SIGNALS)]
Condition = Annotated[str, on_the_list("condition", QUESTIONS)]
ActName = Annotated[str, on_the_list("act", ACTS)]
EvidenceName = Annotated[str, on_the_list("kind of evidence", EVIDENCE)]
NoEvidenceName = Annotated[str, on_the_list("kind of non-evidence", NO_EVIDENCE)]
NeverName = Annotated[str, on_the_list("ground against a strike", NEVER_A_STRIKE)]
EndReason = Annotated[str, on_the_list("end reason", END_REASONS)]
ARole = Annotated[Role, PlainValidator(_role)]
AnOffset = Annotated[Offset, PlainValidator(_offset)]
SomeHours = Annotated[Windows, PlainValidator(_windows)]
AClock = Annotated[time, PlainValidator(_clock)]
Language = Literal["en", "cy"]


class ActFile(Strict):
    """One thing a rung does. `to` may be left out where the engine itself acts (lapse, digest, end_hold)."""

    do: ActName
    to: ARole | None = None
    message: str = ""
    channels: tuple[Channel, ...] = ()
    task: str = ""
    only_if: tuple[Condition, ...] = ()


class RungFile(Strict):
    """One timed step of a ladder."""

    id: Code
    at: AnOffset
    acts: Annotated[tuple[ActFile, ...], Field(min_length=1)]
    only_if: tuple[Condition, ...] = ()
    expires: AnOffset | None = None
    chase: bool = False
    hours: Literal["texts", "calls", "office", "any"] | None = None


class LadderFile(Strict):
    """What follows when something expected has not come."""

    about: Words
    opens: Annotated[tuple[Signal, ...], Field(min_length=1)]
    met: tuple[Signal, ...] = ()
    lapses: tuple[Signal, ...] = ()
    due: AnOffset | None = None
    owner: ARole
    fault: Literal["never", "participant", "provider", "service"] = "never"
    only_if: tuple[Condition, ...] = ()
    after_end: bool = False
    pauses_in_breach: bool = False
    stream: Literal["case", "provider_return", "digest"] = "case"
    ends: bool = False
    rungs: Annotated[tuple[RungFile, ...], Field(min_length=1)]


class ContactFile(Strict):
    """When and how often a participant may be contacted."""

    calendar: Literal["england-and-wales"]
    texts: SomeHours
    calls: SomeHours
    office: SomeHours
    auto_chases_per_week: Positive
    chase_gap_working_days: Positive
    offer_times: Annotated[tuple[AClock, ...], Field(min_length=2, max_length=2)]
    agreed_with_person: Annotated[tuple[Code, ...], Field(min_length=1)]


class DisposalFile(Strict):
    """How this scheme uses a disposal. What the law says of it is in the pack; here only what is asked beyond it, or not used."""

    pack: PackFile
    title: ByLanguage = Field(default_factory=dict)
    strikes: bool
    also_needs: tuple[Annotated[str, on_the_list("need", NEEDS)], ...] = ()
    breach_leads_to: Annotated[str, on_the_list("end of a breach", BREACH_LEADS_TO)]
    max_hours: Positive | None = None
    max_weeks: Positive | None = None
    ends_without_engagement: EndReason = "not_engaged"
    ladders: Annotated[tuple[str, ...], Field(min_length=1)]

    @property
    def enforceable(self) -> bool:
        """Can anything be enforced at all?"""
        return self.pack.enforces is not None


class AgesFile(Strict):
    """Whom a scheme is for, by age when referred, both ends included."""

    youngest: Annotated[int, Field(ge=18)]
    oldest: Positive

    @model_validator(mode="after")
    def _in_order(self) -> "AgesFile":
        if self.oldest < self.youngest:
            raise ValueError("the oldest is younger than the youngest")
        return self


class StrikesFile(Strict):
    """What a strike is, and what keeps a missed session from being one."""

    breach_opens_at: Annotated[int, Field(ge=2)]
    one_per_working_days: Positive
    known_within_working_days: Positive
    fades_after_kept: Positive
    fades_after_days: Positive
    confirmed_by: Annotated[tuple[ARole, ...], Field(min_length=1)]
    waived_by: Annotated[tuple[ARole, ...], Field(min_length=1)]
    never: tuple[NeverName, ...]


class EvidenceFile(Strict):
    """What proves that the participant was reached."""

    counts: Annotated[tuple[EvidenceName, ...], Field(min_length=1)]
    never: tuple[NoEvidenceName, ...]
    strike_1: Positive
    strike_2: Positive
    breach: Literal["live_contact_since_strike_1_or_what_was_tried"]


class ReasonsFile(Strict):
    """Acceptable absence reasons, and how each is taken."""

    accepted: Annotated[tuple[Code, ...], Field(min_length=1)]
    word_is_enough: tuple[Code, ...]
    word_is_enough_days: Positive
    ask_gently_second_time: tuple[Code, ...]
    check_ourselves: tuple[Code, ...]
    proof_never_asked: tuple[Code, ...]
    late_counts_until: Literal["decision"]
    late_reopens_strike: bool
    overrides: Annotated[tuple[Code, ...], Field(min_length=1)]
    ends: Annotated[tuple[EndReason, ...], Field(min_length=1)]


class DecidesFile(Strict):
    """Who decides what. A breach is decided by named people, never by the clock."""

    excuse: Annotated[tuple[ARole, ...], Field(min_length=1)]
    hold: Annotated[tuple[ARole, ...], Field(min_length=1)]
    hold_max_working_days: Positive
    end: Annotated[tuple[ARole, ...], Field(min_length=1)]
    breach: Annotated[tuple[ARole, ...], Field(min_length=2)]
    tie_or_silence: ARole
    no_decision: Literal["carries_on"]
    side_working_days: Positive
    review_working_days: Positive


class ConsequencesFile(Strict):
    """What follows, in words for people; strikes name the ladder they open."""

    strike_1: str
    strike_2: str
    breached: Words
    not_reached_or_not_started: Words
    ended: Words
    new_matter: Words
    prosecute: Words


class ReturnsFile(Strict):
    """How often a provider reports, and by which working day of the next period."""

    every: Literal["month", "quarter"]
    due_working_days: Positive


class DigestFile(Strict):
    """When an officer's digest goes out."""

    weekday: Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    at: AClock
    every_weeks: Positive


class SchemeFile(Strict):
    """A whole policy file, its packs in it and what it is based on taken in."""

    format: Literal[2]
    based_on: str = ""
    scheme: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")]
    version: Positive
    title: ByLanguage
    force: Words
    ref_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    ages: AgesFile | None = None
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    in_force_from: date
    refuse_older_than_days: Positive
    last_safe_margin_working_days: Positive
    contact: ContactFile
    returns: ReturnsFile
    digest: DigestFile
    strikes: StrikesFile
    evidence: EvidenceFile
    reasons: ReasonsFile
    decides: DecidesFile
    consequences: ConsequencesFile
    disposals: Annotated[dict[Code, DisposalFile], Field(min_length=1)]
    ladders: Annotated[dict[Code, LadderFile], Field(min_length=1)]


SETTINGS = frozenset(name for model in Strict.__subclasses__() for name in model.model_fields)
"""Every setting's name, for guessing what a mistyped one should have been."""
