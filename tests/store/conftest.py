"""Both stores at the same moment of scheme time, empty for every test."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from store_builders import START

from caseflow.store import home
from caseflow.store.memory import MemoryStore
from caseflow.store.postgres import PostgresStore
from caseflow.store.tables import metadata

AnyStore = MemoryStore | PostgresStore


@pytest.fixture(scope="package")
def shared_postgres(fresh_database: Callable[..., str]) -> Iterator[PostgresStore]:
    store = PostgresStore(fresh_database(), virtual=True, start=START)
    yield store
    store.close()


@pytest.fixture
def postgres(shared_postgres: PostgresStore) -> PostgresStore:
    """A virtual database at START with nothing in it."""
    names = ", ".join(table.name for table in metadata.sorted_tables if table.name not in {"clock", "home"})
    with shared_postgres.engine.begin() as connection:
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
        connection.execute(sa.text("UPDATE clock SET at = :at"), {"at": START})
        connection.execute(sa.text("UPDATE home SET look_until = NULL"))
        home.resume(connection, timedelta(0))
    return shared_postgres


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> AnyStore:
    """Every test with this fixture holds for both stores."""
    if request.param == "memory":
        return MemoryStore(at=START)
    found: PostgresStore = request.getfixturevalue("postgres")
    return found


@pytest.fixture
def rest(store: AnyStore) -> Callable[[float], None]:
    """Let machine time pass without waiting: forward in memory; in PostgreSQL the leases and rests move back."""

    def wait(seconds: float) -> None:
        if isinstance(store, MemoryStore):
            store.pass_time(seconds)
            return
        with store.engine.begin() as connection:
            for table, columns in (
                ("notices", ("retry_at", "lease_until")),
                ("streams", ("retry_at",)),
                ("feeds", ("due_at", "first_failed_at")),
                ("sessions", ("started_at", "seen_at", "strong_at")),
                ("drafts", ("begun_at",)),
                ("links", ("expires_at",)),
                ("link_codes", ("asked_at",)),
                ("guests", ("started_at", "seen_at")),
                ("return_drafts", ("kept_at",)),
            ):
                moved = ", ".join(f"{name} = {name} - :seconds * interval '1 second'" for name in columns)
                connection.execute(sa.text(f"UPDATE {table} SET {moved}"), {"seconds": seconds})

    return wait
