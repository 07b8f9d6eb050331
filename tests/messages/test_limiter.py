"""Notify's limits, counted together; and what happens when Redis is gone."""

import logging
from datetime import UTC, datetime

import pytest
import redis

from caseflow.embedded import Servers
from caseflow.engine.ports import Outgoing
from caseflow.messages.senders.limiter import Limiter

SECRET = "a-key-of-a-service"


def text(number="07700900123", body="Hello.", channel="text"):
    return Outgoing("k", channel, number, None, body, "en", datetime(2022, 1, 17, 10, tzinfo=UTC))


def went(limiter, *batch):
    return [over is None for over in limiter.over(batch)]


@pytest.mark.parametrize("shared", [True, False])
def test_twenty_equal_texts_an_hour_go_to_one_number(broker_url, shared):
    limiter = Limiter(broker_url if shared else None, f"{SECRET}-{shared}")
    assert went(limiter, *[text()] * 25) == [True] * 20 + [False] * 5
    assert went(limiter, text(body="Something else."), text("07700900124")) == [True, True]
    (over,) = limiter.over([text()])
    assert "20 equal texts" in over.limit
    assert 1 <= over.seconds <= 3600


def test_a_hundred_texts_an_hour_go_to_one_number(broker_url):
    limiter = Limiter(broker_url, "hundred")
    assert sum(went(limiter, *[text(body=f"Text {number}.") for number in range(120)])) == 100


def test_letters_and_mail_know_only_the_limit_of_the_service(broker_url):
    limiter = Limiter(broker_url, "service", a_minute=50)
    mails = [text("sam@example.org", channel="email")] * 60
    assert sum(went(limiter, *mails)) == 50


def test_processes_count_together(broker_url):
    one, other = Limiter(broker_url, "together"), Limiter(broker_url, "together")
    assert sum(went(one, *[text()] * 15) + went(other, *[text()] * 15)) == 20


def test_two_services_do_not_count_together(broker_url):
    one, other = Limiter(broker_url, "first"), Limiter(broker_url, "second")
    assert sum(went(one, *[text()] * 20) + went(other, *[text()] * 20)) == 40


def test_no_number_and_no_word_stands_in_redis(broker_url):
    Limiter(broker_url, "canary").over([text("07700900999", "Unmistakable words")])
    with redis.Redis.from_url(broker_url) as client:
        found = " ".join(key.decode() for key in client.scan_iter("*"))
        assert found
    assert "900999" not in found
    assert "Unmistakable" not in found


def test_without_redis_each_keeps_to_its_share_says_so_once_and_comes_back(data_dir, caplog):
    with Servers(data_dir, "test", fast=True) as running:
        limiter = Limiter(running.broker_url, "lost", sharers=4, a_minute=40)
        assert went(limiter, *[text(channel="email")] * 5) == [True] * 5
    with caplog.at_level(logging.WARNING):
        assert sum(went(limiter, *[text(channel="email")] * 20)) == 10, "a quarter of the limit"
    assert [record.getMessage().split(" (")[0] for record in caplog.records] == ["limits: Redis is away"]
    caplog.clear()
    with Servers(data_dir, "test", fast=True) as again, caplog.at_level(logging.WARNING):
        limiter._url = again.broker_url
        limiter._shared = None
        limiter._away_until = 0.0
        assert went(limiter, *[text(channel="email")] * 5) == [True] * 5
    assert ["back" in record.getMessage() for record in caplog.records] == [True]


def test_an_emptied_redis_only_forgets(broker_url):
    limiter = Limiter(broker_url, "emptied")
    went(limiter, *[text()] * 20)
    with redis.Redis.from_url(broker_url) as client:
        client.flushdb()
    assert went(limiter, text()) == [True]
