"""A database whose disk is full: for real where we may mount one, else PostgreSQL is made to say so."""

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
        else:
            fill(self._mounted)

    def make_room(self) -> None:
        """Somebody has cleared up."""
        if self._mounted is None:
            self._run(f"DROP TRIGGER no_room ON {self._table}; DROP FUNCTION no_room()")
        else:
            clear(self._mounted)

    def _run(self, statements: str) -> None:
        with psycopg.connect(plain(self._url), autocommit=True) as connection:
            connection.execute(statements)


@contextmanager
def mounted(kilobytes: int) -> Iterator[Path | None]:
    """A file system of its own, the database's account's; None where nobody lets us mount one."""
    folder = Path(tempfile.mkdtemp(prefix="caseflow-disk-"))
    account = Account.current()
    options = f"size={kilobytes}k,uid={account.uid},gid={account.gid},mode=0700"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    there = (
        shutil.which("mount") is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )
    try:
        yield folder if there else None
    finally:
        if there:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def small_disk(url: str, table: str, *, really: bool = True) -> Iterator[Disk]:
    """The table on a disk of 8 MB; where nobody lets us mount one, or not `really`, a trigger stands in."""
    with mounted(8192) as folder, psycopg.connect(plain(url), autocommit=True) as connection:
        if folder is None or not really:
            yield Disk(url, table, None)
            return
        connection.execute(f"CREATE TABLESPACE {folder.name.replace('-', '_')} LOCATION '{folder}'")
        connection.execute(f"ALTER TABLE {table} SET TABLESPACE {folder.name.replace('-', '_')}")
        yield Disk(url, table, folder)
        connection.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
        connection.execute(f"DROP TABLESPACE {folder.name.replace('-', '_')}")


def fill(folder: Path) -> None:
    """Take all the room there is."""
    with (folder / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(b"\0" * 4096):
            pass


def clear(folder: Path) -> None:
    """Give it back."""
    (folder / "filler").unlink()


def writable(url: str, *, yes: bool) -> None:
    """Set the whole database read-only, or writable again, and cut its sessions, which would not hear of it."""
    name = url.rpartition("/")[2]
    with psycopg.connect(plain(url).rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {'off' if yes else 'on'}")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
