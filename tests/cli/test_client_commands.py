"""`clients add | list | disable` as a command line."""

import re

import pytest

from caseflow.access import clients
from caseflow.bootstrap import app_for
from caseflow.settings.deployment import deployment

pytestmark = pytest.mark.usefixtures("scheme")


@pytest.fixture(autouse=True)
def nobody(scheme):
    yield
    with scheme.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM clients")


def add(run, name="records-system", *more):
    return run("clients", "add", name, "--scheme", "durham", *(more or ("--scope", "read", "--scope", "events")))


def comes_in(token):
    app = app_for(deployment())
    try:
        return clients.caller(app, token)
    finally:
        app.store.close()


def test_a_token_is_printed_once_and_lets_the_system_in(run):
    ran = add(run)
    assert ran.code == 0
    assert ran.out.startswith("records-system may use the API of durham: events, read\n")
    token = re.search(r"^Token: (caseflow_\S{43})$", ran.out, re.MULTILINE)[1]
    assert comes_in(token).scheme == "durham"
    (listed,) = run("clients", "list", "--json").json()["clients"]
    assert (listed["name"], listed["scopes"], listed["token"]) == ("records-system", ["events", "read"], None)
    assert token not in run("clients", "list").out
    assert (
        "may not use the API of durham any more"
        in run("clients", "disable", "records-system", "--scheme", "durham").out
    )
    assert comes_in(token) is None
    assert "disabled" in run("clients", "list").out


def test_a_token_is_replaced_by_a_second_client(run):
    old = add(run, "records-2026", "--scope", "work", "--speaks-for", "oic", "--json").json()
    new = add(run, "records-2027", "--scope", "work", "--speaks-for", "oic", "--json").json()
    assert (old["speaks_for"], old["token"] != new["token"]) == (["oic"], True)
    run("clients", "disable", "records-2026", "--scheme", "durham")
    assert (comes_in(old["token"]), bool(comes_in(new["token"]))) == (None, True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--scope", "everything"), "refer, read, work, returns, events"),
        (("--speaks-for", "oic"), "say what it may do"),
        (("--scope", "work"), "say for which roles"),
        (("--scope", "returns", "--speaks-for", "oic"), "add --speaks-for provider"),
        (("--scope", "work", "--speaks-for", "system"), "it may be participant"),
    ],
)
def test_what_cannot_be_is_said(run, more, said):
    ran = add(run, "x", *more)
    assert (ran.code, said in ran.err) == (2, True)


def test_a_name_is_taken_once_in_a_scheme_while_it_is_good(run):
    add(run)
    ran = add(run)
    assert (ran.code, "another name" in ran.err) == (1, True)
    assert run("clients", "disable", "nobody", "--scheme", "durham").code == 1
