import re
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.domain import events as e
from caseflow.domain.words import Actor, Opinion, Origin, Role, RungEnd
from caseflow.telling import story

AT = datetime(2022, 1, 14, 14, tzinfo=UTC)
BY = Actor("p1", Role.NAVIGATOR)
NAMES = {"p1": "Jo Reed", "prov": "Harbour Trust"}


def recorded(event: e.Event, **more: object) -> e.Recorded:
    envelope = {"stream": "c", "seq": 3, "occurred_at": AT, "recorded_at": AT, "actor": BY, "origin": Origin.PERSON}
    return e.Recorded(event=event, command_id="x", **(envelope | more))  # type: ignore[arg-type]


PLAIN: dict[type, Any] = {
    str: st.sampled_from(["case", "missed_session:s1", "i1", "a reason"]),
    datetime: st.integers(0, 2_000).map(lambda days: AT + timedelta(days=days)),
}


@pytest.mark.parametrize("kind", get_args(e.Event), ids=lambda kind: kind.__name__)
def test_every_kind_of_fact_has_words(kind: type[e.Event]) -> None:
    @settings(max_examples=8, database=None)
    @given(st.builds(kind, **{name: PLAIN[hint] for name, hint in get_type_hints(kind).items() if hint in PLAIN}))
    def has_words(event: e.Event) -> None:
        words = story.wording(event, NAMES)
        assert words[:1] != " "
        assert len(words) >= 5
        assert "object at" not in words
        assert not re.search(r"\d{4}-\d\d-\d\d", words), "days are said as people say them"

    has_words()


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (e.SessionMissed("s1"), "Did not come to session s1, no word yet"),
        (e.SessionExcused("s1", "work_shift", strike_removed=True), "Absence from session s1 accepted: work shift; the strike for it is removed"),
        (e.StrikeConfirmed("s1", 1, BY, "spoke", 7), "Strike 1 for session s1, confirmed by Jo Reed; proof: spoke, line 7"),
        (e.BreachLapsed(), "Nobody decided in time: they carry on, strikes kept at one"),
        (
            e.RungFired("missed_session:s1", 0, "text", RungEnd.FIRED, AT, "call_2", AT),
            "Missed session s1, step “text” came due and was done; next “call 2” on Fri 14 Jan 2022 14:00",
        ),
        (
            e.Breached(e.Decision(BY, Opinion.BREACHED, "three missed", {}, side_given=True, reached="spoke")),
            "Breached, decided by Jo Reed: three missed",
        ),
    ],
)  # fmt: skip
def test_the_words_are_those_of_the_trade(event: e.Event, words: str) -> None:
    assert story.wording(event, NAMES) == words


def test_the_clock_and_the_channels_are_called_what_they_are() -> None:
    system = Actor("system", Role.SYSTEM)
    assert story.who(recorded(e.Died()), NAMES) == "Jo Reed"
    assert story.who(recorded(e.Died(), actor=system, origin=Origin.TIMER), NAMES) == "the clock"
    assert story.who(recorded(e.Died(), actor=system, origin=Origin.CHANNEL), NAMES) == "the channel"
    assert story.who(recorded(e.Died(), actor=Actor("unknown", Role.OIC)), NAMES) == "OIC"


def test_why_names_the_line_or_the_step_and_its_policy_version() -> None:
    assert story.why(recorded(e.Died())) == ""
    assert story.why(recorded(e.Died(), caused_by="event:17 policy:1")) == "from line 17"
    assert (
        story.why(recorded(e.Died(), caused_by="rung:missed_session:s1/text policy:2"))
        == "step “text” of missed session s1, policy 2"
    )


def test_a_step_and_a_task_are_told_by_what_they_are() -> None:
    book = story.Book(
        {"k/1": "Ring and say sorry"}, lambda fired: f"{fired.rung} to the participant ({fired.expectation})"
    )
    fired = e.RungFired("first_contact", 0, "text", RungEnd.FIRED, AT, None, None)
    assert story.wording(fired, NAMES, book) == "First contact, step “text”: text to the participant (first_contact)"
    lapsed = e.RungFired("first_contact", 0, "text", RungEnd.LAPSED, AT, None, None)
    assert "came too late" in story.wording(lapsed, NAMES, book)
    assert story.wording(e.TaskFinished("k/1"), NAMES, book) == "Task done: Ring and say sorry"
    assert story.wording(e.TaskFinished("k/2"), NAMES, book) == "Task done: k/2"
    assert story.why(recorded(fired, caused_by="rung:first_contact/text policy:1")) == "its time had come, policy 1"


def test_people_in_a_history_are_found_for_their_names() -> None:
    decided = e.Breached(
        e.Decision(Actor("sup", Role.SUPERVISOR), Opinion.BREACHED, "r", {}, side_given=False, reached="")
    )
    facts = [recorded(e.Accepted("nav")), recorded(e.ReferredOn("i", "prov")), recorded(decided)]
    assert story.people_in(facts) >= {"p1", "nav", "prov", "sup"}
