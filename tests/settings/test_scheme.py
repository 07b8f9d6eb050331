import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from caseflow.domain.conditions import QUESTIONS
from caseflow.domain.expect import NO_LIMITS, Moment, opening, raw_due
from caseflow.domain.policy import Policy
from caseflow.domain.signals import TIMED
from caseflow.domain.words import Role
from caseflow.messages.catalogue import CATALOGUE
from caseflow.settings.holidays import england_and_wales
from caseflow.settings.offered import offered_messages
from caseflow.settings.paths import config_dir, templates_dir
from caseflow.settings.scheme import (
    PolicyError,
    canonical,
    digest_of,
    load_schemes,
    policy_from_canonical,
    read_scheme,
)

DURHAM = config_dir() / "schemes" / "durham" / "1.yaml"
DYFED = config_dir() / "schemes" / "dyfed-powys" / "1.yaml"


@pytest.fixture(scope="module")
def schemes() -> dict[tuple[str, str], Policy]:
    return load_schemes(catalogue=CATALOGUE)


@pytest.fixture(scope="module")
def durham(schemes) -> Policy:
    return schemes["durham", "1"]


@pytest.fixture(scope="module")
def dyfed(schemes) -> Policy:
    return schemes["dyfed-powys", "1"]


# ── what is shipped ─────────────────────────────────────────────────────────────────────────────
def test_both_shipped_schemes_load(schemes):
    assert sorted(schemes) == [("durham", "1"), ("durham-young-adults", "1"), ("dyfed-powys", "1")]


def test_a_policy_tells_its_own_name_and_languages(durham, dyfed):
    assert (durham.scheme, durham.version, durham.ref_prefix, durham.languages) == ("durham", "1", "DUR", ("en",))
    assert (dyfed.scheme, dyfed.version, dyfed.ref_prefix, dyfed.languages) == ("dyfed-powys", "1", "DYP", ("en", "cy"))


def test_the_templates_folder_and_the_catalogue_know_the_same_messages():
    offered = offered_messages(templates_dir())
    assert {name: set(message.channels) for name, message in CATALOGUE.items()} == {
        name: set(message.channels) for name, message in offered.items()
    }


def test_every_condition_a_shipped_policy_uses_has_an_answer(schemes):
    for policy in schemes.values():
        for ladder in policy.ladders.values():
            acts = [act for rung in ladder.rungs for act in rung.acts]
            used = {
                *ladder.only_if,
                *(c for r in ladder.rungs for c in r.only_if),
                *(c for a in acts for c in a.only_if),
            }
            assert used <= set(QUESTIONS), ladder.name


# The disposals of the four referral exports (police.uk rows, January to March 2022).
@pytest.mark.parametrize(
    ("scheme", "disposal"),
    [
        ("durham", "community_resolution"),
        ("durham", "conditional_caution"),
        ("durham", "deferred_prosecution"),
        ("durham", "outcome_22"),
        ("dyfed-powys", "community_resolution"),
        ("dyfed-powys", "conditional_caution"),
        ("dyfed-powys", "outcome_22"),
    ],
)
def test_every_disposal_of_the_referral_files_is_accepted_by_its_scheme(schemes, scheme, disposal):
    policy = schemes[scheme, "1"]
    assert disposal in policy.disposals
    assert policy.runs(disposal, "first_contact")


def test_dyfed_powys_has_no_deferred_prosecution(dyfed):
    assert "deferred_prosecution" not in dyfed.disposals


def test_the_two_schemes_differ_in_more_than_numbers(durham, dyfed):
    def shape(policy):
        return {name: [rung.id for rung in ladder.rungs] for name, ladder in policy.ladders.items()}

    ours, theirs = shape(durham), shape(dyfed)
    different = {name for name in ours if ours[name] != theirs.get(name)}
    assert {"first_contact", "missed_session", "breach_decision", "no_answer", "attendance", "session"} <= different
    assert dyfed.ladder("breach_decision").rungs[0].acts[0].to is Role.SUPERVISOR
    assert (durham.returns.every, dyfed.returns.every) == ("month", "quarter")
    assert (durham.digest_rules.every_weeks, dyfed.digest_rules.every_weeks) == (1, 2)
    assert "welsh_not_offered" in dyfed.excuses


def test_where_nothing_is_enforceable_nothing_speaks_of_strikes_or_breach(schemes):
    for policy in schemes.values():
        for name in ("community_resolution", "outcome_22"):
            rules = policy.disposals[name]
            assert not rules.strikes
            assert rules.breach_leads_to in {"record_only", "oic_reconsiders"}
            assert not {"after_strike_1", "strike_in_writing", "breach_decision", "officer_view"} & set(rules.ladders)


def test_a_ladder_is_found_by_the_signal_that_opens_it(durham):
    assert {ladder.name for ladder in durham.opens["accepted"]} == {"accepted_news", "first_contact", "first_meeting"}
    assert durham.ladder("first_contact").rung("letter").acts[0].message == "first_contact"


def test_calls_keep_calling_hours_texts_texting_hours_and_tasks_office_hours(durham):
    rungs = durham.ladder("first_contact").rungs
    assert [(rung.id, rung.hours) for rung in rungs[:2]] == [("call", "calls"), ("text", "texts")]
    assert durham.ladder("find_person").rung("ask_oic").hours == "office"


def test_the_digest_goes_out_on_monday_at_nine(durham):
    assert (durham.digest_rules.weekday, durham.digest_rules.at.isoformat()) == (0, "09:00:00")


def test_victims_are_told_within_five_working_days_or_one(schemes):
    for policy in schemes.values():
        assert (policy.victim_working_days, policy.victim_enhanced_working_days) == (5, 1)


def test_every_rung_of_every_ladder_has_a_time_and_opens_in_order(schemes):
    opened = datetime(2022, 1, 14, 15, 30, tzinfo=UTC)  # a Friday afternoon
    for policy in schemes.values():
        for ladder in policy.ladders.values():
            start = opened + timedelta(days=100) if set(ladder.opens) <= TIMED else None
            due = None if ladder.due is None else ladder.due.apply(policy.calendar, start or opened)
            moment = Moment(opened, start, due)
            times = [raw_due(policy, rung, moment) for rung in ladder.rungs]
            assert times == sorted(times), (policy.scheme, ladder.name)
            first = opening(policy, ladder, None, moment, NO_LIMITS, cycle=0, not_before=opened)
            assert first.next == ladder.rungs[0].id


# ── the policy as the field wrote it ────────────────────────────────────────────────────────────
# (ladder of the field, rung) → (our ladder, rung id, when, what, to whom). 14 ladders, 63 rungs.
FIELD = """
first_contact     | first_contact     | call               | +2h        | call   | navigator
first_contact     | first_contact     | text               | +4h        | send   | participant
first_contact     | first_contact     | call_again         | +1wd       | call   | navigator
first_contact     | first_contact     | email              | +3wd       | send   | participant
first_contact     | first_contact     | ask_oic            | +2wd       | ask    | oic
first_contact     | first_contact     | letter             | +5wd       | send   | participant
first_contact     | first_contact     | decide             | +8wd       | decide | supervisor
first_meeting     | first_meeting     | book               | +24h       | task   | navigator
first_meeting     | first_meeting_reminder | day_before    | start-1d   | send   | participant
first_meeting     | first_meeting     | late               | due        | flag   | supervisor
first_meeting     | first_meeting_missed | call            | +1h        | call   | navigator
first_meeting     | first_meeting_missed | text            | +1wd       | send   | participant
first_meeting     | first_meeting_missed | decide          | +5wd       | decide | supervisor
plan_agreed       | plan_agreed       | draft              | +3wd       | task   | navigator
plan_agreed       | plan_agreed       | call               | +5wd       | call   | navigator
plan_agreed       | plan_agreed       | blocked            | due        | task   | supervisor
plan_agreed       | plan_agreed       | decide             | +10wd      | decide | supervisor
provider_start    | provider_start    | ask                | +2wd       | ask    | provider
provider_start    | provider_start    | call               | +5wd       | call   | navigator
provider_start    | provider_start    | waiting            | +5wd       | send   | participant
provider_start    | provider_start    | give_up            | due        | task   | navigator
session           | session           | two_days           | start-2d   | send   | participant
session           | session           | three_hours        | start-3h   | send   | participant
session           | attendance        | ask                | start+1h   | ask    | provider
session           | attendance        | ask_again          | start+1wd  | ask    | provider
missed_session    | missed_session    | call               | +0d        | call   | navigator
missed_session    | missed_session    | text               | +1wd       | send   | participant
missed_session    | missed_session    | call_again         | +3wd       | call   | navigator
missed_session    | missed_session    | your_move_letter   | +5wd       | send   | participant
missed_session    | missed_session    | rule               | +8wd       | rule   | navigator
after_strike_1    | after_strike_1    | call               | +0d        | call   | navigator
after_strike_1    | strike_in_writing | letter             | +1wd       | send   | participant
after_strike_1    | strike_in_writing | review             | +7wd       | review | supervisor
no_answer         | no_answer         | call               | +10wd      | call   | navigator
no_answer         | no_answer         | text               | +11wd      | send   | participant
no_answer         | no_answer         | seen_them          | +13wd      | ask    | provider
no_answer         | no_answer         | your_move_letter   | +15wd      | send   | participant
no_answer         | no_answer         | decide             | +20wd      | decide | navigator
provider_return   | provider_return   | ask                | start+0d   | ask    | provider
provider_return   | provider_return   | remind             | start+5wd  | tell   | provider
provider_return   | provider_return   | call               | start+7wd  | call   | coordinator
provider_return   | provider_return   | manager            | start+10wd | task   | manager
provider_return   | provider_return   | note               | start+15wd | flag   | manager
breach_decision   | breach_decision   | views              | +0d        | ask    | oic
breach_decision   | breach_decision   | side_letter        | +0d        | send   | participant
breach_decision   | breach_decision   | side_call          | +3wd       | call   | navigator
breach_decision   | breach_decision   | panel              | +6wd       | decide | oic
breach_decision   | breach_decision   | supervisor         | due        | decide | supervisor
breach_decision   | breach_decision   | lapse              | +10wd      | lapse  | system
officer_view      | officer_view      | remind             | +2wd       | tell   | oic
officer_view      | officer_view      | stand_in           | +3wd       | tell   | sergeant
officer_view      | officer_view      | call               | due        | call   | supervisor
victim_update     | victim_update     | tell               | +0d        | task   | oic
victim_update     | victim_update     | remind             | half       | tell   | oic
victim_update     | victim_update     | late               | due        | task   | sergeant
completion        | completion        | check              | +0d        | task   | navigator
completion        | after_completion  | well_done_letter   | +1wd       | send   | participant
completion        | end_news          | now                | +0d        | tell   | arresting_officer
completion        | after_completion  | survey             | +2wd       | send   | participant
completion        | after_completion  | survey_again       | +9wd       | send   | participant
last_safe_date    | last_safe_at_planning | warn           | +0d        | flag   | navigator
last_safe_date    | last_safe_date    | tell               | start-20wd | tell   | oic
last_safe_date    | last_safe_date    | decide             | start-10wd | decide | sergeant
"""
RUNGS = [tuple(cell.strip() for cell in line.split("|")) for line in FIELD.strip().splitlines()]


def test_the_field_wrote_fourteen_ladders_with_sixty_three_rungs():
    assert len({row[0] for row in RUNGS}) == 14
    assert len(RUNGS) == len(set(RUNGS)) == 63


@pytest.mark.parametrize("row", RUNGS, ids=lambda row: f"{row[1]}.{row[2]}")
def test_every_rung_of_the_field_is_shipped_and_runs_for_deferred_prosecution(durham, row):
    _, ladder_name, rung_id, at, do, to = row
    rung = durham.ladder(ladder_name).rung(rung_id)
    written = "+0d" if str(rung.at) == "opened" else "start+0d" if str(rung.at) == "start" else str(rung.at)
    assert written == at
    assert (do, to) in {(act.do, act.to.value) for act in rung.acts}
    assert durham.ladder(ladder_name).stream != "case" or durham.runs("deferred_prosecution", ladder_name)


@pytest.mark.parametrize(
    ("ladder", "due"),
    [
        ("first_meeting", "+72h"),
        ("plan_agreed", "+7d"),
        ("provider_start", "+10wd"),
        ("provider_return", "start+5wd"),
        ("breach_decision", "+8wd"),
        ("officer_view", "+5wd"),
        ("victim_update", "+5wd"),
    ],
)
def test_every_due_of_the_field_is_shipped(durham, ladder, due):
    assert str(durham.ladder(ladder).due) == due


def test_letter_and_text_go_the_same_day_because_only_the_first_is_a_chase(durham):
    for ladder in ("missed_session", "no_answer"):
        letter, other = (rung for rung in durham.ladder(ladder).rungs if rung.id.startswith("your_move"))
        assert letter.at == other.at
        assert (letter.chase, other.chase) == (True, False)


def test_the_figures_of_the_field_are_shipped(durham):
    strikes, reasons, evidence = durham.strikes, durham.reasons, durham.evidence
    assert (strikes.breach_opens_at, strikes.one_per_working_days, strikes.fades_after_kept) == (2, 10, 4)
    assert (strikes.fades_after_days, strikes.known_within_working_days) == (56, 5)
    assert (durham.contact.chases_per_week, durham.contact.chase_gap_working_days) == (3, 2)
    assert (durham.hold_max_working_days, durham.side_working_days, durham.review_working_days) == (20, 5, 10)
    assert durham.no_decision == "carries_on"
    assert len(strikes.never) == 7
    assert "voicemail" in evidence.never
    assert set(reasons.proof_never_asked) == {"safety", "bereavement"}
    assert set(reasons.check_ourselves) == {"in_custody", "court_or_legal", "in_hospital"}


# ── the digest ──────────────────────────────────────────────────────────────────────────────────
def _copy(tmp_path: Path, text: str, scheme: str = "durham", version: str = "1") -> Path:
    """A config folder of its own with this text as the policy, and the shipped roster beside it."""
    config = tmp_path / "config"
    path = config / "schemes" / scheme / f"{version}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    (config / "rosters").mkdir(exist_ok=True)
    roster = (config_dir() / "rosters" / "durham.yaml").read_text(encoding="utf-8")
    (config / "rosters" / "durham.yaml").write_text(roster, encoding="utf-8")
    return path


def test_comments_and_layout_do_not_change_the_digest(tmp_path):
    text = DURHAM.read_text(encoding="utf-8")
    bare = "\n\n".join(line for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))
    bare = bare.replace("{en: Durham adult diversion}", "\n  en:   Durham adult diversion   # its name")
    assert canonical(_copy(tmp_path, bare)) == canonical(DURHAM)


def test_the_order_of_settings_does_not_change_the_digest(tmp_path):
    text = DURHAM.read_text(encoding="utf-8").replace(
        "force: durham\nref_prefix: DUR\n", "ref_prefix: DUR\nforce: durham\n"
    )
    assert canonical(_copy(tmp_path, text)) == canonical(DURHAM)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('at: "+2h"', 'at: "+3h"'),
        ('at: "+4h", chase: true', 'at: "+4h", chase: false'),
        ("fades_after_kept: 4", "fades_after_kept: 5"),
        ("Ring: how is it going?", "Ring: how are you?"),
        ("[text, email]", "[email, text]"),
        ("Sat 10:00-13:00", "Sat 10:00-12:00"),
    ],
)
def test_any_change_of_a_value_changes_the_digest(tmp_path, old, new):
    text = DURHAM.read_text(encoding="utf-8")
    assert old in text
    assert canonical(_copy(tmp_path, text.replace(old, new, 1)))[1] != canonical(DURHAM)[1]


def test_the_digest_is_the_sha_256_of_the_canonical_text(durham):
    text, sha = canonical(DURHAM)
    assert sha == digest_of(text) == durham.digest
    assert re.fullmatch(r"[0-9a-f]{64}", sha)
    assert json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":")) == text


@pytest.mark.parametrize("path", [DURHAM, DYFED], ids=["durham", "dyfed-powys"])
def test_a_version_kept_in_the_database_loads_as_the_same_policy(path):
    assert policy_from_canonical(canonical(path)[0], england_and_wales()) == read_scheme(path)


# ── what is refused ─────────────────────────────────────────────────────────────────────────────
BROKEN = {
    "an unknown setting": ("force: durham", "farce: durham", "farce", "no such setting here (did you mean 'force'?)"),
    "a setting that is missing": ("ref_prefix: DUR\n", "", "ref_prefix", "is missing"),
    "a setting that stands twice": (
        "force: durham\n",
        "force: durham\nforce: kent\n",
        "line 1",
        "'force' stands twice",
    ),
    "text that is no YAML": ("format: 2", "format: [1", "line 1", "not YAML"),
    "a format of the future": ("format: 2", "format: 3", "format", "3 is none of 2"),
    "a number written as text": (
        "fades_after_kept: 4",
        "fades_after_kept: four",
        "strikes.fades_after_kept",
        "whole number",
    ),
    "a budget of nothing": (
        "auto_chases_per_week: 3",
        "auto_chases_per_week: 0",
        "contact.auto_chases_per_week",
        "greater than 0",
    ),
    "a negative budget": (
        "one_per_working_days: 10",
        "one_per_working_days: -1",
        "strikes.one_per_working_days",
        "greater than 0",
    ),
    "a message nobody wrote": (
        "message: missed_session,",
        "message: mised_session,",
        "ladders.missed_session.rungs[1].acts[0].message",
        "there is no message 'mised_session' (did you mean 'missed_session'?)",
    ),
    "a channel the message has no words for": (
        "message: strike_letter, channels: [letter]",
        "message: strike_letter, channels: [text]",
        "ladders.strike_in_writing.rungs[0].acts[0].channels[0]",
        "strike_letter has no text: it has letter",
    ),
    "a channel nobody knows": (
        "channels: [text]}",
        "channels: [fax]}",
        "ladders.session.rungs[1].acts[0].channels[0]",
        "'fax' is none of",
    ),
    "a language without a title": ("languages: [en]", "languages: [en, cy]", "title", "there is no title in cy"),
    "a role nobody knows": (
        "owner: oic\n",
        "owner: constable\n",
        "ladders.officer_view.owner",
        "there is no role 'constable'",
    ),
    "an officer's message to the participant": (
        "to: oic, message: last_safe_date",
        "to: participant, message: last_safe_date",
        "ladders.last_safe_date.rungs[0].acts[0].to",
        "written for the officer: it cannot go to participant",
    ),
    "the participant's message to an officer": (
        "to: participant, message: strike_letter",
        "to: oic, message: strike_letter",
        "ladders.strike_in_writing.rungs[0].acts[0].to",
        "written for the participant: it cannot go to oic",
    ),
    "an unknown signal": (
        "opens: [absence_known]",
        "opens: [absense_known]",
        "ladders.missed_session.opens[0]",
        "did you mean 'absence_known'?",
    ),
    "an unknown condition": (
        "only_if: [side_not_given]",
        "only_if: [side_missing]",
        "ladders.breach_decision.rungs[4].only_if[0]",
        "there is no condition 'side_missing'",
    ),
    "an unknown act": (
        "{do: lapse}",
        "{do: breach}",
        "ladders.breach_decision.rungs[7].acts[0].do",
        "there is no act 'breach'",
    ),
    "an offset that cannot be read": (
        'at: "+2h"',
        'at: "2 hours"',
        "ladders.first_contact.rungs[0].at",
        "offset '2 hours' is not understood",
    ),
    "an offset from nowhere": (
        'at: "+2h"',
        "at: birthday+2h",
        "ladders.first_contact.rungs[0].at",
        "counts from 'birthday'",
    ),
    "a start where there is none": (
        'at: "+2h"',
        "at: start+2h",
        "ladders.first_contact.rungs[0].at",
        "accepted brings no time of its own",
    ),
    "a due where there is none": (
        'id: decide, at: "+8wd"',
        "id: decide, at: due",
        "ladders.first_contact.rungs[6].at",
        "needs a due",
    ),
    "a rung before its ladder": (
        'at: "+2h"',
        'at: "-2h"',
        "ladders.first_contact.rungs[0].at",
        "lies before the ladder opens",
    ),
    "rungs out of order": (
        'id: letter, at: "+5wd"',
        'id: letter, at: "+1h"',
        "ladders.first_contact.rungs[5].at",
        "comes before rung 'email'",
    ),
    "rungs out of order against the due": (
        "at: due+8wd",
        'at: "+24h"',
        "ladders.first_meeting.rungs[2].at",
        "comes before rung 'late'",
    ),
    "a message that expires before it goes": (
        "expires: start-2h",
        "expires: start-3d",
        "ladders.session.rungs[0].expires",
        "it never goes",
    ),
    "a rung's id that stands twice": (
        '{id: call_again, at: "+1wd"',
        '{id: call, at: "+1wd"',
        "ladders.first_contact.rungs[2].id",
        "there are two rungs 'call'",
    ),
    "the same message twice in a rung": (
        "- {do: tell, to: oic, message: officer_accepted, channels: [email]}",
        "- {do: tell, to: arresting_officer, message: officer_accepted, channels: [email]}",
        "ladders.accepted_news.rungs[0].acts",
        "officer_accepted goes twice to arresting_officer",
    ),
    "a ladder that nothing ends": (
        "    met: [two_way_contact, hold_started]\n",
        "",
        "ladders.hold_review",
        "nothing ends this ladder",
    ),
    "a ladder whose last rung reaches nobody": (
        '      - {id: decide, at: "+8wd", acts: [{do: decide, to: supervisor, task: "Not reached. With the OIC: try one more way, wait, or hand back as not reached (no fault)"}]}\n',
        "",
        "ladders.first_contact.rungs[5]",
        "the last rung reaches no person",
    ),
    "a ladder without rungs": (
        '    rungs:\n      - {id: review, at: "+0d", hours: office, acts: [{do: review, to: navigator, task: "The hold is over: what is next? Start again, hold longer, or change the plan"}]}\n',
        "    rungs: []\n",
        "ladders.hold_review.rungs",
        "at least 1 in its list",
    ),
    "a ladder nobody runs": (
        "hold, hold_review, find_person]",
        "hold, hold_review]",
        "ladders.find_person",
        "no disposal runs this ladder",
    ),
    "a disposal with a ladder that is not there": (
        "[referral, accepted_news,",
        "[referal, accepted_news,",
        "disposals.deferred_prosecution.ladders[0]",
        "there is no ladder 'referal' (did you mean 'referral'?)",
    ),
    "a strike where nothing is enforceable": (
        "pack: outcome_22/1\n    strikes: false",
        "pack: outcome_22/1\n    strikes: true",
        "disposals.outcome_22.strikes",
        "nothing is enforceable here",
    ),
    "a prosecution after a community resolution": (
        "breach_leads_to: record_only",
        "breach_leads_to: may_be_prosecuted",
        "disposals.community_resolution.breach_leads_to",
        "never leads to prosecution",
    ),
    "a prosecution after an Outcome 22 activity": (
        "pack: outcome_22/1\n    strikes: false\n    breach_leads_to: oic_reconsiders",
        "pack: outcome_22/1\n    strikes: false\n    breach_leads_to: prosecution_revives",
        "disposals.outcome_22.breach_leads_to",
        "never leads to prosecution",
    ),
    "a pack that there is not": (
        "pack: outcome_22/1",
        "pack: outcome_23/1",
        "disposals.outcome_22.pack",
        "there is no pack 'outcome_23/1' (did you mean 'outcome_22/1'?)",
    ),
    "another disposal's pack": (
        "pack: outcome_22/1",
        "pack: community_resolution/1",
        "disposals.outcome_22.pack",
        "community_resolution is another disposal: name a pack of outcome_22",
    ),
    "a pack without its version": (
        "pack: outcome_22/1",
        "pack: outcome_22",
        "disposals.outcome_22.pack",
        "should name a pack and its version, such as conditional_caution/1",
    ),
    "more hours than the law allows": (
        "pack: conditional_caution/1",
        "pack: conditional_caution/1\n    max_hours: 21",
        "disposals.conditional_caution.max_hours",
        "at most 20 hours are allowed ([law] Criminal Justice Act 2003, s.22)",
    ),
    "hours where nothing is enforced": (
        "pack: outcome_22/1",
        "pack: outcome_22/1\n    max_hours: 2",
        "disposals.outcome_22.max_hours",
        "there are no hours: leave it out",
    ),
    "more weeks than are ever allowed": (
        "pack: conditional_caution/1",
        "pack: conditional_caution/1\n    max_weeks: 21",
        "disposals.conditional_caution.max_weeks",
        "at most 20 weeks are allowed",
    ),
    "ages the wrong way round": (
        "ref_prefix: DUR",
        "ref_prefix: DUR\nages: {youngest: 25, oldest: 18}",
        "ages",
        "the oldest is younger than the youngest",
    ),
    "children": (
        "ref_prefix: DUR",
        "ref_prefix: DUR\nages: {youngest: 16, oldest: 18}",
        "ages.youngest",
        "greater than or equal to 18",
    ),
    "a strike letter where there are no strikes": (
        "missed_session, no_answer, victim_update, victim_update_enhanced, completion, after_completion, end_news, hold,",
        "missed_session, strike_letters, no_answer, victim_update, victim_update_enhanced, completion, after_completion, end_news, hold,",
        "disposals.community_resolution.ladders[12]",
        "there is no ladder 'strike_letters'",
    ),
    "a ladder with the strike letter in a disposal without strikes": (
        "message: missed_session, channels: [text, email]",
        "message: strike_letter, channels: [letter]",
        "disposals.community_resolution.ladders[11]",
        "has the message strike_letter, and community_resolution no strikes",
    ),
    "a ruling in a disposal without strikes": (
        ', only_if: [strikes_possible]}\n          - {do: review, to: navigator, task: "Hear',
        '}\n          - {do: review, to: navigator, task: "Hear',
        "disposals.community_resolution.ladders[11]",
        "has the act rule",
    ),
    "a panel before their day is over": (
        'id: panel\n        at: "+6wd"',
        'id: panel\n        at: "+5wd"',
        "ladders.breach_decision.rungs[5].at",
        "their side may come for 5 working days, so nobody decides +5wd",
    ),
    "more time for their side than anybody waits": (
        "side_working_days: 5",
        "side_working_days: 12",
        "ladders.breach_decision.rungs[7].at",
        "before anybody could decide",
    ),
    "a letter that leaves no time to answer": (
        'id: side_letter, at: "+0d"',
        'id: side_letter, at: "+3d"',
        "ladders.breach_decision.rungs[2].at",
        "less than 3 days",
    ),
    "a verdict before anybody has decided": (
        "message: your_side, channels: [letter]",
        "message: decision_breached, channels: [letter]",
        "ladders.breach_decision.rungs[2].acts[0].message",
        "tells what somebody decided",
    ),
    "hours that run backwards": (
        'calls: "Mon-Fri 09:00-18:30"',
        'calls: "Mon-Fri 18:30-09:00"',
        "contact.calls",
        "ends before it begins",
    ),
    "hours that never open": (
        'office: "Mon-Fri 08:30-17:00"',
        'office: "Sat 10:00-12:00"',
        "contact.office",
        "never open on a working day",
    ),
    "hours at night": (
        'calls: "Mon-Fri 09:00-18:30"',
        'calls: "Mon-Fri 09:00-23:30"',
        "contact.calls",
        "nobody is contacted before 07:00 or after 21:00",
    ),
    "a weekday nobody knows": ("weekday: Mon", "weekday: Monday", "digest.weekday", "'Monday' is none of"),
    "a time of day that is none": ('at: "09:00"', 'at: "nine"', "digest.at", "'nine' is no time of day"),
    "a reason nobody accepts": (
        "check_ourselves: [in_custody,",
        "check_ourselves: [custody,",
        "reasons.check_ourselves[0]",
        "did you mean 'in_custody'?",
    ),
    "a strike for a voluntary item": (
        "never: [voluntary_item, ",
        "never: [",
        "strikes.never",
        "voluntary_item is missing",
    ),
    "voicemail as proof": (
        "counts: [spoke,",
        "counts: [voicemail,",
        "evidence.counts[0]",
        "there is no kind of evidence 'voicemail'",
    ),
    "a strike confirmed by the system": (
        "confirmed_by: [navigator]",
        "confirmed_by: [system]",
        "strikes.confirmed_by",
        "a named person",
    ),
    "a breach decided by the system": (
        "breach: [navigator, oic]",
        "breach: [navigator, system]",
        "decides.breach",
        "named people decide",
    ),
    "a breach decided by one alone": (
        "breach: [navigator, oic]",
        "breach: [navigator]",
        "decides.breach",
        "at least 2 in its list",
    ),
    "a breach when nobody decides": (
        "no_decision: carries_on",
        "no_decision: breached",
        "decides.no_decision",
        "'breached' is none of 'carries_on'",
    ),
    "a consequence without its ladder": (
        "strike_2: breach_decision",
        "strike_2: breech_decision",
        "consequences.strike_2",
        "there is no ladder 'breech_decision'",
    ),
    "a call for nobody": (
        '{do: call, to: navigator, task: "Ring: how',
        '{do: call, task: "Ring: how',
        "ladders.no_answer.rungs[0].acts[0]",
        "whose is it?",
    ),
    "a task without words": (
        '{do: call, to: navigator, task: "Ring: how is it going?"}',
        "{do: call, to: navigator}",
        "ladders.no_answer.rungs[0].acts[0]",
        "needs a `task`",
    ),
    "a message without channels": (
        "message: no_answer, channels: [text, email]",
        "message: no_answer",
        "ladders.no_answer.rungs[1].acts[0]",
        "needs `channels`",
    ),
    "victims told later than they should": (
        'due: "+1wd"',
        'due: "+9wd"',
        "ladders",
        "sooner, not later",
    ),
    "victims with enhanced rights told by nobody": (
        "only_if: [wants_to_be_told, enhanced_rights]",
        "only_if: [wants_to_be_told]",
        "ladders",
        "no ladder is met by victim_told, only_if enhanced_rights",
    ),
    "another scheme's name": (
        "scheme: durham\n",
        "scheme: kent\n",
        "scheme",
        "there is no roster config/rosters/kent.yaml",
    ),
    "another version's number": ("version: 1\n", "version: 2\n", "scheme", "its folder and name must agree"),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_policy_is_refused_with_file_place_and_reason(tmp_path, case):
    old, new, place, reason = case
    text = DURHAM.read_text(encoding="utf-8")
    assert old in text
    # A ladder is taken out of every disposal, not only the first; all else is broken in one place.
    path = _copy(tmp_path, text.replace(old, new) if "find_person]" in old else text.replace(old, new, 1))
    with pytest.raises(PolicyError) as refused:
        read_scheme(path, catalogue=CATALOGUE)
    problems = refused.value.problems
    assert all(problem.file == "config/schemes/durham/1.yaml" for problem in problems)
    found = [problem for problem in problems if problem.path_in_file.startswith(place) and reason in problem.reason]
    assert found, str(refused.value)
    assert str(found[0]).startswith(f"config/schemes/durham/1.yaml: {found[0].path_in_file}: ")
    assert str(found[0]) in str(refused.value)


def test_every_problem_is_told_and_not_only_the_first(tmp_path):
    text = DURHAM.read_text(encoding="utf-8")
    text = text.replace("message: no_answer", "message: no_anser", 1).replace("record_only", "may_be_prosecuted", 1)
    with pytest.raises(PolicyError) as refused:
        read_scheme(_copy(tmp_path, text))
    assert {problem.path_in_file for problem in refused.value.problems} == {
        "ladders.no_answer.rungs[1].acts[0].message",
        "disposals.community_resolution.breach_leads_to",
    }


def test_the_first_problem_is_at_hand_as_file_place_and_reason(tmp_path):
    text = DURHAM.read_text(encoding="utf-8").replace("force: durham", "farce: durham")
    with pytest.raises(PolicyError) as refused:
        read_scheme(_copy(tmp_path, text))
    error = refused.value
    assert (error.file, error.path_in_file) == ("config/schemes/durham/1.yaml", "force")
    assert error.reason.startswith("is missing")


def test_problems_of_several_files_are_told_together(tmp_path):
    text = DURHAM.read_text(encoding="utf-8")
    first = _copy(tmp_path, text.replace("record_only", "may_be_prosecuted", 1))
    _copy(tmp_path, text.replace("version: 1", "version: 2").replace("[navigator, oic]", "[navigator]"), version="2")
    with pytest.raises(PolicyError) as refused:
        load_schemes(first.parent.parent.parent)
    assert {problem.file for problem in refused.value.problems} == {
        "config/schemes/durham/1.yaml",
        "config/schemes/durham/2.yaml",
    }


def test_a_file_that_is_not_there_is_refused_in_plain_words(tmp_path):
    with pytest.raises(PolicyError, match=r"config/schemes/kent/1\.yaml: cannot be read: No such file"):
        read_scheme(tmp_path / "config" / "schemes" / "kent" / "1.yaml")


def test_an_office_that_nobody_holds_is_refused(tmp_path):
    path = _copy(tmp_path, DURHAM.read_text(encoding="utf-8"))
    roster = path.parent.parent.parent / "rosters" / "durham.yaml"
    roster.write_text(roster.read_text(encoding="utf-8").replace("coordinator: farah, ", ""), encoding="utf-8")
    with pytest.raises(PolicyError, match=r"config/rosters/durham\.yaml: offices: nobody is coordinator"):
        read_scheme(path)


def test_a_published_version_whose_message_has_gone_no_longer_loads():
    text = canonical(DURHAM)[0].replace('"message":"survey_again"', '"message":"survey_thrice"')
    with pytest.raises(PolicyError, match=r"published policy: ladders\.after_completion.*no message 'survey_thrice'"):
        policy_from_canonical(text, england_and_wales())


def test_a_new_rung_is_an_edit_of_the_file_and_of_nothing_else(tmp_path):
    text = DURHAM.read_text(encoding="utf-8")
    rung = '      - {id: call_third, at: "+6wd", acts: [{do: call, to: navigator, task: "Ring once more"}]}\n'
    before = '      - id: rule\n        at: "+8wd"\n'
    policy = read_scheme(_copy(tmp_path, text.replace(before, rung + before, 1)))
    assert [r.id for r in policy.ladder("missed_session").rungs][-2:] == ["call_third", "rule"]
