"""Readings of PostgreSQL: what the command line, the pages and the audit show. Nothing here writes or locks.

A page of streams costs the same handful of statements however many streams are on it (a test counts them).
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from caseflow.domain.case import ProviderReturn, Stream
from caseflow.domain.effects import Send
from caseflow.domain.words import OPEN_STATES
from caseflow.engine.as_it_was import AsItWas
from caseflow.engine.caseload import MANY, CaseloadPage, Wanted
from caseflow.engine.ports import WaitingReceipt
from caseflow.engine.readings import (
    AttemptLine,
    CaseLine,
    DigestItem,
    Dossier,
    DueKey,
    DueLine,
    FeedKey,
    FeedLine,
    Figures,
    Health,
    History,
    NoticeLine,
    ParkedLine,
    PostedLine,
    ReturnLine,
    TaskKey,
    TaskLine,
    TimerLine,
    Traits,
)
from caseflow.store import as_it_was, caseload, facts_feed, histories, receipts, streams, texts
from caseflow.store.codec import Unreadable, decode_send, decode_stream
from caseflow.store.figures import NOW, figures, health
from caseflow.store.season import PostgresSeasons

CASES = sa.text("""
    SELECT s.id, s.ref, s.state, s.disposal, s.policy_version, s.since, s.wake_at, s.parked,
           trim(coalesce(p.given, '') || ' ' || coalesce(p.family, '')) AS participant,
           trim(coalesce(o.given, '') || ' ' || coalesce(o.family, '')) AS owner,
           (SELECT count(*) FROM tasks t WHERE t.scheme_id = s.scheme_id AND t.stream_id = s.id AND t.state = 'open')
               AS open_tasks
      FROM streams s
      LEFT JOIN persons p ON p.scheme_id = s.scheme_id AND p.id = s.participant
      LEFT JOIN persons o ON o.scheme_id = s.scheme_id AND o.id = s.owner
     WHERE s.scheme_id = :scheme AND s.kind = 'case' AND s.ref > :after
       AND (CAST(:state AS text) IS NULL OR s.state = :state)
     ORDER BY s.ref LIMIT :limit""")

# Found by who stood in the referral or was given the part since; shown only where they play it now.
CASES_OF_OFFICER = sa.text("""
    WITH named AS (
        SELECT stream_id FROM events
         WHERE scheme_id = :scheme AND kind = 'referred'
           AND (body -> 'parties' @> jsonb_build_object('referrer', CAST(:officer AS text))
                OR body -> 'parties' @> jsonb_build_object('arresting_officer', CAST(:officer AS text))
                OR body -> 'parties' @> jsonb_build_object('oic', CAST(:officer AS text)))
        UNION
        SELECT stream_id FROM events
         WHERE scheme_id = :scheme AND kind = 'officer_changed' AND body ->> 'person' = :officer)
    SELECT s.id, s.ref, s.state, s.disposal, s.policy_version, s.since, s.wake_at, s.parked,
           trim(coalesce(p.given, '') || ' ' || coalesce(p.family, '')) AS participant,
           trim(coalesce(o.given, '') || ' ' || coalesce(o.family, '')) AS owner,
           (SELECT count(*) FROM tasks t WHERE t.scheme_id = s.scheme_id AND t.stream_id = s.id AND t.state = 'open')
               AS open_tasks
      FROM named n
      JOIN streams s ON s.scheme_id = :scheme AND s.id = n.stream_id
      LEFT JOIN persons p ON p.scheme_id = s.scheme_id AND p.id = s.participant
      LEFT JOIN persons o ON o.scheme_id = s.scheme_id AND o.id = s.owner
     WHERE s.kind = 'case'
       AND CAST(:officer AS text) = ANY (ARRAY[
             CAST(s.snapshot AS jsonb) -> 'parties' ->> 'referrer',
             CAST(s.snapshot AS jsonb) -> 'parties' ->> 'arresting_officer',
             CAST(s.snapshot AS jsonb) -> 'parties' ->> 'oic'])
       AND (:before = '' OR (s.since, s.id) < (
             SELECT b.since, b.id FROM streams b WHERE b.scheme_id = :scheme AND b.kind = 'case' AND b.ref = :before))
     ORDER BY s.since DESC, s.id DESC LIMIT :limit""")

DUE = sa.text("""
    SELECT t.due, t.stream_id, t.ladder, t.expectation, t.rung, t.cycle, s.kind, s.ref, s.policy_version, s.disposal,
           trim(coalesce(p.given, '') || ' ' || coalesce(p.family, '')) AS participant, e.body, c.kind AS cause
      FROM timers t
      JOIN streams s ON s.scheme_id = t.scheme_id AND s.id = t.stream_id
      LEFT JOIN persons p ON p.scheme_id = s.scheme_id AND p.id = coalesce(s.participant, s.owner)
      LEFT JOIN LATERAL (
          SELECT caused_by, body FROM events
           WHERE scheme_id = t.scheme_id AND stream_id = t.stream_id AND kind = 'expectation_opened'
             AND body ->> 'expectation' = t.expectation
           ORDER BY seq DESC LIMIT 1) e ON true
      LEFT JOIN events c ON c.scheme_id = t.scheme_id AND c.stream_id = t.stream_id
           AND c.seq = CAST(substring(e.caused_by FROM '^event:([0-9]+)') AS integer)
     WHERE t.scheme_id = :scheme AND t.due <= :until AND NOT s.parked
       AND (CAST(:owner AS text) IS NULL OR (s.owner = :owner AND s.kind = 'case'))
       AND (CAST(:after AS timestamptz) IS NULL OR (t.due, s.ref, t.expectation) > (:after, :after_ref, :after_what))
     ORDER BY t.due, s.ref, t.expectation LIMIT :limit""")

NOTICES = sa.text("""
    SELECT id, stream_id, purpose, kind, body ->> 'to' AS addressee, recipient, expectation, cycle, rung, state,
           created_at, send_at, reason, key
      FROM notices WHERE scheme_id = :scheme AND stream_id = ANY(:ids) ORDER BY stream_id, id""")

ATTEMPTS = sa.text("""
    SELECT a.notice_id, a.no, a.channel, a.state, a.address, a.calling_at, a.ended_at, a.detail
      FROM attempts a JOIN notices n ON n.scheme_id = a.scheme_id AND n.id = a.notice_id
     WHERE n.scheme_id = :scheme AND n.stream_id = ANY(:ids) ORDER BY a.notice_id, a.no""")

POSTED = sa.text("""
    SELECT n.key, n.stream_id, n.purpose, n.kind, n.body ->> 'to' AS addressee, n.recipient, n.expectation, n.cycle,
           n.rung, n.body ->> 'subject' AS subject, coalesce(a.channel, n.channel) AS channel,
           coalesce(a.address, '') AS address
      FROM notices n
      LEFT JOIN LATERAL (
          SELECT channel, address FROM attempts
           WHERE notice_id = n.id AND scheme_id = n.scheme_id ORDER BY no DESC LIMIT 1) a ON true
     WHERE n.scheme_id = :scheme AND n.key = ANY(:keys)""")

WHOSE = {
    "message": sa.text("SELECT stream_id FROM notices WHERE scheme_id = :scheme AND id = :number"),
    "task": sa.text("SELECT stream_id FROM tasks WHERE scheme_id = :scheme AND id = :number"),
}

TASKS = """
    SELECT t.id, t.stream_id, s.ref, t.key, t.kind, t.owner, t.person, t.title, t.due, t.state, t.reason, t.opened_at,
           s.kind AS stream_kind, trim(coalesce(p.given, '') || ' ' || coalesce(p.family, '')) AS participant
      FROM tasks t
      JOIN streams s ON s.scheme_id = t.scheme_id AND s.id = t.stream_id
      LEFT JOIN persons p ON p.scheme_id = s.scheme_id AND p.id = s.participant
     WHERE t.scheme_id = :scheme AND {where} ORDER BY {order}"""

STANDS_BY = "coalesce(t.due, t.opened_at)"

STANDING = "t.state = 'open'"
"""In words, for its indexes are of these only."""
THEIRS = """t.id IN (
        SELECT id FROM tasks WHERE scheme_id = :scheme AND state = 'open' AND owner = :owner AND id > :after
         UNION SELECT id FROM tasks WHERE scheme_id = :scheme AND state = 'open' AND person = :owner AND id > :after)"""
"""Each side has an index of its own; else all tasks there ever were would be gone through in the order of their ids."""
ANYBODYS = ":owner IN (t.owner, t.person)"
LATE = """t.state = 'open' AND t.due < :before AND NOT EXISTS (
        SELECT FROM tasks e WHERE e.scheme_id = t.scheme_id AND e.stream_id = t.stream_id AND e.state = 'open'
           AND (e.due, e.id) < (t.due, t.id))"""


def _case_lines(rows: Iterable[Any]) -> list[CaseLine]:
    return [
        CaseLine(
            row.id, row.ref, row.participant, row.state, row.disposal, row.owner, row.policy_version, row.since,
            row.open_tasks, row.wake_at, row.parked,
        )
        for row in rows
    ]  # fmt: skip


class PostgresReadings(PostgresSeasons):
    """`engine.readings.Readings` over one engine; each reading is one short transaction of its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def _rows(self, statement: sa.TextClause, **values: Any) -> Sequence[Any]:
        with self._engine.connect() as connection:
            return connection.execute(statement, values).all()

    def now(self) -> datetime:
        """Scheme time."""
        found: datetime = self._rows(sa.text(f"SELECT {NOW}"))[0][0]
        return found

    def schemes(self) -> list[str]:
        """Schemes that hold streams or a published policy, by name."""
        both = "SELECT scheme_id FROM policies UNION SELECT DISTINCT scheme_id FROM streams ORDER BY 1"
        return [row[0] for row in self._rows(sa.text(both))]

    def cases(self, scheme: str, *, state: str | None = None, after: str = "", limit: int = 50) -> list[CaseLine]:
        """Cases by reference; `after` is the last reference seen."""
        return _case_lines(self._rows(CASES, scheme=scheme, state=state, after=after, limit=limit))

    def cases_of_officer(self, scheme: str, officer: str, *, before: str = "", limit: int = 50) -> list[CaseLine]:
        """The cases this person plays an officer's part in, the newest referral first."""
        return _case_lines(
            self._rows(CASES_OF_OFFICER, scheme=scheme, officer=officer, before=before.upper(), limit=limit)
        )

    def caseload(self, scheme: str, wanted: Wanted) -> CaseloadPage:
        """A page of the list that somebody works through."""
        with self._engine.connect() as connection:
            return caseload.page(connection, scheme, wanted)

    def caseload_counts(self, scheme: str, owner: str | None, soon: datetime) -> Mapping[str, int]:
        """How many cases each of its lists has."""
        with self._engine.connect() as connection:
            return caseload.counts(connection, scheme, owner, soon)

    def find(self, scheme: str, key: str) -> str | None:
        """The stream id of a reference or an id; None when there is none."""
        rows = self._rows(
            sa.text("SELECT id FROM streams WHERE scheme_id = :scheme AND (id = :id OR ref IN (:key, :upper)) LIMIT 1"),
            scheme=scheme, id=key.lower(), key=key, upper=key.upper(),
        )  # fmt: skip
        return rows[0][0] if rows else None

    def dossiers(
        self, scheme: str, *, ids: Sequence[str] | None = None, after: str = "", limit: int = 200
    ) -> list[Dossier]:
        """These streams whole, or the next `limit` by id; always the same eight statements, seven without a digest."""
        which = "id = ANY(:ids)" if ids is not None else "id > :after"
        statement = f"SELECT * FROM streams WHERE scheme_id = :scheme AND {which} ORDER BY id LIMIT :limit"
        with self._engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")  # one picture of all eight
            many = len(ids) if ids is not None else limit
            streams = connection.execute(
                sa.text(statement),
                {"scheme": scheme, "limit": many} | ({"ids": list(ids)} if ids is not None else {"after": after}),
            ).all()
            if not streams:
                return []
            found = _Parts(connection, scheme, streams)
        return [found.dossier(row) for row in streams]

    def histories(
        self,
        scheme: str,
        *,
        since: datetime | None = None,
        kinds: Collection[str] | None = None,
        ids: Sequence[str] | None = None,
        after: str = "",
        limit: int = 200,
    ) -> list[History]:
        """The facts of these cases, or of the next `limit` by id."""
        with self._engine.connect() as connection:
            return histories.page(connection, scheme, since=since, kinds=kinds, ids=ids, after=after, limit=limit)

    def case_ids(self, scheme: str, *, since: datetime | None = None, after: str = "", limit: int = 200) -> list[str]:
        """The ids of the next `limit` cases `histories` would go through."""
        with self._engine.connect() as connection:
            return histories.ids_of(connection, scheme, since=since, after=after, limit=limit)

    def feed(
        self, scheme: str, kinds: Collection[str], *, after: FeedKey | None = None, limit: int = 100
    ) -> list[FeedLine]:
        with self._engine.connect() as connection:
            return facts_feed.page(connection, scheme, kinds, after, limit)

    def as_it_was(self, scheme: str, ids: Sequence[str]) -> list[AsItWas]:
        """These cases in counts."""
        with self._engine.connect() as connection:
            return as_it_was.page(connection, scheme, ids)

    def count_cases(self, scheme: str, *, since: datetime | None = None) -> int:
        """How many cases `histories` would go through."""
        with self._engine.connect() as connection:
            return histories.count(connection, scheme, since)

    def traits(self, scheme: str, ids: Iterable[str]) -> Mapping[str, Traits]:
        """Sex, self-defined ethnicity and birthday of these people."""
        with self._engine.connect() as connection:
            return histories.traits(connection, scheme, ids)

    def snapshots(self, scheme: str, ids: Iterable[str]) -> Mapping[str, Stream]:
        """Streams as they stand, without their history, by id; unknown and unreadable ones are absent."""
        with self._engine.connect() as connection:
            return streams.snapshots(connection, scheme, ids)

    def posted(self, scheme: str, keys: Iterable[str]) -> Mapping[str, PostedLine]:
        """Notices by their keys; unknown ones are absent."""
        return {
            row.key: PostedLine(
                row.key, row.stream_id, row.purpose, row.kind, row.addressee or "", row.recipient,
                row.expectation or None, row.cycle, row.rung, row.subject, row.channel, row.address,
            )
            for row in self._rows(POSTED, scheme=scheme, keys=sorted(set(keys)))
        }  # fmt: skip

    def sends(self, scheme: str, stream: str) -> Mapping[int, Send]:
        """The messages of this stream to the participant as they were wished for."""
        statement = """SELECT id, CAST(body AS text) AS body FROM notices
                        WHERE scheme_id = :scheme AND stream_id = :stream AND lane = 'people' ORDER BY id"""
        rows = self._rows(sa.text(statement), scheme=scheme, stream=stream)
        return {row.id: decode_send(row.body) for row in rows}

    def whose(self, scheme: str, kind: str, number: int) -> str | None:
        """The stream of the message or task (`kind`) of this number; None when there is none."""
        rows = self._rows(WHOSE[kind], scheme=scheme, number=number)
        return rows[0][0] if rows else None

    def due(
        self,
        scheme: str,
        until: datetime,
        *,
        owner: str | None = None,
        after: DueKey | None = None,
        limit: int = 200,
    ) -> list[DueLine]:
        """Alarms that ring until then, soonest first; `owner` only those of this navigator's cases (a person's id)."""
        lines = []
        at, ref, what = after or (None, "", "")
        place = {"after": at, "after_ref": ref, "after_what": what}
        for row in self._rows(DUE, scheme=scheme, until=until, owner=owner, limit=limit, **place):
            body = row.body or {}
            opened = datetime.fromisoformat(body["opened"]) if body.get("opened") else None
            lines.append(
                DueLine(
                    row.due, row.stream_id, row.kind, row.ref, row.participant, row.ladder, row.expectation, row.rung,
                    opened, row.cause or "", row.policy_version, row.disposal,
                )
            )  # fmt: skip
        return lines

    def tasks(
        self, scheme: str, *, owner: str | None = None, state: str = "open", after: str = "", limit: int = 50
    ) -> list[TaskLine]:
        """Tasks by id; `after` is the last id seen."""
        where = f"{STANDING if state == 'open' else 't.state = :state'} AND t.id > :after"
        values: dict[str, Any] = {"scheme": scheme, "state": state, "after": int(after or 0), "limit": limit}
        if owner is not None:
            where, values = f"{where} AND {THEIRS if state == 'open' else ANYBODYS}", {**values, "owner": owner}
        return [
            _task(row) for row in self._rows(sa.text(TASKS.format(where=where, order="t.id LIMIT :limit")), **values)
        ]

    def overdue(
        self, scheme: str, before: datetime, *, after: tuple[datetime, int] | None = None, limit: int = 50
    ) -> list[TaskLine]:
        """Of every stream with an open task that was due before then, the one due first; the longest late first."""
        where = f"{LATE} AND (CAST(:after AS timestamptz) IS NULL OR (t.due, t.id) > (:after, :number))"
        at, number = after or (None, 0)
        statement = sa.text(TASKS.format(where=where, order="t.due, t.id LIMIT :limit"))
        rows = self._rows(statement, scheme=scheme, before=before, after=at, number=number, limit=limit)
        return [_task(row) for row in rows]

    def tasks_of_offices(
        self, scheme: str, owners: Collection[str], *, after: TaskKey | None = None, limit: int = 50
    ) -> list[TaskLine]:
        """Open tasks in cases of these roles, by when they are due (else since when they are there) and id."""
        where = f"""t.state = 'open' AND t.owner = ANY(:owners) AND s.kind = 'case'
            AND (CAST(:after AS timestamptz) IS NULL OR ({STANDS_BY}, t.id) > (:after, :number))"""
        at, number = after or (None, 0)
        statement = sa.text(TASKS.format(where=where, order=f"{STANDS_BY}, t.id LIMIT :limit"))
        values = {"owners": [str(one) for one in owners], "after": at, "number": number, "limit": limit}
        return [_task(row) for row in self._rows(statement, scheme=scheme, **values)]

    def tasks_of_returns(self, scheme: str, *, after: str = "", limit: int = 50) -> list[TaskLine]:
        """Open tasks of streams that are no case, by id; what a provider itself is asked is not among them."""
        where = """s.kind IN ('provider_return', 'digest') AND t.state = 'open' AND t.owner <> 'provider'
            AND t.id > :after"""
        statement = sa.text(TASKS.format(where=where, order="t.id LIMIT :limit"))
        return [_task(row) for row in self._rows(statement, scheme=scheme, after=int(after or 0), limit=limit)]

    def count_overdue(self, scheme: str, before: datetime) -> int:
        """How many streams `overdue` would go through, no further than one more than MANY."""
        late = f"SELECT FROM tasks t WHERE t.scheme_id = :scheme AND {LATE} LIMIT {MANY + 1}"
        rows = self._rows(sa.text(f"SELECT count(*) FROM ({late}) late"), scheme=scheme, before=before)
        return int(rows[0][0])

    def returns(self, scheme: str, *, status: str | None = None) -> list[ReturnLine]:
        """Provider returns, by period and provider."""
        rows = self._rows(
            sa.text("""
                SELECT s.id, s.ref, s.snapshot, trim(coalesce(p.given, '') || ' ' || coalesce(p.family, '')) AS name
                  FROM streams s LEFT JOIN persons p ON p.scheme_id = s.scheme_id AND p.id = s.owner
                 WHERE s.scheme_id = :scheme AND s.kind = 'provider_return'
                   AND (CAST(:status AS text) IS NULL OR s.state = :status) ORDER BY s.ref"""),
            scheme=scheme, status=status,
        )  # fmt: skip
        lines = []
        for row in rows:
            try:
                stream = decode_stream("provider_return", row.snapshot)
            except Unreadable:
                continue  # parked, and listed there
            assert isinstance(stream, ProviderReturn)
            lines.append(return_line(stream, row.name))
        return sorted(lines, key=lambda line: (line.period, line.provider_name, line.id))

    def called(self, scheme: str, name: str, kinds: Sequence[str]) -> list[str]:
        """Ids of people of these kinds with this given or whole name (any case), in order of their names."""
        rows = self._rows(
            sa.text("""SELECT id FROM persons WHERE scheme_id = :scheme AND kind = ANY(:kinds)
                        AND lower(:name) IN (lower(given), lower(trim(given || ' ' || family))) ORDER BY given, family, id"""),
            scheme=scheme, name=" ".join(name.split()), kinds=list(kinds),
        )  # fmt: skip
        return [row.id for row in rows]

    def loads(self, scheme: str) -> Mapping[str, int]:
        """Every navigator's id with the number of open cases on their desk, in order of id."""
        rows = self._rows(
            # By the state, not by the end: the index on whose desk a case is holds it, and no case is looked at.
            sa.text("""SELECT p.id, (SELECT count(*) FROM streams s
                                      WHERE s.scheme_id = p.scheme_id AND s.owner = p.id AND s.kind = 'case'
                                        AND s.state = ANY(:open)) AS open
                         FROM persons p
                        WHERE p.scheme_id = :scheme AND p.kind = 'navigator' ORDER BY p.id"""),
            scheme=scheme, open=sorted(OPEN_STATES),
        )  # fmt: skip
        return {row.id: row.open for row in rows}

    def names(self, scheme: str, ids: Iterable[str]) -> Mapping[str, str]:
        """Names as people say them, by person id; unknown ids are absent."""
        rows = self._rows(
            sa.text("""SELECT id, trim(given || ' ' || family) AS name FROM persons
                        WHERE scheme_id = :scheme AND id = ANY(:ids)"""),
            scheme=scheme, ids=sorted({one for one in ids if one}),
        )  # fmt: skip
        return {row.id: row.name for row in rows}

    def receipts_waiting(self, limit: int = 100) -> list[WaitingReceipt]:
        """Receipts that no notice was found for, oldest first, of every scheme."""
        with self._engine.connect() as connection:
            return receipts.waiting(connection, limit)

    def seals(self, scheme: str, ids: Iterable[str]) -> Mapping[str, str]:
        """The keyed digest of each of these texts; "" for an erased one. Unknown ids are absent."""
        with self._engine.connect() as connection:
            return texts.seals(connection, scheme, sorted(set(ids)))

    def texts(self, scheme: str, ids: Iterable[str]) -> Mapping[str, str]:
        """Free texts by id; erased or unknown ones are absent."""
        rows = self._rows(
            sa.text("SELECT id, body FROM texts WHERE scheme_id = :scheme AND id = ANY(:ids) AND erased_at IS NULL"),
            scheme=scheme, ids=sorted({one for one in ids if one}),
        )  # fmt: skip
        return {row.id: row.body for row in rows}

    def figures(self, scheme: str) -> Figures:
        """The scheme in numbers."""
        with self._engine.connect() as connection:
            return figures(connection, scheme, self.returns(scheme))

    def health(self) -> Health:
        """How far behind the engine is."""
        with self._engine.connect() as connection:
            return health(connection)


class _Parts:
    """The rows of a page of streams, by stream."""

    def __init__(self, connection: sa.Connection, scheme: str, streams: Sequence[Any]) -> None:
        self.scheme = scheme
        values = {"scheme": scheme, "ids": [row.id for row in streams]}

        def read(statement: str | sa.TextClause, **more: Any) -> Sequence[Any]:
            text = sa.text(statement) if isinstance(statement, str) else statement
            return connection.execute(text, values | more).all()

        def of_stream(table: str, order: str, columns: str = "*") -> Sequence[Any]:
            return read(
                f"SELECT {columns} FROM {table} WHERE scheme_id = :scheme AND stream_id = ANY(:ids) ORDER BY {order}"
            )

        events = "*, CAST(body AS text) AS json"
        self.events = _by(of_stream("events", "stream_id, seq", events), histories.fact_of)
        self.timers = _by(of_stream("timers", "stream_id, due, expectation"), _timer)
        attempts = defaultdict(list)
        for row in read(ATTEMPTS):
            attempts[row.notice_id].append(_attempt(row))
        self.notices = _by(read(NOTICES), lambda row: _notice(row, tuple(attempts[row.id])))
        self.tasks = _by(read(TASKS.format(where="t.stream_id = ANY(:ids)", order="t.stream_id, t.id")), _task)
        self.parkings = _by(
            read("""SELECT stream_id, what, reason, at FROM parked WHERE scheme_id = :scheme
                     AND stream_id = ANY(:ids) AND released_at IS NULL ORDER BY stream_id, at"""),
            lambda row: ParkedLine(row.stream_id, row.what, row.reason, row.at),
        )
        officers = [row.owner for row in streams if row.kind == "digest"]
        self.items: dict[str, list[DigestItem]] = defaultdict(list)
        items = "SELECT * FROM digest_items WHERE scheme_id = :scheme AND officer = ANY(:officers) ORDER BY id"
        for row in read(items, officers=officers) if officers else ():
            taken = row.notice_key is not None
            item = DigestItem(row.stream_id, row.officer, row.period, row.line, row.ref, row.at, taken)
            self.items[row.officer].append(item)

    def dossier(self, row: Any) -> Dossier:
        """One stream whole."""
        stream: Stream | None
        try:
            stream = decode_stream(row.kind, row.snapshot)
        except Unreadable:
            stream = None
        return Dossier(
            row.id, self.scheme, row.kind, row.ref, row.seq, row.reacted, row.react_at, row.wake_at, row.parked, stream,
            events=tuple(one for one in self.events[row.id] if one is not None),
            timers=tuple(self.timers[row.id]),
            notices=tuple(self.notices[row.id]),
            tasks=tuple(self.tasks[row.id]),
            parkings=tuple(self.parkings[row.id]),
            digest_items=tuple(self.items[row.owner]) if row.kind == "digest" else (),
        )  # fmt: skip


def return_line(stream: ProviderReturn, provider_name: str) -> ReturnLine:
    """A provider's return as a line: its due day is the ask's expectation's own."""
    dues = [one.due for one in stream.expectations.values() if one.due is not None]
    due = min(dues, default=None)
    late = stream.received_at is not None and due is not None and stream.received_at > due
    return ReturnLine(
        stream.id, stream.ref, stream.provider, provider_name, stream.period, stream.status, len(stream.participants),
        sum(one.reported for one in stream.participants.values()), stream.bad_rows, due, stream.received_at, late,
    )  # fmt: skip


def cause_of(caused_by: str) -> int:
    """The number of the fact in `caused_by` ("event:17 policy:1"); 0 where it was a rung."""
    number = re.match(r"event:(\d+)", caused_by)
    return int(number[1]) if number else 0


def _by(rows: Sequence[Any], make: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.stream_id].append(make(row))
    return found


def _timer(row: Any) -> TimerLine:
    return TimerLine(
        row.stream_id, row.expectation, row.cycle, row.rung, row.ladder, row.subject, row.due, row.local_due
    )


def _attempt(row: Any) -> AttemptLine:
    return AttemptLine(row.no, row.channel, row.state, row.address, row.calling_at, row.ended_at, row.detail)


def _notice(row: Any, attempts: tuple[AttemptLine, ...]) -> NoticeLine:
    return NoticeLine(
        row.id, row.stream_id, row.purpose, row.kind, row.addressee or "", row.recipient, row.expectation or None,
        row.cycle, row.rung, row.state, row.created_at, row.send_at, row.reason, attempts, row.key,
    )  # fmt: skip


def _task(row: Any) -> TaskLine:
    return TaskLine(
        str(row.id), row.stream_id, row.ref, row.key, row.kind, row.owner, row.person or "", row.title, row.due,
        row.state, row.reason, row.opened_at, row.participant, row.stream_kind,
    )  # fmt: skip
