"""The navigator's desk: Today (what people have to do) and Tomorrow (what the system will do by itself)."""

from datetime import datetime, timedelta
from itertools import groupby

from caseflow.access.who import May
from caseflow.domain import commands as c
from caseflow.domain.case import Case
from caseflow.messages.dates import LONDON, civil_day
from caseflow.telling.coming import coming_up
from caseflow.telling.today import PersonsLine, today
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import do, new_id
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

MOST = 500
"""Tasks that are read for one page. A navigator has some fifty."""
TEAM = 20
"""So many late ones of the team are shown, the longest late first; how many there are is said."""
AHEAD = (1, 7)
"""How many days Tomorrow may look ahead."""


@pages.get("/today", may=May.DESK, shows="today")
def today_page(visit: Visit) -> Answer:
    """One line a person, their next act. A supervisor sees their own, and what is late in the team."""
    now, me = visit.now(), visit.account.person
    mine = today(visit.readings.tasks(visit.scheme, owner=me, limit=MOST), now) if me else []
    team: list[PersonsLine] = []
    if visit.owner() is None:
        own = {line.stream for line in mine}
        everybodys = today(visit.readings.tasks(visit.scheme, limit=MOST), now)
        team = [one for one in everybodys if one.first.late and one.stream not in own]
    others, team = len(team), team[:TEAM]
    _note(visit, "today", [line.stream for line in (*mine, *team)])
    late = sum(line.first.late for line in mine)
    return Page("today.html", {
        "now": now, "mine": mine, "team": team, "team_late": others, "late": late, "part": visit.part, "command_id": new_id(visit),
        "done": visit.query.get("done", "") == "yes",
    })  # fmt: skip


@pages.get("/tomorrow", may=May.DESK, shows="tomorrow")
def tomorrow_page(visit: Visit) -> Answer:
    """What the clock will do until the end of tomorrow, or of the week, if nothing happens before."""
    now = visit.now()
    asked = visit.query.get("days", "")
    days = int(asked) if asked.isdigit() and int(asked) in AHEAD else AHEAD[0]
    found = coming_up(
        visit.readings, visit.app.store.policies(), [visit.scheme], _end_of(now, days), MOST, owner=visit.owner()
    )
    _note(visit, "tomorrow", sorted({one.stream for one in found.alarms}))
    by_day = [(day, list(group)) for day, group in groupby(found.alarms, key=lambda one: civil_day(one.due))]
    return Page("tomorrow.html", {"now": now, "days": days, "by_day": by_day, "until": found.until})


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
