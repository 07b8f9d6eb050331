"""The doctor's lights for machines: the database server, the broker, disk, secrets' files, mail server, calendar."""

import os
import shutil
import socket
import stat
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

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
PORTS = {
    "redis": 6379,
    "rediss": 6379,
    "sentinel": 26379,
    "amqp": 5672,
    "amqps": 5671,
    "postgresql": 5432,
    "postgres": 5432,
}
"""Where a server listens when its address does not say."""


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


def broker(url: str | None) -> list[Light]:
    """Does it answer, may it throw hints away, does it keep them on disk? The last two where it is asked in Redis's words."""
    from caseflow.bell import depths

    if not url:
        return [light("broker", ok=False, found="none is set", todo="set CASEFLOW_BROKER_URL, or run `caseflow up`")]
    try:
        waiting = sum(depths(url).values())
    except Exception as wrong:  # noqa: BLE001 - each kind of broker has errors of its own; none of them is ours
        if takes_connections(url):
            return [light("broker", ok=False, found=f"{HANGS}, or not as a broker ({type(wrong).__name__})",
                          todo=f"{UNFREEZE}; nothing is lost meanwhile")]  # fmt: skip
        return [light("broker", ok=False, found=f"cannot be reached ({type(wrong).__name__})",
                      todo="start it, or check CASEFLOW_BROKER_URL; nothing is lost meanwhile")]  # fmt: skip
    return [light("broker", ok=True, found=f"answers; {waiting} hints wait"), *_redis(url)]


def _redis(url: str) -> list[Light]:
    import redis

    if not url.startswith(("redis://", "rediss://")):
        return []
    try:
        with redis.Redis.from_url(url, socket_timeout=REACH, socket_connect_timeout=REACH) as client:
            return [broker_memory(client.info("memory")), broker_disk(client.info("persistence"))]
    except (redis.RedisError, OSError):
        return []  # it may be forbidden to tell


def broker_memory(said: Mapping[str, Any]) -> Light:
    """May it throw hints away, and has it room? From Redis's INFO memory."""
    policy, most = said.get("maxmemory_policy", "noeviction"), int(said.get("maxmemory") or 0)
    full = most > 0 and int(said["used_memory"]) > 0.9 * most
    return light("broker memory", ok=policy == "noeviction" and not full,
                 found=f"maxmemory-policy {policy}{', nearly full' if full else ''}",
                 todo="set maxmemory-policy noeviction, give it a database and memory of its own")  # fmt: skip


def broker_disk(said: Mapping[str, Any]) -> Light:
    """Does a restart of it lose hints, and can it write? From Redis's INFO persistence.

    Losing hints costs a beat and no fact, so memory alone is no fault; a file that cannot be written is, for then no hint is taken.
    """
    failed = [
        words
        for name, words in (
            ("aof_last_write_status", "its append-only file cannot be written"),
            ("aof_last_bgrewrite_status", "its append-only file cannot be rewritten and grows"),
            ("rdb_last_bgsave_status", "its snapshot cannot be written"),
        )
        if said.get(name, "ok") != "ok"
    ]
    kept = (
        "append-only file: a restart keeps the hints that wait"
        if said.get("aof_enabled")
        else "nothing is kept: a restart loses the hints that wait, and beat rings again within two seconds"
    )
    return light("broker on disk", ok=not failed, found="; ".join(failed) or kept,
                 todo="make room on its disk and look at its log: it may take no hint until it can write")  # fmt: skip


HANGS = "takes connections and does not answer"
UNFREEZE = (
    "it hangs: on its host `ps` shows whether it is stopped (state T: `kill -CONT`) or waits for its disk (D); "
    "else start it again"
)


def takes_connections(url: str) -> bool:
    """Does somebody listen at this address? A server that hangs does; the system takes connections in its name."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme.partition("+")[0]]
        socket.create_connection((parts.hostname or "", port), timeout=REACH).close()
    except (OSError, ValueError, KeyError):
        return False
    return True


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
