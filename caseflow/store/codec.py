"""Facts, commands, snapshots and sends as JSON and back, by the name of their kind. Pure.

A kind's name is its class name in snake case. Facts are kept for ever: each kind has a version, and a stored fact of an
older version is lifted by pure upcasters, one version at a time, before it is read (docs/adr, "events").
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from types import UnionType
from typing import Any, get_args

import msgspec

from caseflow.domain.case import Case, Contact, Digest, Listed, ProviderReturn, Stream
from caseflow.domain.commands import Asked, Command
from caseflow.domain.effects import Send, Value
from caseflow.domain.events import Event
from caseflow.domain.words import Actor, Channel, Origin, Role

Body = dict[str, Any]
Upcaster = Callable[[Body], Body]


class Unreadable(Exception):
    """Stored data this program cannot read: what it is, and why."""


def kind_of(cls: type) -> str:
    """``RungFired`` → ``rung_fired``: the name under which a kind is stored and asked for."""
    return _NAMES.get(cls) or re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def _kinds(union: UnionType) -> dict[str, type]:
    found: dict[str, type] = {}
    for cls in get_args(union):
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        if found.setdefault(name, cls) is not cls:
            raise TypeError(f"Two kinds are called {name}: {found[name]} and {cls}.")
    return found


EVENT_KINDS: dict[str, type] = _kinds(Event)
COMMAND_KINDS: dict[str, type] = _kinds(Command)
STREAM_KINDS: dict[str, type[Stream]] = {"case": Case, "provider_return": ProviderReturn, "digest": Digest}
_NAMES: dict[type, str] = {cls: name for name, cls in (EVENT_KINDS | COMMAND_KINDS).items()}

VERSIONS: dict[str, int] = dict.fromkeys(EVENT_KINDS, 1) | {
    "answer_received": 2,
    "delivery_noted": 2,
    "hold_ended": 2,
    "plan_agreed": 2,
    "referred": 2,
    "return_received": 2,
    "rung_fired": 2,
    "task_finished": 2,
}
"""The version each kind of fact is written in now. A change of shape raises it and adds an upcaster."""

UPCASTERS: dict[tuple[str, int], Upcaster] = {
    ("answer_received", 1): lambda body: {**body, "proposes": []},
    ("delivery_noted", 1): lambda body: {**body, "last": False},
    ("hold_ended", 1): lambda body: {**body, "side_by": None},
    ("plan_agreed", 1): lambda body: {**body, "why_longer": ""},
    ("referred", 1): lambda body: body | {"offence_listed": "", "last_safe_doubt": None},
    ("return_received", 1): lambda body: {**body, "rows": [{**row, "item": ""} for row in body["rows"]]},
    ("task_finished", 1): lambda body: {**body, "text": None},
    ("rung_fired", 1): lambda body: body | {"left_out": None},  # which acts were left out was not written down
}
"""(kind, version) → a pure function from a body of that version to one of the next."""

_encode = msgspec.json.Encoder().encode


@cache
def _decoder(cls: type) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(cls)


def _read(cls: type, body: str | bytes, what: str) -> Any:
    try:
        return _decoder(cls).decode(body)
    except msgspec.MsgspecError as wrong:
        raise Unreadable(f"{what} cannot be read: {wrong}. Is the program older than the database?") from wrong


# ── facts ───────────────────────────────────────────────────────────────────────────────────────
def encode_event(event: Event) -> tuple[str, int, bytes]:
    """A fact as (kind, version, JSON)."""
    kind = _NAMES[type(event)]
    return kind, VERSIONS[kind], _encode(event)


def decode_event(kind: str, version: int, body: str | bytes) -> Event:
    """A stored fact, lifted to the present version. Raises Unreadable."""
    cls = EVENT_KINDS.get(kind)
    if cls is None:
        raise Unreadable(f"There is no fact of the kind {kind!r}. Is the program older than the database?")
    present = VERSIONS[kind]
    if version != present:
        body = _lifted(kind, version, present, body)
    event: Event = _read(cls, body, f"A fact {kind} (version {version})")
    return event


def _lifted(kind: str, version: int, present: int, body: str | bytes) -> bytes:
    raw: Body = msgspec.json.decode(body)
    for step in range(version, present):
        lift = UPCASTERS.get((kind, step))
        if lift is None:
            raise Unreadable(f"Nothing lifts a fact {kind} from version {step} to {step + 1}.")
        raw = lift(raw)
    if version > present:
        raise Unreadable(f"A fact {kind} is of version {version}; this program knows {present}. Upgrade the program.")
    return _encode(raw)


# ── streams ─────────────────────────────────────────────────────────────────────────────────────
def encode_stream(stream: Stream) -> bytes:
    """A stream's value as JSON."""
    return _encode(stream)


def decode_stream(kind: str, snapshot: str | bytes) -> Stream:
    """A stream's value from its snapshot. Raises Unreadable."""
    stream: Stream = _read(STREAM_KINDS[kind], snapshot, f"The snapshot of a {kind}")
    return stream


class _WithContact(msgspec.Struct):
    contact: Contact


class _WithParticipants(msgspec.Struct):
    participants: dict[str, Listed]


def contact_of(snapshot: str) -> Contact:
    """Only the contact limits of a case: a fifth of the work of reading it whole."""
    return msgspec.json.decode(snapshot, type=_WithContact).contact


def participants_of(snapshot: str) -> tuple[dict[str, Any], ...]:
    """The participants on a provider return, as rows for its message; those who left it are not among them."""
    found = msgspec.json.decode(snapshot, type=_WithParticipants).participants
    return tuple(msgspec.to_builtins(listed) for listed in found.values() if not listed.left)


# ── commands ────────────────────────────────────────────────────────────────────────────────────
class _AskedBody(msgspec.Struct):
    """`Asked` without what stands in columns of its own."""

    kind: str
    command: msgspec.Raw
    by: Actor
    origin: Origin
    at: datetime | None


def encode_asked(asked: Asked) -> bytes:
    """A command and its envelope as JSON; id and stream are the caller's to keep."""
    command = msgspec.Raw(_encode(asked.command))
    return _encode(_AskedBody(kind_of(type(asked.command)), command, asked.by, asked.origin, asked.at))


def decode_asked(command_id: str, stream: str, body: str | bytes) -> Asked:
    """A stored command. Raises Unreadable."""
    found: _AskedBody = _read(_AskedBody, body, f"The command {command_id}")
    cls = COMMAND_KINDS.get(found.kind)
    if cls is None:
        raise Unreadable(f"The command {command_id} is of the kind {found.kind!r}, which this program does not know.")
    command: Command = _read(cls, bytes(found.command), f"The command {command_id} ({found.kind})")
    return Asked(command_id, stream, command, found.by, found.origin, found.at)


# ── sends ───────────────────────────────────────────────────────────────────────────────────────
class _SendBody(msgspec.Struct):
    """`Send` in JSON. `fields` mix instants, days and words, so dates carry a mark: {"at": …} or {"on": …}."""

    purpose: str
    to: Role
    recipient: str
    channels: tuple[Channel, ...]
    kind: str
    expectation: str | None
    cycle: int
    rung: str
    subject: str | None
    language: str
    fields: dict[str, Any]
    not_before: datetime | None
    stand_in: str | None
    expires: datetime | None


def _marked(value: Value) -> Any:
    match value:
        case datetime():
            return {"at": value}
        case date():
            return {"on": value}
        case list() | tuple():
            return [_marked(item) for item in value]
        case _:
            return value


def _unmarked(value: Any) -> Any:
    match value:
        case {"at": str(moment)}:
            return datetime.fromisoformat(moment).astimezone(UTC)
        case {"on": str(day)}:
            return date.fromisoformat(day)
        case list():
            return [_unmarked(item) for item in value]
        case _:
            return value


def encode_send(send: Send) -> bytes:
    """A notice as JSON, its fields with their types."""
    if not send.fields:
        return _encode(send)
    plain = {name: getattr(send, name) for name in _SendBody.__struct_fields__}
    return _encode(plain | {"fields": {name: _marked(value) for name, value in send.fields.items()}})


def decode_send(body: str | bytes) -> Send:
    """A stored notice. Raises Unreadable."""
    found: _SendBody = _read(_SendBody, body, "A notice")
    values = {name: getattr(found, name) for name in _SendBody.__struct_fields__}
    return Send(**values | {"fields": {name: _unmarked(value) for name, value in found.fields.items()}})
