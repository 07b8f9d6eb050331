"""The England-and-Wales calendar: the ``holidays`` package, corrected by our own table of overrides.

The package is offline and predicts; the table (``config/calendars/england-and-wales.yaml``) says how far its dates are
published fact, and mends a day proclaimed or moved since its release. Importing the package takes a third of a second,
so it happens at first use.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from caseflow.domain.calendar import Calendar
from caseflow.settings.paths import config_dir

# From well before any case we import to well past `known_until`: predictions are better than no bank holidays at all.
FIRST_YEAR = 2000
PREDICTED_YEARS = 15
SUBDIVISIONS = ("ENG", "WLS")


class CalendarFileError(ValueError):
    """The override table cannot be used; the message names the file, the path in it and what to do."""


def _on_a_weekday(day: date) -> date:
    """Refuse a weekend: it changes no working day, so it is a slip of the pen."""
    if day.weekday() >= 5:
        raise ValueError(f"{day} is a {day:%A}: give the weekday that is (or is not) the bank holiday")
    return day


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Override(_Strict):
    """One day on which the table and the package differ, and why."""

    date: Annotated[date, AfterValidator(_on_a_weekday)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class CalendarFile(_Strict):
    """The override table as it stands in YAML."""

    format: Literal[1]
    known_from: date
    known_until: date
    extra: tuple[Override, ...]
    removed: tuple[Override, ...]

    @model_validator(mode="after")
    def _says_one_thing_a_day(self) -> Self:
        days = [override.date for override in (*self.extra, *self.removed)]
        twice = sorted({day for day in days if days.count(day) > 1})
        if twice:
            raise ValueError(f"{twice[0]} stands twice among extra and removed: keep the line that is right")
        if self.known_until < self.known_from:
            raise ValueError(f"known_until {self.known_until} is before known_from {self.known_from}")
        return self


def read(path: Path) -> CalendarFile:
    """The override table in a file; ``CalendarFileError`` when it is missing, no YAML, or says something it may not."""
    try:
        return CalendarFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CalendarFileError(f"{path}: cannot be read: {error.strerror}; it is shipped in config/") from error
    except yaml.YAMLError as error:
        raise CalendarFileError(f"{path}: not YAML: {error}") from error
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise CalendarFileError(f"{path}: {where}") from error


@cache
def _from_package(last_year: int) -> frozenset[date]:
    """Every bank holiday the package has, weekends included (a Saturday Christmas Day, and its substitute Monday)."""
    import holidays  # noqa: PLC0415  (a third of a second: only when asked)

    years = range(FIRST_YEAR, last_year + 1)
    england, wales = (frozenset(holidays.country_holidays("GB", subdiv=s, years=years)) for s in SUBDIVISIONS)
    if england != wales:
        days = ", ".join(str(day) for day in sorted(england ^ wales))
        raise CalendarFileError(f"the holidays package tells England and Wales apart on {days}: pin another release")
    return england


def load(path: Path) -> Calendar:
    """The calendar of an override table: package, plus extra, less removed."""
    table = read(path)
    days = _from_package(table.known_until.year + PREDICTED_YEARS)
    extra, removed = ({override.date for override in overrides} for overrides in (table.extra, table.removed))
    return Calendar(
        holidays=(days | extra) - removed,
        known_from=table.known_from,
        known_until=table.known_until,
    )


@cache
def england_and_wales() -> Calendar:
    """The calendar every scheme reckons in, made once a process."""
    return load(config_dir() / "calendars" / "england-and-wales.yaml")
