"""What the scheme's offices have to do, in cases and about providers' returns; and returns that are waited for.

No participant is named: a manager reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from caseflow.access import who
from caseflow.access.who import May
from caseflow.domain import commands as c
from caseflow.domain.case import Case, ProviderReturn
from caseflow.domain.provider_return import WHICH
from caseflow.domain.words import Actor, Role
from caseflow.engine.handle import handle
from caseflow.engine.ports import Answer as Done
from caseflow.engine.readings import ReturnLine, TaskLine
from caseflow.messages.phrases import period
from caseflow.telling import office
from caseflow.telling.office import OfficeLine
from caseflow.web import keys
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import command_id, done_before, kept_text, new_id
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

A_PAGE = 100
"""Tasks in cases on one page."""
MOST = 200
"""Tasks about returns on the page: a scheme has some dozens of providers."""
LONGEST = 4000
"""Letters of what came of it."""
DIGITS = 18
"""Of a task's number, at most."""
FIELDS = ("told", "words")
TOLD = ("yes", "no")
"""Whether the victim has been told."""


@dataclass(frozen=True, slots=True)
class ReturnsTask:
    """A task about a provider's return: of which provider and period, whose it is, and whether its time has passed."""

    task: TaskLine
    provider: str
    period: str
    person: str
    late: bool


Line = OfficeLine | ReturnsTask


@pages.get("/tasks", may=May.TASKS, shows="")
def everything(visit: Visit) -> Answer:
    now = visit.now()
    asked = keys.place(visit.query.get("after", ""), 2)
    after = (asked[0], int(asked[1][0])) if asked and _number(asked[1][0]) else None
    found = _in_cases(visit, now, A_PAGE + 1, after)
    lines = found[:A_PAGE]
    done = visit.query.get("done", "")  # which need not have been followed up yet
    returns = _of_returns(visit, now)
    waited = visit.readings.returns(visit.scheme, status="asked")
    return Page("tasks.html", {
        "now": now, "lines": [one for one in lines if one.task.id != done], "later": after is not None, "done": _number(done),
        "next": keys.written(*office.place(lines[-1])) if len(found) > A_PAGE else "", "roles": _roles(visit),
        "of_returns": sorted((one for one in returns if one.task.id != done), key=_order), "more": len(returns) == MOST,
        "waited": waited, "late": sum(_late(one, now) for one in waited), "is_late": lambda one: _late(one, now),
        "period": lambda code: period(code, visit.language),
    })  # fmt: skip


@pages.get("/tasks/{number}", may=May.TASKS, shows="")
def form(visit: Visit, number: str) -> Answer:
    """One of them, to be finished with a word on what came of it."""
    line = _line(visit, number)
    return _form(visit, line) if line else Go("/tasks")


@pages.post("/tasks/{number}", may=May.TASKS)
def finish(visit: Visit, number: str) -> Answer:
    """It is done. Done already, or not needed any more: then there is nothing to do."""
    if done_before(visit):
        return Go(f"/tasks?done={number}")
    line = _line(visit, number)
    if line is None:
        return Go("/tasks")
    by = who.officer_of_scheme(visit.part, visit.account.person)
    if by is None:
        visit.nothing_here()
    wrong = _wrong(visit, line)
    if wrong:
        return _form(visit, line, wrong, status=422)
    answer = _finished(visit, line, by)
    if answer.refused:
        return _form(visit, line, refused=answer.words, status=409)
    return Go(f"/tasks?done={number}")


def waits(visit: Visit) -> bool:
    """Is there anything on this visitor's page?"""
    now = visit.now()
    return bool(_in_cases(visit, now, 1, None) or _of_returns(visit, now))


def _wrong(visit: Visit, line: Line) -> dict[str, str]:
    """What is wrong with the form, by field."""
    words = visit.form.get("words", "").strip()
    found = {} if words and len(words) <= LONGEST else {"words": "long" if words else "empty"}
    if _victims(line) and visit.form.get("told", "") not in TOLD:
        found["told"] = "choose"
    return found


def _finished(visit: Visit, line: Line, by: Actor) -> Done:
    """Done, in its own name; that the victim was told is said as what it is, in the same breath."""
    case = visit.readings.snapshots(visit.scheme, {line.task.stream}).get(line.task.stream)
    text = kept_text(visit, case if isinstance(case, Case) else None, visit.form.get("words", "").strip())
    wanted = command_id(visit) or visit.app.ids()
    asked = [c.Asked(wanted, line.task.stream, c.FinishTask(line.task.key, text), by)]
    if _victims(line) and visit.form.get("told", "") == "yes":
        asked.append(c.Asked(f"{wanted}:victim", line.task.stream, c.TellVictim(), by))
    answers = handle(visit.app, asked, visit.scheme)
    return next((one for one in answers if one.refused), answers[0])


def _form(
    visit: Visit, line: Line, wrong: Mapping[str, str] | None = None, refused: str = "", status: int = 200
) -> Page:
    return Page("task.html", {
        "line": line, "in_case": isinstance(line, OfficeLine), "victim": _victims(line),
        "given": {name: visit.form.get(name, "") for name in FIELDS},
        "wrong": dict.fromkeys(FIELDS, "") | dict(wrong or {}), "refused": refused, "command_id": new_id(visit),
        "period": lambda code: period(code, visit.language),
    }, status)  # fmt: skip


def _victims(line: Line) -> bool:
    return isinstance(line, OfficeLine) and line.victim


# ── which there are ─────────────────────────────────────────────────────────────────────────────
def _roles(visit: Visit) -> tuple[Role, ...]:
    return who.OFFICES.get(visit.part, ())


def _in_cases(visit: Visit, now: datetime, limit: int, after: tuple[datetime, int] | None) -> list[OfficeLine]:
    policies = visit.app.store.policies()
    return office.of_offices(visit.readings, policies, visit.scheme, _roles(visit), now, after=after, limit=limit)


def _of_returns(visit: Visit, now: datetime) -> list[ReturnsTask]:
    """Every open one that is for this visitor: who sees no case is asked nothing about one person on a return."""
    tasks = visit.readings.tasks_of_returns(visit.scheme, limit=MOST)
    if not visit.can(May.WORK_CASE):
        tasks = [one for one in tasks if not one.key.startswith(WHICH)]
    streams = visit.readings.snapshots(visit.scheme, {one.stream for one in tasks}) if tasks else {}
    returns = {key: one for key, one in streams.items() if isinstance(one, ProviderReturn)}
    people = {one.provider for one in returns.values()} | {one.person for one in tasks if one.person}
    names = visit.readings.names(visit.scheme, people) if people else {}
    return [_of(one, returns.get(one.stream), names, now) for one in tasks]


def _of(task: TaskLine, found: ProviderReturn | None, names: Mapping[str, str], now: datetime) -> ReturnsTask:
    provider = names.get(found.provider, "") if found else ""
    return ReturnsTask(
        task, provider or task.ref, found.period if found else "", names.get(task.person, ""), task.late(now)
    )


def _line(visit: Visit, number: str) -> Line | None:
    if not _number(number):
        return None
    now, policies = visit.now(), visit.app.store.policies()
    found = office.one_of(visit.readings, policies, visit.scheme, _roles(visit), now, int(number))
    return found or next((one for one in _of_returns(visit, now) if one.task.id == number), None)


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= DIGITS


def _order(line: ReturnsTask) -> tuple[datetime, int]:
    """What has waited longest first."""
    return line.task.due or line.task.opened_at, int(line.task.id)


def _late(one: ReturnLine, now: datetime) -> bool:
    return one.due is not None and one.due < now
