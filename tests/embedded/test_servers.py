"""The embedded servers as a caller sees them."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest
import redis

from caseflow.embedded import DataFolderBusy, NotForProduction, Servers, WheelMissing, resolve, running

LOOPBACK = "127.0.0.1"


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def broker(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=5)


def deployment(data_dir: Path, **given: str) -> SimpleNamespace:
    return SimpleNamespace(
        **{"environment": "test", "database_url": None, "broker_url": None, **given}, data_dir=data_dir
    )


def test_both_servers_answer_and_sort_by_code_point_in_utc(servers):
    assert query(servers.database_url, "SELECT datlocale FROM pg_database WHERE datname = current_database()") == [
        ("C.UTF-8",)
    ]
    assert query(servers.database_url, "SHOW timezone") == [("UTC",)]
    with broker(servers.broker_url) as client:
        assert client.ping()
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("save") == {"save": ""}


def test_they_listen_on_loopback_only(servers):
    for pid in servers.pids.values():
        listening = [c.laddr.ip for c in psutil.Process(pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]
        assert listening == [LOOPBACK]
        assert not [c for c in psutil.Process(pid).net_connections("unix") if c.laddr.startswith("/")]


def test_neither_lets_anyone_in_without_its_password(servers):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        query(servers.database_url.replace("caseflow:", "caseflow:wrong"), "SELECT 1")
    with (
        broker(servers.broker_url.replace("redis://:", "redis://:wrong")) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_no_server_runs_as_root(servers):
    assert all(psutil.Process(pid).uids().real != 0 for pid in servers.pids.values())
    assert all(0 not in psutil.Process(pid).gids() for pid in servers.pids.values())


def test_what_holds_a_password_is_closed_to_other_users(data_dir):
    with Servers(data_dir, fast=True):
        found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data_dir.rglob("*") if path.is_file()}
    secret = ["servers.json", "postgres.password", "valkey.password", "valkey.conf", "pg_hba.conf"]
    assert {name: found[name] for name in secret} == dict.fromkeys(secret, 0o600)


def test_data_and_passwords_survive_a_restart(data_dir):
    with Servers(data_dir, fast=True) as first:
        query(first.database_url, "CREATE TABLE kept AS SELECT 7 AS n")
        password = first.database_url.split("@")[0]
    with Servers(data_dir, fast=True) as second:
        assert query(second.database_url, "SELECT n FROM kept") == [(7,)]
        assert second.database_url.split("@")[0] == password


def test_a_restarted_broker_keeps_its_address_and_forgets_its_queues(data_dir):
    with Servers(data_dir, fast=True) as servers:
        before, pid = servers.broker_url, servers.pids["valkey"]
        with broker(before) as client:
            client.set("hint", "1")
            servers.restart_broker()
            assert client.get("hint") is None
        assert servers.broker_url == before
        assert servers.pids["valkey"] != pid


@pytest.mark.parametrize("crash", [False, True], ids=["orderly", "crash"])
def test_a_restarted_database_keeps_its_address_and_what_was_committed(data_dir, crash):
    with Servers(data_dir, fast=True) as servers:
        before, pid = servers.database_url, servers.pids["postgres"]
        query(before, "CREATE TABLE kept AS SELECT 7 AS n")
        servers.restart_database(crash=crash)
        assert servers.database_url == before
        assert servers.pids["postgres"] != pid
        assert query(before, "SELECT n FROM kept") == [(7,)]


def test_an_append_only_broker_keeps_its_queues_over_a_kill(data_dir):
    with Servers(data_dir, fast=True, appendonly=True) as servers, broker(servers.broker_url) as client:
        client.set("hint", "1")
        servers.kill_broker()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        assert "valkey" not in servers.pids
        servers.restart_broker()
        assert client.get("hint") == b"1"


def test_two_data_folders_run_side_by_side(data_dir):
    with Servers(data_dir / "a", fast=True) as a, Servers(data_dir / "b", fast=True) as b:
        query(a.database_url, "CREATE TABLE mine (n int)")
        assert query(b.database_url, "SELECT to_regclass('mine')") == [(None,)]
        assert len({*a.pids.values(), *b.pids.values()}) == 4


def test_a_second_owner_of_one_data_folder_is_refused_by_name(data_dir):
    with Servers(data_dir, fast=True) as first:
        with pytest.raises(DataFolderBusy, match=f"in use by process {os.getpid()}.*CASEFLOW_DATA_DIR"):
            Servers(data_dir, fast=True).start()
        assert query(first.database_url, "SELECT 1") == [(1,)]
    with Servers(data_dir, fast=True) as free_again:
        assert free_again.pids


def test_nothing_is_left_running_after_the_end(data_dir):
    with Servers(data_dir, fast=True) as servers:
        pids = servers.pids.values()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not psutil.Process().children(recursive=True) or not [
        child for child in psutil.Process().children(recursive=True) if str(data_dir) in " ".join(child.cmdline())
    ]
    assert running(data_dir) is None


def test_stopping_twice_and_asking_a_stopped_one_is_harmless_and_clear(data_dir):
    servers = Servers(data_dir, fast=True)
    servers.stop()
    with pytest.raises(RuntimeError, match="not running: call start"):
        _ = servers.database_url


def test_production_is_refused_in_words_that_help(data_dir):
    with pytest.raises(NotForProduction, match="CASEFLOW_DATABASE_URL"):
        Servers(data_dir, "production")
    half = deployment(data_dir, environment="production", database_url="postgresql+psycopg://db.example/x")
    with pytest.raises(NotForProduction), resolve(half):
        pass
    assert list(data_dir.iterdir()) == []


def test_without_the_wheels_the_refusal_says_what_to_install(data_dir):
    program = f"from caseflow.embedded import Servers; Servers({str(data_dir)!r}).start()"
    checkout = Path(__file__).parent.parent.parent
    bare = subprocess.run(  # -S: no installed packages
        [sys.executable, "-S", "-c", program], capture_output=True, text=True, check=False, cwd=checkout
    )
    assert bare.returncode == 1
    assert WheelMissing.__name__ in bare.stderr
    assert "pip install 'caseflow[embedded]'" in bare.stderr


def test_configured_addresses_are_used_as_they_are_and_nothing_is_started(data_dir):
    wanted = deployment(
        data_dir,
        environment="production",
        database_url="postgresql+psycopg://db.example/x",
        broker_url="redis://b.example/0",
    )
    with resolve(wanted) as found:
        assert (found.database_url, found.broker_url) == ("postgresql+psycopg://db.example/x", "redis://b.example/0")
    assert list(data_dir.iterdir()) == []


def test_what_is_not_configured_comes_from_servers_started_for_the_purpose(data_dir):
    with resolve(deployment(data_dir, broker_url="redis://b.example/0")) as found:
        assert query(found.database_url, "SELECT 1") == [(1,)]
        assert found.broker_url == "redis://b.example/0"
    assert running(data_dir) is None


def test_servers_that_run_already_are_shared_and_left_running(data_dir):
    with Servers(data_dir, fast=True) as first:
        with resolve(deployment(data_dir)) as shared:
            assert shared == first.addresses
        assert query(first.database_url, "SELECT 1") == [(1,)]


def test_addresses_do_not_show_their_passwords(servers):
    password = servers.broker_url.split(":")[2].split("@")[0]
    assert password not in repr(servers.addresses)


def test_a_port_that_is_taken_is_no_obstacle(data_dir):
    with socket.create_server((LOOPBACK, 0)) as taken, Servers(data_dir, fast=True) as servers:
        assert f":{taken.getsockname()[1]}/" not in servers.database_url + servers.broker_url


def test_each_fresh_database_of_the_tests_is_its_own(fresh_database):
    one, other = fresh_database(migrated=False), fresh_database(migrated=False)
    query(one, "CREATE TABLE mine (n int)")
    assert query(other, "SELECT to_regclass('mine')") == [(None,)]


def test_the_broker_of_a_module_is_empty(broker_url):
    with broker(broker_url) as client:
        assert client.dbsize() == 0
