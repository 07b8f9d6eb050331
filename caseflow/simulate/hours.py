"""Hours of Europe/London, as people make appointments: everybody in the simulation acts on the hour.

Desks are looked at three times a day, sessions begin at such times, and texts are answered then: so that much happens
together and the engine may rest between.
"""

from datetime import date, datetime, time, timedelta

from caseflow.domain.calendar import Calendar

HOUR = timedelta(hours=1)
AWAKE = (9, 13, 17)
"""When people read and answer, any day of the week."""
STARTS = (13, 17)
"""When meetings and sessions begin."""


class Hours:
    """`desks` are the hours in which work is begun, on working days."""

    def __init__(self, calendar: Calendar, desks: tuple[int, ...]) -> None:
        self.calendar = calendar
        self._desks = desks

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
        return local.hour in self._desks and self.calendar.is_working_day(local.date())

    def office(self, at: datetime) -> datetime:
        """This hour where work is begun in it, else the first in which it is."""
        local = self.calendar.local(self.whole(at))
        if self.calendar.is_working_day(local.date()):
            for hour in self._desks:
                if local.hour <= hour:
                    return self.on(local.date(), hour)
        return self.on(self.calendar.add_working_days(local.date(), 1), self._desks[0])

    def in_days(self, at: datetime, days: int, hour: int) -> datetime:
        """An hour of the working day `days` working days on."""
        return self.on(self.calendar.add_working_days(self.day(at), days), hour)

    def waking(self, at: datetime) -> datetime:
        """This hour, or the next in which people read and answer."""
        local = self.calendar.local(self.whole(at))
        for hour in AWAKE:
            if local.hour <= hour:
                return self.on(local.date(), hour)
        return self.on(local.date() + timedelta(days=1), AWAKE[0])
