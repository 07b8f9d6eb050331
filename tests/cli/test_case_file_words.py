"""What the panel sheet tells where a case is over, late, moved to other rules, or judged by several people."""

from dataclasses import replace

import pytest
from sheets import NAMES
from test_case_file import STORIES, STRIKE_2, sheet_of
from words import OIC, ON_THE_WAY, PROVIDER, SUPERVISOR, Story, days_pass, delivered, says, story

from caseflow.cli.casefile import as_html
from caseflow.domain import commands as c
from caseflow.domain.words import Opinion
from caseflow.telling.casefile.contract import SheetOption
from caseflow.telling.casefile.page import WORDS, sections
from caseflow.telling.glossary import GLOSSARY

WORDS_OF = {
    "t2": "My bus did not come.",
    "t3": "I think it is enough now.",
    "t4": "They always rang us.",
    "t5": "Go on.",
}
HEARD = (
    *STRIKE_2, days_pass(1), says(c.RecordSide(text="t2")), says(c.HearProvider(text="t4"), PROVIDER),
    says(c.RecordView(Opinion.BREACHED, text="t3")),
)  # fmt: skip
BOTH = (*HEARD, says(c.RecordView(Opinion.CARRY_ON, text="t5"), OIC))


def options_of(told: Story) -> dict[str, SheetOption]:
    return {one.name: one for one in sheet_of(told).options}


def test_what_everybody_said_about_a_breach_stands_beside_it_when_names_are_asked_for():
    breach = sheet_of(story(*BOTH, channel=delivered), names=NAMES, texts=WORDS_OF).breaches[-1]
    assert (breach.side_words, breach.provider_words) == (WORDS_OF["t2"], WORDS_OF["t4"])
    assert [view.words for view in breach.views] == [WORDS_OF["t3"], WORDS_OF["t5"]]
    page = as_html(sheet_of(story(*BOTH, channel=delivered), names=NAMES, texts=WORDS_OF))
    told = page[page.index("Alleged breach, views and decision</h2>") : page.index("Strikes and their proof</h2>")]
    assert [words for words in WORDS_OF.values() if words not in told] == []


def test_nobodys_words_stand_there_without_names_nor_a_view_before_the_other_one():
    told = story(*HEARD, channel=delivered)
    waits = sheet_of(told, names=NAMES, texts=WORDS_OF).breaches[-1]
    assert [view.words for view in waits.views] == [""]
    nameless = sheet_of(story(*BOTH, channel=delivered))
    assert "kept apart" in nameless.breaches[-1].side
    assert not [words for words in WORDS_OF.values() if words in as_html(nameless)]


def test_completing_is_offered_when_nothing_that_must_be_done_is_open():
    on = story(*ON_THE_WAY, channel=delivered)
    assert options_of(on)["Completed"].words.startswith("1 thing that must be done is still open")
    assert options_of(story(*ON_THE_WAY[:3]))["Completed"].words.startswith("No plan is agreed yet")
    done = options_of(story(*ON_THE_WAY, says(c.NoteItemDone("i1"))))["Completed"]
    assert done.there
    alleged = options_of(story(*STRIKE_2, says(c.NoteItemDone("i1")), channel=delivered))["Completed"]
    assert (alleged.there, alleged.words) == (False, "A breach is alleged: it is decided first.")


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ((says(c.NoteItemDone("i1")), says(c.Complete())), "It was completed"),
        ((says(c.Withdraw()),), "It ended without fault"),
    ],
)
def test_a_case_that_is_over_offers_only_to_open_it_again(end, why):
    found = options_of(story(*ON_THE_WAY, *end))
    assert [name for name, one in found.items() if one.there] == ["Reopen"]
    assert found["Prosecution for the original offence"].words.startswith(why)


def test_after_the_last_safe_date_prosecution_is_no_longer_offered():
    before = options_of(story(*ON_THE_WAY))["Prosecution for the original offence"]
    assert "Not after the last safe decision date, Fri 08 Jul 2022." in before.words
    late = options_of(story(*ON_THE_WAY, days_pass(185), says(c.NoteItemDone("i1"))))
    passed = late["Prosecution for the original offence"]
    assert not passed.there
    assert "has passed" in passed.words
    assert "Ask the OIC" in passed.words


def test_a_case_that_was_moved_says_when_by_whom_and_keeps_the_version_of_each_ladder():
    told = story(*ON_THE_WAY, channel=delivered)
    before = next(one for one in sections(sheet_of(told)) if one.id == "policy")
    assert before.says[0].endswith("The case has been bound to it since it was referred.")
    onto = replace(told.policy, version="2")
    told.asks(c.MovePolicy("2", "t9"), SUPERVISOR, onto=onto)
    told.policy = onto
    sheet = sheet_of(told, names=NAMES, texts={"t9": "The ladder was too fast."})
    after = next(one for one in sections(sheet) if one.id == "policy")
    assert "since it was referred" not in " ".join(after.says)
    assert after.says[1].startswith("The rules are now version 2 of the policy, before version 1")
    assert "by Ruth Ellison" in after.says[1]
    assert [fact.words for fact in sheet.moves] == ["The ladder was too fast."]
    assert sheet.moves[0] in sheet.rulings
    assert {one.policy for one in sheet.expectations} == {"durham/1"}


def test_the_words_that_a_stranger_stumbles_over_are_explained():
    sheet = sheet_of(STORIES["decided"]())
    table = sections(sheet)[-1].tables[0]
    assert table.rows == tuple((word, GLOSSARY[word]) for word in WORDS)
    purposes = next(one for one in sections(sheet) if one.id == "messages").tables[1]
    assert {row[0] for row in purposes.rows} == {one.what for one in sheet.messages}
