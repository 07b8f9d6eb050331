"""The feed: every fact that may leave the house, in order, from any place on, and never a person."""

import base64
import json

import pytest
from web_scheme import MONDAY, OWN, Scheme

from caseflow.access.who import Scope


def test_a_reader_that_goes_on_from_next_sees_everything_once(scheme: Scheme, machine):
    own = machine([Scope.EVENTS])
    whole = own.get("/events").json()["events"]
    assert {one["type"] for one in whole} == {"caseflow.referred.v2", "caseflow.accepted.v1"}
    seen, where, more = [], "/events?limit=1", True
    while more:
        got = own.get(where).json()
        seen += got["events"]
        where, more = got["next"], got["more"]
    assert seen == whole
    scheme.go_to(MONDAY)
    later = own.get(where).json()
    assert (later["events"], later["more"], later["next"]) == ([], False, where)


def test_a_fact_is_told_as_a_webhook_tells_it_without_a_person(machine):
    got = machine([Scope.EVENTS]).get("/events")
    one = next(one for one in got.json()["events"] if one["subject"] == OWN)
    assert (one["specversion"], one["source"], one["data"]["disposal"]) == (
        "1.0",
        "/caseflow/durham",
        "deferred_prosecution",
    )
    for word in ("Sam", "Carter", "sam@", "+4477", "fran"):
        assert word not in got.text


def test_it_may_begin_at_a_moment(machine):
    own = machine()
    assert own.get("/events", since="2022-01-10T10:00:00Z").json()["events"] == own.get("/events").json()["events"]
    got = own.get("/events", since="2022-01-11T00:00:00Z").json()
    assert got["events"] == []
    assert own.get(got["next"]).json() == got


def test_another_schemes_facts_are_not_in_it(machine):
    assert {one["source"] for one in machine(of="dyfed-powys").get("/events").json()["events"]} == {
        "/caseflow/dyfed-powys"
    }


def place(*parts) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "after",
    ["x", "eHg=", place("2022-01-10T10:00:00", "a", 1), place("2022-01-10T10:00:00Z", "a\0", 1),
     place("2022-01-10T10:00:00Z", "a", -1), place("2022-01-10T10:00:00Z", "a", 2**40)],
)  # fmt: skip
def test_a_place_that_is_none(machine, after):
    found = machine().get("/events", after=after)
    assert (found.status_code, found.json()["code"]) == (404, "no_place")
