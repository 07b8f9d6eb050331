"""A real database at Monday 25 April 2022, 10:00 (virtual), with a few cases in it, and the command line in-process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from caseflow.bootstrap import prepare
from caseflow.cli import main
from caseflow.settings.deployment import Deployment
from caseflow.store.postgres import PostgresStore

MONDAY = datetime(2022, 4, 25, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return msgspec.json.decode(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_(*argv: str) -> Ran:
        capsys.readouterr()
        code = 0
        try:
            main(argv)
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run_


@pytest.fixture(scope="module")
def store(database_url: str) -> Iterator[PostgresStore]:
    made = prepare(Deployment(database_url=database_url), virtual=True, start=MONDAY)
    yield made
    made.close()


@pytest.fixture
def scheme(
    store: PostgresStore, database_url: str, broker_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> PostgresStore:
    """The environment points at the database; messages go to a folder that goes away."""
    for name in ("CASEFLOW_ENVIRONMENT", "CASEFLOW_SENDER", "CASEFLOW_SCHEMES_DIR", "CASEFLOW_WEBHOOKS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", database_url)
    monkeypatch.setenv("CASEFLOW_BROKER_URL", broker_url)
    monkeypatch.setenv("CASEFLOW_DATA_DIR", str(tmp_path / "data"))
    return store
