"""The victim was told: asked of the officer in the case while the case waits for it, and of nobody else."""

from datetime import timedelta

import pytest
from visiting import heading, plain
from web_scheme import MONDAY, OWN, Scheme, empty, navigator

from caseflow.access.who import Part
from caseflow.domain.commands import ChangeOfficer, TellVictim
from caseflow.domain.events import VictimTold
from caseflow.domain.words import Actor, Role

VICTIM = f"/referrals/{OWN}/victim"


@pytest.fixture
def scheme() -> Scheme:
    """A case with a victim who wants to be told, accepted this morning."""
    made = empty()
    made.refer(OWN, "Sam", "Carter", navigator(), victim=True)
    return made


@pytest.fixture
def officer(scheme: Scheme):
    return scheme.signed_in(Part.OFFICER)


def told(scheme):
    return [one for one in scheme.memory.store.tables.events["durham", OWN] if isinstance(one.event, VictimTold)]


def test_the_list_and_the_referral_ask_for_it_and_lead_to_it(scheme, officer):
    page = officer.get("/referrals")
    assert f'href="{VICTIM}"' in page.text
    assert "Tell the victim , by Mon 17 Jan" in plain(page)
    page = officer.get(f"/referrals/{OWN}")
    assert f'href="{VICTIM}"' in page.text
    assert "There is nothing you need to do" not in plain(page)
    page = officer.get(VICTIM)
    assert heading(page) == "Has the victim been told?"
    assert 'href="/leaflets/deferred_prosecution/victim"' in page.text
    assert [(one.what, one.person) for one in scheme.log()][:1] == [("referral", "sam")]


def test_it_is_the_same_command_as_everywhere_in_their_name_and_ends_the_asking(scheme, officer):
    officer.get(VICTIM)
    page = officer.send(VICTIM)
    assert "It is written down that the victim was told" in plain(page)
    assert f'href="{VICTIM}"' not in page.text, "not even before the fact has been followed up"
    (fact,) = told(scheme)
    assert (fact.actor, fact.event) == (Actor("fran", Role.OIC), VictimTold(""))
    scheme.sweep()
    assert f'href="{VICTIM}"' not in officer.get("/referrals").text
    assert str(officer.get(VICTIM).url).endswith(f"/referrals/{OWN}")


def test_a_second_tap_is_one_fact_and_so_is_what_the_navigator_recorded_meanwhile(scheme, officer):
    officer.get(VICTIM)
    fields, ask = officer.fields(VICTIM), {"headers": {"origin": officer.host}}
    answers = [officer.ask("POST", VICTIM, data=fields, **ask) for _ in range(2)]
    assert {one.headers["location"] for one in answers} == {f"/referrals/{OWN}?victim=yes"}
    scheme.sweep()
    other = officer.ask("POST", VICTIM, data=fields | {"command_id": "another"}, **ask)
    assert other.headers["location"] == f"/referrals/{OWN}"
    assert len(told(scheme)) == 1


def test_who_is_not_the_officer_in_the_case_is_not_asked_and_may_not(scheme, officer):
    officer.get(VICTIM)
    fields = officer.fields(VICTIM)
    scheme.ask(OWN, ChangeOfficer(Role.OIC, "gail"), Actor("sup", Role.SUPERVISOR))
    assert str(officer.get(VICTIM).url).endswith(f"/referrals/{OWN}"), "still the arresting officer's to see"
    assert f'href="{VICTIM}"' not in officer.page.text
    assert officer.ask("POST", VICTIM, data=fields, headers={"origin": officer.host}).status_code == 404
    assert heading(scheme.signed_in(Part.OFFICER, person="gail").get(VICTIM)) == "Has the victim been told?"
    assert told(scheme) == []


def test_what_is_late_says_so(scheme, officer):
    scheme.go_to(MONDAY + timedelta(days=9))
    assert "This was to be done by Monday 17 January" in plain(officer.get(VICTIM))


def test_where_nobody_wants_to_be_told_nothing_is_asked(officer, scheme):
    scheme.refer("DUR-22-000002", "Kim", "Lowe", navigator())
    assert '/referrals/DUR-22-000002/victim"' not in officer.get("/referrals").text
    assert str(officer.get("/referrals/DUR-22-000002/victim").url).endswith("/referrals/DUR-22-000002")


def test_in_welsh(scheme, officer):
    officer.get("/language/cy")
    assert heading(officer.get(VICTIM)) == "A yw'r dioddefwr wedi cael gwybod?"


def test_told_by_the_navigator_it_is_done_too(scheme, officer):
    scheme.ask(OWN, TellVictim("the outcome"))
    scheme.sweep()
    assert f'href="{VICTIM}"' not in officer.get("/referrals").text
