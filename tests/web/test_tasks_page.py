"""Tasks about providers' returns: on a page for the supervisor and the manager, finished with a word, without a participant."""

from datetime import timedelta

import pytest
from door_scheme import RETURNS, day, return_of, with_returns
from visiting import heading, plain
from web_scheme import OWN, ROSTERS, Scheme

from caseflow.access.who import Part
from caseflow.domain.commands import ReturnRow, SubmitReturn
from caseflow.domain.events import TaskFinished
from caseflow.domain.provider_return import stream_id
from caseflow.domain.words import Actor, Role

OF_PROVIDER = stream_id(*RETURNS["own"])


@pytest.fixture
def late(scheme: Scheme) -> Scheme:
    """Nobody has sent a return by the middle of February: the coordinator is to ring, then the manager to speak with them."""
    with_returns(scheme)
    scheme.go_to(day(40, 12))
    return scheme


def facts(scheme: Scheme, kind: type):
    return [one for one in scheme.memory.store.tables.events["durham", OF_PROVIDER] if isinstance(one.event, kind)]


def first_task(page) -> str:
    return page.text.partition('href="/tasks/')[2].partition('"')[0]


@pytest.mark.parametrize("part", [Part.SUPERVISOR, Part.MANAGER])
def test_tasks_and_returns_that_are_waited_for(late: Scheme, part: Part):
    page = late.signed_in(part).get("/tasks")
    words = plain(page)
    assert heading(page) == "Tasks"
    assert "Ring the provider and take the return by phone" in words
    assert "Speak with the provider's lead: what would help?" in words
    assert "For the coordinator:" in words
    assert "For the scheme's manager:" in words
    assert "Since Thu 10 Feb" in words
    names = [one.name["en"] for one in ROSTERS["durham"].providers[:2]]
    assert all(one in words.partition("Returns that are waited for")[2] for one in names)
    assert "Asked for and not here yet: 2, of them late: 2." in words
    for hidden in ("Carter", "Marsh", "DUR-22", "Fill in the return"):
        assert hidden not in words
    assert late.log() == []


def test_a_task_is_finished_with_a_word_that_is_kept_apart(late: Scheme):
    browser = late.signed_in(Part.MANAGER)
    where = f"/tasks/{first_task(browser.get('/tasks'))}"
    page = browser.get(where)
    assert heading(page) == "What came of it?"
    page = browser.send(where, words="  ")
    assert page.status_code == 422
    assert "In a few words: write something" in plain(page)
    page = browser.send(where, words="Rang: it comes on Friday")
    assert "It is written down as done." in plain(page)
    late.sweep()
    (fact,) = facts(late, TaskFinished)
    assert fact.actor == Actor(ROSTERS["durham"].offices[Role.MANAGER], Role.MANAGER)
    assert "Friday" not in str(fact)
    assert late.app.readings.texts("durham", [fact.event.text]) == {fact.event.text: "Rang: it comes on Friday"}
    assert where not in browser.get("/tasks").text
    assert str(browser.get(where).url).endswith("/tasks"), "done already"


def test_sent_twice_it_is_finished_once(late: Scheme):
    browser = late.signed_in(Part.SUPERVISOR)
    where = f"/tasks/{first_task(browser.get('/tasks'))}"
    browser.get(where)
    fields = browser.fields(where) | {"words": "Rang"}
    for _ in range(2):
        answer = browser.ask("POST", where, data=fields, headers={"origin": browser.host})
        assert answer.headers["location"] == where.replace("/tasks/", "/tasks?done=")
    assert len(facts(late, TaskFinished)) == 1


def test_a_return_that_comes_takes_its_tasks_away(late: Scheme):
    by = Actor(RETURNS["own"][1], Role.PROVIDER)
    late.ask(OF_PROVIDER, SubmitReturn((ReturnRow(1, OWN, engagement="well"),)), by)
    late.sweep()
    words = plain(late.signed_in(Part.MANAGER).get("/tasks"))
    assert "Asked for and not here yet: 1, of them late: 1." in words
    assert ROSTERS["durham"].providers[0].name["en"] not in words.partition("Returns that")[0]


def test_what_is_asked_about_one_participant_is_for_whoever_works_on_cases(late: Scheme):
    by = Actor(RETURNS["own"][1], Role.PROVIDER)
    late.ask(OF_PROVIDER, SubmitReturn((ReturnRow(1, OWN, completed=True),)), by)
    late.sweep()
    assert f"{OWN} is said to have completed" in plain(late.signed_in(Part.SUPERVISOR).get("/tasks"))
    assert OWN not in plain(late.signed_in(Part.MANAGER).get("/tasks"))


def test_without_any_it_says_so_and_a_number_that_is_none_leads_back(scheme: Scheme):
    browser = scheme.signed_in(Part.MANAGER)
    words = plain(browser.get("/tasks"))
    assert "No case waits for you." in words
    assert "Nothing has to be done about a return." in words
    assert "No return is waited for." in words
    for path in ("/tasks/77", "/tasks/x"):
        assert str(browser.get(path).url).endswith("/tasks")


def test_another_schemes_tasks_are_not_there(late: Scheme):
    late.go_to(day(40, 12) + timedelta(days=60))
    task = first_task(
        late.signed_in(Part.MANAGER, "dyfed-powys", ROSTERS["dyfed-powys"].offices[Role.MANAGER]).get("/tasks")
    )
    assert task
    assert str(late.signed_in(Part.MANAGER).get(f"/tasks/{task}").url).endswith("/tasks")
    assert return_of(late) not in plain(late.signed_in(Part.MANAGER, "dyfed-powys").get("/tasks"))


def test_todays_line_about_a_return_leads_there(late: Scheme):
    page = late.signed_in(Part.SUPERVISOR).get("/today")
    assert '<a class="govuk-link" href="/tasks">Common Ground</a>' in page.text
    assert "RETURN-" not in page.text


def test_in_welsh(late: Scheme):
    browser = late.signed_in(Part.MANAGER)
    browser.get("/language/cy?back=/")
    assert heading(browser.get("/tasks")) == "Tasgau"
