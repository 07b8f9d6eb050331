"""`accounts add | list | disable | reset` as a command line."""

import re

import pytest

from caseflow.access import accounts
from caseflow.bootstrap import app_for
from caseflow.settings.deployment import deployment

pytestmark = pytest.mark.usefixtures("scheme")


@pytest.fixture
def people(scheme):
    yield
    with scheme.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM sessions")
        connection.exec_driver_sql("DELETE FROM accounts")


def add(run, login="jo@example.org", *more):
    return run(
        "accounts", "add", login, "--scheme", "durham", *(more or ("--part", "navigator", "--person", "Jo Hartley"))
    )


def signs_in(login, password):
    app = app_for(deployment())
    try:
        return accounts.sign_in(app, login, password)
    finally:
        app.store.close()


def test_a_first_password_is_printed_once_and_lets_them_in(run, people):
    ran = add(run, "Jo@Example.org")
    assert ran.code == 0
    assert ran.out.startswith("Jo Hartley may sign in to durham as navigator with jo@example.org")
    password = re.search(r"for the first sign-in only: (\S+)", ran.out)[1]
    account = signs_in("jo@example.org", password)
    assert account.change
    assert account.person
    listed = run("accounts", "list", "--json").json()["accounts"]
    assert [(one["login"], one["part"], one["password"]) for one in listed] == [("jo@example.org", "navigator", None)]
    assert password not in run("accounts", "list").out


def test_reset_gives_another_and_disable_none(run, people):
    first = add(run, "jo@example.org", "--part", "navigator", "--person", "Jo", "--json").json()["password"]
    second = run("accounts", "reset", "jo@example.org", "--json").json()["password"]
    assert signs_in("jo@example.org", first) is None
    assert signs_in("jo@example.org", second)
    assert "may not sign in any more" in run("accounts", "disable", "jo@example.org").out
    assert signs_in("jo@example.org", second) is None
    assert "disabled" in run("accounts", "list").out


def test_single_sign_on_needs_no_password_of_ours(run, people):
    ran = add(run, "ann@example.org", "--part", "auditor", "--subject", "tenant/ann", "--name", "Ann Lee")
    assert "Password" not in ran.out
    assert "single sign-on" in run("accounts", "list").out
    refused = run("accounts", "reset", "ann@example.org")
    assert refused.code == 1
    assert "identity provider" in refused.err


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--part", "king"), 2, "officer, navigator"),
        (("--part", "navigator"), 2, "say who they are"),
        (("--part", "navigator", "--person", "Nobody At All"), 2, "nobody is called that in durham"),
        (("--part", "auditor", "--person", "Jo"), 2, "leave it out"),
    ],
)
def test_what_cannot_be_is_said(run, people, more, code, said):
    ran = add(run, "jo@example.org", *more)
    assert (ran.code, said in ran.err) == (code, True)


def test_a_login_is_taken_once(run, people):
    add(run)
    ran = run("accounts", "add", "JO@example.org", "--scheme", "dyfed-powys", "--part", "auditor")
    assert ran.code == 1
    assert "is taken" in ran.err
    assert run("accounts", "disable", "nobody@example.org").code == 1
    assert run("accounts", "add", "not-an-address", "--scheme", "durham", "--part", "auditor").code == 2


def test_an_administrator_is_given_a_key_for_codes_that_is_shown_once(run, people):
    ran = add(run, "kit@example.org", "--part", "administrator", "--name", "Kit")
    key = re.search(r"\(TOTP\): ([A-Z2-7]{32})\n", ran.out)[1]
    assert key not in run("accounts", "list").out
    assert [one["key"] for one in run("accounts", "list", "--json").json()["accounts"]] == [None]
    other = run("accounts", "reset", "kit@example.org", "--json").json()["key"]
    assert re.fullmatch("[A-Z2-7]{32}", other)
    assert other != key
    assert "TOTP" not in add(run, "ann@example.org", "--part", "auditor", "--name", "Ann").out


def test_a_manager_is_somebody_of_the_staff(run, people):
    assert add(run, "colin@example.org", "--part", "manager", "--person", "Colin Marr").code == 0
    assert add(run, "x@example.org", "--part", "manager").code == 2
