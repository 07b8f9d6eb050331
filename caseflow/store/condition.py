"""How the database server itself is: what hurts in its settings, who holds transactions open, whose clock it keeps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

CONDITION = sa.text("""
    SELECT current_setting('server_version_num')::int / 10000 AS major,
           current_setting('fsync') = 'on' AS fsync, current_setting('autovacuum') = 'on' AS autovacuum,
           coalesce((SELECT max(clock_timestamp() - xact_start) FROM pg_stat_activity
                      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'),
                    interval '0') AS oldest_transaction,
           coalesce((SELECT max(clock_timestamp() - state_change) FROM pg_stat_activity
                      WHERE datname = current_database() AND state LIKE 'idle in transaction%'), interval '0') AS idle,
           (SELECT count(*) FROM notices WHERE state = 'leased' AND lease_until < clock_timestamp() - interval '2 minutes')
             AS stale_leases,
           clock_timestamp() AS at""")


@dataclass(frozen=True, slots=True)
class Condition:
    """One look at the server. `at` is its own clock (UTC); `idle` the longest idle in transaction."""

    major: int
    fsync: bool
    autovacuum: bool
    oldest_transaction: timedelta
    idle: timedelta
    stale_leases: int
    at: datetime


def condition(engine: sa.Engine) -> Condition:
    """Ask the server how it is."""
    with engine.connect() as connection:
        return Condition(*connection.execute(CONDITION).one())
