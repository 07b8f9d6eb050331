"""The conversation with its ticks in words, and the story by what it is about."""

import re
from datetime import timedelta

import pytest
from visiting import heading, plain
from web_scheme import MONDAY, OWN
from working import alleged, engaged

from caseflow.access.who import Part
from caseflow.domain import events as ev
from caseflow.domain.commands import (
    AgreeContact,
    BookSession,
    Complete,
    Known,
    MoveSession,
    NoteAnswer,
    NoteDelivery,
    NoteItemDone,
)
from caseflow.domain.words import Actor, AddressStatus, Channel, Receipt, Role
from caseflow.engine.ports import PersonIn
from caseflow.engine.readings import NoticeLine
from caseflow.telling.conversation import conversation
from caseflow.telling.timeline import BOOKKEEPING, KINDS

CHANNEL = Actor("channel", Role.SYSTEM)


def written(scheme) -> NoticeLine:
    """A case that something was written to, and the newest text."""
    alleged(scheme)
    dossier = scheme.app.readings.dossiers("durham", ids=[OWN])[0]
    texts = [
        one
        for one in dossier.notices
        if one.to == "participant" and one.attempts[-1:] and one.attempts[-1].channel == "text"
    ]
    return texts[-1]


def test_what_was_written_is_there_in_the_words_that_went(scheme):
    written(scheme)
    page = scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}/conversation")
    assert heading(page) == "Conversation"
    words = " ".join(plain(page).split())
    sent = [" ".join(one.body.split()) for one in scheme.memory.senders[Channel.TEXT].sent if "Sam" in one.body]
    assert sent
    for body in sent:
        assert body in words
    assert "Sent; no word yet whether it arrived" in words


@pytest.mark.parametrize(
    ("receipt", "tick"),
    [
        (Receipt.DELIVERED, "Delivered"),
        (Receipt.PERMANENT, "Not delivered"),
        (Receipt.TEMPORARY, "Not delivered for now; it is tried again"),
    ],
)
def test_each_tick_is_said_in_words(scheme, receipt, tick):
    text = written(scheme)
    told = NoteDelivery(text.key, text.purpose, Channel.TEXT, receipt, "sam-text")
    scheme.ask(OWN, told, CHANNEL)
    words = plain(scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}/conversation"))
    assert f" {tick} " in words


def test_answers_and_calls_stand_between(scheme):
    engaged(scheme)
    with scheme.app.store.begin() as unit:
        unit.add_texts("durham", [("t1", "sam", "see you then <b>x</b>")])
    scheme.ask(OWN, NoteAnswer("ok", text="t1", needs_reading=True))
    page = scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}/conversation")
    words = plain(page)
    assert "They answered" in words
    assert "see you then <b>x</b>" in words
    assert "<b>x</b>" not in page.text
    assert "Waiting to be read" in words
    assert "We spoke (Amara Okoye)" in words


def test_a_letter_is_read_as_its_words_not_as_the_page_it_is_made_of(scheme):
    engaged(scheme)
    home = {Channel.LETTER: ("sam-home", "1 Mill Lane, Durham", "confirmed")}
    with scheme.app.store.begin() as unit:
        unit.upsert_people("durham", [PersonIn("sam", "participant", "Sam", "Carter", addresses=home)])
    scheme.ask(OWN, AgreeContact(addresses={Channel.LETTER: Known("sam-home", AddressStatus.CONFIRMED)}))
    scheme.ask(OWN, NoteItemDone("i1"))
    scheme.ask(OWN, Complete())
    scheme.sweep()
    desk = scheme.signed_in(Part.NAVIGATOR)
    assert "Please keep this letter." in plain(desk.get(f"/cases/{OWN}")), "what it will say"
    assert "&lt;p" not in desk.page.text
    scheme.go_to(MONDAY + timedelta(days=3))
    page = desk.get(f"/cases/{OWN}/conversation")
    assert "by letter" in plain(page)
    assert "Well done\n\nNorthgate Support" in page.text
    assert "Please keep this letter." in plain(page)
    assert "&lt;" not in page.text


def test_the_newest_is_first_and_nothing_said_is_said(scheme):
    alleged(scheme)
    dossier = scheme.app.readings.dossiers("durham", ids=[OWN])[0]
    turns = conversation(scheme.app, dossier, dossier.stream)
    assert [one.at for one in turns] == sorted((one.at for one in turns), reverse=True)
    assert {one.side for one in turns} == {"ours", "call"}
    scheme.refer("DUR-22-000007", "Kim", "Lowe", "nobody", accepted=False)
    assert "Nothing was written or said yet." in plain(
        scheme.signed_in(Part.SUPERVISOR).get("/cases/DUR-22-000007/conversation")
    )


# ── the story ───────────────────────────────────────────────────────────────────────────────────
def test_every_kind_of_fact_of_a_case_is_about_exactly_one_thing():
    of_cases = {one.__name__ for one in ev.CaseEvent.__args__}
    listed = [kind for kinds in KINDS.values() for kind in kinds]
    assert sorted(listed) == sorted(set(listed))
    assert set(listed) == of_cases
    assert KINDS["clock"] > BOOKKEEPING


def test_the_story_can_be_read_by_what_it_is_about(scheme):
    alleged(scheme)
    browser = scheme.signed_in(Part.AUDITOR)
    decisions = plain(browser.get(f"/cases/{OWN}/story?about=decisions"))
    assert "A breach is alleged" in decisions
    assert "Session booked" not in decisions
    sessions = plain(browser.get(f"/cases/{OWN}/story?about=sessions"))
    assert "Session booked for Wed 12 Jan 2022 10:00 at 12 High Street" in sessions
    assert "Did not come to the session of Wed 12 Jan, no word yet" in sessions
    everything = plain(browser.get(f"/cases/{OWN}/story?about=nonsense"))
    assert "A breach is alleged" in everything
    assert [one.what for one in scheme.log()] == ["story"] * 3


def test_a_page_calls_sessions_by_their_day_and_items_by_what_they_are(scheme):
    alleged(scheme)
    scheme.ask(OWN, BookSession("s3", MONDAY + timedelta(days=23), item="i1"))
    scheme.ask(OWN, MoveSession("s3", MONDAY + timedelta(days=24)))
    scheme.ask(OWN, NoteItemDone("i2"))
    scheme.sweep()
    browser = scheme.signed_in(Part.NAVIGATOR)
    for path in ("", "?story=all", "/story", "/do/hold", "/do/complete", "/do/bring_forward"):
        words = plain(browser.get(f"/cases/{OWN}{path}"))
        assert not re.search(r"\b[si]\d\b", words), path
    everything = plain(browser.get(f"/cases/{OWN}?story=all"))
    assert "Session of Wed 2 Feb moved to Thu 03 Feb 2022 10:00" in everything
    assert "Money advice is done" in everything
    assert "Attendance record of Thu 3 Feb" in everything
    assert "No longer waited for: keeping in touch" in everything
    assert "No answer has come" not in everything
    assert "(it is only for when the participant asked for a short reminder on the day)" in everything
    complete = plain(browser.get(f"/cases/{OWN}/do/complete"))
    assert "Still to do: thinking skills. Note them done" in complete


def test_a_long_story_goes_on_page_after_page(scheme):
    alleged(scheme)
    browser = scheme.signed_in(Part.NAVIGATOR)
    page = browser.get(f"/cases/{OWN}/story")
    assert "line 1 " not in plain(page).partition("Older")[0][-200:]
    seen = plain(page).count("line ")
    while "Older" in plain(page):
        before = page.text.rpartition("before=")[2].partition('"')[0]
        page = browser.get(f"/cases/{OWN}/story?before={before}")
        seen += plain(page).count("line ")
    assert "Referred for deferred prosecution" in plain(page)
    assert "Newest" in plain(page)
