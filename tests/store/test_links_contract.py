"""Links, codes, PINs, guests, drafts and the survey: the same in both stores, and on real time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from store_builders import SCHEME, START, a_return, step

from caseflow.engine.access import Session
from caseflow.engine.links import CodeAsk, Link, Pin
from caseflow.engine.ports import Conflict

LINK = Link("link-1", SCHEME, "return", "return-1", "provider-1")
ASK = CodeAsk("ask-1", SCHEME, "link-1")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
IDLE, LONGEST, CODE = 30 * MINUTE, 2 * HOUR, 20 * MINUTE


@pytest.fixture
def known(store):
    with store.begin() as unit:
        unit.save([step(a_return()), step(a_return("return-2"))])
        unit.add_links([(LINK, "digest-1")], 30 * DAY)
        unit.add_links([(replace(LINK, id="link-2", stream="return-2"), "digest-2")], 30 * DAY)
    return store


def _do(store, what, *given):
    with store.begin() as unit:
        return getattr(unit, what)(*given)


def _come(store, name="guest-1", link="link-1"):
    _do(store, "begin_guest", Session(name, SCHEME, link, START, START, "a phone"), f"token-{name}", LONGEST)


def _guest(store, name="guest-1"):
    return _do(store, "guest", f"token-{name}", IDLE, LONGEST)


# ── links ──
def test_a_link_is_found_by_its_digest_and_by_nothing_else(known):
    assert _do(known, "link", "digest-1") == LINK
    assert _do(known, "link", "link-1") is None


def test_a_digest_is_one_links(known):
    with pytest.raises(Conflict):
        _do(known, "add_links", [(replace(LINK, id="link-3"), "digest-1")], DAY)


def test_a_link_is_over_after_its_time_and_still_known(known, rest):
    rest(30 * 86_400 - 60)
    assert _do(known, "link", "digest-1").live
    rest(120)
    assert _do(known, "link", "digest-1") == replace(LINK, live=False)


def test_links_that_are_taken_back_let_nobody_in_and_whoever_was_in_is_out(known):
    _come(known)
    _come(known, "guest-2", "link-2")
    _do(known, "end_links", SCHEME, "return-1")
    assert not _do(known, "link", "digest-1").live
    assert _do(known, "link", "digest-2").live
    assert _guest(known) is None
    assert _guest(known, "guest-2")


# ── what is long over ──
KEPT = (DAY, 180 * DAY, 1000)


def test_nothing_that_serves_or_may_bring_a_fresh_link_is_thrown_away(known, rest):
    _do(known, "ask_code", ASK, "browser-1", 5, HOUR)
    assert _do(known, "tidy_links", *KEPT) == 0
    rest(209 * 86_400)
    _come(known)
    assert _do(known, "tidy_links", *KEPT) == 1, "the code"
    assert _do(known, "waiting_code", "browser-1", CODE) is None
    assert _do(known, "link", "digest-1") == replace(LINK, live=False)


def test_links_that_have_been_over_for_long_go_with_who_came_by_them(known, rest):
    _come(known)
    _do(known, "end_links", SCHEME, "return-2")
    _do(known, "add_links", [(replace(LINK, id="link-3"), "digest-3")], 180 * DAY)
    rest(211 * 86_400)
    assert _do(known, "tidy_links", *KEPT) == 2
    assert _do(known, "link", "digest-1") is None
    assert _do(known, "link", "digest-2") is None
    assert _guest(known) is None
    assert _do(known, "link", "digest-3").id == "link-3"
    assert _do(known, "tidy_links", *KEPT) == 0


def test_a_link_by_which_somebody_is_in_or_a_code_was_asked_for_just_now_is_kept(known, rest):
    rest(211 * 86_400)
    _come(known)
    _do(known, "ask_code", replace(ASK, link="link-2"), "browser-1", 5, HOUR)
    assert _do(known, "tidy_links", *KEPT) == 0
    rest(2 * 86_400)
    assert _do(known, "tidy_links", *KEPT) == 3


def test_at_most_so_many_links_go_at_once(known, rest):
    rest(211 * 86_400)
    assert [_do(known, "tidy_links", DAY, 180 * DAY, 1) for _ in range(3)] == [1, 1, 0]


# ── codes ──
def test_a_code_is_waited_for_by_the_browser_that_asked(known):
    assert _do(known, "ask_code", ASK, "browser-1", 5, HOUR)
    assert _do(known, "waiting_code", "browser-1", CODE) == (ASK, LINK)
    assert _do(known, "waiting_code", "browser-2", CODE) is None


def test_a_code_counts_each_try_before_it_is_looked_at_and_serves_once(known):
    _do(known, "ask_code", ASK, "browser-1", 5, HOUR)
    assert _do(known, "try_code", SCHEME, "ask-1", 2, CODE) is None, "not drawn yet, so nothing to try"
    _do(known, "set_code", SCHEME, "ask-1", "sealed-1")
    assert [_do(known, "try_code", SCHEME, "ask-1", 2, CODE) for _ in range(3)] == ["sealed-1", "sealed-1", None]
    _do(known, "set_code", SCHEME, "ask-1", "sealed-2")
    assert _do(known, "try_code", SCHEME, "ask-1", 3, CODE) == "sealed-1 sealed-2", "mail that went twice"
    _do(known, "use_link_code", SCHEME, "ask-1")
    assert _do(known, "try_code", SCHEME, "ask-1", 9, CODE) is None
    _do(known, "set_code", SCHEME, "another", "sealed-3")  # of nobody's: nothing happens


def test_a_code_is_too_old_after_its_time_and_not_waited_for(known, rest):
    _do(known, "ask_code", ASK, "browser-1", 5, HOUR)
    _do(known, "set_code", SCHEME, "ask-1", "sealed-1")
    rest(21 * 60)
    assert _do(known, "waiting_code", "browser-1", CODE) is None
    assert _do(known, "try_code", SCHEME, "ask-1", 5, CODE) is None


def test_a_code_by_a_link_that_was_taken_back_is_not_waited_for(known):
    _do(known, "ask_code", ASK, "browser-1", 5, HOUR)
    _do(known, "end_links", SCHEME, "return-1")
    assert _do(known, "waiting_code", "browser-1", CODE) is None


def test_only_so_many_codes_an_hour_come_by_one_link(known, rest):
    def asks(number, link="link-1"):
        return _do(known, "ask_code", CodeAsk(f"ask-{number}", SCHEME, link), "browser-1", 2, HOUR)

    assert [asks(1), asks(2), asks(3)] == [True, True, False]
    assert asks(4, "link-2")
    rest(61 * 60)
    assert asks(5)


# ── guests ──
def test_a_guest_is_known_by_the_digest_of_their_token(known):
    _come(known)
    session, link = _guest(known)
    assert (session.id, session.account, session.agent, link) == ("guest-1", "link-1", "a phone", LINK)
    assert _guest(known, "guest-2") is None


def test_a_guest_is_out_when_idle_after_the_longest_time_and_when_they_say_so(known, rest):
    _come(known)
    rest(29 * 60)
    assert _guest(known)
    rest(29 * 60)
    assert _guest(known), "being asked was being active"
    rest(31 * 60)
    assert _guest(known) is None
    _come(known, "guest-2")
    for _ in range(5):
        rest(25 * 60)
        _guest(known, "guest-2")
    assert _guest(known, "guest-2") is None, "two hours are the longest, however active"
    _come(known, "guest-3")
    _do(known, "end_guest", SCHEME, "guest-3")
    assert _guest(known, "guest-3") is None


def test_a_guest_stays_in_when_the_link_runs_out_meanwhile(known, rest):
    rest(30 * 86_400 - 60)
    _come(known)
    rest(120)
    assert _guest(known)


# ── PINs ──
def test_wrong_pins_are_counted_until_there_is_another(known):
    assert _do(known, "pin", SCHEME, "return-1") is None
    assert _do(known, "try_pin", SCHEME, "return-1", 2) is None
    _do(known, "set_pin", SCHEME, "return-1", "hash-1", "account-1")
    assert [_do(known, "try_pin", SCHEME, "return-1", 2) for _ in range(3)] == ["hash-1", "hash-1", None]
    assert _do(known, "pin", SCHEME, "return-1") == Pin("hash-1", 2)
    _do(known, "set_pin", SCHEME, "return-1", "hash-2", "account-1")
    assert _do(known, "pin", SCHEME, "return-1") == Pin("hash-2", 0)
    _do(known, "try_pin", SCHEME, "return-1", 2)
    _do(known, "right_pin", SCHEME, "return-1")
    assert _do(known, "pin", SCHEME, "return-1") == Pin("hash-2", 0)


def test_another_pin_sends_out_whoever_is_in(known):
    _come(known)
    _do(known, "set_pin", SCHEME, "return-1", "hash-1", "account-1")
    assert _guest(known) is None


# ── drafts, survey ──
def test_a_draft_is_kept_changed_and_thrown_away(known, rest):
    assert _do(known, "return_draft", SCHEME, "return-1") is None
    _do(known, "keep_return_draft", SCHEME, "return-1", {"sessions": {"s1": "late"}})
    _do(known, "keep_return_draft", SCHEME, "return-1", {"sessions": {"s1": "attended"}})
    assert _do(known, "return_draft", SCHEME, "return-1")[0] == {"sessions": {"s1": "attended"}}
    _do(known, "keep_return_draft", SCHEME, "return-1", None)
    _do(known, "keep_return_draft", SCHEME, "return-1", None)
    assert _do(known, "return_draft", SCHEME, "return-1") is None
    _do(known, "keep_return_draft", SCHEME, "return-1", {"old": True})
    rest(61 * 86_400)
    _do(known, "keep_return_draft", SCHEME, "return-2", {"new": True})
    assert _do(known, "return_draft", SCHEME, "return-1") is None, "nobody comes back after two months"


def test_answers_to_the_survey_are_kept_by_month(known):
    _do(known, "add_survey", SCHEME, "2022-05", {"fair": "yes", "words": "Kind people"})
    _do(known, "add_survey", SCHEME, "2022-05", {"fair": "no"})
