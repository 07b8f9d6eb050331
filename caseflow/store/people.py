"""The people register: names, numbers and addresses, apart from facts. Erasing a person leaves history true."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from caseflow.domain.words import AddressStatus, Channel
from caseflow.engine.ports import PersonIn, PersonRow
from caseflow.store.arrays import Rows

ERASED = "(erased)"

_person = Rows(
    scheme="text",
    id="text",
    kind="text",
    given="text",
    family="text",
    folded="text",
    date_of_birth="date",
    moved_to="text",
    phone="text",
    extra="jsonb",
)
UPSERT_PERSONS = sa.text(f"""
    INSERT INTO persons AS p (scheme_id, id, kind, given, family, folded, date_of_birth, moved_to, phone, extra)
    SELECT {_person.columns} FROM {_person.source}
        ON CONFLICT (scheme_id, id) DO UPDATE
       SET kind = excluded.kind, given = excluded.given, family = excluded.family, folded = excluded.folded,
           date_of_birth = coalesce(excluded.date_of_birth, p.date_of_birth),
           moved_to = coalesce(excluded.moved_to, p.moved_to),
           phone = CASE WHEN excluded.phone = '' THEN p.phone ELSE excluded.phone END, extra = p.extra || excluded.extra
     WHERE p.erased_at IS NULL""")

_address = Rows(scheme="text", id="text", person="text", channel="text", value="text", status="text")
# What is known of an address is not forgotten because a file brings it again: only its place in the order is renewed.
UPSERT_ADDRESSES = sa.text(f"""
    INSERT INTO addresses AS a (scheme_id, id, person_id, channel, value, status, seen_at)
    SELECT d.scheme, d.id, d.person, d.channel, d.value, d.status, CAST(:now AS timestamptz) FROM {_address.source}
      JOIN persons p ON p.scheme_id = d.scheme AND p.id = d.person AND p.erased_at IS NULL
        ON CONFLICT (scheme_id, id) DO UPDATE
       SET value = excluded.value, seen_at = excluded.seen_at,
           status = CASE WHEN a.status = 'unconfirmed' THEN excluded.status ELSE a.status END""")

_status = Rows(scheme="text", id="text", status="text")
SET_STATUS = sa.text(f"""
    UPDATE addresses a SET status = d.status FROM {_status.source}
     WHERE a.scheme_id = d.scheme AND a.id = d.id""")

PEOPLE = sa.text("""
    SELECT id, kind, given, family, moved_to, phone, CAST(extra AS text) AS extra FROM persons
     WHERE scheme_id = :scheme AND id = ANY(CAST(:ids AS text[]))""")
# The best last: blocked and seized ones first, then the oldest, so that the newest usable one of a channel stays.
ADDRESSES = sa.text("""
    SELECT person_id, id, channel, value, status FROM addresses
     WHERE scheme_id = :scheme AND person_id = ANY(CAST(:ids AS text[]))
     ORDER BY person_id, status NOT IN ('blocked', 'seized'), seen_at, id""")

ERASE = [
    sa.text("""
        UPDATE persons SET given = :erased, family = '', folded = '', date_of_birth = NULL, phone = '', extra = '{}',
               moved_to = NULL, erased_at = :now
         WHERE scheme_id = :scheme AND id = ANY(CAST(:ids AS text[]))"""),
    sa.text("DELETE FROM addresses WHERE scheme_id = :scheme AND person_id = ANY(CAST(:ids AS text[]))"),
    sa.text("""
        UPDATE texts SET body = :erased, nonce = '', erased_at = :now
         WHERE scheme_id = :scheme AND person = ANY(CAST(:ids AS text[]))"""),
]

NEXT_REF = sa.text("""
    INSERT INTO counters AS c (scheme_id, year, last) VALUES (:scheme, :year, :count)
        ON CONFLICT (scheme_id, year) DO UPDATE SET last = c.last + excluded.last RETURNING last""")


def fold(given: str, family: str) -> str:
    """A name as it is compared: compatibility forms, case, accents and everything but letters and digits folded away."""
    spread = unicodedata.normalize("NFKD", f"{given} {family}".casefold())
    return "".join(letter for letter in spread if letter.isalnum())


def upsert(connection: sa.Connection, scheme: str, people: Sequence[PersonIn], now: datetime) -> None:
    """Add or refresh people and their addresses; the last of two with one id counts, an erased person stays erased."""
    once = {person.id: person for person in people}
    persons = [
        (
            scheme, one.id, one.kind, one.given, one.family, fold(one.given, one.family), one.date_of_birth,
            one.stand_in, one.phone, msgspec.json.encode(dict(one.extra)),
        )
        for one in sorted(once.values(), key=lambda one: one.id)
    ]  # fmt: skip
    places = {
        address: (scheme, address, one.id, channel, value, status)
        for one in once.values()
        for channel, (address, value, status) in one.addresses.items()
    }
    if persons:
        connection.execute(UPSERT_PERSONS, _person.bind(persons))
    if places:
        ordered = [places[address] for address in sorted(places)]
        connection.execute(UPSERT_ADDRESSES, {**_address.bind(ordered), "now": now})


def set_status(connection: sa.Connection, scheme: str, statuses: Mapping[str, str]) -> None:
    """Write what is now known of these addresses; unknown ids are ignored."""
    rows = [(scheme, address, AddressStatus(status)) for address, status in sorted(statuses.items())]
    if rows:
        connection.execute(SET_STATUS, _status.bind(rows))


def read(connection: sa.Connection, scheme: str, ids: Iterable[str]) -> dict[str, PersonRow]:
    """The people of these ids; of several addresses of one channel the newest that is not blocked or seized."""
    wanted = {"scheme": scheme, "ids": sorted(set(ids))}
    if not wanted["ids"]:
        return {}
    places: dict[str, dict[Channel, tuple[str, str, str]]] = {}
    for row in connection.execute(ADDRESSES, wanted):
        places.setdefault(row.person_id, {})[Channel(row.channel)] = (row.id, row.value, row.status)
    return {row.id: _person_row(row, places.get(row.id, {})) for row in connection.execute(PEOPLE, wanted)}


def _person_row(row: sa.Row[Any], places: dict[Channel, tuple[str, str, str]]) -> PersonRow:
    return PersonRow(
        row.id, row.given, row.family, row.kind, places, row.moved_to, row.phone, msgspec.json.decode(row.extra)
    )


def erase(connection: sa.Connection, scheme: str, ids: Iterable[str], now: datetime) -> None:
    """Take away names, numbers, addresses and free texts of these people; their ids and facts stay."""
    for statement in ERASE:
        connection.execute(statement, {"scheme": scheme, "ids": sorted(set(ids)), "now": now, "erased": ERASED})


def allocate_refs(connection: sa.Connection, scheme: str, year: int, count: int) -> int:
    """The first of `count` fresh case numbers of this year."""
    last: int = connection.execute(NEXT_REF, {"scheme": scheme, "year": year, "count": count}).scalar_one()
    return last - count + 1
