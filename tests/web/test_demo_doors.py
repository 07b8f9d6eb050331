"""The demo's switch lets somebody be a provider at its return, and a participant on their own page."""

from door_scheme import PROVIDER, placed, with_returns
from visiting import heading, plain
from web_scheme import OWN, Scheme

from caseflow.access.who import Part


def be(scheme: Scheme, part: Part):
    browser = scheme.browser(demo=True)
    account = scheme.account(part)
    browser.get("/demo")
    form = {"form_token": browser.fields("/demo")["form_token"], "login": account.login}
    browser.page = browser.ask("POST", "/demo", data=form, headers={"origin": browser.host}, follow_redirects=True)
    return browser


def test_a_provider_is_at_its_return(scheme: Scheme):
    browser = be(with_returns(scheme), Part.PROVIDER)
    assert heading(browser.page) == "Your return for January 2022"
    assert "Demonstration: you are" in plain(browser.page)


def test_a_participant_is_on_their_own_page_and_can_be_somebody_else_again(scheme: Scheme):
    placed(scheme, OWN, PROVIDER, "alcohol_advice")
    browser = be(scheme, Part.PARTICIPANT)
    assert heading(browser.page) == "Hello Sam"
    assert "Demonstration: you are Sam Carter (participant)" in plain(browser.page)
    browser.get("/demo")
    login = scheme.account(Part.NAVIGATOR).login
    form = {"form_token": browser.fields("/demo")["form_token"], "login": login}
    browser.page = browser.ask("POST", "/demo", data=form, headers={"origin": browser.host}, follow_redirects=True)
    assert heading(browser.page) == "Today"
