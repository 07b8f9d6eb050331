"""Signs of life of the machinery, such as beat's: by name, when it was last seen (real time)."""

from datetime import timedelta

import sqlalchemy as sa

AUDIT = "audit"
"""The mark that an audit of everything leaves when it is done."""

LEAVE = sa.text("""
    INSERT INTO marks (name, seen_at) VALUES (:name, clock_timestamp())
        ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at""")
AGE = sa.text("SELECT clock_timestamp() - seen_at FROM marks WHERE name = :name")


def leave(connection: sa.Connection, name: str) -> None:
    """Seen now."""
    connection.execute(LEAVE, {"name": name})


def age(connection: sa.Connection, name: str) -> timedelta | None:
    """How long ago it was seen; None when it never was."""
    found: timedelta | None = connection.execute(AGE, {"name": name}).scalar_one_or_none()
    return found
