"""Broken set-ups, real ones: each has its red light with what to do, and an answer comes within seconds."""

import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
import redis
import sqlalchemy as sa

from caseflow.cli.machine import database_server
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
    assert {"clocks", "leases", "disk", "bank holidays", "broker memory"} <= {
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
    assert not run("doctor", "--json").json()["lights"][-1]["ok"]
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
