"""Tables of the same shape as ours, for the two others to write to: the same rows for every rung, in plain psycopg."""

import psycopg

BODY = '{"expectation":"missed_session:s1","cycle":0,"rung":"text","end":"fired","towards_participant":true}'
FIELDS = '{"reference":"DUR-22-000001","worker":"navigator","missed_on":"2022-01-17"}'
SNAPSHOT = '{"state":"engaged","expectations":{"missed_session:s1":{"status":"open","next":"call_again"}}}'

TABLES = """
CREATE TABLE cases (id bigint PRIMARY KEY, state text NOT NULL, version int NOT NULL DEFAULT 0, wake_at timestamptz,
  snapshot jsonb NOT NULL) WITH (fillfactor = 85);
CREATE INDEX cases_wake ON cases (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE TABLE timers (case_id bigint NOT NULL REFERENCES cases, kind text NOT NULL, cycle int NOT NULL,
  due_at timestamptz NOT NULL, local_due text NOT NULL, PRIMARY KEY (case_id, kind, cycle));
CREATE TABLE events (case_id bigint NOT NULL REFERENCES cases, seq int NOT NULL, kind text NOT NULL, body jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (case_id, seq));
CREATE TABLE notices (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id bigint NOT NULL REFERENCES cases,
  key text NOT NULL UNIQUE, kind text NOT NULL, body jsonb NOT NULL, state text NOT NULL DEFAULT 'ready',
  send_at timestamptz NOT NULL DEFAULT now());
"""


def create(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLES)


def fill(url: str, count: int) -> None:
    """`count` cases, each with a timer that is due."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE cases, timers, events, notices")
        connection.execute(
            "INSERT INTO cases SELECT n, 'engaged', 1, now() - interval '1 hour', %s::jsonb FROM generate_series(1, %s) n",
            (SNAPSHOT, count),
        )
        connection.execute(
            "INSERT INTO timers SELECT n, 'text', 0, now() - interval '1 hour', '2022-01-18T15:00[Europe/London]' "
            "FROM generate_series(1, %s) n",
            (count,),
        )
        connection.execute("ANALYZE")


def done(connection: psycopg.Connection) -> int:
    """How many rungs have been written."""
    row = connection.execute("SELECT count(*) FROM notices").fetchone()
    return 0 if row is None else int(row[0])
