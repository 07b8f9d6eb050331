"""What happens to the servers when the process that started them ends badly, and who may run them."""

import json
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from caseflow.embedded import Servers
from caseflow.embedded.account import NOBODY, Account, copied_within_reach, home_within_reach

PARENT = Path(__file__).parent / "parent.py"
CHECKOUT = PARENT.parent.parent.parent


@contextmanager
def parent(data_dir: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict]]:
    command = [sys.executable, str(PARENT), str(data_dir), *arguments]
    environ = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=environ) as process:
        try:
            line = process.stdout.readline()
            assert line, "the parent ended before its servers answered"
            yield process, json.loads(line)
        finally:
            process.kill()


def processes(ready: dict) -> list[psutil.Process]:
    return [psutil.Process(pid) for pid in ready["pids"].values()]


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_servers_end_when_their_parent_is_killed(data_dir):
    with parent(data_dir) as (process, ready):
        servers = processes(ready)
        process.kill()
        _, alive = psutil.wait_procs(servers, timeout=20)
    assert not alive
    assert "database system is shut down" in (data_dir / "servers" / "postgres.log").read_text()


def test_servers_left_by_a_killed_parent_and_guard_are_stopped_by_the_next_start(data_dir):
    with parent(data_dir) as (process, ready):
        query(ready["database_url"], "CREATE TABLE kept AS SELECT 7 AS n")
        orphans = processes(ready)
        guards = [child for child in psutil.Process(process.pid).children() if child not in orphans]
        assert len(guards) == 1
        guards[0].kill()
        process.kill()
        process.wait()
        assert all(orphan.is_running() for orphan in orphans)
        with Servers(data_dir, "test", fast=True) as servers:
            assert query(servers.database_url, "SELECT n FROM kept") == [(7,)]
            assert not {orphan.pid for orphan in orphans} & set(servers.pids.values())
        _, alive = psutil.wait_procs(orphans, timeout=5)
        assert not alive


def test_a_killed_postmaster_is_cleared_away_and_its_data_recovered(data_dir):
    with parent(data_dir) as (process, ready):
        query(ready["database_url"], "CREATE TABLE kept AS SELECT 7 AS n")
        for server in processes(ready):
            server.kill()
        process.kill()
        process.wait()
    with Servers(data_dir, "test", fast=True) as servers:
        assert query(servers.database_url, "SELECT n FROM kept") == [(7,)]


def test_a_number_in_an_old_pid_file_that_is_somebody_elses_now_is_left_alone(data_dir):
    with Servers(data_dir, "test", fast=True):
        pass
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            (data_dir / "servers" / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n")
            (data_dir / "servers" / "valkey" / "valkey.pid").write_text(f"{stranger.pid}\n")
            with Servers(data_dir, "test", fast=True) as servers:
                assert query(servers.database_url, "SELECT 1") == [(1,)]
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_cluster_that_was_half_made_is_made_again(data_dir):
    half = data_dir / "servers" / "postgres.new"
    half.mkdir(parents=True)
    (data_dir / "servers").chmod(0o711)
    (half / "PG_VERSION").write_text("18\n")
    with Servers(data_dir, "test", fast=True) as servers:
        assert query(servers.database_url, "SELECT 1") == [(1,)]


def test_ctrl_c_reaches_the_parent_first_and_the_servers_stop_in_order(data_dir):
    with parent(data_dir) as (process, ready):
        servers = processes(ready)
        os.killpg(process.pid, signal.SIGINT)
        said = json.loads(process.stdout.readline())
        assert process.wait(30) == 0
    assert said == {"alive_at_ctrl_c": 2}
    assert not any(server.is_running() for server in servers)
    assert "database system is shut down" in (data_dir / "servers" / "postgres.log").read_text()


def test_a_start_that_fails_leaves_nothing_running_and_shows_the_log(data_dir):
    with Servers(data_dir, "test", fast=True):
        pass
    (data_dir / "servers" / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(RuntimeError, match="no_such_setting"):
        Servers(data_dir, "test", fast=True).start()
    assert not [p for p in psutil.Process().children(recursive=True) if str(data_dir) in " ".join(p.cmdline())]


# As root both ways are tested; an ordinary user is one already, and can't become another.
if os.geteuid() == 0:
    ORDINARY = pwd.getpwnam("daemon").pw_uid  # any account that exists and is neither root nor nobody

    def test_an_ordinary_user_runs_them_as_itself(data_dir):
        os.chown(data_dir, ORDINARY, ORDINARY)
        with parent(data_dir, str(ORDINARY)) as (process, ready):
            assert {server.uids().real for server in processes(ready)} == {ORDINARY}
            assert query(ready["database_url"], "SELECT 1") == [(1,)]
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0

    def test_a_data_folder_that_another_user_made_is_refused(data_dir):
        os.chown(data_dir, ORDINARY, ORDINARY)
        with parent(data_dir, str(ORDINARY)) as (process, _):
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        with pytest.raises(RuntimeError, match=f"belongs to user id {ORDINARY}, and you are 0"):
            Servers(data_dir, "test", fast=True).start()

    def test_root_runs_them_as_nobody_without_any_of_its_groups(servers):
        for pid in servers.pids.values():
            status = dict(
                line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line
            )
            assert status["Uid"].split() == [str(NOBODY)] * 4
            assert status["Gid"].split() == [str(NOBODY)] * 4
            assert status["Groups"].split() == []

    def test_folders_that_nobody_may_pass_are_noticed(data_dir):
        closed = data_dir / "closed"
        (closed / "inner").mkdir(parents=True)
        closed.chmod(0o700)
        assert Account.current().reaches(data_dir)
        assert not Account.current().reaches(closed / "inner")

    def test_binaries_out_of_reach_are_copied_once_for_everyone_to_run(data_dir):
        source = data_dir / "closed" / "package"
        (source / "bin").mkdir(parents=True)
        (source / "bin" / "tool").write_text("#!/bin/sh\necho ran\n")
        (source / "bin" / "tool").chmod(0o700)
        (data_dir / "closed").chmod(0o700)
        copy = copied_within_reach(data_dir / "place", "tool-1", source)
        tool = copy / "package" / "bin" / "tool"
        ran = subprocess.run([tool], capture_output=True, text=True, check=True, cwd="/", **Account.current().spawn())
        assert ran.stdout == "ran\n"
        (source / "bin" / "tool").write_text("changed")
        assert (
            "ran"
            in (copied_within_reach(data_dir / "place", "tool-1", source) / "package" / "bin" / "tool").read_text()
        )

    def test_a_data_folder_out_of_reach_has_its_servers_elsewhere_and_remembers_where(data_dir):
        closed = data_dir / "closed"
        closed.mkdir(mode=0o700)
        home = home_within_reach(data_dir / "place", closed)
        assert Account.current().reaches(home)
        assert home_within_reach(data_dir / "place", closed) == home
        (closed / "servers-live-in").unlink()
        assert home_within_reach(data_dir / "place", closed) != home
