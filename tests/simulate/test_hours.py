from datetime import UTC, datetime

from caseflow.settings.holidays import england_and_wales
from caseflow.simulate.hours import Hours

HOURS = Hours(england_and_wales(), (9, 11, 13, 15, 17))


def test_work_waits_for_the_next_hour_in_which_desks_are_looked_at():
    assert HOURS.office(datetime(2022, 1, 5, 9, 20, tzinfo=UTC)) == datetime(2022, 1, 5, 11, tzinfo=UTC)
    assert HOURS.office(datetime(2022, 1, 7, 18, tzinfo=UTC)) == datetime(2022, 1, 10, 9, tzinfo=UTC)
    assert HOURS.office(datetime(2022, 1, 1, 12, tzinfo=UTC)) == datetime(
        2022, 1, 4, 9, tzinfo=UTC
    )  # 3 January is a holiday


def test_texts_are_answered_when_people_are_awake_on_weekends_too():
    assert HOURS.waking(datetime(2022, 1, 8, 2, tzinfo=UTC)) == datetime(2022, 1, 8, 9, tzinfo=UTC)
    assert HOURS.waking(datetime(2022, 1, 8, 21, tzinfo=UTC)) == datetime(2022, 1, 9, 9, tzinfo=UTC)


def test_hours_are_those_of_london_in_summer_too():
    assert HOURS.office(datetime(2022, 4, 5, 8, tzinfo=UTC)) == datetime(2022, 4, 5, 8, tzinfo=UTC)
