"""Figures from counts: what falls into which column, sums, rates, what is hidden, months and their quarters."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.engine.readings import ReturnLine
from caseflow.engine.season import BreachCount, ChaseCount, FactCount, JourneyCount, MeetingCount, Season
from caseflow.engine.traits import GROUPS
from caseflow.insight.figures import SPECS, Spec, figure_of, figures_of, median_hours, summed, waiting, wilson
from caseflow.insight.hidden import small
from caseflow.insight.periods import months_of, months_to, quarter_of
from caseflow.settings.holidays import england_and_wales

NOW = datetime(2022, 11, 16, 10, tzinfo=UTC)
MONTHS = months_to(NOW.date())
WORKING = england_and_wales().working_days_between
DAY = timedelta(days=1)
RETURN = ReturnLine("r", "RET-1", "p", "Harbour", "2022-10", "received", 3, 3, 0, NOW, NOW - DAY, late=False)


def figures(season=Season(), returns=(), by="quarter"):  # noqa: B008 - a value that never changes
    return {one.spec.name: one for one in figures_of(season, returns, MONTHS, by, NOW, WORKING)}


def cells(figure, period=""):
    row = next(one for one in (*figure.rows, figure.whole) if one.period == period)
    return dict(zip(figure.spec.columns, row.cells, strict=True)) | {"all": row.total, "rate": row.rate, "n": row.n}


def test_two_years_of_quarters_and_the_last_twelve_months():
    assert (MONTHS[0], MONTHS[-1], len(MONTHS)) == ("2021-01", "2022-11", 23)
    assert quarter_of("2022-11") == "2022-Q4"
    assert list(months_of("2022-Q4")) == ["2022-10", "2022-11", "2022-12"]
    assert [one.period for one in figures(by="month")["ends"].rows] == list(MONTHS[-12:])


def test_journeys_by_end_and_completions_of_those_whose_time_has_come():
    season = Season(journeys=(
        JourneyCount("2022-01", "completed", True, True, True, 30),
        JourneyCount("2022-01", "completed", True, True, False, 10),
        JourneyCount("2022-01", "engaged", True, True, False, 10),
        JourneyCount("2022-10", "assessed", True, False, False, 20),
        JourneyCount("2022-10", "declined", False, False, False, 10),
    ))  # fmt: skip
    found = figures(season)
    assert cells(found["ends"]) == {
        "completed": 40, "breached": 0, "withdrawn": 0, "ended": 0, "declined": 10, "open": 30, "all": 80,
        "rate": None, "n": None,
    }  # fmt: skip
    assert cells(found["completion"]) == {"done": 30, "not_done": 20, "all": 50, "rate": 60.0, "n": 50}
    assert [one.period for one in found["ends"].rows] == ["2022-Q1", "2022-Q2", "2022-Q3", "2022-Q4"]
    assert found["ends"].longest == 50
    assert found["returns"].nothing


def test_first_meetings_at_their_bounds():
    season = Season(meetings=tuple(
        MeetingCount("2022-03", hours, over, 10)
        for hours, over in ((24, True), (25, True), (72, True), (73, True), (None, True), (None, False))
    ))  # fmt: skip
    found = cells(figures(season)["meetings"])
    assert found == {
        "day": 10, "target": 20, "later": 10, "not_held": 10, "to_come": 10, "all": 60, "rate": 60.0, "n": 50,
    }  # fmt: skip
    assert median_hours(season, MONTHS) == (25, 40)
    assert median_hours(season, ["2022-04"]) == (None, 0)
    assert median_hours(Season(meetings=(MeetingCount("2022-03", 5, True, 4),)), MONTHS) == (None, 0)


def test_a_chase_has_ten_working_days():
    monday = date(2022, 3, 7)
    season = Season(chases=(
        ChaseCount(monday, monday + 14 * DAY, 10),
        ChaseCount(monday, monday + 15 * DAY, 11),
        ChaseCount(monday, None, 12),
        ChaseCount(NOW.date() - 14 * DAY, None, 13),
    ))  # fmt: skip
    assert cells(figures(season)["chases"]) == {
        "worked": 10, "unanswered": 23, "waiting": 13, "all": 46, "rate": 30.3, "n": 33,
    }  # fmt: skip


def test_strikes_are_columns_that_do_not_add_up():
    season = Season(facts=(
        FactCount("2022-05", "session_missed", 40), FactCount("2022-05", "session_excused", 20),
        FactCount("2022-05", "strike_confirmed", 9), FactCount("2022-05", "strike_waived", 5),
        FactCount("2022-05", "strike_removed", 6),
    ))  # fmt: skip
    found = figures(season)["strikes"]
    assert found.whole.cells == (40, 20, 9, 11)
    assert found.whole.total == 0
    assert found.longest == 40
    assert not found.nothing


def test_breaches_and_whether_they_were_settled_in_time():
    monday = date(2022, 3, 7)
    season = Season(breaches=(
        BreachCount(monday, monday + 10 * DAY, "breached", 10),
        BreachCount(monday, monday + 11 * DAY, "carried_on", 10),
        BreachCount(monday, monday + 14 * DAY, "breach_lapsed", 10),
        BreachCount(monday, monday, "withdrawn", 10),
        BreachCount(NOW.date(), None, "", 10),
        BreachCount(NOW.date() - 20 * DAY, None, "", 10),
    ))  # fmt: skip
    found = figures(season)
    assert cells(found["breaches"]) == {
        "breached": 10, "carried_on": 10, "otherwise": 10, "lapsed": 10, "waiting": 20, "all": 60, "rate": None, "n": None,
    }  # fmt: skip
    assert cells(found["panels"]) == {
        "within": 20,
        "late": 30,
        "all": 50,
        "rate": 40.0,
        "n": 50,
    }  # 17 March is no holiday here
    assert (waiting(season, NOW.date(), WORKING).n, waiting(season, NOW.date(), WORKING).late) == (20, 10)
    few = Season(breaches=(BreachCount(NOW.date(), None, "", 3),))
    assert (waiting(few, NOW.date(), WORKING).n, waiting(few, NOW.date(), WORKING).late) == (None, None)


def test_returns_are_papers_so_small_numbers_are_shown():
    gone, late = NOW - 2 * DAY, replace(RETURN, late=True)
    returns = [
        RETURN, late, late,
        replace(RETURN, received_at=None, due=gone), replace(RETURN, received_at=None, due=NOW + DAY),
        replace(RETURN, received_at=None, due=None, status="planned"), replace(RETURN, status="not_needed"),
    ]  # fmt: skip
    assert cells(figures(returns=returns)["returns"], "2022-Q4") == {
        "in_time": 1, "late": 2, "missing": 1, "to_come": 2, "all": 6, "rate": 25.0, "n": 4,
    }  # fmt: skip


def test_a_rate_is_not_shown_where_it_would_tell_a_small_number():
    spec = Spec("x", ("yes", "no"), ("yes",), ("yes", "no"))
    for yes, no in ((3, 40), (40, 3), (2, 2), (0, 0)):
        figure = figure_of(spec, {("2022-02", "yes"): yes, ("2022-02", "no"): no}, MONTHS, "month")
        assert cells(figure, "2022-02")["rate"] is None
        assert figure.whole.rate is None


def test_a_small_column_is_joined_with_the_one_beside_it_and_the_rate_stays():
    """3 within a day, 61 within three, 26 later: that 64 of 90 were in time tells nobody apart."""
    held = ((20, True, 3), (60, True, 61), (90, True, 26))
    found = figures(Season(meetings=tuple(MeetingCount("2022-03", hours, over, n) for hours, over, n in held)))
    row = found["meetings"].whole
    assert (row.cells, row.total, row.joined) == ((None, None, 26, 0, 0), 90, 64)
    assert (row.rate, row.n) == (71.1, 90)


def test_columns_that_are_small_even_together_stay_hidden():
    held = ((20, True, 1), (60, True, 2), (90, True, 26))
    found = figures(Season(meetings=tuple(MeetingCount("2022-03", hours, over, n) for hours, over, n in held)))
    row = found["meetings"].whole
    assert (row.joined, row.rate) == (None, None)


JOINING = Spec("x", ("a", "b", "c", "d"), ("a", "b"), ("a", "b", "c"))


@given(st.lists(st.tuples(
    st.sampled_from(MONTHS[-6:]), st.sampled_from(JOINING.columns),
    st.tuples(*(st.sampled_from(codes[:3]) for codes in GROUPS.values())), st.one_of(st.integers(1, 6), st.integers(1, 40)),
), max_size=12))  # fmt: skip
def test_what_is_joined_gives_no_small_number_away(people):
    """Whoever knows the share and its number knows the columns together: that is one more equation, along and down."""
    views = {by: figure_of(JOINING, summed(people, MONTHS), MONTHS, by) for by in ("quarter", *GROUPS)}

    def together(row):
        a, b = row.cells[:2]
        return row.joined if row.joined is not None else None if None in (a, b) else a + b

    for view in views.values():
        for row in view.lines:
            known = together(row)
            assert known is None or not small(known)
            assert [known, *row.cells[:2]].count(None) != 1
            assert [known, *row.cells[2:], row.total].count(None) != 1
            assert [*row.cells, row.total].count(None) != 1
            assert row.rate is None or known is not None
        assert [together(view.whole), *(together(row) for row in view.rows)].count(None) != 1


COLUMNS = ("a", "b", "c")
TABLES = st.dictionaries(
    st.tuples(st.sampled_from(MONTHS[-6:]), st.sampled_from(COLUMNS)), st.one_of(st.integers(0, 6), st.integers(0, 40))
)


@given(TABLES, st.booleans())
def test_months_and_quarters_together_give_no_small_number_away(counts, summed):
    """Whoever has both views knows every shown cell and sum; no equation may have one unknown."""
    spec = Spec("x", COLUMNS, summed=summed)
    months, quarters = (figure_of(spec, counts, MONTHS, by) for by in ("month", "quarter"))
    by_period = {row.period: row for row in (*months.rows, *quarters.rows)}
    for row in by_period.values():
        assert not [value for value in row.cells if value is not None and small(value)]
        if summed:
            assert [*row.cells, row.total].count(None) != 1
    for quarter in quarters.rows:
        parts = [by_period[one] for one in months_of(quarter.period) if one in by_period]
        if len(parts) == len([one for one in months_of(quarter.period) if one in MONTHS]):
            for place in range(len(COLUMNS)):
                assert [quarter.cells[place], *(one.cells[place] for one in parts)].count(None) != 1


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(MONTHS[-6:]), st.sampled_from(COLUMNS),
        st.tuples(*(st.sampled_from(codes[:3]) for codes in GROUPS.values())), st.one_of(st.integers(1, 6), st.integers(1, 40)),
    ),
    max_size=12,
)  # fmt: skip


@given(PEOPLE, st.booleans())
def test_quarters_and_groups_together_give_no_small_number_away(people, added):
    """All views at once: along every row, down every column of each view to the same sum, no equation has one unknown."""
    spec = Spec("x", COLUMNS, summed=added)
    views = {by: figure_of(spec, summed(people, MONTHS), MONTHS, by) for by in ("quarter", *GROUPS)}
    assert len({view.whole for view in views.values()}) == 1, "they say the same of all together"
    for by, view in views.items():
        for row in view.lines:
            assert not [value for value in row.cells if value is not None and small(value)]
            if added:
                assert [*row.cells, row.total].count(None) != 1
        for place in range(len(COLUMNS)):
            cells = [row.cells[place] for row in view.rows]
            assert [view.whole.cells[place], *cells].count(None) != 1
            if by in GROUPS and None not in cells and view.whole.cells[place] is not None:
                assert sum(cells) == view.whole.cells[place]


def test_groups_are_counted_over_the_whole_time_and_papers_have_none():
    who = ("F", "18_25", "W")
    season = Season(journeys=(
        JourneyCount("2021-02", "completed", True, True, True, 30, who),
        JourneyCount("2022-10", "engaged", True, False, False, 20, ("M", "51", "B")),
        JourneyCount("2019-10", "engaged", True, False, False, 20, who),
    ))  # fmt: skip
    found = figures(season, [RETURN], by="age")
    assert "returns" not in found
    assert [one.period for one in found["ends"].rows] == list(GROUPS["age"])
    assert cells(found["ends"], "18_25")["completed"] == 30
    assert cells(found["ends"])["all"] == 50
    assert cells(found["completion"], "18_25") == {"done": 30, "not_done": 0, "all": 30, "rate": 100.0, "n": 30}


@pytest.mark.parametrize(("part", "of", "between"), [
    (0, 10, (0.0, 27.8)), (5, 10, (23.7, 76.3)), (10, 10, (72.2, 100.0)), (81, 263, (25.5, 36.6)),
])  # fmt: skip
def test_the_range_is_wilsons(part, of, between):
    """The last is the example of Newcombe (1998), method 3: 0.2553 to 0.3662."""
    assert wilson(part, of) == between


def test_every_figure_that_has_a_rate_says_of_what():
    for spec in SPECS:
        assert bool(spec.good) == bool(spec.base)
        assert {*spec.good} <= {*spec.base} <= {*spec.columns}
