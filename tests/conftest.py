"""The real servers, once per session, and a database and broker of one's own per module."""

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from hypothesis import settings

from caseflow.embedded import Servers

settings.register_profile("untimed", deadline=None)  # a test that fails by the clock says something of the machine only
settings.load_profile("untimed")


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty data folder that the servers' user can reach, which pytest's own (0700) cannot offer root."""
    yield from _data_dir()


def _data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="caseflow-tests-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Valkey for the whole session, without durability."""
    for folder in _data_dir():
        with Servers(folder, "test", fast=True) as running:
            yield running


@pytest.fixture(scope="session")
def fresh_database(servers: Servers) -> Callable[..., str]:
    """A function that makes a database and returns its URL: ``fresh_database()``, ``fresh_database(migrated=False)``.

    The migrations run once a session, into a template; a copy of it takes some 30 ms.
    """
    numbers = itertools.count(1)
    templates: list[str] = []

    def migrated_template() -> str:
        from caseflow.store.migrations import upgrade  # noqa: PLC0415 - half a second that most modules never need

        _administer(servers, "CREATE DATABASE migrated")
        upgrade(_url_of(servers, "migrated"))
        return "migrated"

    def make(*, migrated: bool = True) -> str:
        if migrated and not templates:
            templates.append(migrated_template())
        name = f"test_{next(numbers)}"
        _administer(servers, f"CREATE DATABASE {name} TEMPLATE {templates[0] if migrated else 'template0'}")
        return _url_of(servers, name)

    return make


@pytest.fixture(scope="module")
def database_url(servers: Servers, fresh_database: Callable[..., str]) -> Iterator[str]:
    """A migrated, empty database for this module; gone at its end."""
    url = fresh_database()
    yield url
    _administer(servers, f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


BROKER_NUMBERS = itertools.cycle(range(1, 64))


@pytest.fixture(scope="module")
def broker_url(servers: Servers) -> str:
    """A numbered database of the broker for this module, empty."""
    url = f"{servers.broker_url.rpartition('/')[0]}/{next(BROKER_NUMBERS)}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


def _url_of(servers: Servers, name: str) -> str:
    return f"{servers.database_url.rpartition('/')[0]}/{name}"


def _administer(servers: Servers, statement: str) -> None:
    """Run one statement outside any transaction, from a database that nobody copies."""
    with psycopg.connect(_url_of(servers, "postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)
