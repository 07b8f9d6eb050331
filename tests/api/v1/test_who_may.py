"""Every door by every scope, without a token, and from another scheme; whose record was read is in the log."""

from datetime import timedelta
from typing import Annotated

import pytest
from fastapi import Response
from fastapi.routing import APIRoute
from web_scheme import ELSE, MONDAY, OTHER, OWN, Scheme

from caseflow.access import clients, who
from caseflow.access.who import SPEAKERS
from caseflow.access.who import Scope as Given
from caseflow.api.v1.calling import Asks, Call, Guarded
from caseflow.api.v1.doing import Speaker
from caseflow.api.v1.serving import ROUTERS, make_v1
from caseflow.domain.words import Role

EXPECTED = {
    "GET /cases": Given.READ,
    "GET /cases/{ref}": Given.READ,
    "GET /cases/{ref}/history": Given.READ,
    "GET /cases/{ref}/due": Given.READ,
    "GET /cases/{ref}/commands": Given.READ,
    "GET /tasks": Given.READ,
    "GET /due": Given.READ,
    "POST /cases/{ref}/commands": Given.WORK,
    "POST /referrals": Given.REFER,
    "GET /returns": Given.RETURNS,
    "GET /returns/{ref}": Given.RETURNS,
    "POST /returns/{ref}": Given.RETURNS,
    "GET /events": Given.EVENTS,
}
"""A door of its own needs a line here: what a client must have been given."""
ROUTES = {f"{min(one.methods)} {one.path}": one for router in ROUTERS for one in router.routes}
OF_A_PERSON = [name for name, one in ROUTES.items() if one.asked.shows]


def ask(machine, name: str, ref: str = OWN, **more):
    method, path = name.split(" ")
    given = {"json": {}, "headers": {"idempotency-key": "k"}} if method == "POST" else {}
    return machine.ask(method, path.replace("{ref}", ref), **(given | more))


def test_every_door_has_its_line_and_needs_what_stands_there():
    assert {name: one.asked.scope for name, one in ROUTES.items()} == EXPECTED


def test_every_address_of_the_application_is_a_guarded_door_or_its_description():
    loose = [one for one in make_v1(None).routes if isinstance(one, APIRoute) and not isinstance(one, Guarded)]
    assert [one.path for one in loose] == ["/openapi.json"]


def test_a_door_that_does_not_say_what_a_caller_needs_cannot_be_made():
    def loose() -> Response:
        return Response()

    with pytest.raises(TypeError, match="does not say what a caller needs"):
        Guarded("/open", loose)


@pytest.mark.parametrize("scope", Given)
def test_who_may_do_what(machine, scope):
    own = machine([scope])
    for name, needed in EXPECTED.items():
        found = ask(own, name)
        assert (found.status_code == 403) is (scope is not needed), name
        if found.status_code == 403:
            assert (found.json()["code"], needed.value in found.json()["detail"]) == ("scope_missing", True)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer wrong",
        "Basic Zm86YmFy",
        "Bearer caseflow_" + "x" * 43,
        "Bearer caseflow_" + "x" * 500,
    ],
)
def test_without_a_token_that_was_given_nobody_comes_in(machine, header):
    own = machine()
    for name in EXPECTED:
        found = ask(own, name, headers={"idempotency-key": "k", "authorization": header or ""})
        assert found.status_code == 401, name
        assert found.headers["www-authenticate"] == "Bearer"
        assert found.headers["content-type"] == "application/problem+json"


def test_a_client_that_was_disabled_is_out_with_its_next_request(scheme: Scheme, machine):
    own = machine()
    assert own.get("/cases").status_code == 200
    with scheme.app.store.begin() as unit:
        (known,) = unit.clients("durham")
    clients.disable(scheme.app, "durham", known.name)
    assert own.get("/cases").status_code == 401


@pytest.mark.parametrize("ref", [OTHER, OTHER.lower(), "DUR-99-000001", "nothing"])
def test_what_is_another_schemes_is_not_there(machine, ref):
    ours, theirs = machine(), machine(of="dyfed-powys")
    for name in (name for name in EXPECTED if "{ref}" in name and "returns" not in name):
        body = {"json": {"kind": "note_death", "by": {"role": "navigator", "person": "x"}}} if "POST" in name else {}
        found = ask(ours, name, ref, **body)
        assert (found.status_code, found.json()["code"]) == (404, "not_there"), name
        there = ask(theirs, name, ref, **body).status_code
        assert there == (404 if "DYF" not in ref.upper() else 409 if body else 200), name


def test_lists_are_of_the_clients_scheme_only(machine):
    assert [one["ref"] for one in machine(of="dyfed-powys").get("/cases").json()["cases"]] == [OTHER]
    assert {one["ref"] for one in machine().get("/cases").json()["cases"]} == {OWN, ELSE}
    assert {one["ref"] for one in machine(of="dyfed-powys").get("/tasks").json()["tasks"]} <= {OTHER}


def test_whose_record_was_read_is_in_the_log(scheme: Scheme, machine):
    own = machine()
    for name in sorted(OF_A_PERSON, key=lambda one: "tasks" in one):
        if "returns/" in name:
            continue  # test_v1_returns.py has one to read
        if "tasks" in name:
            scheme.go_to(MONDAY + timedelta(days=4))  # by then there is something to do
        before = len(scheme.log())
        assert ask(own, name).status_code == 200
        noted = scheme.log()[: len(scheme.log()) - before]
        assert noted, name
        assert {(one.part, one.what) for one in noted} == {("client", ROUTES[name].asked.shows)}
        assert all(one.name.startswith("system-") and one.person and one.ref for one in noted)


def test_a_refused_reading_is_none(scheme: Scheme, machine):
    ask(machine(), "GET /cases/{ref}", OTHER)
    ask(machine([Given.EVENTS]), "GET /cases/{ref}")
    assert scheme.log() == []


def test_a_door_that_shows_people_and_notes_nobody_fails(scheme: Scheme, machine):
    made = make_v1(scheme.app)

    def forgetful(call: Annotated[Call, Asks(Given.READ, "list")]) -> Response:
        return Response("{}")

    made.router.routes.append(Guarded("/forgetful", forgetful, methods=["GET"]))
    own = machine()
    own.served.router.routes.clear()
    own.served.mount("/api/v1", made)
    with pytest.raises(RuntimeError, match="did not note whose"):
        own.get("/forgetful")
    found = own.ask("GET", "/forgetful", raising=False)
    assert (found.status_code, found.json()["code"]) == (500, "broken")


def test_every_role_of_a_person_can_speak_and_the_clock_cannot():
    assert set(Speaker.__args__) == {one.value for one in SPEAKERS} == {one.value for one in Role} - {"system"}
    assert not who.plays(Role.SYSTEM, "x", None, {}, staff=True)
