"""Broken set-ups, real ones: each has its red light with what to do, and an answer comes within seconds."""

import os
import signal
import socket
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import redis
import sqlalchemy as sa

from caseflow.bootstrap import prepare
from caseflow.cli.machine import broker_disk, database_server
from caseflow.embedded import Servers
from caseflow.settings.deployment import Deployment
from caseflow.store.condition import Condition

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WELL = {"major": 18, "fsync": True, "autovacuum": True, "oldest_transaction": timedelta(0), "idle": timedelta(0),
        "stale_leases": 0, "at": NOW}  # fmt: skip


def red(ran):
    return {one["name"]: one for one in ran.json()["lights"] if not one["ok"]}


def check(run, name, todo):
    ran = run("doctor", "--json")
    assert ran.code == 3
    assert todo in red(ran)[name]["todo"]
    assert f"RED  {name}: " in run("doctor").out
    return red(ran)[name]


@pytest.fixture
def silent_port():
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("wrong", "light"),
    [
        ({"major": 12}, "database settings"),
        ({"fsync": False}, "database settings"),
        ({"autovacuum": False}, "database settings"),
        ({"oldest_transaction": timedelta(hours=1)}, "database transactions"),
        ({"idle": timedelta(minutes=5)}, "database transactions"),
        ({"at": NOW - timedelta(minutes=2)}, "clocks"),
        ({"stale_leases": 3}, "leases"),
    ],
)
def test_what_hurts_in_a_database_server_is_red_and_says_what_to_do(wrong, light):
    assert all(one.ok for one in database_server(Condition(**WELL), NOW, production=True))
    lights = database_server(Condition(**(WELL | wrong)), NOW, production=True)
    assert [(one.name, bool(one.todo)) for one in lights if not one.ok] == [(light, True)]


def test_a_server_without_fsync_is_fine_for_tests():
    assert all(one.ok for one in database_server(Condition(**(WELL | {"fsync": False})), NOW, production=False))


def test_every_red_light_says_what_to_do(scheme, run):
    lights = run("doctor", "--json").json()["lights"]
    assert {"beat", "audit"} <= {one["name"] for one in lights if not one["ok"]}
    assert all(one["todo"] for one in lights if not one["ok"])
    assert {"clocks", "leases", "disk", "bank holidays", "broker memory", "broker on disk"} <= {
        one["name"] for one in lights if one["ok"]
    }


def test_a_broker_that_may_throw_hints_away(scheme, run, broker_url):
    with redis.Redis.from_url(broker_url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            check(run, "broker memory", "noeviction")
        finally:
            client.config_set("maxmemory-policy", "noeviction")


def test_a_broker_that_is_away(scheme, run, monkeypatch):
    monkeypatch.setenv("CASEFLOW_BROKER_URL", "redis://127.0.0.1:9/0")
    check(run, "broker", "nothing is lost meanwhile")


def test_a_broker_says_whether_it_keeps_its_hints_and_either_is_fine(scheme, run, broker_url):
    def said():
        lights = {one["name"]: one for one in run("doctor", "--json").json()["lights"]}
        return lights["broker on disk"]["ok"], lights["broker on disk"]["found"].partition(":")[0]

    with redis.Redis.from_url(broker_url) as client:
        assert said() == (True, "nothing is kept")
        client.config_set("appendonly", "yes")
        try:
            assert said() == (True, "append-only file")
        finally:
            client.config_set("appendonly", "no")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("aof_last_write_status", "cannot be written"),
        ("aof_last_bgrewrite_status", "cannot be rewritten"),
        ("rdb_last_bgsave_status", "snapshot"),
    ],
)
def test_a_broker_that_cannot_write_its_file_is_red(name, words):
    light = broker_disk({"aof_enabled": 1, name: "err"})
    assert (light.ok, words in light.found, "make room" in light.todo) == (False, True, True)


@contextmanager
def frozen(pid):
    """As after SIGSTOP, or on a disk that hangs: the system still takes connections in the process's name."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def own_servers(data_dir, monkeypatch):
    """Servers that may be stopped, with a scheme in them; the environment points there."""
    with Servers(data_dir, "test", fast=True) as servers:
        monkeypatch.setenv("CASEFLOW_DATABASE_URL", servers.database_url)
        monkeypatch.setenv("CASEFLOW_BROKER_URL", servers.broker_url)
        prepare(Deployment(database_url=servers.database_url)).close()
        yield servers


def test_a_database_and_a_broker_that_are_frozen_are_red_within_seconds(scheme, own_servers, run):
    with redis.Redis.from_url(own_servers.broker_url) as client:
        broker = client.info("server")["process_id"]
    files = own_servers.data_dir / "servers" / "postgres" / "postmaster.pid"
    database = int(files.read_text(encoding="utf-8").split()[0])

    def quickly():
        began = time.monotonic()
        found = red(run("doctor", "--json"))
        assert time.monotonic() - began < 20
        return found

    assert not {"database", "broker"} & set(quickly())
    with frozen(broker):
        found = quickly()
        assert "takes connections and does not answer" in found["broker"]["found"]
        assert "kill -CONT" in found["broker"]["todo"]
        assert "nothing is lost" in found["broker"]["todo"]
        assert "database" not in found
    with frozen(database):
        found = quickly()
        assert "takes connections and does not answer" in found["database"]["found"]
        assert "kill -CONT" in found["database"]["todo"]
        assert "broker" not in found, "it was asked, although the database does not answer"
        assert run("watch").code == 2
        with frozen(broker):
            assert {"database", "broker"} <= set(quickly())
    assert not {"database", "broker"} & set(quickly()), "let go, both are well again"


def test_a_database_behind_head(scheme, run, monkeypatch, fresh_database):
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", fresh_database(migrated=False))
    check(run, "database", "caseflow db upgrade")


def test_a_parked_stream(scheme, run):
    with scheme.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO parked (scheme_id, stream_id, what, reason, at) VALUES "
                                   "('durham', '0193f000-0000-7000-8000-000000000001', 'stream', 'broken', now())"))  # fmt: skip
    try:
        check(run, "set aside", "caseflow audit")
    finally:
        with scheme.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM parked"))


def test_an_outbox_that_is_no_folder(scheme, run, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CASEFLOW_OUTBOX_DIR", str(tmp_path / "file"))
    check(run, "outbox folder", "may write to")


def test_a_mail_server_that_is_not_there(scheme, run, monkeypatch):
    for name, value in {
        "SENDER": "smtp",
        "SMTP_FROM": "us@example.org",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": "9",
    }.items():
        monkeypatch.setenv(f"CASEFLOW_{name}", value)
    check(run, "mail server", "CASEFLOW_SMTP_HOST")


def test_secrets_that_everybody_may_read(scheme, run, monkeypatch, tmp_path):
    (tmp_path / "caseflow_notify_key").write_text("secret")
    (tmp_path / "caseflow_notify_key").chmod(0o644)
    monkeypatch.setenv("CASEFLOW_SECRETS_DIR", str(tmp_path))
    light = check(run, "secrets", "chmod")
    assert "caseflow_notify_key" in light["found"]


def test_a_variable_that_means_nothing(scheme, run, monkeypatch):
    monkeypatch.setenv("CASEFLOW_SMTP_HOTS", "mail")
    assert "did you mean CASEFLOW_SMTP_HOST?" in check(run, "settings", "correct or remove")["found"]


def test_a_database_that_never_answers_is_said_within_seconds(scheme, run, monkeypatch, silent_port):
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", f"postgresql://nobody@127.0.0.1:{silent_port}/none")
    began = time.monotonic()
    assert "database" in red(run("doctor", "--json"))
    assert run("watch").code == 2
    assert time.monotonic() - began < 60


# ── the dead-man's switch ───────────────────────────────────────────────────────────────────────
def test_watch_alarms_while_nobody_is_heard_and_is_content_when_all_drains(scheme, run):
    ran = run("watch")
    assert (ran.code, ran.out.startswith("CASEFLOW CRITICAL: "), ran.out.count("\n")) == (2, True, 1)
    assert "beat has never been heard" in ran.out
    scheme.mark("beat")
    assert run("watch").out.startswith("CASEFLOW CRITICAL: the audit has never run")
    scheme.mark("audit")
    assert (run("watch").code, run("watch").out[:11]) == (0, "CASEFLOW OK")
    with scheme.engine.begin() as connection:
        connection.execute(sa.text("UPDATE marks SET seen_at = now() - interval '2 minutes' WHERE name = 'beat'"))
    assert "beat has been silent for 120 s" in run("watch").out
    assert run("watch", "--beat", "300").code == 0


def test_watch_starts_nothing_where_nobody_runs(scheme, run, monkeypatch):
    monkeypatch.delenv("CASEFLOW_DATABASE_URL")
    ran = run("watch")
    assert (ran.code, "CASEFLOW_DATABASE_URL is not set" in ran.out) == (2, True)
