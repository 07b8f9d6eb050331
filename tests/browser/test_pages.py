"""Every page as it is seen: on a phone and at a desk, in English and Welsh, with the full skin and the plain one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from web_scheme import MONDAY, OWN

from caseflow.access.who import Part
from caseflow.engine.access import ReadingNote
from caseflow.web import assets

PAGES = [
    ("sign-in", None, "/sign-in"),
    ("not-there", None, "/nothing"),
    ("account", Part.NAVIGATOR, "/account"),
    ("password", Part.NAVIGATOR, "/account/password"),
    ("home", Part.OFFICER, "/"),
    ("home-auditor", Part.AUDITOR, "/"),
    ("today", Part.NAVIGATOR, "/today"),
    ("today-supervisor", Part.SUPERVISOR, "/today"),
    ("today-team", Part.SUPERVISOR, "/today/team"),
    ("tomorrow", Part.SUPERVISOR, "/tomorrow?days=7"),
    ("caseload", Part.SUPERVISOR, "/caseload"),
    ("caseload-none", Part.NAVIGATOR, "/caseload?show=needs&q=nobody"),
    ("case", Part.NAVIGATOR, f"/cases/{OWN}"),
    ("do", Part.NAVIGATOR, f"/cases/{OWN}/do"),
    ("do-skip", Part.NAVIGATOR, f"/cases/{OWN}/do/skip_rung?expectation=first_meeting"),
    ("do-assess", Part.NAVIGATOR, f"/cases/{OWN}/do/assess"),
    ("do-book", Part.SUPERVISOR, f"/cases/{OWN}/do/book_session"),
    ("do-answer", Part.NAVIGATOR, f"/cases/{OWN}/do/note_answer"),
    ("do-address", Part.NAVIGATOR, f"/cases/{OWN}/do/note_address"),
    ("do-officer", Part.NAVIGATOR, f"/cases/{OWN}/do/change_officer"),
    ("do-policy", Part.SUPERVISOR, f"/cases/{OWN}/do/move_policy"),
    ("referrals", Part.OFFICER, "/referrals"),
    ("referral", Part.OFFICER, f"/referrals/{OWN}"),
    ("referral-sent", Part.OFFICER, f"/referrals/{OWN}/sent"),
    ("leaflets", Part.OFFICER, "/leaflets"),
    ("leaflet", Part.OFFICER, "/leaflets/deferred_prosecution"),
    ("script", Part.OFFICER, "/leaflets/deferred_prosecution/victim"),
    ("log", Part.AUDITOR, "/log"),
    ("figures", Part.MANAGER, "/scheme"),
    ("figures-by-month", Part.SUPERVISOR, "/scheme?by=month"),
    ("figures-by-ethnicity", Part.MANAGER, "/scheme?by=ethnicity"),
    ("survey", Part.MANAGER, "/scheme/survey"),
    ("tasks-none", Part.MANAGER, "/tasks"),
    ("policies", Part.NAVIGATOR, "/policies"),
    ("policy", Part.MANAGER, "/policies/1"),
    ("policy-guide", Part.NAVIGATOR, "/policies/1/guide?disposal=outcome_22"),
    ("policy-leaflet", Part.MANAGER, "/policies/1/leaflet?disposal=deferred_prosecution"),
    ("policy-picture", Part.MANAGER, "/policies/1/picture"),
    ("policy-compare", Part.MANAGER, "/policies/compare"),
    ("messages", Part.MANAGER, "/messages"),
    ("message", Part.MANAGER, "/messages/missed_session"),
    ("message-letter", Part.AUDITOR, "/messages/your_move?sent=unknown"),
    ("confirm", Part.ADMINISTRATOR, "/account/confirm?to=/accounts"),
    ("accounts", Part.ADMINISTRATOR, "/accounts"),
    ("accounts-add", Part.ADMINISTRATOR, "/accounts/add"),
]


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(("name", "part", "path"), PAGES, ids=[one[0] for one in PAGES])
def test_a_page_keeps_nobody_out(looker: Callable, name: str, part: Part | None, path: str, width: int, language: str):
    somebody = looker(width)
    somebody.scheme.go_to(MONDAY + timedelta(days=1, hours=6))
    reader = somebody.scheme.account(Part.NAVIGATOR)
    with somebody.scheme.app.store.begin() as unit:
        unit.note_readings([ReadingNote("durham", reader.id, reader.part, "sam", "case", OWN)])
    somebody.speak(language)
    if part is not None:
        somebody.sign_in_as(part)
    page = somebody.open(path)
    expect(page.locator("h1")).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == language
    somebody.check(f"{name}-{language}")


@pytest.mark.parametrize("name", ["sign-in", "today", "case", "caseload", "do-skip", "do-assess", "do-book"])
def test_the_plain_skin_keeps_nobody_out_either(looker: Callable, name: str, monkeypatch: pytest.MonkeyPatch):
    """As the pages look where npm was not there to build the full one."""
    monkeypatch.setattr(assets, "BUILT", ("nothing.css",))
    for kept in (assets.full_skin, assets.files):
        kept.cache_clear()
    try:
        _, part, path = next(one for one in PAGES if one[0] == name)
        somebody = looker(390)
        somebody.scheme.go_to(MONDAY + timedelta(days=1, hours=6))
        if part is not None:
            somebody.sign_in_as(part)
        somebody.open(path)
        somebody.check(f"{name}-plain")
    finally:
        monkeypatch.undo()
        for kept in (assets.full_skin, assets.files):
            kept.cache_clear()
