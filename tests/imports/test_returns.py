from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseflow.bootstrap import Memory, rosters
from caseflow.domain import provider_return
from caseflow.domain.calendar import Calendar
from caseflow.domain.case import ProviderReturn, Session
from caseflow.domain.commands import Asked, ListParticipant
from caseflow.domain.events import ReturnReceived
from caseflow.domain.words import Actor, Attendance, Role
from caseflow.engine.handle import handle
from caseflow.imports.returns import (
    COLUMNS,
    Expected,
    as_text,
    expected_on,
    read_return,
    return_named_in,
    submit_return,
    template_rows,
    write_template,
)
from caseflow.imports.tables import FileRefused
from caseflow.settings.holidays import england_and_wales
from caseflow.settings.paths import config_dir

Write = Callable[..., Path]
NOW = datetime(2022, 2, 1, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return england_and_wales()


def session(name: str, start: datetime, status: str = "booked") -> Session:
    return Session(name, start, "session", "i1", "prov", "", enforceable=True, status=status)


EXPECTED = [
    Expected(
        "DUR-22-000001", "case-1",
        {
            "s1": session("s1", datetime(2022, 1, 14, 14, tzinfo=UTC)),
            "s2": session("s2", datetime(2022, 1, 21, 14, tzinfo=UTC), "attended"),
            "s3": session("s3", datetime(2022, 2, 21, 14, tzinfo=UTC)),
        },
    ),
    Expected("DUR-22-000002", "case-2", {"s9": session("s9", datetime(2022, 1, 14, 9, tzinfo=UTC)),
                                        "s10": session("s10", datetime(2022, 1, 14, 15, tzinfo=UTC))}),
    Expected("DUR-22-000003", "case-3"),
]  # fmt: skip


def table(*lines: str) -> str:
    return "\n".join([",".join(COLUMNS), *lines]) + "\n"


def a_return(seq: int = 0) -> ProviderReturn:
    return ProviderReturn("r1", "durham", seq, "RETURN-2022-01-prov", "1", "prov", "2022-01")


def test_the_file_we_send_asks_only_for_what_is_unknown(calendar: Calendar) -> None:
    lines = template_rows(a_return(), EXPECTED, calendar, NOW)
    assert [(line[1], line[3], line[4]) for line in lines] == [
        ("DUR-22-000001", "s1", "2022-01-14 14:00"),
        ("DUR-22-000002", "s9", "2022-01-14 09:00"),
        ("DUR-22-000002", "s10", "2022-01-14 15:00"),
        ("DUR-22-000003", "", ""),
    ]


def test_the_file_we_send_names_its_return_and_says_nothing_when_it_comes_back_empty(
    calendar: Calendar, tmp_path: Path
) -> None:
    path = tmp_path / "return.csv"
    lines = template_rows(a_return(), EXPECTED, calendar, NOW)
    write_template(path, lines)
    assert as_text(lines).splitlines()[0] == ",".join(COLUMNS)
    assert return_named_in(path) == "RETURN-2022-01-prov"
    read = read_return(path, EXPECTED, calendar)
    assert (read.rows, read.bad, read.blank) == ([], [], 4)


def test_a_filled_in_file_becomes_one_row_a_participant(calendar: Calendar, file: Write) -> None:
    path = file(
        table(
            "r,DUR-22-000001,,s1,,attended,well,no,",
            "r,dur-22-000001,,,21/01/2022,Late,,,yes",
            "r,DUR-22-000002,,,2022-01-14 15:00,absent,Can't say,,",
            "r,DUR-22-000003,,,,,not,yes,no",
        )
    )
    read = read_return(path, EXPECTED, calendar)
    assert read.bad == []
    first, second, third = read.rows
    assert first.sessions == (("s1", Attendance.ATTENDED), ("s2", Attendance.LATE))
    assert (first.row, first.engagement, first.completed, first.survey) == (2, "well", False, True)
    assert second.sessions == (("s10", Attendance.UNACCEPTABLE),)
    assert second.engagement == "cannot_say"
    assert (third.sessions, third.completed, third.survey) == ((), True, False)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("r,DUR-99,,s1,,attended,,,", "“DUR-99” is not on this return"),
        ("r,DUR-22-000001,,s1,,danced,,,", "outcome: “danced” is not understood"),
        ("r,DUR-22-000001,,s1,,,brilliant,,", "engagement: “brilliant”"),
        ("r,DUR-22-000001,,s1,,,,perhaps,", "completed: “perhaps” should be yes, no or empty"),
        ("r,DUR-22-000001,,,,attended,,,", "session: an outcome needs the session"),
        ("r,DUR-22-000001,,s77,,attended,,,", "session: “s77” is neither"),
        ("r,DUR-22-000001,,,2022-01-15,attended,,,", "has no session with you on 2022-01-15"),
        ("r,DUR-22-000002,,,2022-01-14,attended,,,", "more than one session"),
        ('r,DUR-22-000001,,"torn', "torn"),
    ],
)
def test_a_bad_line_is_named_and_kept_and_never_stops_the_others(
    calendar: Calendar, file: Write, line: str, words: str
) -> None:
    read = read_return(file(table(line, "r,DUR-22-000003,,,,,well,,")), EXPECTED, calendar)
    [(number, reason, raw)] = read.bad
    assert (number, len(read.rows)) == (2, 1)
    assert words in reason
    assert raw.startswith("r,DUR")


SEVERAL = [
    Expected(
        "DUR-22-000004", "case-4",
        {"s1": replace(session("s1", datetime(2022, 1, 14, 14, tzinfo=UTC)), item="i1")},
        {"i1": "thinking skills", "i2": "money advice"},
    )
]  # fmt: skip


def test_the_file_has_a_line_for_each_item_and_the_word_for_it(calendar: Calendar) -> None:
    lines = template_rows(a_return(), SEVERAL, calendar, NOW)
    assert [line[1:5] for line in lines] == [
        ["DUR-22-000004", "thinking skills", "s1", "2022-01-14 14:00"],
        ["DUR-22-000004", "money advice", "", ""],
    ]


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("r,DUR-22-000004,Money Advice,,,,,yes,", "i2"),
        ("r,DUR-22-000004,i2,,,,,yes,", "i2"),
        ("r,DUR-22-000004,,s1,,attended,,yes,", "i1"),  # the item of the session
        ("r,DUR-22-000004,,s1,,,,yes,", "i1"),
        ("r,DUR-22-000004,,,2022-01-14,late,,yes,", "i1"),
        ("r,DUR-22-000004,,,,,well,,", ""),
    ],
)
def test_a_line_speaks_of_the_item_it_names_or_of_its_sessions(
    calendar: Calendar, file: Write, line: str, item: str
) -> None:
    read = read_return(file(table(line)), SEVERAL, calendar)
    assert read.bad == []
    assert [row.item for row in read.rows] == [item]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "r,DUR-22-000004,,,,,,yes,",
            "completed: DUR-22-000004 has several items with you; say which in “item”: thinking skills, money advice",
        ),
        (
            "r,DUR-22-000004,juggling,,,,,yes,",
            "item: “juggling” is nothing that DUR-22-000004 does with you; it may be",
        ),
        ("r,DUR-22-000004,money advice,s1,,attended,,,", "item: session s1 is not of “money advice”"),
    ],
)
def test_a_line_that_leaves_open_which_item_it_means_is_asked_about(
    calendar: Calendar, file: Write, line: str, words: str
) -> None:
    read = read_return(file(table(line)), SEVERAL, calendar)
    assert read.rows == []
    assert words in read.bad[0][1]


def test_lines_about_two_items_of_one_person_are_two_rows(calendar: Calendar, file: Write) -> None:
    lines = ["r,DUR-22-000004,i1,s1,,attended,well,no,yes", "r,DUR-22-000004,i2,,,,not,yes,"]
    read = read_return(file(table(*lines)), SEVERAL, calendar)
    assert [(row.item, row.engagement, row.completed) for row in read.rows] == [
        ("i1", "well", False),
        ("i2", "not", True),
    ]


def test_a_file_from_before_there_was_a_column_for_items_is_read(calendar: Calendar, file: Write) -> None:
    old = "return,reference,session,when,outcome,engagement,completed,survey\nr,DUR-22-000004,s1,,attended,,yes,\n"
    [row] = read_return(file(old), SEVERAL, calendar).rows
    assert (row.item, row.completed) == ("i1", True)


def test_lines_that_contradict_each_other_are_refused(calendar: Calendar, file: Write) -> None:
    lines = ["r,DUR-22-000001,,s1,,attended,well,,", "r,DUR-22-000001,,s1,,absent,,,", "r,DUR-22-000001,,s1,,,not,,"]
    read = read_return(file(table(*lines)), EXPECTED, calendar)
    assert [number for number, _, _ in read.bad] == [3, 4]
    assert read.rows[0].sessions == (("s1", Attendance.ATTENDED),)


def test_a_file_that_is_no_return_is_refused(calendar: Calendar, file: Write) -> None:
    with pytest.raises(FileRefused, match="reference"):
        read_return(file("a,b\n1,2\n"), EXPECTED, calendar)


@pytest.fixture
def asked_for(memory: Memory) -> tuple[Memory, str, str]:
    """The memory scheme with one return of one participant, and the provider's id."""
    provider = rosters(config_dir())["durham"].providers[0].id
    stream = provider_return.stream_id("durham", provider, "2022-03")
    listed = ListParticipant(provider, "2022-03", "case-1", "DUR-22-000001", "i1", "1")
    [answer] = handle(memory.app, [Asked("l1", stream, listed, Actor("system", Role.SYSTEM))])
    assert not answer.refused
    return memory, stream, provider


def test_a_return_is_recorded_with_its_bad_rows_and_once_only(
    asked_for: tuple[Memory, str, str], calendar: Calendar, file: Write
) -> None:
    memory, stream, provider = asked_for
    readings = memory.app.readings
    assert readings is not None
    path = file(table("r,DUR-22-000009,,,,,well,,"))
    by = Actor(provider, Role.PROVIDER)
    first = submit_return(memory.app, readings, path, stream_id=stream, by=by, calendar=calendar)
    again = submit_return(memory.app, readings, path, stream_id=stream, by=by, calendar=calendar)
    assert (first.answer.refused, first.answer.repeat, again.answer.repeat) == (False, False, True)
    assert [number for number, _ in first.bad] == [2]
    [dossier] = readings.dossiers("durham", ids=[stream])
    received = [one.event for one in dossier.events if isinstance(one.event, ReturnReceived)]
    assert len(received) == 1
    kept = received[0].bad[0]
    assert kept.text is not None
    assert readings.texts("durham", [kept.text])[kept.text] == "r,DUR-22-000009,,,,,well,,"


def test_a_return_nobody_knows_is_refused(memory: Memory, calendar: Calendar, file: Write) -> None:
    assert memory.app.readings is not None
    with pytest.raises(FileRefused, match="there is no provider return"):
        submit_return(
            memory.app,
            memory.app.readings,
            file(table()),
            stream_id="x",
            by=Actor("p", Role.PROVIDER),
            calendar=calendar,
        )


def test_participants_that_are_no_longer_cases_are_left_out(asked_for: tuple[Memory, str, str]) -> None:
    memory, stream, _ = asked_for
    assert memory.app.readings is not None
    found = memory.app.readings.dossiers("durham", ids=[stream])[0].stream
    assert isinstance(found, ProviderReturn)
    assert expected_on(memory.app.readings, "durham", found) == []
