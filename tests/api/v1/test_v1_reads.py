"""What another system reads: the same as `--json` tells, page by page, and in words where something is wrong."""

from datetime import timedelta

import msgspec
import pytest
from web_scheme import ELSE, MONDAY, OWN, Scheme, navigator

from caseflow.engine.ports import Unavailable
from caseflow.telling.case_view import case_view


def test_a_case_is_told_as_the_command_line_tells_it(scheme: Scheme, machine):
    found = machine().get(f"/cases/{OWN.lower()}")
    (dossier,) = scheme.app.readings.dossiers("durham", ids=[OWN])
    assert found.json() == msgspec.json.decode(
        msgspec.json.encode(
            case_view(scheme.app.readings, dossier, dossier.stream, scheme.app.policy_for(dossier.stream)), enc_hook=str
        )
    )
    assert (found.json()["participant"], found.json()["state"]) == ("Sam Carter", "referred")
    assert found.json()["party_ids"]["navigator"] == navigator()
    assert found.headers["cache-control"] == "no-store"


def test_a_list_goes_page_by_page_to_its_end(machine):
    own = machine()
    first = own.get("/cases", limit=1)
    assert [one["ref"] for one in first.json()["cases"]] == [OWN]
    following = first.json()["next"]
    assert first.headers["link"] == f'<{following}>; rel="next"'
    last = own.get(following)
    assert [one["ref"] for one in last.json()["cases"]] == [ELSE]
    assert last.json()["next"] is None
    assert "link" not in last.headers
    assert own.get("/cases", state="completed").json() == {"cases": [], "next": None}


def test_tasks_go_page_by_page_too_and_can_be_one_persons(scheme: Scheme, machine):
    scheme.go_to(MONDAY + timedelta(days=4))
    own = machine()
    seen, where = [], "/tasks?limit=1"
    while where:
        got = own.get(where).json()
        seen += [one["id"] for one in got["tasks"]]
        where = got["next"]
    every = own.get("/tasks").json()["tasks"]
    assert seen == [one["id"] for one in every]
    assert len(seen) == len(set(seen)) >= 2
    mine = own.get("/tasks", owner=navigator()).json()["tasks"]
    assert {one["ref"] for one in mine} == {OWN}


def test_history_what_comes_and_what_can_be_done(machine):
    own = machine()
    assert own.get(f"/cases/{OWN}/history").json()["lines"][0]["kind"] == "Referred"
    coming = own.get(f"/cases/{OWN}/due").json()["coming"]
    assert coming
    assert coming[0]["what"]
    offered = {one["name"] for one in own.get(f"/cases/{OWN}/commands").json()["commands"]}
    assert {"assess", "note_death"} <= offered
    assert "fire_timer" not in offered


def test_what_is_due_over_the_scheme(machine):
    own = machine()
    told = own.get("/due", days=3).json()
    assert told["complete"]
    assert {one["ref"] for one in told["due"]["alarms"]} == {OWN, ELSE}
    assert {one["ref"] for one in own.get("/due", days=3, navigator=navigator()).json()["due"]["alarms"]} == {OWN}


def test_what_is_due_goes_page_by_page_to_its_end_and_each_page_is_noted(scheme: Scheme, machine):
    own = machine()
    every = own.get("/due", days=14).json()
    assert (every["complete"], every["next"]) == (True, None)
    whole = [(one["due"], one["ref"], one["expectation"]) for one in every["due"]["alarms"]]
    assert len(whole) == 4
    seen, where, noted = [], "/due?days=14&limit=1", len(scheme.log())
    while where:
        got = own.get(where)
        (one,) = got.json()["due"]["alarms"]
        seen.append((one["due"], one["ref"], one["expectation"]))
        assert got.json()["complete"] is False
        where = got.json()["next"]
        assert got.headers.get("link") == (f'<{where}>; rel="next"' if where else None)
    assert seen == whole
    assert len(scheme.log()) == noted + len(whole)
    mine = own.get("/due", days=14, navigator=navigator(), limit=1).json()["next"]
    assert f"navigator={navigator()}" in mine
    assert {one["ref"] for one in own.get(mine).json()["due"]["alarms"]} == {OWN}


@pytest.mark.parametrize("after", ["AAAA", "WyIyMDIyIl0=", "W10=", "bnVsbA=="])
def test_a_place_that_is_none_is_told(machine, after):
    for path in ("/due", "/events"):
        found = machine().get(f"{path}?after={after}")
        assert (found.status_code, found.json()["code"]) == (404, "no_place")


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/cases?limit=0", "query.limit"),
        ("/cases?limit=two", "query.limit"),
        ("/cases?state=asleep", "query.state"),
        ("/cases?colour=red", "query.colour"),
        ("/tasks?after=x", "query.after"),
        ("/due?days=400", "query.days"),
        ("/events?since=yesterday", "query.since"),
        ("/cases/%00", "path.ref"),
    ],
)
def test_what_is_asked_wrongly_is_named_and_not_repeated(machine, path, where):
    found = machine().get(path)
    assert (found.status_code, found.json()["code"]) == (400, "malformed")
    assert [one["where"] for one in found.json()["errors"]] == [where]
    assert "yesterday" not in found.text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/cases", "GET"),
        ("PUT", f"/cases/{OWN}/commands", "GET, POST"),
        ("PATCH", "/returns/x", "GET, POST"),
        ("OPTIONS", "/referrals", "POST"),
    ],
)
def test_a_method_that_an_address_does_not_have_names_those_it_has(machine, method, path, allowed):
    found = machine().ask(method, path)
    assert (found.status_code, found.headers["allow"]) == (405, allowed)
    assert found.json()["code"] == "method"


@pytest.mark.parametrize("address", ["/nothing", "/no%0Athing", "/cases/%0A/timeline"])
def test_an_address_that_is_none(machine, address):
    found = machine().get(address)
    assert (found.status_code, found.headers["content-type"]) == (404, "application/problem+json")


def test_a_database_that_is_away_is_to_be_asked_again(scheme: Scheme, machine, monkeypatch):
    own = machine()

    def away(*given, **more):
        raise Unavailable("gone")

    monkeypatch.setattr(type(scheme.app.store), "begin", away)
    found = own.get("/cases")
    assert (found.status_code, found.headers["retry-after"], found.json()["code"]) == (503, "5", "away")


def test_its_description_is_there_for_everybody(machine):
    own = machine()
    found = own.ask("GET", "/openapi.json", headers={"authorization": ""})
    assert found.json()["openapi"].startswith("3.1")
    assert "/cases/{ref}/commands" in found.json()["paths"]
