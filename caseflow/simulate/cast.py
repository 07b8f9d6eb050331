"""Somebody of every part for the pages of a played demo: those on whose desk most is going on. None of them has a password."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from caseflow.access.who import PLAYS, Part, own
from caseflow.domain.case import Case
from caseflow.domain.words import Role
from caseflow.engine.access import Account
from caseflow.engine.app import App
from caseflow.engine.ports import Conflict

PAGE = 500


def cast(app: App, scheme: str) -> list[Account]:
    """Accounts for the demo's pages, added once. The participant, officer and provider are those of the navigator's cases."""
    assert app.readings is not None
    cases = list(_open_cases(app, scheme))
    tasks = Counter(one.person for one in app.readings.tasks(scheme, owner="navigator", limit=PAGE))
    navigator = _most(tasks or Counter(_who(cases, Part.NAVIGATOR)))
    theirs = [one for one in cases if own(Part.NAVIGATOR, navigator, one)] or cases
    people = {part: _most(Counter(_who(theirs, part))) for part in (Part.OFFICER, Part.PROVIDER)}
    people[Part.PARTICIPANT] = _most(Counter(_who(_awaited(theirs, app.readings.now()) or theirs, Part.PARTICIPANT)))
    people[Part.NAVIGATOR] = navigator
    policy = app.policy(scheme, cases[0].policy_version) if cases else None
    team = policy.team if policy else {}
    people |= {Part.SUPERVISOR: team.get(Role.SUPERVISOR, ""), Part.MANAGER: team.get(Role.MANAGER, "")}
    names = app.readings.names(scheme, people.values())
    made = [
        Account(
            app.ids(), scheme, f"{part}@demo.example", names.get(people.get(part, ""), f"The {part}"), part.value,
            people.get(part, ""),
        )
        for part in Part
        if part in {Part.ADMINISTRATOR, Part.AUDITOR} or people.get(part)
    ]  # fmt: skip
    for one in made:
        try:
            with app.store.begin() as unit:
                unit.add_account(one)
        except Conflict:
            continue  # cast before
    return made


def _open_cases(app: App, scheme: str) -> Iterator[Case]:
    assert app.readings is not None
    after = ""
    while lines := app.readings.cases(scheme, after=after, limit=PAGE):
        found = app.readings.snapshots(scheme, [one.id for one in lines])
        yield from (one for one in found.values() if isinstance(one, Case) and one.open)
        after = lines[-1].ref


def _who(cases: list[Case], part: Part) -> list[str]:
    if part is Part.PROVIDER:
        return [provider for one in cases for provider in (*one.places.values(), *_asked(one))]
    return [one.parties[role] for one in cases for role in PLAYS[part][:1] if role in one.parties]


def _awaited(cases: list[Case], now: datetime) -> list[Case]:
    """Those with a session to come: there is something to see on the participant's page."""
    return [one for one in cases if any(s.status == "booked" and s.start > now for s in one.sessions.values())]


def _asked(case: Case) -> list[str]:
    return [item.provider for item in case.items.values() if item.provider]


def _most(counts: Counter[str]) -> str:
    """The one most is going on with; of several, always the same."""
    return min(counts, key=lambda one: (-counts[one], one), default="")
