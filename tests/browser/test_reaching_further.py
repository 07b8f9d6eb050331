"""Pages that need something to have happened: a move of the policy, a victim to be told, providers' tasks, groups, a survey."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from door_scheme import day, with_returns
from playwright.sync_api import expect
from web_scheme import MONDAY, OWN, SCHEMES, Scheme, busy, navigator
from working import later

from caseflow.access.who import Part
from caseflow.bootstrap import memory_app
from caseflow.engine.ports import PersonIn

WIDTHS = [390, 1280]
REF = "DUR-22-000900"


@pytest.fixture
def scheme() -> Scheme:
    """Forty people of every group, a victim to be told, two versions of the policy, a survey, returns that have not come."""
    made = busy()
    with_returns(made)
    for number in range(40):
        name = f"Person{number}"
        made.refer(f"DUR-22-0001{number:02d}", name, "Marsh", "nobody-in-particular")
        extra = {"sex": "FM"[number % 3 > 1], "self_defined_ethnicity": "WBA"[number % 3] + "1"}
        with made.app.store.begin() as unit:
            born = date(2003 - number, 1, 1)
            unit.upsert_people("durham", [PersonIn(name.lower(), "participant", name, "Marsh", born, extra=extra)])
    made.refer(REF, "Llewelyn-Siôn", "Gruffydd-Prydderch", navigator(), victim=True)
    with made.app.store.begin() as unit:
        for number in range(30):
            answers = {"fair": "yes" if number % 4 else "no", "helped": "partly", "listened": "yes"}
            unit.add_survey(
                "durham", "2022-01", answers | ({"words": f"Evenings would help me {number}"} if number < 7 else {})
            )
    made.refer("DUR-22-000901", "Kim", "Lowe", "", accepted=False)
    made.go_to(day(40, 12))
    return made


PAGES = [
    ("tasks", Part.SUPERVISOR, "/tasks"),
    ("tasks-manager", Part.MANAGER, "/tasks"),
    ("referrals-asked", Part.OFFICER, "/referrals"),
    ("figures-by-sex", Part.MANAGER, "/scheme?by=sex"),
    ("figures-by-age", Part.MANAGER, "/scheme?by=age"),
    ("survey-full", Part.MANAGER, "/scheme/survey"),
    ("today-returns", Part.SUPERVISOR, "/today/team"),
    ("referral-victim", Part.OFFICER, f"/referrals/{REF}"),
    ("victim", Part.OFFICER, f"/referrals/{REF}/victim"),
]


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("width", WIDTHS)
def test_what_has_happened_is_seen_by_everybody(looker: Callable, width: int, language: str):
    for name, part, path in PAGES:
        somebody = looker(width)
        somebody.speak(language)
        somebody.sign_in_as(part)
        page = somebody.open(path)
        expect(page.locator("h1")).to_have_count(1)
        if "figures" in name or "survey" in name:
            page.locator("details").first.click()
        somebody.check(f"{name}-{language}")


@pytest.mark.parametrize("script", [True, False])
def test_a_task_about_a_return_is_finished_with_a_word(looker: Callable, script: bool):  # noqa: FBT001 - a parameter
    somebody = looker(390, script=script)
    somebody.sign_in_as(Part.MANAGER)
    page = somebody.open("/tasks")
    page.get_by_role("link", name=re.compile("^Finish.*Common Ground")).first.click()
    page.get_by_role("button", name="It is done").click()
    expect(page.get_by_role("link", name="In a few words: write something")).to_be_visible()
    if script:
        somebody.check("provider-task-wrong")
    page.get_by_label("In a few words").fill("Rang: it comes on Friday")
    page.get_by_role("button", name="It is done").click()
    expect(page.get_by_text("It is written down as done.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_managers_task_in_a_case_is_finished_with_a_word(looker: Callable, script: bool):  # noqa: FBT001 - a parameter
    somebody = looker(390, script=script)
    somebody.sign_in_as(Part.MANAGER)
    page = somebody.open("/")
    page.get_by_role("link", name=re.compile("^Finish.*DUR-22-000901")).first.click()
    page.get_by_role("button", name="It is done").click()
    assert page.get_by_role("link", name="In a few words: write something").is_visible()
    if script:
        somebody.check("task-in-case-wrong")
    page.get_by_label("In a few words").fill("Asked the supervisor: it is decided today")
    page.get_by_role("button", name="It is done").click()
    assert page.get_by_text("It is written down as done.").is_visible()
    assert page.get_by_role("link", name=re.compile("^Finish.*DUR-22-000901")).count() == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_whether_the_victim_was_told_is_asked_for(looker: Callable, width: int):
    somebody = looker(width)
    somebody.sign_in_as(Part.SUPERVISOR)
    page = somebody.open("/tasks")
    page.get_by_role("link", name=re.compile(f"^Finish.*{REF}, The victim has not been told")).first.click()
    page.get_by_role("button", name="It is done").click()
    page.get_by_role("link", name="Say whether the victim has been told").click()
    somebody.check("task-victim-wrong")
    page.get_by_label("Yes, the victim has been told").check()
    page.get_by_label("In a few words").fill("Rang them this morning")
    page.get_by_role("button", name="It is done").click()
    assert page.get_by_text("It is written down as done.").is_visible()


@pytest.mark.parametrize("script", [True, False])
def test_an_officer_answers_what_is_asked_in_words(looker: Callable, script: bool):  # noqa: FBT001 - a parameter
    somebody = looker(390, script=script)
    somebody.sign_in_as(Part.OFFICER)
    page = somebody.open("/referrals")
    page.get_by_role("link", name=re.compile("^Answer.*Is there another number")).first.click()
    page.get_by_role("button", name="Send your answer").click()
    assert page.get_by_role("link", name="Your answer: write something").is_visible()
    if script:
        somebody.check("asked-wrong")
    page.get_by_label("Your answer").fill("The phone is with us as evidence")
    page.get_by_role("button", name="Send your answer").click()
    assert page.get_by_text("Your answer is with whoever works on the case").is_visible()


@pytest.mark.parametrize("script", [True, False])
def test_an_officer_says_that_the_victim_was_told(looker: Callable, script: bool):  # noqa: FBT001 - a parameter
    somebody = looker(390, script=script)
    somebody.sign_in_as(Part.OFFICER)
    page = somebody.open("/referrals")
    page.get_by_role("link", name="Tell the victim").click()
    page.get_by_role("button", name="Yes, the victim has been told").click()
    expect(page.get_by_text("It is written down that the victim was told")).to_be_visible()
    expect(page.get_by_role("button", name="Record that the victim was told")).to_have_count(0)


@pytest.fixture
def versions(scheme: Scheme) -> Scheme:
    both = SCHEMES | {("durham", "2"): later(SCHEMES["durham", "1"])}
    scheme.memory = memory_app(both, at=MONDAY, scheme="durham")
    scheme.refer(OWN, "Sam", "Carter", navigator())
    scheme.go_to(MONDAY + timedelta(hours=6))
    return scheme


@pytest.mark.parametrize("width", WIDTHS)
def test_a_case_is_moved_to_another_version_and_back(versions: Scheme, looker: Callable, width: int):
    somebody = looker(width)
    somebody.sign_in_as(Part.SUPERVISOR)
    page = somebody.open(f"/cases/{OWN}/do/move_policy")
    expect(page.get_by_role("heading", name="The next steps, before and after")).to_be_visible()
    somebody.check("do-policy-ahead")
    for _ in range(2):
        page = somebody.open(f"/cases/{OWN}/do/move_policy")
        page.get_by_label("Why").fill("Agreed with the force")
        page.get_by_role("button", name="Move to another version of the policy").click()
        expect(page.get_by_text("What was done")).to_be_visible()
