"""The policy as people read it: which version is in force, the guide, the leaflet, the picture, and what changed."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visiting import heading, plain
from web_scheme import MONDAY, SCHEMES, Scheme

from caseflow.access.who import Part
from caseflow.bootstrap import memory_app
from caseflow.messages.policies import guide, leaflet, picture
from caseflow.telling.policies import in_force, versions_of
from caseflow.web.prose import prose

NOW = SCHEMES["durham", "1"]
NEXT = replace(
    NOW, version="2", in_force_from=date(2022, 2, 1), side_working_days=9,
    excuses=tuple(one for one in NOW.excuses if one != "transport"),
)  # fmt: skip


@pytest.fixture
def two() -> Scheme:
    """A scheme with a version to come."""
    return Scheme(memory_app(SCHEMES | {("durham", "2"): NEXT}, at=MONDAY, scheme="durham"))


def test_the_version_in_force_is_said(two: Scheme):
    browser = two.signed_in(Part.MANAGER)
    words = plain(browser.get("/policies"))
    assert (
        words.index("Version 2")
        < words.index("In force later")
        < words.index("Version 1")
        < words.index("In force now")
    )
    assert "It is in force: new referrals go by it." in plain(browser.get("/policies/1"))
    assert "It is not in force yet." in plain(browser.get("/policies/2"))
    two.go_to(MONDAY.replace(month=3))
    assert "A newer version has replaced it." in plain(browser.get("/policies/1"))


def test_a_version_published_since_the_service_began_is_listed(two: Scheme):
    published = dict(two.app.store.policies())
    later = replace(NEXT, version="3", in_force_from=date(2022, 1, 2))

    def refresh() -> None:
        two.memory.store.set_policies(published | {("durham", "3"): later})

    two.memory = replace(two.memory, app=replace(two.app, refresh=refresh))
    words = plain(two.signed_in(Part.MANAGER).get("/policies"))
    assert words.index("Version 3") < words.index("In force now") < words.index("Version 1") < words.index("Replaced")


def test_what_is_in_force_before_the_first_and_after_the_last():
    versions = versions_of({("durham", "1"): NOW, ("durham", "2"): NEXT, ("else", "9"): NOW}, "durham")
    assert [one.version for one in versions] == ["2", "1"]
    days = {date(2021, 1, 1): "1", date(2022, 1, 31): "1", date(2022, 2, 1): "2", date(2030, 1, 1): "2"}
    assert {day: in_force(versions, day).version for day in days} == days


def test_another_schemes_policy_is_not_there(two: Scheme):
    assert two.signed_in(Part.MANAGER, "dyfed-powys").get("/policies/2").status_code == 404
    for path in (
        "/policies/3",
        "/policies/1/guide?disposal=x",
        "/policies/1/leaflet?disposal=x",
        "/policies/1/leaflet?in=fr",
    ):
        assert two.signed_in(Part.MANAGER).get(path).status_code == 404


@pytest.mark.parametrize("disposal", NOW.disposals)
def test_every_disposal_has_its_texts(two: Scheme, disposal: str):
    browser = two.signed_in(Part.NAVIGATOR)
    shown = browser.get(f"/policies/1/guide?disposal={disposal}")
    text = guide.guide(NOW, disposal)
    assert heading(shown) == text.splitlines()[0].removeprefix("# ")
    assert shown.text.count("<h2") == sum(line.startswith("## ") for line in text.splitlines())
    shown = browser.get(f"/policies/1/leaflet?disposal={disposal}")
    assert leaflet.leaflet(NOW, disposal, "en").splitlines()[0].removeprefix("# ") == heading(shown)
    shown = browser.get(f"/policies/1/picture?disposal={disposal}")
    assert picture.svg(NOW, disposal).strip() in shown.text
    assert all(line[1:] in plain(shown) for line in picture.heard(NOW, disposal))


def test_a_leaflet_is_read_in_the_schemes_other_language_too(scheme: Scheme):
    browser = scheme.signed_in(Part.MANAGER, "dyfed-powys", person="x")
    english = browser.get("/policies/1/leaflet")
    assert 'lang="en"' in english.text
    assert "Leaflet for the person, in Welsh" in plain(english)
    welsh = browser.get("/policies/1/leaflet?in=cy")
    assert '<article class="cf-prose" lang="cy">' in welsh.text
    browser.get("/language/cy?back=/")
    assert '<article class="cf-prose" lang="cy">' in browser.get("/policies/1/leaflet").text


def test_what_changed_is_said_for_whom(two: Scheme):
    browser = two.signed_in(Part.AUDITOR)
    words = plain(browser.get("/policies/compare"))
    assert "Before The person has 5 working days to give their side." in words
    assert "Now The person has 9 working days to give their side." in words
    assert "For the person, the navigator, the OIC" in words
    assert "They say the same." in plain(browser.get("/policies/compare?older=1&newer=1"))
    assert browser.get("/policies/compare?older=7").status_code == 404


def test_one_version_has_nothing_to_be_compared_with(scheme: Scheme):
    browser = scheme.signed_in(Part.MANAGER)
    assert "There is only one version yet." in plain(browser.get("/policies/compare"))
    assert "/policies/compare" not in browser.get("/policies").text


# ── Markdown ────────────────────────────────────────────────────────────────────────────────────
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](https://elsewhere.example/x.png)",
    "<https://elsewhere.example>",
    "[a]: javascript:alert(1)\n\n[a]",
    "<svg><style>*{}</style></svg>",
    "<!-- x --><b>bold</b>",
    "&lt;script&gt;",
    "`<script>`",
    "    <script>x</script>",
    "# <script>x</script>",
]
KNOWN = {"h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "strong", "em", "code", "pre", "hr", "br", "blockquote",
         "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip


def tags(marks: str) -> set[str]:
    return set(re.findall(r"<\s*/?\s*([a-zA-Z!][\w-]*)", marks))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_brings_no_marks_of_its_own(text: str):
    body = str(prose(f"# Title\n\n{text}\n").body)
    assert tags(body) <= KNOWN
    assert "href" not in body


@given(st.text(alphabet=st.sampled_from("#*_`<>[]()!&-|\n abc:/\"'=123.")))
def test_whatever_is_written_only_known_marks_come_out(text: str):
    assert tags(str(prose(text).body)) <= KNOWN
