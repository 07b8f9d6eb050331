"""A trial over a season: counted under both policies, streamed, the same in many processes as in one."""

from collections import Counter
from copy import copy
from dataclasses import replace
from functools import partial
from xml.etree import ElementTree as ET

import pytest
from shelf import shelf_of

from caseflow.domain.words import Role
from caseflow.insight import whatif
from caseflow.insight.asked import past_of
from caseflow.insight.chart import chart
from caseflow.insight.replay import replay
from caseflow.insight.tables import PARTS, lines_of, lived_again, refusals
from caseflow.insight.tally import GROUPED, MEASURES, Tally, tally_as_it_was, tally_of
from caseflow.insight.whatif import Outcome, Trial, concerned, try_out
from caseflow.settings.minutes import read_minutes
from caseflow.settings.paths import config_dir
from caseflow.settings.plain_yaml import FileRefused

MINUTES = read_minutes(config_dir()).by_kind


@pytest.fixture(scope="module")
def own(lived) -> Outcome:
    trial = Trial(lived.policy, {lived.policy.version: lived.policy}, lived.until, MINUTES)
    return try_out(lived.readings, "durham", trial)


def test_a_policy_tried_out_on_its_own_histories_changes_nothing(own):
    assert own.cases["all", ""] == own.looked_at == 45
    assert own.old == own.new
    assert not own.refused
    assert not own.unlike
    assert not own.left_out


def test_the_counts_are_those_of_what_really_happened(own, lived):
    counts = own.old["all", ""].counts
    sent = Counter(
        one.kind for case in lived.cases for one in case.notices if any(a.state == "accepted" for a in one.attempts)
    )
    assert {kind: counts[f"messages_{kind}"] for kind in sent} == sent
    tasks = Counter(one.kind for case in lived.cases for one in case.tasks)
    assert (counts["calls"], counts["strikes_proposed"]) == (tasks["call"], tasks["rule"])
    assert counts["staff_minutes"] == sum(MINUTES[kind] * number for kind, number in tasks.items())


def test_a_case_as_it_was_counts_what_its_life_does(lived):
    """So that it is the same whether a case is counted or lived again, where nothing that differs concerns it."""
    was = {one.stream: one for one in lived.readings.as_it_was("durham", [case.id for case in lived.cases])}
    assert len(was) == 45
    for case in lived.cases:
        life = replay(past_of(case.events, lived.policy), lived.policy, lived.policy, lived.until)
        assert tally_as_it_was(was[case.id], MINUTES) == tally_of(life, MINUTES), case.ref
    assert sum(one.lines for one in was.values()) > 100
    assert sum(one.first_chase is not None for one in was.values()) > 10


def test_which_cases_what_differs_may_concern(lived, draft):
    case = max(lived.readings.as_it_was("durham", [one.id for one in lived.cases]), key=lambda one: len(one.reached))
    later = draft(
        'id: text, at: "+1wd", chase: true, expires: "+5wd", acts: [{do: send, to: participant, message: missed_session',
        'id: text, at: "+2wd", chase: true, expires: "+5wd", acts: [{do: send, to: participant, message: missed_session',
    )
    trial = Trial(later, {"1": lived.policy}, lived.until, MINUTES)
    assert concerned(trial, replace(case, reached=frozenset({"referral/decide", "missed_session/text"})))
    without = replace(case, reached=frozenset({"referral/decide", "missed_session/call"}))
    assert not concerned(trial, without)
    assert concerned(trial, replace(without, moved=True)), "it was lived under two versions, and is so no more"
    assert concerned(trial, replace(without, version="0")), "nobody knows what differs"
    assert concerned(replace(trial, new=replace(later, digest="x", disposals={})), without), "more than ladders differs"


def test_every_group_adds_up_to_all_cases(own):
    for by in PARTS:
        assert sum(number for (of, _), number in own.cases.items() if of == by) == 45
        for side in (own.old, own.new):
            total = Tally()
            for (of, _), tally in side.items():
                if of == by:
                    total += tally
            assert total == side["all", ""]


def test_many_processes_count_what_one_does(own, lived, monkeypatch):
    monkeypatch.setattr(whatif, "WORTH_A_POOL", 0)
    monkeypatch.setattr(whatif, "PAGE", 20)
    trial = Trial(lived.policy, {lived.policy.version: lived.policy}, lived.until, MINUTES)
    heard: list[int] = []
    people = [case.events[0].event.parties[Role.PARTICIPANT] for case in lived.cases]
    shelf = shelf_of(lived.readings, "durham", people)
    found = try_out(shelf, "durham", trial, reach=partial(copy, shelf), workers=2, told=heard.append)  # type: ignore[arg-type]  # the part that is asked
    assert found == own
    assert heard == [20, 40, 45]


def test_only_some_cases_and_only_those_since_a_day(lived):
    trial = Trial(lived.policy, {lived.policy.version: lived.policy}, lived.until, MINUTES)
    assert try_out(lived.readings, "durham", trial, limit=7).looked_at == 7
    assert try_out(lived.readings, "durham", trial, since=lived.until).looked_at == 0


def test_cases_that_cannot_be_lived_again_are_left_out_by_name(lived):
    none = try_out(lived.readings, "durham", Trial(lived.policy, {}, lived.until, MINUTES))
    assert none.left_out == {"its policy version 1 is not there any more": 45}
    strange = replace(lived.policy, disposals={}, digest="another")
    trial = Trial(strange, {"1": lived.policy}, lived.until, MINUTES)
    assert try_out(lived.readings, "durham", trial).left_out == {"the new policy would not take it in": 45}


def outcome(**cases: int) -> Outcome:
    """So many cases by sex, with one call and one strike each."""
    found = Outcome()
    for name, number in cases.items():
        for group in (("all", ""), ("sex", name)):
            found.cases[group] += number
            for side in (found.old, found.new):
                tally = side.setdefault(group, Tally())
                tally += Tally(Counter(calls=number * 10, strikes_confirmed=number, tasks=number * 10))
    return found


def test_a_group_of_four_is_hidden_whole_and_so_is_the_next(lived):
    lines = {line.name: line for line in lines_of(outcome(female=4, male=30, other=6)) if line.by == "sex"}
    assert lines["female"].cases is lines["other"].cases is None
    assert lines["male"].cases == 30
    assert all(cell.old is None and cell.new is None for name in ("female", "other") for cell in lines[name].cells)


def test_a_small_number_in_a_large_group_is_hidden_and_not_to_be_had_by_subtraction():
    found = outcome(female=20, male=30, other=10)
    found.new["sex", "female"].counts["strikes_confirmed"] = 2
    found.new["all", ""].counts["strikes_confirmed"] = 42
    cells = {
        (line.name, cell.measure): cell.new
        for line in lines_of(found)
        for cell in line.cells
        if line.by in {"sex", "all"}
    }
    assert cells["female", "strikes_confirmed"] is cells["other", "strikes_confirmed"] is None
    assert cells["male", "strikes_confirmed"] == 30
    assert cells["", "strikes_confirmed"] == 42
    assert cells["female", "calls"] == 200


def test_what_was_refused_is_told_in_words_and_small_numbers_are_hidden():
    found = refusals(Counter({("RecordAttendance", "reason_unknown"): 12, ("OpenBreach", "no_letter"): 3}))
    assert [(one.name, one.count) for one in found] == [
        ("record attendance: reason unknown", 12),
        ("open breach: no letter", None),
    ]


def test_the_chart_can_be_read_without_seeing_it(own):
    picture = ET.fromstring(chart("Durham <1>", lines_of(own)[0]))  # noqa: S314 - our own text
    space = "{http://www.w3.org/2000/svg}"
    assert picture.get("role") == "img"
    named = {one.get("id"): one.text or "" for one in picture if one.get("id")}
    assert set((picture.get("aria-labelledby") or "").split()) == named.keys()
    assert named["title"] == "Durham <1>"
    calls = next(cell for cell in lines_of(own)[0].cells if cell.measure == "calls")
    assert f"{MEASURES['calls']}: {calls.old:,} then, {calls.new:,} now" in named["desc"]
    texts = [one.text for one in picture.iter(f"{space}text")]
    assert texts.count(f"{calls.old:,}") >= 2  # the table beside the bars


@pytest.mark.parametrize(
    ("cases", "untouched", "shown"), [(40, 0, 40), (40, 40, 0), (40, 37, None), (40, 3, None), (4, 0, None)]
)
def test_how_many_a_change_concerns_is_shown_unless_it_is_few_or_all_but_few(cases, untouched, shown):
    assert lived_again(replace(outcome(female=cases), untouched=untouched)) == shown


def test_every_measure_has_its_words():
    assert set(GROUPED) < set(MEASURES)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source: us\nminutes: {call: 1}\n", "says nothing of the kind 'ask'"),
        ("source: us\nminutes: {nap: 1}\n", "there is no such kind of task"),
        ("source: us\nminutes: {call: -1}\n", "minutes.call"),
        ("minutes: {}\n", "source: is missing"),
    ],
)
def test_a_table_of_minutes_that_cannot_be_used_says_why(tmp_path, text, says):
    (tmp_path / "staff-minutes.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        read_minutes(tmp_path)
    assert says in str(refused.value)


def test_a_case_that_no_changed_ladder_concerns_is_not_lived_again_and_counts_the_same(lived, draft):
    later = draft(
        'id: text, at: "+1wd", chase: true, expires: "+5wd", acts: [{do: send, to: participant, message: missed_session',
        'id: text, at: "+2wd", chase: true, expires: "+5wd", acts: [{do: send, to: participant, message: missed_session',
    )
    was = lived.readings.as_it_was("durham", [case.id for case in lived.cases])
    without = sum("missed_session/text" not in one.reached for one in was)
    opened = sum(any(name.startswith("missed_session/") for name in one.reached) for one in was)
    assert 45 - opened <= without < 45
    trial = Trial(later, {"1": lived.policy}, lived.until, MINUTES)
    short = try_out(lived.readings, "durham", trial)
    assert short.untouched == without
    everybody = replace(later, title={"en": "the same"}, review_working_days=later.review_working_days, digest="everybody",
                        ladders={**later.ladders, "referral": replace(later.ladders["referral"], due=None)})  # fmt: skip
    differ = whatif.differing(lived.policy, everybody)
    assert differ is not None
    assert "missed_session/call" not in differ, "until the text stands next, nothing is another"
    assert {"missed_session/text", "missed_session/", "referral/decide", "referral/"} <= differ
    assert whatif.differing(lived.policy, replace(lived.policy, digest="renamed", version="2")) == frozenset()
    whole = Trial(
        replace(later, digest="twice", excuses=(*later.excuses, "never_given")),
        {"1": lived.policy},
        lived.until,
        MINUTES,
    )
    full = try_out(lived.readings, "durham", whole)
    assert full.untouched == 0
    assert (full.old, full.new) == (short.old, short.new)
