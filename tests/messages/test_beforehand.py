"""Why somebody cannot come, in both languages, for every reason a shipped scheme knows."""

import pytest

from caseflow.messages.policies.beforehand import CANNOT, NOT_THEIRS, reasons
from caseflow.settings.scheme import load_schemes


@pytest.mark.parametrize("policy", load_schemes().values(), ids=lambda one: f"{one.scheme}/{one.version}")
@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_reason_of_a_scheme_can_be_picked_in_both_languages(policy, language):
    assert set(reasons(policy, language)) == set(policy.excuses) - NOT_THEIRS
    assert all(code in CANNOT for code in reasons(policy, language)), "give it words as people say them beforehand"


def test_welsh_is_not_english_left_standing():
    assert all(one["en"] != one["cy"] for one in CANNOT.values())
