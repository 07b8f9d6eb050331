"""Scheme time: the server's clock, or, in a database created *virtual*, a row that somebody moves.

Only an empty database can become virtual, and no virtual database ever becomes live: facts of an invented time and
facts of the real one never meet.
"""

from datetime import UTC, datetime

import sqlalchemy as sa

NOW = sa.text("SELECT virtual, at, now() AS real FROM clock")
MOVE = sa.text("UPDATE clock SET at = :at WHERE virtual AND at <= :at")
MAKE_VIRTUAL = sa.text("""
    UPDATE clock SET virtual = true, at = :at, turns = :turns WHERE NOT virtual AND NOT EXISTS (SELECT FROM streams)""")

# A database played in turns: at one moment every fact is reacted to before any alarm rings, every alarm has rung before
# any message goes, digests close last, and messages go a batch at a time. What follows from what is then the same however
# many workers share the work, and whoever of them dies. A live database knows no turns.
UNREACTED = """EXISTS (SELECT FROM streams WHERE react_at IS NOT NULL AND NOT parked)
        OR EXISTS (SELECT FROM inbound WHERE state = 'new') OR EXISTS (SELECT FROM inbox WHERE state = 'waiting')"""
RINGING = (
    "EXISTS (SELECT FROM streams WHERE wake_at <= CAST(:now AS timestamptz) AND wake_at IS NOT NULL AND NOT parked)"
)
FIRE_TURN = f"(SELECT NOT turns OR NOT ({UNREACTED}) FROM clock)"
# Two questions, since each state has an index of its own.
IN_HAND = """EXISTS (SELECT FROM notices x WHERE x.lane = :lane AND x.state = 'leased' AND x.lease_until > clock_timestamp())
          OR EXISTS (SELECT FROM notices x WHERE x.lane = :lane AND x.state = 'calling' AND x.lease_until > clock_timestamp())"""
LEASE_TURN = f"(SELECT NOT turns OR NOT ({UNREACTED} OR {RINGING} OR {IN_HAND}) FROM clock)"
DIGEST_TURN = """(kind <> 'digest' OR NOT (SELECT turns FROM clock) OR NOT EXISTS (
            SELECT FROM streams o WHERE o.wake_at <= CAST(:now AS timestamptz) AND o.wake_at IS NOT NULL AND NOT o.parked
                                    AND o.kind <> 'digest'))"""

NEXT_DUE = sa.text("""
    SELECT least((SELECT min(wake_at) FROM streams WHERE wake_at IS NOT NULL AND NOT parked),
                 (SELECT min(send_at) FROM notices WHERE state IN ('ready', 'leased') AND lane = 'people'),
                 (SELECT min(send_at) FROM notices WHERE state IN ('ready', 'leased') AND lane = 'others'))""")

BUSY = sa.text("""
    WITH clock_now AS MATERIALIZED (SELECT CASE WHEN virtual THEN at ELSE now() END AS now FROM clock)
    SELECT EXISTS (SELECT FROM streams WHERE react_at IS NOT NULL AND NOT parked)
        OR EXISTS (SELECT FROM streams WHERE wake_at <= (SELECT now FROM clock_now) AND wake_at IS NOT NULL AND NOT parked)
        OR EXISTS (SELECT FROM inbound WHERE state = 'new')
        OR EXISTS (SELECT FROM inbox WHERE state = 'waiting')
        OR EXISTS (SELECT FROM notices WHERE state = 'calling')
        OR EXISTS (SELECT FROM notices n WHERE state IN ('ready', 'leased')
                      AND (state = 'leased' OR send_at <= (SELECT now FROM clock_now))
                      AND NOT EXISTS (SELECT FROM streams s
                                       WHERE s.scheme_id = n.scheme_id AND s.id = n.stream_id AND s.parked))""")


NEXT_LANES = sa.text("""
    WITH clock_now AS MATERIALIZED (SELECT CASE WHEN virtual THEN at ELSE now() END AS now FROM clock),
    going AS MATERIALIZED (SELECT DISTINCT lane FROM notices, clock_now
                            WHERE state IN ('ready', 'leased') AND send_at <= clock_now.now)
    SELECT EXISTS (SELECT FROM streams WHERE react_at IS NOT NULL AND NOT parked)
        OR EXISTS (SELECT FROM inbound WHERE state = 'new') OR EXISTS (SELECT FROM inbox WHERE state = 'waiting') AS react,
           EXISTS (SELECT FROM streams, clock_now WHERE wake_at <= clock_now.now AND wake_at IS NOT NULL AND NOT parked) AS fire,
           EXISTS (SELECT FROM going WHERE lane = 'people') AS people,
           EXISTS (SELECT FROM going WHERE lane = 'others') AS others""")


class ClockRefused(Exception):
    """Scheme time cannot be changed like this; says why."""


def now(connection: sa.Connection) -> datetime:
    """Scheme time of this transaction (UTC)."""
    row = connection.execute(NOW).one()
    moment: datetime = row.at if row.virtual else row.real
    return moment.astimezone(UTC)


def is_virtual(connection: sa.Connection) -> bool:
    """Does this database live in an invented time?"""
    return bool(connection.execute(NOW).one().virtual)


def next_lanes(connection: sa.Connection) -> list[str]:
    """Whose turn it is in a database that is played in turns: the first lane that has something to do; both deliveries."""
    row = connection.execute(NEXT_LANES).one()
    if row.react:
        return ["react"]
    if row.fire:
        return ["fire"]
    return [f"deliver.{lane}" for lane in ("people", "others") if getattr(row, lane)]


def in_turns(connection: sa.Connection) -> bool:
    """Is everything at one moment done in turns here?"""
    return bool(connection.execute(sa.text("SELECT turns FROM clock")).scalar_one())


def make_virtual(connection: sa.Connection, at: datetime, *, turns: bool = False) -> None:
    """Give an empty database a clock of its own, standing at `at`. Raises ClockRefused when it holds facts."""
    if connection.execute(MAKE_VIRTUAL, {"at": at, "turns": turns}).rowcount == 0 and not is_virtual(connection):
        raise ClockRefused("This database holds real facts: virtual time needs an empty database. Create another one.")


def move(connection: sa.Connection, at: datetime) -> None:
    """Set the virtual clock. Raises ClockRefused in a live database, and for a move back."""
    if connection.execute(MOVE, {"at": at}).rowcount == 0:
        if not is_virtual(connection):
            raise ClockRefused("This database is live: its time is the server's clock and cannot be moved.")
        raise ClockRefused(f"The virtual clock is past {at.isoformat()}: time does not run backwards.")


def next_due(connection: sa.Connection) -> datetime | None:
    """The earliest scheme time at which anything is to happen by itself; None when nothing is."""
    moment: datetime | None = connection.execute(NEXT_DUE).scalar_one()
    return None if moment is None else moment.astimezone(UTC)


def quiescent(connection: sa.Connection) -> bool:
    """Is nothing unreacted, due, in the inbox, ready to send or leased? What is parked does not count."""
    return not connection.execute(BUSY).scalar_one()
