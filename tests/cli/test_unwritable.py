"""A database that takes no writes: commands that write end with code 3 and say what to do, commands that read go on."""

import shutil
from pathlib import Path

import pytest
from disks import small_disk, writable

DATA = Path(__file__).resolve().parents[1] / "data" / "referrals"


@pytest.fixture
def referrals(tmp_path):
    """A file that may be written beside."""
    return lambda name: str(shutil.copy(DATA / name, tmp_path / name))


def counted(store):
    """Facts and all that hangs on them. (A file's people and numbers come first; it is imported again, and finds them.)"""
    with store.engine.connect() as connection:
        return tuple(
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("streams", "events", "inbox", "notices", "tasks")
        )


def test_on_a_read_only_database_writing_ends_with_code_3_and_reading_goes_on(scheme, run, database_url, referrals):
    file, before = referrals("dirty-torn.csv"), counted(scheme)
    writable(database_url, yes=False)
    try:
        for command in (("refer", file, "--as-at"), ("sweep",), ("pause", "--why", "a look"), ("db", "upgrade")):
            ran = run(*command)
            assert ran.code == 3, command
            assert "takes no writes" in ran.err
            assert "default_transaction_read_only" in ran.err
        assert run("case", "list").code == 0
        assert run("due").code == 0
        assert run("audit").code == 0
    finally:
        writable(database_url, yes=True)
    assert counted(scheme) == before
    assert "20 referred" in run("refer", file, "--as-at").out


def test_on_a_full_disk_writing_ends_with_code_3_and_leaves_nothing_behind(scheme, run, database_url, referrals):
    with small_disk(database_url, "events", really=False) as disk:
        file, before = referrals("dirty-repeats-and-errors.csv"), counted(scheme)
        disk.fill()
        ran = run("refer", file, "--as-at")
        assert ran.code == 3
        assert "disk is full" in ran.err
        assert "Make room" in ran.err
        disk.make_room()
        assert counted(scheme) == before
        assert "57 rows: 41 referred" in run("refer", file, "--as-at").out
