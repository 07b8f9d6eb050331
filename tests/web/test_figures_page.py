"""The scheme in numbers, on a page and as a sheet: what it says, what it hides, what it costs, and that it is of nobody."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from visiting import heading, plain
from web_scheme import MONDAY, Scheme, empty

from caseflow.access.who import Part
from caseflow.engine.ports import PersonIn
from caseflow.engine.traits import GROUPS
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


# ── by group ────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def mixed(scheme: Scheme) -> Scheme:
    """Beside the two of unknown sex: twelve women and nine men, all adults of today's ages, referred and accepted."""
    for number in range(21):
        name, sex = f"Person{number}", "F" if number < 12 else "M"
        scheme.refer(f"DUR-22-0001{number:02d}", name, "Marsh", "nobody-in-particular")
        with scheme.app.store.begin() as unit:
            born = date(2000 - number, 1, 1)
            unit.upsert_people(
                "durham", [PersonIn(name.lower(), "participant", name, "Marsh", born, extra={"sex": sex})]
            )
    scheme.go_to(MONDAY + timedelta(days=4))
    return scheme


def rows_of(browser, path):
    return list(csv.reader(io.StringIO(browser.ask("GET", path).text)))


def test_the_same_figures_by_group_with_what_is_small_hidden(mixed: Scheme):
    browser = mixed.signed_in(Part.MANAGER)
    page = browser.get("/scheme?by=sex")
    words = plain(page)
    assert "where the ranges of two groups overlap" in words
    assert text("en", "figures.about_ends", {}) in words
    assert text("en", "figures.title_returns", {}) not in words, "papers have no sex"
    rows = rows_of(browser, "/scheme/figures.csv?figure=ends&by=sex")
    open_, whole = rows[2].index("Still open"), rows[2].index("All")
    found = {row[0]: (row[open_], row[whole]) for row in rows[3:] if row}
    assert found["Not known"] == ("hidden", "hidden"), "two people"
    assert found["Women"] == ("12", "12")
    assert found["Men"] == ("hidden", "hidden"), "or the two could be reckoned from the sum"
    assert rows[2][0] == "Group"
    for name in ("Carter", "Marsh", "DUR-22"):
        assert name not in words


def test_a_rate_by_group_says_of_how_many_and_how_far_chance_may_move_it(mixed: Scheme):
    rows = rows_of(mixed.signed_in(Part.MANAGER), "/scheme/figures.csv?figure=meetings&by=sex")
    assert rows[2][-4:] == ["Within 72 hours (%)", "Out of", "Range from", "Range to"]
    women = next(row for row in rows if row and row[0] == "Women")
    assert women[-4:] == ["0.0", "12", "0.0", "24.3"]


@pytest.mark.parametrize("by", ["sex", "age", "ethnicity"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_group_has_its_line_also_where_nobody_is_in_it(mixed: Scheme, by: str, language: str):
    browser = mixed.signed_in(Part.SUPERVISOR)
    browser.get(f"/language/{language}?back=/")
    page = browser.get(f"/scheme?by={by}")
    for code in GROUPS[by]:
        assert text(language, f"figures.{by}_{code}", {}) in plain(page)


# ── the survey ──────────────────────────────────────────────────────────────────────────────────
def answered(scheme: Scheme, n: int, month: str = "2022-01", **answers: str) -> None:
    with scheme.app.store.begin() as unit:
        for number in range(n):
            words = {"words": f"{answers['words']} {number}"} if "words" in answers else {}
            unit.add_survey("durham", month, answers | words)


def test_the_survey_in_numbers_and_its_words_where_many_wrote(scheme: Scheme):
    answered(scheme, 20, fair="yes", words="More evening times")
    answered(scheme, 6, fair="no")
    answered(scheme, 4, "2021-11", helped="yes", words="Better tea")
    browser = scheme.signed_in(Part.MANAGER)
    page = browser.get("/scheme/survey")
    words = plain(page)
    assert heading(page) == "What people said"
    assert "76.9% of 26 said yes." in words
    assert "More evening times 0 More evening times 1 More evening times 10" in words, "by the alphabet, not by when"
    assert "Better tea" not in words, "four people wrote in that quarter"
    assert "hidden" in words
    assert "said yes." in words
    rows = rows_of(browser, "/scheme/survey.csv?by=month")
    fair = next(place for place, row in enumerate(rows) if row == ["Were you treated fairly?"])
    assert rows[fair + 2][:4] == ["Period", "Yes", "Partly", "No"]
    assert ["January 2022", "20", "0", "6", "26", "76.9", "26", "57.9", "89.0"] in rows
    assert not [row for row in rows if any("evening" in one for one in row)], "words stay on the page"
    assert scheme.log() == []


def test_a_survey_that_nobody_answered_says_so(scheme: Scheme):
    page = scheme.signed_in(Part.MANAGER).get("/scheme/survey")
    assert plain(page).count("Nothing to count yet.") == 4
    assert "There is no quarter yet in which 5 people wrote something." in plain(page)


def test_whoever_wrote_marks_wrote_words(scheme: Scheme):
    answered(scheme, 5, words="<b>loud</b>")
    page = scheme.signed_in(Part.MANAGER).get("/scheme/survey")
    assert "<b>loud" not in page.text
    assert "&lt;b&gt;loud" in page.text
