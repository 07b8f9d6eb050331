"""Days and times in words, in English and Welsh, always as the clock on the wall in London reads them.

Instants come in as aware datetimes (any zone) and are shown in Europe/London. Dates are civil dates and
are shown as they are.
"""

from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date

LANGUAGES: Final = ("en", "cy")
LONDON: Final = ZoneInfo("Europe/London")
_LOCALES: Final = {"en": "en_GB", "cy": "cy"}


def civil_day(value: date | datetime) -> date:
    """The London day of an instant, or the date itself. A naive datetime is refused: nobody knows which day it is."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            msg = f"{value.isoformat()} has no time zone; give an aware datetime"
            raise ValueError(msg)
        return value.astimezone(LONDON).date()
    return value


def day(value: date | datetime, language: str) -> str:
    """A short day for texts: `Thu 14 Jan`, in Welsh `Iau 14 Ion`."""
    return _format(civil_day(value), "EEE d MMM", language)


def dated(value: date | datetime, language: str) -> str:
    """A short day with its year: `Thu 14 Jan 2027`, in Welsh `Iau 14 Ion 2027`."""
    return _format(civil_day(value), "EEE d MMM y", language)


def long_day(value: date | datetime, language: str, *, soft: bool = False) -> str:
    """A day in full: `Friday 29 January 2026`, in Welsh `dydd Gwener 29 Ionawr 2026`.

    Welsh softens *dydd* to *ddydd* when the day says when something happens and after *tan*: ask for it with `soft`.
    English has no such form, so `soft` changes nothing there.
    """
    words = _format(civil_day(value), "EEEE d MMMM y", language)
    if language != "cy":
        return words
    # Babel writes the day as a heading ("Dydd Gwener"); inside a sentence it is lower case.
    words = words[:1].lower() + words[1:]
    return f"d{words}" if soft and words.startswith("dydd") else words


def plain_day(value: date | datetime, language: str) -> str:
    """A day without its weekday, as of a birth: `27 March 1998`, in Welsh `27 Mawrth 1998`."""
    return _format(civil_day(value), "d MMMM y", language)


def clock(value: datetime, language: str) -> str:
    """A time of day: `2pm`, `2.30pm`; noon and midnight are named, because `12pm` is read both ways."""
    if value.tzinfo is None:
        msg = f"{value.isoformat()} has no time zone; give an aware datetime"
        raise ValueError(msg)
    local = value.astimezone(LONDON)
    if local.minute == 0 and local.hour in _NAMED_HOURS[language]:
        return _NAMED_HOURS[language][local.hour]
    hour = local.hour % 12 or 12
    minutes = f".{local.minute:02d}" if local.minute else ""
    return f"{hour}{minutes}{'am' if local.hour < 12 else 'pm'}"


def month(value: date | datetime, language: str) -> str:
    """A month in full: `January 2022`, in Welsh `Ionawr 2022` (the period of a monthly return)."""
    return _format(civil_day(value), "MMMM y", language)


_NAMED_HOURS: Final = {"en": {0: "12 midnight", 12: "12 noon"}, "cy": {0: "hanner nos", 12: "hanner dydd"}}


@lru_cache(maxsize=4096)
def _format(value: date, pattern: str, language: str) -> str:
    return format_date(value, pattern, locale=_LOCALES[language])
