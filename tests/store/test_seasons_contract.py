"""A season in numbers: both stores count the same, on facts written by hand, and in a fixed number of statements."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from store_builders import DAY, HOUR, SCHEME, START, a_case, fact

from caseflow.domain import events as ev
from caseflow.domain.words import Actor, Channel, ContactResult, Opinion, Receipt, Role, State
from caseflow.engine.ports import Change, PersonIn
from caseflow.engine.season import (
    AnswerCount,
    BreachCount,
    ChaseCount,
    FactCount,
    JourneyCount,
    MeetingCount,
    Surveys,
)
from caseflow.engine.traits import NOT_KNOWN
from caseflow.store.memory import MemoryStore
from caseflow.store.reads import PostgresReadings
from caseflow.store.reads_memory import MemoryReadings
from caseflow.store.season import PostgresSeasons

SINCE, UNTIL = datetime(2022, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC)
JO = Actor("nav-1", Role.NAVIGATOR)
DECISION = ev.Decision(JO, Opinion.CARRY_ON, "fair", {}, side_given=True, reached="spoke")


def booked(name, at, kind="session"):
    return ev.SessionBooked(name, at, kind, None, None, "12 High Street", enforceable=False)


def told(*, reached=True, purpose="missed_session", expectation="missed_session:s1", cycle=0):
    return ev.DeliveryNoted(
        "n", purpose, Channel.TEXT, Receipt.DELIVERED, "a", expectation, cycle, "text", "s1", reached=reached
    )


def spoke(result=ContactResult.SPOKE):
    return ev.ContactRecorded(result, "phone", None)


def answered(reads_as="call"):
    return ev.AnswerReceived(reads_as, "text", None, needs_reading=False)


def live(store, name, *facts, state=State.ENGAGED, ended=None, referred=START, scheme=SCHEME):
    """A case with these facts, each (after so long, what)."""
    case = replace(a_case(name, scheme), referred_at=referred)
    recorded = [fact(case.id, seq, event, referred + after) for seq, (after, event) in enumerate(facts, start=1)]
    after = replace(case, seq=len(recorded), state=state, ended_at=None if ended is None else referred + ended)
    with store.begin() as unit:
        unit.save([Change(0, after, tuple(recorded), len(recorded))])


def season(store, since=SINCE, until=UNTIL):
    readings = MemoryReadings(store) if isinstance(store, MemoryStore) else PostgresReadings(store.engine)
    return readings.season(SCHEME, since, until)


def test_an_empty_scheme_counts_nothing(store):
    found = season(store)
    assert (found.journeys, found.meetings, found.chases, found.facts, found.breaches) == ((), (), (), (), ())


def test_journeys_stand_by_the_month_of_their_referral(store):
    accepted = (HOUR, ev.Accepted("nav-1"))
    live(store, "one", accepted, state=State.COMPLETED, ended=90 * DAY)
    live(store, "two", accepted, state=State.COMPLETED, ended=170 * DAY)
    live(store, "three", state=State.DECLINED, ended=DAY)
    live(store, "four", (HOUR, ev.Accepted("nav-1")), referred=START + 199 * DAY)
    live(store, "old", accepted, referred=SINCE - DAY)
    live(store, "else", accepted, scheme="dyfed-powys")
    store.set_clock(START + 200 * DAY)
    assert season(store).journeys == (
        JourneyCount("2022-01", "completed", True, True, False, 1),
        JourneyCount("2022-01", "completed", True, True, True, 1),
        JourneyCount("2022-01", "declined", False, False, False, 1),
        JourneyCount("2022-07", "engaged", True, False, False, 1),
    )


def test_a_first_meeting_is_held_when_the_last_word_on_it_says_so(store):
    accepted = (timedelta(0), ev.Accepted("nav-1"))
    first = (HOUR, booked("m1", START + 20 * HOUR, "first_meeting"))
    came = ev.SessionAttended("m1", late=False)
    live(store, "came", accepted, first, (21 * HOUR, came))
    live(
        store,
        "moved",
        accepted,
        first,
        (2 * HOUR, ev.SessionMoved("m1", START + 80 * HOUR + timedelta(minutes=1), Role.PARTICIPANT)),
        (81 * HOUR, ev.SessionMissed("m1")),
        (82 * HOUR, came),
    )
    live(store, "not after all", accepted, first, (21 * HOUR, came), (22 * HOUR, ev.SessionMissed("m1")))
    live(
        store,
        "another session",
        accepted,
        (HOUR, booked("s1", START + HOUR)),
        (21 * HOUR, ev.SessionAttended("s1", late=False)),
    )
    live(store, "before", (30 * HOUR, ev.Accepted("nav-1")), first, (31 * HOUR, came))
    live(store, "new", accepted, referred=START + 9 * DAY)
    live(store, "never accepted")
    store.set_clock(START + 10 * DAY)
    assert season(store).meetings == (
        MeetingCount("2022-01", None, False, 1),
        MeetingCount("2022-01", None, True, 2),
        MeetingCount("2022-01", 0, True, 1),
        MeetingCount("2022-01", 20, True, 1),
        MeetingCount("2022-01", 81, True, 1),
    )  # fmt: skip


def test_a_chase_worked_where_somebody_gave_a_sign_after_it_reached_them(store):
    live(store, "spoke", (DAY, told()), (2 * DAY, told()), (3 * DAY, spoke()))
    live(store, "answered", (DAY, told()), (HOUR + DAY, answered("stop")), (2 * DAY, answered()))
    live(store, "silent", (HOUR, spoke()), (DAY, told()), (2 * DAY, spoke(ContactResult.VOICEMAIL)))
    live(store, "not reached", (DAY, told(reached=False)), (2 * DAY, spoke()))
    live(store, "no chase", (DAY, told(purpose="session_reminder")), (2 * DAY, spoke()))
    live(store, "two matters", (DAY, told(cycle=0)), (2 * DAY, booked("s2", START + 9 * DAY)), (3 * DAY, told(cycle=1)))
    day = START.date()
    assert season(store).chases == (
        ChaseCount(day + DAY, None, 1),
        ChaseCount(day + DAY, day + 2 * DAY, 2),
        ChaseCount(day + DAY, day + 3 * DAY, 1),
        ChaseCount(day + 3 * DAY, None, 1),
    )


def test_a_session_counts_once_a_month_for_each_kind_of_fact(store):
    live(
        store, "one",
        (DAY, ev.SessionMissed("s1")), (2 * DAY, ev.SessionExcused("s1", "illness")), (3 * DAY, ev.ExcuseWithdrawn("s1")),
        (4 * DAY, ev.SessionMissed("s1")), (5 * DAY, ev.SessionMissed("s2")),
        (6 * DAY, ev.StrikeConfirmed("s2", 1, JO, "spoke", 1)), (7 * DAY, ev.StrikeWaived("s2", JO, "kind")),
        (40 * DAY, ev.SessionExcused("s2", "illness", strike_removed=True)),
    )  # fmt: skip
    assert season(store).facts == (
        FactCount("2022-01", "session_excused", 1),
        FactCount("2022-01", "session_missed", 2),
        FactCount("2022-01", "strike_confirmed", 1),
        FactCount("2022-01", "strike_waived", 1),
        FactCount("2022-02", "session_excused", 1),
        FactCount("2022-02", "strike_removed", 1),
    )
    before = START + 2 * DAY - timedelta(microseconds=1)
    assert season(store, until=before).facts == (FactCount("2022-01", "session_missed", 1),)


def test_what_is_done_at_this_very_moment_is_counted(store):
    """Time stands still in a demo that is walked through: what people do in it happens now."""
    now = START + 2 * DAY
    live(store, "one", (2 * DAY, ev.SessionMissed("s1")), (2 * DAY, told()))
    live(store, "new", (timedelta(0), ev.Accepted("nav-1")), referred=now)
    store.set_clock(now)
    found = season(store, until=now)
    assert [one.kind for one in found.facts] == ["session_missed"]
    assert [one.n for one in found.journeys] == [1, 1]
    assert [one.n for one in found.meetings] == [1]
    assert [one.n for one in found.chases] == [1]


def test_an_allegation_ends_with_the_first_thing_that_came_of_it(store):
    opened = ev.BreachOpened("strike_2", date(2022, 1, 12))
    live(
        store,
        "one",
        (DAY, opened),
        (9 * DAY, ev.CarriedOn(DECISION)),
        (20 * DAY, opened),
        (30 * DAY, ev.BreachLapsed()),
    )
    live(store, "two", (DAY, opened))
    live(store, "three", (DAY, opened), (2 * DAY, ev.Withdrawn()))
    day = START.date()
    assert season(store).breaches == (
        BreachCount(day + DAY, None, "", 1),
        BreachCount(day + DAY, day + 2 * DAY, "withdrawn", 1),
        BreachCount(day + DAY, day + 9 * DAY, "carried_on", 1),
        BreachCount(day + 20 * DAY, day + 30 * DAY, "breach_lapsed", 1),
    )


def test_months_are_londons_also_in_summer(store):
    late = datetime(2022, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight there
    live(store, "one", (timedelta(0), ev.Accepted("nav-1")), referred=late)
    assert [one.month for one in season(store).journeys] == ["2022-07"]
    assert [one.month for one in season(store).meetings] == ["2022-07"]


@pytest.mark.parametrize("cases", [1, 40])
def test_it_costs_the_same_statements_however_many_cases(postgres, cases):
    for number in range(cases):
        live(postgres, f"case-{number}", (DAY, ev.Accepted("nav-1")), (2 * DAY, told()), (3 * DAY, spoke()))
    said = []
    listen = lambda *given: said.append(given[2])  # noqa: E731
    sa.event.listen(postgres.engine, "before_cursor_execute", listen)
    try:
        assert isinstance(PostgresReadings(postgres.engine), PostgresSeasons)
        season(postgres)
    finally:
        sa.event.remove(postgres.engine, "before_cursor_execute", listen)
    assert len([one for one in said if "SELECT" in one]) == 5


# ── of whom ─────────────────────────────────────────────────────────────────────────────────────
WHO = [
    ({"sex": "F", "self_defined_ethnicity": "W1"}, date(1996, 1, 4), ("F", "18_25", "W")),
    ({"sex": "M", "self_defined_ethnicity": "b9"}, date(1996, 1, 3), ("M", "26_35", "B")),
    ({"sex": "non-binary", "self_defined_ethnicity": "NS"}, date(1972, 1, 3), ("other", "36_50", "N")),
    ({"sex": "", "self_defined_ethnicity": "?"}, date(1904, 2, 29), ("unknown", "51", "unknown")),
    ({}, None, ("unknown", "unknown", "unknown")),
]


@pytest.mark.parametrize(("extra", "born", "who"), WHO)
def test_everything_counted_says_of_which_groups_it_is(store, extra, born, who):
    """Of somebody referred on Monday 3 January 2022: 25 still, or 26 today."""
    with store.begin() as unit:
        unit.upsert_people(SCHEME, [PersonIn("person-of-one", "participant", "Sam", "Carter", born, extra=extra)])
    live(
        store, "one", (timedelta(0), ev.Accepted("nav-1")), (HOUR, ev.SessionMissed("s1")), (DAY, told()),
        (2 * DAY, ev.BreachOpened("strike_2", date(2022, 1, 12))),
    )  # fmt: skip
    found = season(store)
    counts = [*found.journeys, *found.meetings, *found.chases, *found.facts, *found.breaches]
    assert len(counts) == 5
    assert {one.who for one in counts} == {who}


def test_whoever_was_erased_is_counted_among_the_unknown(store):
    with store.begin() as unit:
        sam = PersonIn("person-of-one", "participant", "Sam", "Carter", date(1990, 1, 1), extra={"sex": "F"})
        unit.upsert_people(SCHEME, [sam])
    live(store, "one", (timedelta(0), ev.Accepted("nav-1")))
    with store.begin() as unit:
        unit.erase_people(SCHEME, ["person-of-one"])
    assert {one.who for one in season(store).journeys} == {NOT_KNOWN}


# ── the survey ──────────────────────────────────────────────────────────────────────────────────
def surveys(store, since=SINCE, until=UNTIL):
    readings = MemoryReadings(store) if isinstance(store, MemoryStore) else PostgresReadings(store.engine)
    return readings.surveys(SCHEME, since, until)


def test_the_survey_is_counted_by_month_question_and_answer_and_its_words_stand_apart(store):
    assert surveys(store) == Surveys()
    live(store, "one", (DAY, ev.SurveyNoted(filled_in=True)))
    live(store, "two", (DAY, ev.SurveyNoted(filled_in=True)))
    live(store, "three", (40 * DAY, ev.SurveyNoted(filled_in=False)))
    with store.begin() as unit:
        unit.add_survey(SCHEME, "2022-01", {"fair": "yes", "helped": "partly", "words": "More evening times"})
        unit.add_survey(SCHEME, "2022-01", {"fair": "yes"})
        unit.add_survey(SCHEME, "2022-02", {"fair": "no", "words": "Better tea"})
        unit.add_survey(SCHEME, "2021-12", {"fair": "no", "words": "Before"})
        unit.add_survey("dyfed-powys", "2022-01", {"fair": "no"})
    assert surveys(store) == Surveys(
        (FactCount("2022-01", "filled_in", 2), FactCount("2022-02", "left", 1)),
        (
            AnswerCount("2022-01", "fair", "yes", 2),
            AnswerCount("2022-01", "helped", "partly", 1),
            AnswerCount("2022-02", "fair", "no", 1),
        ),
        (("2022-01", "More evening times"), ("2022-02", "Better tea")),
    )
