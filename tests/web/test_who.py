"""Every page by every part, signed out and from another scheme, against the table below. What stands in no table nobody may."""

import pytest
from door_scheme import listed, own_link, provider_link, return_of
from web_scheme import WHOSE, Scheme

from caseflow.access import drafts
from caseflow.access.who import TABLE, May, Part, Reach, allowed, reach
from caseflow.web.pages import ALL, DEMO
from caseflow.web.routes import Pages

EVERYBODY = frozenset(Part)
DESK = frozenset({Part.NAVIGATOR, Part.SUPERVISOR})
READS = DESK | {Part.AUDITOR}
ADMIN = frozenset({Part.ADMINISTRATOR})
MANAGES = frozenset({Part.MANAGER, Part.SUPERVISOR})
WORDS = MANAGES | {Part.NAVIGATOR, Part.AUDITOR}
OFFICER = frozenset({Part.OFFICER})
PROVIDER, PARTICIPANT = frozenset({Part.PROVIDER}), frozenset({Part.PARTICIPANT})
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
    "GET /account/confirm": EVERYBODY,
    "POST /account/confirm": EVERYBODY,
    "GET /account/password": EVERYBODY,
    "POST /account/password": EVERYBODY,
    "GET /today": DESK,
    "GET /today/team": frozenset({Part.SUPERVISOR}),
    "GET /tomorrow": DESK,
    "GET /caseload": DESK,
    "GET /cases": READS,
    "GET /cases/{ref}": READS,
    "POST /cases/{ref}/tasks/done": DESK,
    "GET /cases/{ref}/sheet": READS,
    "GET /cases/{ref}/conversation": READS,
    "GET /cases/{ref}/story": READS,
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
    "GET /referrals/{ref}/victim": OFFICER,
    "POST /referrals/{ref}/victim": OFFICER,
    "GET /referrals/{ref}/answer/{number}": OFFICER,
    "POST /referrals/{ref}/answer/{number}": OFFICER,
    "GET /leaflets": OFFICER,
    "GET /leaflets/{disposal}": OFFICER,
    "GET /leaflets/{disposal}/victim": OFFICER,
    "GET /log": frozenset({Part.AUDITOR}),
    "GET /scheme": MANAGES,
    "GET /scheme/figures.csv": MANAGES,
    "GET /scheme/survey": MANAGES,
    "GET /scheme/survey.csv": MANAGES,
    "GET /tasks": MANAGES,
    "GET /tasks/{number}": MANAGES,
    "POST /tasks/{number}": MANAGES,
    "GET /policies": WORDS,
    "GET /policies/compare": WORDS,
    "GET /policies/{version}": WORDS,
    "GET /policies/{version}/guide": WORDS,
    "GET /policies/{version}/leaflet": WORDS,
    "GET /policies/{version}/picture": WORDS,
    "GET /messages": WORDS,
    "GET /messages/{name}": WORDS,
    "POST /messages/{name}/test": MANAGES,
    "GET /r": NOBODYS,
    "GET /r/{token}": NOBODYS,
    "POST /r/{token}": NOBODYS,
    "GET /code": NOBODYS,
    "POST /code": NOBODYS,
    "GET /a": NOBODYS,
    "GET /a/{token}": NOBODYS,
    "POST /a/{token}": NOBODYS,
    "GET /left": NOBODYS,
    "POST /left": NOBODYS,
    "GET /returns": PROVIDER,
    "GET /returns/{ref}": PROVIDER,
    "POST /returns/{ref}": PROVIDER,
    "GET /returns/{ref}/file": PROVIDER,
    "POST /returns/{ref}/file": PROVIDER,
    "GET /returns/{ref}/check": PROVIDER,
    "POST /returns/{ref}/send": PROVIDER,
    "GET /returns/{ref}/receipt": PROVIDER,
    "GET /returns/{ref}/concern": PROVIDER,
    "POST /returns/{ref}/concern": PROVIDER,
    "GET /my/{ref}": PARTICIPANT,
    "POST /my/{ref}/coming": PARTICIPANT,
    "GET /my/{ref}/change": PARTICIPANT,
    "POST /my/{ref}/change": PARTICIPANT,
    "GET /my/{ref}/survey": PARTICIPANT,
    "POST /my/{ref}/survey": PARTICIPANT,
    "POST /cases/{ref}/pin": DESK,
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


FILLED = {
    "{language}": "cy",
    "{disposal}": "outcome_22",
    "{what}": "record_contact",
    "{version}": "1",
    "{name}": "first_contact",
}


def address(scheme: Scheme, page, case: str) -> str:
    if "{draft}" in page.path:
        draft = drafts.begin(scheme.app, scheme.account(Part.OFFICER), {})
        return page.path.replace("{draft}", draft.id).replace("{step}", "offence")
    path = page.path
    if path.startswith(("/r/", "/returns")):
        listed(scheme)
        path = path.replace("{token}", provider_link(scheme)[3:]).replace("{ref}", return_of(scheme, case))
    path = path.replace("{ref}", WHOSE[case])
    if "{token}" in path:
        path = path.replace("{token}", own_link(scheme)[0][3:])
    for hole, value in FILLED.items():
        path = path.replace(hole, value)
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
