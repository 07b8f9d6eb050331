"""What is secret about a message is drawn as it leaves: one for each attempt, and each of them good."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from caseflow import bootstrap
from caseflow.domain import provider_return
from caseflow.domain.commands import Asked, AskForAccess, ListParticipant
from caseflow.domain.words import Actor, Channel, Role
from caseflow.engine.app import App
from caseflow.engine.handle import handle
from caseflow.engine.links import (
    CODE_MARK,
    CODES_KEPT,
    LASTS,
    LINK_MARK,
    LINKS_KEPT,
    CodeAsk,
    Link,
    digest,
    no_chance,
    sealed,
)
from caseflow.engine.ports import Sent
from caseflow.engine.sweep import sweep
from caseflow.engine.tidying import tidy
from caseflow.messages.senders.memory import MemorySender
from caseflow.messages.wording import Pages, Wording
from caseflow.settings.paths import config_dir

PROVIDER = bootstrap.rosters(config_dir())["durham"].providers[0].id
STREAM = provider_return.stream_id("durham", PROVIDER, "2022-01")


def with_pages(desk, sender: MemorySender) -> App:
    """Mail by this sender, with links, and somebody on a return."""
    words = Wording(bootstrap.services(config_dir()), pages=Pages("https://pages.example.org"))
    app = replace(desk.app, words=words, senders={**desk.app.senders, Channel.EMAIL: sender})
    listed = ListParticipant(PROVIDER, "2022-01", "case-1", "DUR-22-000001", "help", "1")
    handle(app, [Asked("list", STREAM, listed, Actor("system", Role.SYSTEM))])
    sweep(app)
    return app


def asks(app: App, what: str) -> None:
    handle(app, [Asked(f"ask {what}", STREAM, AskForAccess(what, "ask-1"), Actor(PROVIDER, Role.PROVIDER))])


def test_a_message_that_is_tried_again_brings_another_link_and_both_are_good(desk):
    answers = iter([Sent("failed", "busy"), Sent("accepted")])
    sender = MemorySender(lambda message: next(answers))
    app = with_pages(desk, sender)
    asks(app, "link")
    sweep(app)
    desk.pass_time(3600)
    sweep(app)
    tokens = [re.search(r"/r/([\w-]{22})", one.body)[1] for one in sender.sent]
    assert len(set(tokens)) == 2
    assert LINK_MARK not in tokens
    with app.store.begin() as unit:
        found = [unit.link(digest(one)) for one in tokens]
    assert [(one.stream, one.person, one.purpose, one.live) for one in found] == [
        (STREAM, PROVIDER, "return", True)
    ] * 2


def test_a_code_is_sealed_as_it_leaves_and_of_two_attempts_both_are_good(desk):
    answers = iter([Sent("failed", "busy"), Sent("accepted")])
    sender = MemorySender(lambda message: next(answers))
    app = with_pages(desk, sender)
    with app.store.begin() as unit:
        link = Link("link-1", "durham", "return", STREAM, PROVIDER)
        unit.add_links([(link, "digest")], timedelta(days=1))
        unit.ask_code(CodeAsk("ask-1", "durham", "link-1"), "browser", 5, timedelta(hours=1))
    asks(app, "code")
    sweep(app)
    desk.pass_time(60)
    sweep(app)
    codes = [re.search(r"Your code is (\w{6})", one.body)[1] for one in sender.sent]
    assert len(codes) == 2
    assert CODE_MARK not in codes
    with app.store.begin() as unit:
        kept = unit.try_code("durham", "ask-1", 5, timedelta(hours=1))
    assert kept.split() == [sealed(one, "ask-1") for one in codes]


def test_where_nobody_draws_nothing_secret_leaves(desk):
    app = replace(with_pages(desk, MemorySender()), draw=no_chance)
    asks(app, "link")
    with pytest.raises(LookupError, match="nobody to draw"):
        sweep(app)


def test_a_code_sealed_for_one_ask_says_nothing_of_another():
    assert sealed("123456", "ask-1") != sealed("123456", "ask-2")
    assert "123456" not in sealed("123456", "ask-1")


def test_what_is_long_over_is_thrown_away_and_what_still_serves_is_not(desk):
    app = with_pages(desk, MemorySender())
    asks(app, "link")
    sweep(app)
    with app.store.begin() as unit:
        unit.ask_code(
            CodeAsk("ask-9", "durham", next(iter(desk.memory.store.tables.links.values())).link.id),
            "browser",
            5,
            CODES_KEPT,
        )
    assert tidy(app) == 0
    desk.pass_time((LASTS["return"] + LINKS_KEPT).total_seconds())
    assert tidy(app) == 1, "the code"
    desk.pass_time(60)
    assert tidy(app) == 1, "the link"
    assert not desk.memory.store.tables.links
