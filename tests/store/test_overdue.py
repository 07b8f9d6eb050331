"""What is late, and what will ring, page after page, from both stores alike."""

from dataclasses import replace
from datetime import timedelta

from store_builders import DAY, HOUR, SCHEME, START, a_case, a_return, step, timer

from caseflow.domain.effects import DropTasks, OpenTask
from caseflow.domain.words import Role
from caseflow.engine.caseload import MANY
from caseflow.engine.ports import PersonIn
from caseflow.store import reads, reads_memory
from caseflow.store.memory import MemoryStore
from caseflow.store.reads import PostgresReadings
from caseflow.store.reads_memory import MemoryReadings


def readings(store):
    return MemoryReadings(store) if isinstance(store, MemoryStore) else PostgresReadings(store.engine)


def fill(store):
    """Nine cases and a return: tasks that are late, not yet, or have no time; two timers each."""
    changes = []
    for number in range(9):
        ident = f"case-{number}"
        dues = [START - number % 4 * HOUR, START + DAY, None, START - (number % 3) * DAY][number % 3 :]
        tasks = [OpenTask(f"t{n}", "call", Role.NAVIGATOR, f"Call {n}", "jo", due) for n, due in enumerate(dues)]
        timers = [timer(f"{what}:{ident}", START + number // 2 * HOUR) for what in ("a", "b")]
        changes.append(step(a_case(ident), reacted=True, tasks=tasks, timers=timers, wake_at=START + HOUR))
    late = OpenTask("late", "flag", Role.MANAGER, "The return is late", "colin", START - 5 * HOUR)
    changes.append(step(a_return(), reacted=True, tasks=[late]))
    with store.begin() as unit:
        unit.save(changes)
    return readings(store)


def test_of_each_the_longest_late_comes_once_page_after_page(store):
    found = fill(store)
    whole = found.overdue(SCHEME, START, limit=100)
    assert [one.due for one in whole] == sorted(one.due for one in whole)
    assert all(one.due < START for one in whole)
    assert len({one.stream for one in whole}) == len(whole) == found.count_overdue(SCHEME, START) > 4
    assert "The return is late" in {one.title for one in whole}
    seen, after = [], None
    while some := found.overdue(SCHEME, START, after=after, limit=2):
        seen += some
        after = (some[-1].due, int(some[-1].id))
    assert seen == whole
    assert found.overdue("dyfed-powys", START) == []


def test_nobody_counts_further_than_many(store, monkeypatch):
    found = fill(store)
    monkeypatch.setattr(reads, "MANY", 1)
    monkeypatch.setattr(reads_memory, "MANY", 1)
    assert found.count_overdue(SCHEME, START) == 2
    assert MANY == 1000


def test_alarms_come_once_each_page_after_page(store):
    found, until = fill(store), START + timedelta(hours=3)
    whole = found.due(SCHEME, until, limit=100)
    assert len(whole) == 16
    seen, after = [], None
    while some := found.due(SCHEME, until, after=after, limit=3):
        seen += some
        after = (some[-1].due, some[-1].ref, some[-1].expectation)
    assert seen == whole


def test_tasks_of_returns_are_those_of_no_case_and_not_the_providers_own(store):
    found = fill(store)
    asked = OpenTask("ask", "task", Role.PROVIDER, "Fill in the return", "prov", START)
    later = OpenTask("call", "call", Role.COORDINATOR, "Ring the provider", "farah", None)
    with store.begin() as unit:
        unit.save([step(a_return("return-2"), reacted=True, tasks=[asked, later])])
    whole = found.tasks_of_returns(SCHEME)
    assert [(one.title, one.of) for one in whole] == [
        ("The return is late", "provider_return"), ("Ring the provider", "provider_return"),
    ]  # fmt: skip
    assert found.tasks_of_returns(SCHEME, limit=1) == whole[:1]
    assert found.tasks_of_returns(SCHEME, after=whole[0].id) == whole[1:]
    assert found.tasks_of_returns("dyfed-powys") == []
    assert {one.of for one in found.tasks(SCHEME, limit=100)} == {"case", "provider_return"}


def test_tasks_of_offices_are_those_in_cases_by_when_they_are_due_page_after_page(store):
    found = fill(store)
    named = [
        ("late", Role.MANAGER, START - DAY), ("no time", Role.MANAGER, None), ("soon", Role.MANAGER, START + HOUR),
        ("now", Role.COORDINATOR, START), ("ours", Role.NAVIGATOR, START - DAY), ("later", Role.MANAGER, START + DAY),
    ]  # fmt: skip
    tasks = [OpenTask(title, "task", owner, title, None, due) for title, owner, due in named]
    with store.begin() as unit:
        unit.save([step(a_case("case-x"), reacted=True, tasks=tasks)])
    whole = found.tasks_of_offices(SCHEME, (Role.MANAGER,))
    assert [one.title for one in whole] == ["late", "no time", "soon", "later"], (
        "without a time, since when it is there"
    )
    assert {one.of for one in whole} == {"case"}, "a return's are read elsewhere"
    both = found.tasks_of_offices(SCHEME, (Role.MANAGER, Role.COORDINATOR))
    assert {one.title for one in both} == {"late", "no time", "soon", "later", "now"}
    seen, after = [], None
    while some := found.tasks_of_offices(SCHEME, (Role.MANAGER, Role.COORDINATOR), after=after, limit=2):
        seen += some
        after = (some[-1].due or some[-1].opened_at, int(some[-1].id))
    assert seen == both
    with store.begin() as unit:
        unit.save(
            [step(replace(a_case("case-x"), seq=1), reacted=True, drops=[DropTasks("done", key="late", done=True)])]
        )
    assert "late" not in {one.title for one in found.tasks_of_offices(SCHEME, (Role.MANAGER,))}
    assert found.tasks_of_offices("dyfed-powys", (Role.MANAGER,)) == []
    assert found.tasks_of_offices(SCHEME, ()) == []


def test_an_erased_text_is_absent_from_what_is_read(store):
    sam = PersonIn("p-1", "participant", "Sam", "Carter")
    with store.begin() as unit:
        unit.upsert_people(SCHEME, [sam])
        unit.add_texts(SCHEME, [("t-1", "p-1", "They have moved."), ("t-2", None, "Rang.")])
        unit.erase_people(SCHEME, ["p-1"])
    assert readings(store).texts(SCHEME, ["t-1", "t-2", "t-3"]) == {"t-2": "Rang."}
