"""Provider returns by the API: who is on them, what is asked, and what the provider says becomes facts of the cases."""

from datetime import timedelta

import pytest
from web_scheme import MONDAY, OWN, PEOPLE, Scheme

from caseflow.access.who import Part, Scope
from caseflow.domain import commands as c
from caseflow.domain.words import ItemKind, Role

PROVIDER = PEOPLE[Part.PROVIDER]
BY = {"role": "provider", "person": PROVIDER}


@pytest.fixture
def placed(scheme: Scheme) -> str:
    """Sam is with the provider, had a session on Wednesday of which nobody has said anything; the return's reference."""
    scheme.ask(OWN, c.RecordContact("spoke"))
    scheme.ask(OWN, c.Assess())
    items = (c.Item("i1", ItemKind.ENFORCEABLE, "victim_awareness", provider=PROVIDER, hours=2),)
    scheme.ask(OWN, c.AgreePlan(items, signed=True, read_back=True))
    scheme.ask(OWN, c.ReferOn("i1", PROVIDER))
    scheme.ask(OWN, c.NoteProviderAnswer("i1", "yes"))
    scheme.ask(OWN, c.BookSession("s1", MONDAY + timedelta(days=2), item="i1", provider=PROVIDER))
    scheme.go_to(MONDAY + timedelta(days=3))
    (one,) = scheme.app.readings.returns("durham")
    return one.ref


def test_a_return_is_read_with_what_is_asked_and_without_names(scheme: Scheme, machine, placed):
    own = machine([Scope.RETURNS])
    listed = own.get("/returns").json()["returns"]
    assert [one["ref"] for one in listed] == [placed]
    got = own.get(f"/returns/{placed}")
    assert got.json()["about"] == listed[0]
    (row,) = got.json()["participants"]
    assert row["ref"] == OWN
    assert [(one["session"], one["status"]) for one in row["sessions"]] == [("s1", "booked")]
    assert "Sam" not in got.text
    assert [(one.what, one.ref) for one in scheme.log()] == [("return", OWN)]
    assert own.get("/returns", status="received").json() == {"returns": []}


def test_what_the_provider_says_becomes_facts_of_the_case(scheme: Scheme, machine, placed):
    own = machine([Scope.RETURNS], [Role.PROVIDER])
    rows = [{"ref": OWN, "sessions": [{"session": "s1", "outcome": "attended"}], "engagement": "well"}]
    first = own.post(f"/returns/{placed}", {"by": BY, "rows": rows}, key="march")
    assert first.status_code == 200
    assert own.post(f"/returns/{placed}", {"by": BY, "rows": rows}, key="march").json()["repeat"]
    scheme.sweep()
    (dossier,) = scheme.app.readings.dossiers("durham", ids=[OWN])
    assert dossier.stream.sessions["s1"].status == "attended"
    assert {"SessionAttended", "EngagementNoted"} <= {type(one.event).__name__ for one in dossier.events}
    assert [one.status for one in scheme.app.readings.returns("durham")] == ["received"]


def test_a_row_that_is_not_theirs_stops_all_of_it(scheme: Scheme, machine, placed):
    own = machine()
    rows = [
        {"ref": OWN, "sessions": [{"session": "s9", "outcome": "attended"}]},
        {"ref": "DUR-22-000002"},
        {"ref": OWN},
    ]
    found = own.post(f"/returns/{placed}", {"by": BY, "rows": rows})
    assert (found.status_code, found.json()["code"]) == (409, "not_on_return")
    assert [one["where"] for one in found.json()["errors"]] == [
        "body.rows.0.sessions.0.session",
        "body.rows.1.ref",
        "body.rows.2.ref",
    ]
    assert [one.status for one in scheme.app.readings.returns("durham")] == ["planned"]


def test_only_the_provider_itself_is_taken_for_it(scheme: Scheme, machine, placed):
    found = machine().post(f"/returns/{placed}", {"by": {"role": "provider", "person": "fran"}, "rows": []})
    assert (found.status_code, found.json()["code"]) == (409, "not_their_part")
    found = machine([Scope.RETURNS], [Role.OIC]).post(f"/returns/{placed}", {"by": BY, "rows": []})
    assert (found.status_code, found.json()["code"]) == (403, "not_its_voice")
    assert machine().get(f"/returns/{OWN}").status_code == 404
    assert machine(of="dyfed-powys").get(f"/returns/{placed}").status_code == 404
