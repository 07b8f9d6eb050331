"""What a step asks of an officer in words: on their list, answered there, and given to whoever works on the case to read."""

from datetime import timedelta

import pytest
from door_scheme import PUBLIC, with_pages
from visiting import heading, plain
from web_scheme import MONDAY, OWN, Scheme, busy, empty, navigator
from working import alleged

from caseflow.access.who import Part
from caseflow.domain.commands import ChangeOfficer
from caseflow.domain.events import TaskFinished
from caseflow.domain.words import Actor, Role
from caseflow.telling.history import story_of
from caseflow.web.pages import referrals

NUMBER = "Is there another number? Is the phone seized, or the person in custody?"
READ_IT = "The officer has answered what was asked: read it in the story"


@pytest.fixture
def scheme() -> Scheme:
    """Nobody has reached somebody for three working days: the officer in the case is asked."""
    made = empty()
    made.refer(OWN, "Sam", "Carter", navigator())
    made.go_to(MONDAY + timedelta(days=3))
    return made


@pytest.fixture
def officer(scheme: Scheme):
    return scheme.signed_in(Part.OFFICER)


def way(page) -> str:
    return f"/referrals/{OWN}/answer/" + page.text.partition(f'href="/referrals/{OWN}/answer/')[2].partition('"')[0]


def facts(scheme: Scheme):
    return [one for one in scheme.memory.store.tables.events["durham", OWN] if isinstance(one.event, TaskFinished)]


def test_it_stands_at_the_top_of_the_list_and_on_the_referral(scheme: Scheme, officer):
    page = officer.get("/referrals")
    words = plain(page)
    assert words.index("Asked of you") < words.index(NUMBER) < words.index("Referred Mon 10 Jan")
    assert [(one.what, one.person) for one in scheme.log()] == [("referrals", "sam")]
    referral = officer.get(f"/referrals/{OWN}")
    assert way(page) == way(referral)
    assert "There is nothing you need to do" not in plain(referral)


def test_an_answer_ends_the_asking_and_is_given_to_the_navigator_to_read(scheme: Scheme, officer):
    where = way(officer.get("/referrals"))
    page = officer.get(where)
    assert heading(page) == "What can you say?"
    assert NUMBER in plain(page)
    page = officer.send(where, words=" ")
    assert page.status_code == 422
    assert "Your answer: write something" in plain(page)
    page = officer.send(where, words="The phone is with us as evidence")
    assert "Your answer is with whoever works on the case" in plain(page)
    assert NUMBER not in plain(page), "not even before the fact has been followed up"
    (fact,) = facts(scheme)
    assert fact.actor == Actor("fran", Role.OIC)
    assert "evidence" not in str(fact)
    scheme.sweep()
    page = officer.get("/referrals")
    assert NUMBER not in plain(page)
    assert str(officer.get(where).url).endswith(f"/referrals/{OWN}"), "answered already"
    desk = scheme.signed_in(Part.NAVIGATOR)
    (line,) = [one for one in scheme.app.readings.tasks("durham", owner=navigator()) if one.title == READ_IT]
    assert line.due is not None
    assert READ_IT in plain(desk.get(f"/cases/{OWN}"))
    told = story_of(scheme.app.readings, scheme.app.readings.dossiers("durham", ids=[OWN])[0], {})
    assert f"Task done: {NUMBER} (“The phone is with us as evidence”)" in {one.what for one in told.lines}
    assert "The phone is with us as evidence" in plain(desk.get(f"/cases/{OWN}/story?about=people"))


def test_sent_twice_it_is_answered_once(scheme: Scheme, officer):
    where = way(officer.get("/referrals"))
    officer.get(where)
    fields = officer.fields(where) | {"words": "I do not know"}
    for _ in range(2):
        answer = officer.ask("POST", where, data=fields, headers={"origin": officer.host})
        assert answer.headers["location"] == where.replace("/answer/", "?answered=")
    assert len(facts(scheme)) == 1


def test_who_is_not_asked_does_not_answer(scheme: Scheme, officer):
    where = way(officer.get("/referrals"))
    officer.get(where)
    fields = officer.fields(where) | {"words": "I do not know"}
    scheme.ask(OWN, ChangeOfficer(Role.OIC, "gail"), Actor("sup", Role.SUPERVISOR))
    scheme.sweep()
    assert "Asked of you" not in plain(officer.get("/referrals")), "the question follows the officer in the case"
    answer = officer.ask("POST", where, data=fields, headers={"origin": officer.host})
    assert answer.headers["location"] == f"/referrals/{OWN}"
    assert facts(scheme) == []
    assert NUMBER in plain(scheme.signed_in(Part.OFFICER, person="gail").get("/referrals"))
    calls = [one.id for one in scheme.app.readings.tasks("durham", owner="navigator")]
    for number in (*calls, "77", "x"):
        assert str(officer.get(f"/referrals/{OWN}/answer/{number}").url).endswith(f"/referrals/{OWN}")


def test_what_is_asked_in_an_old_case_is_not_lost_behind_newer_ones(scheme: Scheme, officer, monkeypatch):
    monkeypatch.setattr(referrals, "A_PAGE", 1)
    old = "DUR-22-000003"
    scheme.refer(old, "Robin", "Marsh", navigator(), victim=True, referred_at=MONDAY)
    scheme.refer("DUR-22-000004", "Kim", "Lowe", navigator(), referred_at=MONDAY + timedelta(days=2))
    words = plain(officer.get("/referrals"))
    assert "Tell the victim, by the script" in words
    assert f'href="/referrals/{old}"' in officer.page.text
    assert NUMBER in words
    assert "There are more." not in words
    monkeypatch.setattr(referrals, "ASKED", 1)
    words = plain(officer.get("/referrals"))
    assert NUMBER in words, "what is due first"
    seen = len(scheme.log())
    officer.get("/referrals")
    assert {one.person for one in scheme.log()[: len(scheme.log()) - seen]} == {"sam", "kim"}, (
        "who is shown is in the log"
    )
    assert "Tell the victim, by the script" not in words
    assert "There are more. They come up when some of these are answered." in words


def test_a_view_has_a_form_of_its_own_and_is_never_an_answer_in_words():
    scheme = busy()
    alleged(scheme)
    officer = scheme.signed_in(Part.OFFICER)
    view = next(
        one for one in scheme.app.readings.tasks("durham", owner="fran") if one.title.startswith("Write your view")
    )
    assert "Asked of you" not in plain(officer.get("/referrals")), "its case says it, just below"
    assert str(officer.get(f"/referrals/{OWN}/answer/{view.id}").url).endswith(f"/referrals/{OWN}")
    assert view.title in plain(officer.page)


def test_in_welsh(scheme: Scheme, officer):
    officer.get("/language/cy?back=/")
    page = officer.get("/referrals")
    assert "Gofynnir i chi" in plain(page)
    assert heading(officer.get(way(page))) == "Beth allwch chi ei ddweud?"


@pytest.mark.parametrize("public", [True, False])
def test_the_mail_that_asks_leads_to_the_referral_where_there_is_an_address(public):
    scheme = empty()
    if public:
        with_pages(scheme)
    scheme.refer(OWN, "Sam", "Carter", navigator())
    scheme.go_to(MONDAY + timedelta(days=3))
    sent = [one for sender in scheme.memory.senders.values() for one in sender.sent]
    (mail,) = [one.body for one in sent if "Was the phone seized?" in one.body]
    assert (f"after signing in:\n{PUBLIC}/referrals/{OWN}\n" in mail) is public
    assert ("http" in mail) is public
