"""The caseload as a page: whose cases, which tab, found by what, page after page, and who is noted as seen."""

import re
from datetime import date, timedelta

import pytest
from visiting import plain
from web_scheme import ELSE, MONDAY, OWN, empty, navigator

from caseflow.access.who import Part
from caseflow.domain.commands import Hold, Withdraw
from caseflow.web.pages import caseload


def people(page) -> str:
    return plain(page).partition("Over (")[2]


def test_a_navigator_sees_their_own_and_a_supervisor_everybody(scheme):
    mine = people(scheme.signed_in(Part.NAVIGATOR).get("/caseload"))
    assert "Sam Carter" in mine
    assert "Robin Marsh" not in mine
    page = scheme.signed_in(Part.SUPERVISOR).get("/caseload")
    assert "Robin Marsh" in people(page)
    assert "Bethan Rees" not in people(page)
    other = navigator(number=1)
    page = scheme.signed_in(Part.SUPERVISOR).get(f"/caseload?navigator={other}")
    assert "Sam Carter" not in people(page)
    assert "Robin Marsh" in people(page)


def test_a_navigator_cannot_ask_for_anothers(scheme):
    page = scheme.signed_in(Part.NAVIGATOR).get(f"/caseload?navigator={navigator(number=1)}")
    assert "Robin Marsh" not in people(page)


def test_each_tab_says_how_many_it_has(scheme):
    scheme.ask(OWN, Hold(date(2022, 1, 14), "illness"))
    scheme.ask(ELSE, Withdraw())
    scheme.sweep()
    browser = scheme.signed_in(Part.SUPERVISOR)
    words = plain(browser.get("/caseload"))
    assert "Open (1)" in words
    assert "On hold (1)" in words
    assert "Over (1)" in words
    assert "On hold until Mon 17 Jan" in words
    assert "Ended Mon 10 Jan" in people(browser.get("/caseload?show=ended"))
    assert "Sam Carter" in people(browser.get("/caseload?show=hold"))


def test_what_is_due_today_needs_somebody_and_what_is_late_says_so(scheme):
    scheme.go_to(MONDAY + timedelta(days=1, hours=6))
    words = people(scheme.signed_in(Part.NAVIGATOR).get("/caseload?show=needs"))
    assert "Late: was due Mon 10 Jan, 2pm: Ring: say hello" in words
    assert re.search(r"\(And \d more\)", words)


def test_somebody_is_found_by_name_or_number_and_nobody_is_said(scheme):
    browser = scheme.signed_in(Part.SUPERVISOR)
    for typed in ("carter", "sam c", "DUR-22-000001", "1"):
        assert "Sam Carter" in people(browser.get(f"/caseload?q={typed}")), typed
    words = plain(browser.get("/caseload?q=nobody"))
    assert "Nobody was found." in words
    assert "Show everybody" in words
    assert "No case is open." in plain(empty().signed_in(Part.NAVIGATOR).get("/caseload"))


def test_page_after_page(scheme, monkeypatch):
    monkeypatch.setattr(caseload, "A_PAGE", 1)
    browser = scheme.signed_in(Part.SUPERVISOR)
    for sort in ("next", "newest", "name"):
        first = browser.get(f"/caseload?sort={sort}")
        assert "Next page" in plain(first)
        link = first.text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
        second = browser.get(link)
        assert "First page" in plain(second)
        assert "Next page" not in plain(second)
        seen = [one for page in (first, second) for one in ("Sam Carter", "Robin Marsh") if one in people(page)]
        assert sorted(seen) == ["Robin Marsh", "Sam Carter"]
        assert "Carter" not in link


@pytest.mark.parametrize("odd", ["x", "0", "0~", "9~2022~a", "0~not a day~a", "0~2022-01-01T00:00:00~a", "~" * 300])
def test_a_place_that_is_none_is_the_beginning(scheme, odd):
    page = scheme.signed_in(Part.SUPERVISOR).get("/caseload", params={"after": odd, "sort": odd, "show": odd})
    assert page.status_code == 200


def test_whoever_is_on_the_list_is_noted(scheme):
    scheme.signed_in(Part.SUPERVISOR).get("/caseload")
    assert sorted((one.what, one.ref, one.person) for one in scheme.log()) == [
        ("caseload", OWN, "sam"), ("caseload", ELSE, "robin")
    ]  # fmt: skip
