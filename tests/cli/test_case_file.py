"""The panel sheet: what a panel reads about a case, the same for the same facts, to the byte."""

import os
import re
from dataclasses import fields, replace
from datetime import UTC, date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sheets import NAMES, dossier_of
from words import (
    NAVIGATOR,
    OIC,
    ON_THE_WAY,
    PROVIDER,
    SUPERVISOR,
    Story,
    books,
    days_pass,
    delivered,
    lost,
    misses,
    refers,
    says,
    spoken_to,
    story,
)

from caseflow.cli.casefile import as_html, as_json_text, as_markdown, panel_sheet
from caseflow.domain import commands as c
from caseflow.domain.words import Opinion
from caseflow.engine.readings import ParkedLine
from caseflow.telling.casefile.contract import CaseFile
from caseflow.telling.casefile.page import markdown_cell

GOLDEN = Path(__file__).parent / "golden"

STRIKE_1 = (
    *ON_THE_WAY, says(c.ExplainExpectations(read_back=True)), books("s1"), misses("s1"), days_pass(2), spoken_to("s1"),
    says(c.ConfirmStrike("s1", "t1")),
)  # fmt: skip
STRIKE_2 = (
    *STRIKE_1, spoken_to("strike"), books("s2", 14), misses("s2"), days_pass(2), spoken_to("s2"),
    says(c.ConfirmStrike("s2")),
)  # fmt: skip
HEARD = (says(c.RecordSide(text="t2")), says(c.HearProvider(), PROVIDER))
ONE_VIEW = (*STRIKE_2, days_pass(1), *HEARD, says(c.RecordView(Opinion.BREACHED, text="t3")))
DECIDED = (
    *ONE_VIEW, says(c.RecordView(Opinion.CARRY_ON), OIC),
    says(c.DecideBreach(Opinion.CARRY_ON, "They came to every session since, and rang."), SUPERVISOR), days_pass(3),
)  # fmt: skip
INVITED = (
    refers(disposal="community_resolution", offence_category="CE", offence_listed="CE", victim=True), *ON_THE_WAY[1:5],
    says(c.AgreePlan((c.Item("i1", c.ItemKind.VOLUNTARY, "money advice"),), signed=True, read_back=True)),
    books("s1"), misses("s1"), says(c.Excuse("s1", "illness")), days_pass(2),
)  # fmt: skip
STORIES = {
    "a-view-waits": lambda: story(*ONE_VIEW, channel=delivered),
    "decided": lambda: story(*DECIDED, channel=delivered),
    "nothing-enforceable": lambda: story(*INVITED, channel=lost),
}


def sheet_of(told: Story, **more: object) -> CaseFile:
    return panel_sheet(dossier_of(told), told.policy, **more)  # type: ignore[arg-type] - names and texts


@pytest.fixture(scope="module")
def told() -> dict[str, Story]:
    return {name: tell() for name, tell in STORIES.items()}


def test_the_plan_names_the_provider_with_whom_an_item_is_placed():
    told = story(*ON_THE_WAY, says(c.ReferOn("i2", "pro-2")), says(c.NoteProviderAnswer("i2", "yes")))
    with_whom = {one.id: one.provider for one in sheet_of(told, names={"pro-2": "Debt Help"}).items}
    assert with_whom["i2"] == "Debt Help"
    told.asks(c.NoteProviderAnswer("i1", "no"), NAVIGATOR)
    assert next(one.provider for one in sheet_of(told).items if one.id == "i1") == ""


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_a_sheet_reads_as_it_did(told, name, form):
    """After a wanted change: CASEFLOW_GOLDEN=write, and read the difference before you commit it."""
    text = {"md": as_markdown, "html": as_html, "json": as_json_text}[form](sheet_of(told[name]))
    path = GOLDEN / f"sheet-{name}.{form}"
    if os.environ.get("CASEFLOW_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", STORIES)
def test_the_same_story_gives_the_same_bytes_whatever_the_zone_of_its_instants(told, name):
    again = sheet_of(STORIES[name]())
    assert as_html(again) == as_html(sheet_of(told[name]))
    dossier = dossier_of(told[name])
    abroad = replace(
        dossier,
        events=tuple(
            replace(one, occurred_at=one.occurred_at.astimezone(ZoneInfo("Asia/Tokyo"))) for one in dossier.events
        ),
    )
    assert as_json_text(panel_sheet(abroad, told[name].policy)) == as_json_text(again)


def test_the_fingerprint_stands_at_the_foot_of_every_form_and_is_that_of_the_facts(told):
    sheet = sheet_of(told["decided"])
    for text in (as_html(sheet), as_markdown(sheet), as_json_text(sheet)):
        assert text.count(sheet.sha256) == 1
    named = sheet_of(told["decided"], names=NAMES, texts={"t2": "My bus did not come."})
    assert named.sha256 == sheet.sha256
    later = sheet_of(story(*DECIDED, spoken_to(), channel=delivered))
    assert later.sha256 != sheet.sha256


def test_names_and_words_stand_on_it_only_when_asked_for(told):
    without = as_html(sheet_of(told["decided"]))
    named = as_html(sheet_of(told["decided"], names=NAMES, texts={"t2": "My bus did not come."}))
    for name in NAMES.values():
        assert name not in without
    assert "Sam Carter" in named
    assert "decided by Ruth Ellison" in named
    assert "My bus did not come." in named
    assert "My bus" not in without


def test_a_view_is_blind_until_the_other_one_is_in(told):
    waits = sheet_of(told["a-view-waits"], names=NAMES, texts={"t3": "I think it is enough now."})
    assert [view.opinion for view in waits.breaches[-1].views] == [""]
    for text in (as_html(waits), as_markdown(waits), as_json_text(waits)):
        assert "enough now" not in text
        assert "it is shown when both are in" in text
        assert "was written by Jo Reed: breached" not in text
        assert "shown when both are in" in text
    both = sheet_of(told["decided"], names=NAMES)
    assert [(view.role, view.opinion) for view in both.breaches[-1].views] == [
        ("navigator", "breached"),
        ("OIC", "carry on"),
    ]


def test_a_strike_shows_its_proof_and_where_it_stands(told):
    first, second = sheet_of(told["decided"]).strikes
    assert (first.proof, first.standing) == ("a message about it was delivered to an address they confirmed", "stands")
    assert second.standing.startswith("no longer counts: decided that they carry on")
    history = {fact.line: fact.what for fact in sheet_of(told["decided"]).history}
    assert history[first.proof_line] == "The text “missed session” was delivered, to an address they confirmed"


def test_sent_is_told_from_delivered_and_from_reached(told):
    results = {one.what: one for one in sheet_of(told["a-view-waits"]).messages}
    assert results["missed session"].reached
    assert "was delivered, to an address they confirmed" in results["missed session"].result
    assert not results["officer accepted"].reached
    assert results["officer accepted"].result.startswith("went out")
    lost_ones = sheet_of(told["nothing-enforceable"]).messages
    assert any("could not be delivered" in one.result for one in lost_ones)


def test_a_disposal_offers_only_the_paths_it_has(told):
    def there(name: str) -> dict[str, bool]:
        return {one.name: one.there for one in sheet_of(told[name]).options}

    assert there("a-view-waits")["Breached"]
    assert there("a-view-waits")["Prosecution for the original offence"]
    invited = there("nothing-enforceable")
    assert not invited["Breached"]
    assert not invited["Prosecution for the original offence"]
    assert invited["End without fault"]


def test_the_last_safe_decision_date_is_said_or_said_to_be_none(told):
    assert sheet_of(told["decided"]).last_safe == "2022-07-08"
    assert "s.127" in sheet_of(told["decided"]).last_safe_words
    assert sheet_of(told["nothing-enforceable"]).last_safe is None


def test_an_unknown_date_says_why_and_the_oics_answer_says_whose_it_is():
    """Also in a case that was referred before the reason was kept."""
    unknown = story(refers(offence_code="TH68010", offence_category="CE", offence_listed="CE", property_pence=1250))
    assert sheet_of(unknown).last_safe_words.startswith("Unknown: ask the OIC. Shop theft up to £200")
    older = replace(unknown.history[0], event=replace(unknown.history[0].event, last_safe_doubt=None))
    unknown.history[0] = older
    assert sheet_of(unknown).last_safe_words == "Unknown: ask the OIC. This offence may have a clock of its own."
    unknown.asks(c.SetLastSafe(date(2022, 7, 20)), OIC)
    assert sheet_of(unknown).last_safe_words == (
        "Wed 20 Jul 2022. As recorded by the OIC on Mon 10 Jan 2022 09:30. Never a reason to hurry a breach."
    )
    unknown.asks(c.SetLastSafe(no_limit=True), OIC)
    assert sheet_of(unknown).last_safe_words.startswith("None: no such limit runs. As recorded by")


def test_every_ladder_tells_each_of_its_steps(told):
    policy = told["decided"].policy
    for one in sheet_of(told["decided"]).expectations:
        assert [step.rung for step in one.steps] == [rung.id for rung in policy.ladder(one.ladder).rungs]
        assert all(step.came for step in one.steps)
        assert one.about
        assert one.end


def test_what_was_set_aside_is_said_and_has_nothing_to_come(told):
    dossier = dossier_of(told["decided"])
    aside = ParkedLine(dossier.id, "stream", "its policy cannot be read", told["decided"].now)
    sheet = panel_sheet(replace(dossier, parked=True, parkings=(aside,)), told["decided"].policy)
    assert sheet.coming == []
    assert "Set aside, and waiting for a person to mend it: stream: its policy cannot be read." in as_html(sheet)
    assert sheet_of(told["decided"]).coming


def test_what_it_prints_is_its_contract(told):
    for one in told.values():
        value = msgspec.json.decode(as_json_text(sheet_of(one)))
        assert set(value) == {field.name for field in fields(CaseFile)}
        assert msgspec.convert(value, CaseFile, strict=True).as_at.utcoffset() == timedelta(0)
        assert msgspec.convert(value, CaseFile).as_at.astimezone(UTC)


# ── the page ────────────────────────────────────────────────────────────────────────────────────
class Reader(HTMLParser):
    """Headings, tables and what may not be there."""

    VOID = frozenset({"meta", "br", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.tables: list[dict[str, int]] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "table":
            self.tables.append({"caption": 0, "unscoped": 0})
        if tag == "caption":
            self.tables[-1]["caption"] += 1
        if tag == "th" and given.get("scope") not in {"col", "row"}:
            self.tables[-1]["unscoped"] += 1
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given["href"]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", STORIES)
def test_the_page_can_be_read_by_everybody(told, name):
    text = as_html(sheet_of(told[name]))
    page = Reader()
    page.feed(text)
    assert page.open == []
    assert page.levels[0] == 1
    assert page.levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.levels, page.levels[1:], strict=False))
    assert page.tables
    assert all(one == {"caption": 1, "unscoped": 0} for one in page.tables)
    assert not {"script", "img", "link", "iframe", "form"} & set(page.tags)
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert '<html lang="en">' in text
    assert "http" not in text


def test_words_of_people_become_no_marks():
    cruel = story(*ONE_VIEW, says(c.RecordView(Opinion.CARRY_ON), OIC),
                  says(c.DecideBreach(Opinion.CARRY_ON, "<script>x</script> | **a**"), SUPERVISOR), channel=delivered)  # fmt: skip
    sheet = sheet_of(cruel)
    assert "<script>" not in as_html(sheet)
    assert "&lt;script&gt;" in as_html(sheet)
    assert r"\<script\>x\</script\> \| \*\*a\*\*" in as_markdown(sheet)
    assert markdown_cell("a\n| b") == r"a \| b"


def test_every_row_of_a_table_in_markdown_has_as_many_cells_as_its_head(told):
    for one in told.values():
        width = 0
        for line in as_markdown(sheet_of(one)).splitlines():
            if line.startswith("|"):
                cells = len(re.findall(r"(?<!\\)\|", line))
                width = width or cells
                assert cells == width, line
            else:
                width = 0
