"""Providers' monthly returns: asked by mail, filled in from what really happened, sent in sooner or later as a file."""

import tempfile
from datetime import datetime
from pathlib import Path

from caseflow.domain.case import Case, ProviderReturn
from caseflow.domain.words import Actor, Attendance, Role
from caseflow.engine.readings import PostedLine
from caseflow.imports.returns import expected_on, submit_return, template_rows, write_template
from caseflow.simulate.courses import engagement
from caseflow.simulate.world import World

WORDS = {
    Attendance.ATTENDED: "attended",
    Attendance.LATE: "late",
    Attendance.ACCEPTABLE: "acceptable absence",
    Attendance.UNACCEPTABLE: "absent",
    Attendance.NOT_HELD: "cancelled",
}


class ReturnDesk:
    """Which returns were asked for, and when each provider means to send theirs."""

    def __init__(self) -> None:
        self._planned: dict[str, datetime] = {}  # return id → when it will be sent in
        self._asked: set[str] = set()

    def requested(self, world: World, line: PostedLine) -> None:
        """The request came by mail: in five working days, after the reminder, after the call, or late."""
        if line.stream in self._asked:
            return
        self._asked.add(line.stream)
        rates = world.rates.providers
        draw = world.draws.share(line.recipient, f"return:{line.stream}")
        bounds = ((rates.by_fifth_day, 1, 4), (rates.after_reminder, 5, 6), (rates.after_call, 7, 9), (1.01, 11, 16))
        low, high = next((low, high) for bound, low, high in bounds if draw < bound)
        days = world.draws.whole(low, high, line.recipient, f"return:{line.stream}:days")
        self._planned[line.stream] = world.hours.in_days(world.now, days, 13)

    def hourly(self, world: World) -> None:
        """Send in what is ready, one after the other: each is filled in as the screens stand after the one before."""
        ready = sorted(key for key, at in self._planned.items() if at <= world.now)
        for key, stream in world.screens.returns(ready).items():
            del self._planned[key]
            submit(world, stream)
            world.machinery.settle()


def submit(world: World, stream: ProviderReturn) -> None:
    """Fill in the file we sent and hand it in at the door for files."""
    app = world.machinery.app
    assert app.readings is not None
    expected = expected_on(app.readings, app.scheme, stream)
    cases = {one.ref: one.case for one in expected}
    files = world.screens.cases(cases.values())
    rows = template_rows(stream, expected, world.policy.calendar, world.now)
    filled = [_filled(world, files[cases[row[1]]], stream, row) for row in rows if cases[row[1]] in files]
    with tempfile.TemporaryDirectory(prefix="caseflow-return-") as folder:
        path = Path(folder) / "return.csv"
        write_template(path, filled)
        report = submit_return(
            app, app.readings, path, stream_id=stream.id, by=Actor(stream.provider, Role.PROVIDER),
            calendar=world.policy.calendar,
        )  # fmt: skip
    if report.answer.refused:
        world.tally.refused[f"SubmitReturn: {report.answer.code}"] += 1


def _filled(world: World, case: Case, stream: ProviderReturn, row: list[str]) -> list[str]:
    person, line = world.person(case.id), list(row)
    mine = [one for one in person.courses.values() if one.provider == stream.provider and row[2] in {"", one.item}]
    session = row[3]
    outcome = person.happened.get(session)
    if outcome is not None:
        line[5] = WORDS[outcome]
    if mine:
        line[6] = engagement(world, case, mine[0]).replace("_", " ")
    done = [one for one in mine if one.item not in case.items_done and one.kept >= one.sessions]
    if done and len(done) == sum(one.item not in case.items_done for one in mine):
        line[7] = "yes"
    if world.chance(world.rates.providers.bad_rows, case, f"{stream.period}:{session}:bad"):
        line[5] = "??" if outcome is not None else line[5]
        line[1] = line[1] if outcome is not None else line[1][:-1]
    return line
