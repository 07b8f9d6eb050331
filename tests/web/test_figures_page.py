"""The scheme in numbers, on a page and as a sheet: what it says, what it hides, what it costs, and that it is of nobody."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from visiting import heading, plain
from web_scheme import MONDAY, Scheme, empty

from caseflow.access.who import Part
from caseflow.insight.figures import SPECS
from caseflow.telling.condition import signs
from caseflow.web.words import text


@pytest.fixture
def full(scheme: Scheme) -> Scheme:
    """Eleven people referred and accepted, and three days gone by."""
    for number in range(8):
        scheme.refer(f"DUR-22-0001{number:02d}", f"Person{number}", "Marsh", "nobody-in-particular")
    scheme.go_to(MONDAY + timedelta(days=4))
    return scheme


def test_a_manager_comes_in_to_the_figures(full: Scheme):
    page = full.signed_in(Part.MANAGER).get("/")
    assert heading(page) == "Figures"
    assert page.url.path == "/scheme"
    words = plain(page)
    assert "Counted from April 2020 until now" in words
    for spec in SPECS:
        assert text("en", f"figures.title_{spec.name}", {}) in words
        assert text("en", f"figures.about_{spec.name}", {}) in words
    assert "Still open 10" in page.text  # what a bar shows, for whoever hears it


def test_no_person_is_on_the_page_or_in_the_log(full: Scheme):
    page = full.signed_in(Part.MANAGER).get("/scheme?by=month")
    for name in ("Carter", "Marsh", "Sam", "DUR-22", "Hartley", "Okoye"):
        assert name not in plain(page)
    assert full.log() == []


def test_a_scheme_of_nobody_says_so(scheme: Scheme):
    page = empty().signed_in(Part.MANAGER).get("/scheme")
    assert plain(page).count("Nothing to count yet.") == len(SPECS)
    assert "No alleged breach waits for a decision." in plain(page)
    assert "<svg" not in page.text


def test_few_people_are_hidden(scheme: Scheme):
    scheme.go_to(MONDAY + timedelta(days=1))
    page = scheme.signed_in(Part.SUPERVISOR).get("/scheme")
    assert "January to March 2022 hidden" in plain(page)
    assert "Still open 2" not in page.text


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_sheet_has_what_the_page_shows(full: Scheme, language: str):
    browser = full.signed_in(Part.MANAGER)
    browser.get(f"/language/{language}?back=/")
    answer = browser.ask("GET", "/scheme/figures.csv?figure=ends&by=month")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="ends-by-month.csv"'
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == [text(language, "figures.title_ends", {})]
    whole = next(row for row in rows if row and row[0] == text(language, "figures.whole", {}))
    assert whole[1:] == ["0", "0", "0", "0", "0", "10", "10"]
    every = browser.ask("GET", "/scheme/figures.csv").text
    assert all(text(language, f"figures.title_{spec.name}", {}) in every for spec in SPECS)
    assert browser.ask("GET", "/scheme/figures.csv?figure=nothing").status_code == 404


def test_what_stands_still_is_said_in_words(full: Scheme):
    browser = full.signed_in(Part.MANAGER)
    assert "Yes. Everything that was to happen by itself has happened." in plain(browser.get("/scheme"))
    with full.app.store.begin() as unit:
        unit.pause("a trial")
    page = browser.get("/scheme")
    assert "It is paused since" in plain(page)
    assert "Not quite." in plain(page)


def test_the_signs_of_a_machine_that_is_well_and_of_one_that_is_not(full: Scheme):
    health, now = full.app.readings.health(), full.app.readings.now()
    well = {one.code: one.well for one in signs(health, None, now)}
    assert well == dict.fromkeys(("at_work", "facts", "alarms", "messages", "set_aside", "unclear"), True)
    old = now - timedelta(minutes=6)
    ill = replace(
        health, virtual=False, unreacted=3, oldest_unreacted=old, overdue=1, oldest_overdue=old, ready=2,
        oldest_ready=old, parked=1, unknown=1, beat_at=old, paused=True,
    )  # fmt: skip
    assert [one.code for one in signs(ill, None, now) if one.well] == []
    assert {one.code: one.n for one in signs(ill, None, now)}["facts"] == 3
    assert [one.code for one in signs(replace(ill, beat_at=now), None, now) if one.well] == ["clock"]
