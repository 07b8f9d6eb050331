"""What one sees while a season is played: a live line on a terminal, a line every ten days elsewhere, or nothing."""

import time
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from caseflow.simulate.world import World

EVERY = 1.5
"""Seconds between two looks at the figures, which cost a little."""
LINE_DAYS = 10


class Show:
    """The display of one demo."""

    def __init__(self, console: Console, *, days: int, quiet: bool) -> None:
        self._console = console
        self._days = days
        self._quiet = quiet
        self._live = console.is_terminal and not quiet
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=30), TextColumn("{task.fields[figures]}"),
            TimeElapsedColumn(), console=console, transient=True,
        )  # fmt: skip
        self._bar = self._progress.add_task("Getting ready", total=days, figures="")
        self._looked = 0.0
        self._said = -1

    def __enter__(self) -> Self:
        if self._live:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the screen to what comes next."""
        if self._live:
            self._progress.stop()
            self._live = False

    def say(self, words: str) -> None:
        """What is going on now."""
        if self._live:
            self._progress.update(self._bar, description=words)
        elif not self._quiet:
            self._console.print(words, highlight=False)

    def day(self, world: World, day: int, restarts: Callable[[], int]) -> None:
        """So many days are played."""
        if self._live:
            if time.monotonic() - self._looked > EVERY:
                self._looked = time.monotonic()
                self._progress.update(
                    self._bar, completed=day, description=_date(world.now), figures=_figures(world, restarts())
                )
        elif not self._quiet and day % LINE_DAYS == 0 and day != self._said:
            self._said = day
            self._console.print(f"day {day:3} of {self._days}: {_figures(world, restarts())}", highlight=False)


def _date(at: datetime) -> str:
    return f"{at:%a %d %b %Y}"


def _figures(world: World, restarts: int) -> str:
    readings = world.machinery.app.readings
    assert readings is not None
    figures = readings.figures(world.machinery.app.scheme)
    states = ", ".join(f"{count} {state}" for state, count in figures.journeys.items()) or "nobody yet"
    sent = sum(count for key, count in figures.notices.items() if key.endswith("/sent"))
    again = f"; {restarts} workers started again" if restarts else ""
    return f"{states}; {sent} messages{again}"
