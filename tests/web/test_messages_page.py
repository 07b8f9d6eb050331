"""Every message as it reads, and a test of one: to oneself, marked, of nobody, not too often, and in the log."""

import logging
from dataclasses import replace

import pytest
from visiting import Browser, heading, plain
from web_scheme import Scheme

from caseflow.access.who import Part
from caseflow.domain.words import Channel
from caseflow.engine.ports import Sent
from caseflow.messages.catalogue import CATALOGUE
from caseflow.messages.render import preview
from caseflow.messages.specimen import MARK, TEST
from caseflow.settings.deployment import Deployment
from caseflow.web.serving import make_pages


def squeezed(text: str) -> str:
    return " ".join(text.split())


def sent(scheme: Scheme):
    """What went by e-mail since the scheme began, to whoever signs in."""
    return [one for one in scheme.memory.senders[Channel.EMAIL].sent if one.key.startswith("test-")]


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_message_is_shown_by_each_channel_in_each_language(scheme: Scheme, name: str):
    page = scheme.signed_in(Part.MANAGER).get(f"/messages/{name}")
    words = squeezed(plain(page))
    for channel in CATALOGUE[name].channels:
        for language in ("en", "cy"):
            assert f'id="{channel}-{language}"' in page.text
            if channel != "letter":
                assert squeezed(preview(name, channel, language).body) in words
    assert "<style" not in page.text
    assert scheme.log() == []


def test_the_list_has_every_message(scheme: Scheme):
    page = scheme.signed_in(Part.NAVIGATOR).get("/messages")
    assert all(f'href="/messages/{name}"' in page.text for name in CATALOGUE)
    assert scheme.signed_in(Part.NAVIGATOR).get("/messages/nothing").status_code == 404


def test_whoever_may_only_read_has_no_form(scheme: Scheme):
    for part in (Part.NAVIGATOR, Part.AUDITOR):
        assert "Send yourself a test" not in plain(scheme.signed_in(part).get("/messages/completed"))


@pytest.mark.parametrize(("which", "language"), [("text-en", "en"), ("text-cy", "cy"), ("letter-en", "en")])
def test_a_test_goes_to_oneself_by_email_and_says_that_it_is_one(scheme: Scheme, which: str, language: str):
    account = scheme.account(Part.MANAGER)
    browser = scheme.browser(account)
    browser.get("/messages/your_move")
    page = browser.send(
        "/messages/your_move/test", which=which, login="somebody@example.org", to="somebody@example.org"
    )
    assert f"The test is on its way to {account.login}." in plain(page)
    (one,) = sent(scheme)
    assert (one.to, one.channel, one.reply_key) == (account.login, "email", "")
    assert one.subject.startswith(f"{TEST[language]}: ")
    assert one.body.startswith(MARK[language])
    assert "DUR-22-00000" not in one.body
    assert squeezed(preview("your_move", "text", language).body) in squeezed(one.body) or which.startswith("letter")


def test_a_test_leaves_no_notice_and_a_line_in_both_logs(scheme: Scheme, caplog: pytest.LogCaptureFixture):
    before = dict(scheme.memory.store.tables.notices), dict(scheme.memory.store.tables.events)
    browser = scheme.signed_in(Part.SUPERVISOR)
    browser.get("/messages/completed")
    with caplog.at_level(logging.INFO, "caseflow.web.pages.messages"):
        browser.send("/messages/completed/test", which="text-en")
    assert (scheme.memory.store.tables.notices, scheme.memory.store.tables.events) == before
    assert "completed by text in en: accepted" in caplog.text
    assert "@" not in caplog.text.replace("supervisor", "").split("account ")[1].split(",")[1]
    (line,) = scheme.log()
    assert (line.what, line.person, line.stream, line.part) == ("test_message", "", "", "supervisor")
    assert "Sent themselves a test message" in plain(scheme.signed_in(Part.AUDITOR).get("/log"))


def test_what_is_no_message_by_that_channel_is_not_sent(scheme: Scheme):
    browser = scheme.signed_in(Part.MANAGER)
    for which in ("", "text", "letter-en", "text-fr", "x-en"):
        browser.get("/messages/officer_accepted")
        page = browser.send("/messages/officer_accepted/test", which=which)
        assert page.status_code == 422
        assert "Choose which one to send." in plain(page)
        assert 'href="#which"' in page.text
    assert sent(scheme) == []


def test_ten_tests_an_hour_are_enough(scheme: Scheme):
    browser = scheme.signed_in(Part.MANAGER)
    browser.get("/messages/completed")
    pages = [browser.send("/messages/completed/test", which="text-en") for _ in range(11)]
    assert [page.status_code for page in pages] == [200] * 10 + [429]
    assert "Wait an hour" in plain(pages[-1])
    assert len(sent(scheme)) == 10


def with_mail(scheme: Scheme, sender) -> Browser:
    """The manager's browser on pages whose e-mail goes by this sender."""
    app = replace(scheme.app, senders={**scheme.app.senders, Channel.EMAIL: sender})
    return Browser(make_pages(app, Deployment()), scheme.signed_in(Part.MANAGER).cookies)


class Refuses:
    def send(self, batch):
        return [Sent("failed", f"550 no such box {one.to}") for one in batch]


class Breaks:
    def send(self, batch):
        raise ConnectionError("the line is down")


@pytest.mark.parametrize(("sender", "words"), [(Refuses(), "could not be sent"), (Breaks(), "Nobody knows whether")])
def test_a_mail_service_that_fails_is_said(scheme: Scheme, sender, words: str, caplog: pytest.LogCaptureFixture):
    browser = with_mail(scheme, sender)
    browser.get("/messages/completed")
    with caplog.at_level(logging.INFO, "caseflow.web.pages.messages"):
        page = browser.send("/messages/completed/test", which="text-en")
    assert words in plain(page)
    assert heading(page) == "Completed"
    assert "no such box" not in caplog.text or "@" not in caplog.text.split("no such box")[1].split("\n")[0]


def test_nothing_leaves_a_paused_place(scheme: Scheme):
    with scheme.app.store.begin() as unit:
        unit.pause("a restored copy")
    browser = scheme.signed_in(Part.MANAGER)
    browser.get("/messages/completed")
    assert "could not be sent" in plain(browser.send("/messages/completed/test", which="text-en"))
    assert sent(scheme) == []


def test_many_sheets_of_figures_are_too_many(scheme: Scheme):
    browser = scheme.signed_in(Part.MANAGER)
    found = [browser.ask("GET", "/scheme/figures.csv").status_code for _ in range(61)]
    assert found == [200] * 60 + [429]
