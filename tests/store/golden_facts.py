"""Writes the golden file of each kind of fact that has none at its present version: one value of every field, by type.

    python tests/store/golden_facts.py [KIND …]

A file that exists is never written again: it is what a database may hold.
"""

import sys
import typing
from dataclasses import fields
from datetime import UTC, date, datetime, time
from enum import Enum
from pathlib import Path
from types import NoneType

import msgspec

from caseflow.store import codec

GOLDEN = Path(__file__).parent / "golden"
PLAIN = {
    str: "words",
    int: 7,
    bool: True,
    datetime: datetime(2022, 3, 27, 8, 30, tzinfo=UTC),
    date: date(2022, 3, 27),
    time: time(10, 30),
}


def example(hint: typing.Any) -> typing.Any:
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        hints = typing.get_type_hints(hint)
        return hint(**{field.name: example(hints[field.name]) for field in fields(hint)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is dict:
        return {example(args[0]): example(args[1])}
    if origin is tuple:
        return tuple(example(arg) for arg in args if arg is not Ellipsis)
    return example(next(arg for arg in args if arg is not NoneType))


def main(wanted: list[str]) -> None:
    GOLDEN.mkdir(exist_ok=True)
    for kind in wanted or codec.EVENT_KINDS:
        path = GOLDEN / f"{kind}.{codec.VERSIONS[kind]}.json"
        if not path.exists():
            _, _, body = codec.encode_event(example(codec.EVENT_KINDS[kind]))
            path.write_bytes(msgspec.json.format(body) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
