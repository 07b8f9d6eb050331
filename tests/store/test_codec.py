"""Everything the store keeps comes back as the same value, for ever."""

import json
import typing
from dataclasses import fields
from datetime import UTC, date, datetime, time
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_builders import START, send

from caseflow.domain.case import Case, Contact, Digest, ProviderReturn
from caseflow.domain.commands import Asked, Known
from caseflow.domain.effects import Send
from caseflow.domain.words import Actor, Channel, Origin, Role
from caseflow.store import codec

GOLDEN = Path(__file__).parent / "golden"
SOME_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zone given
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def values(hint: object) -> st.SearchStrategy:
    """Values of a type as the domain writes it down; datetimes are UTC instants."""
    if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        hints = typing.get_type_hints(hint)
        return st.builds(hint, **{field.name: values(hints[field.name]) for field in fields(hint)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    plain = {str: SOME_TEXT, int: st.integers(-(2**40), 2**40), bool: st.booleans(), datetime: INSTANTS, date: DAYS}
    if hint in plain:
        return plain[hint]
    if hint is time:
        return st.times()
    if hint is NoneType:
        return st.none()
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (UnionType, typing.Union):
        return st.one_of([values(arg) for arg in args])
    if origin is tuple and args[-1] is not Ellipsis:
        return st.tuples(*[values(arg) for arg in args])
    if origin is dict:
        return st.dictionaries(values(args[0]), values(args[1]), max_size=2)
    collection = {tuple: tuple, frozenset: frozenset, list: list}[origin]
    return st.lists(values(args[0]), max_size=2).map(collection)


@pytest.mark.parametrize("kind", codec.EVENT_KINDS)
@settings(max_examples=15)
@given(data=st.data())
def test_every_fact_comes_back_as_it_was(kind, data):
    event = data.draw(values(codec.EVENT_KINDS[kind]))
    stored, version, body = codec.encode_event(event)
    assert stored == kind
    assert codec.decode_event(kind, version, body) == event


@pytest.mark.parametrize("kind", codec.COMMAND_KINDS)
@settings(max_examples=10)
@given(data=st.data())
def test_every_command_comes_back_with_its_envelope(kind, data):
    command = data.draw(values(codec.COMMAND_KINDS[kind]))
    asked = Asked("c-1", "s-1", command, Actor("p-1", Role.OIC), Origin.CHANNEL, data.draw(INSTANTS | st.none()))
    assert codec.decode_asked("c-1", "s-1", codec.encode_asked(asked)) == asked


@pytest.mark.parametrize("cls", [Case, ProviderReturn, Digest])
@settings(max_examples=25)
@given(data=st.data())
def test_every_stream_comes_back_as_it_was(cls, data):
    stream = data.draw(values(cls))
    body = codec.encode_stream(stream)
    kind = next(kind for kind, known in codec.STREAM_KINDS.items() if known is cls)
    assert codec.decode_stream(kind, body) == stream


@settings(max_examples=50)
@given(values(Send))
def test_every_send_comes_back_with_the_types_of_its_fields(wanted):
    again = codec.decode_send(codec.encode_send(wanted))
    assert again == wanted
    assert [type(value) for value in again.fields.values()] == [type(value) for value in wanted.fields.values()]


def test_the_small_reads_of_a_snapshot_agree_with_the_whole():
    contact = Contact(not_before=time(10), addresses={Channel.TEXT: Known("a-1")})
    assert codec.contact_of(json.dumps({"contact": json.loads(codec._encode(contact))})) == contact


# ── golden files: what was ever written can still be read ───────────────────────────────────────
def golden(kind: str, version: int) -> Path:
    return GOLDEN / f"{kind}.{version}.json"


@pytest.mark.parametrize("kind", codec.EVENT_KINDS)
def test_every_kind_and_version_ever_shipped_has_a_golden_file_that_can_be_read(kind):
    for version in range(1, codec.VERSIONS[kind] + 1):
        path = golden(kind, version)
        assert path.is_file(), f"{path.name} is missing: write it with `python tests/store/golden_facts.py {kind}`"
        event = codec.decode_event(kind, version, path.read_bytes())
        assert type(event) is codec.EVENT_KINDS[kind]
        if version == codec.VERSIONS[kind]:
            shape = (
                f"{kind} has changed its shape: raise its version in codec.VERSIONS, add an upcaster and a golden file"
            )
            assert json.loads(codec.encode_event(event)[2]) == json.loads(path.read_bytes()), shape


def test_no_golden_file_is_of_an_unknown_kind():
    assert {path.name.split(".")[0] for path in GOLDEN.glob("*.json")} <= set(codec.EVENT_KINDS)


# ── versions ────────────────────────────────────────────────────────────────────────────────────
def test_an_older_fact_is_lifted_one_version_at_a_time(monkeypatch):
    monkeypatch.setitem(codec.VERSIONS, "survey_noted", 3)
    monkeypatch.setitem(codec.UPCASTERS, ("survey_noted", 1), lambda body: {"done": body["was_done"]})
    monkeypatch.setitem(codec.UPCASTERS, ("survey_noted", 2), lambda body: {"filled_in": body["done"]})
    event = codec.decode_event("survey_noted", 1, '{"was_done": true}')
    assert event == codec.EVENT_KINDS["survey_noted"](filled_in=True)


@pytest.mark.parametrize(
    ("kind", "version", "body", "words"),
    [
        ("no_such_fact", 1, "{}", "There is no fact of the kind 'no_such_fact'"),
        ("survey_noted", 2, '{"filled_in": true}', "is of version 2; this program knows 1"),
        ("survey_noted", 0, '{"filled_in": true}', "Nothing lifts a fact survey_noted from version 0 to 1"),
        ("survey_noted", 1, "{}", "cannot be read: Object missing required field `filled_in`"),
    ],
)
def test_what_cannot_be_read_says_why(kind, version, body, words):
    with pytest.raises(codec.Unreadable, match=words):
        codec.decode_event(kind, version, body)


def test_an_unknown_command_says_so():
    with pytest.raises(codec.Unreadable, match="'dance', which this program does not know"):
        codec.decode_asked(
            "c", "s", '{"kind":"dance","command":{},"by":{"person":"p","role":"oic"},"origin":"person","at":null}'
        )


def test_a_send_without_fields_is_read_alike():
    assert codec.decode_send(codec.encode_send(send(not_before=START))) == send(not_before=START)
