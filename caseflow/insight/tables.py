"""The outcome of a trial as rows that may be shown: small numbers hidden, in every table and against subtraction. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caseflow.insight.hidden import given_away, masked, small
from caseflow.insight.tally import GROUPED, MEASURES, TO_PEOPLE, Tally
from caseflow.insight.whatif import Group, Outcome

NOTES = (
    "People might have answered differently: a replay knows what they did under the rules of then.",
    "Nobody knows what they would have done had they been written to earlier, later, or not at all.",
    "A message that is new is taken to arrive where that person's last one did; never to be answered.",
    "Staff minutes count every task that opened as done once, with the minutes of config/staff-minutes.yaml.",
    "What people did in answer to something the new rules never ask is refused there, and counted by name.",
    "Provider returns and officers' digests are not lived again; lines for digests are counted.",
    "Numbers from 1 to 4 are hidden, and further ones where subtraction would give them away.",
)

PARTS = ("disposal", "ethnicity", "sex", "age")
WAYS: dict[str, str] = {
    "all": "all cases", "disposal": "by disposal", "ethnicity": "by self-defined ethnicity", "sex": "by sex",
    "age": "by age when referred",
}  # fmt: skip
DAYS = "days_to_first_chase"


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure under both policies; None is hidden, or there is nothing to measure."""

    measure: str
    old: float | None
    new: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A group's cells. `cases` None is hidden."""

    by: str
    name: str
    cases: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """How often something named came up; None is hidden."""

    name: str
    count: int | None


def lines_of(outcome: Outcome) -> list[Line]:
    """All cases, then a line for each group, by group."""
    groups = {by: sorted(group for group in outcome.cases if group[0] == by) for by in PARTS}
    rows = {by: masked([outcome.cases[group] for group in mine]) for by, mine in groups.items()}
    shown = [_Side(side, groups, rows) for side in (outcome.old, outcome.new)]
    bare = any(given_away([outcome.cases[group] for group in groups[by]], rows[by]) for by in PARTS)
    count = outcome.cases["all", ""]
    cases = None if small(count) or bare else count
    whole = Line("all", "", cases, _cells(MEASURES, *({} if cases is None else side.whole() for side in shown)))
    parts = (
        Line(
            by,
            group[1],
            None if number in rows[by] else outcome.cases[group],
            _cells(GROUPED, *(side.line(by, number) for side in shown)),
        )
        for by in PARTS
        for number, group in enumerate(groups[by])
    )
    return [whole, *parts]


def lived_again(outcome: Outcome) -> int | None:
    """How many cases the trial concerned; None is hidden, as are all but a few of all cases."""
    many, every = outcome.lived_again, outcome.cases["all", ""]
    return None if small(many) or small(every - many) or small(every) else many


class _Side:
    """The figures of one policy that may be shown, over the groups of every part."""

    def __init__(
        self, side: Mapping[Group, Tally], groups: Mapping[str, Sequence[Group]], rows: Mapping[str, set[int]]
    ) -> None:
        self._all = side.get(("all", ""), Tally())
        self._tallies = {by: [side[group] for group in mine] for by, mine in groups.items()}
        self._gone: dict[tuple[str, str], set[int]] = {}
        self._lost: set[str] = set()  # measures whose total would tell what is hidden
        for by, tallies in self._tallies.items():
            for measure in GROUPED:
                if measure == DAYS:  # a median: nothing adds up
                    self._gone[by, measure] = rows[by]
                    continue
                values = [tally.counts[_counted(measure)] for tally in tallies]
                gone = self._gone[by, measure] = masked(values, rows[by])
                if given_away(values, gone):
                    self._lost.add(measure)

    def whole(self) -> dict[str, float | None]:
        """Every measure over all cases."""
        kinds = [f"messages_{kind}" for kind in TO_PEOPLE]
        gone = {kinds[number] for number in masked([self._all.counts[kind] for kind in kinds])} | self._lost
        if "messages" in self._lost:
            gone |= set(kinds)
        return {measure: None if measure in gone else _value(self._all, measure) for measure in MEASURES}

    def line(self, by: str, number: int) -> dict[str, float | None]:
        """The measures of one group."""
        return {
            measure: None
            if number in self._gone[by, measure] or measure in self._lost
            else _value(self._tallies[by][number], measure)
            for measure in GROUPED
        }


def _counted(measure: str) -> str:
    """What says whether a measure is small: minutes are of so many tasks."""
    return "tasks" if measure == "staff_minutes" else measure


def _value(tally: Tally, measure: str) -> float | None:
    if measure == DAYS:
        return None if small(tally.days.total()) else tally.median_days
    return None if small(tally.counts[_counted(measure)]) else tally.counts[measure]


def _cells(
    measures: Sequence[str] | Mapping[str, str], old: Mapping[str, float | None], new: Mapping[str, float | None]
) -> tuple[Cell, ...]:
    return tuple(Cell(measure, old.get(measure), new.get(measure)) for measure in measures)


def named(counts: Counter[str]) -> list[Named]:
    """The most frequent first. No total of these is ever shown."""
    return [Named(name, None if small(count) else count) for name, count in counts.most_common()]


def refusals(counts: Counter[tuple[str, str]]) -> list[Named]:
    """What people did and why it would not have been taken, in plain words."""
    return named(Counter({f"{_spaced(command)}: {code.replace('_', ' ')}": n for (command, code), n in counts.items()}))


def _spaced(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
