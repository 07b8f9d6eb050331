"""Every page by every part, signed out and from another scheme, against the table below. What stands in no table nobody may."""

import pytest
from web_scheme import WHOSE, Scheme

from caseflow.access import drafts
from caseflow.access.who import TABLE, May, Part, Reach, allowed, reach
from caseflow.web.pages import ALL, DEMO
from caseflow.web.routes import Pages

EVERYBODY = frozenset(Part)
DESK = frozenset({Part.NAVIGATOR, Part.SUPERVISOR})
READS = DESK | {Part.AUDITOR}
ADMIN = frozenset({Part.ADMINISTRATOR})
OFFICER = frozenset({Part.OFFICER})
NOBODYS = "nobody needs to be signed in"

EXPECTED = {
    "GET /sign-in": NOBODYS,
    "POST /sign-in": NOBODYS,
    "GET /language/{language}": NOBODYS,
    "GET /sign-in/sso": NOBODYS,
    "GET /sign-in/sso/return": NOBODYS,
    "POST /sign-out": EVERYBODY,
    "GET /": EVERYBODY,
    "GET /account": EVERYBODY,
    "POST /account/sessions/end": EVERYBODY,
    "GET /account/password": EVERYBODY,
    "POST /account/password": EVERYBODY,
    "GET /today": DESK,
    "GET /tomorrow": DESK,
    "GET /cases": READS,
    "GET /cases/{ref}": READS,
    "POST /cases/{ref}/tasks/done": DESK,
    "GET /cases/{ref}/sheet": READS,
    "GET /cases/{ref}/do": DESK,
    "GET /cases/{ref}/do/{what}": DESK,
    "POST /cases/{ref}/do/{what}": DESK,
    "POST /cases/{ref}/undo": DESK,
    "GET /cases/{ref}/plan": DESK,
    "POST /cases/{ref}/plan": DESK,
    "GET /demo": NOBODYS,
    "POST /demo": NOBODYS,
    "GET /accounts": ADMIN,
    "GET /accounts/add": ADMIN,
    "POST /accounts/add": ADMIN,
    "POST /accounts/reset": ADMIN,
    "POST /accounts/disable": ADMIN,
    "POST /refer": OFFICER,
    "POST /refer/{draft}/drop": OFFICER,
    "POST /refer/{draft}/send": OFFICER,
    "GET /refer/{draft}/{step}": OFFICER,
    "POST /refer/{draft}/{step}": OFFICER,
    "GET /referrals": OFFICER,
    "GET /referrals/{ref}": OFFICER,
    "GET /referrals/{ref}/sent": OFFICER,
    "GET /referrals/{ref}/view": OFFICER,
    "POST /referrals/{ref}/view": OFFICER,
    "GET /leaflets": OFFICER,
    "GET /leaflets/{disposal}": OFFICER,
    "GET /leaflets/{disposal}/victim": OFFICER,
    "GET /log": frozenset({Part.AUDITOR}),
}
"""A page of its own needs a line here: who may open it. The rest are told that there is no such page."""

OF_PAGES = {one.name: one for one in [*ALL, *DEMO]}


def test_every_page_has_its_line_and_every_line_its_page():
    assert set(OF_PAGES) == set(EXPECTED)


def test_a_page_that_does_not_say_who_may_open_it_cannot_be_written():
    with pytest.raises(TypeError, match="may"):
        Pages().get("/secret", shows="")
    with pytest.raises(TypeError, match="shows"):
        Pages().get("/secret", may=May.DESK)


def test_every_permission_but_coming_in_has_its_row_and_nothing_else_has():
    assert set(TABLE) == set(May) - {May.COME_IN}
    for part in Part:
        assert reach(part, May.COME_IN) is None


def address(scheme: Scheme, page, case: str) -> str:
    if "{draft}" in page.path:
        draft = drafts.begin(scheme.app, scheme.account(Part.OFFICER), {})
        return page.path.replace("{draft}", draft.id).replace("{step}", "offence")
    asked = {"{ref}": WHOSE[case], "{disposal}": "outcome_22", "{language}": "cy", "{what}": "record_contact"}
    path = page.path
    for name, value in asked.items():
        path = path.replace(name, value)
    return path


def status(scheme: Scheme, page, account, case: str) -> int:
    """What this page answers; of a form, whether it gets as far as looking at what was sent."""
    browser = scheme.browser(account, demo=True)
    path = address(scheme, page, case)
    if page.method == "GET":
        return browser.ask("GET", path).status_code
    return browser.ask("POST", path, headers={"origin": browser.host}, data={}).status_code


@pytest.mark.parametrize("part", [*Part, None], ids=str)
@pytest.mark.parametrize("name", EXPECTED)
def test_who_may_open_what(scheme: Scheme, name: str, part: Part | None):
    page = OF_PAGES[name]
    account = scheme.account(part) if part else None
    found = status(scheme, page, account, "own")
    wanted = EXPECTED[name]
    if wanted is NOBODYS or (part is not None and part in wanted):
        # a form without its token is refused as such, which is behind the question who may
        # (409: what makes no sense on this case now is said to whoever might do it)
        assert found in ({200, 303, 409} if page.method == "GET" else {403}) or "sso" in name, "should be let in"
    elif part is None:
        assert found == 303, "should be asked to sign in"
    else:
        assert found == 404, "should be told that there is no such page"


@pytest.mark.parametrize("part", Part)
@pytest.mark.parametrize("name", [name for name in EXPECTED if "{ref}" in name])
@pytest.mark.parametrize("whose", ["somebody else's", "another scheme's"])
def test_a_case_that_is_not_theirs_is_not_there(scheme: Scheme, name: str, part: Part, whose: str):
    page = OF_PAGES[name]
    browser = scheme.signed_in(part)
    browser.get("/account")
    sees_all = whose == "somebody else's" and reach(part, page.may) is Reach.SCHEME
    path = address(scheme, page, whose)
    if page.method == "GET":
        assert browser.ask("GET", path).status_code in ({200, 409} if sees_all else {404})
    else:
        token = browser.fields("/sign-out")["form_token"]
        found = browser.ask("POST", path, headers={"origin": browser.host}, data={"form_token": token}).status_code
        assert (found != 404) is sees_all


def test_what_is_no_case_is_nobodys_own():
    assert not allowed(Part.NAVIGATOR, "", May.READ_CASE, None)
    assert allowed(Part.SUPERVISOR, "", May.READ_CASE, None)
