"""A referral without a signal: what was typed is kept, locked, sent when there is one again, and makes one case."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from test_walk_referring import Hands, refer

from caseflow.access.who import Part

KEPT = "Object.entries(localStorage).filter(([name]) => name.startsWith('caseflow-draft:'))"


def kept(page: Page) -> list[list[str]]:
    return page.evaluate(KEPT)


def wiped(page: Page) -> None:
    """Nothing is kept any more: the script of the page that came has seen to it."""
    page.wait_for_function(f"{KEPT}.length === 0")


def ready(page: Page) -> None:
    """The script has read what it had."""
    expect(page.locator("form[data-cf-ready]")).to_be_attached()


def saved(page: Page) -> None:
    """What was typed a moment ago is kept."""
    expect(page.locator("form[data-cf-saved]")).to_be_attached()
    assert len(kept(page)) == 1


@pytest.fixture
def officer(looker: Callable):
    somebody = looker(390)
    somebody.sign_in_as(Part.OFFICER)
    somebody.open("/")
    return somebody


def cases(somebody) -> list[str]:
    return [one.ref for one in somebody.scheme.app.readings.cases("durham") if one.participant == "Ashley Stone"]


def test_offline_sent_twice_and_back_makes_one_case(officer):
    page = officer.page
    refer(Hands(page))
    ready(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Refer now").click()
    expect(page.get_by_text("No signal.")).to_be_visible()
    page.get_by_role("button", name="Refer now").click()
    assert cases(officer) == []
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Referred")
    assert cases(officer) == ["DUR-22-000003"]
    wiped(page)


def test_a_page_in_the_middle_waits_for_the_signal_too(officer):
    page = officer.page
    page.get_by_role("button", name="Refer somebody").click()
    ready(page)
    page.get_by_label("Crime reference").fill("DHM/2022/00417")
    page.get_by_label("Offence", exact=True).fill("TH68010")
    for label, text in (("Day", "5"), ("Month", "1"), ("Year", "2022")):
        page.get_by_label(label).fill(text)
    page.context.set_offline(True)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("No signal.")).to_be_visible()
    assert all("INTERNET_DISCONNECTED" in one for one in officer.complaints)
    officer.complaints.clear()
    officer.check("no-signal")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who is it?")


def test_what_is_kept_can_be_read_by_nobody_without_the_session(officer):
    page = officer.page
    page.get_by_role("button", name="Refer somebody").click()
    ready(page)
    page.get_by_label("Crime reference").fill("DHM/2022/00417")
    saved(page)
    ((name, value),) = kept(page)
    assert "DHM" not in name + value
    assert set(json.loads(value)) == {"at", "iv", "locked"}
    draft = officer.scheme.memory.store.tables.drafts
    assert all(one.key not in value for one in draft.values())


def test_what_was_typed_and_not_sent_is_put_back(officer):
    page = officer.page
    page.get_by_role("button", name="Refer somebody").click()
    ready(page)
    page.get_by_label("Crime reference").fill("DHM/2022/00417")
    saved(page)
    officer.open("/")
    page.get_by_role("button", name="Refer somebody").click()
    expect(page.get_by_label("Crime reference")).to_have_value("DHM/2022/00417")
    expect(page.get_by_text("We have put back")).to_be_visible()
    officer.check("put-back")


def test_signed_out_meanwhile_it_is_sent_after_signing_in_again(officer):
    page, scheme = officer.page, officer.scheme
    refer(Hands(page))
    ready(page)
    account = scheme.account(Part.OFFICER)
    with scheme.app.store.begin() as unit:
        unit.end_sessions("durham", account.id)
    page.get_by_role("button", name="Refer now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert len(kept(page)) == 1
    officer.sign_in_as(Part.OFFICER)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Referred")
    assert cases(officer) == ["DUR-22-000003"]


def test_a_day_later_it_is_gone_and_with_the_draft_its_key(officer):
    page = officer.page
    page.get_by_role("button", name="Refer somebody").click()
    ready(page)
    page.get_by_label("Crime reference").fill("DHM/2022/00417")
    saved(page)
    page.evaluate(f"""{KEPT}.forEach(([name, value]) => {{
        const old = JSON.parse(value); old.at -= 86400001; localStorage.setItem(name, JSON.stringify(old)); }})""")
    page.reload()
    ready(page)
    expect(page.get_by_label("Crime reference")).to_have_value("")
    wiped(page)


def test_another_draft_of_ours_does_not_open_it(officer):
    """Each is locked with its own key, and named."""
    page = officer.page
    page.get_by_role("button", name="Refer somebody").click()
    ready(page)
    page.get_by_label("Crime reference").fill("DHM/2022/00417")
    saved(page)
    here = page.url
    for one in list(officer.scheme.memory.store.tables.drafts.values()):
        with officer.scheme.app.store.begin() as unit:
            unit.drop_draft(one.scheme, one.account, one.id)
    officer.open("/")
    wiped(page)
    officer.page.goto(here)
    expect(page.get_by_role("heading", level=1)).to_have_text("This draft is not here any more")


def test_signing_out_wipes_it(officer):
    page = officer.page
    page.get_by_role("button", name="Refer somebody").click()
    ready(page)
    page.get_by_label("Crime reference").fill("DHM/2022/00417")
    saved(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    wiped(page)


def test_the_script_breaks_no_rule_of_the_page(officer):
    refer(Hands(officer.page))
    officer.page.get_by_role("button", name="Refer now").click()
    expect(officer.page.get_by_role("heading", level=1)).to_have_text("Referred")
    assert officer.complaints == []


def test_a_double_tap_makes_one_case(officer):
    refer(Hands(officer.page))
    officer.page.get_by_role("button", name="Refer now").dblclick()
    expect(officer.page.get_by_role("heading", level=1)).to_have_text("Referred")
    assert cases(officer) == ["DUR-22-000003"]
