"""The OIC's view of an alleged breach: reached from the list, written blind, once, beside the facts."""

import pytest
from door_scheme import PUBLIC, with_pages
from visiting import heading, plain
from web_scheme import OWN, PASSWORD, Scheme, busy, navigator
from working import alleged

from caseflow.access.who import Part
from caseflow.domain.case import Case
from caseflow.domain.commands import ChangeOfficer, RecordView
from caseflow.domain.words import Actor, Opinion, Role

VIEW = f"/referrals/{OWN}/view"


@pytest.fixture
def officer(scheme: Scheme):
    alleged(scheme)
    browser = scheme.signed_in(Part.OFFICER)
    browser.get(VIEW)
    return browser


def case_of(scheme: Scheme) -> Case:
    found = scheme.app.readings.snapshots("durham", [OWN])[OWN]
    assert isinstance(found, Case)
    return found


def test_the_list_asks_for_the_view_and_leads_to_it(scheme, officer):
    page = officer.get("/referrals")
    assert "Give your view" in plain(page)
    assert f'href="{VIEW}"' in page.text
    assert f'href="{VIEW}"' in officer.get(f"/referrals/{OWN}").text
    assert "People decide whether it can go on" in plain(officer.page)


def test_the_facts_stand_beside_it_without_what_the_person_needs_or_wrote(scheme, officer):
    words = plain(officer.page)
    assert heading(officer.page) == "What is your view?"
    assert "Asked for by" in words
    facts = words.partition("The facts")[2]
    assert "Unexcused" in facts or "missed" in facts.lower()
    assert "Amara Okoye" in facts
    for hidden in ("money", "thinking", "Id in the register", navigator()):
        assert hidden not in facts
    assert [(one.what, one.person) for one in scheme.log()][:1] == [("view", "sam")]


def test_what_is_asked_of_the_officer_has_one_day(scheme, officer):
    words = plain(officer.get(f"/referrals/{OWN}"))
    assert "Write your view from the facts sheet, before you see the others' By Mon 7 Feb, 12 noon" in words


def test_a_view_is_the_same_command_as_everywhere_with_its_reasons_apart(scheme, officer):
    page = officer.send(VIEW, opinion="carry_on", reasons="She rang me herself; she wants to go on.")
    assert str(page.url).endswith(f"/referrals/{OWN}?given=yes")
    assert "Your view is written down" in plain(page)
    assert "Give your view" not in plain(page)
    view = case_of(scheme).breach.views[Role.OIC]
    assert (view.opinion, view.by) == (Opinion.CARRY_ON, Actor("fran", Role.OIC))
    dossier = scheme.app.readings.dossiers("durham", ids=[OWN])[0]
    text = next(one.event.text for one in dossier.events if type(one.event).__name__ == "ViewRecorded")
    assert scheme.app.readings.texts("durham", [text]) == {text: "She rang me herself; she wants to go on."}
    assert "She rang" not in str(dossier.events)


def test_each_writes_blind():
    """Whatever the navigator thinks, the officer reads the same facts."""
    facts = []
    for opinion in (Opinion.BREACHED, Opinion.CARRY_ON):
        scheme = busy()
        alleged(scheme)
        scheme.ask(OWN, RecordView(opinion))
        facts.append(plain(scheme.signed_in(Part.OFFICER).get(VIEW)).partition("The facts")[2])
    assert facts[0]
    assert facts[0] == facts[1]


def test_sent_twice_it_is_one_view_and_another_one_is_refused_in_words(scheme, officer):
    fields = officer.fields(VIEW) | {"opinion": "end", "reasons": "Moved away."}
    ask = {"data": fields, "headers": {"origin": officer.host}}
    first, second = (officer.ask("POST", VIEW, **ask) for _ in range(2))
    assert first.status_code == second.status_code == 303
    other = officer.ask(
        "POST", VIEW, data=fields | {"command_id": "another", "opinion": "breached"}, headers={"origin": officer.host}
    )
    assert other.status_code == 409
    assert "stays as it was written" in plain(other)
    assert (
        len(
            [
                one
                for one in scheme.app.readings.dossiers("durham", ids=[OWN])[0].events
                if type(one.event).__name__ == "ViewRecorded"
            ]
        )
        == 1
    )


@pytest.mark.parametrize(("values", "says"), [
    ({"opinion": "", "reasons": "x"}, "Choose your view"),
    ({"opinion": "guilty", "reasons": "x"}, "Choose your view"),
    ({"opinion": "end", "reasons": "  "}, "Enter your reasons"),
])  # fmt: skip
def test_a_view_needs_an_opinion_and_reasons(scheme, officer, values, says):
    page = officer.send(VIEW, **values)
    assert page.status_code == 422
    assert says in plain(page)
    assert Role.OIC not in case_of(scheme).breach.views


def test_nobody_else_gives_it_and_nothing_is_asked_without_a_breach(scheme):
    browser = scheme.signed_in(Part.OFFICER)
    assert str(browser.get(VIEW).url).endswith(f"/referrals/{OWN}")
    alleged(scheme)
    scheme.ask(OWN, ChangeOfficer(Role.OIC, "gail"), Actor("sup", Role.SUPERVISOR))
    assert str(browser.get(VIEW).url).endswith(f"/referrals/{OWN}"), "still the arresting officer's to see"
    token = browser.fields("/sign-out")["form_token"]
    data = {"form_token": token, "opinion": "end", "reasons": "x"}
    assert browser.ask("POST", VIEW, data=data, headers={"origin": browser.host}).status_code == 404
    assert heading(scheme.signed_in(Part.OFFICER, person="gail").get(VIEW)) == "What is your view?"


def test_a_view_for_a_breach_that_is_over_is_refused_politely(scheme):
    browser = scheme.signed_in(Part.OFFICER)
    browser.get("/referrals")
    token = browser.fields("/sign-out")["form_token"]
    data = {"form_token": token, "opinion": "end", "reasons": "x"}
    page = browser.ask("POST", VIEW, data=data, headers={"origin": browser.host})
    assert page.status_code == 409
    assert "No breach is being decided in this case." in plain(page)


def test_the_address_of_the_page_leads_back_to_it_after_signing_in(scheme):
    """As a mail may name it: whoever is not signed in is asked to, and gets there."""
    alleged(scheme)
    account, browser = scheme.account(Part.OFFICER), scheme.browser()
    assert heading(browser.get(VIEW)) == "Sign in"
    page = browser.send("/sign-in", login=account.login, password=PASSWORD)
    assert heading(page) == "What is your view?"


@pytest.mark.parametrize("public", [True, False])
def test_the_mail_that_asks_leads_to_the_page_where_there_is_an_address(scheme, public):
    if public:
        with_pages(scheme)
    alleged(scheme)
    sent = [one for sender in scheme.memory.senders.values() for one in sender.sent]
    (mail,) = [one.body for one in sent if "you have a say before anything is decided" in one.body]
    assert (f"after signing in:\n{PUBLIC}{VIEW}\n" in mail) is public
    assert ("http" in mail) is public
