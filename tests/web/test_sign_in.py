"""Coming in: what is let in, what is not, and what a session is worth."""

import re

import pytest
from visiting import Browser, heading, plain
from web_scheme import PASSWORD, Scheme

from caseflow.access import accounts
from caseflow.access.attempts import Attempts
from caseflow.access.passwords import WeakPassword, check, matches, one_time
from caseflow.access.who import Part

LOGIN = "navigator.jo@durham.example.org"


@pytest.fixture
def jo(scheme: Scheme) -> Browser:
    scheme.account(Part.NAVIGATOR, person="jo", name="Jo Hartley")
    return scheme.browser()


def test_signing_in_leads_to_where_one_wanted_to_go(jo: Browser):
    assert jo.get("/account").url.path == "/sign-in"
    page = jo.send("/sign-in", login=LOGIN.upper(), password=PASSWORD)
    assert (page.url.path, heading(page)) == ("/account", "Your account")
    assert "Jo Hartley" in plain(page)


@pytest.mark.parametrize(
    ("login", "password"), [(LOGIN, "nope nope"), ("nobody@example.org", PASSWORD), ("", ""), (LOGIN, "x" * 5000)]
)
def test_a_wrong_password_and_an_unknown_login_look_the_same(jo: Browser, login: str, password: str):
    page = jo.sign_in(login, password)
    assert page.status_code == 422
    assert "The email address or the password is not right" in plain(page)
    assert "Error: Sign in" in page.text
    assert password not in page.text or not password


def test_a_new_token_is_given_at_every_sign_in_and_the_old_one_is_worth_nothing(jo: Browser):
    jo.get("/sign-in")
    before = jo.cookies["caseflow"]
    jo.sign_in(LOGIN, PASSWORD)
    first = jo.cookies["caseflow"]
    assert first != before
    jo.get("/account")
    jo.send("/sign-out")
    old = Browser(jo.app)
    old.cookies.set("caseflow", first, domain="caseflow.example")
    assert old.get("/account").url.path == "/sign-in"


def test_the_database_has_no_token(jo: Browser, scheme: Scheme):
    jo.sign_in(LOGIN, PASSWORD)
    rows = str(scheme.memory.store.tables.sessions)
    assert jo.cookies["caseflow"] not in rows
    assert len(jo.cookies["caseflow"]) >= 43


@pytest.mark.parametrize(("minutes", "still"), [(29, True), (31, False)])
def test_a_session_ends_after_half_an_hour_without_use(jo: Browser, scheme: Scheme, minutes: int, still):
    jo.sign_in(LOGIN, PASSWORD)
    scheme.memory.store.pass_time(minutes * 60)
    assert (jo.get("/account").url.path == "/account") is still


def test_whoever_is_disabled_is_out_at_once(jo: Browser, scheme: Scheme):
    jo.sign_in(LOGIN, PASSWORD)
    accounts.disable(scheme.app, LOGIN)
    assert jo.get("/account").url.path == "/sign-in"
    assert jo.sign_in(LOGIN, PASSWORD).status_code == 422


def test_people_see_where_they_are_signed_in_and_end_it(jo: Browser, scheme: Scheme):
    jo.sign_in(LOGIN, PASSWORD)
    other = scheme.browser()
    other.sign_in(LOGIN, PASSWORD)
    page = jo.get("/account")
    assert "In another browser" in plain(page)
    page = jo.send("/account/sessions/end")
    assert "In another browser" not in plain(page)
    assert other.get("/account").url.path == "/sign-in"
    assert jo.get("/account").url.path == "/account"


def test_nobody_ends_somebody_elses_session(jo: Browser, scheme: Scheme):
    jo.sign_in(LOGIN, PASSWORD)
    session = next(one.session.id for one in scheme.memory.store.tables.sessions.values())
    thief = scheme.signed_in(Part.AUDITOR)
    thief.get("/account")
    token = thief.fields("/sign-out")["form_token"]
    answer = thief.ask(
        "POST", "/account/sessions/end", data={"session": session, "form_token": token}, headers={"origin": thief.host}
    )
    assert answer.status_code == 303
    assert jo.get("/account").url.path == "/account"


def test_signing_out_takes_the_session_the_cookie_and_what_the_browser_kept(jo: Browser):
    jo.sign_in(LOGIN, PASSWORD)
    jo.get("/account")
    answer = jo.send("/sign-out", follow=False)
    assert answer.headers["location"] == "/sign-in"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "Max-Age=0" in answer.headers["set-cookie"]


# ── a first password ────────────────────────────────────────────────────────────────────────────
def test_a_one_time_password_is_changed_before_anything_else(scheme: Scheme):
    account = scheme.account(Part.SUPERVISOR, person="ruth")
    first = accounts.reset(scheme.app, account.login)
    browser = scheme.browser()
    page = browser.sign_in(account.login, first)
    assert heading(page) == "Change your password"
    assert browser.get("/account").url.path == "/account/password"
    token = browser.cookies["caseflow"]
    page = browser.send("/account/password", old=first, new="three plain words")
    assert page.url.path == "/today"
    assert browser.cookies["caseflow"] != token
    assert scheme.browser().sign_in(account.login, first).status_code == 422


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("not it", "three plain words", "This is not your password now"),
        (PASSWORD, PASSWORD, "The new password is the old one"),
        (PASSWORD, "tin", "too short"),
        (PASSWORD, "y" * 201, "too long"),
        (PASSWORD, "navigator.jo!!", "easy to guess"),
        (PASSWORD, "aaaaaaaaaaaaaaa", "easy to guess"),
        (PASSWORD, "password12345", "easy to guess"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(jo: Browser, old: str, new: str, said: str):
    jo.sign_in(LOGIN, PASSWORD)
    jo.get("/account/password")
    page = jo.send("/account/password", old=old, new=new)
    assert page.status_code == 422
    assert said in plain(page)
    assert new not in page.text


def test_one_time_passwords_are_good_enough_for_our_own_rules():
    drawn = {one_time() for _ in range(50)}
    assert len(drawn) == 50
    for one in drawn:
        check(one, "jo@example.org")
        assert re.fullmatch(r"([a-z2-9]{5}-){2}[a-z2-9]{5}", one)


def test_a_hash_is_argon2id_and_nothing_matches_nothing(scheme: Scheme):
    account = scheme.account(Part.AUDITOR)
    assert account.secret.startswith("$argon2id$")
    assert matches(account.secret, PASSWORD)
    assert not matches("", "")
    assert not matches("not a hash", PASSWORD)
    with pytest.raises(WeakPassword, match="short"):
        check("", "")


# ── too many tries ──────────────────────────────────────────────────────────────────────────────
def test_after_ten_tries_even_the_right_password_has_to_wait(jo: Browser):
    for _ in range(10):
        assert jo.sign_in(LOGIN, "wrong").status_code == 422
    page = jo.sign_in(LOGIN, PASSWORD)
    assert page.status_code == 429
    assert "Wait 15 minutes" in plain(page)
    assert jo.sign_in("somebody.else@example.org", "wrong").status_code == 422


def test_all_processes_count_together_in_redis(broker_url: str):
    first, second = Attempts(broker_url), Attempts(broker_url)
    assert [one.over("jo@example.org", "192.0.2.1") for one in (first, second) * 5] == [False] * 10
    assert second.over("JO@example.org", "192.0.2.2")


def test_without_redis_each_counts_for_itself_and_says_so_once(caplog: pytest.LogCaptureFixture):
    alone = Attempts("redis://127.0.0.1:1/0")
    assert [alone.over("jo@example.org", "192.0.2.1") for _ in range(11)] == [*[False] * 10, True]
    assert caplog.text.count("Redis is away") == 1
    assert "jo@" not in caplog.text
