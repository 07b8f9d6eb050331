"""Instants and days as people here read them on a command line and on paper, in English."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def local(instant: datetime | None, *, seconds: bool = False) -> str:
    """An instant as people here read it: Mon 17 Jan 2022 09:00."""
    if instant is None:
        return ""
    return instant.astimezone(LONDON).strftime("%a %d %b %Y %H:%M:%S" if seconds else "%a %d %b %Y %H:%M")


def day(of: date) -> str:
    """A day as people here read it: Mon 17 Jan 2022."""
    return of.strftime("%a %d %b %Y")
