"""What only PostgreSQL can show: many claimers, locks, plans of the planner, the cost of a batch, the database's age."""

import itertools
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from store_builders import DAY, NAVIGATOR, SCHEME, START, a_case, a_digest, asked, officer_send, send, step, timer

from caseflow.domain.commands import Complete
from caseflow.domain.effects import AddToDigest, CloseDigest, DropTasks, OpenTask, Tell, Void
from caseflow.domain.words import Role
from caseflow.engine.ports import Answer, Conflict, Parking, PersonIn, Settled, Unavailable
from caseflow.store.clock import ClockRefused
from caseflow.store.migrations import BehindHead, check_head, head, upgrade
from caseflow.store.postgres import PostgresStore
from caseflow.store.session import psycopg_url
from caseflow.store.streams import CLAIMS

MINUTE = timedelta(minutes=1)


def cases(store: PostgresStore, count: int, **writes) -> None:
    with store.begin() as unit:
        unit.save([step(a_case(f"case-{number:04d}"), reacted=True, **writes) for number in range(count)])


# ── many at once ────────────────────────────────────────────────────────────────────────────────
def test_many_claimers_fire_every_alarm_once(postgres: PostgresStore):
    cases(postgres, 200, wake_at=START)

    def drain(_: int) -> list[str]:
        fired = []
        while True:
            with postgres.begin() as unit:
                claimed = unit.claim("fire", 7)
                unit.save([step(one.stream, reacted=True) for one in claimed])
                fired += [one.stream.id for one in claimed]
            if not claimed:
                return fired

    with ThreadPoolExecutor(4) as pool:
        fired = Counter(itertools.chain(*pool.map(drain, range(4))))
    assert len(fired) == 200
    assert set(fired.values()) == {1}


def test_many_deliverers_lease_every_notice_once(postgres: PostgresStore):
    with postgres.begin() as unit:
        unit.save(
            [step(a_case(f"case-{number}"), reacted=True, sends=[send(f"case-{number}")]) for number in range(60)]
        )

    def drain(worker: int) -> list[int]:
        taken = []
        while True:
            with postgres.begin() as unit:
                rows = unit.lease("people", 5, f"w{worker}", MINUTE)
            if not rows:
                return taken
            with postgres.begin() as unit:
                assert unit.calling(f"w{worker}", rows) == {row.id for row in rows}
            with postgres.begin() as unit:
                assert unit.settle(f"w{worker}", [Settled(row.id, row.attempt, "accepted") for row in rows]) == len(
                    rows
                )
            taken += [row.id for row in rows]

    with ThreadPoolExecutor(4) as pool:
        taken = Counter(itertools.chain(*pool.map(drain, range(4))))
    assert len(taken) == 60
    assert set(taken.values()) == {1}


def test_locks_asked_for_in_any_order_do_not_deadlock(postgres: PostgresStore):
    cases(postgres, 20)
    names = [f"case-{number:04d}" for number in range(20)]

    def touch(worker: int) -> int:
        order = names if worker % 2 else names[::-1]
        for _ in range(10):
            with postgres.begin() as unit:
                claimed = unit.lock(SCHEME, order)
                unit.save([step(one.stream) for one in claimed.values()])
        return worker

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(touch, range(4))) == [0, 1, 2, 3]
    with postgres.begin() as unit:
        assert {one.stream.seq for one in unit.lock(SCHEME, names).values()} == {41}


def test_a_claim_passes_over_what_others_hold(postgres: PostgresStore):
    cases(postgres, 3, wake_at=START)
    with postgres.begin() as one, postgres.begin() as two:
        assert len(one.claim("fire", 2)) == 2
        assert [claimed.stream.id for claimed in two.claim("fire", 10)] == ["case-0002"]


def test_a_claim_reads_the_row_it_locked_and_not_an_older_one(postgres: PostgresStore):
    cases(postgres, 1, wake_at=START)
    with postgres.begin() as unit:
        unit.save([step(unit.claim("fire", 1)[0].stream, reacted=True, wake_at=START)])
    with postgres.begin() as unit:
        assert unit.claim("fire", 1)[0].stream.seq == 2


def test_a_door_gives_up_a_lock_it_cannot_have(postgres: PostgresStore):
    cases(postgres, 1)
    with postgres.begin() as holder:
        holder.lock(SCHEME, ["case-0000"])
        with pytest.raises(Unavailable, match="lock timeout"), postgres.begin() as other:
            other.lock(SCHEME, ["case-0000"])


def test_two_makers_of_one_stream_conflict(postgres: PostgresStore):
    start = threading.Barrier(2)

    def make(_: int) -> str:
        try:
            with postgres.begin() as unit:
                start.wait()
                unit.save([step(a_case())])
        except Conflict:
            return "conflict"
        return "made"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(make, range(2))) == ["conflict", "made"]


def test_a_dead_worker_gives_its_claims_back_by_dying(postgres: PostgresStore):
    cases(postgres, 1, wake_at=START)
    with pytest.raises(Unavailable), postgres.begin() as unit:
        unit.claim("fire", 1)
        with postgres.engine.connect() as other:
            pid = unit.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            other.exec_driver_sql("SELECT pg_terminate_backend(%s, 1000)", (pid,))
        unit.claim("fire", 1)
    with postgres.begin() as unit:
        assert len(unit.claim("fire", 1)) == 1


def test_an_unreadable_history_parks_its_stream_and_not_its_neighbours(postgres: PostgresStore):
    cases(postgres, 3, wake_at=START)
    with postgres.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE streams SET snapshot = '{}' WHERE id = 'case-0001'")
    with postgres.begin() as unit:
        assert [one.stream.id for one in unit.claim("fire", 10)] == ["case-0000", "case-0002"]
    with postgres.engine.connect() as connection:
        (reason,) = connection.exec_driver_sql("SELECT reason FROM parked WHERE what = 'stream'").scalars()
    assert reason.startswith("The snapshot of a case cannot be read")


# ── the cost of a batch ─────────────────────────────────────────────────────────────────────────
@contextmanager
def statements(store: PostgresStore) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(store.engine, "before_cursor_execute", note)


def full(number: int) -> list:
    """A step that writes to every table there is."""
    name = f"case-{number:04d}"
    return [
        step(
            replace(a_case(name), seq=1),
            reacted=True,
            wake_at=START + DAY,
            sends=[send(name, cycle=1)],
            tasks=[OpenTask("call", "call", Role.NAVIGATOR, "Ring her")],
            drops=[DropTasks("gone", key="file")],
            timers=[timer()],
            gone_timers=["no_answer"],
            voids=[Void("gone", "no_answer")],
            digest_items=[AddToDigest(f"oic-{number}", "accepted", START, "2022-W01", name)],
            tells=[Tell(f"tell-{number}", "case-0000", Complete(), NAVIGATOR)],
            answers=[Answer(f"command-{number}", name, 2)],
            inbox_done=[f"inbox-{number}"],
            parked=[Parking(name, "event:1", "cannot be reacted to", START)],
        ),
        step(a_digest(f"oic-{number}"), digest_closes=[CloseDigest(f"oic-{number}", "2022-W01")]),
    ]


def test_a_step_costs_the_same_statements_for_one_stream_and_for_many(postgres: PostgresStore):
    cases(postgres, 41)
    counts = []
    for numbers in (range(1), range(1, 41)):
        with statements(postgres) as seen, postgres.begin() as unit:
            unit.save([change for number in numbers for change in full(number)])
        counts.append(len(seen))
    assert counts[0] == counts[1] == 17  # the last asks whether anybody listens (webhooks)


@pytest.mark.parametrize(
    ("work", "cost"),
    [
        (lambda unit: unit.claim("fire", 50), 3),
        (lambda unit: unit.claim("react", 50), 1),
        (lambda unit: unit.lock(SCHEME, [f"case-{number:04d}" for number in range(40)]), 2),
        (lambda unit: unit.lease("people", 50, "w", MINUTE), 2),
        (lambda unit: unit.lease("others", 50, "w", MINUTE), 3),
        (lambda unit: unit.people(SCHEME, [f"p-{number}" for number in range(40)]), 2),
        (lambda unit: unit.upsert_people(SCHEME, [PersonIn(f"p-{n}", "officer", "A", "B") for n in range(40)]), 1),
        (lambda unit: unit.answers(SCHEME, [f"c-{number}" for number in range(40)]), 1),
        (lambda unit: unit.add_inbox([(SCHEME, asked(f"c-{number}")) for number in range(40)]), 1),
        (lambda unit: unit.recover(50, {}), 1),
    ],
)
def test_reading_a_batch_costs_few_statements(postgres: PostgresStore, work: Callable, cost: int):
    with postgres.begin() as unit:
        names = [f"case-{number:04d}" for number in range(40)]
        unit.save(
            [step(a_case(name), reacted=True, wake_at=START, sends=[send(name), officer_send()]) for name in names]
        )
    with statements(postgres) as seen, postgres.begin() as unit:
        work(unit)
    assert len(seen) - 1 <= cost  # one more reads the clock


@pytest.mark.parametrize(("lane", "index"), [("react", "streams_react"), ("fire", "streams_wake")])
def test_a_claim_reads_only_the_head_of_its_index(postgres: PostgresStore, lane: str, index: str):
    with postgres.engine.begin() as connection:
        connection.execute(
            sa.text("""
                INSERT INTO streams (scheme_id, id, kind, ref, state, policy_version, wake_at, react_at, snapshot)
                SELECT 'durham', 's' || n, 'case', 'r' || n, 'engaged', '1',
                       CAST(:at AS timestamptz) + n * interval '1 minute',
                       CAST(:at AS timestamptz) + n * interval '1 minute', '{}' FROM generate_series(1, 20000) n"""),
            {"at": START},
        )
    with postgres.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE streams")
    with postgres.engine.begin() as connection:
        found = connection.execute(
            sa.text("EXPLAIN (ANALYZE, FORMAT JSON) " + CLAIMS[lane].text), {"limit": 50, "now": START + 10 * DAY}
        ).scalar_one()
    nodes = list(_nodes(found[0]["Plan"]))
    scans = [node for node in nodes if node.get("Index Name") == index and node["Actual Loops"]]
    assert [scan["Actual Rows"] <= 51 for scan in scans] == [True]
    looked = {node.get("Relation Name") for node in nodes if node.get("Actual Loops")} - {None, "clock"}
    assert looked == {"streams"}, "whose turn it is costs a live database one row of the clock"


def _nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


# ── time, age, schema ───────────────────────────────────────────────────────────────────────────
def test_a_live_database_refuses_virtual_time(fresh_database: Callable[..., str]):
    url = fresh_database()
    live = PostgresStore(url)
    with pytest.raises(ClockRefused, match="This database is live"):
        live.set_clock(START)
    with live.begin() as unit:
        unit.save([step(a_case())])
    live.close()
    with pytest.raises(ClockRefused, match="holds real facts"):
        PostgresStore(url, virtual=True)


def test_a_virtual_database_stays_virtual_for_everybody(fresh_database: Callable[..., str]):
    url = fresh_database()
    first, second = PostgresStore(url, virtual=True, start=START), PostgresStore(url)
    first.set_clock(START + DAY)
    assert second.virtual
    assert second.now() == START + DAY
    third = PostgresStore(url, virtual=True, start=START)
    assert third.now() == START + DAY
    for store in (first, second, third):
        store.close()


def test_a_live_database_tells_the_servers_time(fresh_database: Callable[..., str]):
    store = PostgresStore(fresh_database())
    with store.begin() as unit:
        first = unit.now()
    assert first <= store.now()
    assert first.utcoffset() == timedelta()
    store.close()


def test_a_database_of_another_age_is_refused_in_plain_words(fresh_database: Callable[..., str]):
    url = fresh_database(migrated=False)
    with pytest.raises(BehindHead, match=f"at nothing .*needs {head()}: run `caseflow db upgrade`"):
        PostgresStore(url)
    upgrade(url)
    upgrade(url)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    check_head(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("COMMENT ON TABLE alembic_version IS 'nobody says who may work on it'")
    with pytest.raises(BehindHead, match="The database is at 9999, newer than this program"):
        check_head(engine)


def test_two_upgrades_at_once_are_one(fresh_database: Callable[..., str]):
    url = fresh_database(migrated=False)
    program = f"from caseflow.store.migrations import upgrade; upgrade({url!r})"
    both = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    PostgresStore(url).close()


def test_bare_addresses_get_their_driver():
    assert psycopg_url("postgres://h/d") == psycopg_url("postgresql://h/d") == "postgresql+psycopg://h/d"
    assert psycopg_url("postgresql+psycopg://h/d") == "postgresql+psycopg://h/d"


def test_a_database_that_is_away_is_unavailable():
    with pytest.raises(Unavailable):
        PostgresStore("postgresql://nobody@127.0.0.1:9/nothing")
