"""An error in words that may stand in a table or a log: what went wrong and where, and nobody's data.

Whoever words a message or reads a text handles names, numbers and people's own words, and a library's error likes to
repeat what it was given. There only the kind of error and its place are told; that is what mends it.
"""

import re
from collections.abc import Iterable
from pathlib import PurePath
from types import TracebackType

WITHHELD = "[withheld]"
LONGEST = 500
# A number with +44 or a leading 0 and ten more digits, in any grouping; and not a piece of a longer number or an id.
PHONE = re.compile(r"(?<![\w.-])(?:\+44|0)(?:[ ()-]?\d){9,10}(?![\w-])")
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)*")


def reason_of(wrong: BaseException) -> str:
    """What went wrong, in one line short enough for a table. For errors of rooms that know no person."""
    return f"{type(wrong).__name__}: {without_addresses(str(wrong))}".replace("\n", " ")[:LONGEST]


def place_of(wrong: BaseException) -> str:
    """The kind of error and where it was raised, without its words: for work on names, numbers and people's words."""
    where = _innermost(wrong.__traceback__)
    return f"{type(wrong).__name__}{f' at {where}' if where else ''}"


def without_addresses(text: str, known: Iterable[str] = ()) -> str:
    """The text without numbers, e-mail addresses and whatever is `known` to be somebody's."""
    for own in sorted({one.strip() for one in known if len(one.strip()) > 2}, key=len, reverse=True):
        text = re.sub(re.escape(own), WITHHELD, text, flags=re.IGNORECASE)
    return PHONE.sub(WITHHELD, EMAIL.sub(WITHHELD, text))


def _innermost(trace: TracebackType | None) -> str:
    """The last place in our own code, as path:line below the project."""
    found = ""
    while trace is not None:
        parts = PurePath(trace.tb_frame.f_code.co_filename).parts
        for room in ("caseflow", "workers"):
            if room in parts and "site-packages" not in parts:
                below = parts[len(parts) - 1 - parts[::-1].index(room) :]
                found = f"{'/'.join(below)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
