"""Histories as they are read for a look at many: facts a page of cases at a time, and the traits fairness is looked at by."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from caseflow.domain.events import Recorded
from caseflow.domain.words import Actor, Origin, Role
from caseflow.engine.readings import History, Traits
from caseflow.store.codec import Unreadable, decode_event

HISTORIES = sa.text("""
    SELECT id, parked FROM streams
     WHERE scheme_id = :scheme AND kind = 'case' AND id > :after
       AND (CAST(:since AS timestamptz) IS NULL OR since >= :since)
     ORDER BY id LIMIT :limit""")

THESE = sa.text("""
    SELECT id, parked FROM streams WHERE scheme_id = :scheme AND kind = 'case' AND id = ANY(:ids) ORDER BY id""")

FACTS = sa.text("""
    SELECT stream_id, seq, kind, version, CAST(body AS text) AS json, occurred_at, recorded_at, actor, role, origin,
           command_id, caused_by
      FROM events WHERE scheme_id = :scheme AND stream_id = ANY(:ids)
       AND (CAST(:kinds AS text[]) IS NULL OR kind = ANY(CAST(:kinds AS text[])))
     ORDER BY stream_id, seq""")

COUNT = sa.text("""
    SELECT count(*) FROM streams
     WHERE scheme_id = :scheme AND kind = 'case' AND (CAST(:since AS timestamptz) IS NULL OR since >= :since)""")

TRAITS = sa.text("""
    SELECT id, date_of_birth, coalesce(extra ->> 'sex', '') AS sex,
           coalesce(extra ->> 'self_defined_ethnicity', '') AS ethnicity
      FROM persons WHERE scheme_id = :scheme AND id = ANY(:ids)""")


def page(
    connection: sa.Connection,
    scheme: str,
    *,
    since: datetime | None,
    kinds: Collection[str] | None,
    ids: Sequence[str] | None,
    after: str,
    limit: int,
) -> list[History]:
    """The facts of these cases, or of the next `limit` by id, in two statements."""
    if ids is None:
        values = {"scheme": scheme, "since": since, "after": after, "limit": limit}
        cases = connection.execute(HISTORIES, values).all()
    else:
        cases = connection.execute(THESE, {"scheme": scheme, "ids": list(ids)}).all()
    asked = {"scheme": scheme, "ids": [row.id for row in cases], "kinds": None if kinds is None else sorted(kinds)}
    facts: dict[str, list[Recorded | None]] = defaultdict(list)
    for row in connection.execute(FACTS, asked).all():
        facts[row.stream_id].append(fact_of(row))
    return [
        History(
            row.id,
            tuple(one for one in facts[row.id] if one is not None),
            whole=not row.parked and None not in facts[row.id],
        )
        for row in cases
    ]


def ids_of(connection: sa.Connection, scheme: str, *, since: datetime | None, after: str, limit: int) -> list[str]:
    """The ids of the next `limit` cases, in one statement."""
    values = {"scheme": scheme, "since": since, "after": after, "limit": limit}
    return [row.id for row in connection.execute(HISTORIES, values)]


def count(connection: sa.Connection, scheme: str, since: datetime | None) -> int:
    """How many cases there are to page through."""
    found: int = connection.execute(COUNT, {"scheme": scheme, "since": since}).scalar_one()
    return found


def traits(connection: sa.Connection, scheme: str, ids: Iterable[str]) -> dict[str, Traits]:
    """What the register knows of these people, by id."""
    rows = connection.execute(TRAITS, {"scheme": scheme, "ids": sorted(set(ids))})
    return {row.id: Traits(row.date_of_birth, row.sex, row.ethnicity) for row in rows}


def fact_of(row: Any) -> Recorded | None:
    """A fact, or None where it cannot be read (the audit then names the gap). `row.json` is its body as text."""
    try:
        event = decode_event(row.kind, row.version, row.json)
    except Unreadable:
        return None
    return Recorded(
        row.stream_id, row.seq, event, row.occurred_at, row.recorded_at, _actor(row.actor, row.role),
        _origin(row.origin), row.command_id, row.caused_by, row.version,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _actor(person: str, role: str) -> Actor:
    """The same few people, again and again."""
    return Actor(person, Role(role))


@cache
def _origin(name: str) -> Origin:
    return Origin(name)
