"""Civil time: working days, clock changes, contact hours, and the offsets that ladders are written in.

An *instant* is an aware ``datetime`` and comes back in UTC. A *civil* time is what a clock on the wall in the
calendar's zone shows. "+3 days at 09:00" is civil: it is not +72 hours twice a year, so days and working days are
added on the wall clock and only then turned into an instant. Nothing here knows what time it is now.

Text that cannot be read raises ``ValueError``, which names the piece and shows how to write it.
"""

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Literal, Self, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from caseflow.domain.values import value

Slot = tuple[time, time]
Week = tuple[tuple[Slot, ...], ...]
Unit = Literal["min", "h", "d", "wd", "half"]

REMEMBERED = 20_000
"""How many answers of `add_working_days` a calendar keeps."""
RECENT = 4096
"""How many answers about instants are kept. A batch of rungs asks again and again about the one moment it runs at."""

ONE_DAY = timedelta(days=1)
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# No window may open before this, which also keeps every window clear of both clock changes (01:00-02:00).
EARLIEST_OPENING = time(3)
HORIZON_DAYS = 400  # how far to look for an opening before saying that there is none


@lru_cache(maxsize=32)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"unknown time zone {name!r}: use an IANA name such as Europe/London") from error


def _to_utc(local: datetime, zone: tzinfo, fold: int) -> datetime:
    instant = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if fold and instant.astimezone(zone).replace(tzinfo=None) != local:
        # Inside a gap PEP 495 reads fold=1 backwards (01:30 -> 00:30); we always go forwards (01:30 -> 02:30).
        return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return instant


def _weekday_number(ordinal: int) -> int:
    """How many Mondays to Fridays up to and including this proleptic ordinal (ordinal 1 is a Monday)."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A zone and its bank holidays. A working day is Monday to Friday less ``holidays``.

    ``holidays`` may hold weekends (a Saturday Christmas Day beside its substitute day): they change no count of working
    days but close contact windows. Days outside ``known_from``..``known_until`` (both inclusive) are still reckoned,
    with whatever ``holidays`` says of them, and ``is_certain`` is false.
    """

    zone: str = "Europe/London"
    holidays: frozenset[date]
    known_from: date
    known_until: date
    _tz: ZoneInfo = field(init=False, repr=False, compare=False)
    _closed: frozenset[int] = field(init=False, repr=False, compare=False)
    _numbers: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _ranks: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _steps: dict[tuple[int, int], int] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        """Reckoned once: a calendar is part of the key of every remembered answer."""
        return self._hash

    def __post_init__(self) -> None:
        """Prepare the two sorted tables that make counting working days a binary search instead of a walk."""
        if self.known_until < self.known_from:
            raise ValueError(f"calendar known until {self.known_until} ends before it begins on {self.known_from}")
        ordinals = sorted(day.toordinal() for day in self.holidays)
        numbers = tuple(_weekday_number(o) for o in ordinals if (o - 1) % 7 < 5)
        object.__setattr__(self, "_tz", _zone(self.zone))
        object.__setattr__(self, "_hash", hash((self.zone, self.holidays, self.known_from, self.known_until)))
        object.__setattr__(self, "_closed", frozenset(ordinals))
        object.__setattr__(self, "_numbers", numbers)
        object.__setattr__(self, "_steps", {})  # remembered answers: a few days times a few offsets, asked all day long
        # The working day of rank r lies behind exactly those holidays i whose number less i is at most r.
        object.__setattr__(self, "_ranks", tuple(number - i for i, number in enumerate(numbers)))

    def is_certain(self, day: date) -> bool:
        """Whether the bank holidays around this day are published fact rather than prediction."""
        return self.known_from <= day <= self.known_until

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a bank holiday (also one that falls on a weekend)."""
        return day.toordinal() in self._closed

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday and no bank holiday."""
        return day.weekday() < 5 and day.toordinal() not in self._closed

    def _rank(self, ordinal: int) -> int:
        """The number of working days up to and including the ordinal."""
        number = _weekday_number(ordinal)
        return number - bisect_right(self._numbers, number)

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after ``day`` (before, when n is negative); 0 is ``day`` itself, working or not."""
        ordinal = day.toordinal()
        if n == 0:
            return date.fromordinal(ordinal)
        known = self._steps.get((ordinal, n))
        if known is not None:
            return date.fromordinal(known)
        if len(self._steps) >= REMEMBERED:
            self._steps.clear()
        rank = self._rank(ordinal) + n if n > 0 else self._rank(ordinal - 1) + n + 1
        week, weekday = divmod(rank + bisect_right(self._ranks, rank) - 1, 5)
        found = self._steps[ordinal, n] = week * 7 + weekday + 1
        return date.fromordinal(found)

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after ``a`` up to and including ``b``; with b before a, minus those from b to a."""
        return self._rank(b.toordinal()) - self._rank(a.toordinal())

    def local(self, instant: datetime) -> datetime:
        """The instant on this calendar's wall clock, aware. Naive is refused: it would mean the host's zone."""
        if instant.tzinfo is None:
            raise ValueError(f"{instant!r} has no time zone: an instant is an aware datetime, in UTC by custom")
        return instant.astimezone(self._tz)

    def instant(self, local_naive: datetime, fold: int = 0) -> datetime:
        """The UTC instant of a naive wall time. One that was skipped shifts forward; ``fold`` 0 is the first of two."""
        if local_naive.tzinfo is not None:
            raise ValueError(f"{local_naive!r} has a time zone: a civil time is naive, its zone is the calendar's")
        return _to_utc(local_naive, self._tz, fold)

    def civil_text(self, instant: datetime) -> str:
        """The instant as civil intent, in writing."""
        return _civil_text(self, instant)

    def civil(self, instant: datetime) -> "Civil":
        """The instant as civil intent, exact also in the hour that comes twice."""
        return Civil(self.local(instant).replace(tzinfo=None), self.zone)

    def plus_elapsed(self, instant: datetime, elapsed: timedelta) -> datetime:
        """So much real time later, whatever the clock on the wall does meanwhile."""
        if instant.tzinfo is UTC:
            return instant + elapsed
        return self.local(instant).astimezone(UTC) + elapsed

    def plus_days(self, instant: datetime, n: int) -> datetime:
        """The same wall time n civil days later: across a clock change that is not n times 24 hours."""
        local = self.local(instant)
        return _to_utc(local.replace(tzinfo=None) + n * ONE_DAY, self._tz, local.fold)

    def plus_working(self, instant: datetime, n: int) -> datetime:
        """The same wall time n working days later. A start on a day off counts from the next working day.

        So Saturday 10:00 + 0 is Monday 10:00, + 1 is Tuesday 10:00, and - 1 is Friday 10:00.
        """
        return _plus_working(self, instant, n)


@lru_cache(maxsize=RECENT)
def _civil_text(cal: Calendar, instant: datetime) -> str:
    return str(cal.civil(instant))


@lru_cache(maxsize=RECENT)
def _plus_working(cal: Calendar, instant: datetime, n: int) -> datetime:
    local = cal.local(instant)
    day = local.date()
    if not cal.is_working_day(day):
        day = cal.add_working_days(day, 1)
    return cal.instant(datetime.combine(cal.add_working_days(day, n), local.time()), local.fold)


@dataclass(frozen=True, slots=True)
class Civil:
    """What was meant: a wall time (naive, to the microsecond) in a zone. The instant can be derived again and again.

    As text ``2026-11-23T09:00[Europe/London]``. Only the second passing of the hour that comes twice also carries its
    offset (``2026-10-25T01:30+00:00[Europe/London]``); without one the first is meant.
    """

    local: datetime
    zone: str

    def __post_init__(self) -> None:
        if self.local.tzinfo is not None:
            raise ValueError(f"{self.local!r} has a time zone: a civil time is naive, its zone stands beside it")
        _zone(self.zone)

    @classmethod
    @lru_cache(maxsize=4096)
    def parse(cls, text: str) -> Self:
        """Read what ``str`` wrote."""
        body, _, zone = text.partition("[")
        try:
            tz = _zone(zone.removesuffix("]") if zone.endswith("]") else "")
            local = datetime.fromisoformat(body)
        except ValueError as error:
            raise ValueError(f"civil time {text!r}: {error}; write 2026-11-23T09:00[Europe/London]") from error
        naive = local.replace(tzinfo=None)
        if local.tzinfo is None:
            return cls(naive, tz.key)
        for fold in (0, 1):
            if naive.replace(tzinfo=tz, fold=fold).utcoffset() == local.utcoffset():
                return cls(naive.replace(fold=fold), tz.key)
        raise ValueError(f"civil time {text!r}: clocks in {tz.key} never show that offset then; leave the offset out")

    def instant(self, cal: Calendar) -> datetime:
        """The UTC instant, reckoned in the civil time's own zone should it not be the calendar's."""
        if self.zone == cal.zone:
            return cal.instant(self.local, self.local.fold)
        return _to_utc(self.local, _zone(self.zone), self.local.fold)

    def __str__(self) -> str:
        aware = self.local.replace(tzinfo=_zone(self.zone))
        second = self.local.fold and aware.replace(fold=0).astimezone(UTC) < aware.astimezone(UTC)
        finest = "auto" if self.local.second or self.local.microsecond else "minutes"
        return f"{(aware if second else self.local).isoformat(timespec=finest)}[{self.zone}]"


@value(frozen=True, slots=True)
class SafeHours:
    """A person's own limits on the wall clock, within one day: from ``not_before`` on, and before ``not_after``.

    ``not_before`` at or past ``not_after`` leaves no time at all; it never means the hours over midnight.
    """

    not_before: time | None = None
    not_after: time | None = None


@dataclass(frozen=True, slots=True)
class Windows:
    """When people may be contacted: for Monday to Sunday the open slots, half-open [start, end), sorted.

    Slots may overlap. Bank holidays are closed whatever their weekday. Quiet hours are all that lies outside.
    """

    week: Week
    _hash: int = field(init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        """Reckoned once, as a calendar's is."""
        return self._hash

    def __post_init__(self) -> None:
        """Remember the hash."""
        object.__setattr__(self, "_hash", hash(self.week))

    @classmethod
    @lru_cache(maxsize=4096)
    def parse(cls, text: str) -> Self:
        """Read ``Mon-Fri 09:00-18:30, Sat 10:00-13:00``. Nothing opens before 03:00."""
        week: list[set[Slot]] = [set() for _ in DAY_NAMES]
        for piece in (part.strip() for part in text.split(",")):
            try:
                first, last, slot = _parse_piece(piece)
            except ValueError as error:
                how = f"{error}; write Mon-Fri 09:00-18:30, Sat 10:00-13:00"
                raise ValueError(f"contact hours {text!r}, at {piece!r}: {how}") from error
            for weekday in range(first, last + 1):
                week[weekday].add(slot)
        return cls(tuple(tuple(sorted(slots)) for slots in week))

    def contains(self, cal: Calendar, instant: datetime, safe: SafeHours | None = None) -> bool:
        """Whether a person with these limits may be contacted at this instant."""
        return _contains(self, cal, instant, safe)

    def next_open(self, cal: Calendar, instant: datetime, safe: SafeHours | None = None) -> datetime | None:
        """The earliest instant at or after this one that is open; None when these limits leave no time on any day."""
        return _next_open(self, cal, instant, safe)

    def last_open(self, cal: Calendar, instant: datetime, safe: SafeHours | None = None) -> datetime | None:
        """The latest instant at or before this one that is open; None when these limits leave no time on any day.

        A closed slot counts to its last whole minute (18:29 for one that ends at 18:30), so that it can still be used.
        """
        if self.contains(cal, instant, safe):
            return instant.astimezone(UTC)
        local = cal.local(instant)
        week, today, clock = _within(self.week, safe), local.date(), local.time()
        for day in _open_days(cal, week, today, -1):
            if ended := [(end, start) for start, end in week[day.weekday()] if day < today or end <= clock]:
                end, start = max(ended)
                return cal.instant(max(datetime.combine(day, start), datetime.combine(day, end) - timedelta(minutes=1)))
        return None


@lru_cache(maxsize=RECENT)
def _contains(windows: Windows, cal: Calendar, instant: datetime, safe: SafeHours | None) -> bool:
    local = cal.local(instant)
    clock = local.time()
    if safe is not None and not (safe.not_before or time.min) <= clock < (safe.not_after or time.max):
        return False
    return any(start <= clock < end for start, end in windows.week[local.weekday()]) and not cal.is_holiday(local)


@lru_cache(maxsize=RECENT)
def _next_open(windows: Windows, cal: Calendar, instant: datetime, safe: SafeHours | None) -> datetime | None:
    if _contains(windows, cal, instant, safe):
        return instant.astimezone(UTC)
    local = cal.local(instant)
    week, today, clock = _within(windows.week, safe), local.date(), local.time()
    for day in _open_days(cal, week, today, 1):
        for start, _ in week[day.weekday()]:
            # A slot of today that has begun has also ended, or it would contain the instant.
            if day > today or start > clock:
                return cal.instant(datetime.combine(day, start))
    return None


def _open_days(cal: Calendar, week: Week, first: date, step: int) -> Iterator[date]:
    for distance in range(HORIZON_DAYS if any(week) else 0):
        day = first + step * distance * ONE_DAY
        if week[day.weekday()] and not cal.is_holiday(day):
            yield day


@lru_cache(maxsize=1024)
def _within(week: Week, safe: SafeHours | None) -> Week:
    """The week's slots cut to a person's limits; slots of which nothing is left are gone."""
    if safe is None:
        return week
    low, high = safe.not_before or time.min, safe.not_after or time.max
    cut = (tuple((max(start, low), min(end, high)) for start, end in slots) for slots in week)
    return tuple(tuple((start, end) for start, end in slots if start < end) for slots in cut)


_DAYS = "|".join(DAY_NAMES)
_PIECE = re.compile(rf"({_DAYS})(?:-({_DAYS}))? +([0-9]{{2}}:[0-9]{{2}})-([0-9]{{2}}:[0-9]{{2}})")


def _parse_piece(piece: str) -> tuple[int, int, Slot]:
    match = _PIECE.fullmatch(piece)
    if match is None:
        raise ValueError("not a day or days and a from-to time")
    first, last = DAY_NAMES.index(match[1]), DAY_NAMES.index(match[2] or match[1])
    start, end = time.fromisoformat(match[3]), time.fromisoformat(match[4])
    if last < first:
        raise ValueError("the days run backwards")
    if end <= start:
        raise ValueError("it ends before it begins")
    if start < EARLIEST_OPENING:
        raise ValueError(f"nobody is contacted between midnight and {EARLIEST_OPENING:%H:%M}")
    return first, last, (start, end)


OPENED = "opened"
PREVIOUS = "previous"
_OFFSET = re.compile(r"([a-z][a-z0-9_]*)?(?:([+-][0-9]{1,5})(min|h|wd|d))?")
# A unit at its shortest, for comparing two units: a working day is one day at the least.
_NOMINAL = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": ONE_DAY, "wd": ONE_DAY}
_ENGLISH = {"min": "minute", "h": "hour", "d": "day", "wd": "working day"}
_WELSH = {"min": "munud", "h": "awr", "d": "diwrnod", "wd": "diwrnod gwaith"}
# Welsh keeps the singular after a number, and 2 softens its first consonant.
_WELSH_TWO = {"min": "funud", "h": "awr", "d": "ddiwrnod", "wd": "ddiwrnod gwaith"}
_MOMENTS = {
    "half": ("half-way to the due time", "hanner ffordd at yr amser disgwyliedig"),
    "wd": ("on the first working day from", "ar y diwrnod gwaith cyntaf o"),
}


@dataclass(frozen=True, slots=True)
class Offset:
    """How far from a named moment: minutes and hours elapsed, civil days (d) or working days (wd), or half-way to due.

    As text ``+2h``, ``-2d``, ``start-2d``, ``due+1wd``, ``due``, ``half``. Without a name the anchor is ``opened``.
    """

    anchor: str
    amount: int
    unit: Unit

    @classmethod
    @lru_cache(maxsize=4096)
    def parse(cls, text: str) -> Self:
        """Read an offset as the policy writes it."""
        match = _OFFSET.fullmatch(text)
        if match is None or not text or match[1] in _NOMINAL or (match[1] == "half" and match[2]):
            raise ValueError(f"offset {text!r} is not understood: write +2h, -2d, +3wd, +30min, start-2d, due or half")
        if match[1] == "half":
            return cls(OPENED, 0, "half")
        return cls(match[1] or OPENED, int(match[2] or 0), cast("Unit", match[3] or "d"))

    def apply(self, cal: Calendar, anchor: datetime, due: datetime | None = None) -> datetime:
        """The UTC instant this far from ``anchor``; ``half`` is half the elapsed time from it to ``due``."""
        if self.unit == "wd":
            return cal.plus_working(anchor, self.amount)
        if self.unit == "d":
            return cal.plus_days(anchor, self.amount)
        if self.unit != "half":
            return cal.plus_elapsed(anchor, self.amount * _NOMINAL[self.unit])
        if due is None:
            raise ValueError("the offset 'half' needs a due time: give the expectation one, or write +2d")
        return cal.plus_elapsed(anchor, (cal.local(due).astimezone(UTC) - cal.local(anchor).astimezone(UTC)) / 2)

    def words(self, language: str) -> str:
        """In words without the anchor: ``3 working days after``, ``3 diwrnod gwaith ar ôl``. Languages: en, cy."""
        if language not in {"en", "cy"}:
            raise ValueError(f"no words for offsets in {language!r}: there is English (en) and Welsh (cy)")
        english, count = language == "en", abs(self.amount)
        if self.unit == "half" or count == 0:
            return _MOMENTS.get(self.unit, ("at the time of", "adeg"))[0 if english else 1]
        if english:
            unit = _ENGLISH[self.unit] + ("" if count == 1 else "s")
            return f"{count} {unit} {'after' if self.amount > 0 else 'before'}"
        unit = (_WELSH_TWO if count == 2 else _WELSH)[self.unit]
        return f"{count} {unit} {'ar ôl' if self.amount > 0 else 'cyn'}"

    def __str__(self) -> str:
        if self.unit == "half":
            return "half"
        name = "" if self.anchor == OPENED else self.anchor
        if name and self.amount == 0 and self.unit == "d":
            return name
        return f"{name}{self.amount:+d}{self.unit}"


def gap(a: Offset, b: Offset) -> Offset | None:
    """How long after rung ``a`` its follower ``b`` comes, as an offset from ``previous``; None where nothing tells.

    Same unit: the plain difference. Different units: the difference in b's own unit, rounded up, reckoning 24 hours to
    a day and one day to a working day: +4h then +1wd is a gap of 1 working day, +1wd then +30h one of 6 hours. None
    when the anchors differ or either is ``half``: then only the offsets themselves say when each comes.
    """
    if a.anchor != b.anchor or "half" in (a.unit, b.unit):
        return None
    if a.unit == b.unit:
        return Offset(PREVIOUS, b.amount - a.amount, b.unit)
    apart = b.amount * _NOMINAL[b.unit] - a.amount * _NOMINAL[a.unit]
    return Offset(PREVIOUS, -(-apart // _NOMINAL[b.unit]), b.unit)


def last_day_of(first: date, days: int, *, counting_the_first: bool) -> date:
    """The last of so many days from this one. Law counts both ways, so the caller says whether the first day is one of them."""
    return first + (days - counting_the_first) * ONE_DAY


def six_months_after(offence: date) -> date:
    """The last day on which proceedings for a summary-only offence may begin: six months, that day itself not counted.

    Magistrates' Courts Act 1980 s.127(1). The period ends on the day of the same number six months on, or on that
    month's last day when it has no such number (the corresponding date rule, Dodds v Walker [1981] 1 WLR 1027):
    31 August to 28 or 29 February, 28 February to 28 August. Weekends and bank holidays do not move it. Whether an
    offence is summary-only is not decided here, and this is not legal advice.
    """
    year, month = divmod(offence.year * 12 + offence.month + 5, 12)
    return date(year, month + 1, min(offence.day, monthrange(year, month + 1)[1]))
