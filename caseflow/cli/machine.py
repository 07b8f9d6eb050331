"""The doctor's lights for machines: the database server, the broker, disk, secrets' files, mail server, calendar."""

import os
import shutil
import socket
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from caseflow.cli.contracts import Light

if TYPE_CHECKING:
    from caseflow.settings.deployment import Deployment
    from caseflow.store.condition import Condition

OLDEST = timedelta(minutes=10)
IDLE = timedelta(minutes=1)
SKEW = timedelta(seconds=30)
"""Notify refuses what is further off (its documentation)."""
SPACE = 1 << 30
"""Bytes that must be free."""
REACH = 3.0
"""Seconds to wait for a connection."""


def light(name: str, *, ok: bool, found: str, todo: str = "") -> Light:
    """One light; what is to do is said only when it is red."""
    return Light(name, ok, found, "" if ok else todo)


def database_server(seen: "Condition", at: datetime, *, production: bool) -> list[Light]:
    """Its settings, open transactions, clock. `at` is this host's clock (UTC)."""
    hurts = [
        words
        for wrong, words in (
            (seen.major < 14, f"version {seen.major} is older than 14"),
            (production and not seen.fsync, "fsync is off: a power cut destroys the database"),
            (not seen.autovacuum, "autovacuum is off: every table and index grows without end"),
        )
        if wrong
    ]
    skew = abs(at - seen.at)
    return [
        light("database settings", ok=not hurts, found="; ".join(hurts) or f"PostgreSQL {seen.major}",
              todo="set them in postgresql.conf and reload (fsync: restart); upgrade an old server"),
        light("database transactions", ok=seen.oldest_transaction < OLDEST and seen.idle < IDLE,
              found=f"the oldest is open for {seen.oldest_transaction.seconds} s, idle for {seen.idle.seconds} s at most",
              todo="find who holds it in pg_stat_activity and end it: vacuum waits for it"),
        light("clocks", ok=skew < SKEW, found=f"this host and the database differ by {skew.total_seconds():.0f} s",
              todo="set both by NTP; due is what the database's clock says"),
        light("leases", ok=not seen.stale_leases, found=f"{seen.stale_leases} ran out more than two minutes ago",
              todo="start the delivery workers (`caseflow up`): they take such messages up again"),
    ]  # fmt: skip


def broker_server(url: str) -> list[Light]:
    """Whether Redis or Valkey may throw hints away. None for another broker, or one that does not tell."""
    import redis

    if not url.startswith(("redis://", "rediss://")):
        return []
    try:
        with redis.Redis.from_url(url, socket_timeout=REACH, socket_connect_timeout=REACH) as client:
            memory, kept = client.info("memory"), client.info("persistence")
    except (redis.RedisError, OSError):
        return []  # that it does not answer is the light "broker"
    policy, most = memory.get("maxmemory_policy", "noeviction"), int(memory.get("maxmemory") or 0)
    full = most > 0 and int(memory["used_memory"]) > 0.9 * most
    aof = "kept on disk" if kept.get("aof_enabled") else "in memory only (nothing but hints is lost with it)"
    return [
        light("broker memory", ok=policy == "noeviction" and not full,
              found=f"maxmemory-policy {policy}{', nearly full' if full else ''}; {aof}",
              todo="set maxmemory-policy noeviction, give it a database and memory of its own"),
    ]  # fmt: skip


def disk(folder: Path) -> Light:
    """Room where files are written."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    usage = shutil.disk_usage(there)
    return light("disk", ok=usage.free > SPACE, found=f"{usage.free >> 20} MB free at {folder}",
                 todo="make room: without it nothing is written, neither messages nor a local database")  # fmt: skip


def outbox(settings: "Deployment") -> list[Light]:
    """The folder that messages are written to, where they are."""
    if not any(settings.sends_by(channel) == "folder" for channel in ("text", "email", "letter")):
        return []
    there = next(one for one in (settings.outbox, *settings.outbox.parents) if one.exists())
    ok = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    return [light("outbox folder", ok=ok, found=f"{settings.outbox} {'can' if ok else 'cannot'} be written to",
                  todo="make it a folder that the workers' user may write to")]  # fmt: skip


def mail_server(settings: "Deployment") -> list[Light]:
    """Does it let us connect? Nothing is said to it."""
    if settings.sends_by("email") != "smtp":
        return []
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        socket.create_connection((settings.smtp_host, settings.smtp_port), timeout=REACH).close()
    except OSError as wrong:
        return [light("mail server", ok=False, found=f"{where} cannot be reached ({type(wrong).__name__})",
                      todo="start it, or check CASEFLOW_SMTP_HOST and CASEFLOW_SMTP_PORT; mail waits meanwhile")]  # fmt: skip
    return [light("mail server", ok=True, found=f"{where} lets us connect")]


def secrets(settings: "Deployment", folder: str | None) -> Light:
    """Who may read the files with secrets in them."""
    files = [path for path in Path(folder).iterdir() if path.is_file()] if folder and Path(folder).is_dir() else []
    files += [settings.webhooks_file] if settings.webhooks_file and settings.webhooks_file.is_file() else []
    open_ = sorted(path.name for path in files if path.stat().st_mode & stat.S_IROTH)
    return light("secrets", ok=not open_, found=f"everybody may read {', '.join(open_)}" if open_ else "kept",
                 todo="chmod o= on these files, and change what they hold")  # fmt: skip


def calendar(now: datetime) -> Light:
    """Do the bank holidays reach through next year?"""
    from caseflow.settings.holidays import england_and_wales

    known = england_and_wales().known_until
    return light("bank holidays", ok=known.year > now.year, found=f"certain until {known}",
                 todo="install a newer caseflow: working days after that may be wrong")  # fmt: skip
