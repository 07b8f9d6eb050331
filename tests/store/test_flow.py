"""Writes that flow: nothing waits in between, and nothing is missed at the end."""

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from caseflow.engine.ports import Conflict
from caseflow.store.flow import execute_on, flowing
from caseflow.store.session import make_engine

INSERT = sa.text("INSERT INTO numbers SELECT :n")
CHANGE = sa.text("UPDATE numbers SET n = n + 10 WHERE n >= :least")


@pytest.fixture
def engine(fresh_database):
    engine = make_engine(fresh_database(migrated=False))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE numbers (n int PRIMARY KEY CHECK (n < 100))")
    yield engine
    engine.dispose()


def kept(engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT n FROM numbers ORDER BY n")).scalars())


def test_all_of_a_flow_is_written(engine):
    with engine.begin() as connection, flowing(connection) as flow:
        for n in range(50):
            flow.execute(INSERT, {"n": n})
        execute_on(flow, CHANGE, {"least": 40}, 10, "numbers were not there.")
    assert kept(engine) == [*range(40), *range(50, 60)]


def test_after_a_flow_the_transaction_reads_what_it_wrote(engine):
    with engine.begin() as connection:
        with flowing(connection) as flow:
            flow.execute(INSERT, {"n": 1})
        assert connection.execute(sa.text("SELECT count(*) FROM numbers")).scalar_one() == 1


def test_a_count_that_is_not_as_expected_is_a_conflict_and_nothing_stays(engine):
    missing = "2 of 3 numbers were not there"
    with pytest.raises(Conflict, match=missing), engine.begin() as connection, flowing(connection) as flow:
        flow.execute(INSERT, {"n": 1})
        execute_on(flow, CHANGE, {"least": 1}, 3, "numbers were not there.")
        flow.execute(INSERT, {"n": 2})
    assert kept(engine) == []


@pytest.mark.parametrize("after", [0, 1, 40])
def test_a_statement_that_fails_fails_the_flow_in_the_same_words_as_ever(engine, after):
    with pytest.raises(exc.IntegrityError) as wrong, engine.begin() as connection, flowing(connection) as flow:
        flow.execute(INSERT, {"n": 1})
        flow.execute(INSERT, {"n": 1})
        for n in range(2, 2 + after):
            flow.execute(INSERT, {"n": n})
    assert wrong.value.orig.sqlstate == "23505"
    assert kept(engine) == []


def test_an_error_of_our_own_in_the_middle_leaves_nothing_behind(engine):
    with pytest.raises(ZeroDivisionError), engine.begin() as connection, flowing(connection) as flow:
        flow.execute(INSERT, {"n": 1})
        raise ZeroDivisionError
    assert kept(engine) == []
    with engine.begin() as connection, flowing(connection) as flow:
        flow.execute(INSERT, {"n": 3})
    assert kept(engine) == [3]


def test_a_connection_cut_in_the_middle_is_an_operational_error_and_the_next_one_is_new(engine):
    with pytest.raises(exc.DBAPIError) as wrong, engine.begin() as connection:
        number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with flowing(connection) as flow:
            flow.execute(INSERT, {"n": 1})
            with engine.connect() as other:
                other.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": number})
            flow.execute(INSERT, {"n": 2})
    assert isinstance(wrong.value, exc.OperationalError) or wrong.value.connection_invalidated
    assert kept(engine) == []
