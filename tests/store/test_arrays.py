"""Columns of parameters arrive in PostgreSQL as they were, whatever is in them."""

from datetime import date, datetime

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_builders import START

from caseflow.store.arrays import Rows

EVERY = Rows(
    words="text", body="jsonb", number="int", big="bigint", flag="boolean", ratio="float8", at="timestamptz", day="date"
)
SELECT = sa.text(f"SELECT * FROM {EVERY.source}")
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(WORDS | st.none(), st.dictionaries(WORDS, WORDS, max_size=2) | st.none()), min_size=1))
def test_words_and_documents_arrive_as_they_were(shared_postgres, rows):
    sent = [(word, None if body is None else msgspec.json.encode(body), *[None] * 6) for word, body in rows]
    with shared_postgres.engine.connect() as connection:
        found = connection.execute(SELECT, EVERY.bind(sent)).all()
    assert [(row.words, row.body) for row in found] == rows


def test_every_type_of_column_arrives_as_it_was(shared_postgres):
    row = ('a "b" \\ {c}, NULL', b'{"a":1}', -7, 2**40, True, 1.5, START, date(2022, 1, 3))
    with shared_postgres.engine.connect() as connection:
        (found,) = connection.execute(SELECT, EVERY.bind([row])).all()
    assert tuple(found) == (row[0], {"a": 1}, *row[2:])


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("text", "a\0b", "contains a NUL character"),
        ("timestamptz", datetime(2022, 1, 3), "has no time zone: give the store UTC instants only"),  # noqa: DTZ001
    ],
)
def test_what_cannot_be_kept_is_refused_in_plain_words(kind, value, words):
    with pytest.raises(ValueError, match=words):
        Rows(value=kind).bind([(value,)])
