"""What has to be done about providers' returns: tasks of people of the scheme, and returns that are waited for. Of nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from caseflow.access import who
from caseflow.access.who import May
from caseflow.domain import commands as c
from caseflow.domain.case import ProviderReturn
from caseflow.domain.provider_return import WHICH
from caseflow.engine.readings import ReturnLine, TaskLine
from caseflow.messages.phrases import period
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import do_as, done_before, kept_text, new_id
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

MOST = 200
"""Tasks on the page: a scheme has some dozens of providers."""
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """A task: of which provider's return it is, whose it is, and whether its time has passed."""

    task: TaskLine
    provider: str
    period: str
    person: str
    late: bool


@pages.get("/providers", may=May.PROVIDERS, shows="")
def everything(visit: Visit) -> Answer:
    now = visit.now()
    lines = _lines(visit, now)
    waited = visit.readings.returns(visit.scheme, status="asked")
    return Page("providers.html", {
        "lines": sorted(lines, key=_order), "more": len(lines) == MOST, "waited": waited, "now": now,
        "late": sum(_late(one, now) for one in waited), "is_late": lambda one: _late(one, now),
        "period": lambda code: period(code, visit.language), "done": visit.query.get("done", "") == "yes",
    })  # fmt: skip


@pages.get("/providers/tasks/{number}", may=May.PROVIDERS, shows="")
def form(visit: Visit, number: str) -> Answer:
    """One of them, to be finished with a word on what came of it."""
    line = _line(visit, number)
    return _form(visit, line) if line else Go("/providers")


@pages.post("/providers/tasks/{number}", may=May.PROVIDERS)
def finish(visit: Visit, number: str) -> Answer:
    """It is done. Done already, or not needed any more: then there is nothing to do."""
    if done_before(visit):
        return Go("/providers?done=yes")
    line = _line(visit, number)
    if line is None:
        return Go("/providers")
    by = who.officer_of_scheme(visit.part, visit.account.person)
    if by is None:
        visit.nothing_here()
    words = visit.form.get("words", "").strip()
    if not words or len(words) > LONGEST:
        return _form(visit, line, "long" if words else "empty", status=422)
    answer = do_as(visit, line.task.stream, c.FinishTask(line.task.key, kept_text(visit, None, words)), by)
    if answer.refused:
        return _form(visit, line, refused=answer.words, status=409)
    return Go("/providers?done=yes")


def _form(visit: Visit, line: Line, wrong: str = "", refused: str = "", status: int = 200) -> Page:
    return Page("provider_task.html", {
        "line": line, "given": visit.form.get("words", ""), "wrong": wrong, "refused": refused, "command_id": new_id(visit),
        "period": lambda code: period(code, visit.language),
    }, status)  # fmt: skip


def _lines(visit: Visit, now: datetime) -> list[Line]:
    """Every open one that is for this visitor: who sees no case is asked nothing about one person on a return."""
    tasks = visit.readings.tasks_of_returns(visit.scheme, limit=MOST)
    if not visit.can(May.WORK_CASE):
        tasks = [one for one in tasks if not one.key.startswith(WHICH)]
    streams = visit.readings.snapshots(visit.scheme, {one.stream for one in tasks}) if tasks else {}
    returns = {key: one for key, one in streams.items() if isinstance(one, ProviderReturn)}
    people = {one.provider for one in returns.values()} | {one.person for one in tasks if one.person}
    names = visit.readings.names(visit.scheme, people) if people else {}
    return [_of(one, returns.get(one.stream), names, now) for one in tasks]


def _of(task: TaskLine, found: ProviderReturn | None, names: Mapping[str, str], now: datetime) -> Line:
    late = task.due is not None and task.due < now
    provider = names.get(found.provider, "") if found else ""
    return Line(task, provider or task.ref, found.period if found else "", names.get(task.person, ""), late)


def _line(visit: Visit, number: str) -> Line | None:
    return next((one for one in _lines(visit, visit.now()) if one.task.id == number), None)


def _order(line: Line) -> tuple[datetime, int]:
    """What has waited longest first."""
    return line.task.due or line.task.opened_at, int(line.task.id)


def _late(one: ReturnLine, now: datetime) -> bool:
    return one.due is not None and one.due < now
