"""The navigator's desk: Today (what people have to do) and Tomorrow (what the system will do by itself)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from caseflow.access.who import May
from caseflow.domain import commands as c
from caseflow.domain.case import Case
from caseflow.engine.caseload import MANY
from caseflow.engine.readings import TaskLine
from caseflow.messages.dates import LONDON, civil_day
from caseflow.telling.coming import coming_up
from caseflow.telling.today import PersonsLine, today
from caseflow.telling.work import RULINGS, missing_reminder
from caseflow.web import keys
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import do, new_id
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

MOST = 500
"""Tasks of one navigator that are read at once; who has more has them read in turn. A navigator has some fifty."""
TEAM = 20
"""So many late ones of the team are shown on Today, the longest late first; the others are one link away."""
A_PAGE = 100
"""Lines of a page where a list is longer."""
DONE = ("yes", "given")
"""What may have been done just before: a task ticked off, a case given to somebody else."""
AHEAD = (1, 7)
"""How many days Tomorrow may look ahead."""


@pages.get("/today", may=May.DESK, shows="today")
def today_page(visit: Visit) -> Answer:
    """One line a person, their next act. A supervisor sees their own, and what is late in the team."""
    now, me = visit.now(), visit.account.person
    mine = today(_every(visit, me), now) if me else []
    team: list[PersonsLine] = []
    others = 0
    if visit.owner() is None:
        own = {act.task.id for line in mine for act in (line.first, *line.others)}
        team = [one for one in _team(visit, now, TEAM, None) if one.first.task.id not in own]
        others = visit.readings.count_overdue(visit.scheme, now)
    first = int(at) if (at := visit.query.get("from", "")).isdigit() and len(at) < 6 else 0
    shown = mine[first : first + A_PAGE]
    _note(visit, "today", [line.stream for line in (*shown, *team)])
    late = sum(line.first.late for line in mine)
    return Page("today.html", {
        "now": now, "mine": shown, "people": len(mine), "team": team, "team_late": others, "late": late, "part": visit.part,
        "command_id": new_id(visit), "done": done if (done := visit.query.get("done", "")) in DONE else "", "many": MANY,
        "unreminded": _unreminded(visit, [*shown, *team]),
        "older": first + A_PAGE if len(mine) > first + A_PAGE else 0, "first": first,
    })  # fmt: skip


@pages.get("/today/team", may=May.DESK, shows="today")
def team_page(visit: Visit) -> Answer:
    """Everything that is late in the scheme, the longest late first, page after page."""
    if visit.owner() is not None:
        visit.nothing_here()
    now = visit.now()
    asked = keys.place(visit.query.get("after", ""), 2)
    after = (asked[0], int(asked[1][0])) if asked and asked[1][0].isdigit() and len(asked[1][0]) < 18 else None
    found = _team(visit, now, A_PAGE + 1, after)
    lines = found[:A_PAGE]
    _note(visit, "today", [line.stream for line in lines])
    last = lines[-1].first.task if len(found) > A_PAGE else None
    return Page("team.html", {
        "now": now, "lines": lines, "unreminded": _unreminded(visit, lines),
        "count": visit.readings.count_overdue(visit.scheme, now), "many": MANY,
        "next": keys.written(last.due, last.id) if last is not None and last.due is not None else "", "later": after is not None,
    })  # fmt: skip


def _unreminded(visit: Visit, lines: Sequence[PersonsLine]) -> dict[tuple[str, str], str]:
    """By stream and task, of those in which somebody rules on an absence: that no reminder is known to have come."""
    acts = [(line.stream, act) for line in lines for act in (line.first, *line.others)]
    wanted = [(stream, act) for stream, act in acts if act.task.kind in RULINGS and act.about]
    ids = sorted({stream for stream, _ in wanted})
    cases = {one.id: one for one in (visit.readings.dossiers(visit.scheme, ids=ids) if ids else ())}
    found: dict[tuple[str, str], str] = {}
    for stream, act in wanted:
        case = cases[stream].stream if stream in cases else None
        session = case.sessions.get(act.about) if isinstance(case, Case) else None
        if session is not None and (missing := missing_reminder(cases[stream], session)):
            found[stream, act.task.key] = missing
    return found


def _every(visit: Visit, me: str) -> list[TaskLine]:
    """All open tasks of this person, in turn."""
    found: list[TaskLine] = []
    while True:
        some = visit.readings.tasks(visit.scheme, owner=me, after=found[-1].id if found else "", limit=MOST)
        found += some
        if len(some) < MOST:
            return found


def _team(visit: Visit, now: datetime, limit: int, after: tuple[datetime, int] | None) -> list[PersonsLine]:
    return today(visit.readings.overdue(visit.scheme, now, after=after, limit=limit), now)


@pages.get("/tomorrow", may=May.DESK, shows="tomorrow")
def tomorrow_page(visit: Visit) -> Answer:
    """What the clock will do until the end of tomorrow, or of the week, if nothing happens before."""
    now = visit.now()
    asked = visit.query.get("days", "")
    days = int(asked) if asked.isdigit() and int(asked) in AHEAD else AHEAD[0]
    after = keys.place(visit.query.get("after", ""), 3)
    found = coming_up(
        visit.readings, visit.app.store.policies(), [visit.scheme], _end_of(now, days), A_PAGE + 1, owner=visit.owner(),
        after=(after[0], after[1][0], after[1][1]) if after else None,
    )  # fmt: skip
    alarms = found.alarms[:A_PAGE]
    _note(visit, "tomorrow", sorted({one.stream for one in alarms}))
    by_day = [(day, list(group)) for day, group in groupby(alarms, key=lambda one: civil_day(one.due))]
    last = alarms[-1] if len(found.alarms) > A_PAGE else None
    return Page("tomorrow.html", {
        "now": now, "days": days, "by_day": by_day, "until": found.until, "later": after is not None,
        "next": keys.written(last.due, last.ref, last.expectation) if last else "",
    })  # fmt: skip


def _end_of(now: datetime, days: int) -> datetime:
    """Midnight after so many days, by the clock in London."""
    last = now.astimezone(LONDON).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return (last + timedelta(days=days + 1)).replace(tzinfo=LONDON)


@pages.post("/cases/{ref}/tasks/done", may=May.WORK_CASE)
def task_done(visit: Visit, ref: str) -> Answer:
    """A task that no other fact records is done."""
    dossier, case = visit.case(ref)
    key = visit.form.get("task", "")
    if not any(one.key == key and one.state == "open" for one in dossier.tasks):
        return Go(_back(visit, ref))  # done already, or not needed any more
    answer = do(visit, case, c.FinishTask(key))
    if answer.refused:
        return Page("refused.html", {"words": answer.words, "ref": case.ref}, 409)
    return Go(_back(visit, ref))


def _back(visit: Visit, ref: str) -> str:
    return "/today?done=yes" if visit.form.get("back") == "today" else f"/cases/{ref}?done=yes"


def _note(visit: Visit, what: str, streams: list[str]) -> None:
    """Everybody whose name is on the list."""
    found = visit.readings.snapshots(visit.scheme, streams) if streams else {}
    visit.saw(what, [one for one in found.values() if isinstance(one, Case)])
