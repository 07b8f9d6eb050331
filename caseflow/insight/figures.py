"""A scheme's figures by month, quarter or group of people, as they may be shown: each with its sum, its rate and of how many. Pure.

What is counted of people is hidden where it is small, and what would give that away: along each row, down each column,
between months and their quarter, and between all quarters and the groups, so that several views tell no more than one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt

from caseflow.domain.words import OPEN_STATES, State
from caseflow.engine.readings import ReturnLine
from caseflow.engine.season import REMOVED, Season
from caseflow.engine.traits import GROUPS, NOT_KNOWN, Who
from caseflow.insight.hidden import small, veiled
from caseflow.insight.periods import MONTHS, month_of, months_of, quarter_of

ALL = ""
"""The column of a row's sum."""
JOINED = "+"
"""What a rate says the share of, as one: shown, and the rate with it, where one of its columns is small."""
BY = ("quarter", "month", *GROUPS)
"""What the rows of a table may be."""
SIGN_WITHIN, PANEL_WITHIN = 10, 8
"""Working days in which a chase may be answered, and an alleged breach is to be decided."""
WorkingDays = Callable[[date, date], int]
Counts = Mapping[tuple[str, str], int]
"""By (month or group, column)."""
Counted = tuple[str, str, Who, int]
"""A month, a column, whose, how many."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One figure: its columns, and of which of them (`good`) the rate says the share in which (`base`).

    `summed`: a row's columns add up to its sum. `people`: it counts people's lives, so small numbers are hidden.
    """

    name: str
    columns: tuple[str, ...]
    good: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    summed: bool = True
    people: bool = True

    @property
    def joins(self) -> bool:
        """Are several columns the share that the rate tells?"""
        return self.summed and len(self.good) > 1

    def only(self, cells: Sequence[int | None], place: int) -> list[int | None]:
        """The cells without all others: for a bar of one column alone."""
        return [value if number == place else None for number, value in enumerate(cells)]


SPECS = (
    Spec("ends", ("completed", "breached", "withdrawn", "ended", "declined", "open")),
    Spec("completion", ("done", "not_done"), ("done",), ("done", "not_done")),
    Spec(
        "meetings", ("day", "target", "later", "not_held", "to_come"), ("day", "target"),
        ("day", "target", "later", "not_held"),
    ),
    Spec("chases", ("worked", "unanswered", "waiting"), ("worked",), ("worked", "unanswered")),
    Spec("strikes", ("missed", "excused", "confirmed", "taken_back"), summed=False),
    Spec("breaches", ("breached", "carried_on", "otherwise", "lapsed", "waiting")),
    Spec("panels", ("within", "late"), ("within",), ("within", "late")),
    Spec(
        "returns", ("in_time", "late", "missing", "to_come"), ("in_time",), ("in_time", "late", "missing"), people=False,
    ),
)  # fmt: skip
"""Every figure, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Row:
    """One period or group, or ("") all that are shown. A cell or sum of None is hidden.

    A rate (in per cent, of `n`) may not be known. `between`: the range in which chance alone may move it (95 %).
    `joined`: where the columns that the rate tells the share of are hidden, but not all of them together: how many.
    """

    period: str
    cells: tuple[int | None, ...]
    total: int | None
    rate: float | None
    n: int | None
    between: tuple[float, float] | None = None
    joined: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    spec: Spec
    rows: tuple[Row, ...]
    whole: Row

    @property
    def lines(self) -> tuple[Row, ...]:
        """The periods, then all together: as in a table."""
        return (*self.rows, self.whole)

    @property
    def nothing(self) -> bool:
        """Nothing of it has ever happened."""
        return self.whole.total == 0 and not any(value is None or value for value in self.whole.cells)

    @property
    def longest(self) -> int:
        """What the longest bar stands for: the largest sum that is shown, or cell where nothing is summed."""
        shown = [one.total for one in self.rows] if self.spec.summed else [n for one in self.rows for n in one.cells]
        return max((value for value in shown if value is not None), default=0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Alleged breaches that nobody has decided yet; None is a number from 1 to 4. `late` of them wait too long."""

    n: int | None
    late: int | None


def figures_of(
    season: Season, returns: Iterable[ReturnLine], months: Sequence[str], by: str, now: datetime, working: WorkingDays
) -> list[Figure]:
    """Every figure over these months (the oldest first), by one of BY. `now` is in London's time. Papers have no groups."""
    today = now.date()
    counted: Mapping[str, Iterable[Counted]] = {
        "ends": _ends(season),
        "completion": _completion(season),
        "meetings": _meetings(season),
        "chases": _chases(season, today, working),
        "strikes": _strikes(season),
        "breaches": _breaches(season),
        "panels": _panels(season, today, working),
        "returns": _returns(returns, now),
    }
    return [
        figure_of(one, summed(counted[one.name], months), months, by) for one in SPECS if one.people or by not in GROUPS
    ]


def summed(counted: Iterable[Counted], months: Sequence[str]) -> Counts:
    """By month, and by each group that people belong to; what was heard of late, of a month before these, is left out."""
    within = frozenset(months)
    found: Counter[tuple[str, str]] = Counter()
    for month, column, who, n in counted:
        if month not in within:
            continue
        found[month, column] += n
        for trait, code in zip(GROUPS, who, strict=True):
            found[f"{trait}:{code}", column] += n
    return found


def figure_of(spec: Spec, counts: Counts, months: Sequence[str], by: str) -> Figure:
    """One figure from its counts by (month, column), and by (group, column) where there are groups."""
    joined = (JOINED,) if spec.joins else ()
    columns = (*joined, *spec.columns, ALL) if spec.summed else spec.columns
    quarters = tuple(dict.fromkeys(quarter_of(month) for month in months))
    views = {"month": tuple(months[-MONTHS:]), "quarter": quarters}
    values: dict[tuple[str, str], int] = {}

    def add(period: str, parts: Sequence[str]) -> None:
        for column in spec.columns:
            values[period, column] = sum(values[part, column] for part in parts)
        together(period)

    def together(row: str) -> None:
        """The sums along a row."""
        if spec.joins:
            values[row, JOINED] = sum(values[row, column] for column in spec.good)
        if spec.summed:
            values[row, ALL] = sum(values[row, column] for column in spec.columns)

    for month in months:
        values |= {(month, column): counts.get((month, column), 0) for column in spec.columns}
        together(month)
    parts_of = {quarter: [one for one in months_of(quarter) if one in months] for quarter in quarters}
    parts_of |= {f"{name}s": list(periods) for name, periods in views.items()}
    for period, parts in parts_of.items():
        add(period, parts)
    groups = {trait: [f"{trait}:{code}" for code in codes] for trait, codes in GROUPS.items()}
    grouped = any(name in groups[trait] for trait in groups for name, _ in counts)
    every = [*(one for codes in groups.values() for one in codes)] if grouped or by in GROUPS else []
    for group in every:
        values |= {(group, column): counts.get((group, column), 0) for column in spec.columns}
        together(group)
    sums = [
        ((period, column), [(part, column) for part in parts])
        for period, parts in parts_of.items()
        for column in columns
    ]
    if every:
        sums += [
            (("quarters", column), [(one, column) for one in codes]) for codes in groups.values() for column in columns
        ]
    rows = (*months, *parts_of, *every)
    if spec.joins:  # first, so that a small one hides behind the one it is joined with
        rest = [column for column in spec.columns if column not in spec.good]
        of_rate = [((row, JOINED), [(row, column) for column in spec.good]) for row in rows]
        sums = [*of_rate, *(((row, ALL), [(row, column) for column in (JOINED, *rest)]) for row in rows), *sums]
    if spec.summed:
        sums += [((period, ALL), [(period, column) for column in spec.columns]) for period in rows]
    hidden = veiled(values, sums) if spec.people else set()

    def row(period: str, name: str) -> Row:
        cells = tuple(None if (period, one) in hidden else values[period, one] for one in spec.columns)
        total = None if (period, ALL) in hidden else values.get((period, ALL), 0)
        as_one = values[period, JOINED] if spec.joins and (period, JOINED) not in hidden else None
        rate = _rate(spec, dict(zip(spec.columns, cells, strict=True)), as_one)
        shown = any(cell is not None for one, cell in zip(spec.columns, cells, strict=True) if one in spec.good)
        return Row(name, cells, total, *rate, joined=None if shown else as_one)

    if by in GROUPS:  # every one of them, for a row that is left out would be known to be nothing
        return Figure(spec, tuple(row(f"{by}:{code}", code) for code in GROUPS[by]), row("quarters", ALL))
    shown = _begun(views[by], values, spec.columns)
    return Figure(spec, tuple(row(period, period) for period in shown), row(f"{by}s", ALL))


def _begun(periods: Sequence[str], values: Counts, columns: Sequence[str]) -> Sequence[str]:
    """Without the periods before the first in which there is anything."""
    first = next((place for place, period in enumerate(periods) if any(values[period, one] for one in columns)), 0)
    return periods[first:]


def _rate(
    spec: Spec, cells: Mapping[str, int | None], joined: int | None
) -> tuple[float | None, int | None, tuple[float, float] | None]:
    """`joined`: the columns of which it is the share, as one, where that may be told."""
    good = [joined] if joined is not None else [cells[one] for one in spec.good]
    base = [*good, *(cells[one] for one in spec.base if one not in spec.good)]
    if not spec.good or None in base:
        return None, None, None
    of, part = sum(one or 0 for one in base), sum(one or 0 for one in good)
    if not of or (spec.people and (small(of) or small(part) or small(of - part))):
        return None, None, None
    return round(100 * part / of, 1), of, wilson(part, of)


def wilson(part: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, in per cent, by Wilson's score: it holds for few and for shares near 0 and 100, too."""
    z, share = 1.96, part / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return round(100 * max(0.0, middle - half), 1), round(100 * min(1.0, middle + half), 1)


# ── what falls into which column ────────────────────────────────────────────────────────────────
def _ends(season: Season) -> Iterator[Counted]:
    for one in season.journeys:
        yield one.month, "open" if State(one.state) in OPEN_STATES else one.state, one.who, one.n


def _completion(season: Season) -> Iterator[Counted]:
    for one in season.journeys:
        if one.ripe:
            yield one.month, "done" if one.by_then and one.state == State.COMPLETED else "not_done", one.who, one.n


def _meetings(season: Season) -> Iterator[Counted]:
    for one in season.meetings:
        if one.hours is None:
            column = "not_held" if one.over else "to_come"
        else:
            column = "day" if one.hours <= 24 else "target" if one.hours <= 72 else "later"
        yield one.month, column, one.who, one.n


def _chases(season: Season, today: date, working: WorkingDays) -> Iterator[Counted]:
    for one in season.chases:
        if one.answered is not None and working(one.reached, one.answered) <= SIGN_WITHIN:
            column = "worked"
        else:
            column = "waiting" if working(one.reached, today) <= SIGN_WITHIN else "unanswered"
        yield month_of(one.reached), column, one.who, one.n


def _strikes(season: Season) -> Iterator[Counted]:
    names = {
        "session_missed": "missed",
        "session_excused": "excused",
        "strike_confirmed": "confirmed",
        "strike_waived": "taken_back",
        REMOVED: "taken_back",
    }
    for one in season.facts:
        yield one.month, names[one.kind], one.who, one.n


def _breaches(season: Season) -> Iterator[Counted]:
    names = {"breached": "breached", "carried_on": "carried_on", "breach_lapsed": "lapsed", "": "waiting"}
    for one in season.breaches:
        yield month_of(one.opened), names.get(one.outcome, "otherwise"), one.who, one.n


def _panels(season: Season, today: date, working: WorkingDays) -> Iterator[Counted]:
    for one in season.breaches:
        late = working(one.opened, one.closed or today) > PANEL_WITHIN
        if late or one.closed is not None:
            yield month_of(one.opened), "late" if late else "within", one.who, one.n


def _returns(lines: Iterable[ReturnLine], now: datetime) -> Iterator[Counted]:
    for one in lines:
        if one.status != "not_needed":
            yield one.period[:7], return_column(one, now), NOT_KNOWN, 1


def return_column(line: ReturnLine, now: datetime) -> str:
    """How one return stands."""
    if line.received_at is not None:
        return "late" if line.late else "in_time"
    return "missing" if line.due is not None and line.due < now else "to_come"


# ── beside the tables ───────────────────────────────────────────────────────────────────────────
def median_hours(season: Season, months: Iterable[str]) -> tuple[int | None, int]:
    """The median of hours from acceptance to the first meeting, of those held, and of how many; None of too few."""
    wanted = set(months)
    hours: Counter[int] = Counter()
    for one in season.meetings:
        if one.month in wanted and one.hours is not None:
            hours[one.hours] += one.n
    if small(hours.total()) or not hours:
        return None, 0
    half, seen = hours.total() / 2, 0
    for value in sorted(hours):
        seen += hours[value]
        if seen >= half:
            return value, hours.total()
    raise AssertionError("unreachable: the counts add up to the total")


def waiting(season: Season, today: date, working: WorkingDays) -> Waiting:
    """Alleged breaches that wait now."""
    there = [one for one in season.breaches if one.closed is None]
    n = sum(one.n for one in there)
    late = sum(one.n for one in there if working(one.opened, today) > PANEL_WITHIN)
    hide = small(n) or small(late) or small(n - late)
    return Waiting(None if small(n) else n, None if hide else late)
