"""Every form of case work as it is seen, on a case in which it makes sense, in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from web_scheme import Scheme
from working import opened

from caseflow.access.who import Part
from caseflow.web.forms.declared import FORMS


@pytest.fixture
def case_work(name: str) -> tuple[Scheme, str, Part]:
    return opened(name)


@pytest.fixture
def scheme(case_work: tuple[Scheme, str, Part]) -> Scheme:
    """Instead of the scheme that the other pages are looked at in."""
    return case_work[0]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_keeps_nobody_out(looker: Callable, case_work: tuple[Scheme, str, Part], name: str):
    _, path, part = case_work
    for language, width in (("en", 390), ("cy", 1280)):
        somebody = looker(width)
        somebody.speak(language)
        somebody.sign_in_as(part)
        page = somebody.open(path)
        expect(page.locator("h1")).to_have_count(1)
        somebody.check(f"form-{name}-{language}")
