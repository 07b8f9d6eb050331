"""A database whose disk is full: for real where we may mount one, else PostgreSQL is made to say so."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from backups import plain

from caseflow.embedded.account import Account

SAYS_SO = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION no_room()"""


class Disk:
    """Where one table of the database lies: `fill` it, and `make_room` again."""

    def __init__(self, url: str, table: str, mounted: Path | None) -> None:
        self._url, self._table, self._mounted = url, table, mounted

    def fill(self) -> None:
        """From now on the table cannot grow. (What its last page still takes, it takes.)"""
        if self._mounted is None:
            self._run(SAYS_SO.format(table=self._table))
            return
        with (self._mounted / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while filler.write(b"\0" * 4096):
                pass

    def make_room(self) -> None:
        """Somebody has cleared up."""
        if self._mounted is None:
            self._run(f"DROP TRIGGER no_room ON {self._table}; DROP FUNCTION no_room()")
        else:
            (self._mounted / "filler").unlink()

    def _run(self, statements: str) -> None:
        with psycopg.connect(plain(self._url), autocommit=True) as connection:
            connection.execute(statements)


@contextmanager
def small_disk(url: str, table: str, *, really: bool = True) -> Iterator[Disk]:
    """The table on a file system of its own of 8 MB; where nobody lets us mount one, or not `really`, a trigger stands in."""
    folder = Path(tempfile.mkdtemp(prefix="caseflow-disk-"))
    name = f"small_{os.getpid()}_{table}"
    account = Account.current()
    mount = [
        "mount",
        "-t",
        "tmpfs",
        "-o",
        f"size=8m,uid={account.uid},gid={account.gid},mode=0700",
        "tmpfs",
        str(folder),
    ]
    tried = subprocess.run(mount, capture_output=True, check=False) if really and shutil.which("mount") else None
    mounted = tried is not None and tried.returncode == 0
    try:
        with psycopg.connect(plain(url), autocommit=True) as connection:
            if mounted:
                connection.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
                connection.execute(f"ALTER TABLE {table} SET TABLESPACE {name}")
            yield Disk(url, table, folder if mounted else None)
            if mounted:
                connection.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
                connection.execute(f"DROP TABLESPACE {name}")
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def writable(url: str, *, yes: bool) -> None:
    """Set the whole database read-only, or writable again, and cut its sessions, which would not hear of it."""
    name = url.rpartition("/")[2]
    with psycopg.connect(plain(url).rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {'off' if yes else 'on'}")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
