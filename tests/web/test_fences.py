"""What stands before and around every page: headers, forms that are ours, paths that are ours, words that stay words."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visiting import HOST, Browser, heading, plain
from web_scheme import PASSWORD, Scheme

from caseflow.access.who import May, Part, reach
from caseflow.engine.ports import Unavailable
from caseflow.settings.deployment import Deployment
from caseflow.web import assets, headers
from caseflow.web.answers import Page, own_path
from caseflow.web.pages import ALL
from caseflow.web.routes import Declared
from caseflow.web.serving import LARGEST, make_pages
from caseflow.web.skin import NotOurs, unbranded

POSTS = [one for one in ALL if one.method == "POST"]
GETS = [one for one in ALL if one.method == "GET"]


def path_of(page) -> str:
    return re.sub(r"\{\w+\}", "x", page.path)


@pytest.mark.parametrize("page", ALL, ids=lambda one: one.name)
@pytest.mark.parametrize("production", [True, False])
def test_every_page_carries_the_headers(scheme: Scheme, page, production):
    settings = {"environment": "production", "database_url": "postgresql://nowhere/x"} if production else {}
    answer = scheme.browser(**settings).ask(page.method, path_of(page))
    csp = answer.headers["content-security-policy"]
    for part in (
        "default-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in csp
    assert "unsafe" not in csp
    assert re.search(r"script-src 'nonce-[\w-]{20,}';", csp)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == ("strict-origin" if "{token}" in page.path else "same-origin")
    assert ("strict-transport-security" in answer.headers) is production
    assert "access-control-allow-origin" not in answer.headers
    for cookie in answer.headers.get_list("set-cookie"):
        if cookie.startswith((headers.COOKIE + "=", "__Host-")):
            assert cookie.startswith("__Host-caseflow=") is production
            assert "HttpOnly" in cookie
            assert "SameSite=lax" in cookie
            assert "Path=/" in cookie
            assert ("Secure" in cookie) is production
            assert "domain" not in cookie.lower()


def test_every_script_has_the_nonce_and_a_nonce_serves_once(scheme: Scheme):
    browser = scheme.browser()
    one, two = browser.get("/sign-in"), browser.get("/sign-in")
    nonces = [re.search(r"'nonce-([\w-]+)'", page.headers["content-security-policy"])[1] for page in (one, two)]
    assert nonces[0] != nonces[1]
    for tag in re.findall(r"<script[^>]*>", one.text):
        assert f'nonce="{nonces[0]}"' in tag
    assert not re.search(r"\son\w+=|style=|javascript:", one.text)


def test_a_page_that_shows_people_and_does_not_note_whom_does_not_leave(scheme: Scheme):
    forgetful = Declared("GET", "/forgetful", May.DESK, "list", lambda visit: Page("home.html"))
    browser = scheme.browser(scheme.account(Part.NAVIGATOR), declared=[forgetful])
    with pytest.raises(RuntimeError, match="did not note whose"):
        browser.ask("GET", "/forgetful")
    assert browser.ask("GET", "/forgetful", raising=False).status_code == 500


# ── forms ───────────────────────────────────────────────────────────────────────────────────────
FOREIGN = [
    {},
    {"origin": "https://elsewhere.example"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": HOST},
    {"sec-fetch-site": "none"},
]


@pytest.mark.parametrize("page", POSTS, ids=lambda one: one.name)
@pytest.mark.parametrize("sent", FOREIGN, ids=str)
def test_a_form_from_elsewhere_is_refused_even_with_the_token(scheme: Scheme, page, sent: dict[str, str]):
    browser = _signed_in(scheme, page)
    token = browser.fields("/sign-out")["form_token"]
    assert browser.ask("POST", path_of(page), data={"form_token": token}, headers=sent).status_code == 403


@pytest.mark.parametrize("page", POSTS, ids=lambda one: one.name)
@pytest.mark.parametrize("token", ["", "0" * 64, "£"])
def test_a_form_without_its_token_is_refused_even_from_here(scheme: Scheme, page, token: str):
    browser = _signed_in(scheme, page)
    answer = browser.ask("POST", path_of(page), data={"form_token": token}, headers={"origin": HOST})
    assert answer.status_code == 403
    assert "Nothing was saved" in plain(answer)


def test_a_token_of_another_browser_is_refused(scheme: Scheme):
    one, two = _signed_in(scheme), _signed_in(scheme)
    token = two.fields("/sign-out")["form_token"]
    assert one.ask("POST", "/sign-out", data={"form_token": token}, headers={"origin": HOST}).status_code == 403


def test_nobody_can_be_signed_in_by_another_sites_form(scheme: Scheme):
    """Without a page of ours first there is no cookie, and no token that fits none."""
    scheme.account(Part.NAVIGATOR, person="jo")
    values = {"login": "navigator.jo@durham.example.org", "password": PASSWORD, "form_token": ""}
    assert scheme.browser().ask("POST", "/sign-in", data=values, headers={"origin": HOST}).status_code == 403


@pytest.mark.parametrize("page", GETS, ids=lambda one: one.name)
def test_looking_at_a_page_changes_nothing(scheme: Scheme, page):
    browser = _signed_in(scheme, page)
    before = repr(scheme.memory.store.tables.events), repr(scheme.memory.store.tables.accounts)
    browser.ask("GET", path_of(page))
    assert (repr(scheme.memory.store.tables.events), repr(scheme.memory.store.tables.accounts)) == before
    assert browser.ask("PUT", path_of(page)).status_code == 404


def test_a_form_that_is_too_large_is_not_read(scheme: Scheme):
    answer = scheme.browser().ask("POST", "/sign-in", content=b"a" * (LARGEST + 1), headers={"origin": HOST})
    assert answer.status_code == 413


def test_what_no_database_can_keep_is_taken_out(scheme: Scheme):
    browser = scheme.browser()
    assert browser.sign_in("jo\0@example.org", "\0").status_code == 422


# ── where one is sent ───────────────────────────────────────────────────────────────────────────
@given(st.text())
def test_nobody_is_ever_sent_elsewhere(anything: str):
    found = own_path(anything)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert "\\" not in found
    assert all(32 < ord(letter) < 127 for letter in found)


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/\t/elsewhere", "javascript:x"]
)
def test_after_signing_in_one_stays_here(scheme: Scheme, to: str):
    scheme.account(Part.NAVIGATOR, person="jo")
    browser = scheme.browser()
    browser.get("/sign-in")
    answer = browser.send("/sign-in", follow=False, login="navigator.jo@durham.example.org", password=PASSWORD, to=to)
    assert answer.headers["location"] == "/"
    assert browser.ask("GET", "/language/cy", params={"back": to}).headers["location"] == "/"


# ── words ───────────────────────────────────────────────────────────────────────────────────────
NAUGHTY = "\"><script>alert(1)</script>{{ 7*7 }}'`&"


def test_what_people_type_stays_words(scheme: Scheme):
    page = scheme.browser().sign_in(NAUGHTY, "x", to=f"/{NAUGHTY}")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "{{ 7*7 }}" in page.text.replace("&#34;", '"')


def test_a_language_is_chosen_by_a_link_and_kept(scheme: Scheme):
    browser = scheme.browser()
    browser.get("/sign-in?to=/account")
    page = browser.get("/language/cy?back=/sign-in?to=/account")
    assert heading(page) == "Mewngofnodi"
    assert '<html lang="cy"' in page.text
    assert browser.fields("/sign-in")["to"] == "/account"
    assert heading(browser.get("/account")) == "Mewngofnodi"
    assert browser.get("/language/fr").status_code == 404


# ── pages that say what is wrong ────────────────────────────────────────────────────────────────
def test_an_address_that_is_none_says_so_to_everybody(scheme: Scheme):
    assert heading(scheme.browser().get("/nothing/here")) == "Page not found"
    page = _signed_in(scheme).get("/nothing/here")
    assert (page.status_code, heading(page)) == (404, "Page not found")
    assert "Sign out" in page.text


def test_a_database_that_is_away_is_a_page_that_says_so(scheme: Scheme):
    class Away:
        def begin(self):
            raise Unavailable("gone")

    browser = _signed_in(scheme)
    broken = Browser(make_pages(replace(scheme.app, store=Away()), Deployment()), browser.cookies)
    page = broken.get("/account")
    assert (page.status_code, heading(page)) == (503, "The service is away for a moment")
    assert broken.get("/nowhere").status_code == 503


# ── style sheets ────────────────────────────────────────────────────────────────────────────────
def test_style_sheets_are_kept_for_a_year_under_an_address_that_changes_with_them(scheme: Scheme):
    browser = scheme.browser()
    where = assets.address("caseflow.css")
    answer = browser.ask("GET", where)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    for wrong in ("/static/0000/caseflow.css", "/static/0000/..%2f__init__.py", where.replace("caseflow", "other")):
        assert browser.ask("GET", wrong).status_code == 404


def test_the_skin_has_nothing_that_belongs_to_gov_uk_alone():
    css = (
        '@font-face{font-family:"GDS Transport";src:url(/x.woff2)}.a{font-family:"GDS Transport",arial,sans-serif}'
        ".b{background:url(/assets/images/govuk-crest.svg) no-repeat}.c{color:red}"
    )
    assert unbranded(css) == '.a{font-family:"Helvetica Neue",Helvetica,Arial,sans-serif}.c{color:red}'
    with pytest.raises(NotOurs, match="GDS Transport"):
        unbranded('.a{font-family:"GDS Transport",serif}')


def _signed_in(scheme: Scheme, page: Declared | None = None) -> Browser:
    """Somebody whom only the fences keep from this page: of a part that may open it."""
    parts = [part for part in (Part.NAVIGATOR, *Part) if page is None or reach(part, page.may)]
    browser = scheme.signed_in(next(iter(parts), Part.NAVIGATOR))
    browser.get("/account")
    return browser
