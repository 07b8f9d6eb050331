"""A database knows where it lives: copies are found out, whatever is the same files is not."""

import shutil
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from backups import dump, plain, restore
from store_builders import START, a_case, step

from caseflow.embedded import Servers
from caseflow.store.migrations import head, upgrade
from caseflow.store.postgres import PostgresStore

NEVER = timedelta(0)


@pytest.fixture
def live(fresh_database):
    """A database that is worked on."""
    return worked_on(fresh_database())


def worked_on(url):
    """Put a case in it whose alarm rings."""
    store = PostgresStore(url, virtual=True, start=START)
    with store.begin() as unit:
        unit.save([step(a_case(), reacted=True, wake_at=START)])
    assert store.paused() is None
    store.close()
    return url


@pytest.fixture
def elsewhere(data_dir):
    with Servers(data_dir, "test", fast=True) as servers:
        yield servers


def paused(url):
    """Why, as somebody says who opens it now."""
    store = PostgresStore(url)
    try:
        found = store.paused()
        with store.begin() as unit:
            assert bool(unit.claim("fire", 1)) is (found is None), "whoever claims says the same"
        return found
    finally:
        store.close()


def run(url, statement):
    with psycopg.connect(plain(url), autocommit=True) as connection:
        return connection.execute(statement)


def test_a_backup_is_found_out_on_another_server(live, elsewhere, tmp_path):
    run(live, "INSERT INTO marks VALUES ('beat', '2022-01-03 08:59+00')")
    run(live, "INSERT INTO counters VALUES ('durham', 2022, 7)")
    restore(dump(live, tmp_path / "dump"), elsewhere.database_url)
    found = paused(elsewhere.database_url)
    assert found.why == "this database was restored from a backup"
    assert found.backup_at.isoformat() == "2022-01-03T08:59:00+00:00"
    assert paused(elsewhere.database_url) == found, "and it is written down"
    assert run(elsewhere.database_url, "SELECT last FROM counters").fetchone() == (1007,), (
        "numbers that stand in letters"
    )
    assert paused(live) is None


def test_a_backup_is_found_out_in_another_database_of_the_same_server(live, fresh_database, tmp_path):
    other = fresh_database(migrated=False)
    restore(dump(live, tmp_path / "dump"), other)
    assert "restored" in paused(other).why


def test_a_backup_is_found_out_over_the_database_it_was_taken_from(live, tmp_path):
    restore(dump(live, tmp_path / "dump"), live, "--clean")
    assert "restored" in paused(live).why


def test_a_backup_of_which_only_the_rows_come_back_is_found_out_too(live, tmp_path):
    backup = dump(live, tmp_path / "dump")
    tables = run(live, "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'")
    run(live, f"TRUNCATE {tables.fetchone()[0]}")
    restore(backup, live, "--data-only", "--disable-triggers")
    assert "restored" in paused(live).why


def test_work_goes_on_after_a_resume_and_a_backup_of_that_is_found_out_again(live, fresh_database, tmp_path):
    second, third = fresh_database(migrated=False), fresh_database(migrated=False)
    restore(dump(live, tmp_path / "one"), second)
    store = PostgresStore(second)
    with store.begin() as unit:
        unit.resume(NEVER)
    assert store.paused() is None
    store.close()
    assert paused(second) is None
    restore(dump(second, tmp_path / "two"), third)
    assert "restored" in paused(third).why


def test_a_database_that_was_paused_when_it_was_backed_up_is_restored_paused_and_known_for_restored(
    live, fresh_database, tmp_path
):
    store = PostgresStore(live)
    with store.begin() as unit:
        unit.pause("a holiday")
    assert (store.paused().why, store.paused().backup_at) == ("a holiday", None)
    store.close()
    other = fresh_database(migrated=False)
    restore(dump(live, tmp_path / "dump"), other)
    assert paused(other).backup_at is not None


def test_a_copy_from_a_template_is_found_out_when_there_is_somebody_in_it(live):
    name = f"copy_{live.rpartition('_')[2]}"
    run(f"{live.rpartition('/')[0]}/postgres", f"CREATE DATABASE {name} TEMPLATE {live.rpartition('/')[2]}")
    assert "restored" in paused(f"{live.rpartition('/')[0]}/{name}").why


def test_an_empty_copy_settles_where_it_is(fresh_database, tmp_path):
    empty = fresh_database()
    settled = PostgresStore(empty)
    assert settled.paused() is None
    settled.close()
    other = fresh_database(migrated=False)
    restore(dump(empty, tmp_path / "dump"), other)
    settled = PostgresStore(other)
    assert settled.paused() is None
    settled.close()


def test_while_the_rows_of_a_restore_still_come_in_nobody_settles_and_nothing_is_done(live, fresh_database, tmp_path):
    """A worker that is not stopped meets a database with tables and no rows yet: it must not take it for an empty one."""
    other = fresh_database(migrated=False)
    backup = dump(live, tmp_path / "dump")
    restore(backup, other, "--section=pre-data")
    run(other, f"INSERT INTO alembic_version SELECT '{head()}'; INSERT INTO clock DEFAULT VALUES")
    store = PostgresStore(other)
    assert store.paused() is not None
    with store.begin() as unit:
        assert unit.claim("fire", 1) == []
    store.close()
    run(other, "TRUNCATE alembic_version, clock")
    restore(backup, other, "--section=data", "--disable-triggers")
    restore(backup, other, "--section=post-data")
    assert "restored" in paused(other).why


def test_what_postgresql_does_to_the_row_by_itself_changes_nothing(live):
    run(live, "VACUUM FULL home")
    run(live, "VACUUM (FREEZE) home")
    run(live, "ALTER TABLE home SET (fillfactor = 50)")
    assert paused(live) is None
    name = live.rpartition("/")[2]
    run(f"{live.rpartition('/')[0]}/postgres", f"ALTER DATABASE {name} RENAME TO {name}_renamed")
    assert paused(f"{live}_renamed") is None


def test_a_pause_and_a_resume_leave_a_database_at_home(live):
    store = PostgresStore(live)
    with store.begin() as unit:
        unit.pause("a look")
    assert store.paused().why == "a look"
    with store.begin() as unit:
        unit.resume(NEVER)
    assert store.paused() is None
    store.close()


def test_a_standby_that_took_over_is_at_home(data_dir: Path):
    """The files of a server, played on to the end of its log: a new line of history begins, with the same numbers."""
    with Servers(data_dir, "test", fast=True) as servers:
        upgrade(servers.database_url)
        worked_on(servers.database_url)
    files = data_dir / "servers" / "postgres"
    signal = files / "recovery.signal"
    signal.touch()
    shutil.chown(signal, files.stat().st_uid, files.stat().st_gid)
    with (files / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
        settings.write("restore_command = 'false'\n")
    with Servers(data_dir, "test", fast=True) as servers:
        line = run(servers.database_url, "SELECT timeline_id FROM pg_control_checkpoint()").fetchone()
        assert line == (2,), "it did take over"
        assert paused(servers.database_url) is None
