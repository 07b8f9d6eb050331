"""The door for texts that come in: who may, what is kept, and how soon it answers."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from caseflow.api.doors import make_app
from caseflow.api.inbound import LARGEST
from caseflow.bootstrap import Memory, memory_app
from caseflow.engine.ports import Unavailable
from caseflow.settings.deployment import Deployment, SettingsError
from caseflow.settings.scheme import load_schemes

MONDAY = datetime(2022, 1, 10, 10, tzinfo=UTC)
CALLBACK = {
    "id": "0b5e4d7c-1c5a-4a55-9d0e-3a7f7f1e0001",
    "source_number": "447700900123",
    "destination_number": "07700900950",
    "message": "Can’t come 😷",
    "date_received": "2022-01-10T09:15:30.000000Z",
}
GOOD = {"authorization": "Bearer new-token"}


def door(memory: Memory, **settings: Any) -> FastAPI:
    given = {"doors": ("inbound",), "inbound_tokens": ("new-token", "old-token"), "inbound_numbers": {"*": "durham"}}
    return make_app(memory.app, Deployment(**(given | settings)))


@pytest.fixture
def memory() -> Memory:
    return memory_app(load_schemes(), at=MONDAY, scheme="durham")


def kept(memory: Memory, scheme: str = "durham") -> list[Any]:
    with memory.app.store.begin() as unit:
        return unit.waiting_inbound(scheme, 100)


def answer(served: FastAPI, callback: Any = CALLBACK, headers: Any = GOOD) -> httpx.Response:
    content = callback if isinstance(callback, bytes) else json.dumps(callback)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(served), base_url="http://caseflow.example"
        ) as client:
            return await client.post("/notify/inbound-texts", content=content, headers=headers)

    return asyncio.run(ask())


def post(served: FastAPI, callback: Any = CALLBACK, headers: Any = GOOD) -> int:
    return answer(served, callback, headers).status_code


def test_a_text_is_kept_as_it_came_with_its_number_made_comparable(memory):
    assert post(door(memory)) == 204
    (one,) = kept(memory)
    assert (one.id, one.number, one.to) == (CALLBACK["id"], "+447700900123", "07700900950")
    assert (one.body, one.received_at, one.state) == (
        "Can’t come 😷", datetime(2022, 1, 10, 9, 15, 30, tzinfo=UTC), "new"
    )  # fmt: skip


def test_the_gateway_may_ask_again(memory):
    client = door(memory)
    assert [post(client) for _ in range(5)] == [204] * 5
    assert len(kept(memory)) == 1


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic new-token"}])
def test_nobody_comes_in_without_the_token(memory, headers):
    assert post(door(memory), headers=headers) == 401
    assert kept(memory) == []


def test_the_old_token_is_good_while_it_is_replaced_and_no_token_means_nobody(memory):
    assert post(door(memory), headers={"authorization": "Bearer old-token"}) == 204
    assert post(door(memory, inbound_tokens=())) == 401


@pytest.mark.parametrize(
    "callback",
    [b"", b"[]", b"not json", b'"\xff"', {}, CALLBACK | {"id": ""}, CALLBACK | {"id": "a b"}, CALLBACK | {"message": 7},
     CALLBACK | {"date_received": "yesterday"}, CALLBACK | {"date_received": "2022-01-10T09:15:30"}],
)  # fmt: skip
def test_what_is_no_text_is_refused_and_nothing_is_kept(memory, callback):
    assert post(door(memory), callback) == 422
    assert kept(memory) == []


def test_the_answer_to_a_refusal_holds_nothing_of_what_was_sent(memory):
    refused = answer(door(memory), CALLBACK | {"id": ""})
    assert "7700900123" not in refused.text
    assert "come" not in refused.text


def test_a_request_is_read_no_further_than_it_may_be_long(memory):
    assert post(door(memory), CALLBACK | {"message": "x" * LARGEST}) == 413
    assert kept(memory) == []


@pytest.mark.parametrize("message", ["", "\x00stop", "\ud83d half a picture", "x" * 12_000])
def test_whatever_it_says_it_is_kept(memory, message):
    assert post(door(memory), CALLBACK | {"message": message}) in {204, 422}
    texts = memory.store.tables.texts.values()
    assert all("\0" not in one.body and len(one.body) <= 10_000 for one in texts)


@pytest.mark.parametrize("number", ["60777", "DHL", "+1 202 555 0143", "unknown"])
def test_a_number_that_is_no_mobile_number_is_kept_too(memory, number):
    assert post(door(memory), CALLBACK | {"source_number": number}) == 204
    assert len(kept(memory)) == 1


def test_with_the_database_away_the_gateway_is_asked_to_come_again(memory, monkeypatch):
    def away() -> None:
        raise Unavailable

    client = door(memory)
    monkeypatch.setattr(memory.store, "begin", away)
    assert post(client) == 503


def test_a_text_goes_to_the_scheme_whose_number_it_came_to(memory):
    numbers = {"+44 7700 900950": "dyfed-powys", "*": "durham"}
    client = door(memory, inbound_numbers=numbers)
    assert post(client) == post(client, CALLBACK | {"id": "n-2", "destination_number": "07700900951"}) == 204
    assert [one.id for one in kept(memory, "dyfed-powys")] == [CALLBACK["id"]]
    assert [one.id for one in kept(memory, "durham")] == ["n-2"]


@pytest.mark.parametrize(("numbers", "words"), [({}, "which one a text is for"), ({"*": "kent"}, "names kent")])
def test_the_door_stays_shut_where_it_cannot_be_said_whose_texts_come_in(memory, numbers, words):
    with pytest.raises(SettingsError, match=words):
        door(memory, inbound_numbers=numbers)
