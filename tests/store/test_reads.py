"""The readings say the same of both stores, and cost the same handful of statements however many streams there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from caseflow.bell import SilentBell
from caseflow.bootstrap import app_for, memory_app, prepare, rosters
from caseflow.cli.casefile import as_json_text, panel_sheet
from caseflow.domain.case import Case
from caseflow.domain.commands import Accept, Asked, BookSession, ChangeOfficer, RecordContact
from caseflow.domain.words import Actor, Channel, ContactResult, Role
from caseflow.engine.app import App
from caseflow.engine.audit import audit
from caseflow.engine.handle import handle
from caseflow.engine.readings import Dossier, Readings
from caseflow.engine.sweep import sweep
from caseflow.imports.importing import import_referrals
from caseflow.messages.senders.memory import MemorySender
from caseflow.settings.deployment import Deployment
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes

FILE = Path(__file__).resolve().parents[1] / "data" / "referrals" / "dirty-torn.csv"
START = datetime(2022, 4, 25, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Pair:
    """The same three weeks lived in both stores."""

    memory: App
    postgres: App

    @property
    def both(self) -> tuple[Readings, Readings]:
        assert self.memory.readings is not None
        assert self.postgres.readings is not None
        return self.memory.readings, self.postgres.readings


def live(app: App, store: Any, file: Path) -> None:
    """Twenty people referred, some accepted, spoken to and booked; then three weeks pass."""
    import_referrals(app, file, as_at=True)
    navigator = rosters(config_dir())["durham"].navigators[0].id
    by, boss = Actor(navigator, Role.NAVIGATOR), Actor("boss", Role.SUPERVISOR)
    assert app.readings is not None
    every = app.readings.cases("durham", limit=12)
    asked = [Asked(f"a{line.ref}", line.id, Accept(navigator), boss) for line in every]
    taken = {answer.stream for answer in handle(app, asked) if not answer.refused}  # one lacks consent
    lines = [line for line in every if line.id in taken]
    assert len(lines) >= 10
    asked = [Asked(f"c{line.ref}", line.id, RecordContact(ContactResult.SPOKE), by) for line in lines[:4]]
    asked += [
        Asked(f"b{line.ref}", line.id, BookSession("m1", START + timedelta(days=2), "first_meeting"), by)
        for line in lines[:3]
    ]
    assert [answer.words for answer in handle(app, asked) if answer.refused] == []
    sweep(app)
    until = START + timedelta(days=21)
    while (due := store.next_due()) is not None and due <= until:
        store.set_clock(max(due, store.now()))
        sweep(app)
    store.set_clock(until)
    sweep(app)


@pytest.fixture(scope="module")
def pair(fresh_database: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("readings")
    copies = [folder / "one.csv", folder / "two.csv"]
    for copy in copies:
        copy.write_bytes(FILE.read_bytes())
    memory = memory_app(load_schemes(), at=START, scheme="durham")
    live(memory.app, memory.store, copies[0])
    settings = Deployment(database_url=fresh_database())
    prepare(settings, virtual=True, start=START).close()
    app = replace(
        app_for(settings, scheme="durham", bell=SilentBell()), senders={channel: MemorySender() for channel in Channel}
    )
    live(app, app.store, copies[1])
    yield Pair(memory.app, app)
    app.store.close()  # type: ignore[attr-defined]


def plain(dossier: Dossier) -> Dossier:
    """Without what only a store gives: numbers of rows, keys of texts, the version a fact is written in."""
    return replace(
        dossier,
        events=tuple(replace(one, text_mac="sealed" if one.text_mac else "", version=1) for one in dossier.events),
        notices=tuple(sorted((replace(one, id=0) for one in dossier.notices), key=repr)),
        tasks=tuple(sorted((replace(one, id="") for one in dossier.tasks), key=repr)),
        timers=tuple(sorted(dossier.timers, key=repr)),
        digest_items=tuple(sorted(dossier.digest_items, key=repr)),
    )


def test_both_stores_tell_the_same_of_every_stream(pair: Pair) -> None:
    ours, theirs = (([plain(one) for one in readings.dossiers("durham", limit=1000)]) for readings in pair.both)
    assert [one.id for one in ours] == [one.id for one in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == other


def test_both_stores_list_the_same_cases_alarms_returns_and_figures(pair: Pair) -> None:
    memory, postgres = pair.both
    assert memory.cases("durham", limit=100) == postgres.cases("durham", limit=100)
    assert memory.cases("durham", state="referred", after="DUR-22-000003", limit=5) == postgres.cases(
        "durham", state="referred", after="DUR-22-000003", limit=5
    )
    until = memory.now() + timedelta(days=30)
    assert memory.due("durham", until) == postgres.due("durham", until)
    assert memory.due("durham", until)
    assert memory.returns("durham") == postgres.returns("durham")
    assert memory.figures("durham") == postgres.figures("durham")
    assert memory.schemes() == postgres.schemes() == ["durham", "durham-young-adults", "dyfed-powys"]
    assert memory.now() == postgres.now()
    assert memory.loads("durham") == postgres.loads("durham")


def test_both_stores_list_the_same_tasks(pair: Pair) -> None:
    for state in ("open", "done", "dropped"):
        ours, theirs = (
            sorted(repr(replace(one, id="")) for one in readings.tasks("durham", state=state, limit=1000))
            for readings in pair.both
        )
        assert ours == theirs
    memory, postgres = pair.both
    assert len(memory.tasks("durham", owner="navigator", limit=1000)) == len(
        postgres.tasks("durham", owner="navigator", limit=1000)
    )


def test_both_stores_list_the_same_cases_of_an_officer(pair: Pair) -> None:
    memory, postgres = pair.both
    officers = {
        one.parties[role]
        for line in memory.cases("durham", limit=100)
        for one in memory.snapshots("durham", [line.id]).values()
        if isinstance(one, Case)
        for role in (Role.REFERRER, Role.OIC)
    }
    assert len(officers) > 3
    lists = [memory.cases_of_officer("durham", one) for one in sorted(officers)]
    assert lists == [postgres.cases_of_officer("durham", one) for one in sorted(officers)]
    busiest = max(lists, key=len)
    assert len(busiest) > 1
    assert [one.referred_at for one in busiest] == sorted((one.referred_at for one in busiest), reverse=True)
    who = sorted(officers)[lists.index(busiest)]
    for readings in pair.both:
        first = readings.cases_of_officer("durham", who, limit=1)
        assert [*first, *readings.cases_of_officer("durham", who, before=first[-1].ref)] == busiest
        assert readings.cases_of_officer("durham", who, before="DUR-22-999999") == []
        assert readings.cases_of_officer("dyfed-powys", who) == []
        assert readings.cases_of_officer("durham", "nobody") == []


def test_a_case_is_the_officers_who_plays_the_part_now(pair: Pair) -> None:
    """Given to somebody else it goes from one list to the other; the referrer keeps it."""
    line = pair.memory.readings.cases("durham", limit=1)[0]
    case = pair.memory.readings.snapshots("durham", [line.id])[line.id]
    assert isinstance(case, Case)
    by, old = Actor("boss", Role.SUPERVISOR), case.parties[Role.OIC]
    for app in (pair.memory, pair.postgres):
        (answer,) = handle(app, [Asked("officer-changes", line.id, ChangeOfficer(Role.OIC, "new-oic"), by)])
        assert not answer.refused, answer.words
    for readings in pair.both:
        assert [one.ref for one in readings.cases_of_officer("durham", "new-oic")] == [line.ref]
        still = line.ref in {one.ref for one in readings.cases_of_officer("durham", old)}
        assert still is (old in {case.parties[Role.REFERRER], case.parties[Role.ARRESTING_OFFICER]})


def test_both_stores_are_as_well(pair: Pair) -> None:
    memory, postgres = pair.both
    assert memory.health() == postgres.health()
    assert [one.words for one in audit(memory, replay_every=1).violations] == []
    assert [one.words for one in audit(postgres, replay_every=1).violations] == []


def test_both_stores_find_by_reference_id_and_name(pair: Pair) -> None:
    for readings in pair.both:
        [line] = readings.cases("durham", limit=1)
        assert readings.find("durham", line.ref) == readings.find("durham", line.ref.lower()) == line.id
        assert readings.find("durham", line.id.upper()) == line.id
        assert readings.find("durham", "nobody") is None
        assert readings.find("dyfed-powys", line.ref) is None
        assert set(readings.snapshots("durham", [line.id, "x"])) == {line.id}
        person = rosters(config_dir())["durham"].navigators[0]
        assert readings.called("durham", person.given.upper(), ["navigator"]) == [person.id]
        assert readings.called("durham", f"{person.given} {person.family}", ["navigator"]) == [person.id]
        assert readings.called("durham", person.given, ["provider"]) == []
        assert readings.texts("durham", ["x"]) == {}


def test_a_notice_is_found_by_the_key_a_receipt_names(pair: Pair) -> None:
    memory, postgres = pair.both
    keys = [row.key for row in pair.memory.store.tables.notices.values()]  # type: ignore[attr-defined]
    assert keys
    assert memory.posted("durham", [*keys, "x"]) == postgres.posted("durham", [*keys, "x"])
    assert set(memory.posted("durham", keys)) == set(keys)


def test_both_stores_write_the_same_panel_sheets_to_the_byte(pair: Pair) -> None:
    written = []
    for app, readings in zip((pair.memory, pair.postgres), pair.both, strict=True):
        cases = [one for one in readings.dossiers("durham", limit=1000) if one.kind == "case"]
        policy = app.policy("durham", "1")
        written.append([as_json_text(panel_sheet(one, policy)) for one in cases])
    assert len(written[0]) == 20
    assert written[0] == written[1]


def test_a_message_and_a_task_are_found_by_their_numbers(pair: Pair) -> None:
    for readings in pair.both:
        for dossier in readings.dossiers("durham", limit=1000):
            for notice in dossier.notices:
                assert readings.whose("durham", "message", notice.id) == dossier.id
                assert set(readings.posted("durham", [notice.key])) == {notice.key}
            for task in dossier.tasks:
                assert readings.whose("durham", "task", int(task.id)) == dossier.id
        assert readings.whose("durham", "message", 10**9) is None
        assert readings.whose("dyfed-powys", "task", 1) is None


def test_what_is_due_of_one_navigator_is_that_of_their_cases(pair: Pair) -> None:
    until = START + timedelta(days=90)
    navigator = rosters(config_dir())["durham"].navigators[0].id
    mine = [readings.due("durham", until, owner=navigator, limit=1000) for readings in pair.both]
    assert mine[0] == mine[1]
    theirs = {
        name
        for name, stream in pair.both[0].snapshots("durham", [line.stream for line in mine[0]]).items()
        if isinstance(stream, Case) and stream.parties[Role.NAVIGATOR] == navigator
    }
    assert {line.stream for line in mine[0]} == theirs
    assert mine[0] == [one for one in pair.both[0].due("durham", until, limit=1000) if one.stream in theirs] != []
    assert [readings.due("durham", until, owner="nobody") for readings in pair.both] == [[], []]


@contextmanager
def statements(pair: Pair) -> Iterator[list[str]]:
    """What PostgreSQL is asked meanwhile."""
    engine: sa.Engine = pair.postgres.store.engine  # type: ignore[attr-defined]  # the store behind the port
    counted: list[str] = []

    def count(_: Any, __: Any, statement: str, *___: Any) -> None:
        counted.append(statement)

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        yield counted
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)


def test_a_page_of_streams_costs_the_same_statements_however_many(pair: Pair) -> None:
    _, postgres = pair.both
    with statements(pair) as counted:
        costs = []
        for limit in (1, 20):
            counted.clear()
            assert len(postgres.dossiers("durham", limit=limit)) == limit
            costs.append(len(counted))
        assert costs[0] == costs[1] <= 9
        for reading in (
            lambda: postgres.cases("durham", limit=20),
            lambda: postgres.due("durham", START + timedelta(days=60)),
            lambda: postgres.tasks("durham", limit=100),
            lambda: postgres.returns("durham"),
        ):
            counted.clear()
            reading()
            assert len(counted) == 1


def test_histories_and_traits_are_the_same_of_both(pair: Pair) -> None:
    memory, postgres = pair.both
    ours, theirs = memory.histories("durham", limit=100), postgres.histories("durham", limit=100)
    plain = [[replace(one, text_mac="") for one in history.events] for history in ours]
    assert plain == [[replace(one, text_mac="") for one in history.events] for history in theirs]
    assert [(one.stream, one.whole) for one in ours] == [(one.stream, one.whole) for one in theirs]
    assert len(ours) == memory.count_cases("durham") == postgres.count_cases("durham") == 20
    people = [one.events[0].event.parties[Role.PARTICIPANT] for one in ours]  # type: ignore[union-attr]  # a referral
    assert memory.traits("durham", people) == postgres.traits("durham", people)
    assert any(one.sex and one.born for one in memory.traits("durham", people).values())
    assert memory.traits("durham", ["nobody"]) == postgres.traits("durham", ["nobody"]) == {}


def test_cases_as_they_were_are_counted_alike_in_one_statement(pair: Pair) -> None:
    memory, postgres = pair.both
    ids = memory.case_ids("durham", limit=100)
    ours = memory.as_it_was("durham", [*reversed(ids), "nobody"])
    with statements(pair) as counted:
        theirs = postgres.as_it_was("durham", [*reversed(ids), "nobody"])
    assert len(counted) == 1
    assert ours == theirs
    assert [one.stream for one in ours] == ids
    assert all(one.whole and one.version == "1" and not one.moved and one.reached for one in ours)
    assert sum(sum(one.tasks.values()) for one in ours) == sum(
        len(one.tasks) for one in memory.dossiers("durham", ids=ids)
    )
    assert memory.as_it_was("dyfed-powys", ids) == postgres.as_it_was("dyfed-powys", ids) == []


def test_histories_are_paged_and_narrowed_alike(pair: Pair) -> None:
    for readings in pair.both:
        first = readings.histories("durham", limit=12)
        rest = readings.histories("durham", after=first[-1].stream, limit=12)
        assert [len(first), len(rest)] == [12, 8]
        ids = [one.stream for one in [*first, *rest]]
        assert readings.case_ids("durham", limit=100) == ids
        assert readings.case_ids("durham", after=ids[11], limit=3) == ids[12:15]
        assert readings.case_ids("durham", since=START + timedelta(days=900)) == []
        assert readings.histories("durham", ids=[ids[13], ids[2], "nobody"]) == [first[2], rest[1]]
        only = readings.histories("durham", kinds={"referred"}, limit=100)
        assert {type(one.event).__name__ for history in only for one in history.events} == {"Referred"}
        assert readings.histories("durham", since=START + timedelta(days=900)) == []
        assert readings.count_cases("durham", since=START + timedelta(days=900)) == 0


def test_both_stores_tell_the_same_feed(pair: Pair) -> None:
    kinds = {"referred", "accepted", "session_booked"}
    memory, postgres = pair.both
    ours, theirs = (readings.feed("durham", kinds, limit=1000) for readings in (memory, postgres))
    assert [(one.ref, one.fact.seq, one.fact.event) for one in ours] == [
        (one.ref, one.fact.seq, one.fact.event) for one in theirs
    ]
    assert len(ours) > 20
    assert [one.key for one in postgres.feed("durham", kinds, after=theirs[4].key, limit=3)] == [
        one.key for one in theirs[5:8]
    ]
