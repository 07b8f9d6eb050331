"""Days and times in words, in both languages, by the clock on the wall in London."""

from datetime import UTC, date, datetime, timedelta

import pytest

from caseflow.messages.dates import clock, day, long_day, month


@pytest.mark.parametrize(
    ("value", "english", "welsh"),
    [
        (date(2021, 1, 14), "Thu 14 Jan", "Iau 14 Ion"),
        (date(2026, 1, 30), "Fri 30 Jan", "Gwen 30 Ion"),
        (date(2026, 9, 1), "Tue 1 Sept", "Maw 1 Medi"),
        (date(2026, 12, 25), "Fri 25 Dec", "Gwen 25 Rhag"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "Thu 2 Jul", "Iau 2 Gorff"),  # half past midnight in London
    ],
)
def test_a_short_day_names_the_weekday(value, english, welsh):
    assert (day(value, "en"), day(value, "cy")) == (english, welsh)


def test_a_long_day_has_its_year_and_softens_in_welsh_when_asked():
    friday = date(2026, 1, 30)
    assert long_day(friday, "en") == "Friday 30 January 2026"
    assert long_day(friday, "en", soft=True) == "Friday 30 January 2026"
    assert long_day(friday, "cy") == "dydd Gwener 30 Ionawr 2026"
    assert long_day(friday, "cy", soft=True) == "ddydd Gwener 30 Ionawr 2026"


def test_every_weekday_softens_in_welsh():
    for offset in range(7):
        assert long_day(date(2026, 1, 5) + timedelta(days=offset), "cy", soft=True).startswith("ddydd ")


@pytest.mark.parametrize(
    ("value", "english", "welsh"),
    [
        (datetime(2026, 1, 14, 14, tzinfo=UTC), "2pm", "2pm"),
        (datetime(2026, 1, 14, 14, 30, tzinfo=UTC), "2.30pm", "2.30pm"),
        (datetime(2026, 1, 14, 9, 5, tzinfo=UTC), "9.05am", "9.05am"),
        (datetime(2026, 1, 14, 12, tzinfo=UTC), "12 noon", "hanner dydd"),
        (datetime(2026, 1, 14, 12, 15, tzinfo=UTC), "12.15pm", "12.15pm"),
        (datetime(2026, 1, 14, 0, tzinfo=UTC), "12 midnight", "hanner nos"),
        (datetime(2026, 7, 14, 13, tzinfo=UTC), "2pm", "2pm"),  # summer time
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "12.59am", "12.59am"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2am", "2am"),  # the clocks went forward at one
    ],
)
def test_a_time_is_told_as_people_say_it(value, english, welsh):
    assert (clock(value, "en"), clock(value, "cy")) == (english, welsh)


def test_a_month_is_named_in_full():
    assert (month(date(2022, 1, 31), "en"), month(date(2022, 1, 31), "cy")) == ("January 2022", "Ionawr 2022")


def test_a_time_without_a_zone_is_refused():
    naive = datetime(2026, 1, 14, 14)  # noqa: DTZ001 - the fault under test
    for words in (day, long_day, clock):
        with pytest.raises(ValueError, match="no time zone"):
            words(naive, "en")
