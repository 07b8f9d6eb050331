"""The feed of a scheme's facts: in the order of recording, and never past somebody who still writes.

A fact carries the instant its transaction began, and transactions end in any order. So the feed ends before the beginning
of the oldest one that is under way: whatever commits later is later in the feed, too.
"""

from collections.abc import Collection
from datetime import UTC, datetime

import sqlalchemy as sa

from caseflow.engine.readings import FeedKey, FeedLine
from caseflow.store.histories import fact_of

FIRST: FeedKey = (datetime(1970, 1, 1, tzinfo=UTC), "", 0)

# A virtual clock stands still while anything happens, so there all is told. Sessions of other database users do not show
# us when they began: while there are any, what is younger than they can possibly be (session.py: time-outs) has to wait.
HORIZON = sa.text("""
    SELECT CASE WHEN virtual THEN at + interval '1 microsecond'
           ELSE least(now() - interval '1 second',
                      (SELECT min(coalesce(xact_start, now() - interval '5 minutes')) FROM pg_stat_activity
                        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
                          AND (xact_start IS NOT NULL OR (state IS NULL AND usename <> current_user)))) END
      FROM clock""")

PAGE = sa.text("""
    SELECT e.stream_id, e.seq, e.kind, e.version, CAST(e.body AS text) AS json, e.occurred_at, e.recorded_at, e.actor,
           e.role, e.origin, e.command_id, e.caused_by, s.ref, s.disposal, s.policy_version
      FROM events e JOIN streams s ON s.scheme_id = e.scheme_id AND s.id = e.stream_id AND s.kind = 'case'
     WHERE e.scheme_id = :scheme
       AND e.kind NOT IN ('rung_fired', 'expectation_opened', 'expectation_closed', 'delivery_noted')
       AND e.kind = ANY(CAST(:kinds AS text[])) AND e.recorded_at < :horizon
       AND (e.recorded_at, e.stream_id, e.seq) > (:at, CAST(:stream AS text) COLLATE "C", :seq)
     ORDER BY e.recorded_at, e.stream_id, e.seq LIMIT :limit""")


def page(
    connection: sa.Connection, scheme: str, kinds: Collection[str], after: FeedKey | None, limit: int
) -> list[FeedLine]:
    """The next facts. The horizon is a statement of its own, before: whoever had ended by then is seen by the second."""
    at, stream, seq = after or FIRST
    found: list[FeedLine] = []
    while True:
        horizon = connection.execute(HORIZON).scalar_one()
        values = {
            "scheme": scheme, "kinds": sorted(kinds), "horizon": horizon, "at": at, "stream": stream, "seq": seq,
            "limit": limit,
        }  # fmt: skip
        rows = connection.execute(PAGE, values).all()
        for row in rows:
            fact = fact_of(row)
            if fact is not None:
                found.append(FeedLine(row.ref, row.disposal, row.policy_version, fact))
        if found or len(rows) < limit:
            return found
        at, stream, seq = rows[-1].recorded_at, rows[-1].stream_id, rows[-1].seq  # a whole page that cannot be read
