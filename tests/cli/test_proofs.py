"""`caseflow policy verify`: a table and a story for people, one object for programs, and exit code 1 for what is refuted."""

from pathlib import Path

import msgspec
import pytest

from caseflow.cli import contracts, proofs
from caseflow.settings.paths import config_dir

BY_NIGHT = Path(__file__).parents[1] / "data" / "policies" / "schemes" / "by-night" / "1.yaml"


@pytest.mark.proof
def test_a_refuted_policy_is_told_as_a_story_and_ends_with_one(run):
    ran = run("policy", "verify", str(BY_NIGHT))
    assert ran.code == 1
    assert "refuted: by-night 1" in ran.err
    assert "no message outside contact hours" in ran.out
    assert "Thu 13 Jan 2022 15:00: Did not come to session s1, no word yet" in ran.out
    assert "→ missed session would go at Thu 21:00" in ran.out
    assert "states" in ran.out


@pytest.mark.proof
def test_what_programs_get_keeps_its_contract(run):
    ran = run("policy", "verify", str(BY_NIGHT), "--json", "--mutants")
    told = msgspec.convert(ran.json(), contracts.PolicyVerify)
    assert ran.code == 1
    assert told.mutants == [], "mutants of a policy that is refuted as it is would show nothing"
    (proof,) = told.policies
    assert (proof.scheme, proof.version, proof.proved) == ("by-night", "1", False)
    refuted = {one.name: one for one in proof.properties if not one.proved}
    assert sorted(refuted) == ["hours", "time_to_answer"]
    assert all(one.story and one.why and one.where for one in refuted.values())
    assert all(one.how and not one.story for one in proof.properties if one.proved)


@pytest.mark.parametrize(
    ("what", "code", "says"),
    [
        ("kent", 1, "there is no policy kent"),
        ("durham/99", 1, "there is no policy durham/99"),
        ("none.yaml", 2, "there is no such file"),
    ],
)
def test_what_is_not_there_is_said(run, what, code, says):
    ran = run("policy", "verify", what)
    assert ran.code == code
    assert says in ran.err


def test_a_file_outside_a_config_folder_is_a_draft_of_any_name(run, tmp_path):
    mine = tmp_path / "slower.yaml"
    mine.write_text((config_dir() / "schemes" / "durham" / "1.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    ((file, policy),) = proofs.meant(str(mine))
    assert (file, policy.scheme, policy.version) == (mine, "durham", "1")
    ((_, told),) = proofs.meant(str(BY_NIGHT))
    assert told.scheme == "by-night", "in a config folder its own rosters count"


def test_a_file_that_cannot_be_used_is_named_with_its_place(run, tmp_path):
    broken = tmp_path / "1.yaml"
    broken.write_text("format: 1\nnonsense: true\n")
    ran = run("policy", "verify", str(broken))
    assert ran.code == 1
    assert "nonsense" in ran.err
