"""The caseload, the same from both stores: which cases, in which order, found by what, and page after page without a gap."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from store_builders import DAY, HOUR, SCHEME, START, a_case, step, timer

from caseflow.domain.effects import OpenTask
from caseflow.domain.words import Role, State
from caseflow.engine.caseload import FOUND, MANY, SHOWS, SORTS, Wanted
from caseflow.engine.ports import PersonIn
from caseflow.store.caseload import FIRST
from caseflow.store.memory import MemoryStore
from caseflow.store.postgres import PostgresStore
from caseflow.store.reads import PostgresReadings
from caseflow.store.reads_memory import MemoryReadings

SOON = START + DAY
NAMES = [
    ("Sam", "Carter"), ("Siân", "Prydderch-Llywelyn"), ("Zoë", "Carter"), ("Ann", "Ŵyn Jones"), ("Sam", "Ó Briain"),
    ("Al", "de Souza"), ("Kim", "Lowe"), ("Sam", "Carter"), ("Bo", "100%"),
]  # fmt: skip


def readings(store: MemoryStore | PostgresStore) -> MemoryReadings | PostgresReadings:
    return MemoryReadings(store) if isinstance(store, MemoryStore) else PostgresReadings(store.engine)


@pytest.fixture
def many(store):
    """Twenty-seven cases: some over, some on hold, some with tasks that are due, some in which nothing rings."""
    people, changes = [], []
    for number in range(27):
        given, family = NAMES[number % len(NAMES)]
        ident, name = f"case-{number:02d}", f"person-{number}"
        people.append(PersonIn(name, "participant", given, family))
        case = replace_case(number, ident, name)
        tasks = [
            OpenTask(f"t{n}", "call", Role.NAVIGATOR, f"Call {n}", "jo", due) for n, due in enumerate(due_at(number))
        ]
        timers = [timer(f"first:{ident}", START + number * HOUR)]
        if number % 9 == 4 and case.ended_at is None:
            hold = replace(timer("hold:case", START + (20 - number) * DAY), ladder="hold", subject="case")
            timers.append(hold)
        wake = None if number % 7 == 6 else START + timedelta(hours=(number * 5) % 17)
        changes.append(step(case, reacted=True, timers=timers, tasks=tasks, wake_at=wake))
    changes.append(step(a_case("elsewhere", scheme="dyfed-powys")))
    with store.begin() as unit:
        unit.upsert_people(
            SCHEME,
            [*people, PersonIn("nav-1", "navigator", "Jo", "Hartley"), PersonIn("nav-2", "navigator", "Carter", "X")],
        )
        unit.save(changes)
    return readings(store)


def replace_case(number: int, ident: str, name: str):
    case = a_case(ident)
    ended = number % 5 == 3
    parties = {**case.parties, Role.PARTICIPANT: name, Role.NAVIGATOR: f"nav-{1 + number % 2}"}
    state = State.COMPLETED if ended else [State.REFERRED, State.ASSESSED, State.ENGAGED][number % 3]
    return replace(
        case, ref=f"DUR-22-{number * 37:06d}", parties=parties, state=state, ended_at=START - number * DAY if ended else None,
        referred_at=START - ((number * 7) % 11) * DAY,
    )  # fmt: skip


def due_at(number: int):
    """When this case's tasks are due; None: no set time."""
    return [None, START + (number - 12) * HOUR, START + 3 * DAY][: number % 4]


def refs(page):
    return [one.ref for one in page.lines]


def everything(found, wanted: Wanted, size: int = 4) -> list[str]:
    """Every page after another."""
    wanted, seen = replace(wanted, limit=size), []
    while True:
        page = found.caseload(SCHEME, wanted)
        assert len(page.lines) <= size
        seen += refs(page)
        if not page.next:
            return seen
        wanted = replace(wanted, after=page.next)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("show", SHOWS)
def test_page_after_page_there_is_everybody_once_in_order(many, show, sort):
    whole = refs(many.caseload(SCHEME, Wanted(SOON, show, sort=sort, limit=100)))
    assert everything(many, Wanted(SOON, show, sort=sort)) == whole
    assert len(whole) == len(set(whole)) == many.caseload_counts(SCHEME, None, SOON)[show]
    assert whole


def test_what_comes_next_stands_first_and_what_rings_no_more_last(many):
    lines = many.caseload(SCHEME, Wanted(SOON, limit=100)).lines
    ringing = [one.next_at for one in lines if one.next_at is not None]
    assert ringing == sorted(ringing)
    assert [one.next_at for one in lines[len(ringing) :]] == [None] * (len(lines) - len(ringing))
    assert len(ringing) < len(lines)
    assert all(one.ended_at is None for one in lines)


def test_each_list_in_its_own_order(many):
    needs = many.caseload(SCHEME, Wanted(SOON, "needs", limit=100)).lines
    assert [one.task_due for one in needs] == sorted(one.task_due for one in needs)
    assert all(one.task_due < SOON for one in needs)
    held = many.caseload(SCHEME, Wanted(SOON, "hold", limit=100)).lines
    assert [one.held_until for one in held] == sorted(one.held_until for one in held)
    ended = many.caseload(SCHEME, Wanted(SOON, "ended", limit=100)).lines
    assert [one.ended_at for one in ended] == sorted((one.ended_at for one in ended), reverse=True)
    newest = many.caseload(SCHEME, Wanted(SOON, sort="newest", limit=100)).lines
    assert [one.referred_at for one in newest] == sorted((one.referred_at for one in newest), reverse=True)


def test_a_line_says_what_is_to_do_and_who_it_is_about(many):
    [line] = many.caseload(SCHEME, Wanted(SOON, search="DUR-22-000222")).lines
    assert (line.id, line.person, line.participant, line.navigator) == ("case-06", "person-6", "Kim Lowe", "Jo Hartley")
    assert (line.task, line.task_due, line.tasks) == ("Call 1", START - 6 * HOUR, 2)
    [held] = many.caseload(SCHEME, Wanted(SOON, "hold", search="DUR-22-000148")).lines
    assert held.held_until == START + 16 * DAY


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("sam", {"Sam Carter", "Sam Ó Briain"}),
        ("sam c", {"Sam Carter"}),
        ("Carter", {"Sam Carter", "Zoë Carter"}),
        ("carter, s", {"Sam Carter"}),
        ("CART", {"Sam Carter", "Zoë Carter"}),
        ("sian", {"Siân Prydderch-Llywelyn"}),
        ("Prydderch", {"Siân Prydderch-Llywelyn"}),
        ("prydderch llywelyn", {"Siân Prydderch-Llywelyn"}),
        ("o briain", {"Sam Ó Briain"}),
        ("zoe", {"Zoë Carter"}),
        ("100%", set()),
        ("%", set()),
        ("_", set()),
        ("nobody", set()),
        ("jo hartley", set()),
        ("222", {"Kim Lowe"}),
        ("dur-22-0002", {"Kim Lowe", "Sam Carter"}),
    ],
)
def test_a_search_finds_by_the_beginning_of_a_name_or_a_reference(many, search, names):
    assert {one.participant for one in many.caseload(SCHEME, Wanted(SOON, search=search, limit=100)).lines} == names


def test_a_beginning_that_very_many_references_share_leaves_nobody_out(store):
    changes = [
        step(replace(a_case(f"case-{n}"), ref=f"7-26-{n:06d}"), reacted=True, wake_at=START + (n % 7) * HOUR)
        for n in range(FOUND + 5)
    ]
    with store.begin() as unit:
        unit.save(changes)
    found = readings(store)
    whole = everything(found, Wanted(SOON, search="7-26"), 60)
    assert len(whole) == len(set(whole)) == FOUND + 5
    assert refs(found.caseload(SCHEME, Wanted(SOON, search="7-26-000007"))) == ["7-26-000007"]
    assert set(everything(found, Wanted(SOON, search="7"), 60)) == set(whole)


def test_nobody_sees_anothers_desk_or_another_scheme(many):
    mine = many.caseload(SCHEME, Wanted(SOON, owner="nav-1", limit=100)).lines
    assert {one.navigator for one in mine} == {"Jo Hartley"}
    assert len(mine) == many.caseload_counts(SCHEME, "nav-1", SOON)["open"]
    assert refs(many.caseload("dyfed-powys", Wanted(SOON))) == ["DUR-22-elsewhere"]
    assert many.caseload("nowhere", Wanted(SOON)).lines == ()
    assert {one.state for one in many.caseload(SCHEME, Wanted(SOON, state="assessed", limit=100)).lines} == {"assessed"}


@pytest.mark.parametrize(("kept", "tasks", "counted"), [(1100, 1, MANY + 1), (6, FIRST, 6)], ids=["very many", "few"])
def test_cases_that_need_somebody_are_counted_however_many_tasks_the_first_have(postgres, kept, tasks, counted):
    """Where a few cases have very many tasks before those of the others, only a look at all of them counts right."""
    with postgres.begin() as unit:
        unit.save([step(a_case(f"case-{number:04d}"), reacted=True) for number in range(kept)])
    with postgres.engine.begin() as connection:
        connection.execute(
            sa.text("""
                INSERT INTO tasks (scheme_id, stream_id, key, kind, owner, title, due, opened_at)
                SELECT scheme_id, id, 'call/' || n, 'call', 'navigator', 'Ring', CAST(:at AS timestamptz), CAST(:at AS timestamptz)
                  FROM streams, generate_series(1, CASE WHEN id < 'case-0003' THEN :many ELSE 1 END) n"""),
            {"at": START, "many": tasks},
        )
        connection.exec_driver_sql("UPDATE tasks SET due = due + interval '1 hour' WHERE stream_id >= 'case-0003'")
    assert readings(postgres).caseload_counts(SCHEME, None, SOON)["needs"] == counted


def test_a_page_of_any_length_takes_two_statements_at_most(many, postgres):
    found, asked = PostgresReadings(postgres.engine), []

    def heard(*args: object) -> None:
        asked.append(args[2])

    if not isinstance(many, PostgresReadings):
        return
    sa.event.listen(postgres.engine, "before_cursor_execute", heard)
    try:
        for show in SHOWS:
            asked.clear()
            found.caseload(SCHEME, Wanted(SOON, show, limit=100))
            assert len(asked) <= 2
        asked.clear()
        found.caseload_counts(SCHEME, None, SOON)
        assert len(asked) == 1
    finally:
        sa.event.remove(postgres.engine, "before_cursor_execute", heard)
