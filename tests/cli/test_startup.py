import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "sqlalchemy",
    "celery",
    "pydantic",
    "alembic",
    "holidays",
    "psycopg",
    "jinja2",
    "phonenumbers",
    "msgspec",
    "yaml",
    "redis",
)
BUDGET = 0.4
"""Seconds of processor time for `caseflow --help`, interpreter included."""

PROGRAM = """
import sys
from caseflow.cli import main
try:
    main(["--help"])
finally:
    print(" ".join(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)
"""


def helped() -> tuple[str, str, float]:
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=HEAVY)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    after = os.times()
    spent = after.children_user - before.children_user + after.children_system - before.children_system
    return done.stdout, done.stderr, spent


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    out, imported, _ = helped()
    assert imported.strip() == ""
    for name in (
        "up",
        "demo",
        "refer",
        "case",
        "due",
        "returns",
        "message",
        "policy",
        "journey",
        "sweep",
        "audit",
        "doctor",
        "db",
        "tasks",
    ):
        assert f"\n  {name} " in out


def test_help_is_there_at_once() -> None:
    assert min(helped()[2] for _ in range(3)) < BUDGET
