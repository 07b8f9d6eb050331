"""What the scheme's offices have to do in cases: of whom nobody is named, so that a manager may read it.

A line says what is asked, since when, by when, in which case, and whom of the staff to ask about it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from caseflow.domain.case import Case
from caseflow.domain.policy import Policy
from caseflow.domain.words import Role
from caseflow.engine.readings import Readings, TaskKey, TaskLine
from caseflow.telling.for_officers import OFFICERS


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """A task of an office in a case. `person`: whose it is by name; `victim`: it is done when the victim was told.

    `ask` are those who know of the case, role and name: its navigator, or the supervisor where nobody has it yet; and an officer.
    """

    task: TaskLine
    late: bool
    person: str
    ask: tuple[tuple[Role, str], ...]
    victim: bool


def of_offices(
    readings: Readings,
    policies: Mapping[tuple[str, str], Policy],
    scheme: str,
    roles: Collection[Role],
    now: datetime,
    *,
    after: TaskKey | None = None,
    limit: int,
) -> list[OfficeLine]:
    """Open tasks of these offices in cases, what has waited longest first. Three readings, however many there are."""
    return _lines(readings, policies, readings.tasks_of_offices(scheme, roles, after=after, limit=limit), now, scheme)


def one_of(
    readings: Readings,
    policies: Mapping[tuple[str, str], Policy],
    scheme: str,
    roles: Collection[Role],
    now: datetime,
    number: int,
) -> OfficeLine | None:
    """The open one of this number; None where there is none for these offices."""
    stream = readings.whose(scheme, "task", number)
    found = readings.dossiers(scheme, ids=[stream]) if stream else []
    tasks = [
        task
        for one in found
        for task in one.tasks
        if task.id == str(number) and task.state == "open" and task.of == "case" and task.owner in roles
    ]
    return next(iter(_lines(readings, policies, tasks, now, scheme)), None)


def place(line: OfficeLine) -> TaskKey:
    """Where the list goes on after this line."""
    return line.task.due or line.task.opened_at, int(line.task.id)


def _lines(
    readings: Readings,
    policies: Mapping[tuple[str, str], Policy],
    tasks: Sequence[TaskLine],
    now: datetime,
    scheme: str,
) -> list[OfficeLine]:
    found = readings.snapshots(scheme, {one.stream for one in tasks}) if tasks else {}
    cases = {key: one for key, one in found.items() if isinstance(one, Case)}
    asked = {key: _asked(case, policies.get((scheme, case.policy_version))) for key, case in cases.items()}
    people = {person for some in asked.values() for _, person in some} | {one.person for one in tasks}
    names = readings.names(scheme, people) if tasks else {}
    return [
        OfficeLine(
            one,
            one.late(now),
            names.get(one.person, ""),
            tuple((role, names[who]) for role, who in asked.get(one.stream, ()) if who in names),
            one.stream in cases and _of_victim(one, cases[one.stream], policies),
        )
        for one in tasks
    ]


def _asked(case: Case, policy: Policy | None) -> list[tuple[Role, str]]:
    """The ids of whom to ask: of its officers, the first there is."""
    ours = case.parties.get(Role.NAVIGATOR)
    first = (
        (Role.NAVIGATOR, ours) if ours else (Role.SUPERVISOR, policy.team.get(Role.SUPERVISOR, "") if policy else "")
    )
    officers = [(role, case.parties[role]) for role in OFFICERS if role in case.parties]
    return [first, *officers[:1]]


def _of_victim(task: TaskLine, case: Case, policies: Mapping[tuple[str, str], Policy]) -> bool:
    """Does the step that asked for it wait for the victim to be told?"""
    waits = case.expectations.get(task.key.partition("/")[0])
    policy = policies.get((case.scheme, case.policy_version))
    ladder = policy.ladders.get(waits.ladder) if policy is not None and waits is not None else None
    return ladder is not None and waits is not None and waits.status == "open" and "victim_told" in ladder.met
