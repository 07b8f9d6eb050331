"""The floor: what PostgreSQL itself can do. Hand-written set-based psycopg in batches of 1,000, and no rules at all."""

import psycopg

from benchmarks.shape import BODY, FIELDS

BATCH = 1000

CLAIM = """WITH due AS MATERIALIZED (SELECT id, version, snapshot::text FROM cases WHERE wake_at <= now()
 ORDER BY wake_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED) SELECT * FROM due ORDER BY id"""
STATEMENTS = (
    "DELETE FROM timers USING unnest(%(ids)s::bigint[]) d(id) WHERE case_id = d.id AND kind = 'text'",
    (
        "INSERT INTO timers SELECT id, 'call_again', 0, now() + interval '2 days', '2022-01-20T15:00[Europe/London]' "
        "FROM unnest(%(ids)s::bigint[]) d(id)"
    ),
    (
        "INSERT INTO events (case_id, seq, kind, body) SELECT id, v + 1, 'RungFired', %(body)s::jsonb "
        "FROM unnest(%(ids)s::bigint[], %(versions)s::int[]) d(id, v)"
    ),
    (
        "INSERT INTO notices (case_id, key, kind, body) SELECT id, 'case:' || id || ':missed_session:s1:0:text', 'chase', "
        "%(fields)s::jsonb FROM unnest(%(ids)s::bigint[]) d(id)"
    ),
    (
        "UPDATE cases SET version = d.v + 1, wake_at = now() + interval '2 days', snapshot = d.s::jsonb "
        "FROM unnest(%(ids)s::bigint[], %(versions)s::int[], %(snapshots)s::text[]) d(id, v, s) "
        "WHERE cases.id = d.id AND cases.version = d.v"
    ),
)


def drain(url: str) -> int:
    """Fire everything due; returns how many."""
    fired = 0
    with psycopg.connect(url) as connection:
        while True:
            rows = connection.execute(CLAIM, (BATCH,)).fetchall()
            if not rows:
                return fired
            values = {
                "ids": [row[0] for row in rows],
                "versions": [row[1] for row in rows],
                "snapshots": [row[2] for row in rows],
                "body": BODY,
                "fields": FIELDS,
            }
            with connection.pipeline():
                for statement in STATEMENTS:
                    connection.execute(statement, values)
            connection.commit()
            fired += len(rows)
