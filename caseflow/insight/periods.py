"""Months and quarters, as figures are read by. Pure.

A month is "2022-01", a quarter "2022-Q1" (of the calendar year). Figures go back to the beginning of the quarter seven before
this one; a view by month shows the last twelve of these months.
"""

from collections.abc import Iterator
from datetime import date

QUARTERS = 8
MONTHS = 12


def months_to(today: date) -> tuple[str, ...]:
    """The months of the last eight quarters up to this month, oldest first."""
    this = today.year * 12 + today.month - 1
    first = this - this % 3 - 3 * (QUARTERS - 1)
    return tuple(f"{number // 12}-{number % 12 + 1:02d}" for number in range(first, this + 1))


def quarter_of(month: str) -> str:
    year, number = month.split("-")
    return f"{year}-Q{(int(number) + 2) // 3}"


def months_of(period: str) -> Iterator[str]:
    """The months of a quarter, or the month itself."""
    year, _, quarter = period.partition("-Q")
    if not quarter:
        yield period
        return
    yield from (f"{year}-{number:02d}" for number in range(int(quarter) * 3 - 2, int(quarter) * 3 + 1))


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"
