"""May this person come in? Reasons in their order, each with the law it was read from; how long a plan may run; fines."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from words import ITEMS, MONDAY, NAVIGATOR, accepted, assessed, met, referral, refers, scheme, story

from caseflow.domain import commands as c
from caseflow.domain.calendar import last_day_of
from caseflow.domain.eligibility import needed, reasons, refusal
from caseflow.domain.events import PlanAgreed
from caseflow.domain.fine import pay_by, pay_raised_by, raised
from caseflow.domain.policy import FineTerms
from caseflow.domain.words import ItemKind

DURHAM, YOUNG, ABROAD = scheme(), scheme("durham-young-adults"), scheme("dyfed-powys")


def codes(refer, policy=DURHAM):
    return [one.code for one in reasons(refer, policy, MONDAY)]


def test_nothing_stands_against_a_referral_in_order():
    assert reasons(referral(), DURHAM, MONDAY) == ()


def test_the_reasons_come_in_one_order_and_all_of_them():
    refer = referral(
        adult_on=date(2023, 1, 1), referred_at=MONDAY + timedelta(days=1), offence_date=date(2022, 3, 1), consent=False
    )
    assert codes(refer) == ["not_adult", "in_the_future", "offence_after_referral", "needs_consent"]
    assert refusal(refer, DURHAM, MONDAY).code == "not_adult", "the first that stops is the answer"


@pytest.mark.parametrize(
    ("disposal", "answers", "said"),
    [
        ("conditional_caution", {"admission": False}, [("needs_admission", "acceptance", "Criminal Justice Act 2003, s.23")]),
        ("conditional_caution", {"admission": None}, [("needs_admission", "nothing", "does not say: ask first")]),
        ("outcome_22", {"admission": False, "evidential_test": False}, []),
        ("community_resolution", {"evidential_test": False}, []),
        ("deferred_prosecution", {"evidential_test": False, "consent": None},
         [("needs_evidential_test", "acceptance", "says that it is not"), ("needs_consent", "nothing", "does not say")]),
    ],
)  # fmt: skip
def test_what_a_disposal_needs_is_told_with_the_version_of_the_law(disposal, answers, said):
    given_ = {"evidential_test": True, "admission": True, "consent": True} | answers
    found = needed(given_, DURHAM.disposals[disposal])
    assert [(one.code, one.stops) for one in found] == [(code, stops) for code, stops, _ in said]
    for one, (_, _, words) in zip(found, said, strict=True):
        assert words in one.words
        assert (one.code, f"({disposal.replace('_', ' ')}, version 1: " in one.words) == (f"needs_{one.need}", True)


def test_what_is_lacking_does_not_refuse_the_referral_but_its_acceptance():
    assert refusal(referral(admission=False, disposal="conditional_caution"), DURHAM, MONDAY) is None
    told = story(refers(admission=False, disposal="conditional_caution"))
    told.asks(c.Accept("nav-1"), by=NAVIGATOR)
    assert told.refused() == "not_eligible"


def switched_off(policy=DURHAM):
    rules = policy.disposals["conditional_caution"]
    pack = replace(rules.pack, in_force=False, why_not="The Act has not been brought into force.")
    return replace(policy, disposals=policy.disposals | {"conditional_caution": replace(rules, pack=pack)})


def test_a_disposal_that_is_not_in_force_is_refused_and_says_why():
    refused = refusal(referral(disposal="conditional_caution"), switched_off(), MONDAY)
    assert refused.code == "not_in_force"
    assert (
        refused.words
        == "A conditional caution cannot be given yet (conditional caution, version 1): The Act has not been brought into force."
    )


# ── ages ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("adult_on", "code"),
    [
        (date(2022, 1, 10), None),  # eighteen today
        (date(2022, 1, 11), "not_adult"),  # eighteen tomorrow
        (date(2014, 1, 11), None),  # twenty-six tomorrow
        (date(2014, 1, 10), "other_age"),  # twenty-six today
        (date(1990, 5, 1), "other_age"),
    ],
)
def test_a_scheme_for_young_adults_takes_eighteen_to_twenty_five(adult_on, code):
    assert MONDAY.date() == date(2022, 1, 10)
    found = refusal(referral(adult_on=adult_on, ref="DYA-22-000001"), YOUNG, MONDAY)
    assert (found.code if found else None) == code
    if code == "other_age":
        assert "refer them to the scheme for all adults" in found.words
        assert refusal(referral(adult_on=adult_on), DURHAM, MONDAY) is None


@pytest.mark.parametrize(
    ("adult_on", "scheme"),
    [
        (date(2022, 1, 10), "durham-young-adults"),
        (date(2014, 1, 11), "durham-young-adults"),
        (date(2014, 1, 10), None),
        (date(1990, 5, 1), None),
    ],
)
def test_the_scheme_for_all_adults_names_the_one_that_is_made_for_their_age(adult_on, scheme):
    found = reasons(referral(adult_on=adult_on), DURHAM, MONDAY, [YOUNG, ABROAD])
    assert [(one.code, one.stops, one.scheme) for one in found] == (
        [("scheme_of_their_age", "nothing", scheme)] if scheme else []
    )
    assert refusal(referral(adult_on=adult_on), DURHAM, MONDAY) is None, "it still takes every adult"


def test_the_scheme_of_their_age_is_named_with_its_ages():
    (found,) = reasons(referral(adult_on=date(2018, 1, 10)), DURHAM, MONDAY, [YOUNG])
    assert found.words == (
        "The person was 22 when referred. Durham young adults is for people aged 18 to 25, with rules made for that age: "
        "refer them there."
    )


def test_whoever_is_too_old_for_a_scheme_is_told_of_the_one_that_takes_them():
    old = referral(adult_on=date(1990, 5, 1))
    (found,) = reasons(old, YOUNG, MONDAY, [ABROAD, DURHAM])
    assert (found.code, found.scheme) == ("other_age", "durham")
    assert found.words.endswith(
        "Durham young adults is for people aged 18 to 25: refer them to Durham adult diversion."
    )


@pytest.mark.parametrize("policy", [DURHAM, YOUNG])
def test_a_scheme_of_another_force_is_never_named(policy):
    elsewhere = replace(YOUNG, force="dyfed-powys")
    for adult_on in (date(2018, 1, 10), date(1990, 5, 1)):
        found = reasons(referral(adult_on=adult_on), policy, MONDAY, [elsewhere, ABROAD])
        assert {one.scheme for one in found} <= {""}


def test_a_scheme_without_that_disposal_is_never_named():
    few = replace(YOUNG, disposals={})
    assert reasons(referral(adult_on=date(2018, 1, 10)), DURHAM, MONDAY, [few]) == ()


# ── how long a plan may run ─────────────────────────────────────────────────────────────────────
CAUTION = (refers(disposal="conditional_caution"), accepted, met, assessed)


def plan(weeks, why="", items=ITEMS):
    def agree(told):
        ends = told.now.date() + timedelta(weeks=weeks)
        return told.asks(c.AgreePlan(items, signed=True, read_back=True, ends_on=ends, why_longer=why), by=NAVIGATOR)

    return agree


@pytest.mark.parametrize(
    ("weeks", "why", "code"),
    [
        (16, "", None),
        (17, "", "say_why_longer"),
        (17, " ", "say_why_longer"),
        (20, "a broken leg", None),
        (21, "a broken leg", "too_long"),
    ],
)
def test_a_conditional_caution_is_done_in_sixteen_weeks_and_twenty_with_a_reason(weeks, why, code):
    told = story(*CAUTION, plan(weeks, why))
    if code:
        assert told.refused() == code
    else:
        assert told.last(PlanAgreed).why_longer == why


def test_the_weeks_count_from_the_first_plan():
    told = story(*CAUTION, plan(16))
    told.days_pass(14)
    assert plan(14)(told).last(PlanAgreed)
    assert plan(15)(told).refused() == "say_why_longer"


def test_help_that_is_only_offered_may_go_on():
    offered = (replace(ITEMS[0], kind=ItemKind.VOLUNTARY), ITEMS[1])
    assert story(*CAUTION, plan(40, items=offered)).last(PlanAgreed).ends_on


def test_a_deferred_prosecution_has_a_usual_length_and_no_longest():
    told = story(refers(), accepted, met, assessed, plan(30, "two operations"))
    assert told.last(PlanAgreed).why_longer == "two operations"


# ── days counted both ways ──────────────────────────────────────────────────────────────────────
TERMS = FineTerms(28, counting_the_first=True, then_more_percent=50, then_days=21, then_counting_the_first=False)


@pytest.mark.parametrize(
    ("cautioned", "by", "raised_by"),
    [
        (date(2026, 6, 1), date(2026, 6, 28), date(2026, 7, 19)),
        (date(2026, 1, 31), date(2026, 2, 27), date(2026, 3, 20)),
        (date(2028, 2, 10), date(2028, 3, 8), date(2028, 3, 29)),  # a leap year
        (date(2026, 12, 10), date(2027, 1, 6), date(2027, 1, 27)),
    ],
)
def test_a_fine_counts_the_day_of_the_caution_and_a_raised_one_begins_on_the_next(cautioned, by, raised_by):
    assert (pay_by(cautioned, TERMS), pay_raised_by(cautioned, TERMS)) == (by, raised_by)


@pytest.mark.parametrize(("pence", "more"), [(10_000, 15_000), (1, 1), (3, 4), (0, 0)])
def test_an_unpaid_fine_grows_by_half_and_no_part_of_a_penny_is_asked_for(pence, more):
    assert raised(pence, TERMS) == more


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 400))
def test_counting_the_first_day_ends_a_day_sooner(first, days):
    counted, not_counted = (last_day_of(first, days, counting_the_first=one) for one in (True, False))
    assert not_counted - counted == timedelta(days=1)
    assert (counted - first).days + 1 == days


def test_the_clock_of_a_referral_is_the_schemes_and_not_utc():
    """Half past eleven at night in summer is the next day in the scheme: somebody turns eighteen on it."""
    late = datetime(2022, 6, 30, 23, 30, tzinfo=UTC)
    assert (
        refusal(referral(referred_at=late, adult_on=date(2022, 7, 1), offence_date=date(2022, 6, 30)), DURHAM, late)
        is None
    )


def test_a_disposal_is_said_with_its_article():
    found = needed({"consent": False}, DURHAM.disposals["outcome_22"])
    assert [one.words.split(" needs ")[0] for one in found] == ["An outcome 22 activity"]
