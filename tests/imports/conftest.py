"""A scheme in dictionaries to import into, and the files of tests/data/referrals."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from caseflow.bootstrap import Memory, memory_app
from caseflow.domain.policy import Policy
from caseflow.settings.scheme import load_schemes

DATA = Path(__file__).resolve().parents[1] / "data" / "referrals"
APRIL = datetime(2022, 4, 20, 10, tzinfo=UTC)


@cache
def policies() -> dict[tuple[str, str], Policy]:
    return load_schemes()


@pytest.fixture
def memory() -> Memory:
    return memory_app(policies(), at=APRIL, scheme="durham")


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a referral file, so that what is written beside it goes away."""

    def copy(name: str) -> Path:
        return Path(shutil.copy(DATA / name, tmp_path / name))

    return copy


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """A file of these bytes or this text."""

    def write(content: str | bytes, name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
