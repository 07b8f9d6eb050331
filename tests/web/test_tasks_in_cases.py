"""What the ladders hand to the scheme's offices in cases: on a page of theirs, of nobody by name, finished with a word."""

from datetime import timedelta

import pytest
from visiting import heading, plain
from web_scheme import MONDAY, OTHER, OWN, PEOPLE, ROSTERS, Scheme, supervisor

from caseflow.access.who import Part
from caseflow.domain.commands import Accept
from caseflow.domain.events import TaskFinished, VictimTold
from caseflow.domain.words import Actor, Role
from caseflow.telling.history import story_of
from caseflow.web.pages import tasks

WAITS = "DUR-22-000009"
HELD_UP = "A referral has waited two working days for an answer: what holds it up?"
SORRY = "The victim has not been told: tell them now, and say sorry"
WELSH = "DYF-22-000009"


@pytest.fixture
def stuck(scheme: Scheme) -> Scheme:
    """Nobody has answered a referral for two working days."""
    scheme.refer(WAITS, "Kim", "Lowe", "", accepted=False)
    scheme.go_to(MONDAY + timedelta(days=2, hours=2))
    return scheme


@pytest.fixture
def untold(scheme: Scheme) -> Scheme:
    """In Dyfed-Powys nobody has told a victim in time; it is for the manager now."""
    hers = ROSTERS["dyfed-powys"].navigators[0].id
    scheme.refer(WELSH, "Mair", "Ellis", hers, "dyfed-powys", victim=True, disposal="outcome_22")
    scheme.go_to(MONDAY + timedelta(days=9))
    return scheme


def task_of(page) -> str:
    return page.text.partition('href="/tasks/')[2].partition('"')[0]


def facts(scheme: Scheme, ref: str, kind: type, of: str = "durham"):
    return [one for one in scheme.memory.store.tables.events[of, ref] if isinstance(one.event, kind)]


def welsh_manager(scheme: Scheme):
    return scheme.signed_in(Part.MANAGER, "dyfed-powys", ROSTERS["dyfed-powys"].offices[Role.MANAGER])


def test_the_last_step_of_a_ladder_reaches_the_manager_without_a_name(stuck: Scheme):
    page = stuck.signed_in(Part.MANAGER).get("/tasks")
    words = plain(page)
    assert heading(page) == "Tasks"
    assert HELD_UP in words
    assert WAITS in words
    assert "Nobody has it yet. Supervisor: " in words
    assert "Officer in the case: Fran Hall" in words
    assert "Since Wed 12 Jan" in words
    for hidden in ("Kim", "Lowe", "Carter", "/cases/", "/referrals", "For the scheme's manager"):
        assert hidden not in page.text
    assert stuck.log() == []


def test_where_something_waits_a_manager_comes_in_there(stuck: Scheme):
    browser = stuck.signed_in(Part.MANAGER)
    assert browser.get("/").url.path == "/tasks"
    stuck.ask(WAITS, Accept(PEOPLE[Part.NAVIGATOR]), Actor(supervisor(), Role.SUPERVISOR))
    stuck.sweep()
    assert "No case waits for you." in plain(browser.get("/tasks")), "an answer takes the task away"
    assert browser.get("/").url.path == "/scheme"


def test_a_supervisor_sees_whose_it_is_and_comes_to_the_case(stuck: Scheme):
    page = stuck.signed_in(Part.SUPERVISOR).get("/tasks")
    assert f'<a class="govuk-link" href="/cases/{WAITS}">{WAITS}</a>' in page.text
    assert "For the scheme's manager: " in plain(page)
    assert "Accept or decline this referral" not in plain(page), "their own is on Today"
    assert "Lowe" not in page.text


def test_it_is_finished_with_a_word_that_whoever_works_on_the_case_reads(stuck: Scheme):
    browser = stuck.signed_in(Part.MANAGER)
    where = f"/tasks/{task_of(browser.get('/tasks'))}"
    page = browser.get(where)
    assert heading(page) == "What came of it?"
    assert HELD_UP in plain(page)
    assert "Has the victim been told?" not in plain(page)
    page = browser.send(where, words=" ")
    assert page.status_code == 422
    assert "In a few words: write something" in plain(page)
    assert browser.send(where, words="x" * 4001).status_code == 422
    page = browser.send(where, words="Eleri answers it today")
    assert "It is written down as done." in plain(page)
    assert HELD_UP not in plain(page), "not even before the fact has been followed up"
    (fact,) = facts(stuck, WAITS, TaskFinished)
    assert fact.actor == Actor(PEOPLE[Part.MANAGER], Role.MANAGER)
    assert "Eleri" not in str(fact)
    stuck.sweep()
    assert where not in browser.get("/tasks").text
    assert str(browser.get(where).url).endswith("/tasks"), "done already"
    told = story_of(stuck.app.readings, stuck.app.readings.dossiers("durham", ids=[WAITS])[0], {})
    assert f"Task done: {HELD_UP} (“Eleri answers it today”)" in {line.what for line in told.lines}
    assert stuck.log() == []
    with stuck.app.store.begin() as unit:
        unit.erase_people("durham", ["kim"])
    assert stuck.app.readings.texts("durham", [fact.event.text]) == {}, "erasing the participant erases it"


def test_sent_twice_it_is_finished_once(stuck: Scheme):
    browser = stuck.signed_in(Part.MANAGER)
    where = f"/tasks/{task_of(browser.get('/tasks'))}"
    browser.get(where)
    fields = browser.fields(where) | {"words": "Rang"}
    for _ in range(2):
        answer = browser.ask("POST", where, data=fields, headers={"origin": browser.host})
        assert answer.headers["location"] == where.replace("/tasks/", "/tasks?done=")
    assert len(facts(stuck, WAITS, TaskFinished)) == 1


def test_that_the_victim_was_told_is_written_down_as_that(untold: Scheme):
    browser = welsh_manager(untold)
    page = browser.get("/tasks")
    assert SORRY in plain(page)
    assert "Navigator: Catrin Bowen. Officer in the case: Fran Hall" in plain(page)
    assert "Mair" not in page.text
    where = f"/tasks/{task_of(page)}"
    assert "Has the victim been told?" in plain(browser.get(where))
    page = browser.send(where, words="Rang")
    assert page.status_code == 422
    assert "Say whether the victim has been told" in plain(page)
    assert "Rang" in page.text, "what was written is kept"
    browser.send(where, words="Rang and said sorry", told="yes")
    untold.sweep()
    (told,) = facts(untold, WELSH, VictimTold, "dyfed-powys")
    assert told.actor.role is Role.MANAGER
    assert SORRY not in plain(browser.get("/tasks"))
    case = untold.app.readings.dossiers("dyfed-powys", ids=[WELSH])[0].stream
    assert not [one for one in case.expectations.values() if one.ladder == "victim_update" and one.status == "open"]


def test_that_nobody_will_tell_the_victim_is_no_telling(untold: Scheme):
    browser = welsh_manager(untold)
    where = f"/tasks/{task_of(browser.get('/tasks'))}"
    browser.get(where)
    browser.send(where, words="They have moved and left no address", told="no")
    untold.sweep()
    assert facts(untold, WELSH, VictimTold, "dyfed-powys") == []
    assert SORRY not in plain(browser.get("/tasks"))


def test_a_supervisor_finds_what_is_for_victim_care(untold: Scheme):
    page = untold.signed_in(Part.SUPERVISOR, "dyfed-powys", supervisor("dyfed-powys")).get("/tasks")
    words = plain(page)
    assert "For victim care: Victim Care" in words
    assert SORRY in words


def test_another_schemes_and_another_offices_tasks_are_not_there(stuck: Scheme, untold: Scheme):
    number = task_of(stuck.signed_in(Part.MANAGER).get("/tasks"))
    assert str(welsh_manager(stuck).get(f"/tasks/{number}").url).endswith("/tasks")
    other = stuck.app.readings.tasks("durham", owner="navigator")[0]
    for part in (Part.MANAGER, Part.SUPERVISOR):
        assert str(stuck.signed_in(part).get(f"/tasks/{other.id}").url).endswith("/tasks"), "that is the navigator's"
    for path in ("/tasks/77", "/tasks/x", "/tasks/٣", f"/tasks/{'9' * 40}"):
        assert str(stuck.signed_in(Part.MANAGER).get(path).url).endswith("/tasks")


def test_where_there_are_many_they_come_page_after_page(stuck: Scheme, monkeypatch):
    monkeypatch.setattr(tasks, "A_PAGE", 2)
    for number in range(4):
        stuck.refer(f"DUR-22-00010{number}", f"Person{number}", "Marsh", "", accepted=False)
    stuck.go_to(stuck.app.readings.now() + timedelta(days=5))
    browser, seen = stuck.signed_in(Part.MANAGER), []
    page = browser.get("/tasks")
    while True:
        seen += [
            one.partition("<")[0] for one in page.text.split('<p class="cf-line__who">')[1:] if one.startswith("DUR")
        ]
        more = page.text.partition('href="/tasks?after=')[2].partition('"')[0]
        if not more:
            break
        page = browser.get(f"/tasks?after={more}")
    assert seen == [WAITS, *(f"DUR-22-00010{number}" for number in range(4))]
    assert "First page" in plain(page)
    for wrong in ("x", "2022-01-12T10:00:00+00:00~x", "~"):
        assert WAITS in browser.get(f"/tasks?after={wrong}").text, "what is no place begins anew"


def test_a_manager_who_is_nobody_in_the_register_signs_nothing_off(stuck: Scheme):
    browser = stuck.signed_in(Part.MANAGER, person="")
    where = f"/tasks/{task_of(browser.get('/tasks'))}"
    browser.get(where)
    assert browser.send(where, words="Rang").status_code == 404
    assert facts(stuck, WAITS, TaskFinished) == []


def test_in_welsh(untold: Scheme):
    browser = welsh_manager(untold)
    browser.get("/language/cy?back=/")
    page = browser.get("/tasks")
    assert "Mewn achosion" in plain(page)
    assert "Llywiwr: Catrin Bowen. Y swyddog â gofal: Fran Hall" in plain(page)
    assert "A yw'r dioddefwr wedi cael gwybod?" in plain(browser.get(f"/tasks/{task_of(page)}"))
    assert OTHER not in page.text
    assert OWN not in page.text
