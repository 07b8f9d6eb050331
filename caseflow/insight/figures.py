"""A scheme's figures by month or quarter, as they may be shown: each with its sum, its rate and what that is a share of. Pure.

What is counted of people is hidden where it is small, and what would give that away: along each row, down each column,
and between months and their quarter, so that two views of the same time tell no more than one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from caseflow.domain.words import OPEN_STATES, State
from caseflow.engine.readings import ReturnLine
from caseflow.engine.season import REMOVED, Season
from caseflow.insight.hidden import small, veiled
from caseflow.insight.periods import MONTHS, month_of, months_of, quarter_of

ALL = ""
"""The column of a row's sum."""
BY = ("quarter", "month")
SIGN_WITHIN, PANEL_WITHIN = 10, 8
"""Working days in which a chase may be answered, and an alleged breach is to be decided."""
WorkingDays = Callable[[date, date], int]
Counts = Mapping[tuple[str, str], int]


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
    """One period, or ("") all that are shown. A cell or sum of None is hidden; a rate (in per cent, of `n`) may not be known."""

    period: str
    cells: tuple[int | None, ...]
    total: int | None
    rate: float | None
    n: int | None


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
    """Every figure over these months (the oldest first), by "month" or "quarter". `now` is in London's time."""
    today = now.date()
    counted: Mapping[str, Counter[tuple[str, str]]] = {
        "ends": _ends(season),
        "completion": _completion(season),
        "meetings": _meetings(season),
        "chases": _chases(season, today, working),
        "strikes": _strikes(season),
        "breaches": _breaches(season),
        "panels": _panels(season, today, working),
        "returns": _returns(returns, now),
    }
    return [figure_of(spec, counted[spec.name], months, by) for spec in SPECS]


def figure_of(spec: Spec, counts: Counts, months: Sequence[str], by: str) -> Figure:
    """One figure from its counts by (month, column)."""
    columns = (*spec.columns, ALL) if spec.summed else spec.columns
    quarters = tuple(dict.fromkeys(quarter_of(month) for month in months))
    views = {"month": tuple(months[-MONTHS:]), "quarter": quarters}
    values: dict[tuple[str, str], int] = {}

    def add(period: str, parts: Sequence[str]) -> None:
        for column in spec.columns:
            values[period, column] = sum(values[part, column] for part in parts)
        if spec.summed:
            values[period, ALL] = sum(values[period, column] for column in spec.columns)

    for month in months:
        values |= {(month, column): counts.get((month, column), 0) for column in spec.columns}
        if spec.summed:
            values[month, ALL] = sum(values[month, column] for column in spec.columns)
    parts_of = {quarter: [one for one in months_of(quarter) if one in months] for quarter in quarters}
    parts_of |= {f"{name}s": list(periods) for name, periods in views.items()}
    for period, parts in parts_of.items():
        add(period, parts)
    sums = [
        ((period, column), [(part, column) for part in parts])
        for period, parts in parts_of.items()
        for column in columns
    ]
    if spec.summed:
        sums += [((period, ALL), [(period, column) for column in spec.columns]) for period in (*months, *parts_of)]
    hidden = veiled(values, sums) if spec.people else set()

    def row(period: str, name: str) -> Row:
        cells = tuple(None if (period, one) in hidden else values[period, one] for one in spec.columns)
        total = None if (period, ALL) in hidden else values.get((period, ALL), 0)
        return Row(name, cells, total, *_rate(spec, dict(zip(spec.columns, cells, strict=True))))

    shown = _begun(views[by], values, spec.columns)
    return Figure(spec, tuple(row(period, period) for period in shown), row(f"{by}s", ALL))


def _begun(periods: Sequence[str], values: Counts, columns: Sequence[str]) -> Sequence[str]:
    """Without the periods before the first in which there is anything."""
    first = next((place for place, period in enumerate(periods) if any(values[period, one] for one in columns)), 0)
    return periods[first:]


def _rate(spec: Spec, cells: Mapping[str, int | None]) -> tuple[float | None, int | None]:
    good, base = [cells[one] for one in spec.good], [cells[one] for one in spec.base]
    if not base or None in base:
        return None, None
    of, part = sum(one or 0 for one in base), sum(one or 0 for one in good)
    if not of or (spec.people and (small(of) or small(part) or small(of - part))):
        return None, None
    return round(100 * part / of, 1), of


# ── what falls into which column ────────────────────────────────────────────────────────────────
def _ends(season: Season) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in season.journeys:
        found[one.month, "open" if State(one.state) in OPEN_STATES else one.state] += one.n
    return found


def _completion(season: Season) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in season.journeys:
        if one.ripe:
            found[one.month, "done" if one.by_then and one.state == State.COMPLETED else "not_done"] += one.n
    return found


def _meetings(season: Season) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in season.meetings:
        if one.hours is None:
            column = "not_held" if one.over else "to_come"
        else:
            column = "day" if one.hours <= 24 else "target" if one.hours <= 72 else "later"
        found[one.month, column] += one.n
    return found


def _chases(season: Season, today: date, working: WorkingDays) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in season.chases:
        if one.answered is not None and working(one.reached, one.answered) <= SIGN_WITHIN:
            column = "worked"
        else:
            column = "waiting" if working(one.reached, today) <= SIGN_WITHIN else "unanswered"
        found[month_of(one.reached), column] += one.n
    return found


def _strikes(season: Season) -> Counter[tuple[str, str]]:
    names = {
        "session_missed": "missed",
        "session_excused": "excused",
        "strike_confirmed": "confirmed",
        "strike_waived": "taken_back",
        REMOVED: "taken_back",
    }
    found: Counter[tuple[str, str]] = Counter()
    for one in season.facts:
        found[one.month, names[one.kind]] += one.n
    return found


def _breaches(season: Season) -> Counter[tuple[str, str]]:
    names = {"breached": "breached", "carried_on": "carried_on", "breach_lapsed": "lapsed", "": "waiting"}
    found: Counter[tuple[str, str]] = Counter()
    for one in season.breaches:
        found[month_of(one.opened), names.get(one.outcome, "otherwise")] += one.n
    return found


def _panels(season: Season, today: date, working: WorkingDays) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in season.breaches:
        late = working(one.opened, one.closed or today) > PANEL_WITHIN
        if late or one.closed is not None:
            found[month_of(one.opened), "late" if late else "within"] += one.n
    return found


def _returns(lines: Iterable[ReturnLine], now: datetime) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in lines:
        if one.status != "not_needed":
            found[one.period[:7], return_column(one, now)] += 1
    return found


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
