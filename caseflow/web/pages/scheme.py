"""The scheme in numbers, for its manager: what became of people, how fast, and whether the machinery is well. Of nobody."""

from collections.abc import Iterable
from datetime import datetime

from caseflow.access.attempts import SHEETS
from caseflow.access.who import May
from caseflow.bootstrap import host_now
from caseflow.domain.calendar import Calendar
from caseflow.engine.readings import ReturnLine
from caseflow.engine.season import Season, Surveys
from caseflow.engine.traits import GROUPS
from caseflow.imports.sheets import sheet
from caseflow.insight import bars, figures, periods, surveys
from caseflow.messages.dates import LONDON
from caseflow.messages.phrases import period
from caseflow.telling.condition import signs
from caseflow.telling.policies import in_force
from caseflow.web.answers import Answer, Download, Page
from caseflow.web.drawn import drawn
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit
from caseflow.web.words import text

pages = Pages()


@pages.get("/scheme", may=May.FIGURES, shows="")
def scheme(visit: Visit) -> Answer:
    now, by = visit.now().astimezone(LONDON), _by(visit)
    calendar, months = _calendar(visit), periods.months_to(now.date())
    season, returns = _read(visit, months, now)
    shown = months[-periods.MONTHS :] if by == "month" else months
    found = figures.figures_of(season, returns, months, by, now, calendar.working_days_between)
    title = in_force(visit.policies(), now.date()).title
    lights = signs(visit.readings.health(), visit.app.store.paused(), host_now())
    return Page("figures.html", {
        "by": by, "ways": figures.BY, "figures": found, "now": now, "first": shown[0], "grouped": by in GROUPS,
        "median": figures.median_hours(season, shown),
        "panels": figures.waiting(season, now.date(), calendar.working_days_between),
        "late": _late(returns, now), "signs": lights, "well": all(one.well for one in lights),
        "title": title.get(visit.language, title["en"]), "title_language": visit.language if visit.language in title else "en",
        "named": lambda row: _named(row, by, visit.language), "period": lambda code: period(code, visit.language),
        **_drawing(),
    })  # fmt: skip


@pages.get("/scheme/survey", may=May.FIGURES, shows="")
def survey(visit: Visit) -> Answer:
    """What people answered at the end, in numbers; and in words where many wrote some."""
    months, by, found = _survey(visit)
    return Page("survey.html", {
        "by": by, "ways": surveys.BY, "first": months[-periods.MONTHS] if by == "month" else months[0],
        "figures": surveys.figures_of(found, months, by), "words": surveys.words_of(found, months), "grouped": False,
        "named": lambda row: _named(row, by, visit.language), "period": lambda code: period(code, visit.language),
        **_drawing(),
    })  # fmt: skip


@pages.get("/scheme/survey.csv", may=May.FIGURES, shows="")
def survey_table(visit: Visit) -> Answer:
    """The same numbers as a sheet; words stay on the page."""
    months, by, found = _survey(visit)
    if visit.attempts.spent(SHEETS, visit.account.id):
        return Page("too_many.html", status=429)
    rows = [row for one in surveys.figures_of(found, months, by) for row in _rows(one, by, visit.language)]
    return Download(sheet(rows), "text/csv; charset=utf-8", f"survey-by-{by}.csv")


def _survey(visit: Visit) -> tuple[tuple[str, ...], str, Surveys]:
    now, asked = visit.now().astimezone(LONDON), visit.query.get("by", "")
    months = periods.months_to(now.date())
    found = visit.readings.surveys(visit.scheme, _since(months), now)
    return months, asked if asked in surveys.BY else surveys.BY[0], found


def _drawing() -> dict[str, object]:
    return {"bar": lambda *given: drawn(bars.bar(*given)), "sample": lambda *given: drawn(bars.sample(*given))}


def _named(row: figures.Row, by: str, language: str) -> str:
    """A period, a group of people, or all together."""
    if not row.period:
        return text(language, "figures.whole", {})
    return text(language, f"figures.{by}_{row.period}", {}) if by in GROUPS else period(row.period, language)


@pages.get("/scheme/figures.csv", may=May.FIGURES, shows="")
def table(visit: Visit) -> Answer:
    """What the page shows, and no more: one figure, or all of them."""
    now, by, wanted = visit.now().astimezone(LONDON), _by(visit), visit.query.get("figure", "")
    months = periods.months_to(now.date())
    season, returns = _read(visit, months, now)
    found = figures.figures_of(season, returns, months, by, now, _calendar(visit).working_days_between)
    chosen = [one for one in found if wanted in {"", one.spec.name}]
    if not chosen:
        visit.nothing_here()
    if visit.attempts.spent(SHEETS, visit.account.id):
        return Page("too_many.html", status=429)
    rows = [row for one in chosen for row in _rows(one, by, visit.language)]
    return Download(sheet(rows), "text/csv; charset=utf-8", f"{wanted or 'figures'}-by-{by}.csv")


def _by(visit: Visit) -> str:
    asked = visit.query.get("by", "")
    return asked if asked in figures.BY else figures.BY[0]


def _calendar(visit: Visit) -> Calendar:
    return in_force(visit.policies(), visit.now().astimezone(LONDON).date()).calendar


def _read(visit: Visit, months: tuple[str, ...], now: datetime) -> tuple[Season, list[ReturnLine]]:
    """What there is to count from, in a handful of statements."""
    return visit.readings.season(visit.scheme, _since(months), now), visit.readings.returns(visit.scheme)


def _since(months: tuple[str, ...]) -> datetime:
    return datetime.combine(periods.first_day(months[0]), datetime.min.time(), LONDON)


def _late(returns: Iterable[ReturnLine], now: datetime) -> list[ReturnLine]:
    """Returns that have not come and are late, by period and provider: an organisation to ring, in the order of names."""
    return [one for one in returns if one.status != "not_needed" and figures.return_column(one, now) == "missing"]


def _rows(figure: figures.Figure, by: str, language: str) -> Iterable[list[object]]:
    """A figure as lines of a sheet: its title and definition, its heading, a line a period or group, the sum."""
    spec = figure.spec

    def said(key: str) -> str:
        return text(language, f"figures.{key}", {})

    yield [said(f"title_{spec.name}")]
    yield [said(f"about_{spec.name}")]
    heading = [said("group" if by in GROUPS else "period"), *(said(f"{spec.name}_{one}") for one in spec.columns)]
    rated = [said(f"rate_{spec.name}"), said("of"), said("from"), said("to")] if spec.good else []
    yield [*heading, *([said("sum")] if spec.summed else []), *rated]
    for row in figure.lines:
        cells = [*row.cells, *([row.total] if spec.summed else [])]
        numbers = [said("hidden") if one is None else one for one in cells]
        rate = [row.rate, row.n, *(row.between or ("", ""))] if spec.good else []
        yield [_named(row, by, language), *numbers, *("" if one is None else one for one in rate)]
    yield []
