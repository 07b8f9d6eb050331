"""Where a list goes on, as it stands in an address: a moment and names of rows, never of people."""

from datetime import UTC, datetime

APART = "~"
"""Between the parts; none of them has it in it."""
LONGEST = 200


def written(at: datetime, *rest: object) -> str:
    return APART.join([at.astimezone(UTC).isoformat(), *map(str, rest)])


def place(text: str, parts: int) -> tuple[datetime, list[str]] | None:
    """The moment and what else stands beside it, `parts` in all; None for what is no such place: then a list begins anew."""
    found = text[:LONGEST].split(APART)
    if len(found) != parts:
        return None
    try:
        at = datetime.fromisoformat(found[0])
    except ValueError:
        return None
    return None if at.tzinfo is None else (at, found[1:])
