"""How people behave: every figure with its name. From POLICY.md §4 unless a line says that it was tuned or assumed.

Shares are of one. Tuned figures were set so that the anchors there come out: deferred prosecution completed in 85-92 % of
the plans agreed, conditional caution 90-95 %, community resolution 68-78 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FrontDoor:
    ineligible: float = 0.07  # with the referrals that lack consent about 8 % in all
    says_no: float = 0.045
    withdraws_early: float = 0.02
    number_wrong: float = 0.03  # wrong or dead: 6 % together
    number_dead: float = 0.03
    number_shared: float = 0.05
    number_changes: float = 0.08  # within four months
    handed_over: float = 0.65  # tuned for "met within 72 h: 70 %": a time agreed on the day the officer referred them
    visit_finds: float = 0.6  # assumed: a visit before it is handed back as not reached
    officer_knows_number: float = 0.75  # assumed: the OIC finds another number
    comes_to_first_meeting: float = 0.90  # assumed
    no_intervention: float = 0.05  # assumed


@dataclass(frozen=True, slots=True)
class Answers:
    call_first: float = 0.40
    call_second: float = 0.30
    call_asked_for: float = 0.75  # assumed: they asked to be rung
    reply_in_a_day: float = 0.30
    stop: float = 0.01
    wrong: float = 0.015
    reads_email: float = 0.5  # assumed
    letter: float = 0.15
    needs_reading: float = 0.3  # assumed: the answer is in their own words
    cannot_come: float = 0.03  # assumed: says so when reminded
    survey: float = 0.3  # assumed


@dataclass(frozen=True, slots=True)
class Channels:
    number_fails: float = 0.03  # a permanent failure is the number's, so it is drawn once for each number
    text_temporary: float = 0.03
    text_no_receipt: float = 0.01
    email_bounces: float = 0.04
    letter_returned: float = 0.05


@dataclass(frozen=True, slots=True)
class Attendance:
    """Of sessions in all: attended 78, acceptable 9, no word 10, service cancelled 3; each person's own rate is Beta(8, 2)."""

    late: float = 0.08  # assumed, of those who come
    cancelled_by_service: float = 0.03
    acceptable_of_absent: float = 9 / 19
    cluster: float = 1.5  # absences after a first miss
    reasons: Mapping[str, float] = field(
        default_factory=lambda: {
            "work_shift": 25, "illness": 30, "childcare_or_family": 15, "medical_appointment": 10, "transport": 10,
            "religious_observance": 4, "bereavement": 6,
        }
    )  # fmt: skip
    back_after_call: float = 0.45
    back_after_text: float = 0.20
    back_after_letter: float = 0.15
    strike: float = 0.40  # rulings on no-word misses: strike 40, excused 30, waived or back on track 30
    excused: float = 0.30
    reason_after_ruling: float = 0.15
    disputes: float = 0.2  # assumed
    waived_when_disputed: float = 0.4  # assumed
    hears_of_strike: float = 0.6  # assumed: a call about a strike is answered, up to three are made


@dataclass(frozen=True, slots=True)
class Plans:
    """What becomes of agreed plans beside strikes; by disposal where it differs. All tuned to the anchors."""

    drifts_off: Mapping[str, float] = field(
        default_factory=lambda: {
            "deferred_prosecution": 0.12, "conditional_caution": 0.03, "community_resolution": 0.34,
            "outcome_22": 0.16,
        }
    )  # fmt: skip
    withdraws: float = 0.025
    agreed_end: float = 0.015
    new_matter: float = 0.02
    away: float = 0.03  # custody or hospital for some days


@dataclass(frozen=True, slots=True)
class Providers:
    """Returns by working day (cumulative: 60 % by the 5th, 85 after the reminder, 95 after the call); session outcomes."""

    by_fifth_day: float = 0.60
    after_reminder: float = 0.85
    after_call: float = 0.95
    outcome_same_day: float = 0.55
    outcome_in_three_days: float = 0.80
    bad_rows: float = 0.02
    place: Mapping[str, float] = field(default_factory=lambda: {"yes": 88, "waiting_list": 9, "no": 3})  # assumed
    heard_by_mail: float = 0.8  # assumed: answers when asked about a breach


@dataclass(frozen=True, slots=True)
class Officers:
    """Views, cumulative: within 2 working days 35 %, 5: 60, after the nudge 80, by the sergeant 95, never 5."""

    view_in_two_days: float = 0.35
    view_in_five_days: float = 0.60
    view_after_nudge: float = 0.80
    view_by_sergeant: float = 0.95
    moved_team: float = 0.10  # in four months
    tells_victim_at_once: float = 0.6  # assumed
    tells_victim_when_reminded: float = 0.9  # assumed, cumulative


@dataclass(frozen=True, slots=True)
class Panels:
    views_differ: float = 0.15
    outcome: Mapping[str, float] = field(default_factory=lambda: {"breached": 55, "carry_on": 33, "end": 12})
    supervisor_carries_on: float = 0.65  # where views differ or one is missing
    side_given: float = 0.60


@dataclass(frozen=True, slots=True)
class Staff:
    cases: int = 45  # to a navigator
    calls_a_day: int = 12
    desk_hours: tuple[int, ...] = (9, 13, 17)  # when lists are looked at, Europe/London


@dataclass(frozen=True, slots=True)
class Rates:
    front_door: FrontDoor = field(default_factory=FrontDoor)
    answers: Answers = field(default_factory=Answers)
    channels: Channels = field(default_factory=Channels)
    attendance: Attendance = field(default_factory=Attendance)
    plans: Plans = field(default_factory=Plans)
    providers: Providers = field(default_factory=Providers)
    officers: Officers = field(default_factory=Officers)
    panels: Panels = field(default_factory=Panels)
    staff: Staff = field(default_factory=Staff)
