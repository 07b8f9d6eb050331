"""Civil time by table: one line a rule, with days that really were."""

import json
import pickle
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from caseflow.domain.calendar import Calendar, Civil, Offset, SafeHours, Windows, gap, six_months_after

SOURCE = Path(__file__).parents[1] / "data" / "calendars" / "govuk_bank_holidays-0.19.json"
EVENTS = json.loads(SOURCE.read_text(encoding="utf-8"))["england-and-wales"]["events"]
SATURDAY_CHRISTMAS = date(2021, 12, 25)
CAL = Calendar(
    holidays=frozenset({date.fromisoformat(event["date"]) for event in EVENTS} | {SATURDAY_CHRISTMAS}),
    known_from=date(2012, 1, 1),
    known_until=date(2028, 12, 31),
)
POLICY = Windows.parse("Mon-Fri 09:00-18:30, Sat 10:00-13:00")


def at(text: str) -> datetime:
    """The instant of a London wall time, first passing."""
    return CAL.instant(datetime.fromisoformat(text))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shown(instant: datetime | None) -> str | None:
    """The London wall time of an instant."""
    return instant and CAL.local(instant).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2022-06-02", "spring bank holiday, moved for the jubilee"),
        ("2022-06-03", "platinum jubilee"),
        ("2022-09-19", "state funeral"),
        ("2023-05-08", "coronation"),
        ("2020-05-08", "early May, moved to VE day"),
        ("2021-12-27", "substitute for Christmas Day on a Saturday"),
        ("2021-12-28", "substitute for Boxing Day on a Sunday"),
        ("2022-01-03", "substitute for New Year's Day on a Saturday"),
        ("2022-12-27", "substitute for Christmas Day on a Sunday"),
        ("2023-01-02", "substitute for New Year's Day on a Sunday"),
        ("2024-03-29", "Good Friday"),
        ("2024-04-01", "Easter Monday"),
    ],
)
def test_a_bank_holiday_is_no_working_day(day, why):
    assert not CAL.is_working_day(date.fromisoformat(day)), why
    assert CAL.is_holiday(date.fromisoformat(day)), why


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2022-05-30", "the spring bank holiday had moved away"),
        ("2020-05-04", "the early May one had moved away"),
        ("2024-02-29", "a leap day is a day like others"),
        ("2022-12-28", "both substitutes are over"),
        ("2021-11-30", "St Andrew's is Scotland's"),
        ("2022-03-17", "St Patrick's is Northern Ireland's"),
    ],
)
def test_a_day_like_others_is_a_working_day(day, why):
    assert CAL.is_working_day(date.fromisoformat(day)), why


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2022-01-14", 0, "2022-01-14"),
        ("2022-01-15", 0, "2022-01-15"),  # none is none, on a Saturday too
        ("2022-01-14", 1, "2022-01-17"),
        ("2022-01-15", 1, "2022-01-17"),
        ("2022-01-16", 1, "2022-01-17"),
        ("2022-01-17", -1, "2022-01-14"),
        ("2022-01-16", -1, "2022-01-14"),
        ("2022-01-15", -1, "2022-01-14"),
        ("2022-06-01", 1, "2022-06-06"),  # over the jubilee
        ("2022-06-06", -1, "2022-06-01"),
        ("2022-09-16", 1, "2022-09-20"),  # over the funeral
        ("2023-05-05", 1, "2023-05-09"),  # over the coronation
        ("2021-12-24", 1, "2021-12-29"),  # over Christmas and both substitutes
        ("2021-12-31", 1, "2022-01-04"),
        ("2024-02-28", 1, "2024-02-29"),
        ("2024-02-29", 1, "2024-03-01"),
        ("2023-02-28", 1, "2023-03-01"),
        ("2024-03-28", 1, "2024-04-02"),  # over Easter
        ("2022-01-04", 20, "2022-02-01"),
        ("2022-02-01", -20, "2022-01-04"),
    ],
)
def test_working_days_step_over_weekends_and_bank_holidays(start, n, end):
    assert CAL.add_working_days(date.fromisoformat(start), n) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("a", "b", "days"),
    [
        ("2022-01-14", "2022-01-17", 1),
        ("2022-01-17", "2022-01-14", -1),
        ("2022-01-14", "2022-01-16", 0),
        ("2022-06-01", "2022-06-06", 1),
        ("2021-12-24", "2022-01-04", 4),
        ("2022-01-01", "2022-12-31", 250),  # 260 weekdays less 10, the jubilee's and the funeral's among them
    ],
)
def test_working_days_between_leave_out_the_first_day_and_count_the_last(a, b, days):
    assert CAL.working_days_between(date.fromisoformat(a), date.fromisoformat(b)) == days


def test_days_are_certain_only_within_the_published_years():
    assert [
        CAL.is_certain(day) for day in (date(2011, 12, 31), date(2012, 1, 1), date(2028, 12, 31), date(2029, 1, 1))
    ] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("wall", "fold", "instant"),
    [
        ("2022-01-10T09:00", 0, "2022-01-10T09:00"),
        ("2022-07-11T09:00", 0, "2022-07-11T08:00"),
        ("2022-03-27T00:59", 0, "2022-03-27T00:59"),
        ("2022-03-27T01:30", 0, "2022-03-27T01:30"),  # does not exist: 02:30 in summer time
        ("2022-03-27T01:30", 1, "2022-03-27T01:30"),  # forwards whatever the fold
        ("2022-03-27T02:00", 0, "2022-03-27T01:00"),
        ("2022-10-30T01:30", 0, "2022-10-30T00:30"),
        ("2022-10-30T01:30", 1, "2022-10-30T01:30"),
        ("2022-10-30T02:00", 0, "2022-10-30T02:00"),
        ("2022-10-30T09:00", 1, "2022-10-30T09:00"),
    ],
)
def test_a_wall_time_becomes_one_instant_on_both_clock_changes(wall, fold, instant):
    found = CAL.instant(datetime.fromisoformat(wall), fold)
    assert found == utc(instant)
    assert found.tzinfo is UTC


def test_a_skipped_wall_time_shows_an_hour_later():
    assert shown(at("2022-03-27T01:30")) == "Sun 2022-03-27 02:30"


def test_a_naive_instant_and_an_aware_wall_time_are_refused():
    with pytest.raises(ValueError, match="no time zone"):
        CAL.local(datetime(2022, 1, 10, 9))  # noqa: DTZ001
    with pytest.raises(ValueError, match="a civil time is naive"):
        CAL.instant(datetime(2022, 1, 10, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "n", "end", "hours"),
    [
        ("2022-03-25T09:00", 3, "Mon 2022-03-28 09:00", 71),
        ("2022-10-28T09:00", 3, "Mon 2022-10-31 09:00", 73),
        ("2022-03-28T09:00", -3, "Fri 2022-03-25 09:00", -71),
        ("2024-02-28T09:00", 1, "Thu 2024-02-29 09:00", 24),
        ("2023-12-31T23:30", 1, "Mon 2024-01-01 23:30", 24),
        ("2022-03-26T01:30", 1, "Sun 2022-03-27 02:30", 24),
    ],
)
def test_three_days_are_the_same_wall_time_and_not_always_72_hours(start, n, end, hours):
    found = CAL.plus_days(at(start), n)
    assert shown(found) == end
    assert found - at(start) == timedelta(hours=hours)


def test_elapsed_hours_take_no_notice_of_the_wall():
    assert shown(CAL.plus_elapsed(at("2022-03-26T22:00"), timedelta(hours=24))) == "Sun 2022-03-27 23:00"
    assert shown(CAL.plus_elapsed(at("2022-10-29T22:00"), timedelta(hours=24))) == "Sun 2022-10-30 21:00"
    in_london = CAL.local(at("2022-03-26T22:00"))
    assert shown(CAL.plus_elapsed(in_london, timedelta(hours=24))) == "Sun 2022-03-27 23:00"


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2022-01-14T16:40", 1, "Mon 2022-01-17 16:40"),
        ("2022-01-14T16:40", 0, "Fri 2022-01-14 16:40"),
        ("2022-01-15T10:00", 0, "Mon 2022-01-17 10:00"),
        ("2022-01-15T10:00", 1, "Tue 2022-01-18 10:00"),  # a Saturday counts from the Monday
        ("2022-01-15T10:00", -1, "Fri 2022-01-14 10:00"),
        ("2022-06-02T10:00", 1, "Tue 2022-06-07 10:00"),  # a bank holiday counts from the next working day
        ("2022-03-25T09:00", 1, "Mon 2022-03-28 09:00"),
        ("2022-10-28T09:00", 1, "Mon 2022-10-31 09:00"),
        ("2022-07-11T00:30", 1, "Tue 2022-07-12 00:30"),  # 23:30 the day before in UTC: the London day counts
        ("2021-12-24T12:00", 2, "Thu 2021-12-30 12:00"),
    ],
)
def test_working_days_keep_the_wall_time(start, n, end):
    assert shown(CAL.plus_working(at(start), n)) == end


def test_adding_nothing_in_the_hour_that_comes_twice_changes_nothing():
    second = utc("2022-10-30T01:30")
    assert CAL.plus_days(second, 0) == second
    assert CAL.civil(second).instant(CAL) == second


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("2026-11-23T09:00", "2026-11-23T09:00[Europe/London]"),
        ("2026-07-01T08:00", "2026-07-01T09:00[Europe/London]"),
        ("2026-07-01T08:00:05.250000", "2026-07-01T09:00:05.250000[Europe/London]"),
        ("2026-10-25T00:30", "2026-10-25T01:30[Europe/London]"),
        ("2026-10-25T01:30", "2026-10-25T01:30+00:00[Europe/London]"),
    ],
)
def test_civil_intent_is_written_and_read_back(instant, text):
    civil = CAL.civil(utc(instant))
    assert str(civil) == text
    assert Civil.parse(text) == civil
    assert Civil.parse(text).instant(CAL) == utc(instant)


def test_civil_intent_of_another_zone_keeps_its_zone():
    assert Civil.parse("2026-07-01T09:00[Europe/Paris]").instant(CAL) == utc("2026-07-01T07:00")


@pytest.mark.parametrize(
    "text",
    ["", "2026-11-23T09:00", "2026-11-23T09:00[Europe/Londres]", "soon[Europe/London]", "2026-11-23T09:00[Europe/London",
     "2026-11-23T09:00+05:00[Europe/London]", "2026-02-30T09:00[Europe/London]"],
)  # fmt: skip
def test_a_civil_time_that_cannot_be_read_is_refused_by_name(text):
    with pytest.raises(ValueError, match="civil time"):
        Civil.parse(text)


@pytest.mark.parametrize(
    ("instant", "safe", "opens"),
    [
        ("2022-01-14T12:00", SafeHours(), "Fri 2022-01-14 12:00"),
        ("2022-01-14T09:00", None, "Fri 2022-01-14 09:00"),
        ("2022-01-14T08:59", None, "Fri 2022-01-14 09:00"),
        ("2022-01-14T18:29", None, "Fri 2022-01-14 18:29"),
        ("2022-01-14T18:30", None, "Sat 2022-01-15 10:00"),  # half-open
        ("2022-01-15T13:00", None, "Mon 2022-01-17 09:00"),
        ("2022-06-01T18:30", None, "Sat 2022-06-04 10:00"),  # over both jubilee days
        ("2021-12-24T18:30", None, "Wed 2021-12-29 09:00"),  # and not on Christmas Day, a Saturday
        ("2022-03-27T01:30", None, "Mon 2022-03-28 09:00"),
        ("2022-01-14T09:30", SafeHours(not_before=time(10)), "Fri 2022-01-14 10:00"),
        ("2022-01-14T17:00", SafeHours(not_after=time(16)), "Sat 2022-01-15 10:00"),
        ("2022-01-14T17:00", SafeHours(time(14), time(16)), "Mon 2022-01-17 14:00"),  # nothing is left of Saturday
        ("2022-01-14T12:00", SafeHours(time(18, 30)), None),
        ("2022-01-14T12:00", SafeHours(not_after=time(9)), None),
        ("2022-01-14T12:00", SafeHours(time(16), time(14)), None),
        ("2022-01-14T12:00", SafeHours(time(20), time(6)), None),
    ],
)
def test_a_message_waits_for_the_next_open_window(instant, safe, opens):
    assert shown(POLICY.next_open(CAL, at(instant), safe)) == opens


@pytest.mark.parametrize(
    ("instant", "safe", "latest"),
    [
        ("2022-01-14T12:00", None, "Fri 2022-01-14 12:00"),
        ("2022-01-14T18:30", None, "Fri 2022-01-14 18:29"),
        ("2022-01-17T08:00", None, "Sat 2022-01-15 12:59"),
        ("2022-06-04T09:00", None, "Wed 2022-06-01 18:29"),
        ("2021-12-29T08:00", None, "Fri 2021-12-24 18:29"),
        ("2022-01-17T08:00", SafeHours(time(14), time(16)), "Fri 2022-01-14 15:59"),
        (
            "2022-01-17T08:00",
            SafeHours(time(11), time(11, 0, 30)),
            "Sat 2022-01-15 11:00",
        ),  # half a minute is a slot too
        ("2022-01-17T08:00", SafeHours(time(19)), None),
    ],
)
def test_a_reminder_before_a_session_moves_back_into_the_last_open_window(instant, safe, latest):
    assert shown(POLICY.last_open(CAL, at(instant), safe)) == latest


def test_slots_of_one_day_may_be_apart_or_overlap():
    apart = Windows.parse("Mon 09:00-12:00, Mon 14:00-17:00")
    assert shown(apart.next_open(CAL, at("2022-01-17T12:30"))) == "Mon 2022-01-17 14:00"
    assert shown(apart.last_open(CAL, at("2022-01-17T13:00"))) == "Mon 2022-01-17 11:59"
    over = Windows.parse("Mon-Fri 09:00-18:00, Mon 10:00-12:00")
    assert shown(over.last_open(CAL, at("2022-01-17T20:00"))) == "Mon 2022-01-17 17:59"


def test_a_calendar_of_nothing_but_bank_holidays_never_opens():
    days = frozenset(date(2022, 1, 1) + timedelta(days=n) for n in range(900))
    closed = Calendar(holidays=days, known_from=date(2022, 1, 1), known_until=date(2022, 12, 31))
    assert POLICY.next_open(closed, at("2022-01-14T12:00")) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mon-Fri 09:00-18:30, Sun", "'Sun'"),
        ("Mon-Fri 9-17", "'Mon-Fri 9-17'"),
        ("Mon-Fry 09:00-17:00", "'Mon-Fry 09:00-17:00'"),
        ("Fri-Mon 09:00-17:00", "the days run backwards"),
        ("Mon 17:00-09:00", "it ends before it begins"),
        ("Mon 09:00-09:00", "it ends before it begins"),
        ("Mon 25:00-26:00", "hour must be in"),
        ("Mon 02:30-09:00", "between midnight and 03:00"),
        ("", "''"),
        ("Mon 09:00-10:00,", "''"),
    ],
)
def test_contact_hours_that_cannot_be_read_name_the_piece(text, names):
    with pytest.raises(ValueError, match="contact hours") as caught:
        Windows.parse(text)
    assert names in str(caught.value)


@pytest.mark.parametrize(
    ("text", "offset", "canonical"),
    [
        ("+2h", Offset("opened", 2, "h"), "+2h"),
        ("+4wd", Offset("opened", 4, "wd"), "+4wd"),
        ("-2d", Offset("opened", -2, "d"), "-2d"),
        ("+30min", Offset("opened", 30, "min"), "+30min"),
        ("+0d", Offset("opened", 0, "d"), "+0d"),
        ("+0wd", Offset("opened", 0, "wd"), "+0wd"),
        ("start-2d", Offset("start", -2, "d"), "start-2d"),
        ("due+1wd", Offset("due", 1, "wd"), "due+1wd"),
        ("due", Offset("due", 0, "d"), "due"),
        ("due+0d", Offset("due", 0, "d"), "due"),
        ("opened+3wd", Offset("opened", 3, "wd"), "+3wd"),
        ("first_meeting-1d", Offset("first_meeting", -1, "d"), "first_meeting-1d"),
        ("half", Offset("opened", 0, "half"), "half"),
    ],
)
def test_an_offset_is_read_and_written(text, offset, canonical):
    assert Offset.parse(text) == offset
    assert str(offset) == canonical
    assert Offset.parse(canonical) == offset


@pytest.mark.parametrize(
    "text", ["", "2h", "+2", "+h", "+2w", "+2 h", "Start-2d", "half+1d", "wd", "+2hd", "start - 2d"]
)
def test_an_offset_that_cannot_be_read_is_refused_with_examples(text):
    with pytest.raises(ValueError, match=r"offset .* is not understood: write \+2h"):
        Offset.parse(text)


@pytest.mark.parametrize(
    ("text", "anchor", "result"),
    [
        ("+2h", "2022-03-26T23:30", "Sun 2022-03-27 02:30"),
        ("+30min", "2022-10-30T00:45", "Sun 2022-10-30 01:15"),
        ("+1d", "2022-03-26T09:00", "Sun 2022-03-27 09:00"),
        ("-1wd", "2022-06-06T09:00", "Wed 2022-06-01 09:00"),
        ("+4wd", "2022-01-13T09:00", "Wed 2022-01-19 09:00"),
        ("due", "2022-01-15T09:00", "Sat 2022-01-15 09:00"),
        ("+0wd", "2022-01-15T09:00", "Mon 2022-01-17 09:00"),
    ],
)
def test_an_offset_is_applied_to_its_anchor(text, anchor, result):
    assert shown(Offset.parse(text).apply(CAL, at(anchor))) == result


def test_half_lies_half_way_to_the_due_time_and_asks_for_one():
    half = Offset.parse("half")
    assert shown(half.apply(CAL, at("2022-01-10T09:00"), at("2022-01-12T09:00"))) == "Tue 2022-01-11 09:00"
    with pytest.raises(ValueError, match="needs a due time"):
        half.apply(CAL, at("2022-01-10T09:00"))


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        ("+1wd", "+3wd", "previous+2wd"),
        ("start-2d", "start-1d", "previous+1d"),
        ("+2h", "+4h", "previous+2h"),
        ("+4h", "+1wd", "previous+1wd"),  # 20 hours, rounded up
        ("+1wd", "+30h", "previous+6h"),
        ("+30min", "+2h", "previous+2h"),
        ("+3d", "+5wd", "previous+2wd"),
        ("+3d", "+3wd", "previous+0wd"),
    ],
)
def test_the_gap_between_two_rungs_is_in_the_later_ones_unit(a, b, apart):
    assert str(gap(Offset.parse(a), Offset.parse(b))) == apart


@pytest.mark.parametrize(("a", "b"), [("+1wd", "due+1wd"), ("+0d", "half"), ("half", "+5wd")])
def test_offsets_with_different_anchors_have_no_gap(a, b):
    assert gap(Offset.parse(a), Offset.parse(b)) is None


@pytest.mark.parametrize(
    ("text", "english", "welsh"),
    [
        ("+3wd", "3 working days after", "3 diwrnod gwaith ar ôl"),
        ("+1wd", "1 working day after", "1 diwrnod gwaith ar ôl"),
        ("start-2d", "2 days before", "2 ddiwrnod cyn"),
        ("+2h", "2 hours after", "2 awr ar ôl"),
        ("+1h", "1 hour after", "1 awr ar ôl"),
        ("-30min", "30 minutes before", "30 munud cyn"),
        ("+2min", "2 minutes after", "2 funud ar ôl"),
        ("due", "at the time of", "adeg"),
        ("+0wd", "on the first working day from", "ar y diwrnod gwaith cyntaf o"),
        ("half", "half-way to the due time", "hanner ffordd at yr amser disgwyliedig"),
    ],
)
def test_an_offset_is_told_in_both_languages(text, english, welsh):
    assert Offset.parse(text).words("en") == english
    assert Offset.parse(text).words("cy") == welsh


def test_an_offset_has_no_words_in_a_third_language():
    with pytest.raises(ValueError, match="'fr'"):
        Offset.parse("+1d").words("fr")


@pytest.mark.parametrize(
    ("offence", "last_day"),
    [
        ("2022-01-14", "2022-07-14"),
        ("2021-08-31", "2022-02-28"),
        ("2023-08-31", "2024-02-29"),
        ("2023-08-30", "2024-02-29"),
        ("2023-08-29", "2024-02-29"),
        ("2022-08-28", "2023-02-28"),
        ("2022-02-28", "2022-08-28"),
        ("2024-02-29", "2024-08-29"),
        ("2022-03-31", "2022-09-30"),
        ("2022-06-30", "2022-12-30"),
        ("2022-07-01", "2023-01-01"),
        ("2022-12-31", "2023-06-30"),
    ],
)
def test_the_last_safe_day_is_six_months_on_with_the_offence_day_left_out(offence, last_day):
    assert six_months_after(date.fromisoformat(offence)) == date.fromisoformat(last_day)


def test_a_calendar_with_an_unknown_zone_or_an_empty_span_is_refused():
    with pytest.raises(ValueError, match="unknown time zone 'Europe/Londres'"):
        Calendar(zone="Europe/Londres", holidays=frozenset(), known_from=date(2022, 1, 1), known_until=date(2022, 1, 1))
    with pytest.raises(ValueError, match="ends before it begins"):
        Calendar(holidays=frozenset(), known_from=date(2022, 1, 2), known_until=date(2022, 1, 1))


def test_values_are_equal_hash_alike_and_survive_pickling():
    for value in (CAL, POLICY, Offset.parse("+2h"), Civil.parse("2026-11-23T09:00[Europe/London]"), SafeHours(time(9))):
        copy = pickle.loads(pickle.dumps(value))  # noqa: S301  (our own bytes)
        assert copy == value
        assert hash(copy) == hash(value)
    assert pickle.loads(pickle.dumps(CAL)).add_working_days(date(2022, 6, 1), 1) == date(2022, 6, 6)  # noqa: S301
