"""Referrals by the API: by the rules of a file, one answer each, and nobody twice."""

import pytest
from web_scheme import Scheme, empty, supervisor

from caseflow.access.who import Scope
from caseflow.domain.words import Role
from caseflow.imports.referrals import OPTIONAL, REQUIRED
from caseflow.imports.typed import TypedReferral

GOOD = {
    "crime_reference": "DUR/0001/22",
    "offence_code": "CJ88116",
    "offence_category": "CS",
    "offence_date": "2022-01-05",
    "disposal": "deferred_prosecution",
    "referred_at": "2022-01-10T09:30:00+00:00",
    "given_name": "Mina",
    "family_name": "Stone",
    "date_of_birth": "1990-04-12",
    "mobile": "07700 900321",
    "email": None,
    "preferred_language": "cy",
    "safe_contact": {"texts_only": True, "not_before": "10:00:00"},
    "officer_name": "Fran Hall",
    "officer_email": "fran.hall@example.org",
    "officer_team_email": None,
    "oic_name": "Fran Hall",
    "oic_email": "fran.hall@example.org",
    "victim": False,
    "evidential_test": True,
    "admission": None,
    "consent": None,
    "domestic_abuse": False,
    "phone_seized": False,
    "property_value": "12.50",
}


@pytest.fixture
def scheme() -> Scheme:
    return empty()


def refer(own, *people, key=""):
    return own.post("/referrals", {"referrals": [GOOD | one for one in people]}, key)


def test_every_column_of_a_file_has_its_field_and_may_be_left_out_where_it_may():
    fields = TypedReferral.model_fields
    assert set(fields) == ({*REQUIRED, *OPTIONAL} - {"force", "scheme"}), "those two are the client's own"
    for name, one in fields.items():
        if name != "offence_category":
            assert one.is_required() is (name in REQUIRED), name


def test_a_referral_becomes_a_case_of_the_clients_scheme(scheme: Scheme, machine):
    (result,) = refer(machine([Scope.REFER]), {}).json()["results"]
    assert (result["what"], result["reasons"], result["repeat"]) == ("accepted", [], False)
    (dossier,) = scheme.app.readings.dossiers("durham", ids=[result["case"]])
    case = dossier.stream
    assert (case.ref, case.disposal) == (result["ref"], "deferred_prosecution")
    assert (case.contact.texts_only, case.contact.no_voicemail, f"{case.contact.not_before:%H:%M}") == (
        True,
        False,
        "10:00",
    )
    assert machine().get(f"/cases/{result['ref']}").json()["participant"] == "Mina Stone"


def test_who_takes_a_case_on_may_be_left_to_the_scheme(scheme: Scheme, machine):
    own = machine()
    (result,) = refer(own, {}).json()["results"]
    body = {"kind": "accept", "by": {"role": "supervisor", "person": supervisor()}, "particulars": {}}
    assert own.post(f"/cases/{result['ref']}/commands", body).status_code == 200
    (dossier,) = scheme.app.readings.dossiers("durham", ids=[result["case"]])
    assert dossier.stream.parties[Role.NAVIGATOR] in scheme.app.readings.loads("durham")


def test_many_are_answered_one_by_one(machine):
    found = refer(
        machine(),
        {},
        {"crime_reference": "DUR/0002/22", "disposal": "a_good_talking_to"},
        {"crime_reference": "DUR/0003/22", "date_of_birth": "2010-01-01"},
        {"crime_reference": "DUR/0004/22", "offence_date": "2022-02-01"},
        {},
    ).json()["results"]
    assert [one["what"] for one in found] == ["accepted", "refused", "refused", "refused", "known"]
    assert found[0]["case"] == found[4]["case"]
    assert "a_good_talking_to" in found[1]["reasons"][0]
    assert "this scheme is for adults" in found[2]["reasons"][0]
    assert found[3]["reasons"][0]
    assert {one["case"] for one in found[1:4]} == {""}


def test_sent_again_it_is_the_first_answer(scheme: Scheme, machine):
    own = machine()
    people = ({}, {"crime_reference": "DUR/0002/22"})
    first = refer(own, *people, key="monday").json()["results"]
    second = refer(own, *people, key="monday").json()["results"]
    assert second == [one | {"repeat": True} for one in first]
    assert [one["what"] for one in refer(own, *people).json()["results"]] == ["known", "known"]
    assert refer(own, {}, key="monday").json()["code"] == "key_used"


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"victim": "no"}, "victim"),
        ({"colour": "red"}, "colour"),
        ({"offence_code": "theft"}, "offence_code"),
        ({"referred_at": "2022-01-10T09:30:00"}, "referred_at"),
        ({"safe_contact": "text only"}, "safe_contact"),
    ],
)
def test_what_is_wrong_is_named(machine, wrong, where):
    found = refer(machine(), {}, wrong)
    assert found.status_code == 400
    assert [one["where"] for one in found.json()["errors"]] == [f"body.referrals.1.{where}"]


def test_what_is_needed_may_be_null_and_may_not_be_missing(machine):
    body = {name: value for name, value in GOOD.items() if name != "consent"}
    found = machine().post("/referrals", {"referrals": [body]})
    assert [one["where"] for one in found.json()["errors"]] == ["body.referrals.0.consent"]
