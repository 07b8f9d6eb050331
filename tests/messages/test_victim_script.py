"""What an officer says to a victim: from the policy alone, in every language and for every disposal, in plain words."""

import re

import pytest

from caseflow.domain.eligibility import LACKING
from caseflow.domain.policy import BREACH_LEADS_TO, Policy
from caseflow.messages.policies import victim
from caseflow.messages.policies.words import Unsayable
from caseflow.settings.scheme import load_schemes

POLICIES = load_schemes()
SPOKEN = [
    (policy, disposal, language)
    for policy in POLICIES.values()
    for disposal in policy.disposals
    for language in policy.languages
]
IDS = [f"{policy.scheme}-{disposal}-{language}" for policy, disposal, language in SPOKEN]
COURT = {"en": r"may go to court|put off", "cy": r"gallai fynd i'r llys|ohirio"}


@pytest.mark.parametrize(("policy", "disposal", "language"), SPOKEN, ids=IDS)
def test_it_says_when_they_hear_more_and_what_may_follow_only_where_it_may(
    policy: Policy, disposal: str, language: str
) -> None:
    said, rules = victim.script(policy, disposal, language), policy.disposals[disposal]
    assert said.startswith(f"# {policy.title[language]}\n")
    assert rules.title[language] in said
    assert re.search(rf"\b{policy.victim_working_days}\b", said)
    assert re.search(rf"\b{policy.victim_enhanced_working_days}\b", said)
    may = rules.breach_leads_to in {"prosecution_revives", "may_be_prosecuted"}
    assert bool(re.search(COURT[language], said)) is may
    assert ("admission" in rules.needs) is (str(victim._said(victim.BECAUSE, "admission", language)) in said)


@pytest.mark.parametrize(("policy", "disposal", "language"), SPOKEN, ids=IDS)
def test_it_can_be_said_in_one_breath_and_names_nothing_of_the_person(
    policy: Policy, disposal: str, language: str
) -> None:
    said = victim.script(policy, disposal, language)
    assert not re.search(r"[_{}]|None", said)
    body = [line for line in said.splitlines() if not line.startswith("#")]
    for sentence in (one for line in body for one in re.split(r"[.?!:]\s", line)):
        assert len(re.findall(r"[\w'’]+", sentence)) <= 20, sentence
    assert not re.search(r"drug|alcohol|cyffur", said, re.IGNORECASE)


def test_every_end_of_a_breach_and_every_need_has_words() -> None:
    assert set(victim.IT_MEANS) == set(victim.MAY_FOLLOW) == set(BREACH_LEADS_TO)
    assert set(victim.BECAUSE) >= set(LACKING)
    assert {need for policy in POLICIES.values() for one in policy.disposals.values() for need in one.needs} <= set(
        victim.BECAUSE
    )


def test_a_scheme_without_welsh_has_no_welsh_script_and_an_unknown_need_is_an_error() -> None:
    with pytest.raises(Unsayable, match="does not write in 'cy'"):
        victim.script(POLICIES["durham", "1"], "outcome_22", "cy")
    with pytest.raises(Unsayable, match="victim's script"):
        victim._said(victim.BECAUSE, "a_new_need", "en")
