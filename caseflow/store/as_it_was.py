"""Cases as they were, in counts: one statement a page (engine/as_it_was.py says what)."""

from collections.abc import Sequence

import sqlalchemy as sa

from caseflow.domain.words import NOT_SENT
from caseflow.engine.as_it_was import AsItWas
from caseflow.store.season import CHASES

HERE = "scheme_id = :scheme AND stream_id = ANY(:ids)"

CASES = sa.text(f"""
    WITH facts AS (
        SELECT stream_id, max(body ->> 'policy_version') FILTER (WHERE kind = 'referred') AS version,
               bool_or(kind = 'policy_moved') AS moved,
               array_agg(DISTINCT coalesce(body ->> 'ladder', split_part(body ->> 'expectation', ':', 1)) || '/'
                         || coalesce(body ->> 'next', '')) FILTER (WHERE kind IN ('expectation_opened', 'rung_fired')) AS reached,
               count(*) FILTER (WHERE kind = 'strike_confirmed') AS strikes,
               count(*) FILTER (WHERE kind = 'breach_opened') AS breaches
          FROM events
         WHERE {HERE}
           AND kind IN ('referred', 'policy_moved', 'expectation_opened', 'rung_fired', 'strike_confirmed', 'breach_opened')
         GROUP BY 1),
    chases AS (
        SELECT DISTINCT ON (stream_id) scheme_id, stream_id, recorded_at, body ->> 'expectation' AS expectation,
               body ->> 'cycle' AS cycle
          FROM events
         WHERE {HERE} AND kind = 'delivery_noted' AND body ->> 'purpose' = ANY(:chases)
           AND body ->> 'receipt' <> ALL(:not_sent) ORDER BY stream_id, recorded_at, seq),
    chased AS (
        SELECT c.stream_id, min(c.recorded_at - CAST(o.body ->> 'opened' AS timestamptz)) AS after
          FROM chases c
          JOIN events o ON o.scheme_id = c.scheme_id AND o.stream_id = c.stream_id AND o.kind = 'expectation_opened'
                       AND o.body ->> 'expectation' = c.expectation AND o.body ->> 'cycle' = c.cycle GROUP BY 1),
    sent AS (
        SELECT stream_id, jsonb_object_agg(kind, n) AS counts FROM (
            SELECT n.stream_id, n.kind, count(*) AS n FROM notices n
             WHERE n.scheme_id = :scheme AND n.stream_id = ANY(:ids)
               AND EXISTS (SELECT FROM attempts a
                            WHERE a.scheme_id = n.scheme_id AND a.notice_id = n.id AND a.state = 'accepted')
             GROUP BY 1, 2) kinds GROUP BY 1),
    asked AS (
        SELECT stream_id, jsonb_object_agg(kind, n) AS counts FROM (
            SELECT stream_id, kind, count(*) AS n FROM tasks WHERE {HERE} GROUP BY 1, 2) kinds GROUP BY 1),
    said AS (SELECT stream_id, count(*) AS n FROM digest_items WHERE {HERE} GROUP BY 1)
    SELECT s.id, s.disposal, coalesce(s.participant, '') AS participant, s.since, coalesce(f.version, '') AS version,
           coalesce(f.moved, false) AS moved, NOT s.parked AS whole, coalesce(f.reached, '{{}}') AS reached,
           coalesce(sent.counts, '{{}}') AS sent, coalesce(asked.counts, '{{}}') AS asked, coalesce(said.n, 0) AS lines,
           coalesce(f.strikes, 0) AS strikes, coalesce(f.breaches, 0) AS breaches, chased.after
      FROM streams s LEFT JOIN facts f ON f.stream_id = s.id LEFT JOIN chased ON chased.stream_id = s.id
      LEFT JOIN sent ON sent.stream_id = s.id LEFT JOIN asked ON asked.stream_id = s.id
      LEFT JOIN said ON said.stream_id = s.id
     WHERE s.scheme_id = :scheme AND s.kind = 'case' AND s.id = ANY(:ids) ORDER BY s.id""")


def page(connection: sa.Connection, scheme: str, ids: Sequence[str]) -> list[AsItWas]:
    """These cases, by id."""
    values = {"scheme": scheme, "ids": list(ids), "chases": CHASES, "not_sent": sorted(NOT_SENT)}
    rows = connection.execute(CASES, values).all()
    return [
        AsItWas(
            row.id, row.disposal, row.participant, row.since, row.version, row.moved, row.whole, frozenset(row.reached),
            row.sent, row.asked, row.lines, row.strikes, row.breaches, row.after,
        )
        for row in rows
    ]  # fmt: skip
