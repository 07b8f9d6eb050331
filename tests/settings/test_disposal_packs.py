"""What the law says of each disposal: packs, what a scheme may do with them, and policies written before there were any."""

import json
import re

import pytest

from caseflow.domain.policy import NEEDS, WITHOUT_PROSECUTION
from caseflow.settings.disposal_pack import fetched, pack_paths, read_pack, rules_by
from caseflow.settings.holidays import england_and_wales
from caseflow.settings.paths import config_dir
from caseflow.settings.plain_yaml import FileRefused, canonical_json
from caseflow.settings.scheme import (
    PolicyError,
    canonical,
    digest_of,
    load_schemes,
    packs_not_used,
    policy_from_canonical,
    read_scheme,
)
from caseflow.settings.taking_in import merged

CONFIG = config_dir()
PACKS = {path.parent.name: read_pack(path) for path in pack_paths(CONFIG)}
TABLE = {  # the field's table: outcome, may it enforce, hours, may prosecution follow, is it in force
    "community_resolution": (8, False, None, False, True),
    "outcome_22": (22, False, None, False, True),
    "deferred_prosecution": (22, True, None, True, True),
    "conditional_caution": (3, True, 20, True, True),
    "diversionary_caution": (3, True, 20, True, False),
    "community_caution": (3, True, 10, False, False),
}


@pytest.mark.parametrize("name", TABLE)
def test_each_pack_says_what_the_table_of_the_field_says(name):
    pack = PACKS[name]
    prosecutes = not set(pack.breach_may_lead_to) <= WITHOUT_PROSECUTION
    assert (pack.outcome, bool(pack.enforces), pack.max_hours, prosecutes, pack.in_force) == TABLE[name]
    assert pack.label == f"{name}/1"
    assert set(pack.needs) <= set(NEEDS)
    assert set(pack.title) == {"en", "cy"}


def test_there_is_no_pack_beyond_the_table():
    assert set(PACKS) == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_every_figure_has_a_source_of_a_kind_that_is_named(name):
    pack = PACKS[name]
    figures = {
        "outcome",
        "adults_from",
        *(f"needs.{one}" for one in pack.needs),
        *(f"breach.{one}" for one in pack.breach_may_lead_to),
    }
    there = {"enforces": pack.enforces, "hours": pack.max_hours, "weeks": pack.usual_weeks, "fine": pack.fine}
    figures |= {figure for figure, value in there.items() if value}
    assert set(pack.sources) == figures
    assert all(re.match(r"\[(law|guidance|secondary|practice)\] \w", source) for source in pack.sources.values())


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not row[4]])
def test_what_is_not_in_force_says_why(name):
    assert "not been brought into force" in PACKS[name].why_not


GOOD = (CONFIG / "disposals" / "community_caution" / "1.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ("disposal: community_caution", "disposal: other", "disposal", "must agree with its folder"),
        ("in_force: false", "in_force: true", "", "why_not says why a disposal is not in force"),
        ("admission:", "confession:", "needs.confession", "there is no need 'confession'"),
        ("becomes_a_fine:", "becomes_a_fin:", "breach_may_lead_to.becomes_a_fin", "did you mean 'becomes_a_fine'?"),
        ("usually: 16, at_most: 20", "usually: 21, at_most: 20", "", "weeks.at_most is less than weeks.usually"),
        (
            '"[law] Police, Crime, Sentencing and Courts Act 2022, ss.108-117: a',
            '"somebody said: a',
            "breach_may",
            "match",
        ),
        ("enforces: {", "never_enforces: {", "never_enforces", "no such setting"),
        ("  days: 28", "  days: 0", "fine.days", "greater than 0"),
    ],
)
def test_a_broken_pack_is_refused_with_place_and_reason(tmp_path, old, new, place, reason):
    assert old in GOOD
    path = tmp_path / "config" / "disposals" / "community_caution" / "1.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        read_pack(path)
    assert [one for one in refused.value.problems if one.path_in_file.startswith(place) and reason in one.reason], str(
        refused.value
    )


def test_a_scheme_that_says_nothing_of_its_own_has_the_packs_word():
    pack = PACKS["conditional_caution"]
    plain = rules_by(pack, strikes=True, ladders=("session",), breach_leads_to="may_be_prosecuted")
    assert (plain.outcome, plain.enforceable, plain.needs) == (3, True, NEEDS)
    assert (plain.max_hours, plain.max_weeks, plain.longest_weeks) == (20, 16, 20)


def test_a_scheme_may_ask_for_more_and_allow_less():
    pack = PACKS["deferred_prosecution"]
    strict = rules_by(
        pack, strikes=True, ladders=("session",), breach_leads_to="oic_reconsiders", also_needs=("admission",),
        max_hours=8, max_weeks=9, title={"en": "A second chance"},
    )  # fmt: skip
    assert (strict.max_hours, strict.max_weeks, strict.title["en"]) == (8, 9, "A second chance")
    assert set(strict.needs) == {*pack.needs, "admission"}


def test_a_forces_own_pack_is_found_before_the_shipped_one(tmp_path):
    own = tmp_path / "disposals" / "outcome_22" / "1.yaml"
    own.parent.mkdir(parents=True)
    shipped, _ = fetched("outcome_22/1", CONFIG)
    text = (CONFIG / "disposals" / "outcome_22" / "1.yaml").read_text(encoding="utf-8")
    own.write_text(text.replace("title: {en: Outcome 22 activity", "title: {en: Our activity"), encoding="utf-8")
    found, why = fetched("outcome_22/1", tmp_path)
    assert (found["title"]["en"], why) == ("Our activity", "")
    assert fetched("outcome_22/1", tmp_path / "nothing here")[0] == shipped


# ── taken into a policy ─────────────────────────────────────────────────────────────────────────
def test_a_published_policy_holds_the_law_it_was_written_under():
    text, digest = canonical(CONFIG / "schemes" / "durham" / "1.yaml")
    held = json.loads(text)["disposals"]["conditional_caution"]["pack"]
    assert (held["disposal"], held["version"], held["hours"]["at_most"]) == ("conditional_caution", 1, 20)
    again = policy_from_canonical(text, england_and_wales())
    assert (again.digest, again.disposals["conditional_caution"].pack) == (digest, PACKS["conditional_caution"])


OLD_DISPOSAL = {
    "title": {"en": "Conditional caution"}, "outcome": 3, "enforceable": True, "needs": ["admission", "consent"],
    "max_hours": 18, "max_weeks": 16,
}  # fmt: skip


def test_a_policy_published_before_there_were_packs_still_loads_with_the_same_digest():
    content = json.loads(canonical(CONFIG / "schemes" / "durham" / "1.yaml")[0]) | {"format": 1}
    for name, rules in content["disposals"].items():
        pack = rules.pop("pack")
        rules |= {
            "title": pack["title"],
            "outcome": pack["outcome"]["is"],
            "enforceable": "enforces" in pack,
            "needs": list(pack["needs"]),
        }
        if name == "conditional_caution":
            rules.update(OLD_DISPOSAL)
    text = canonical_json(content)
    policy = policy_from_canonical(text, england_and_wales())
    rules = policy.disposals["conditional_caution"]
    assert policy.digest == digest_of(text)
    assert (rules.outcome, rules.needs, rules.max_hours, rules.max_weeks) == (3, ("admission", "consent"), 18, 16)
    assert (rules.pack.version, rules.pack.breach_may_lead_to) == (0, ("may_be_prosecuted",))
    assert set(rules.pack.sources.values()) == {"[scheme] as the scheme wrote it, before there were packs"}
    assert not policy.disposals["outcome_22"].enforceable


# ── a policy based on another ───────────────────────────────────────────────────────────────────
YOUNG = CONFIG / "schemes" / "durham-young-adults" / "1.yaml"


def test_a_policy_based_on_another_is_whole_when_it_is_read():
    policy, base = read_scheme(YOUNG), read_scheme(CONFIG / "schemes" / "durham" / "1.yaml")
    assert (policy.scheme, policy.based_on, policy.ref_prefix) == ("durham-young-adults", "durham/1", "DYA")
    assert (policy.ages.youngest, policy.ages.oldest) == (18, 25)
    assert policy.ladders["session"] == base.ladders["session"], "what it does not speak of is as there"
    late, soon = policy.ladders["missed_session"].rungs[-1], base.ladders["missed_session"].rungs[-1]
    assert late.at.amount > soon.at.amount, "more time before anybody rules"
    assert policy.strikes.fades_after_kept < base.strikes.fades_after_kept
    assert json.loads(canonical(YOUNG)[0])["ladders"].keys() == base.ladders.keys()


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ("based_on: durham/1", "based_on: durham/9", "based_on", "there is no policy 'durham/9'"),
        ("based_on: durham/1", "based_on: durham-young-adults/1", "based_on", "leads back to itself"),
        ("ref_prefix: DYA\n", "", "ref_prefix", "a policy based on another says its own"),
        ("ladders:\n", "ladders:\n  nonsense: {about: Nothing}\n", "ladders.nonsense", "is missing"),
    ],
)
def test_a_base_that_cannot_be_used_is_refused(tmp_path, old, new, place, reason):
    path = tmp_path / "config" / "schemes" / "durham-young-adults" / "1.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(YOUNG.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        read_scheme(path)
    assert [one for one in refused.value.problems if one.path_in_file.startswith(place) and reason in one.reason], str(
        refused.value
    )


def test_changes_go_into_settings_one_by_one_and_null_takes_out():
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 2}
    assert merged(base, {"a": {"c": [3]}, "d": None, "e": 4}) == {"a": {"b": 1, "c": [3]}, "e": 4}
    assert base == {"a": {"b": 1, "c": [1, 2]}, "d": 2}


def test_the_packs_that_no_scheme_uses_are_proved_as_if_they_were_in_force():
    found = {path.parent.name: policy for path, policy in packs_not_used(load_schemes(), CONFIG)}
    assert set(found) == {"community_caution", "diversionary_caution"}
    for name, policy in found.items():
        (rules,) = policy.disposals.values()
        assert (rules.name, rules.pack.in_force) == (name, True)
        assert rules.strikes is (name == "diversionary_caution"), "where nobody is prosecuted there are no strikes"
        assert all(ladder in policy.ladders for ladder in rules.ladders)
