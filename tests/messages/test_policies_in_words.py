"""A policy in words: everything in it is said, nothing in it is said twice, and the words keep the rules for words."""

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from caseflow.domain.calendar import Offset, Windows
from caseflow.domain.conditions import QUESTIONS
from caseflow.domain.policy import (
    ACTS,
    Act,
    Ages,
    ContactRules,
    DigestRules,
    DisposalPack,
    DisposalRules,
    EvidenceRules,
    FineTerms,
    Ladder,
    Policy,
    ReasonRules,
    ReturnRules,
    Rung,
    StrikeRules,
)
from caseflow.domain.words import Channel, Role
from caseflow.domain.worked import COURSES
from caseflow.messages.catalogue import CATALOGUE
from caseflow.messages.policies import course, guide, law, leaflet, picture, words
from caseflow.messages.policies.changes import differences, in_words
from caseflow.messages.policies.words import Unsayable
from caseflow.settings.scheme import load_schemes

POLICIES = load_schemes()
DURHAM = POLICIES["durham", "1"]
EACH = [(policy, name) for policy in POLICIES.values() for name in policy.disposals]
SPOKEN = [(policy, name, language) for policy, name in EACH for language in policy.languages]
CHRISTMAS = datetime(2026, 12, 18, 10, tzinfo=UTC)


def known(one: Any) -> str:
    return "-".join(getattr(part, "scheme", part) for part in one)


# ── everything can be said ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda p: p.scheme)
def test_every_ladder_and_every_rung_of_the_shipped_schemes_is_said_in_the_guide(policy: Policy) -> None:
    said = guide.guide(policy)
    for ladder in policy.ladders.values():
        assert f"\n### {words.ladder_name(ladder)}\n" in said
        assert ladder.about in said
        for rung in ladder.rungs:
            assert f"**{words.plain(rung.id)}** ({words.when(rung.at)}" in said
            for act in rung.acts:
                assert not act.task or act.task in said


@pytest.mark.parametrize(("policy", "disposal", "language"), SPOKEN, ids=map(known, SPOKEN))
def test_every_step_that_reaches_the_person_stands_in_the_leaflet(policy: Policy, disposal: str, language: str) -> None:
    said = leaflet.leaflet(policy, disposal, language)
    unlike = "no_strikes" if policy.disposals[disposal].strikes else "strikes_possible"
    for name in policy.disposals[disposal].ladders:
        for rung in policy.ladder(name).rungs:
            asked = {*policy.ladder(name).only_if, *rung.only_if}
            acts = [one for one in rung.acts if one.to is Role.PARTICIPANT and unlike not in {*asked, *one.only_if}]
            for act in acts:
                assert leaflet.MESSAGES[act.message][language] in said
                assert f"**{leaflet.when(rung.at, policy.ladder(name), language)}:**" in said


def test_every_word_a_policy_may_use_has_words() -> None:
    assert set(words.CONDITIONS) == set(QUESTIONS)
    assert set(words.ACT_WORDS) == set(ACTS) == set(words.DOES) | set(words.ENGINES_OWN)
    assert set(words.ROLES) == set(Role)
    assert set(words.CHANNELS) == set(Channel) == set(leaflet.BY)
    assert set(leaflet.MESSAGES) == {m.name for m in CATALOGUE.values() if m.audience == "participant"}
    assert set(course.ROLES_CY) == set(Role) - {Role.SYSTEM}
    assert set(leaflet.REASONS) >= {reason for policy in POLICIES.values() for reason in policy.excuses}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: replace(r, acts=(replace(r.acts[0], message="no_such_message"),)),
        lambda r: replace(r, only_if=("no_such_condition",)),
        lambda r: replace(r, hours="no_such_hours"),
        lambda r: replace(r, acts=(replace(r.acts[0], do="no_such_act", task="x"),)),
    ],
    ids=["message", "condition", "hours", "act"],
)
def test_what_has_no_words_is_an_error_and_no_silence(spoil: Callable[[Rung], Rung]) -> None:
    rung = DURHAM.ladder("missed_session").rung("text")
    with pytest.raises(Unsayable, match="no_such_"):
        guide.rung_fields(spoil(rung))


def test_a_message_to_the_person_that_the_leaflet_does_not_know_is_an_error() -> None:
    policy = _with_rung(DURHAM, lambda r: replace(r, acts=(replace(r.acts[0], message="no_such_message"),)))
    with pytest.raises(Unsayable, match="no_such_message"):
        leaflet.leaflet(policy, "conditional_caution", "en")


# ── every field is said, and every change of it is told ─────────────────────────────────────────
def _with_ladder(policy: Policy, change: Callable[[Ladder], Ladder]) -> Policy:
    return replace(policy, ladders={**policy.ladders, "missed_session": change(policy.ladder("missed_session"))})


def _with_rung(policy: Policy, change: Callable[[Rung], Rung]) -> Policy:
    def ladder(old: Ladder) -> Ladder:
        rungs = tuple(change(r) if r.id == "text" else r for r in old.rungs)
        return replace(old, rungs=rungs, by_rung={r.id: n for n, r in enumerate(rungs)})

    return _with_ladder(policy, ladder)


def _in(name: str, **values: Any) -> Callable[[Policy], Policy]:
    return lambda policy: replace(policy, **{name: replace(getattr(policy, name), **values)})


def _disposal(**values: Any) -> Callable[[Policy], Policy]:
    def change(policy: Policy) -> Policy:
        return replace(
            policy,
            disposals={
                **policy.disposals,
                "conditional_caution": replace(policy.disposals["conditional_caution"], **values),
            },
        )

    return change


def _ladder(**values: Any) -> Callable[[Policy], Policy]:
    return lambda policy: _with_ladder(policy, lambda old: replace(old, **values))


def _rung(**values: Any) -> Callable[[Policy], Policy]:
    return lambda policy: _with_rung(policy, lambda old: replace(old, **values))


def _act(**values: Any) -> Callable[[Policy], Policy]:
    return lambda policy: _with_rung(policy, lambda old: replace(old, acts=(replace(old.acts[0], **values),)))


MONDAYS = Windows.parse("Mon 10:00-11:00")
NAVIGATOR = (Role.NAVIGATOR,)
CC_PACK = DURHAM.disposals["conditional_caution"].pack


def _pack(**values: Any) -> Callable[[Policy], Policy]:
    sources = {**CC_PACK.sources, "fine": "[law] somewhere"}
    return _disposal(pack=replace(CC_PACK, **{"sources": sources, **values}))


MUTANTS: Mapping[type, Mapping[str, Callable[[Policy], Policy] | None]] = {
    Ladder: {
        "name": None, "by_rung": None,  # its key, and its rungs again
        "opens": _ladder(opens=("accepted",)), "met": _ladder(met=("attended",)),
        "rungs": _ladder(rungs=DURHAM.ladder("missed_session").rungs[1:],
                         by_rung={r.id: n for n, r in enumerate(DURHAM.ladder("missed_session").rungs[1:])}),
        "owner": _ladder(owner=Role.SUPERVISOR), "fault": _ladder(fault="service"), "lapses": _ladder(lapses=("ended",)),
        "due": _ladder(due=Offset.parse("+9wd")), "only_if": _ladder(only_if=()), "after_end": _ladder(after_end=True),
        "pauses_in_breach": _ladder(pauses_in_breach=False), "stream": _ladder(stream="digest"),
        "ends": _ladder(ends=True), "about": _ladder(about="Something else."),
    },
    Rung: {
        "id": _rung(id="other"), "at": _rung(at=Offset.parse("+2wd")), "acts": _act(message="no_answer"),
        "only_if": _rung(only_if=("private_phone",)), "expires": _rung(expires=None), "chase": _rung(chase=False),
        "hours": _rung(hours="any"),
    },
    Act: {
        "do": _act(do="ask", task="Something", to=Role.OIC, message=""), "to": _act(to=Role.OIC, do="tell"),
        "message": _act(message="no_answer"), "channels": _act(channels=(Channel.LETTER,)),
        "task": _act(task="Something"), "only_if": _act(only_if=("private_phone",)),
    },
    StrikeRules: {
        "breach_opens_at": _in("strikes", breach_opens_at=3), "one_per_working_days": _in("strikes", one_per_working_days=3),
        "known_within_working_days": _in("strikes", known_within_working_days=3),
        "fades_after_kept": _in("strikes", fades_after_kept=9), "fades_after_days": _in("strikes", fades_after_days=9),
        "confirmed_by": _in("strikes", confirmed_by=(Role.SUPERVISOR,)), "waived_by": _in("strikes", waived_by=NAVIGATOR),
        "never": _in("strikes", never=("in_hold",)),
    },
    EvidenceRules: {
        "counts": _in("evidence", counts=("spoke",)), "never": _in("evidence", never=("sent",)),
        "strike_1": _in("evidence", strike_1=2), "strike_2": _in("evidence", strike_2=2), "breach": _in("evidence", breach=""),
    },
    ReasonRules: {
        "word_is_enough": _in("reasons", word_is_enough=("illness",)),
        "ask_gently_second_time": _in("reasons", ask_gently_second_time=()),
        "check_ourselves": _in("reasons", check_ourselves=()), "proof_never_asked": _in("reasons", proof_never_asked=()),
        "word_is_enough_days": _in("reasons", word_is_enough_days=3), "late_counts_until": None,  # one value, else Unsayable
        "late_reopens_strike": _in("reasons", late_reopens_strike=False),
    },
    DisposalRules: {
        "name": None,  # its key
        "title": _disposal(title={"en": "Something else"}),
        "strikes": _disposal(strikes=False), "ladders": _disposal(ladders=("session",)),
        "needs": _disposal(needs=("consent",)), "breach_leads_to": _disposal(breach_leads_to="record_only"),
        "max_hours": _disposal(max_hours=3), "max_weeks": _disposal(max_weeks=3),
        "pack": _pack(outcome=1),
        "ends_without_engagement": _disposal(ends_without_engagement="not_started"),
    },
    DisposalPack: {
        "name": None, "version": None, "title": None,  # which pack it is; its title is the disposal's
        "in_force": _pack(in_force=False, why_not="Not yet."), "why_not": None,  # said where it is not in force
        "outcome": _pack(outcome=1), "adults_from": _pack(adults_from=21), "needs": _pack(needs=("consent",)),
        "enforces": _pack(enforces="a promise"), "breach_may_lead_to": _pack(breach_may_lead_to=("oic_reconsiders",)),
        "max_hours": _pack(max_hours=3), "hours_of": _pack(hours_of="singing"), "usual_weeks": _pack(usual_weeks=3),
        "max_weeks": _pack(max_weeks=30), "fine": _pack(fine=FineTerms(28, True, 50, 21, False)),
        "sources": _pack(sources=dict.fromkeys(CC_PACK.sources, "[law] elsewhere")),
    },
    ReturnRules: {"every": _in("returns", every="quarter"), "due_working_days": _in("returns", due_working_days=9)},
    DigestRules: {"weekday": _in("digest_rules", weekday=2), "at": _in("digest_rules", at=time(7)),
                  "every_weeks": _in("digest_rules", every_weeks=3)},
    ContactRules: {
        "texts": _in("contact", texts=MONDAYS), "calls": _in("contact", calls=MONDAYS), "office": _in("contact", office=MONDAYS),
        "chases_per_week": _in("contact", chases_per_week=9), "chase_gap_working_days": _in("contact", chase_gap_working_days=9),
        "offer_times": _in("contact", offer_times=(time(7), time(8))), "agreed_with_person": _in("contact", agreed_with_person=("times",)),
    },
}  # fmt: skip
"""A change of every field, and None where a field says nothing of its own."""
CHANGES = [
    (kind, name, made) for kind, made_of in MUTANTS.items() for name, made in made_of.items() if made is not None
]


def test_there_is_a_change_for_every_field_so_a_new_one_cannot_be_forgotten() -> None:
    for kind, made in MUTANTS.items():
        assert set(made) == {field.name for field in fields(kind) if field.init}, kind.__name__


@pytest.mark.parametrize(("kind", "name", "change"), CHANGES, ids=[f"{k.__name__}.{n}" for k, n, _ in CHANGES])
def test_a_change_of_any_field_is_told(kind: type, name: str, change: Callable[[Policy], Policy]) -> None:
    found = differences(DURHAM, change(DURHAM))
    assert found, f"{kind.__name__}.{name} changed and nobody was told"
    assert all(one.before != one.after for one in found)
    assert all(one.whom for one in found)


OWN_FIELDS: Mapping[str, Any] = {
    "title": {"en": "Another"}, "force": "other", "ref_prefix": "OTH", "languages": ("en", "cy"),
    "in_force_from": date(2023, 1, 1), "refuse_older_than_days": 3, "last_safe_margin_working_days": 3,
    "excuses": ("illness",), "override_reasons": ("other",), "end_reasons": ("died",), "hold_max_working_days": 3,
    "hold_by": NAVIGATOR, "excuse_by": NAVIGATOR, "end_agreed_by": (Role.OIC,), "breach_decided_by": (Role.OIC, Role.SERGEANT),
    "breach_tie": Role.MANAGER, "victim_working_days": 9, "victim_enhanced_working_days": 9, "side_working_days": 9,
    "review_working_days": 9, "consequences": {"ended": "Something else."}, "ages": Ages(18, 25),
}  # fmt: skip


@pytest.mark.parametrize("name", OWN_FIELDS)
def test_a_change_of_a_rule_of_the_scheme_is_told(name: str) -> None:
    assert differences(DURHAM, replace(DURHAM, **{name: OWN_FIELDS[name]}))


def test_the_same_policy_has_no_differences_and_two_schemes_have_many() -> None:
    other = POLICIES["dyfed-powys", "1"]
    assert differences(DURHAM, DURHAM) == []
    there, back = differences(DURHAM, other), differences(other, DURHAM)
    assert {(one.about, one.step) for one in there} == {(one.about, one.step) for one in back}
    assert [one for one in there if one.how == "gone"], "steps that the other scheme has not"
    for one in there:
        assert not re.search(r"[a-z]_[a-z]|wd\b", in_words(one)), "nothing technical"


# ── the rules for words ─────────────────────────────────────────────────────────────────────────
NEVER = {
    "en": r"police|offence|offend|crime|drug|programme|breach|\bmust\b|\bfail|\bfinal\b|strike|ladder|rung|disposal",
    "cy": r"heddlu|trosedd|cyffur|rhaglen|\brhaid\b|methu|tor-?amod|olaf un",
}
PROSECUTION = {"en": r"prosecut|court|charge|solicitor", "cy": r"erlyn|llys\b|cyhudd|cyfreithiwr"}


@pytest.mark.parametrize(("policy", "disposal", "language"), SPOKEN, ids=map(known, SPOKEN))
def test_the_leaflet_has_short_sentences_and_no_hard_words(policy: Policy, disposal: str, language: str) -> None:
    said = leaflet.leaflet(policy, disposal, language)
    body = "\n".join(
        line.replace("*", "") for line in said.splitlines() if not line.startswith("#")
    )  # names: the scheme's
    assert not re.search(NEVER[language], body, re.IGNORECASE)
    assert not re.search(r"[_{}]|None", said)
    for sentence in re.split(r"[.?!:]\s|\n", body):
        length = len(re.findall(r"[\w'’]+", sentence))
        assert length <= 15 or re.match(r"(We (text|ring) on|Rydym yn (tecstio|ffonio)) ", sentence), sentence


@pytest.mark.parametrize(("policy", "disposal", "language"), SPOKEN, ids=map(known, SPOKEN))
def test_the_leaflet_begins_with_what_matters_and_ends_with_the_steps(
    policy: Policy, disposal: str, language: str
) -> None:
    """Who reads slowly reads the beginning: what to do when they cannot come, what may follow, and who helps."""
    said = leaflet.leaflet(policy, disposal, language)
    steps = said.index("\n### ")
    for matters in (policy.disposals[disposal].title[language], "STOP", "Citizens Advice", "Cyngor ar Bopeth"):
        assert said.find(matters) < steps, matters
    assert "\n## " not in said[steps:]


@pytest.mark.parametrize(("policy", "disposal", "language"), SPOKEN, ids=map(known, SPOKEN))
def test_prosecution_is_named_only_where_it_may_follow(policy: Policy, disposal: str, language: str) -> None:
    may = policy.disposals[disposal].breach_leads_to in {"prosecution_revives", "may_be_prosecuted"}
    said = leaflet.leaflet(policy, disposal, language).replace("with a solicitor or a judge", "")
    assert bool(re.search(PROSECUTION[language], said, re.IGNORECASE)) is may


def syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", re.sub(r"e\b", "", word.lower()))
    return max(len(groups), 1)


@pytest.mark.parametrize(("policy", "disposal"), EACH, ids=map(known, EACH))
def test_a_nine_year_old_can_read_the_leaflet(policy: Policy, disposal: str) -> None:
    """Flesch-Kincaid grade: 4 is the school year of nine-year-olds."""
    said = leaflet.leaflet(policy, disposal, "en")
    body = re.sub(r"^#.*$|\*\*", "", said, flags=re.MULTILINE)
    sentences = [one for one in re.split(r"[.?!:]\s|\n", body) if re.search(r"\w", one)]
    each = re.findall(r"[A-Za-z']+", body)
    grade = 0.39 * len(each) / len(sentences) + 11.8 * sum(map(syllables, each)) / len(each) - 15.59
    assert grade <= 2, "and room to spare, for the formula knows nothing of sense"


@pytest.mark.parametrize(("policy", "disposal", "language"), SPOKEN)
def test_the_leaflet_says_both_ways_in_which_a_strike_fades(policy: Policy, disposal: str, language: str) -> None:
    said = leaflet.leaflet(policy, disposal, language)
    rules = policy.strikes
    fading = {
        "en": f"After {rules.fades_after_days} days it no longer counts",
        "cy": f"Ar ôl {rules.fades_after_days} diwrnod",
    }
    gone = {
        "en": f"Come {rules.fades_after_kept} times in a row",
        "cy": f"Dewch {rules.fades_after_kept} gwaith yn olynol",
    }
    strikes = policy.disposals[disposal].strikes
    assert (fading[language] in said, gone[language] in said) == (strikes, strikes)


def test_a_scheme_without_welsh_has_no_welsh_leaflet() -> None:
    with pytest.raises(Unsayable, match="does not write in 'cy'"):
        leaflet.leaflet(DURHAM, "conditional_caution", "cy")


def test_the_guide_tells_what_a_message_invites_them_to_say_off_the_message_itself() -> None:
    invited = guide.they_may_say("missed_session", Role.PARTICIPANT)
    assert invited[:2] == ("1 or 2 (one of the two times)", "CALL (ring them)")
    assert "CHANGE (find another time with them)" in guide.they_may_say("session_reminder", Role.PARTICIPANT)
    assert guide.they_may_say("officer_accepted", Role.OIC) == ()


# ── the picture ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("policy", "disposal"), EACH, ids=map(known, EACH))
def test_the_picture_has_a_title_a_description_and_real_text_inside_its_boxes(policy: Policy, disposal: str) -> None:
    root = ET.fromstring(picture.svg(policy, disposal))  # noqa: S314 - our own drawing
    ns = {"s": "http://www.w3.org/2000/svg"}
    assert root.get("aria-labelledby") == "title desc"
    told = root.findtext("s:desc", namespaces=ns) or ""
    boxes = picture.boxes(policy, disposal)
    assert all(box.title in told for box in boxes)
    shown = " ".join(one.text or "" for one in root.findall("s:text", ns))
    assert all(word in shown for box in boxes for word in box.title.split())
    _, _, _, height = map(int, (root.get("viewBox") or "").split())
    frames = [(int(r.get("x", 0)), int(r.get("y", 0)), int(r.get("height", 0))) for r in root.findall("s:rect", ns)][1:]
    for column in {x for x, _, _ in frames}:
        spans = sorted((y, y + h) for x, y, h in frames if x == column)
        assert all(below >= end for (_, end), (below, _) in itertools.pairwise(spans)), "boxes overlap"
        assert spans[-1][1] < height


@pytest.mark.parametrize(("policy", "disposal"), EACH, ids=map(known, EACH))
def test_the_picture_shows_strikes_and_a_breach_only_where_there_are_some(policy: Policy, disposal: str) -> None:
    drawn = picture.mermaid(policy, disposal)
    assert drawn.startswith("flowchart TD\n")
    assert ("strike" in drawn) is policy.disposals[disposal].strikes
    arrows = re.findall(r"^    (\w+) -\.?->? (\w+)$|^    (\w+) --> (\w+)$", drawn, re.MULTILINE)
    ids = set(re.findall(r"^    (\w+)\[", drawn, re.MULTILINE))
    assert arrows
    assert {one for pair in arrows for one in pair if one} <= ids


# ── worked examples ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", COURSES)
@pytest.mark.parametrize(("policy", "disposal"), EACH, ids=map(known, EACH))
def test_every_example_can_be_played_and_said(policy: Policy, disposal: str, name: str) -> None:
    tale = COURSES[name](policy, disposal, CHRISTMAS)
    assert tale.parked == []
    for language in policy.languages:
        told = course.lines(tale, language)
        assert [line.at for line in told] == sorted(line.at for line in told)
        assert len([line for line in told if line.kind == "message"]) == len(tale.sends)


def test_over_christmas_nobody_is_rung_or_texted_on_a_bank_holiday_and_working_days_are_counted_past_them() -> None:
    tale = COURSES["nobody_is_reached"](DURHAM, "conditional_caution", CHRISTMAS)
    cal = DURHAM.calendar
    told = {(line.ladder, line.rung): line.at for line in course.lines(tale, "en") if line.rung}
    assert not [at for at in told.values() if cal.is_holiday(cal.local(at).date())]
    accepted = next(r.recorded_at for r in tale.history if type(r.event).__name__ == "Accepted")
    assert cal.local(accepted).date() == date(2026, 12, 18)
    # 25 and 28 December (Boxing Day in lieu) are no working days: five after Friday the 18th is Tuesday the 29th
    assert cal.local(told["first_contact", "letter"]).date() == date(2026, 12, 29)


@pytest.mark.parametrize(
    ("referred", "said"),
    [
        (datetime(2026, 10, 19, 9, tzinfo=UTC), "the clocks go back on Sun 25 Oct 2026"),
        (datetime(2027, 3, 22, 10, tzinfo=UTC), "the clocks go forward on Sun 28 Mar 2027"),
    ],
    ids=["autumn", "spring"],
)
def test_the_clock_change_moves_no_hour_on_the_wall(referred: datetime, said: str) -> None:
    tale = COURSES["nobody_is_reached"](DURHAM, "conditional_caution", referred)
    cal = DURHAM.calendar
    lines = course.lines(tale, "en")
    assert said in course.notes(cal, cal.local(lines[0].at).date(), cal.local(lines[-1].at).date(), "en")
    hours = {(line.ladder, line.rung): cal.local(line.at).strftime("%H:%M") for line in lines}
    assert hours["first_contact", "call_again"] == hours["first_contact", "ask_oic"] == hours["first_contact", "letter"]


def test_where_nobody_answers_no_strike_and_no_breach_comes_of_it() -> None:
    tale = COURSES["nobody_is_reached"](DURHAM, "deferred_prosecution", CHRISTMAS)
    kinds = {type(recorded.event).__name__ for recorded in tale.history}
    assert not kinds & {"StrikeConfirmed", "BreachOpened", "Breached"}
    quiet = COURSES["it_goes_quiet"](DURHAM, "deferred_prosecution", CHRISTMAS)
    kinds = {type(recorded.event).__name__ for recorded in quiet.history}
    assert "BreachLapsed" in kinds, "nobody decided: they carry on"
    assert "Breached" not in kinds


def test_a_fine_is_told_with_its_days_counted_out() -> None:
    terms = FineTerms(28, counting_the_first=True, then_more_percent=50, then_days=21, then_counting_the_first=False)
    rules = _pack(fine=terms)(DURHAM).disposals["conditional_caution"]
    (line,) = (one for one in law.law_lines(rules) if one.startswith("A fine"))
    assert "set on 1 June it is due by 28 June" in line
    assert "(£100 to £150)" in line
    assert "by 19 July" in line
