"""From a case to a provider's return and back: who is on it without a place, and which item “completed” closes."""

from datetime import UTC, datetime, timedelta

import pytest

from caseflow.bootstrap import rosters
from caseflow.domain import provider_return
from caseflow.domain.commands import AgreePlan, Assess, BookSession, Item, ReferOn
from caseflow.domain.words import Actor, Channel, ItemKind, Role
from caseflow.imports.returns import expected_on, submit_return, template_rows, write_template
from caseflow.settings.holidays import england_and_wales
from caseflow.settings.paths import config_dir

ITEMS = (Item("i1", ItemKind.ENFORCEABLE, "thinking skills"), Item("i2", ItemKind.VOLUNTARY, "money advice"))
CALENDAR = england_and_wales()


@pytest.fixture
def provider() -> str:
    return rosters(config_dir())["durham"].providers[0].id


@pytest.fixture
def planned(desk):
    desk.accepted()
    plan = [Assess(risk="low"), AgreePlan(ITEMS, signed=True, read_back=True)]
    answers = [answer for one in plan for answer in desk.ask(desk.asked(one, by=desk.navigator))]
    assert [answer.words for answer in answers if answer.refused] == []
    return desk


def file_for(desk, provider, tmp_path, **written):
    """The provider's file for January, with `completed` written beside each of these items ("_" for a space)."""
    stream = desk.stream(provider_return.stream_id("durham", provider, "2022-01"))
    rows = template_rows(stream, expected_on(desk.app.readings, "durham", stream), CALENDAR, desk.now)
    for row in rows:
        row[7] = written.get(row[2].replace(" ", "_"), "")
    write_template(tmp_path / "january.csv", rows)
    return stream.id, rows, tmp_path / "january.csv"


def test_a_session_without_a_place_is_asked_for_on_the_providers_return(planned, provider, tmp_path):
    start = planned.now + timedelta(days=3)
    booked = BookSession("s1", start, item="i1", provider=provider)
    planned.ask(planned.asked(booked, by=planned.navigator))
    planned.sweep()
    planned.go_to(datetime(2022, 2, 1, 10, tzinfo=UTC))
    assert planned.stream().places == {}
    _, rows, _ = file_for(planned, provider, tmp_path)
    assert [row[1:4] for row in rows] == [["DUR-22-case-1", "thinking skills", "s1"]]
    [request] = [one for one in planned.sent(Channel.EMAIL) if one.subject and "return" in one.subject.lower()]
    assert "DUR-22-case-1" in request.body


def test_completed_closes_the_item_of_its_line_and_the_other_goes_on(planned, provider, tmp_path):
    referred = [planned.asked(ReferOn(item, provider), by=planned.navigator) for item in ("i1", "i2")]
    planned.ask(*referred)
    planned.sweep()
    planned.go_to(datetime(2022, 2, 1, 10, tzinfo=UTC))
    stream, _, path = file_for(planned, provider, tmp_path, money_advice="yes", thinking_skills="no")
    by = Actor(provider, Role.PROVIDER)
    report = submit_return(planned.app, planned.app.readings, path, stream_id=stream, by=by, calendar=CALENDAR)
    assert (report.rows, report.bad) == (1, ())
    planned.sweep()
    assert planned.stream().items_done == {"i2"}
    february = planned.stream(provider_return.stream_id("durham", provider, "2022-02"))
    assert [one.item for one in february.participants.values() if not one.left] == ["i1"]
