"""How things are printed: tables and lines for people, one JSON object for programs."""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from caseflow.telling.times import LONDON, day, local

__all__ = ["LONDON", "as_json", "day", "instant", "local", "say", "span", "table", "warn"]


def instant(option: str, text: str) -> datetime:
    """A day or an instant as people here write it, in UTC. Raises Stop that names the option."""
    from caseflow.cli.failures import usage

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise usage(f"{option} {text}: write it as 2026-01-31 or 2026-01-31T09:00") from None
    return (found if found.tzinfo else found.replace(tzinfo=LONDON)).astimezone(UTC)


def as_json(value: Any) -> None:
    """Print one JSON object: the documented contract (docs/reference/json.md)."""
    import msgspec

    encoded = msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2)
    sys.stdout.write(encoded.decode() + "\n")


def say(*lines: str) -> None:
    """Plain lines."""
    for line in lines:
        print(line)


def warn(line: str) -> None:
    """A line beside the output proper."""
    print(line, file=sys.stderr)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str = "Nothing.") -> None:
    """A table as wide as the screen; through a pipe it keeps whole words and no colours."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    found = [tuple(Text(_cell(value)) for value in row) for row in rows]  # Text: no markup in people's words
    if not found:
        say(empty)
        return
    shown = Table(*columns, title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in found:
        shown.add_row(*row)
    console = Console() if sys.stdout.isatty() else Console(width=200)
    console.print(shown)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return local(value) if isinstance(value, datetime) else str(value)


def span(text: str, base: datetime) -> datetime:
    """`1d`, `36h`, `2w`, `30min` from base on. Raises Stop for anything else."""
    import re
    from datetime import timedelta

    from caseflow.cli.failures import usage

    found = re.fullmatch(r"(\d+)\s*(min|h|d|w)", text.strip())
    if not found:
        raise usage(f"--within {text}: write it as 30min, 36h, 1d or 2w")
    unit = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}[found[2]]
    return base + timedelta(**{unit: int(found[1])})
