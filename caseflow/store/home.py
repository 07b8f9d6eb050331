"""Where a database lives, and whether it is paused: a copy that is opened elsewhere must not write to people by itself.

One row says where home is: the server's own number (it is in PostgreSQL's control file), the database's, and the number
of the transaction that wrote this row. PostgreSQL keeps that last one beside the row too, as `xmin`; what a dump brings
back is written by another transaction and says another's number. So a restore is found out on another server, in
another database and over the old one. A standby that takes over, a vacuum, a restart are the same files: they are at home.
`CREATE DATABASE … TEMPLATE` and `pg_upgrade` copy files, but the first has another database's number, the second another server's.

A file copy of the whole server (a snapshot, a recovery to a point in time) cannot be told from a standby that took over:
there a person says so (`caseflow pause --restored`).
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from caseflow.engine.ports import Pause

_SYSTEM = "(SELECT system_identifier FROM pg_control_system())"
_DATABASE = "(SELECT CAST(oid AS bigint) FROM pg_database WHERE datname = current_database())"
_WRITER = "CAST(CAST(CAST(pg_current_xact_id() AS xid) AS text) AS bigint)"
_AT_HOME = f"""(h.system = {_SYSTEM} AND h.database = {_DATABASE}
        AND h.written_by = CAST(CAST(h.xmin AS text) AS bigint))"""
_NOW = "coalesce((SELECT at FROM clock WHERE virtual), now())"

PAUSED = f"(SELECT count(*) = 0 OR bool_or(h.paused_at IS NOT NULL OR NOT {_AT_HOME}) FROM home h)"
"""Is nothing done by itself here? SQL. Also while there is no row: a restore may be under way."""

OPEN = sa.text(f"SELECT virtual, at, now() AS real, {PAUSED} AS paused FROM clock")

# A restore adds its foreign keys last: until this one is there, the rows are still coming in, and nothing is written.
LOOK = sa.text(f"""
    SELECT coalesce({_AT_HOME}, false) AS at_home, h.one IS NOT NULL AS known, h.paused_at, h.why, h.backup_at,
           {_NOW} AS now, NOT EXISTS (SELECT FROM streams) AS empty,
           EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('timers') AND conname = 'timers_streams_fk')
               AS whole,
           current_setting('transaction_read_only') = 'on' AS read_only
      FROM (VALUES (1)) AS always LEFT JOIN home h ON true""")

SETTLE = sa.text(f"""
    INSERT INTO home (system, database, written_by) VALUES ({_SYSTEM}, {_DATABASE}, {_WRITER})
        ON CONFLICT (one) DO UPDATE
       SET system = excluded.system, database = excluded.database, written_by = excluded.written_by""")

# The last sign of life that an index or a small table gives: beat's mark, a count of the workers, the newest message.
FOUND_OUT = sa.text(f"""
    UPDATE home h SET paused_at = coalesce(h.paused_at, {_NOW}), why = :why,
                      backup_at = coalesce(greatest((SELECT max(seen_at) FROM marks), (SELECT max(seen_at) FROM tallies),
                                                    (SELECT created_at FROM notices ORDER BY id DESC LIMIT 1)),
                                           (SELECT max(published_at) FROM policies), clock_timestamp())
     WHERE h.backup_at IS NULL AND NOT {_AT_HOME}""")

PAUSE = sa.text(f"""
    UPDATE home h SET paused_at = coalesce(h.paused_at, {_NOW}), why = :why, backup_at = coalesce(:backup_at, h.backup_at),
                      written_by = CASE WHEN {_AT_HOME} THEN {_WRITER} ELSE h.written_by END""")

KNOWN = sa.text("SELECT max(backup_at) FROM home")

RESUME = sa.text(f"""
    INSERT INTO home (system, database, written_by, resumed_at, look_until)
    VALUES ({_SYSTEM}, {_DATABASE}, {_WRITER}, {_NOW}, clock_timestamp() + :seconds * interval '1 second')
        ON CONFLICT (one) DO UPDATE
       SET system = excluded.system, database = excluded.database, written_by = excluded.written_by,
           paused_at = NULL, why = '', backup_at = NULL,
           resumed_at = CASE WHEN :seconds > 0 THEN excluded.resumed_at ELSE home.resumed_at END,
           look_until = greatest(home.look_until, excluded.look_until)""")

SKIP_NUMBERS = sa.text("UPDATE counters SET last = last + :count")
SKIPPED = 1000
"""Case numbers of each year that nobody gets: those given out after the backup was taken stand in letters."""

RESTORED_AT = "(SELECT resumed_at FROM home WHERE look_until > clock_timestamp())"
"""When work went on after a restore (scheme time), as long as a message may have gone in the life that was lost. SQL."""

RESTORED = "this database was restored from a backup"
INCOMPLETE = "this database has no row that says where it lives: it was not restored whole"


def opened(connection: sa.Connection) -> tuple[datetime, bool]:
    """Scheme time of this transaction (UTC), and whether the database is paused."""
    row = connection.execute(OPEN).one()
    moment: datetime = row.at if row.virtual else row.real
    return moment.astimezone(UTC), row.paused


def look(connection: sa.Connection, *, arriving: bool = False) -> Pause | None:
    """Why nothing is done by itself here; None when all is well. What is found out for the first time is written down.

    `arriving`: a database without any stream, whose rows are all there, settles where it is: nothing in it can be sent.
    """
    row = connection.execute(LOOK).one()
    if not row.at_home and row.whole and not row.read_only:
        if row.empty and arriving:
            connection.execute(SETTLE)
            return look(connection)
        if row.backup_at is None and row.known:
            if connection.execute(FOUND_OUT, {"why": RESTORED}).rowcount:
                _leave_out_numbers(connection)
            return look(connection)
    if row.paused_at is None and row.at_home:
        return None
    since = (row.paused_at or row.now).astimezone(UTC)
    backup_at = row.backup_at.astimezone(UTC) if row.backup_at else None if row.at_home else since
    return Pause(since, row.why or (RESTORED if row.known else INCOMPLETE), backup_at)


def pause(connection: sa.Connection, why: str, backup_at: datetime | None) -> None:
    """From the next transaction on nothing is done by itself."""
    if backup_at is not None and connection.execute(KNOWN).scalar_one() is None:
        _leave_out_numbers(connection)
    connection.execute(PAUSE, {"why": why, "backup_at": backup_at})


def resume(connection: sa.Connection, look_for: timedelta) -> None:
    """This is home from now on, and work goes on."""
    connection.execute(RESUME, {"seconds": look_for.total_seconds()})


def _leave_out_numbers(connection: sa.Connection) -> None:
    """At once, not when work goes on: what people record again meanwhile gets numbers, too."""
    connection.execute(SKIP_NUMBERS, {"count": SKIPPED})
