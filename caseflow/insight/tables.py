"""The outcome of a trial as rows that may be shown: small numbers hidden, in every table and against subtraction. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from caseflow.insight.hidden import masked, small
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
UNMASKED = {"days_to_first_chase"}


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
    return [_whole(outcome), *chain.from_iterable(_part(outcome, by) for by in PARTS)]


def _whole(outcome: Outcome) -> Line:
    group: Group = ("all", "")
    cases = outcome.cases[group]
    sides = [side.get(group, Tally()) for side in (outcome.old, outcome.new)]
    shown: list[dict[str, float | None]] = []
    for tally in sides:
        kinds = [f"messages_{kind}" for kind in TO_PEOPLE]
        gone = {kinds[number] for number in masked([tally.counts[kind] for kind in kinds])}
        shown.append({
            measure: None if measure in gone or small(cases) else _value(tally, measure) for measure in MEASURES
        })  # fmt: skip
    return Line("all", "", None if small(cases) else cases, _cells(MEASURES, *shown))


def _part(outcome: Outcome, by: str) -> list[Line]:
    groups = sorted(group for group in outcome.cases if group[0] == by)
    rows = masked([outcome.cases[group] for group in groups])
    sides = [_side(side, groups, rows) for side in (outcome.old, outcome.new)]
    return [
        Line(
            by, group[1], None if number in rows else outcome.cases[group],
            _cells(GROUPED, *(side[number] for side in sides)),
        )
        for number, group in enumerate(groups)
    ]  # fmt: skip


def _side(side: Mapping[Group, Tally], groups: Sequence[Group], rows: set[int]) -> list[dict[str, float | None]]:
    tallies = [side[group] for group in groups]
    shown: list[dict[str, float | None]] = [{} for _ in groups]
    for measure in GROUPED:
        counted = "tasks" if measure == "staff_minutes" else measure
        values = [tally.counts[counted] for tally in tallies]
        gone = rows if measure in UNMASKED else masked(values, rows)
        for number, tally in enumerate(tallies):
            shown[number][measure] = None if number in gone else _value(tally, measure)
    return shown


def _value(tally: Tally, measure: str) -> float | None:
    if measure == "days_to_first_chase":
        return None if small(tally.days.total()) else tally.median_days
    counted = "tasks" if measure == "staff_minutes" else measure
    return None if small(tally.counts[counted]) else tally.counts[measure]


def _cells(
    measures: Sequence[str] | Mapping[str, str], old: Mapping[str, float | None], new: Mapping[str, float | None]
) -> tuple[Cell, ...]:
    return tuple(Cell(measure, old[measure], new[measure]) for measure in measures)


def named(counts: Counter[str]) -> list[Named]:
    """The most frequent first. No total of these is ever shown."""
    return [Named(name, None if small(count) else count) for name, count in counts.most_common()]


def refusals(counts: Counter[tuple[str, str]]) -> list[Named]:
    """What people did and why it would not have been taken, in plain words."""
    return named(Counter({f"{_spaced(command)}: {code.replace('_', ' ')}": n for (command, code), n in counts.items()}))


def _spaced(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
