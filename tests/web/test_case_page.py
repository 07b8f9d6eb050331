"""The case page: what comes next by itself, in which words and why; what is held; who looks without being able to act."""

import re
from datetime import date, time, timedelta

import pytest
from visiting import heading, plain
from web_scheme import ELSE, MONDAY, OWN, SCHEMES, navigator, supervisor
from working import alleged

from caseflow.access.who import Part
from caseflow.domain.commands import AgreeContact, BookSession, Hold, NoteAddress
from caseflow.domain.words import Actor, AddressStatus, Channel, Role
from caseflow.telling.standing import standing
from caseflow.web.ringing import ring


def of_case(scheme, ref=OWN):
    return scheme.app.readings.dossiers("durham", ids=[ref])[0].stream.expectations.values()


def stands(scheme, ref=OWN):
    dossier = scheme.app.readings.dossiers("durham", ids=[ref])[0]
    policy = SCHEMES["durham", "1"]
    return standing(scheme.app, dossier, dossier.stream, policy, scheme.memory.store.now())


def test_the_card_tells_the_next_thing_the_system_does(scheme):
    page = scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN.lower()}")
    words = plain(page)
    assert heading(page) == "Sam Carter"
    card = words.partition("What happens next by itself")[2]
    assert card.index("Monday 10 January 2022, 12 noon") < card.index("For the navigator: Ring: say hello")
    assert "it has not come yet" in card
    assert "policy 1)" in card


def test_the_words_that_will_be_said_are_the_words_that_are_said(scheme):
    """Whatever the card shows of a message is what the channel gets."""
    scheme.ask(OWN, BookSession("s1", MONDAY + timedelta(days=3), "first_meeting"))
    scheme.sweep()
    shown = []
    for _ in range(40):
        next_ = stands(scheme).next
        if next_ is None:
            break
        shown += [one.body for one in next_.says if one.body and one.to == "participant"]
        scheme.go_to(next_.at)
    sent = [one.body.strip() for sender in scheme.memory.senders.values() for one in sender.sent]
    assert shown
    assert set(shown) <= set(sent)


def test_what_cannot_be_said_says_why(scheme):
    """A message to somebody of whom the register has no address any more."""
    scheme.ask(OWN, BookSession("s1", MONDAY + timedelta(days=3), "first_meeting"))
    scheme.sweep()
    while not stands(scheme).next.says:
        scheme.go_to(stands(scheme).next.at)
    with scheme.app.store.begin() as unit:
        unit.erase_people("durham", ["sam"])
    assert stands(scheme).next.says[0].problem == "no channel leads to them"
    assert "No channel leads to them" in plain(scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}"))


def test_nobody_waits_for_what_has_only_told_somebody_something(scheme):
    """The officers heard at once that the person was accepted: there is nothing of it to be met or to come."""
    words = plain(scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}"))
    waited = words.partition("What is waited for")[2].partition("People")[0]
    assert "First meeting" in waited
    assert "Accepted news" not in waited
    assert any(one.ladder == "accepted_news" and one.status == "open" for one in of_case(scheme))


def test_a_hold_is_seen_before_anything_else(scheme):
    scheme.ask(OWN, Hold(date(2022, 1, 14), "illness"))
    scheme.sweep()
    words = plain(scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}"))
    assert words.index("On hold") < words.index("What happens next by itself")
    assert "Nothing happens by itself until Friday 14 January 2022." in words
    assert "Illness" in words


def test_the_story_is_there_newest_first_and_whole_when_asked(scheme):
    scheme.go_to(MONDAY + timedelta(days=30))
    browser = scheme.signed_in(Part.NAVIGATOR)
    short, whole = (plain(browser.get(f"/cases/{OWN}{more}")) for more in ("", "?story=all"))
    assert "older lines" in short
    assert "Expected from now" not in short
    assert "Expected from now" in whole
    assert "Referred for deferred prosecution" in whole
    assert whole.index("Accepted; the navigator is Amara Okoye") < whole.index("Referred for deferred prosecution")


def test_an_auditor_looks_and_gets_no_form(scheme):
    scheme.go_to(MONDAY + timedelta(hours=3))
    browser = scheme.signed_in(Part.AUDITOR)
    page = browser.get(f"/cases?ref={ELSE}")
    assert heading(page) == "Robin Marsh"
    assert "/tasks/done" not in page.text
    assert "/tasks/done" in scheme.signed_in(Part.SUPERVISOR).get(f"/cases/{ELSE}").text


def test_what_a_person_wrote_or_is_called_stays_words(scheme):
    scheme.refer("DUR-22-000009", "Zoë<script>alert(1)</script>", "O'Neil & {{ 7*7 }}" + "y" * 60, navigator())
    page = scheme.signed_in(Part.NAVIGATOR).get("/cases/DUR-22-000009")
    assert "<script>alert(1)" not in page.text
    assert heading(page).startswith("Zoë<script>alert(1)</script> O'Neil & {{ 7*7 }}")


# ── the reading log ─────────────────────────────────────────────────────────────────────────────
def test_every_page_that_shows_somebody_writes_whom(scheme):
    scheme.go_to(MONDAY + timedelta(hours=3))
    browser = scheme.signed_in(Part.NAVIGATOR)
    for path in ("/today", "/tomorrow", f"/cases/{OWN}"):
        browser.get(path)
    found = [(one.what, one.ref, one.person, one.part) for one in scheme.log()]
    assert found == [(what, OWN, "sam", "navigator") for what in ("case", "tomorrow", "today")]
    assert scheme.log("dyfed-powys") == []


def test_what_nobody_got_to_see_is_not_in_the_log(scheme):
    browser = scheme.signed_in(Part.NAVIGATOR)
    assert browser.get(f"/cases/{ELSE}").status_code == 404
    assert scheme.log() == []


def test_an_auditor_sees_who_looked_and_that_is_noted_too(scheme):
    scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}")
    scheme.signed_in(Part.SUPERVISOR).get(f"/cases/{ELSE}")
    browser = scheme.signed_in(Part.AUDITOR)
    words = plain(browser.get("/log"))
    assert "Alex Navigator (navigator) Opened the case: Sam Carter DUR-22-000001" in words
    only = plain(browser.get(f"/log?ref={ELSE}"))
    assert "Robin Marsh" in only
    assert "Sam Carter" not in only
    assert "Nobody has opened anything yet" in plain(browser.get("/log?ref=DUR-22-999999"))
    assert [one.what for one in scheme.log()][:3] == ["log", "log", "log"]


def test_the_log_goes_back_a_page_at_a_time(scheme):
    browser = scheme.signed_in(Part.NAVIGATOR)
    for _ in range(55):
        browser.ask("GET", f"/cases/{OWN}")
    auditor = scheme.signed_in(Part.AUDITOR)
    first = auditor.get("/log")
    assert first.text.count("Opened the case") == 50
    assert "Older" in first.text
    older = re.search(r'href="(/log\?before=\d+)', first.text)[1]
    assert auditor.get(older).text.count("Opened the case") == 5


# ── how to reach them, where one looks ──────────────────────────────────────────────────────────
def test_their_number_is_rung_from_the_top_of_the_page_beside_what_was_agreed(scheme):
    scheme.ask(OWN, AgreeContact(no_voicemail=True, not_before=time(10)))
    page = scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}")
    top = page.text.partition('class="cf-bar"')[2].partition("</div>")[0]
    assert 'href="tel:+447700900123">07700 900123</a>' in top
    assert "no voicemail · not before 10:00" in top
    assert "By text: 07700 900123" in plain(page)


@pytest.mark.parametrize("status", [AddressStatus.SEIZED, AddressStatus.BLOCKED])
def test_a_phone_that_is_not_theirs_now_is_not_rung(scheme, status):
    scheme.ask(OWN, NoteAddress(Channel.TEXT, "sam-text", status), Actor(supervisor(), Role.SUPERVISOR))
    page = scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}")
    assert "tel:" not in page.text
    assert "By text: 07700 900123" in plain(page)


def test_who_only_reads_sees_no_number(scheme):
    assert "07700" not in scheme.signed_in(Part.AUDITOR).get(f"/cases/{OWN}").text


@pytest.mark.parametrize(
    ("number", "to", "shown"),
    [
        ("+447700900123", "+447700900123", "07700 900123"),
        ("01632 960123", "+441632960123", "01632 960123"),
        ('"><b>1</b>', "1", "&#34;&gt;&lt;b&gt;1&lt;/b&gt;"),
    ],
)
def test_a_number_is_a_link_and_nothing_else_of_it_is_markup(number, to, shown):
    assert ring(number) == f'<a class="govuk-link cf-ring" href="tel:{to}">{shown}</a>'


def test_the_parts_people_play_are_said_in_the_pages_language(scheme):
    desk = scheme.signed_in(Part.NAVIGATOR)
    scheme.go_to(MONDAY + timedelta(hours=3))
    assert "The navigator : Ring: say hello" in plain(desk.get(f"/cases/{OWN}"))
    desk.get("/language/cy?back=/")
    words = plain(desk.get(f"/cases/{OWN}"))
    assert "Y llywiwr : Ring: say hello" in words
    assert "Y swyddog arestio Fran Hall" in words


def test_an_alleged_breach_stands_before_what_comes_by_itself(scheme):
    alleged(scheme)
    words = plain(scheme.signed_in(Part.NAVIGATOR).get(f"/cases/{OWN}"))
    assert words.index("A second strike, alleged on") < words.index("What happens next by itself")
    assert "Oic:" not in words


def test_what_came_of_a_call_is_said_by_whoever_made_it(scheme):
    """That they spoke is proof, later, that somebody was reached: it is never ticked beforehand."""
    desk = scheme.signed_in(Part.NAVIGATOR)
    page = desk.get(f"/cases/{OWN}").text
    (link,) = re.findall(r'href="([^"]+)">I will do it myself', page)
    form = desk.get(link.replace("&amp;", "&")).text
    assert 'id="result-spoke"' in form or 'value="spoke"' in form
    assert not re.search(r'value="spoke"[^>]* checked', form)
