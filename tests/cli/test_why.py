"""Why something happened, and what comes next, in words: on stories, and on a real database."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sheets import NAMES, dossier_of
from test_case_file import ONE_VIEW, STRIKE_2
from test_commands import FIRST, cases, kept, move_on  # noqa: F401 - `cases` is a fixture
from words import ON_THE_WAY, SUPERVISOR, Story, books, days_pass, delivered, misses, story

from caseflow.cli import ahead, contracts, why
from caseflow.cli.failures import Stop
from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.words import Actor, Opinion, Role, RungEnd
from caseflow.engine.foresight import foresee, overridden
from caseflow.store.postgres import PostgresStore


class Names:
    """The part of the readings that `why` needs."""

    def names(self, scheme: str, ids: Any) -> dict[str, str]:
        return {one: NAMES[one] for one in ids if one in NAMES}

    def dossiers(self, scheme: str, *, ids: Any) -> list[Any]:
        return []


def told_of(told: Story, key: str) -> contracts.Why:
    policies = {("durham", told.policy.version): told.policy}
    return why.explained(Names(), why.meant(dossier_of(told), key), policies)  # type: ignore[arg-type] - all it asks


def test_a_chase_goes_back_to_the_missed_session_by_its_clause():
    told = story(*ON_THE_WAY, books("s1"), misses("s1"), days_pass(2), channel=delivered)
    number = next(n for n, (_, send) in enumerate(told.sends, start=1) if send.purpose == "missed_session")
    chain = told_of(told, f"message:{number}")
    assert chain.about == "the message “missed session” to the participant"
    first, *_, last = chain.lines
    assert first.clause is not None
    assert (first.clause.ladder, first.clause.rung, first.clause.comes) == (
        "missed_session",
        "text",
        "1 working day after it opened",
    )
    assert first.clause.about.startswith("They did not come")
    assert (last.what, last.who, last.made) == ("Did not come to session s1, no word yet", "Riverside Learning", True)
    assert [line.depth for line in chain.lines] == list(range(len(chain.lines)))


def test_a_strike_goes_back_to_the_absence_and_to_its_proof():
    told = story(*STRIKE_2, channel=delivered)
    chain = told_of(told, "strike:s1")
    because = {line.because: line.what for line in chain.lines if line.depth == 1}
    assert because["it is about this"] == "Did not come to session s1, no word yet"
    assert because["this is its proof"].startswith("The text “missed session” was delivered")
    assert told_of(told, "strike:2").lines[0].what.startswith("Strike 2 for session s2")


def test_a_breach_goes_back_to_the_strike_that_opened_it_and_shows_no_blind_view():
    told = story(*ONE_VIEW, channel=delivered)
    opened = next(one.seq for one in told.history if isinstance(one.event, ev.BreachOpened))
    assert any("Strike 2" in line.what for line in told_of(told, str(opened)).lines)
    view = next(one.seq for one in told.history if isinstance(one.event, ev.ViewRecorded))
    assert told_of(told, str(view)).lines[0].what.endswith("it is shown when both are in")


def test_a_task_is_asked_about_by_its_key_and_a_proposal_by_its_line():
    told = story(*ON_THE_WAY, books("s1"), misses("s1"), days_pass(0.1), channel=delivered)
    key = next(key for key in told.tasks if key.startswith("missed_session"))
    assert told_of(told, key).about.startswith("the task for the navigator: Ring today")
    told.asks(c.NoteAnswer("slot", "text", None, needs_reading=False, proposes=("slot:1",)), SUPERVISOR)
    line = next((one.seq for one in told.history if isinstance(one.event, ev.AnswerReceived)), None)
    assert line is not None
    assert told_of(told, f"proposal:{line}").about == "the proposal “slot 1”"


@pytest.mark.parametrize("key", ["999", "strike:9", "message:999", "task:nothing", "proposal:1", "anything"])
def test_what_is_not_there_is_refused_in_words(key):
    with pytest.raises(Stop, match=r"has no|proposes nothing"):
        told_of(story(*ON_THE_WAY), key)


# ── the look-ahead ──────────────────────────────────────────────────────────────────────────────
NAVIGATOR = Actor("nav-1", Role.NAVIGATOR)


def missed() -> Story:
    return story(*ON_THE_WAY, books("s1"), misses("s1"), channel=lambda send: None)


def test_the_forecast_is_what_the_story_then_does():
    told = story(*ON_THE_WAY, books("s1"), misses("s1"))
    future = foresee(dossier_of(told), told.policy, told.now)
    said = [(one.at, one.expectation, one.rung) for one in future.coming if one.end is RungEnd.FIRED]
    assert ("missed_session:s1", "rule") in {(expectation, rung) for _, expectation, rung in said}
    before = told.case
    foresee(dossier_of(told), told.policy, told.now)
    assert told.case is before  # looking changes nothing


def changed(asked: str, told: Story | None = None) -> Any:
    told = told or missed()
    return overridden(dossier_of(told), told.policy, told.now, asked, NAVIGATOR)


def test_an_excuse_takes_the_whole_chase_away():
    change = changed("excuse:s1")
    assert change.refused is None
    assert {one.expectation for one in change.gone} == {"missed_session:s1"}


def test_a_hold_moves_everything_by_its_working_days_and_ends_in_a_review():
    told = missed()
    until = (told.now + timedelta(days=7)).date()
    change = changed(f"hold:{until}", told)
    assert {one.expectation.partition(":")[0] for one in change.new} == {"hold", "hold_review"}
    assert change.moved
    assert all(one.now.at > one.was.at for one in change.moved)


def test_skipping_a_step_leaves_it_out_and_sets_the_next():
    change = changed("skip:missed_session:s1")
    assert isinstance(change.facts[0], ev.RungFired)
    assert change.facts[0].end is RungEnd.SKIPPED
    assert [(one.expectation, one.rung) for one in change.gone] == [("missed_session:s1", change.facts[0].rung)]


def test_sending_now_brings_the_next_message_forward():
    change = changed("send_now")
    assert change.refused is None
    first = min(change.moved, key=lambda one: one.now.at)
    assert first.now.at < first.was.at
    assert any(send.to is Role.PARTICIPANT for send in first.now.sends)


def test_what_an_override_may_not_do_it_says_in_the_domains_own_words():
    assert changed("hold:2022-12-31").refused.code == "too_long"
    assert changed("bring_forward:nothing").refused.code == "nothing_waits"
    assert changed("send_now:no_answer").refused.code == "no_message"
    assert changed("excuse:s9").refused.code == "session_unknown"


@pytest.mark.parametrize(
    ("asked", "says"), [("wait", "it may be"), ("hold:soon", "the last day"), ("excuse", "which session")]
)
def test_an_override_that_is_none_says_what_it_may_be(asked, says):
    told = missed()
    with pytest.raises(ValueError, match=says):
        ahead.foretold(dossier_of(told), told.policy, told.now, None, [asked], {})


# ── on a real database ──────────────────────────────────────────────────────────────────────────
@pytest.fixture
def accepted(cases: PostgresStore, run: Any) -> str:  # noqa: F811 - the fixture
    run("case", "do", FIRST, "accept", "navigator=jo", "--by", "supervisor", "--id", "accept-1")
    move_on(cases, days=3)
    return FIRST


def test_a_case_is_forecast_and_its_overrides_tried(accepted: str, run: Any) -> None:
    ran = run("due", "--case", accepted, "--override", "skip", "--override", "send_now", "--json")
    forecast = kept(ran, contracts.Forecast)
    assert forecast.coming
    assert [one.asked for one in forecast.overrides] == ["skip", "send_now"]
    told = run("due", "--case", accepted.lower(), "--override", "hold:2030-01-01", "--within", "4w")
    assert "What happens by itself" in told.out or "what happens by itself" in told.out
    assert "not possible: A hold ends by" in told.out
    assert run("due", "--override", "skip").code == 2


def test_what_is_due_can_be_asked_of_one_navigator(accepted: str, run: Any) -> None:
    mine = kept(run("due", "--within", "8w", "--navigator", "jo", "--json"), contracts.Due)
    everything = kept(run("due", "--within", "8w", "--json"), contracts.Due)
    assert {one.ref for one in mine.alarms} == {accepted}
    assert len(mine.alarms) < len(everything.alarms)
    assert run("due", "--navigator", "nobody").code == 2


def test_messages_tasks_and_lines_can_be_asked_why(accepted: str, run: Any) -> None:
    shown = kept(run("case", "show", accepted, "--json"), contracts.CaseView)
    notice = shown.notices[0]
    for key in (f"message:{notice.id}", notice.key, f"{accepted}/1", f"task:{shown.tasks[0].id}"):
        told = kept(run("why", key, "--json"), contracts.Why)
        assert told.ref == accepted
        assert any(line.made for line in told.lines)
    by_key = kept(run("why", shown.tasks[0].key, "--case", accepted, "--json"), contracts.Why)
    assert by_key.about.startswith("the task for")
    assert "here it began" in run("why", notice.key).out
    assert run("why", "17").code == 2
    assert run("why", "message:999999").code == 1


def test_a_message_is_asked_about_by_its_number_on_the_sheet(accepted: str, run: Any) -> None:
    sheet = kept(run("case", "file", accepted, "--json"), contracts.CaseFile)
    assert [one.number for one in sheet.messages] == list(range(1, len(sheet.messages) + 1))
    shown = run("case", "show", accepted).out
    ids = {one.id for one in kept(run("case", "show", accepted, "--json"), contracts.CaseView).notices}
    assert re.search(rf"^\s*1 +{min(ids)} ", shown, re.MULTILINE), shown
    for one in sheet.messages:
        told = kept(run("why", f"{accepted}/message:{one.number}", "--json"), contracts.Why)
        assert told.about.startswith(f"the message “{one.what}”")
    beyond = run("why", f"{accepted}/message:{max(ids) + 1}")
    assert (beyond.code, f"lists 1 to {len(ids)}" in beyond.err) == (1, True)


def test_a_panel_sheet_is_printed_or_written(accepted: str, run: Any, tmp_path: Any) -> None:
    plain = run("case", "file", accepted)
    assert plain.out.startswith(f"# Panel sheet {accepted}")
    assert run("case", "file", accepted).out == plain.out
    sheet = run("case", "file", accepted, "--json").json()
    assert sheet["sha256"] in plain.out
    page = tmp_path / "sheet.html"
    ran = run("case", "file", accepted, "--html", "--names", "--out", str(page))
    assert sheet["sha256"] in ran.out
    shown = kept(run("case", "show", accepted, "--json"), contracts.CaseView)
    assert shown.participant in page.read_text(encoding="utf-8")
    assert shown.participant not in plain.out
    assert run("case", "file", accepted, "--html", "--json").code == 2


def test_a_blind_view_stays_blind_in_the_history_too() -> None:
    told = story(*ONE_VIEW, channel=delivered)
    from caseflow.telling.history import story_of  # noqa: PLC0415 - only here

    lines = story_of(Names(), dossier_of(told), {("durham", "1"): told.policy}).lines  # type: ignore[arg-type] - all it asks
    views = [line.what for line in lines if line.kind == "ViewRecorded"]
    assert views == ["The navigator's view was written by Jo Reed; it is shown when both are in"]
    assert Opinion.BREACHED.value not in views[0]
