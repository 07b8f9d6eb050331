"""Whole hours of Europe/London, as people make appointments: everybody in the simulation acts on the hour."""

from datetime import date, datetime, time, timedelta

from caseflow.domain.calendar import Calendar

HOUR = timedelta(hours=1)


class Hours:
    """Office hours run from the `first` to the `last` hour in which work is begun, both included, on working days."""

    def __init__(self, calendar: Calendar, first: int, last: int) -> None:
        self.calendar = calendar
        self._first = first
        self._last = last

    def day(self, at: datetime) -> date:
        """The civil day of an instant."""
        return self.calendar.local(at).date()

    def on(self, day: date, hour: int) -> datetime:
        """That hour of that day (UTC)."""
        return self.calendar.instant(datetime.combine(day, time(hour)))

    def whole(self, at: datetime) -> datetime:
        """This instant where it is a whole hour, else the next one."""
        floor = at.replace(minute=0, second=0, microsecond=0)
        return floor if floor == at else floor + HOUR

    def open(self, at: datetime) -> bool:
        """Does anybody begin work in this hour?"""
        local = self.calendar.local(at)
        return self._first <= local.hour <= self._last and self.calendar.is_working_day(local.date())

    def office(self, at: datetime) -> datetime:
        """This hour where the office is open, else the first hour in which it is."""
        at = self.whole(at)
        local = self.calendar.local(at)
        if local.hour > self._last or not self.calendar.is_working_day(local.date()):
            return self.on(self.calendar.add_working_days(local.date(), 1), self._first)
        return at if local.hour >= self._first else self.on(local.date(), self._first)

    def in_days(self, at: datetime, days: int, hour: int) -> datetime:
        """An hour of the working day `days` working days on."""
        return self.on(self.calendar.add_working_days(self.day(at), days), hour)

    def waking(self, at: datetime) -> datetime:
        """This hour, or the next between eight in the morning and nine in the evening: when people answer texts."""
        at = self.whole(at)
        local = self.calendar.local(at)
        if 8 <= local.hour <= 20:
            return at
        return self.on(local.date() if local.hour < 8 else local.date() + timedelta(days=1), 8)
