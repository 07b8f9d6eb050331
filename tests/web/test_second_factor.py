"""An administrator's acts need a second factor: a code that serves once, or the identity provider's word, and not long ago."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from standins.identity import CLIENT, SECRET, Identity
from test_single_sign_on import return_of
from visiting import Browser, heading, plain
from web_scheme import PASSWORD, Scheme
from web_scheme import SECRET as HASHED

from caseflow.access import accounts, second_factor
from caseflow.access.second_factor import code_at, step_of, vouched
from caseflow.access.who import May, Part
from caseflow.bootstrap import host_now
from caseflow.engine.access import Account
from caseflow.settings.deployment import Deployment
from caseflow.web.pages import ALL
from caseflow.web.serving import make_pages

LOGIN = "kit@example.org"


@pytest.fixture
def kit(scheme: Scheme) -> Browser:
    """An administrator who has just signed in with their own password."""
    accounts.add(scheme.app, Account("kit", "durham", LOGIN, "Kit", "administrator"))
    with scheme.app.store.begin() as unit:
        unit.set_secret("durham", "kit", HASHED, change=False)
    browser = scheme.browser()
    browser.sign_in(LOGIN, PASSWORD)
    return browser


def code(scheme: Scheme, steps: int = 0) -> str:
    """What Kit's app shows now, or some half minutes away."""
    return code_at(accounts.key_of(scheme.app, LOGIN), int(host_now().timestamp()) // 30 + steps)


def give(browser: Browser, scheme: Scheme, given: str):
    browser.get("/account/confirm?to=/accounts")
    return browser.send("/account/confirm", code=given)


# ── RFC 6238, appendix B (the last six of its eight digits) ─────────────────────────────────────
VECTORS = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037",
           20000000000: "353130"}  # fmt: skip
RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(("seconds", "digits"), VECTORS.items())
def test_codes_are_those_of_the_standard(seconds, digits):
    assert code_at(RFC_KEY, seconds // 30) == digits
    assert step_of(RFC_KEY, f" {digits[:3]} {digits[3:]} ", datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("late", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_is_good_for_its_half_minute_and_its_neighbours(late, taken):
    at = datetime.fromtimestamp(1111111109, UTC) + timedelta(seconds=late)
    assert (step_of(RFC_KEY, "081804", at) is not None) is taken


@pytest.mark.parametrize("given", ["", "08180", "0818040", "£81804", "abcdef", "081804\0"])
def test_what_is_no_code_is_none(given):
    assert step_of(RFC_KEY, given, datetime.fromtimestamp(1111111109, UTC)) is None


def test_keys_have_160_bits_and_differ():
    keys = {second_factor.new_key() for _ in range(50)}
    assert len(keys) == 50
    assert all(len(key) == 32 and "=" not in key for key in keys)
    assert second_factor.address(RFC_KEY, "a b@x.org").startswith("otpauth://totp/caseflow:a%20b%40x.org?secret=")


# ── on the pages ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("page", [one for one in ALL if one.may is May.ACCOUNTS], ids=lambda one: one.name)
def test_no_act_of_an_administrator_goes_without_it(kit: Browser, page):
    answer = kit.ask(page.method, page.path, headers={"origin": kit.host})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/account/confirm?to=/")


def test_a_right_code_leads_on_and_serves_once(kit: Browser, scheme: Scheme):
    given = code(scheme)
    assert heading(give(kit, scheme, given)) == "Accounts"
    other = scheme.browser()
    other.sign_in(LOGIN, PASSWORD)
    page = give(other, scheme, given)
    assert page.status_code == 422
    assert "it was used before" in plain(page)
    assert heading(give(other, scheme, code(scheme, 1))) == "Accounts"
    assert give(other, scheme, code(scheme)).status_code == 422, "an earlier one than the last serves no more"


def test_it_lasts_half_an_hour(kit: Browser, scheme: Scheme):
    give(kit, scheme, code(scheme))
    scheme.memory.store.pass_time(29 * 60)
    assert heading(kit.get("/accounts")) == "Accounts"
    scheme.memory.store.pass_time(2 * 60)
    assert heading(kit.get("/accounts")) == "Show that it is you"


def test_five_wrong_codes_are_enough(kit: Browser, scheme: Scheme):
    found = [give(kit, scheme, "000000").status_code for _ in range(5)]
    assert set(found) <= {422}
    assert give(kit, scheme, code(scheme)).status_code == 429


def test_somebody_without_a_key_is_told_so_and_has_no_form(scheme: Scheme):
    page = scheme.signed_in(Part.NAVIGATOR).get("/account/confirm?to=//elsewhere.example")
    assert "Your account has no second factor." in plain(page)
    assert 'name="code"' not in page.text
    assert "/sign-in/sso" not in page.text


def test_a_new_administrator_is_given_a_key_that_is_shown_once(scheme: Scheme):
    browser = scheme.signed_in(Part.ADMINISTRATOR)
    browser.get("/accounts/add")
    page = browser.send("/accounts/add", login="new@example.org", part="administrator", name="New")
    key = accounts.key_of(scheme.app, "new@example.org")
    assert key in plain(page)
    assert key not in browser.get("/accounts").text
    page = browser.send("/accounts/reset", account=accounts.find(scheme.app, "new@example.org").id)
    assert accounts.key_of(scheme.app, "new@example.org") != key
    assert accounts.key_of(scheme.app, "new@example.org") in plain(page)
    browser.get("/accounts/add")
    page = browser.send("/accounts/add", login="auditor@example.org", part="auditor")
    assert accounts.key_of(scheme.app, "auditor@example.org") == ""
    assert "one-time codes" not in plain(page)
    assert key not in repr(accounts.find(scheme.app, "new@example.org"))


# ── through an identity provider ────────────────────────────────────────────────────────────────
@pytest.fixture
def provider():
    with Identity() as running:
        yield running


def at(scheme: Scheme, provider: Identity, **more) -> Browser:
    settings = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET} | more
    return Browser(make_pages(scheme.app, Deployment(**settings)))


def vouch(browser: Browser, to: str = "/accounts", again: str = "") -> object:
    """Sign in through the provider, and follow wherever that leads."""
    browser.get("/sign-in")
    away = browser.ask("GET", f"/sign-in/sso?to={to}{again}").headers["location"]
    assert ("prompt=login" in away) is bool(again)
    return browser.get(return_of(away))


def just_now(said: dict[str, object]) -> dict[str, object]:
    """With a time that is so many seconds from now as an instant: what was now when the tests were gathered is long ago."""
    at = said.get("auth_time")
    return said | {"auth_time": int(host_now().timestamp()) + at} if isinstance(at, int) else said


@pytest.mark.parametrize(
    ("said", "wanted", "strong"),
    [
        ({"amr": ["pwd", "mfa"], "auth_time": 0}, "mfa", True),
        ({"acr": "c1", "auth_time": 0}, "mfa c1", True),
        ({"auth_time": 0}, "", True),
        ({"amr": ["pwd"], "auth_time": 0}, "mfa", False),
        ({"amr": "mfa", "auth_time": 0}, "mfa", False),
        ({"amr": ["mfa"]}, "mfa", False),
        ({"amr": ["mfa"], "auth_time": -3600}, "mfa", False),
        ({"amr": ["mfa"], "auth_time": 3600}, "mfa", False),
        ({"amr": ["mfa"], "auth_time": "now"}, "mfa", False),
        ({}, "", False),
    ],
    ids=["both", "class", "any", "password", "a word", "no time", "an hour ago", "to come", "no number", "nothing"],
)
def test_the_providers_word_is_taken_when_it_says_how_and_when(
    scheme: Scheme, provider: Identity, said, wanted, strong
):
    provider.person = provider.person | just_now(said)
    with scheme.app.store.begin() as unit:
        unit.add_account(
            Account("ann", "durham", "ann@example.org", "Ann", "administrator", subject="tenant-1/object-1")
        )
    page = vouch(at(scheme, provider, oidc_second_factor=wanted))
    assert heading(page) == ("Accounts" if strong else "Show that it is you")
    if not strong:
        assert 'href="/sign-in/sso?again=yes&amp;to=/accounts"' in page.text


def test_asked_again_the_provider_is_told_to_ask_afresh(scheme: Scheme, provider: Identity):
    with scheme.app.store.begin() as unit:
        unit.add_account(
            Account("ann", "durham", "ann@example.org", "Ann", "administrator", subject="tenant-1/object-1")
        )
    browser = at(scheme, provider)
    assert heading(vouch(browser)) == "Show that it is you"
    provider.person = provider.person | just_now({"amr": ["mfa"], "auth_time": 0})
    assert heading(vouch(browser, again="&again=yes")) == "Accounts"


def test_what_just_now_means():
    assert vouched({"mfa"}, 1000.0, 1299.0, ["mfa"])
    assert not vouched({"mfa"}, 1000.0, 1301.0, ["mfa"])
    assert not vouched({"mfa"}, None, 1000.0, ["mfa"])


# ── breaking the glass ──────────────────────────────────────────────────────────────────────────
def test_beside_a_provider_a_local_administrator_is_out_until_a_setting_lets_them_in(
    kit: Browser, scheme: Scheme, provider: Identity, caplog: pytest.LogCaptureFixture
):
    page = at(scheme, provider).sign_in(LOGIN, PASSWORD)
    assert page.status_code == 422
    assert "The email address or the password is not right" in plain(page)
    assert [one.levelno for one in caplog.records if "break glass: refused" in one.message] == [logging.ERROR]

    browser = at(scheme, provider, break_glass=True)
    assert browser.sign_in(LOGIN, PASSWORD).status_code == 200
    assert [one.levelno for one in caplog.records if "signed in beside" in one.message] == [logging.ERROR]
    assert [line.what for line in scheme.log()] == ["break_glass"]
    assert heading(browser.get("/accounts")) == "Show that it is you", "the password alone is not enough"
    assert "Signed in beside the identity provider" in plain(scheme.signed_in(Part.AUDITOR).get("/log"))


def test_others_with_a_password_of_ours_come_in_beside_a_provider_as_before(scheme: Scheme, provider: Identity):
    account = scheme.account(Part.NAVIGATOR)
    assert at(scheme, provider).sign_in(account.login, PASSWORD, to="/account").status_code == 200
    assert scheme.log() == []
