"""Where a list goes on, as one opaque word: whoever pages takes it out of `next` and gives it back as it stands."""

import base64
import binascii
from datetime import datetime
from typing import TypeVar

import msgspec

from caseflow.api.v1.problems import Stopped

WORD = r"^[A-Za-z0-9_=-]{0,400}$"
Last = TypeVar("Last", int, str)
NUMBERED = msgspec.json.Decoder(tuple[datetime, str, int])
"""Places in a list whose rows of one moment are told apart by a number; in the other, by a name."""
NAMED = msgspec.json.Decoder(tuple[datetime, str, str])


def written(key: tuple[datetime, str, object]) -> str:
    """A place as one opaque word."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode()


def place(word: str, shape: "msgspec.json.Decoder[tuple[datetime, str, Last]]") -> tuple[datetime, str, Last]:
    """The place: an instant, a name, and what tells rows of one moment apart. Raises Stopped for what is none."""
    try:
        at, name, rest = shape.decode(base64.urlsafe_b64decode(word))
    except (ValueError, binascii.Error):
        raise _none() from None
    if at.tzinfo is None or _broken(name) or _broken(rest):
        raise _none()
    return at, name, rest


def _broken(value: object) -> bool:
    """What no row holds: a text with a NUL, a number that is none of ours."""
    return "\x00" in value if isinstance(value, str) else not (isinstance(value, int) and 0 <= value < 2**31)


def _none() -> Stopped:
    return Stopped(404, "no_place", "`after` is no place of this list: take the address in `next` as it stands.")
