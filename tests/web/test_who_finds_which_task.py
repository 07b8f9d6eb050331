"""Whomever a shipped policy hands a task finds it on a page: nothing that a ladder asks for reaches nobody."""

import pytest
from visiting import plain
from web_scheme import OWN, PEOPLE, SCHEMES, Scheme, supervisor

from caseflow.access.who import OFFICES, Part
from caseflow.domain.case import Case
from caseflow.domain.effects import OpenTask
from caseflow.domain.words import Role
from caseflow.engine.ports import Change

WHERE = {
    Role.NAVIGATOR: [(Part.NAVIGATOR, "/today")],
    Role.SUPERVISOR: [(Part.SUPERVISOR, "/today")],
    Role.OIC: [(Part.OFFICER, f"/referrals/{OWN}"), (Part.NAVIGATOR, f"/cases/{OWN}")],
    Role.MANAGER: [(Part.MANAGER, "/tasks"), (Part.SUPERVISOR, "/tasks")],
    Role.COORDINATOR: [(Part.SUPERVISOR, "/tasks")],
    Role.VICTIM_CARE: [(Part.SUPERVISOR, "/tasks")],
    Role.SERGEANT: [(Part.SUPERVISOR, "/tasks"), (Part.OFFICER, f"/referrals/{OWN}")],
    Role.PROVIDER: [(Part.NAVIGATOR, f"/cases/{OWN}")],
}
"""By role, in a case: who sees it, and where. docs/how-to/change-a-policy.md says the same in words."""
PERSON = {Role.NAVIGATOR: PEOPLE[Part.NAVIGATOR], Role.SUPERVISOR: supervisor(), Role.OIC: "fran"}
TASKS = frozenset({"task", "call", "ask", "decide", "flag", "rule", "review"})


def handed() -> set[Role]:
    """Every role that a shipped policy hands a task in a case."""
    ladders = [ladder for policy in SCHEMES.values() for ladder in policy.ladders.values() if ladder.stream == "case"]
    return {act.to for ladder in ladders for rung in ladder.rungs for act in rung.acts if act.do in TASKS}


def test_every_role_of_a_shipped_policy_has_its_page():
    assert handed() == set(WHERE)


@pytest.mark.parametrize("role", sorted(WHERE))
def test_they_find_it_there(scheme: Scheme, role: Role):
    title = f"Something for the {role}"
    with scheme.app.store.begin() as unit:
        case = scheme.app.readings.snapshots("durham", [OWN])[OWN]
        assert isinstance(case, Case)
        unit.save([Change(case.seq, case, (), tasks=[OpenTask("a-task", "task", role, title, PERSON.get(role))])])
    for part, path in WHERE[role]:
        assert title in plain(scheme.signed_in(part).get(path)), f"{part} on {path}"
    manager = plain(scheme.signed_in(Part.MANAGER).get("/tasks"))
    assert (title in manager) == (role in OFFICES[Part.MANAGER])
