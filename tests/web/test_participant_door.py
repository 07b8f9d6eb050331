"""A participant's own page: time and place by the link, the rest behind the PIN they were told in person."""

import re
from dataclasses import replace

import pytest
from door_scheme import (
    PROVIDER,
    day,
    link_in,
    own_link,
    placed,
    provider_link,
    with_pages,
    with_pin,
    with_returns,
)
from visiting import Browser, heading, plain
from web_scheme import ELSE, OWN, Scheme, busy

from caseflow.access.accounts import form_token
from caseflow.access.who import Part
from caseflow.domain.commands import (
    Complete,
    Hold,
    MoveSession,
    NoteItemDone,
    OpenBreach,
    RecordAttendance,
    RecordSide,
    Release,
)
from caseflow.domain.events import AnswerReceived, SessionMoved, SurveyNoted
from caseflow.domain.replies import cannot_come
from caseflow.domain.words import Attendance, Channel, Origin
from caseflow.engine.links import LINK_MARK

TELLING = re.compile(
    r"police|offen|diversion|court|crime|drug|alcohol|probation|prosecut|caution|heddlu|trosedd", re.IGNORECASE
)
FIRST, SECOND = f"{OWN}-s1", f"{OWN}-s2"


@pytest.fixture
def scheme(scheme: Scheme) -> Scheme:
    placed(scheme, OWN, PROVIDER, "alcohol_advice", "talking_help")
    return scheme


@pytest.fixture
def mine(scheme: Scheme) -> Browser:
    return with_pin(scheme, scheme.browser())


def facts(scheme: Scheme, kind: type) -> list:
    found = scheme.app.readings.find("durham", OWN)
    (dossier,) = scheme.app.readings.dossiers("durham", ids=[found])
    return [one for one in dossier.events if isinstance(one.event, kind)]


def tasks(scheme: Scheme) -> dict[str, str]:
    scheme.sweep()
    found = scheme.app.readings.tasks("durham", limit=200)
    return {one.key.partition(":")[0]: f"{one.kind}: {one.title}" for one in found if one.ref == OWN}


# ── before the PIN ──────────────────────────────────────────────────────────────────────────────
def test_the_link_alone_shows_time_and_place_and_nothing_of_anybody(scheme: Scheme):
    path, _ = own_link(scheme)
    page = scheme.browser().get(path)
    words = plain(page)
    assert heading(page) == "Your appointments"
    assert "Wednesday 12 January 2022, 2pm" in words
    assert "4 Mill Lane" in words
    for hidden in ("Sam", "Carter", OWN, "Common Ground", "Jo Hartley", "drinking"):
        assert hidden not in page.text
    assert not TELLING.search(page.text.replace("caseflow", ""))
    assert re.search(r"<title>\s*Your appointments – Northgate Support\s*</title>", page.text)
    assert not TELLING.search(str(page.url))
    assert page.headers["referrer-policy"] == "strict-origin"


def test_opening_it_is_in_the_reading_log_as_somebody_with_a_link(scheme: Scheme):
    path, _ = own_link(scheme)
    scheme.browser().get(path)
    (line,) = scheme.log()
    assert (line.part, line.person, line.what, line.ref) == ("participant", "sam", "appointment", OWN)


def test_who_has_no_pin_is_told_that_none_is_needed(scheme: Scheme):
    path, _ = own_link(scheme)
    scheme.memory.store.tables.pins.clear()
    assert "You do not need one" in plain(scheme.browser().get(path))


def test_without_a_session_to_come_it_says_so(scheme: Scheme):
    path, _ = own_link(scheme)
    scheme.memory.store.set_clock(day(60))
    assert "No appointment is booked at the moment" in plain(scheme.browser().get(path))


def test_five_wrong_pins_lock_the_page_until_there_is_another(scheme: Scheme):
    path, pin = own_link(scheme)
    browser = scheme.browser()
    browser.get(path)
    for _ in range(5):
        browser.send(path, pin="12345x")
        assert browser.page.status_code == 422
    words = plain(browser.page)
    assert "The PIN was wrong too often. Ring 01632 960123" in words
    assert "2pm" in words, "time and place are still there"
    form = {"form_token": form_token(browser.cookies["caseflow"]), "pin": pin}
    assert browser.ask("POST", path, data=form, headers={"origin": browser.host}).status_code == 422, (
        "not by hand either"
    )
    path, pin = own_link(scheme)
    browser.get(path)
    browser.send(path, pin=pin)
    assert heading(browser.page) == "Hello Sam"


def test_a_right_pin_forgets_the_wrong_ones(scheme: Scheme):
    path, pin = own_link(scheme)
    for _ in range(2):
        browser = scheme.browser()
        browser.get(path)
        for _ in range(3):
            browser.send(path, pin="nothing")
        browser.send(path, pin=f"{pin[:3]} {pin[3:]}")
        assert heading(browser.page) == "Hello Sam"


def test_no_log_has_a_link_or_a_pin(scheme: Scheme, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    path, pin = own_link(scheme)
    browser = scheme.browser()
    browser.get(path)
    browser.send(path, pin="000000" if pin != "000000" else "111111")
    browser.send(path, pin=pin)
    ours = " ".join(one.getMessage() for one in caplog.records if one.name.startswith("caseflow"))
    assert "a wrong PIN by link" in ours
    for secret in (path[3:], pin):
        assert secret not in ours


# ── behind it ───────────────────────────────────────────────────────────────────────────────────
def test_it_says_what_is_expected_when_where_and_what_happens_otherwise(scheme: Scheme, mine: Browser):
    words = plain(mine.page)
    assert "Wednesday 12 January 2022, 2pm" in words
    assert "Wednesday 19 January 2022, 2pm" in words
    assert "Common Ground" in words
    assert "Cutting down on drinking" in words
    assert "If 2 count, people ask if you can carry on. You have 5 working days to give your side." in words
    assert "You may then be prosecuted for it. That means going to court." in words
    assert "People decide, not a computer. You can ask who they are." in words
    assert "you were ill" in words
    assert "Citizens Advice" in words
    assert re.search(r"<title>\s*Your appointments – Northgate Support\s*</title>", mine.page.text)


def test_i_will_be_there_is_an_answer(scheme: Scheme, mine: Browser):
    mine.send(f"/my/{OWN}/coming", session=FIRST)
    assert "We look forward to seeing you" in plain(mine.page)
    (fact,) = facts(scheme, AnswerReceived)
    assert (fact.event.reads_as, fact.event.channel, fact.event.about) == ("ok", "page", FIRST)
    assert (fact.actor.person, fact.origin) == ("sam", Origin.CHANNEL)


def test_i_cannot_make_it_is_a_proposal_that_their_worker_confirms(scheme: Scheme, mine: Browser):
    mine.get(f"/my/{OWN}/change?session={FIRST}")
    assert "You need not say why" in plain(mine.page)
    mine.send(f"/my/{OWN}/change", reason="illness", when="Friday after 4pm", words="Sorry!")
    assert "Amara gets in touch with you about another time" in plain(mine.page)
    (fact,) = facts(scheme, AnswerReceived)
    assert (fact.event.reads_as, fact.event.proposes) == ("cant", ("absence:illness", "time"))
    assert "perhaps why they cannot come (illness)" in tasks(scheme)["answer"]
    assert facts(scheme, SessionMoved) == []
    body = scheme.memory.store.tables.texts["durham", fact.event.text].body
    assert body == "I am ill\nFriday after 4pm\nSorry!"


def test_i_cannot_make_it_needs_no_reason(scheme: Scheme, mine: Browser):
    mine.get(f"/my/{OWN}/change?session={FIRST}")
    mine.send(f"/my/{OWN}/change", reason="")
    assert "They cannot come: ring, hear why" in tasks(scheme)["answer"]


def test_what_they_told_us_stands_on_their_page_until_there_is_a_new_time(scheme: Scheme, mine: Browser):
    said = "You told us that you can't make it. Amara gets in touch with you."
    assert "You told us" not in plain(mine.get(f"/my/{OWN}"))
    mine.get(f"/my/{OWN}/change?session={FIRST}")
    mine.send(f"/my/{OWN}/change", reason="illness")
    words = plain(mine.get(f"/my/{OWN}"))
    assert words.count(said) == 1
    assert words.count("I can come after all") == 1
    assert words.count("I will be there") == 2, "of the two others"
    mine.send(f"/my/{OWN}/coming", session=FIRST)
    words = plain(mine.get(f"/my/{OWN}"))
    assert "You told us that you will be there." in words
    assert said not in words
    scheme.ask(OWN, MoveSession(FIRST, day(4)))
    assert "You told us" not in plain(mine.get(f"/my/{OWN}"))


def test_while_a_breach_is_alleged_the_page_says_what_is_asked_by_when_and_how(scheme: Scheme, mine: Browser):
    assert "your side" not in plain(mine.get(f"/my/{OWN}")).partition("What we agreed")[0]
    scheme.ask(OWN, OpenBreach("new_matter"))
    words = plain(mine.get(f"/my/{OWN}"))
    for said in (
        "We would like to hear your side",
        "Nothing has been decided.",
        "Please tell us what happened, by Monday 17 January 2022.",
        "or tell Amara in person",
        "People decide, not a computer.",
    ):
        assert said in words, said
    assert "new matter" not in words.lower()
    scheme.go_to(day(8, 10))
    late = plain(mine.get(f"/my/{OWN}"))
    assert "The day for it was Monday 17 January 2022. You can still tell us until people have decided." in late
    scheme.ask(OWN, RecordSide(text="Was ill"))
    words = plain(mine.get(f"/my/{OWN}"))
    assert "You have told us your side. Thank you." in words
    assert "17 January" not in words


def test_nobody_is_asked_to_come_to_what_lies_in_a_hold(scheme: Scheme, mine: Browser):
    scheme.ask(OWN, Hold(day(14).date(), "bereavement"))
    words = plain(mine.get(f"/my/{OWN}"))
    assert "On hold until the end of Monday 24 January 2022" in words
    assert words.count("This one is on hold. You do not have to come. It does not count against you.") == 2
    assert words.count("I will be there") == 1, "of the one after the hold"
    assert "bereavement" not in words.lower()
    scheme.ask(OWN, Release("case"))
    words = plain(mine.get(f"/my/{OWN}"))
    assert "on hold" not in words.lower()
    assert words.count("I will be there") == 3


def test_their_time_does_not_run_out_in_a_hold(scheme: Scheme, mine: Browser):
    scheme.ask(OWN, OpenBreach("new_matter"))
    scheme.ask(OWN, Hold(day(14).date(), "bereavement"))
    scheme.go_to(day(10))
    words = plain(mine.get(f"/my/{OWN}"))
    assert "Your time does not run out while we wait." in words
    assert "17 January" not in words


def test_the_link_alone_says_that_an_appointment_is_on_hold(scheme: Scheme):
    scheme.ask(OWN, Hold(day(14).date(), "bereavement"))
    path, _ = own_link(scheme)
    assert "This one is on hold." in plain(scheme.browser().get(path))


def test_a_second_tap_is_one_answer(scheme: Scheme, mine: Browser):
    mine.get(f"/my/{OWN}/change?session={FIRST}")
    form = mine.fields(f"/my/{OWN}/change") | {"reason": "", "when": "Friday"}
    for _ in range(2):
        mine.ask("POST", f"/my/{OWN}/change", data=form, headers={"origin": mine.host})
    assert len(facts(scheme, AnswerReceived)) == 1


def test_danger_in_their_words_is_seen_at_once(scheme: Scheme, mine: Browser):
    mine.get(f"/my/{OWN}/change?session={FIRST}")
    mine.send(f"/my/{OWN}/change", reason="illness", words="I want to die")
    assert tasks(scheme)["answer"] == "flag: They may be in danger: read what they wrote, act now"
    assert "see that the answer was read" in tasks(scheme)["urgent"]


@pytest.mark.parametrize("name", ["", f"{ELSE}-s1", "nothing"])
def test_a_session_that_is_not_to_come_is_not_asked_about(scheme: Scheme, mine: Browser, name: str):
    assert mine.get(f"/my/{OWN}/change?session={name}").url.path == f"/my/{OWN}"
    mine.send(f"/my/{OWN}/coming", session=name)
    assert facts(scheme, AnswerReceived) == []


def test_who_came_by_a_link_sees_their_own_page_and_nothing_else(scheme: Scheme, mine: Browser):
    for path in (f"/my/{ELSE}", f"/cases/{OWN}", "/account", "/today", "/returns"):
        assert mine.ask("GET", path).status_code == 404, path
    assert heading(mine.get("/")) == "Hello Sam"


def test_ended_links_open_nothing_and_send_out_whoever_is_in(scheme: Scheme, mine: Browser):
    path, _ = own_link(scheme)
    desk = scheme.signed_in(Part.NAVIGATOR)
    desk.get(f"/cases/{OWN}")
    desk.send(f"/cases/{OWN}/pin", act="end")
    assert heading(desk.page) == "Sam Carter"
    assert scheme.browser().get(path).status_code == 410
    assert heading(mine.get(f"/my/{OWN}")) == "Please open your link again"


def test_it_speaks_their_language_unless_they_choose_another(scheme: Scheme):
    name = scheme.app.readings.find("durham", OWN)
    row = scheme.memory.store.tables.streams["durham", name]
    welsh = replace(row.stream.contact, language="cy")
    case = row.stream.__class__(**{**row.stream.__dict__, "contact": welsh})
    dict.__setitem__(scheme.memory.store.tables.streams, ("durham", name), replace(row, stream=case))
    path, pin = own_link(scheme)
    browser = scheme.browser()
    assert heading(browser.get(path)) == "Eich apwyntiadau"
    browser.send(path, pin=pin)
    assert heading(browser.page) == "Helo Sam"
    browser.get(f"/language/en?back=/my/{OWN}")
    assert heading(browser.page) == "Hello Sam"


@pytest.mark.parametrize("path", ["own", "return"])
def test_the_language_is_chosen_without_the_address_going_anywhere(scheme: Scheme, path: str):
    if path == "return":
        scheme = with_returns(busy())
    link = own_link(scheme)[0] if path == "own" else provider_link(scheme)
    browser = scheme.browser()
    page = browser.get(link)
    assert "back=" not in page.text
    assert 'href="?language=cy"' in page.text
    assert 'lang="cy" class' in browser.get(f"{link}?language=cy").text
    assert 'lang="cy" class' in browser.get(link).text
    assert 'lang="cy" class' in browser.get(f"{link}?language=xx").text


def test_who_comes_in_by_a_link_leaves_no_other_session_behind(scheme: Scheme):
    browser = scheme.signed_in(Part.NAVIGATOR)
    before = scheme.browser()
    before.cookies.update(browser.cookies)
    with_pin(scheme, browser)
    assert before.ask("GET", "/today").headers["location"] == "/sign-in?to=/today"


# ── the end ─────────────────────────────────────────────────────────────────────────────────────
def completed(scheme: Scheme) -> Scheme:
    for item in ("alcohol_advice", "talking_help"):
        scheme.ask(OWN, NoteItemDone(f"{PROVIDER}-{item}"))
    scheme.ask(OWN, Complete())
    scheme.sweep()
    return scheme


def test_at_the_end_it_says_well_done_and_asks_how_it_was_once(scheme: Scheme):
    mine = with_pin(completed(scheme), scheme.browser())
    assert "Well done" in plain(mine.page)
    assert "prosecuted" not in plain(mine.page)
    mine.get(f"/my/{OWN}/survey")
    mine.send(f"/my/{OWN}/survey", **dict.fromkeys(("fair", "helped", "listened"), ""))
    assert mine.page.status_code == 422
    form = mine.fields(f"/my/{OWN}/survey") | {
        "fair": "yes",
        "words": "Kind people",
        "helped": "perhaps",
        "listened": "",
    }
    for _ in range(2):
        mine.ask("POST", f"/my/{OWN}/survey", data=form, headers={"origin": mine.host})
    assert len(facts(scheme, SurveyNoted)) == 1
    assert list(scheme.memory.store.tables.surveys.values()) == [
        ("durham", "2022-01", {"fair": "yes", "words": "Kind people"})
    ]
    assert "Tell us how it was" not in plain(mine.get(f"/my/{OWN}"))
    assert mine.get(f"/my/{OWN}/survey").url.path == f"/my/{OWN}"


# ── the PIN and the link, made and sent ─────────────────────────────────────────────────────────
def test_a_navigator_makes_a_pin_that_is_shown_once(scheme: Scheme):
    desk = scheme.signed_in(Part.NAVIGATOR)
    desk.get(f"/cases/{OWN}")
    desk.send(f"/cases/{OWN}/pin", act="make")
    assert heading(desk.page) == "PIN for their page"
    pin = re.search(r'cf-pin">(\d{6})<', desk.page.text)[1]
    path = re.search(r"http://caseflow\.example(/a/[\w-]+)", plain(desk.page))[1]
    browser = scheme.browser()
    browser.get(path)
    browser.send(path, pin=pin)
    assert heading(browser.page) == "Hello Sam"
    assert pin not in repr(scheme.memory.store.tables.pins)
    assert path[3:] not in repr(scheme.memory.store.tables.links)


@pytest.mark.parametrize(("wanted", "brings"), [(False, False), (True, True)])
def test_reminders_bring_a_link_only_where_the_deployment_wants_it(scheme: Scheme, wanted: bool, brings: bool):  # noqa: FBT001
    with_pages(scheme, in_reminders=wanted)
    scheme.go_to(day(2, 16))
    scheme.ask(OWN, RecordAttendance(FIRST, Attendance.ATTENDED))  # before the very first they are rung instead
    scheme.go_to(day(8, 12))
    told = [one.body for one in scheme.memory.senders[Channel.TEXT].sent if "4 Mill Lane" in one.body]
    assert told
    assert all(("/a/" in one) is brings for one in told)
    assert all(LINK_MARK not in one for one in told)
    if brings:
        assert heading(scheme.browser().get(link_in(told[-1]))) == "Your appointments"


@pytest.mark.parametrize(
    ("reason", "when", "words", "reads_as", "needs", "proposes"),
    [
        ("", "", "", "cant", False, ()),
        ("illness", "", "", "cant", True, ("absence:illness",)),
        ("", "Friday", "", "cant", True, ("time",)),
        ("", "", "the bus did not come", "cant", True, ("absence:other",)),
        ("work_shift", "after 4pm", "sorry", "cant", True, ("absence:work_shift", "time")),
        ("illness", "Friday", "I want to kill myself", "call", True, ("urgent",)),
    ],
)
def test_cannot_come_is_read_like_a_text(reason, when, words, reads_as, needs, proposes):
    found = cannot_come(reason, when, words)
    assert (found.reads_as, found.needs_reading, found.proposes) == (reads_as, needs, proposes)
