"""Calendar arithmetic against a slow, obvious oracle: walk day by day, or minute by minute, and look."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.domain.calendar import Calendar, Civil, Offset, SafeHours, Windows, gap, six_months_after

SOURCE = Path(__file__).parents[1] / "data" / "calendars" / "govuk_bank_holidays-0.19.json"
EVENTS = json.loads(SOURCE.read_text(encoding="utf-8"))["england-and-wales"]["events"]
REAL = Calendar(
    holidays=frozenset(date.fromisoformat(event["date"]) for event in EVENTS),
    known_from=date(2012, 1, 1),
    known_until=date(2028, 12, 31),
)
LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

# Around the turns of the year and both clock changes as often as anywhere else.
edges = st.sampled_from(
    [date(2021, 12, 24), date(2022, 3, 27), date(2022, 6, 2), date(2022, 10, 30), date(2024, 2, 29)]
)
near_edges = st.builds(lambda day, n: day + n * DAY, edges, st.integers(-5, 5))
days = st.one_of(near_edges, st.dates(date(2012, 1, 1), date(2028, 12, 31)))
minutes = st.integers(0, 1439)
instants = st.builds(lambda d, m: datetime.combine(d, time(), tzinfo=UTC) + m * MINUTE, days, minutes)
exact_instants = st.builds(lambda at, us: at + timedelta(microseconds=us), instants, st.integers(0, 59_999_999))
# Any set of holidays at all in one short span, weekends and long runs among them.
odd_holidays = st.frozensets(st.dates(date(2022, 3, 1), date(2022, 4, 15)), max_size=30)
odd_calendars = st.builds(
    Calendar, holidays=odd_holidays, known_from=st.just(date(2022, 1, 1)), known_until=st.just(date(2022, 12, 31))
)
odd_days = st.dates(date(2022, 2, 20), date(2022, 4, 25))


def is_working(cal, day):
    return day.strftime("%a") not in {"Sat", "Sun"} and day not in cal.holidays


def walk(cal, day, n):
    """One day at a time, counting the working ones."""
    step = DAY if n > 0 else -DAY
    left = abs(n)
    while left:
        day += step
        left -= is_working(cal, day)
    return day


def count(cal, a, b):
    if b < a:
        return -count(cal, b, a)
    return sum(is_working(cal, a + n * DAY) for n in range(1, (b - a).days + 1))


@given(days, st.integers(-60, 60))
def test_adding_working_days_is_walking_and_counting(day, n):
    assert REAL.add_working_days(day, n) == walk(REAL, day, n)


@given(odd_calendars, odd_days, st.integers(-25, 25))
def test_adding_working_days_is_walking_for_any_holidays_whatever(cal, day, n):
    assert cal.add_working_days(day, n) == walk(cal, day, n)
    assert cal.is_working_day(day) == is_working(cal, day)


@given(odd_calendars, odd_days, odd_days, odd_days)
def test_working_days_between_are_counted_and_add_up(cal, a, b, c):
    assert cal.working_days_between(a, b) == count(cal, a, b)
    assert cal.working_days_between(a, c) == cal.working_days_between(a, b) + cal.working_days_between(b, c)


@given(days, st.integers(1, 200))
def test_adding_and_counting_undo_each_other(day, n):
    assert REAL.working_days_between(day, REAL.add_working_days(day, n)) == n


@given(exact_instants, st.integers(-40, 40))
def test_days_and_working_days_keep_the_wall_time_or_shift_it_out_of_the_gap(instant, n):
    before = instant.astimezone(LONDON)
    start = before.date() if is_working(REAL, before.date()) else walk(REAL, before.date(), 1)
    for found, day in (
        (REAL.plus_days(instant, n), before.date() + n * DAY),
        (REAL.plus_working(instant, n), walk(REAL, start, n)),
    ):
        wall = found.astimezone(LONDON).replace(tzinfo=None)
        shift = wall - datetime.combine(day, before.time())
        # The last Sunday of March is the only day a wall time can be missing from.
        missing = day.month == 3 and day.weekday() == 6 and day.day > 24 and before.hour == 1
        assert shift == timedelta(hours=1 if missing else 0)


@given(exact_instants, st.integers(-500, 500))
def test_elapsed_hours_are_hours(instant, n):
    assert Offset("opened", n, "h").apply(REAL, instant) - instant == timedelta(hours=n)


@given(exact_instants)
def test_civil_intent_loses_nothing(instant):
    civil = REAL.civil(instant)
    assert civil.instant(REAL) == instant
    assert Civil.parse(str(civil)).instant(REAL) == instant
    assert str(Civil.parse(str(civil))) == str(civil)


@given(st.datetimes(datetime(2012, 1, 1), datetime(2028, 12, 31)), st.sampled_from([0, 1]))  # noqa: DTZ001
def test_a_wall_time_that_exists_comes_back_as_it_was(wall, fold):
    instant = REAL.instant(wall, fold)
    back = instant.astimezone(LONDON).replace(tzinfo=None)
    assert back - wall in (timedelta(0), timedelta(hours=1))
    assert REAL.instant(wall, 0) <= instant


slots = st.tuples(st.integers(3 * 60, 23 * 60), st.integers(1, 59)).map(lambda pair: (pair[0], pair[0] + pair[1]))
pieces = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), slots), min_size=1, max_size=4)
wall_minutes = st.one_of(st.none(), st.builds(time, st.integers(0, 23), st.integers(0, 59)))
limits = st.one_of(st.none(), st.builds(SafeHours, wall_minutes, wall_minutes))
NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def clock(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


def written(parts):
    return ", ".join(
        f"{NAMES[min(a, b)]}-{NAMES[max(a, b)]} {clock(start)}-{clock(end)}" for a, b, (start, end) in parts
    )


def is_open(cal, parts, safe, instant):
    """What the words say: weekday, clock, no bank holiday, within the person's limits."""
    wall = instant.astimezone(LONDON)
    now = f"{wall:%H:%M}"
    if wall.date() in cal.holidays:
        return False
    if safe and safe.not_before is not None and now < f"{safe.not_before:%H:%M}":
        return False
    if safe and safe.not_after is not None and now >= f"{safe.not_after:%H:%M}":
        return False
    return any(min(a, b) <= wall.weekday() <= max(a, b) and clock(s) <= now < clock(e) for a, b, (s, e) in parts)


@settings(max_examples=60)
@given(odd_calendars, pieces, limits, odd_days, minutes)
def test_windows_open_where_a_minute_by_minute_walk_finds_them(cal, parts, safe, day, minute):
    instant = datetime.combine(day, time(), tzinfo=UTC) + minute * MINUTE
    windows = Windows.parse(written(parts))
    assert windows.contains(cal, instant, safe) == is_open(cal, parts, safe, instant)
    for found, step in (
        (windows.next_open(cal, instant, safe), MINUTE),
        (windows.last_open(cal, instant, safe), -MINUTE),
    ):
        at = instant
        for _ in range(2 * 1440):
            if is_open(cal, parts, safe, at):
                assert found == at
                break
            at += step
        else:
            assert found is None or abs(found - instant) >= abs(at - instant)
            assert found is None or is_open(cal, parts, safe, found)


@given(odd_calendars, pieces, limits, exact_instants)
def test_an_opening_is_open_and_never_in_the_small_hours(cal, parts, safe, instant):
    windows = Windows.parse(written(parts))
    coming, gone = windows.next_open(cal, instant, safe), windows.last_open(cal, instant, safe)
    if coming is not None:
        assert coming >= instant
        assert windows.contains(cal, coming, safe)
        assert windows.next_open(cal, coming, safe) == coming
        assert coming.astimezone(LONDON).hour >= 3
    if gone is not None:
        assert gone <= instant
        assert windows.contains(cal, gone, safe)


@given(limits, pieces, instants)
def test_no_opening_at_all_means_that_the_limits_leave_no_minute_of_a_week(safe, parts, instant):
    free = Calendar(holidays=frozenset(), known_from=date(2012, 1, 1), known_until=date(2028, 12, 31))
    windows = Windows.parse(written(parts))
    low = safe.not_before if safe and safe.not_before else time.min
    high = safe.not_after if safe and safe.not_after is not None else time.max
    some = any(max(clock(s), f"{low:%H:%M}") < min(clock(e), f"{high:%H:%M}") for _, _, (s, e) in parts)
    assert (windows.next_open(free, instant, safe) is not None) == some
    assert (windows.last_open(free, instant, safe) is not None) == some


offsets = st.builds(
    Offset,
    st.sampled_from(["opened", "due", "start", "first_meeting"]),
    st.integers(-400, 400),
    st.sampled_from(["min", "h", "d", "wd"]),
)


@given(offsets)
def test_an_offset_reads_back_what_it_wrote(offset):
    assert Offset.parse(str(offset)) == offset


@given(st.integers(0, 30), st.integers(0, 30), st.sampled_from(["min", "h", "d", "wd"]), instants)
def test_a_gap_leads_from_one_rung_to_the_next(first, more, unit, opened):
    a, b = Offset("opened", first, unit), Offset("opened", first + more, unit)
    between = gap(a, b)
    assert between is not None
    after_a = a.apply(REAL, opened)
    wall = {cal_time.astimezone(LONDON).hour for cal_time in (opened, after_a)}
    if unit in {"min", "h"} or 1 not in wall:
        assert between.apply(REAL, after_a) == b.apply(REAL, opened)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_six_months_end_on_the_day_of_that_number_or_the_months_last(offence):
    found = six_months_after(offence)
    assert (found.year * 12 + found.month) - (offence.year * 12 + offence.month) == 6
    assert found.day == offence.day or (found.day < offence.day and (found + DAY).day == 1)
