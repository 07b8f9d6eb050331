"""Free texts, apart from facts: a fact holds a text's id, and a keyed digest proves that it is still the same text.

The key (nonce) is thrown away with the text, so an erased text cannot be guessed back from its digest.
"""

import hashlib
import hmac
from collections.abc import Sequence

import sqlalchemy as sa

from caseflow.store.arrays import Rows

_text = Rows(scheme="text", id="text", person="text", body="text")
ADD = sa.text(f"""
    INSERT INTO texts (scheme_id, id, person, body) SELECT {_text.columns} FROM {_text.source}
        ON CONFLICT (scheme_id, id) DO NOTHING""")

READ = sa.text("""
    SELECT id, body, nonce FROM texts WHERE scheme_id = :scheme AND id = ANY(CAST(:ids AS text[]))""")


def mac(body: str, nonce: bytes) -> str:
    """The digest of a text under its nonce: 64 hex digits."""
    return hmac.new(nonce, body.encode(), hashlib.sha256).hexdigest()


def add(connection: sa.Connection, scheme: str, texts: Sequence[tuple[str, str | None, str]]) -> None:
    """Keep (id, person or None, body); the database draws the nonce."""
    once = {text[0]: (scheme, *text) for text in reversed(texts)}
    if once:
        connection.execute(ADD, _text.bind(list(once.values())))


def seals(connection: sa.Connection, scheme: str, ids: Sequence[str]) -> dict[str, str]:
    """The digest of each of these texts; "" for one that was erased. Unknown ids are absent."""
    return {one: mac(body, nonce) if nonce else "" for one, (body, nonce) in read(connection, scheme, ids).items()}


def read(connection: sa.Connection, scheme: str, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
    """Texts as id → (body, nonce); the nonce of an erased text is empty."""
    rows = connection.execute(READ, {"scheme": scheme, "ids": list(ids)})
    return {row.id: (row.body, bytes(row.nonce)) for row in rows}
