"""A manager's morning: the figures and a sheet of them, the policy in words, a message, a test of it to oneself."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from web_scheme import MONDAY

from caseflow.access.who import Part
from caseflow.domain.words import Channel


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_managers_morning(looker: Callable, width: int, script):
    somebody = looker(width, script=script)
    for number in range(8):
        somebody.scheme.refer(f"DUR-22-0001{number:02d}", f"Person{number}", "Marsh", "nobody-in-particular")
    somebody.scheme.go_to(MONDAY + timedelta(days=4))
    somebody.sign_in_as(Part.MANAGER)

    page = somebody.open("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Figures")
    expect(page.get_by_role("img", name="January to March 2022: Completed 0;")).to_be_visible()
    page.get_by_role("link", name="month", exact=True).click()
    expect(page.get_by_role("link", name="month", exact=True)).to_have_attribute("aria-current", "page")
    page.get_by_text("The numbers as a table: What became of journeys").click()
    expect(page.get_by_role("row", name="January 2022 0 0 0 0 0 10 10")).to_be_visible()
    with page.expect_download() as fetched:
        page.get_by_role("link", name=re.compile(r"Download this figure.*What became of journeys")).click()
    assert fetched.value.suggested_filename == "ends-by-month.csv"
    assert "What became of journeys" in fetched.value.path().read_text(encoding="utf-8")
    expect(page.get_by_text("Carter")).to_have_count(0)

    page.get_by_role("link", name="Policies").click()
    page.get_by_role("link", name="Version 1").click()
    page.get_by_role("link", name=re.compile("Leaflet for the person.*Deferred prosecution")).click()
    expect(page.get_by_role("heading", name="How we keep in touch")).to_be_visible()
    page.get_by_role("link", name="Version 1").click()
    page.get_by_role("link", name=re.compile("The whole way in a picture.*Deferred prosecution")).click()
    expect(page.get_by_role("img", name="Deferred prosecution")).to_be_visible()
    page.get_by_role("link", name="Version 1").click()
    page.get_by_role("link", name="Step-by-step guide to all disposals, for navigators").click()
    page.get_by_text("On this page").click()
    page.get_by_role("link", name="Strikes", exact=True).click()
    expect(page.get_by_role("heading", name="Strikes", exact=True)).to_be_in_viewport()

    page.get_by_role("link", name="Messages").click()
    page.get_by_role("link", name="Missed session").click()
    page.get_by_label("Which of them").select_option("text-cy")
    page.get_by_role("button", name="Send the test to me").click()
    expect(page.get_by_text("The test is on its way to")).to_be_visible()
    (mail,) = [one for one in somebody.scheme.memory.senders[Channel.EMAIL].sent if one.key.startswith("test-")]
    assert mail.subject.startswith("PRAWF: ")

    page.get_by_role("link", name="Cymraeg").click()
    expect(page.get_by_role("button", name="Anfon y prawf ataf")).to_be_visible()
    page.get_by_role("link", name="Ffigurau").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ffigurau")
    assert somebody.complaints == []


def test_a_table_that_is_wider_than_a_phone_is_moved_by_keyboard(looker: Callable):
    somebody = looker(390)
    somebody.scheme.go_to(MONDAY + timedelta(days=1))
    somebody.sign_in_as(Part.SUPERVISOR)
    page = somebody.open("/scheme")
    page.get_by_text("The numbers as a table: What became of journeys").click()
    region = page.get_by_role("region", name="What became of journeys").locator("visible=true").last
    region.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(100):  # it glides; waiting by a function is forbidden by our own content policy
        if page.evaluate("document.activeElement.scrollLeft") > 0:
            return
        page.wait_for_timeout(50)
    raise AssertionError("the table has not moved")
