"""The caseload in SQL: one statement finds the cases of a page by an index, and reads the rest for those alone.

Sorted by what comes next, an open case is found by `streams_wake`, which every rung keeps up anyway: no further index is
written in the hot path. Cases in which nothing rings any more stand after the others. A page goes on by its key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from caseflow.engine.caseload import FOUND, MANY, CaseloadLine, CaseloadPage, Key, Wanted
from caseflow.store.people import fold

_HOLD = """JOIN timers h ON h.scheme_id = s.scheme_id AND h.stream_id = s.id AND h.ladder = 'hold'
      AND NOT EXISTS (SELECT 1 FROM timers e WHERE e.scheme_id = h.scheme_id AND e.stream_id = h.stream_id
                         AND e.ladder = 'hold' AND (e.due, e.expectation) < (h.due, h.expectation))"""
_NEEDS = """JOIN tasks n ON n.scheme_id = s.scheme_id AND n.stream_id = s.id AND n.state = 'open' AND n.due < :soon
      AND NOT EXISTS (SELECT 1 FROM tasks e WHERE e.scheme_id = n.scheme_id AND e.stream_id = n.stream_id
                         AND e.state = 'open' AND (e.due, e.id) < (n.due, n.id))"""
_OPEN, _ENDED = "s.ended_at IS NULL", "s.ended_at IS NOT NULL"
_RINGS = "s.wake_at IS NOT NULL AND NOT s.parked"


@dataclass(frozen=True, slots=True)
class Way:
    """How a list is walked: what joins it, which cases, by what it is sorted, and downwards or up.

    `by` are pairs of SQL: what is sorted by, and where the last page ended. Names are looked up by the last case: a key
    stands in addresses, and nobody's name does.
    """

    join: str
    where: str
    by: tuple[tuple[str, str], ...]
    down: bool = False
    kept: bool = True
    people: str = "LEFT JOIN persons p ON p.scheme_id = s.scheme_id AND p.id = s.participant"
    begins: str = ""


def _moment(expression: str) -> tuple[tuple[str, str], ...]:
    return ((expression, "CAST(:a0 AS timestamptz)"),)


def _name(column: str) -> tuple[str, str]:
    last = f"""(SELECT l.{column} FROM streams m JOIN persons l ON l.scheme_id = m.scheme_id AND l.id = m.participant
                 WHERE m.scheme_id = :scheme AND m.id = :aid)"""
    return f'p.{column} COLLATE "C"', last


_NAMED = "JOIN persons p ON p.scheme_id = s.scheme_id AND p.id = s.participant AND p.kind = 'participant'"
_BEGINS = f"AND {' >= '.join(_name('family'))}"
"""Where in the index of names a further page begins: the comparison of the whole key spans two tables."""


def _ways(wanted: Wanted) -> list[Way]:
    """One after the other: a page that one does not fill goes on with the next."""
    join = {"needs": _NEEDS, "hold": _HOLD}.get(wanted.show, "")
    where = _ENDED if wanted.show == "ended" else _OPEN
    match wanted.sort, wanted.show:
        case "newest", _:
            return [Way(join, where, _moment("s.since"), down=True)]
        case "name", _:
            return [Way(join, where, (_name("family"), _name("given")), kept=False, people=_NAMED, begins=_BEGINS)]
        case _, "needs":
            return [Way(join, where, _moment("n.due"))]
        case _, "hold":
            return [Way(join, where, _moment("h.due"))]
        case _, "ended":
            return [Way(join, where, _moment("s.ended_at"), down=True)]
        case _:
            rings = Way(join, f"{where} AND {_RINGS}", _moment("s.wake_at"))
            return [rings, Way(join, f"{where} AND NOT ({_RINGS})", ())]


_PEOPLE = f"""(SELECT q.id FROM persons q WHERE q.scheme_id = :scheme AND q.kind = 'participant'
                AND (q.folded LIKE :begins OR (lower(q.family) LIKE :first AND lower(q.given) LIKE :then)
                     OR reverse(q.folded) LIKE :backwards OR lower(q.family) LIKE :family) LIMIT {FOUND})"""


BY_REFERENCE = sa.text(f"""
    SELECT id FROM streams WHERE scheme_id = :scheme AND kind = 'case' AND ref >= :ref AND ref < :beyond
    UNION ALL
    SELECT id FROM streams WHERE scheme_id = :scheme AND kind = 'case'
       AND reverse(ref) >= :number AND reverse(ref) < :past
     LIMIT {FOUND + 1}""")
"""By where the beginning begins and ends: statements are planned once (`session.py`), and `LIKE` could be anything."""
LAST = "\U0010ffff"
Search = tuple[str, dict[str, Any]]


def _searched(connection: sa.Connection, scheme: str, search: str) -> Search:
    """Which cases a search means, and its values: by reference where there is a digit in it, or else by name.

    A few references are found first; a beginning that very many share (a year) is looked for along the list.
    """
    words = search.replace(",", " ").split()
    if not words:
        return "", {}
    if any(letter.isdigit() for letter in search):
        typed = "".join(words).upper()
        number = f"{typed.zfill(6)[::-1]}-" if typed.isdigit() else ""
        bounds = {"ref": typed, "beyond": typed + LAST, "number": number, "past": number and number + LAST}
        ids = list(connection.execute(BY_REFERENCE, {"scheme": scheme, **bounds}).scalars())
        if len(ids) > FOUND:
            values = {"ref": f"{_plain(typed)}%", "number": number and f"{number}%"}
            return "AND (s.ref LIKE :ref OR reverse(s.ref) LIKE :number)", values
        return "AND s.id = ANY(:found)", {"found": ids}
    begins = fold(" ".join(words[:-1]), words[-1])
    first, then = (" ".join(words[:-1]).lower(), words[-1].lower()) if len(words) > 1 else ("", "")
    return f"AND s.participant IN {_PEOPLE}", {
        "begins": f"{begins}%" if begins else "", "backwards": f"{begins[::-1]}%" if begins else "",
        "first": f"{_plain(first)}%" if first else "", "then": f"{_plain(then)}%",
        "family": f"{_plain(' '.join(words).lower())}%",
    }  # fmt: skip


def _plain(text: str) -> str:
    """Without what LIKE takes for a sign."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def page(connection: sa.Connection, scheme: str, wanted: Wanted) -> CaseloadPage:
    """The next cases of this list. One statement; two where the first way ends on this page, one more for a reference."""
    ways = _ways(wanted)
    begin, after = (int(wanted.after[0]), wanted.after[1:]) if wanted.after else (0, ())
    lines: list[CaseloadLine] = []
    keys: list[Key] = []
    search = _searched(connection, scheme, wanted.search)
    for number, way in enumerate(ways):
        if number < begin or len(lines) > wanted.limit:
            continue
        missing = wanted.limit + 1 - len(lines)
        for row in _rows(connection, scheme, wanted, search, way, after if number == begin else (), missing):
            lines.append(_line(row))
            keys.append(
                (
                    str(number),
                    *(row[f"k{place}"].astimezone(UTC).isoformat() for place in range(len(way.by)) if way.kept),
                    row["id"],
                )
            )
    more = len(lines) > wanted.limit
    return CaseloadPage(tuple(lines[: wanted.limit]), keys[wanted.limit - 1] if more else ())


def _rows(
    connection: sa.Connection, scheme: str, wanted: Wanted, searched: Search, way: Way, after: Key, limit: int
) -> Sequence[sa.RowMapping]:
    search, values = searched
    order = [*(expression for expression, _ in way.by), "s.id"]
    marks = [*(mark for _, mark in way.by), ":aid"]
    sign, turn = ("<", "DESC") if way.down else (">", "ASC")
    beyond = f"AND ({', '.join(order)}) {sign} ({', '.join(marks)}) {way.begins}" if after else ""
    shown = "".join(f", {expression} AS k{place}" for place, (expression, _) in enumerate(way.by))
    state = "AND s.state = :state" if wanted.state else ""
    owner = "AND s.owner = :owner" if wanted.owner is not None else ""
    statement = f"""
        WITH page AS MATERIALIZED (
            SELECT s.scheme_id, s.id, s.ref, s.participant, s.state, s.disposal, s.owner, s.since, s.ended_at, s.wake_at,
                   s.parked, p.given, p.family{shown}
              FROM streams s {way.join}
              {way.people}
             WHERE s.scheme_id = :scheme AND s.kind = 'case' AND {way.where} {state} {owner} {search} {beyond}
             ORDER BY {", ".join(f"{one} {turn}" for one in order)} LIMIT :limit)
        SELECT page.*, trim(coalesce(page.given, '') || ' ' || coalesce(page.family, '')) AS name,
               trim(coalesce(o.given, '') || ' ' || coalesce(o.family, '')) AS navigator,
               t.title, t.due, c.many, held.due AS held_until
          FROM page
          LEFT JOIN persons o ON o.scheme_id = page.scheme_id AND o.id = page.owner
          LEFT JOIN LATERAL (SELECT title, due FROM tasks WHERE scheme_id = page.scheme_id AND stream_id = page.id
                                AND state = 'open' ORDER BY due NULLS LAST, id LIMIT 1) t ON true
          LEFT JOIN LATERAL (SELECT count(*) AS many FROM tasks WHERE scheme_id = page.scheme_id
                                AND stream_id = page.id AND state = 'open') c ON true
          LEFT JOIN LATERAL (SELECT min(due) AS due FROM timers WHERE scheme_id = page.scheme_id
                                AND stream_id = page.id AND ladder = 'hold') held ON true
         ORDER BY {", ".join(f"page.{one} {turn}" for one in [*(f"k{place}" for place in range(len(way.by))), "id"])}"""
    bound: dict[str, Any] = {"scheme": scheme, "limit": limit, **values}
    if wanted.show == "needs":
        bound["soon"] = wanted.soon
    if wanted.state:
        bound["state"] = wanted.state
    if wanted.owner is not None:
        bound["owner"] = wanted.owner
    if after:
        bound |= {f"a{place}": value for place, value in enumerate(after[:-1])} | {"aid": after[-1]}
    return connection.execute(sa.text(statement), bound).mappings().all()


def _line(row: sa.RowMapping) -> CaseloadLine:
    return CaseloadLine(
        row["id"], row["ref"], row["participant"] or "", row["name"], row["state"], row["disposal"], row["navigator"],
        row["since"], row["ended_at"], row["wake_at"], row["title"] or "", row["due"], row["many"], row["held_until"],
        row["parked"],
    )  # fmt: skip


_MINE = "AND s.owner = :owner"
_CASE = "s.scheme_id = :scheme AND s.kind = 'case'"


FIRST = 4 * (MANY + 1)
"""Of so many tasks that are due, the soonest, those of more than MANY cases are as a rule: then nobody counts further."""


def _many(inside: str) -> str:
    return f"(SELECT count(*) FROM ({inside} LIMIT {MANY + 1}) counted)"


def _needing(first: str) -> str:
    """The open cases of what is due in the whole scheme, each once."""
    return f"""
        SELECT 1 FROM (SELECT DISTINCT stream_id FROM (
            SELECT stream_id FROM tasks WHERE scheme_id = :scheme AND state = 'open' AND due < :soon {first}) due) n
          JOIN streams s ON s.id = n.stream_id WHERE {_CASE} AND {_OPEN}"""


def _counts(mine: str) -> sa.TextClause:
    """One statement. Of the whole scheme is counted by the index of what makes it so, and each case is looked at once.

    Nothing is on hold in a case that is over.
    """
    held = f"SELECT 1 FROM streams s {_HOLD} WHERE {_CASE} AND {_OPEN} {mine}"
    every_held = "SELECT DISTINCT stream_id FROM timers WHERE scheme_id = :scheme AND ladder = 'hold'"
    soonest, every = _many(_needing(f"ORDER BY due LIMIT {FIRST}")), _many(_needing(""))
    every_needing = f"""(SELECT CASE WHEN few.n > {MANY} THEN few.n ELSE {every} END
                           FROM (SELECT {soonest} AS n OFFSET 0) few)"""
    lists = {
        "open": _many(f"SELECT 1 FROM streams s WHERE {_CASE} AND {_OPEN} {mine}"),
        "needs": _many(f"SELECT 1 FROM streams s {_NEEDS} WHERE {_CASE} AND {_OPEN} {mine}") if mine else every_needing,
        "hold": _many(held if mine else every_held),
        "ended": _many(f"SELECT 1 FROM streams s WHERE {_CASE} AND {_ENDED} {mine}"),
    }
    return sa.text("SELECT " + ", ".join([f"{inside} AS {name}" for name, inside in lists.items()]))


EVERYBODYS, ONES = _counts(""), _counts(_MINE)


def counts(connection: sa.Connection, scheme: str, owner: str | None, soon: datetime) -> dict[str, int]:
    """How many cases each list has, no further than one more than MANY."""
    statement, whose = (EVERYBODYS, {}) if owner is None else (ONES, {"owner": owner})
    row = connection.execute(statement, {"scheme": scheme, "soon": soon, **whose}).one()
    return {"open": row.open, "needs": row.needs, "hold": row.hold, "ended": row.ended}
