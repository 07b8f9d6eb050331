"""What interventions and messages are called: in the page's language, or marked as English; never a machine's word."""

import pytest
from visiting import plain
from web_scheme import OWN, ROSTERS, Scheme
from working import engaged

from caseflow.access.who import Part
from caseflow.domain.commands import AgreePlan, Item
from caseflow.domain.notices import KINDS
from caseflow.domain.react.people import ASK_THE_OIC
from caseflow.domain.words import ItemKind
from caseflow.telling.purposes import NAMES, named, titled
from caseflow.web.titles import Title, in_language, intervention

PROVIDER = ROSTERS["durham"].providers[0]
KNOWN = PROVIDER.interventions[0]


@pytest.mark.parametrize(("titles", "language", "found"), [
    ({"en": "Help", "cy": "Cymorth"}, "cy", Title("Cymorth")),
    ({"en": "Help"}, "cy", Title("Help", "en")),
    ({"en": "Help"}, "en", Title("Help")),
    ({}, "cy", None),
])  # fmt: skip
def test_english_on_a_welsh_page_is_marked(titles, language, found):
    assert in_language(titles, language) == found


def test_a_code_is_opened_and_somebodys_own_words_stay_as_they_are():
    assert intervention(None, "money_advice", "cy") == Title("Money advice", "en")
    assert intervention(None, "money_advice", "en") == Title("Money advice")
    assert intervention(None, "cerdded gyda'r ci", "cy") == Title("Cerdded gyda'r ci")
    assert intervention(ROSTERS["durham"], KNOWN.code, "en") == Title(KNOWN.title["en"])


def test_the_plan_on_a_welsh_page_marks_what_is_english(scheme: Scheme):
    engaged(scheme)
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get("/language/cy?back=/")
    page = browser.get(f"/cases/{OWN}")
    for item in ("thinking_skills", "money_advice"):
        title = intervention(ROSTERS["durham"], item, "cy")
        lang = ' lang="en"' if title.lang else ""
        assert f"<strong{lang}>{title.words}</strong>" in page.text
    form = browser.get(f"/cases/{OWN}/plan").text
    english = [one for each in ROSTERS["durham"].providers for one in each.interventions if "cy" not in one.title]
    assert form.count('<option value="') > 0
    assert all(f'lang="en">{one.title["en"]}' in " ".join(form.split()) for one in english)


def test_an_item_that_no_roster_knows_is_marked_where_it_is_a_code_of_ours(scheme: Scheme):
    engaged(scheme)
    items = (Item("i9", ItemKind.VOLUNTARY, "pet_care"), Item("i8", ItemKind.VOLUNTARY, "Cerdded gyda'r ci"))
    scheme.ask(OWN, AgreePlan(items, signed=True, read_back=True))
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get("/language/cy?back=/")
    page = browser.get(f"/cases/{OWN}")
    assert '<strong lang="en">Pet care</strong>' in page.text
    assert "<strong>Cerdded gyda&#39;r ci</strong>" in page.text
    browser.get("/language/en?back=/")
    assert "<strong>Pet care</strong>" in browser.get(f"/cases/{OWN}").text


def test_no_message_is_called_by_a_word_that_is_ours_alone():
    assert set(NAMES) <= set(KINDS)
    for purpose in KINDS:
        assert "oic" not in named(purpose).split()
        assert "_" not in titled(purpose)
    assert titled("oic_contact_question") == "Question about other ways of contact"
    assert titled("first_contact") == "First contact"


def test_the_messages_are_listed_by_these_names(scheme: Scheme):
    words = plain(scheme.signed_in(Part.MANAGER).get("/messages"))
    assert "Question about other ways of contact" in words
    assert "Oic contact question" not in words
    assert "Question about other ways of contact" in plain(
        scheme.signed_in(Part.MANAGER).get("/messages/oic_contact_question")
    )


def test_a_task_says_what_to_do_in_peoples_words():
    assert "_" not in ASK_THE_OIC
    assert "last safe decision date" in ASK_THE_OIC
