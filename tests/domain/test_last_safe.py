"""The last safe decision date: when there is one, when the OIC has to be asked, and what a plan may not outlive."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from words import (
    CLOCK,
    ITEMS,
    MONDAY,
    OIC,
    ON_THE_WAY,
    PROVIDER,
    SUPERVISOR,
    accepted,
    days_pass,
    referral,
    referred,
    refers,
    says,
    scheme,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.last_safe import NONE, Clock, clock_of, nearness, outlived
from caseflow.domain.words import Doubt, ItemKind, Origin

OFFENCE = date(2022, 1, 8)
DATED = Clock(date(2022, 7, 8))
ASSAULT, BEATING, ATTEMPT = "CJ88001", "CJ88116", "CJ88001A"


def asked(doubt: Doubt) -> Clock:
    return Clock(doubt=doubt)


# ── the rule, as a table ────────────────────────────────────────────────────────────────────────
# fmt: off
RULE = [
    # code, said, listed, what else the referral says, the answer
    ("PU86004", "CS", "CS", {}, DATED),
    ("PU86004", "", "CS", {}, DATED),                                  # not said: the table knows
    ("CD71039", "CE", "CE", {}, NONE),
    ("RO68001", "CI", "CI", {}, NONE),
    ("RO68001", "", "CI", {}, NONE),
    ("PU86004", "CE", "CS", {}, asked(Doubt.CATEGORIES_DIFFER)),       # never a guess, whichever way they differ
    ("CD71039", "CS", "CE", {}, asked(Doubt.CATEGORIES_DIFFER)),
    ("CD71039", "CI", "CE", {}, asked(Doubt.CATEGORIES_DIFFER)),
    ("CA03005", "CS", "", {}, asked(Doubt.NOT_LISTED)),                # also where the referral is sure
    ("CA03005", "", "", {}, asked(Doubt.NOT_LISTED)),
    ("RT88191", "CM", "CM", {}, asked(Doubt.MOTORING)),
    ("XX99999", "", "B7", {}, asked(Doubt.NO_RULE)),
    # summary, but the clock starts with what the prosecutor knows: taking a car, messages, false communications
    ("TH68050", "CS", "CS", {}, asked(Doubt.NO_RULE)),
    ("TH68054", "", "CS", {}, asked(Doubt.NO_RULE)),
    ("CA03005", "CS", "CS", {}, asked(Doubt.NO_RULE)),
    ("OS23001", "CS", "CS", {}, asked(Doubt.NO_RULE)),
    ("TH68056", "CS", "CS", {}, DATED),                                # a pedal cycle: six months
    # shop theft: the value is asked
    ("TH68010", "CE", "CE", {}, asked(Doubt.VALUE_NOT_SAID)),
    ("TH68010", "CE", "CE", {"property_pence": 0}, asked(Doubt.LOW_VALUE)),
    ("TH68010", "CE", "CE", {"property_pence": 20_000}, asked(Doubt.LOW_VALUE)),
    ("TH68010", "CE", "CE", {"property_pence": 20_001}, NONE),
    ("TH68010", "CS", "CE", {"property_pence": 1_250}, asked(Doubt.LOW_VALUE)),
    ("TH68010", "CS", "CE", {"property_pence": 61_000}, asked(Doubt.CATEGORIES_DIFFER)),
    ("TH68010A", "CE", "CE", {"property_pence": 1_250}, asked(Doubt.LOW_VALUE)),
    ("TH68010B", "CE", "CE", {}, asked(Doubt.VALUE_NOT_SAID)),
    ("TH68010C", "CI", "CI", {}, NONE),                                # conspiracy: on indictment only
    ("TH68020", "CE", "CE", {"property_pence": 1_250}, NONE),          # theft, but from no shop
    # common assault
    (ASSAULT, "CS", "CS", {"domestic_abuse": False}, DATED),
    (BEATING, "CS", "CS", {"domestic_abuse": False}, DATED),
    (ATTEMPT, "CS", "CS", {"domestic_abuse": False}, DATED),
    (ASSAULT, "CS", "CS", {"domestic_abuse": True}, asked(Doubt.DOMESTIC)),
    (BEATING, "CS", "CS", {"domestic_abuse": True}, asked(Doubt.DOMESTIC)),
    (ATTEMPT, "CS", "CS", {"domestic_abuse": True}, asked(Doubt.DOMESTIC)),
    (ASSAULT, "CS", "CS", {"domestic_abuse": None}, asked(Doubt.DOMESTIC_NOT_SAID)),
    ("PU86004", "CS", "CS", {"domestic_abuse": True}, DATED),          # only common assault has that clock
    ("CJ88150", "CE", "CE", {"domestic_abuse": True}, NONE),
]
# fmt: on


@pytest.mark.parametrize(("code", "said", "listed", "more", "answer"), RULE)
def test_the_rule(code, said, listed, more, answer):
    refer = referral(offence_code=code, offence_category=said, offence_listed=listed, offence_date=OFFENCE, **more)
    assert clock_of(refer) == answer


@pytest.mark.parametrize(
    ("offence", "last"),
    [
        (date(2021, 8, 31), date(2022, 2, 28)),
        (date(2023, 8, 31), date(2024, 2, 29)),
        (date(2022, 8, 28), date(2023, 2, 28)),
        (date(2022, 12, 31), date(2023, 6, 30)),
        (date(2022, 7, 1), date(2023, 1, 1)),
    ],
)
def test_months_end_where_they_end(offence, last):
    assert clock_of(referral(offence_date=offence)).day == last


DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@given(
    offence=DAYS,
    said=st.sampled_from(["", "CS", "CM", "CE", "CI"]),
    listed=st.sampled_from(["", "CS", "CM", "CE", "CI", "B7"]),
    code=st.sampled_from(["PU86004", "TH68010", "TH68010A", "TH68010C", ASSAULT, BEATING, "CD71039"]),
    pence=st.none() | st.integers(0, 100_000),
    domestic=st.sampled_from([None, True, False]),
)
def test_a_date_is_never_guessed(offence, said, listed, code, pence, domestic):
    """A day only for a summary offence of the table that the referral does not call something else."""
    clock = clock_of(
        referral(
            offence_date=offence, offence_category=said, offence_listed=listed, offence_code=code, property_pence=pence,
            domestic_abuse=domestic,
        )
    )  # fmt: skip
    assert clock.day is None or clock.doubt is None
    if clock.day is not None:
        assert listed == "CS"
        assert said in {"", "CS"}
        assert timedelta(181) <= clock.day - offence <= timedelta(184)
        assert clock.day.day == offence.day or (clock.day + timedelta(days=1)).day == 1
    if clock == NONE:
        assert listed in {"CE", "CI"}


# ── near, past, outlived ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("today", "weeks", "said"),
    [
        (date(2022, 7, 9), 17, "past"),
        (date(2022, 7, 9), None, "past"),
        (date(2022, 7, 8), 17, "near"),  # the last day itself
        (date(2022, 3, 12), 17, "near"),
        (date(2022, 3, 11), 17, ""),  # seventeen weeks to the day
        (date(2022, 7, 8), None, ""),  # an invitation has no usual length
    ],
)
def test_a_date_is_past_or_nearer_than_the_disposal_takes(today, weeks, said):
    assert nearness(date(2022, 7, 8), today, weeks) == said


def test_a_plan_outlives_the_date_when_it_ends_within_the_margin_of_working_days():
    cal = scheme().calendar
    day = date(2022, 7, 8)
    latest = cal.add_working_days(day, -30)
    assert latest == date(2022, 5, 25), "the bank holidays of 2 and 3 June do not count"
    assert not outlived(day, latest, cal, 30)
    assert outlived(day, latest + timedelta(days=1), cal, 30)
    assert not outlived(None, latest + timedelta(days=500), cal, 30)
    assert not outlived(day, None, cal, 30)


# ── asking the OIC ──────────────────────────────────────────────────────────────────────────────
UNKNOWN = refers(offence_code=BEATING, domestic_abuse=True)


def test_the_fact_of_the_referral_says_why_the_date_is_unknown():
    told = story(UNKNOWN).last(ev.Referred)
    assert (told.last_safe, told.last_safe_unknown, told.last_safe_doubt) == (None, True, Doubt.DOMESTIC)
    assert (told.offence_category, told.offence_listed) == ("CS", "CS")


def test_a_category_that_the_referral_does_not_say_is_the_tables():
    assert story(refers(offence_category="", offence_listed="CE")).case.offence_category == "CE"


def test_an_unknown_date_opens_a_task_to_ask_the_oic_and_no_ladder():
    s = story(UNKNOWN)
    assert s.tasks["last_safe"].kind == "ask"
    assert "last_safe_date" not in s.case.expectations


@pytest.mark.parametrize("disposal", ["community_resolution"])
def test_nobody_is_asked_where_no_ladder_counts_from_the_date(disposal):
    assert "last_safe" not in story(refers(offence_listed="", disposal=disposal)).tasks


def test_nobody_is_asked_for_a_date_that_is_known_or_does_not_exist():
    assert "last_safe" not in story(referred).tasks
    assert "last_safe" not in story(refers(offence_category="CE", offence_listed="CE")).tasks


def test_the_oics_answer_closes_the_task_and_starts_the_ladder():
    s = story(UNKNOWN, accepted, says(c.SetLastSafe(date(2022, 7, 20)), OIC))
    assert "last_safe" not in s.tasks
    found = s.case.expectations["last_safe_date"]
    assert (found.status, found.next) == ("open", "tell")
    assert scheme().calendar.local(found.next_due).date() == date(2022, 6, 22)


def test_the_answer_that_no_limit_runs_closes_the_task_alone():
    s = story(UNKNOWN, says(c.SetLastSafe(no_limit=True), OIC))
    assert "last_safe" not in s.tasks
    assert "last_safe_date" not in s.case.expectations
    assert not s.case.last_safe_unknown


def test_another_answer_takes_the_place_of_the_first_and_the_ladder_counts_anew():
    s = story(referred, accepted, says(c.SetLastSafe(date(2022, 9, 1)), OIC))
    found = s.case.expectations["last_safe_date"]
    assert (found.cycle, found.status) == (1, "open")
    assert s.case.last_safe == date(2022, 9, 1)
    s.asks(c.SetLastSafe(no_limit=True), OIC)
    assert s.case.expectations["last_safe_date"].status == "lapsed"
    assert s.case.last_safe is None


def test_the_same_answer_twice_is_one_fact():
    s = story(UNKNOWN, *[says(c.SetLastSafe(date(2022, 7, 20)), OIC)] * 2)
    assert s.kinds().count("LastSafeSet") == 1


def test_the_task_goes_with_the_journey_and_comes_back_with_it():
    s = story(UNKNOWN, accepted, says(c.Withdraw()))
    assert "last_safe" not in s.tasks
    s.asks(c.Reopen("a mistake"), SUPERVISOR)
    assert "last_safe" in s.tasks


def test_a_reopened_journey_has_its_date_again():
    s = story(referred, accepted, says(c.Withdraw()), says(c.Reopen("a mistake"), SUPERVISOR))
    assert s.case.expectations["last_safe_date"].status == "open"


REFUSED = [
    (c.SetLastSafe(), OIC, "day_or_none"),
    (c.SetLastSafe(date(2022, 7, 20), no_limit=True), OIC, "day_or_none"),
    (c.SetLastSafe(date(2022, 1, 7)), OIC, "before_the_offence"),
    (c.SetLastSafe(date(2022, 7, 20)), PROVIDER, "not_yours"),
    (c.SetLastSafe(date(2022, 7, 20)), CLOCK, "not_a_person"),
]


@pytest.mark.parametrize(("command", "by", "code"), REFUSED)
def test_who_may_not_say_so_and_what_is_no_answer(command, by, code):
    told = story(UNKNOWN, says(command, by))
    assert told.refused() == code
    assert "2022-" not in told.refusals[-1].words


def test_an_answer_from_a_channel_is_nobodys():
    assert story(UNKNOWN, says(c.SetLastSafe(date(2022, 7, 20)), OIC, Origin.CHANNEL)).refused() == "not_a_person"


# ── the plan ────────────────────────────────────────────────────────────────────────────────────
def plans(ends_on: date):
    return says(c.AgreePlan(ITEMS, signed=True, read_back=True, ends_on=ends_on, why_longer="two operations"))


LONG, SHORT = date(2022, 6, 30), date(2022, 4, 29)
WARNED = ("last_safe_at_planning/0/warn/0", "last_safe_at_planning/0/warn/1")


def test_a_plan_that_outlives_the_date_says_who_has_to_look():
    s = story(*ON_THE_WAY[:-1], plans(LONG))
    assert {s.tasks[key].owner.value for key in WARNED} == {"navigator", "oic"}
    assert s.case.outlives


def test_a_shorter_plan_takes_the_warning_back_and_a_longer_one_brings_it_again():
    s = story(*ON_THE_WAY[:-1], plans(LONG), plans(SHORT))
    assert not [key for key in s.tasks if key.startswith("last_safe_at_planning")]
    s = plans(date(2022, 7, 1))(s)
    assert [key for key in s.tasks if key.startswith("last_safe_at_planning/1/warn")]
    s = plans(date(2022, 7, 4))(s)
    assert [key for key in s.tasks if key.startswith("last_safe_at_planning/2/warn")]


def test_a_date_told_after_the_plan_is_held_against_it():
    s = story(UNKNOWN, *ON_THE_WAY[1:-1], plans(LONG))
    assert not s.case.outlives
    s.asks(c.SetLastSafe(date(2022, 7, 8)), OIC)
    assert s.last(ev.LastSafeSet).outlives_last_safe
    assert set(WARNED) <= set(s.tasks)
    s.asks(c.SetLastSafe(date(2023, 7, 8)), OIC)
    assert not [key for key in s.tasks if key.startswith("last_safe_at_planning")]


def test_a_plan_that_names_no_end_is_held_to_take_the_usual_weeks():
    """Seventeen weeks from 10 January are 9 May: within the margin of a date in June, and clear of one in July."""
    openly = says(c.AgreePlan(ITEMS, signed=True, read_back=True))
    near = story(refers(offence_date=date(2021, 12, 1)), *ON_THE_WAY[1:-1], openly)
    assert near.case.outlives
    assert set(WARNED) <= set(near.tasks)
    assert not story(*ON_THE_WAY[:-1], openly).case.outlives
    offered = says(c.AgreePlan((replace(ITEMS[0], kind=ItemKind.VOLUNTARY),), signed=True, read_back=True))
    assert not story(refers(offence_date=date(2021, 12, 1)), *ON_THE_WAY[1:-1], offered).case.outlives
    told_later = story(UNKNOWN, *ON_THE_WAY[1:-1], openly)
    told_later.asks(c.SetLastSafe(date(2022, 6, 1)), OIC)
    assert told_later.last(ev.LastSafeSet).outlives_last_safe


# ── the ladder ──────────────────────────────────────────────────────────────────────────────────
def fired(s, rung: str) -> list[date]:
    local = scheme().calendar.local
    return [
        local(one.recorded_at).date()
        for one in s.history
        if isinstance(one.event, ev.RungFired)
        and (one.event.expectation, one.event.rung, one.event.end) == ("last_safe_date", rung, "fired")
    ]


def test_over_christmas_the_working_days_before_the_date_leave_the_bank_holidays_out():
    """8 January 2023 is a Sunday; 26 and 27 December and 2 January are bank holidays."""
    s = story(refers(offence_date=date(2022, 7, 8)), accepted, now=MONDAY + timedelta(days=182)).until(
        MONDAY + timedelta(days=370)
    )
    assert fired(s, "tell") == [date(2022, 12, 7)]
    assert fired(s, "decide") == [date(2022, 12, 21)]


@pytest.mark.parametrize(
    ("offence", "tell", "decide"),
    [
        (date(2021, 8, 1), [MONDAY.date()], [date(2022, 1, 18)]),  # 1 February: the first step's day has passed
        (date(2021, 7, 18), [MONDAY.date()], [MONDAY.date()]),  # 18 January: both have
        (date(2021, 6, 30), [MONDAY.date()], [MONDAY.date()]),  # the date itself has
    ],
)
def test_what_is_late_when_the_referral_comes_is_said_at_once_and_never_lost(offence, tell, decide):
    s = story(refers(offence_date=offence), accepted, days_pass(40))
    assert fired(s, "tell") == tell
    assert fired(s, "decide") == decide
    assert s.parked == []


def test_what_is_late_waits_for_office_hours_and_is_not_lost_in_the_night():
    saturday = MONDAY - timedelta(days=2) + timedelta(hours=12)
    s = story(refers(offence_date=date(2021, 7, 18)), now=saturday).until(saturday + timedelta(days=4))
    assert fired(s, "decide") == [MONDAY.date()]


def test_an_outage_over_a_weekend_does_not_lose_the_decision():
    s = story(referred, accepted, days_pass(100))
    due = s.case.expectations["last_safe_date"].start - timedelta(days=5)  # Sunday, after the tenth working day before
    s.now = due
    s._advance(s.case)
    s.days_pass(4)
    assert len(fired(s, "decide")) == 1


def test_the_date_opens_no_breach():
    s = story(*ON_THE_WAY, days_pass(250))
    assert s.case.breach is None
    assert not [one for one in s.history if isinstance(one.event, ev.BreachOpened)]


def test_the_whole_referral_is_as_it_was_without_the_table_looked_at():
    """A door that forgets the table gets no date, rather than a wrong one."""
    bare = replace(referral(), offence_listed="")
    assert clock_of(bare) == asked(Doubt.NOT_LISTED)
