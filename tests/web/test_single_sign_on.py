"""Signing in through an identity provider: who comes in, and every token that is not to be believed."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from standins import identity
from standins.identity import CLIENT, KEYS, SECRET, Identity, signed_by
from visiting import Browser, heading, plain
from web_scheme import Scheme, navigator

from caseflow.engine.access import Account
from caseflow.settings.deployment import Deployment, SettingsError, deployment

SUBJECT = "tenant-1/object-1"


@pytest.fixture
def provider() -> Iterator[Identity]:
    with Identity() as running:
        yield running


@pytest.fixture
def jo(scheme: Scheme, provider: Identity) -> Browser:
    """A browser at a service that trusts this provider; Jo's account is known by her key there."""
    with scheme.app.store.begin() as unit:
        unit.add_account(
            Account("jo", "durham", "jo@example.org", "Jo Hartley", "navigator", navigator(), subject=SUBJECT)
        )
    settings: dict[str, Any] = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    return scheme.browser(**settings)


def go_through(browser: Browser, to: str = "/account") -> Any:
    """From the button to the provider and back, as a browser does; the page one ends on."""
    browser.get(f"/sign-in?to={to}")
    away = ask(browser, to)
    assert away.status_code == 303, plain(away)
    return browser.get(return_of(away.headers["location"]))


def ask(browser: Browser, to: str = "/") -> Any:
    """Follow the link on the page, and stop where it leads off this site."""
    assert browser.page is not None
    assert f'href="/sign-in/sso?to={to}"' in browser.page.text
    return browser.ask("GET", f"/sign-in/sso?to={to}")


def return_of(address: str) -> str:
    """What the provider's page would send the browser back to."""
    back = requests.get(address, allow_redirects=False, timeout=5).headers["location"]
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def test_somebody_whom_the_provider_vouches_for_comes_in(jo: Browser):
    page = go_through(jo)
    assert (page.url.path, heading(page)) == ("/account", "Your account")
    assert "Jo Hartley" in plain(page)


def test_the_question_carries_all_that_binds_the_answer_to_it(jo: Browser, provider: Identity):
    jo.get("/sign-in")
    away = ask(jo).headers["location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid"
    assert len(asked["nonce"]) == len(asked["code_challenge"]) == 43
    token = jo.cookies["caseflow"]
    assert token not in away
    assert asked["redirect_uri"].endswith("/sign-in/sso/return")


def test_who_has_no_account_is_told_the_key_to_ask_for_one_with(jo: Browser, provider: Identity):
    provider.person = {"sub": "s-2", "tid": "tenant-1", "oid": "object-2"}
    page = go_through(jo)
    assert page.status_code == 403
    assert "tenant-1/object-2" in plain(page)
    assert jo.get("/account").url.path == "/sign-in"


def test_without_a_tenant_the_issuer_and_subject_are_the_key(jo: Browser, provider: Identity):
    provider.person = {"sub": "s-9", "email": "jo@example.org"}
    assert f"{provider.url}#s-9" in plain(go_through(jo)), "and never the address"


def test_a_disabled_account_stays_out(jo: Browser, scheme: Scheme):
    with scheme.app.store.begin() as unit:
        unit.disable_account("durham", "jo")
    assert go_through(jo).status_code == 403


def test_keys_that_were_changed_are_asked_for_again(jo: Browser, provider: Identity):
    go_through(jo)
    provider.key, provider.published = "two", ("two",)
    assert heading(go_through(Browser(jo.app))) == "Your account"
    assert provider.asked.count("/keys") == 2
    assert provider.asked.count("/.well-known/openid-configuration") == 1


BAD = {
    "another issuer": {"iss": "https://elsewhere.example"},
    "an issuer but for a slash": {"iss": "+/"},
    "another audience": {"aud": "somebody-else"},
    "an audience beside us": {"aud": [CLIENT, "somebody-else"]},
    "no audience": {"aud": None},
    "made for another party": {"azp": "somebody-else"},
    "another nonce": {"nonce": "x" * 43},
    "no nonce": {"nonce": None},
    "run out": {"exp": ("now", -3600)},
    "no end": {"exp": None},
    "an end that is words": {"exp": "2099-01-01"},
    "made long ago": {"iat": ("now", -3600)},
    "made tomorrow": {"iat": ("now", +86400)},
    "not good before tomorrow": {"nbf": ("now", +86400)},
    "nobody's": {"sub": ""},
    "no subject": {"sub": None},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=list(BAD))
def test_a_token_that_says_something_else_lets_nobody_in(jo: Browser, provider: Identity, changes: dict[str, Any]):
    def spoil(claims: dict[str, Any]) -> None:
        made = claims["iat"]
        for name, value in changes.items():
            if value is None:
                del claims[name]
            elif isinstance(value, tuple):
                claims[name] = made + value[1]
            else:
                claims[name] = claims[name] + "/" if value == "+/" else value

    provider.spoil = spoil
    _stays_out(jo)


SIGNED = {
    "not at all": identity.unsigned,
    "with the public key as a secret": identity.signed_with_the_public_key,
    "by a stranger's key of the same name": lambda claims: signed_by(KEYS["stranger"], claims),
    "by a key nobody published": lambda claims: signed_by(KEYS["two"], claims),
    "as no token at all": lambda claims: "nothing",
    "and changed afterwards": lambda claims: signed_by(KEYS["one"], claims)[:-8] + "AAAAAAAA",
    "with nothing in it": lambda claims: "",
}


@pytest.mark.parametrize("sign", SIGNED.values(), ids=list(SIGNED))
def test_a_token_signed_otherwise_lets_nobody_in(jo: Browser, provider: Identity, sign: Any):
    provider.sign = sign
    _stays_out(jo)


def _stays_out(browser: Browser) -> None:
    page = go_through(browser)
    assert page.status_code == 403
    assert "could not be sure" in plain(page)
    assert browser.get("/account").url.path == "/sign-in"


# ── answers to no question of ours ──────────────────────────────────────────────────────────────
def test_an_answer_to_another_browsers_question_is_refused(jo: Browser):
    other = Browser(jo.app)
    other.get("/sign-in")
    stolen = return_of(ask(other).headers["location"])
    jo.get("/sign-in")
    assert jo.get(stolen).status_code == 403
    assert Browser(jo.app).get(stolen).status_code == 403


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=a.b.c&code=x", "?error=access_denied", "?state=%00.%FF&code=x"]
)
def test_an_answer_out_of_nothing_is_refused(jo: Browser, query: str):
    jo.get("/sign-in")
    assert jo.get(f"/sign-in/sso/return{query}").status_code == 403


def test_a_code_serves_once(jo: Browser):
    jo.get("/sign-in")
    back = return_of(ask(jo).headers["location"])
    before = jo.cookies["caseflow"]
    assert jo.get(back).status_code == 200
    jo.cookies.set("caseflow", before, domain="caseflow.example")
    assert jo.get(back).status_code == 403


# ── a provider that is not as it should be ──────────────────────────────────────────────────────
def test_a_provider_that_is_away_is_said(jo: Browser, provider: Identity):
    provider.description = {"issuer": "https://elsewhere.example"}
    jo.get("/sign-in")
    page = ask(jo)
    assert page.status_code == 503
    assert "does not answer" in plain(page)


def test_in_production_the_provider_speaks_https():
    given = {"database_url": "postgresql://db/x", "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    with pytest.raises(SettingsError, match="OIDC_ISSUER"):
        deployment(environment="production", oidc_issuer="http://idp.example", **given)
    assert Deployment(environment="production", oidc_issuer="https://idp.example", **given)


def test_an_issuer_without_a_client_is_refused():
    with pytest.raises(SettingsError, match="belong together"):
        deployment(oidc_issuer="https://idp.example")


def test_without_a_provider_the_page_does_not_offer_one(scheme: Scheme):
    browser = scheme.browser()
    assert "/sign-in/sso" not in browser.get("/sign-in").text
    for path in ("/sign-in/sso", "/sign-in/sso/return"):
        assert browser.get(path).status_code == 404


def test_a_browser_that_was_not_at_the_page_goes_there_first(jo: Browser):
    assert jo.get("/sign-in/sso?to=/account").url.path == "/sign-in"
