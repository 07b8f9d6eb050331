"""PostgreSQL's own tools, as an operator runs them: dump a database into a file, restore it from there."""

import subprocess
from pathlib import Path

from caseflow.embedded.account import Account
from caseflow.embedded.binaries import Binaries


def dump(url: str, file: Path) -> Path:
    """``pg_dump -Fc`` into the file."""
    tool("pg_dump", "--format=custom", f"--file={file}", plain(url))
    return file


def restore(file: Path, url: str, *options: str) -> None:
    """``pg_restore`` into an empty database; with ``--clean`` over what is there."""
    tool("pg_restore", "--exit-on-error", f"--dbname={plain(url)}", *options, str(file))


def plain(url: str) -> str:
    """The address as libpq takes it."""
    return url.replace("+psycopg", "")


def tool(name: str, *arguments: str) -> str:
    """Run one of the tools of the embedded PostgreSQL; returns what it printed."""
    program = Binaries.locate(Account.current()).postgres / name
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout
