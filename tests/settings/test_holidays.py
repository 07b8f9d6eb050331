"""The bank holidays we ship, against three lists nobody here wrote."""

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from caseflow.settings.holidays import CalendarFileError, england_and_wales, load

LISTS = Path(__file__).parents[1] / "data" / "calendars"


def events(name):
    return json.loads((LISTS / name).read_text(encoding="utf-8"))["england-and-wales"]["events"]


def govuk_package():
    return {date.fromisoformat(event["date"]) for event in events("govuk_bank_holidays-0.19.json")}


def notify():
    return {date.fromisoformat(event["date"]) for event in events("notify-bank-holidays.json")}


def frontend():
    divisions = json.loads((LISTS / "bank-holidays.json").read_text(encoding="utf-8"))["divisions"]
    years = divisions["common.nations.england-and-wales_slug"]
    return {
        datetime.strptime(event["date"], "%d/%m/%Y").date()  # noqa: DTZ007  (a civil date)
        for listed in years.values()
        if isinstance(listed, list)
        for event in listed
    }


SOURCES = {"govuk-bank-holidays": govuk_package(), "notify": notify(), "frontend": frontend()}
YEARS = [(name, year) for name, days in SOURCES.items() for year in sorted({day.year for day in days})]


@pytest.mark.parametrize(("name", "year"), YEARS)
def test_every_list_agrees_on_every_year_it_covers(name, year):
    ours = {day for day in england_and_wales().holidays if day.year == year and day.weekday() < 5}
    assert ours == {day for day in SOURCES[name] if day.year == year}


def test_the_lists_together_cover_2012_to_2028():
    assert {year for _, year in YEARS} == set(range(2012, 2029))


def test_the_known_years_begin_with_the_first_list_and_end_with_the_first_to_stop():
    cal = england_and_wales()
    assert cal.known_from == date(min(day.year for days in SOURCES.values() for day in days), 1, 1)
    assert cal.known_until == date(min(max(days).year for days in SOURCES.values()), 12, 31), (
        "a list in tests/data/calendars has changed: move known_until in config/calendars/england-and-wales.yaml"
    )


def test_beyond_the_known_years_holidays_are_predicted_and_not_certain():
    cal = england_and_wales()
    assert not cal.is_certain(date(2028, 12, 25))
    assert not cal.is_working_day(date(2030, 12, 25))
    assert not cal.is_working_day(date(2030, 4, 19))  # Good Friday
    assert cal.is_certain(date(2027, 12, 28))


def test_christmas_day_on_a_saturday_is_closed_beside_its_substitute():
    assert {date(2021, 12, 25), date(2021, 12, 27), date(2021, 12, 28)} <= england_and_wales().holidays


def test_the_calendar_is_made_once():
    assert england_and_wales() is england_and_wales()


def test_the_holidays_package_is_imported_only_when_asked():
    code = "import sys, caseflow.settings.holidays; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


GOOD = """
format: 1
known_from: 2012-01-01
known_until: 2027-12-31
extra: [{date: 2026-07-20, reason: proclaimed}]
removed: [{date: 2026-08-31, reason: moved}]
"""


def written(folder, text):
    path = folder / "calendar.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_table_adds_and_removes_days(tmp_path):
    cal = load(written(tmp_path, GOOD))
    assert not cal.is_working_day(date(2026, 7, 20))
    assert cal.is_working_day(date(2026, 8, 31))
    assert england_and_wales().is_working_day(date(2026, 7, 20))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("format: 1", "format: 2", "format: "),
        ("format: 1", "format: 1\nzone: Europe/Paris", "zone: Extra inputs"),
        ("known_until: 2027-12-31", "", "known_until: Field required"),
        ("known_until: 2027-12-31", "known_until: 2011-12-31", "is before known_from"),
        ("2026-07-20", "2026-07-18", "extra.0.date: Value error, 2026-07-18 is a Saturday"),
        ("2026-07-20", "2026-08-31", "2026-08-31 stands twice"),
        ("reason: moved", "reason: ''", "removed.0.reason"),
        (", reason: moved", "", "removed.0.reason: Field required"),
        ("format: 1", "format: [", "not YAML"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused_with_file_path_and_reason(tmp_path, old, new, says):
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(CalendarFileError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert says in str(caught.value)


def test_a_missing_table_is_refused_by_name(tmp_path):
    with pytest.raises(CalendarFileError, match="cannot be read"):
        load(tmp_path / "none.yaml")
