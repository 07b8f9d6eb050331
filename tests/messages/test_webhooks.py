"""What leaves the house by webhook: which facts, in which form, with which signature."""

import base64
import dataclasses
import json
import re
import typing
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from caseflow.domain import events as ev
from caseflow.domain.words import Actor, Origin, Role
from caseflow.messages.webhooks import shapes, signature
from caseflow.store.codec import EVENT_KINDS

NOON = datetime(2022, 2, 1, 12, tzinfo=UTC)
SCHEMA = json.loads((Path(__file__).parents[1] / "data/webhooks/cloudevents.json").read_text(encoding="utf-8"))
HOW_TO = Path(__file__).parents[2] / "docs/how-to/connect-the-records-system.md"
CANARY = "Aisha Carter +447700900123"


def filled(hint: Any) -> Any:
    """A value of this type in which every text is somebody's name and number."""
    origin, args = typing.get_origin(hint), [arg for arg in get_args(hint) if arg is not Ellipsis]
    if hint is str:
        return CANARY
    if origin is dict:
        return {filled(args[0]): filled(args[1])}
    if origin is tuple:
        return tuple(filled(arg) for arg in args)
    if args:  # a union: its first kind
        return filled(args[0])
    if dataclasses.is_dataclass(hint):
        return made(hint)
    if issubclass(hint, Enum):
        return next(iter(hint))
    return {bool: True, int: 1, datetime: NOON, date: NOON.date(), time: time(9)}[hint]


def made(cls: type) -> Any:
    hints = typing.get_type_hints(cls)
    return cls(**{field.name: filled(hints[field.name]) for field in dataclasses.fields(cls)})


def fact(event: ev.Event, seq: int = 17) -> ev.Recorded:
    who = Actor(CANARY, Role.NAVIGATOR)
    return ev.Recorded("case-1", seq, event, NOON, NOON, who, Origin.PERSON, f"command of {CANARY}")


# ── which facts ─────────────────────────────────────────────────────────────────────────────────
def test_every_kind_of_fact_of_a_case_either_leaves_or_stays_and_says_why():
    assert set(shapes.PUBLISHED) | set(shapes.KEPT) == set(get_args(ev.CaseEvent))
    assert not set(shapes.PUBLISHED) & set(shapes.KEPT)


@pytest.mark.parametrize("cls", shapes.PUBLISHED, ids=lambda cls: cls.__name__)
def test_a_kind_goes_by_the_name_it_is_stored_under_and_only_fields_it_has(cls):
    assert EVENT_KINDS[shapes.name_of(cls)] is cls
    assert set(shapes.PUBLISHED[cls]) <= {field.name for field in dataclasses.fields(cls)}


@pytest.mark.parametrize("cls", shapes.PUBLISHED, ids=lambda cls: cls.__name__)
def test_every_fact_is_a_valid_cloud_event_and_tells_nobodys_name_or_number(cls):
    body = shapes.cloud_event("durham", "DUR-22-000417", fact(made(cls)), outcome=22)
    event = json.loads(body)
    jsonschema.validate(event, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert not [word for word in (CANARY, *CANARY.split()) if word.encode() in body]
    assert event["type"] == f"caseflow.{shapes.name_of(cls)}.v1"
    assert event["subject"] == event["data"]["ref"] == "DUR-22-000417"
    assert event["data"]["outcome"] == 22


def test_the_canary_would_be_seen_if_a_field_let_it_through(monkeypatch):
    monkeypatch.setattr(shapes, "TOKEN", re.compile(".*"))
    assert CANARY.encode() in shapes.cloud_event("durham", "DUR-22-1", fact(made(ev.SessionMissed)))


def test_a_missed_session_reads_as_documented():
    body = shapes.cloud_event("durham", "DUR-22-000417", fact(ev.SessionMissed("s2")))
    assert json.loads(body) == {
        "specversion": "1.0",
        "id": "durham:case-1:17:778baac05cc1",
        "source": "/caseflow/durham",
        "type": "caseflow.session_missed.v1",
        "subject": "DUR-22-000417",
        "time": "2022-02-01T12:00:00Z",
        "sequence": "0000000017",
        "datacontenttype": "application/json",
        "data": {"case": "case-1", "ref": "DUR-22-000417", "session": "s2"},
    }


def test_sequences_sort_as_text():
    numbers = [9, 10, 99, 100, 12_345]
    texts = [json.loads(shapes.cloud_event("d", "r", fact(ev.Accepted("n"), seq)))["sequence"] for seq in numbers]
    assert texts == sorted(texts)


def test_an_id_holds_no_full_stop_which_separates_what_is_signed():
    assert "." not in shapes.event_id("durham", dataclasses.replace(fact(ev.Withdrawn()), stream="a.b"))


@pytest.mark.parametrize(
    "other",
    [{"command_id": "another"}, {"recorded_at": NOON + timedelta(microseconds=1)}, {"event": ev.Died()}],
    ids=lambda other: "another " + next(iter(other)),
)
def test_an_id_is_never_that_of_another_fact_with_the_same_number(other):
    """A restored database gives the numbers that it lost again; the receiver would take that for a repeat (ADR 48)."""
    kept = fact(ev.Withdrawn())
    assert shapes.event_id("durham", kept) != shapes.event_id("durham", dataclasses.replace(kept, **other))


def test_an_id_stays_whatever_zone_the_moment_is_read_in_and_whatever_version_the_fact_is_read_as():
    kept = fact(ev.Withdrawn())
    london = kept.recorded_at.astimezone(ZoneInfo("Europe/London"))
    again = dataclasses.replace(kept, recorded_at=london, version=2, text_mac="sealed since")
    assert shapes.event_id("durham", kept) == shapes.event_id("durham", again)


# ── signature ───────────────────────────────────────────────────────────────────────────────────
def test_the_signature_is_that_of_the_standards_own_libraries():
    """The vector of the reference implementations of Standard Webhooks."""
    found = signature.headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    )
    assert found == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def secret(letter: str) -> str:
    return "whsec_" + base64.b64encode(letter.encode() * 32).decode()


@pytest.fixture(scope="module")
def verified():
    """The example of the how-to page, as it stands there."""
    block = re.search(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    names: dict[str, Any] = {}
    exec(block[1], names)  # noqa: S102 - our own page, run so that it stays right
    return names["verified"]


def test_the_example_of_the_how_to_page_verifies_what_we_sign_with_either_secret(verified):
    headers = signature.headers("durham:case-1:17", 1_000_000, b"{}", [secret("n"), secret("o")])
    assert verified(headers, b"{}", [secret("n")], 1_000_010)
    assert verified(headers, b"{}", [secret("o")], 1_000_010)


@pytest.mark.parametrize(
    ("change", "body", "key", "now"),
    [
        ({}, b"{ }", "n", 1_000_000),
        ({}, b"{}", "x", 1_000_000),
        ({}, b"{}", "n", 1_000_301),
        ({"webhook-id": "durham:case-1:18"}, b"{}", "n", 1_000_000),
        ({"webhook-timestamp": "1000001"}, b"{}", "n", 1_000_000),
        ({"webhook-signature": "v1,"}, b"{}", "n", 1_000_000),
    ],
    ids=["another body", "another secret", "too old", "another id", "another time", "no signature"],
)
def test_the_example_refuses_what_is_not_ours_or_not_fresh(verified, change, body, key, now):
    headers = signature.headers("durham:case-1:17", 1_000_000, b"{}", [secret("n")]) | change
    assert not verified(headers, body, [secret(key)], now)
