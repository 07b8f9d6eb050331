from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from caseflow.cli.doing import COMMANDS, ENGINE_ONLY, build, described
from caseflow.cli.failures import Exit, Stop
from caseflow.domain import commands as c
from caseflow.domain.words import Attendance, ItemKind, Need


def test_every_command_a_person_may_give_can_be_typed() -> None:
    asked = set(get_args(c.CaseCommand)) - set(ENGINE_ONLY)
    assert asked <= set(COMMANDS.values())


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_describes_its_particulars(name: str) -> None:
    told = described(name)
    assert all(one.type for one in told.fields)
    assert "(" not in told.what[:1]


def test_values_become_what_the_command_asks_for() -> None:
    assert build("hold", {"until": "2022-03-01", "reason": "custody"}) == c.Hold(date(2022, 3, 1), "custody")
    assert build("record_attendance", {"session": "s1", "outcome": "late"}) == c.RecordAttendance("s1", Attendance.LATE)
    assert build("note_survey", {"filled_in": True}) == c.NoteSurvey(filled_in=True)
    assert build("assess", {"needs": ["alcohol"]}) == c.Assess((Need.ALCOHOL,))
    at = datetime(2022, 2, 14, 14, tzinfo=UTC)
    assert build("book_session", {"session": "s1", "start": at}) == c.BookSession("s1", at)
    item = {"id": "i1", "kind": "voluntary", "intervention": "housing advice"}
    made: Any = build("agree_plan", {"items": [item], "signed": "true", "read_back": "true"})
    assert made.items == (c.Item("i1", ItemKind.VOLUNTARY, "housing advice"),)


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("hold", {"until": "2022-03-01"}, "reason is missing; it asks for: until=day reason=words"),
        ("hold", {"until": "soon", "reason": "x"}, "until: is no day or time; write 2022-05-09"),
        (
            "agree_plan",
            {"items": [{"id": "i1", "kind": "loud", "intervention": "x"}]},
            "items[0].kind: 'loud' is none of its choices: enforceable, voluntary",
        ),
        (
            "record_attendance",
            {"session": "s1", "outcome": "danced"},
            "outcome: 'danced' is none of its choices: attended, late, ",
        ),
        ("hold", {"colour": "red"}, "hold has no colour; its particulars are: until, reason, expectation"),
    ],
)
def test_a_wrong_particular_is_named_with_what_to_write(name: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(Stop, match=r"hold|record_attendance|agree_plan") as stopped:
        build(name, given)
    assert stopped.value.code is Exit.USAGE
    assert words in str(stopped.value)


def test_what_is_not_for_people_cannot_be_typed() -> None:
    assert not {"fire_timer", "note_delivery", "refer", "list_participant", "want_digest"} & set(COMMANDS)
