"""A scheme in numbers, and how far behind the engine is: counts over the tables, for summaries and for the doctor."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from caseflow.engine.readings import Figures, Health, ReturnLine
from caseflow.store.home import PAUSED

NOW = "coalesce((SELECT at FROM clock WHERE virtual), now())"
"""Scheme time in SQL."""

HEALTH = sa.text(f"""
    SELECT {NOW} AS now, coalesce((SELECT virtual FROM clock), false) AS virtual,
           (SELECT count(*) FROM streams WHERE react_at IS NOT NULL AND NOT parked) AS unreacted,
           (SELECT min(react_at) FROM streams WHERE react_at IS NOT NULL AND NOT parked) AS oldest_unreacted,
           (SELECT count(*) FROM streams WHERE wake_at <= {NOW} AND NOT parked) AS overdue,
           (SELECT min(wake_at) FROM streams WHERE wake_at <= {NOW} AND NOT parked) AS oldest_overdue,
           (SELECT count(*) FROM inbox WHERE state = 'waiting') AS inbox,
           (SELECT count(*) FROM notices WHERE state IN ('ready', 'leased') AND send_at <= {NOW}) AS ready,
           (SELECT min(send_at) FROM notices WHERE state IN ('ready', 'leased') AND send_at <= {NOW}) AS oldest_ready,
           (SELECT count(*) FROM parked WHERE released_at IS NULL) AS parked,
           (SELECT count(*) FROM notices WHERE state = 'unknown') AS unknown,
           (SELECT max(seen_at) FROM marks WHERE name = 'beat') AS beat_at,
           {PAUSED} AS paused""")

OF = "WHERE scheme_id = :scheme"
COUNTS = {
    "journeys": f"SELECT state, count(*) FROM streams {OF} AND kind = 'case' GROUP BY 1 ORDER BY 1",
    "end_reasons": f"""SELECT coalesce(nullif(body ->> 'reason', ''), kind), count(*) FROM events {OF}
        AND kind IN ('ended', 'declined') GROUP BY 1 ORDER BY 1""",
    "notices": f"""SELECT purpose || '/' || channel || '/' || state, count(*) FROM notices {OF}
        GROUP BY 1 ORDER BY 1""",
    "notice_kinds": f"SELECT kind || '/' || state, count(*) FROM notices {OF} GROUP BY 1 ORDER BY 1",
    "events": f"SELECT kind, count(*) FROM events {OF} GROUP BY 1 ORDER BY 1",
}
TABLES = {
    "disposals": f"SELECT disposal, state, count(*) FROM streams {OF} AND kind = 'case' GROUP BY 1, 2 ORDER BY 1, 2",
    "tasks": f"SELECT kind, state, count(*) FROM tasks {OF} GROUP BY 1, 2 ORDER BY 1, 2",
}
PARKED = f"SELECT count(*) FROM parked {OF} AND released_at IS NULL"


def figures(connection: sa.Connection, scheme: str, returns: Sequence[ReturnLine]) -> Figures:
    """The scheme in numbers; the returns are read by whoever calls."""
    values = {"scheme": scheme}
    counts = {
        name: {str(row[0]): int(row[1]) for row in connection.execute(sa.text(what), values)}
        for name, what in COUNTS.items()
    }
    tables: dict[str, dict[str, dict[str, int]]] = {}
    for name, what in TABLES.items():
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for outer, inner, count in connection.execute(sa.text(what), values):
            found[outer][inner] = count
        tables[name] = dict(found)
    return Figures(
        journeys=counts["journeys"],
        end_reasons=counts["end_reasons"],
        notices=counts["notices"],
        notice_kinds=counts["notice_kinds"],
        events=counts["events"],
        disposals=tables["disposals"],
        tasks=tables["tasks"],
        returns=counted_returns(returns),
        parked=connection.execute(sa.text(PARKED), values).scalar_one(),
        unknown_sends=sum(n for key, n in counts["notices"].items() if key.endswith("/unknown")),
    )


def counted_returns(lines: Sequence[ReturnLine]) -> dict[str, int]:
    """Provider returns by status, and how many of them came late."""
    counted = {"planned": 0, "asked": 0, "received": 0, "late": 0, "not_needed": 0}
    for line in lines:
        counted[line.status] = counted.get(line.status, 0) + 1
        counted["late"] += line.late
    return counted


def health(connection: sa.Connection) -> Health:
    """How far behind the engine is, over every scheme."""
    return Health(*connection.execute(HEALTH).one())
