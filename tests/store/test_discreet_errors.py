"""What PostgreSQL repeats of a row or a value is in no error's words, through whatever door the error comes."""

import traceback

import pytest
import sqlalchemy as sa

from caseflow.store.flow import flowing
from caseflow.store.session import make_engine

TABLE = "CREATE TEMPORARY TABLE refused (id int PRIMARY KEY, name text CHECK (name <> 'Numbatilda'), day date)"
NAME = "Numbatilda"  # tracebacks show lines of source: below, this one stands in none of them
BAD = {
    "a check": "INSERT INTO refused VALUES (1, 'Numbatilda')",
    "a key": "INSERT INTO refused VALUES (1, :name), (1, :name)",
    "a value of another kind": "INSERT INTO refused VALUES (1, 'x', CAST(:name AS date))",
    "a value that is no JSON": "SELECT CAST(:name AS jsonb)",
    "a value that is no id": "SELECT CAST(:name AS uuid)",
}


@pytest.fixture
def connection(database_url):
    engine = make_engine(database_url)
    with engine.connect() as opened:
        opened.exec_driver_sql(TABLE)
        yield opened
    engine.dispose()


@pytest.mark.parametrize("way", ["waiting", "flowing"])
@pytest.mark.parametrize("statement", BAD.values(), ids=BAD)
def test_an_error_says_what_is_wrong_and_not_with_whom(connection, statement, way):
    statement = statement.replace(f"'{NAME}'", ":name")
    with pytest.raises(sa.exc.DBAPIError) as raised:
        if way == "waiting":
            connection.execute(sa.text(statement), {"name": NAME})
        else:
            with flowing(connection) as flow:
                flow.execute(sa.text(statement), {"name": NAME})
    words = "".join(traceback.format_exception(raised.value))
    assert "psycopg.errors." in words
    assert NAME not in words
