"""A season in numbers: five statements that count, however many journeys there are (engine/season.py says what)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from caseflow.domain.notices import KINDS
from caseflow.domain.words import NOT_A_CONVERSATION, ContactResult
from caseflow.engine.season import (
    CLOSERS,
    OUTCOMES,
    REMOVED,
    RIPE,
    SESSION_FACTS,
    SIGNS,
    TARGET,
    AnswerCount,
    BreachCount,
    ChaseCount,
    FactCount,
    JourneyCount,
    MeetingCount,
    Season,
    Surveys,
)
from caseflow.engine.traits import AGES, ETHNICITIES, OTHER, SEXES, UNKNOWN
from caseflow.store.figures import NOW

LONDON = "AT TIME ZONE 'Europe/London'"
CHASES = sorted(name for name, kind in KINDS.items() if kind == "chase")


def _month(moment: str) -> str:
    return f"to_char({moment} {LONDON}, 'YYYY-MM')"


# What happened in the season was recorded in it or later, so the index on the facts of people leads to it.
OF = "e.scheme_id = :scheme AND e.recorded_at >= :since"
BETWEEN = "e.occurred_at >= :since AND e.occurred_at <= :until"

# Which groups each case's person belongs to; like caseflow.engine.traits in the memory store (a contract test compares).
LETTERS = ", ".join(f"'{one}'" for one in ETHNICITIES)
LETTERS_OF_SEX = ", ".join(f"'{one}'" for one in SEXES)
BANDS = " ".join(f"WHEN p.years <= {oldest} THEN '{code}'" for oldest, code in AGES)
SEX, ETHNICITY = "coalesce(p.extra ->> 'sex', '')", "upper(left(p.extra ->> 'self_defined_ethnicity', 1))"
WHO = f"""who AS (
        SELECT s.id AS stream_id,
               CASE WHEN {SEX} IN ({LETTERS_OF_SEX}) THEN {SEX} WHEN {SEX} <> '' THEN '{OTHER}' ELSE '{UNKNOWN}' END AS sex,
               CASE {BANDS} ELSE '{UNKNOWN}' END AS age,
               CASE WHEN {ETHNICITY} IN ({LETTERS}) THEN {ETHNICITY} ELSE '{UNKNOWN}' END AS ethnicity
          FROM streams s LEFT JOIN LATERAL (
              SELECT q.extra, extract(year FROM age(CAST(s.since {LONDON} AS date), q.date_of_birth)) AS years
                FROM persons q WHERE q.scheme_id = s.scheme_id AND q.id = s.participant) p ON true
         WHERE s.scheme_id = :scheme AND s.kind = 'case')"""
THEY = "who.sex, who.age, who.ethnicity"

JOURNEYS = sa.text(f"""
    WITH {WHO}, accepted AS (
        SELECT e.stream_id, min(e.occurred_at) AS at FROM events e WHERE {OF} AND e.kind = 'accepted' GROUP BY 1),
    stood AS (
        SELECT {_month("s.since")} AS month, s.state, a.at IS NOT NULL AS accepted,
               coalesce(a.at + :ripe <= {NOW}, false) AS ripe, coalesce(s.ended_at <= a.at + :ripe, false) AS by_then, {THEY}
          FROM streams s JOIN who ON who.stream_id = s.id LEFT JOIN accepted a ON a.stream_id = s.id
         WHERE s.scheme_id = :scheme AND s.kind = 'case' AND s.since >= :since AND s.since <= :until)
    SELECT month, state, accepted, ripe, ripe AND by_then, count(*), sex, age, ethnicity
      FROM stood GROUP BY 1, 2, 3, 4, 5, 7, 8, 9""")

MEETINGS = sa.text(f"""
    WITH {WHO}, accepted AS (
        SELECT e.stream_id, min(e.occurred_at) AS at FROM events e WHERE {OF} AND e.kind = 'accepted'
         GROUP BY 1 HAVING min(e.occurred_at) >= :since AND min(e.occurred_at) <= :until),
    firsts AS (
        SELECT DISTINCT e.stream_id, e.body ->> 'session' AS session FROM events e
         WHERE {OF} AND e.kind = 'session_booked' AND e.body ->> 'kind' = 'first_meeting'),
    starts AS (
        SELECT DISTINCT ON (1, 2) e.stream_id, e.body ->> 'session' AS session,
               CAST(e.body ->> 'start' AS timestamptz) AS start
          FROM events e WHERE {OF} AND e.kind IN ('session_booked', 'session_moved') ORDER BY 1, 2, e.seq DESC),
    outcomes AS (
        SELECT DISTINCT ON (1, 2) e.stream_id, e.body ->> 'session' AS session, e.kind
          FROM events e WHERE {OF} AND e.kind = ANY(:outcomes) ORDER BY 1, 2, e.seq DESC),
    held AS (
        SELECT f.stream_id, min(s.start) AS at
          FROM firsts f JOIN starts s USING (stream_id, session) JOIN outcomes o USING (stream_id, session)
         WHERE o.kind = 'session_attended' GROUP BY 1)
    SELECT {_month("a.at")}, CASE WHEN h.at IS NOT NULL
           THEN CAST(greatest(0, ceil(extract(epoch FROM h.at - a.at) / 3600)) AS int) END AS hours,
           a.at + :target <= {NOW}, count(*), {THEY}
      FROM accepted a JOIN who USING (stream_id) LEFT JOIN held h USING (stream_id) GROUP BY 1, 2, 3, 5, 6, 7""")

REACHED = sa.text(f"""
    WITH {WHO}, reached AS (
        SELECT e.stream_id, min(e.occurred_at) AS at FROM events e
         WHERE {OF} AND e.kind = 'delivery_noted' AND CAST(e.body ->> 'reached' AS boolean)
           AND e.body ->> 'purpose' = ANY(:chases)
         GROUP BY e.stream_id, e.body ->> 'expectation', e.body ->> 'cycle' HAVING min(e.occurred_at) <= :until)
    SELECT CAST(r.at {LONDON} AS date), CAST(s.at {LONDON} AS date), count(*), {THEY}
      FROM reached r JOIN who USING (stream_id) LEFT JOIN LATERAL (
          SELECT min(e.occurred_at) AS at FROM events e
           WHERE e.scheme_id = :scheme AND e.stream_id = r.stream_id AND e.kind = ANY(:signs) AND e.occurred_at > r.at
             AND (e.kind <> 'contact_recorded' OR e.body ->> 'result' = :spoke)
             AND (e.kind <> 'answer_received' OR e.body ->> 'reads_as' <> ALL(:no_answer))) s ON true
     GROUP BY 1, 2, 4, 5, 6""")

FACTS = sa.text(f"""
    WITH {WHO}
    SELECT {_month("e.occurred_at")}, kinds.kind, count(DISTINCT (e.stream_id, e.body ->> 'session')), {THEY}
      FROM events e JOIN who USING (stream_id)
      JOIN LATERAL (VALUES (e.kind), (CASE WHEN CAST(e.body ->> 'strike_removed' AS boolean) THEN :removed END))
           AS kinds (kind) ON kinds.kind IS NOT NULL
     WHERE {OF} AND {BETWEEN} AND e.kind = ANY(:facts) GROUP BY 1, 2, 4, 5, 6""")

BREACHES = sa.text(f"""
    WITH {WHO}
    SELECT CAST(e.occurred_at {LONDON} AS date), CAST(d.occurred_at {LONDON} AS date), coalesce(d.kind, ''), count(*), {THEY}
      FROM events e JOIN who USING (stream_id) LEFT JOIN LATERAL (
          SELECT c.occurred_at, c.kind FROM events c
           WHERE c.scheme_id = e.scheme_id AND c.stream_id = e.stream_id AND c.seq > e.seq AND c.kind = ANY(:closers)
           ORDER BY c.seq LIMIT 1) d ON true
     WHERE {OF} AND {BETWEEN} AND e.kind = 'breach_opened' GROUP BY 1, 2, 3, 5, 6, 7""")

NOTED = sa.text(f"""
    SELECT {_month("e.occurred_at")}, CASE WHEN CAST(e.body ->> 'filled_in' AS boolean) THEN 'filled_in' ELSE 'left' END,
           count(*)
      FROM events e WHERE {OF} AND {BETWEEN} AND e.kind = 'survey_noted' GROUP BY 1, 2""")
IN_SEASON = "WHERE v.scheme_id = :scheme AND v.period BETWEEN :first AND :last"
ANSWERS = sa.text(f"""
    SELECT v.period, a.key, a.value, count(*) FROM surveys v CROSS JOIN LATERAL jsonb_each_text(v.answers) a
    {IN_SEASON} AND a.key <> 'words' GROUP BY 1, 2, 3""")
WRITTEN = sa.text(f"SELECT v.period, v.answers ->> 'words' AS words FROM surveys v {IN_SEASON} AND v.answers ? 'words'")


def season(connection: sa.Connection, scheme: str, since: datetime, until: datetime) -> Season:
    """The counts of [since, until]: what is done at this very moment is in them."""
    here = {"scheme": scheme, "since": since, "until": until}

    def rows(statement: sa.TextClause, make: Any, **more: Any) -> tuple[Any, ...]:
        found = connection.execute(statement, {**here, **more})
        return in_order(make(*row[:-3], tuple(row[-3:])) for row in found)

    return Season(
        rows(JOURNEYS, JourneyCount, ripe=RIPE),
        rows(MEETINGS, MeetingCount, outcomes=list(OUTCOMES), target=TARGET),
        rows(
            REACHED, ChaseCount, chases=CHASES, signs=list(SIGNS), spoke=ContactResult.SPOKE.value,
            no_answer=sorted(NOT_A_CONVERSATION),
        ),
        rows(FACTS, FactCount, facts=list(SESSION_FACTS), removed=REMOVED),
        rows(BREACHES, BreachCount, closers=list(CLOSERS)),
    )  # fmt: skip


class PostgresSeasons:
    """The part of the readings that counts a season."""

    _engine: sa.Engine

    def season(self, scheme: str, since: datetime, until: datetime) -> Season:
        """What happened from `since` up to and with `until`, counted, of one picture."""
        with self._engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")
            return season(connection, scheme, since, until)

    def surveys(self, scheme: str, since: datetime, until: datetime) -> Surveys:
        """What came back of the survey in these months."""
        here = {"scheme": scheme, "since": since, "until": until, "first": month(since), "last": month(until)}
        with self._engine.connect() as connection:
            return Surveys(
                in_order(FactCount(*row) for row in connection.execute(NOTED, here)),
                in_order(AnswerCount(*row) for row in connection.execute(ANSWERS, here)),
                tuple(sorted((row.period, row.words) for row in connection.execute(WRITTEN, here))),
            )


def month(at: datetime) -> str:
    """The month of this instant in London, such as "2022-01"."""
    return f"{at.astimezone(ZoneInfo('Europe/London')):%Y-%m}"


def in_order(found: Any) -> tuple[Any, ...]:
    """By their fields, nothing before something."""
    return tuple(sorted(found, key=_fields))


def _fields(row: Any) -> list[tuple[bool, str]]:
    values = (getattr(row, name) for name in row.__slots__)
    return [(value is not None, f"{value:06d}" if isinstance(value, int) else str(value)) for value in values]
