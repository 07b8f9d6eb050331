"""Notify's callbacks: kept once, answered fast, refused in plain words; the stand-in posts them to a real server."""

from datetime import UTC, datetime

import pytest
import requests
from standins.doors import serving
from standins.notify import StandIn, Taken

from caseflow.api.doors import make_app
from caseflow.bootstrap import app_for, prepare
from caseflow.settings.deployment import Deployment

UNKNOWN, LETTER, OVER_HTTP = "0" * 32, "1" * 32, "2" * 32
"""References that look like ours and are not known."""
GOOD = {
    "id": "740e5834-3a29-46b4-9a6f-16142fde533a", "reference": UNKNOWN, "to": "07700900123", "status": "delivered",
    "created_at": "2022-01-17T10:00:00.000000Z", "completed_at": "2022-01-17T10:00:05.000000Z",
    "sent_at": "2022-01-17T10:00:01.000000Z", "notification_type": "sms", "template_id": "t", "template_version": 1,
}  # fmt: skip
NEW = {"authorization": "Bearer new"}


@pytest.fixture(scope="module")
def app(database_url):
    settings = Deployment(
        environment="test", database_url=database_url, doors=("receipts",), notify_token="new", notify_token_old="old"
    )
    prepare(settings).close()
    app = app_for(settings, scheme="durham")
    yield make_app(app, settings), app
    app.store.close()


@pytest.fixture(scope="module")
def url(app):
    with serving(app[0]) as address:
        yield address


@pytest.fixture
def post(url):
    with requests.Session() as session:
        yield lambda path, **more: session.post(f"{url}{path}", timeout=20, **more)


def waiting(app):
    return [one.arrived for one in app[1].readings.receipts_waiting() if one.arrived.ref == UNKNOWN]


def test_a_receipt_is_kept_once_whatever_it_speaks_of(post, app):
    for _ in range(3):
        assert post("/notify/receipts", json=GOOD, headers=NEW).status_code == 204
    (kept,) = waiting(app)
    assert (kept.provider_ref, kept.receipt.value, kept.detail) == (GOOD["id"], "delivered", "delivered")


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "new"}])
def test_without_the_token_nobody_comes_in(post, headers):
    assert post("/notify/receipts", json=GOOD, headers=headers).status_code == 401


def test_the_old_token_is_good_while_it_is_being_replaced(post):
    assert post("/notify/receipts", json=GOOD, headers={"authorization": "Bearer old"}).status_code == 204


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({**GOOD, "status": ""}, "status"),
        ({key: value for key, value in GOOD.items() if key != "id"}, "id"),
        ({**GOOD, "completed_at": "yesterday"}, "completed_at"),
        ([], "body"),
    ],
)
def test_what_is_malformed_is_refused_with_what_is_wrong_and_nothing_of_it_repeated(post, body, words):
    answer = post("/notify/receipts", json=body, headers=NEW)
    assert answer.status_code == 400
    assert words in answer.text
    assert "900123" not in answer.text


def test_what_is_too_large_is_refused_before_it_is_read(post):
    answer = post("/notify/receipts", data=b"x" * 70_000, headers=NEW)
    assert answer.status_code == 413


def test_words_of_notify_that_tell_nothing_new_are_taken_and_forgotten(post, app):
    before = len(app[1].readings.receipts_waiting())
    assert post("/notify/receipts", json={**GOOD, "id": "x", "status": "sent"}, headers=NEW).status_code == 204
    assert len(app[1].readings.receipts_waiting()) == before


def test_a_letter_that_came_back_is_a_failure_for_good(post, app):
    body = {"notification_id": "n1", "reference": LETTER, "date_sent": "2022-01-17T10:00:00.000000Z"}
    assert post("/notify/returned-letters", json=body, headers=NEW).status_code == 204
    (kept,) = (one.arrived for one in app[1].readings.receipts_waiting() if one.arrived.ref == LETTER)
    assert (kept.receipt.value, kept.detail) == ("permanent_failure", "returned")


def test_the_stand_in_posts_to_a_real_server(app, url):
    with StandIn(callback=f"{url}/notify/receipts", token="new") as notify:
        taken = Taken("n-7", "sms", OVER_HTTP, "07700900123", {}, "t", datetime(2022, 1, 17, tzinfo=UTC))
        assert [notify.receipt(taken, "delivered"), notify.receipt(taken, "delivered")] == [204, 204]
        notify.token = "wrong"
        assert notify.receipt(taken, "delivered") == 401
    assert [one.arrived.ref for one in app[1].readings.receipts_waiting()].count(OVER_HTTP) == 1


def test_a_reference_that_cannot_be_ours_is_not_kept(post, app):
    """Another system of the same account may put somebody's name there."""
    before = len(app[1].readings.receipts_waiting())
    body = {**GOOD, "id": "of-others", "reference": "Wilhelmina Canary"}
    assert post("/notify/receipts", json=body, headers=NEW).status_code == 204
    after = app[1].readings.receipts_waiting()
    assert len(after) == before + 1
    assert {one.arrived.ref for one in after if one.arrived.provider_ref == "of-others"} == {""}
