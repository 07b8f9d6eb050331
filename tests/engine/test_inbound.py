"""Answers that come in: whose they are, what they do at once, and what waits for a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from caseflow.domain import commands as c
from caseflow.domain.words import Actor, AddressStatus, Channel, Origin, Role
from caseflow.engine.audit import audit_texts
from caseflow.engine.inbound import NotWaiting, assign, dismiss, look_at, match_inbound, take_inbound, waiting
from caseflow.engine.inbound_rows import InboundText
from caseflow.engine.ports import PersonIn

MONDAY_10 = datetime(2022, 1, 10, 10, tzinfo=UTC)
PHONE = "+447700900123"
FLATMATE = PersonIn(
    "ali", "participant", "Ali", "Reed",
    addresses={Channel.TEXT: ("ali-text", PHONE, "unconfirmed"), Channel.LETTER: ("ali-post", "1 High Street", "unconfirmed")},
)  # fmt: skip


def text(body: str, number: str = PHONE, id_: str = "n-1") -> InboundText:
    return InboundText(id_, number, "07700900950", body, MONDAY_10)


def written_to(desk: Any, *cases: str) -> None:
    """Accepted, and the first text is out."""
    desk.accepted(*(cases or ("case-1",)))
    desk.sweep()
    desk.go_to(MONDAY_10 + timedelta(days=1, hours=1))
    assert desk.sent(Channel.TEXT), "the first contact goes out by text"


def arrives(desk: Any, *texts: InboundText) -> None:
    take_inbound(desk.app, texts)
    desk.sweep()


def names(desk: Any, case: str = "case-1") -> list[str]:
    return [type(one).__name__ for one in desk.history(case)]


def answers(desk: Any, case: str = "case-1") -> list:
    return [one for one in desk.history(case) if type(one).__name__ == "AnswerReceived"]


def queued(desk: Any) -> list:
    return waiting(desk.app, "durham")


def tasks(desk: Any, case: str = "case-1") -> list[str]:
    return [
        row.task.title for row in desk.memory.store.tables.tasks.values() if row.stream == case and row.state == "open"
    ]


def with_flatmate(desk: Any) -> None:
    with desk.app.store.begin() as unit:
        unit.upsert_people("durham", [FLATMATE])
    known = {Channel.TEXT: c.Known("ali-text"), Channel.LETTER: c.Known("ali-post")}
    parties = {Role.PARTICIPANT: "ali", Role.ARRESTING_OFFICER: "fran", Role.OIC: "fran", Role.TEAM: "team"}
    answered = desk.ask(
        desk.refer("case-2", addresses=known, parties=parties), desk.asked(c.Accept(desk.navigator.person), "case-2")
    )
    assert not any(one.refused for one in answered)


# ── one person, one open case ───────────────────────────────────────────────────────────────────
def test_a_text_from_the_only_person_written_to_is_an_answer_on_their_case(desk):
    written_to(desk)
    arrives(desk, text("Yes please"))
    (answer,) = answers(desk)
    assert (answer.reads_as, answer.needs_reading, answer.text) == ("call", False, "inbound:n-1")
    assert "They asked for a call" in tasks(desk)
    assert queued(desk) == []


def test_nobody_is_chased_after_answering(desk):
    written_to(desk)
    arrives(desk, text("Tuesday 3pm is good"))
    before = len(desk.sent(Channel.TEXT))
    desk.go_to(MONDAY_10 + timedelta(days=12))
    assert desk.sent(Channel.TEXT)[before:] == []


def test_a_repeat_of_the_gateway_is_one_answer(desk):
    written_to(desk)
    arrives(desk, text("Yes"))
    arrives(desk, text("Yes"), text("Yes"))
    assert len(answers(desk)) == 1


def test_the_words_and_the_number_are_in_no_fact_and_no_task(desk):
    written_to(desk)
    arrives(desk, text("my new address is 4 Low Row"))
    shown = repr(desk.history()) + repr(tasks(desk))
    assert "Low Row" not in shown
    assert "900123" not in shown
    assert "AddressNoted" not in names(desk), "a new address in a text is for a person"


def test_what_a_text_sets_going_is_never_an_answer_by_itself(desk):
    """A reply tells nothing: whatever was written, no message goes back because of it."""
    written_to(desk)
    before = len(desk.sent())
    arrives(desk, text("who is this?"), text("where do I have to be and when", id_="n-2"), text("help", id_="n-3"))
    assert len(desk.sent()) == before


def test_an_unread_answer_is_read_before_anybody_is_chased_again(desk):
    written_to(desk)
    arrives(desk, text("who is this?"))
    (answer,) = answers(desk)
    assert (answer.reads_as, answer.needs_reading) == ("doubt", True)
    before = len(desk.sent(Channel.TEXT))
    desk.go_to(MONDAY_10 + timedelta(days=9))
    assert len(desk.sent(Channel.TEXT)) == before


# ── STOP and WRONG ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("word", ["STOP", "wrong number mate", "Stopiwch", "rhif anghywir"])
def test_stop_and_wrong_close_the_number_for_everybody_who_has_it(desk, word):
    written_to(desk)
    with_flatmate(desk)
    arrives(desk, text(word))
    for case in ("case-1", "case-2"):
        assert desk.stream(case).contact.usable(Channel.TEXT) is False
        assert desk.stream(case).open, "STOP is not withdrawing"
        assert any("find another way" in title for title in tasks(desk, case))
    before = len(desk.sent(Channel.TEXT))
    desk.go_to(MONDAY_10 + timedelta(days=10))
    assert len(desk.sent(Channel.TEXT)) == before


def test_stop_on_a_number_that_two_were_written_to_closes_it_and_waits_for_a_person(desk):
    written_to(desk)
    with_flatmate(desk)
    desk.go_to(desk.now + timedelta(days=2))
    assert len({one.key for one in desk.sent(Channel.TEXT)}) >= 2
    arrives(desk, text("stop"))
    (one,) = queued(desk)
    assert one.row.why.startswith("more than one person")
    assert "STOP" in one.row.why
    assert answers(desk) == answers(desk, "case-2") == []
    assert not desk.stream("case-1").contact.usable(Channel.TEXT)
    assert not desk.stream("case-2").contact.usable(Channel.TEXT)


def test_stop_from_an_old_number_leaves_the_new_one_open(desk):
    written_to(desk)
    numbers = {Channel.TEXT: ("new-text", "+447700900555", "confirmed")}
    new = PersonIn("sam", "participant", "Sam", "Carter", addresses=numbers)
    with desk.app.store.begin() as unit:
        unit.upsert_people("durham", [new])
    desk.ask(desk.asked(c.NoteAddress(Channel.TEXT, "new-text", AddressStatus.CONFIRMED)))
    desk.sweep()
    arrives(desk, text("STOP"))
    assert desk.stream().contact.usable(Channel.TEXT)
    assert desk.memory.store.tables.addresses["durham", "a-text"].status == "blocked"


# ── the queue ───────────────────────────────────────────────────────────────────────────────────
def test_a_text_that_fits_two_people_is_guessed_for_neither(desk):
    written_to(desk)
    with_flatmate(desk)
    desk.go_to(desk.now + timedelta(days=2))
    arrives(desk, text("yes"))
    assert answers(desk) == answers(desk, "case-2") == []
    (one,) = queued(desk)
    assert one.candidates == ("DUR-22-case-1", "DUR-22-case-2")


@pytest.mark.parametrize(
    ("number", "why"), [("+447700900999", "nobody we know"), (PHONE, "we have not written to this number")]
)
def test_a_text_from_nobody_we_wrote_to_waits_for_a_person(desk, number, why):
    desk.accepted()
    arrives(desk, text("hello", number))
    (one,) = queued(desk)
    assert one.row.why.startswith(why)


def test_a_text_about_a_case_that_is_over_waits_for_a_person(desk):
    written_to(desk)
    desk.ask(desk.asked(c.End("not_reached", "tried"), by=desk.supervisor))
    desk.sweep()
    assert not desk.stream().open
    arrives(desk, text("hello again"))
    assert queued(desk)[0].row.why == "the person's case is over"


def test_a_person_says_whose_it_is_and_it_becomes_an_answer_once(desk):
    written_to(desk)
    arrives(desk, text("its me sam, ring me", "+447700900777"))
    seen = look_at(desk.app, "durham", "n-1", "jo")
    assert seen.row.body == "its me sam, ring me"
    assert desk.memory.store.tables.looks["durham", "n-1"] == "jo"
    answer = assign(desk.app, "durham", "n-1", "case-1", desk.navigator)
    assert not answer.refused
    desk.sweep()
    assert [one.reads_as for one in answers(desk)] == ["call"]
    assert queued(desk) == []
    with pytest.raises(NotWaiting, match="dealt with"):
        assign(desk.app, "durham", "n-1", "case-1", desk.navigator)


def test_two_people_who_place_a_text_at_once_do_not_put_it_on_two_cases(desk):
    """The second comes between the first one's answer and its note in the queue."""
    written_to(desk)
    with_flatmate(desk)
    arrives(desk, text("its me", "+447700900777"))
    desk.ask(desk.asked(c.NoteAnswer("free", text="inbound:n-1"), "case-2", id_="inbound:n-1"))
    with pytest.raises(NotWaiting, match="another case"):
        assign(desk.app, "durham", "n-1", "case-1", desk.navigator)
    assert answers(desk) == []


def test_stop_from_a_strange_number_assigned_to_a_case_leaves_its_own_number_open(desk):
    written_to(desk)
    arrives(desk, text("STOP", "+447700900777"))
    assign(desk.app, "durham", "n-1", "case-1", desk.navigator)
    desk.sweep()
    assert desk.stream().contact.usable(Channel.TEXT)


def test_a_person_says_why_nothing_follows_from_it(desk):
    arrives(desk, text("WIN A CAR", "+447700900777"))
    with pytest.raises(ValueError, match="say why"):
        dismiss(desk.app, "durham", "n-1", desk.navigator, " ")
    dismiss(desk.app, "durham", "n-1", desk.navigator, "advertising")
    assert queued(desk) == []
    with pytest.raises(NotWaiting, match="there is no text"):
        dismiss(desk.app, "durham", "n-9", desk.navigator, "advertising")


def test_a_text_kept_before_the_process_died_is_matched_by_the_next(desk):
    written_to(desk)
    take_inbound(desk.app, [text("yes")])
    assert not desk.memory.store.quiescent()
    assert answers(desk) == []
    assert match_inbound(desk.app).claimed == 1
    desk.sweep()
    assert len(answers(desk)) == 1
    assert next(one for one in desk.events() if one.event == answers(desk)[0]).origin is Origin.CHANNEL


def test_who_answered_is_the_participant(desk):
    written_to(desk)
    arrives(desk, text("yes"))
    recorded = next(one for one in desk.events() if one.event == answers(desk)[0])
    assert recorded.actor == Actor("sam", Role.PARTICIPANT)


def test_a_text_nobody_placed_for_a_working_day_is_named_by_the_audit(desk):
    friday = MONDAY_10 + timedelta(days=4)
    desk.go_to(friday)
    take_inbound(desk.app, [replace(text("hello", "+447700900777"), received_at=friday)])
    desk.go_to(friday + timedelta(days=2))
    assert audit_texts(desk.app, ["durham"]) == [], "a weekend is no working day"
    desk.go_to(friday + timedelta(days=3, hours=1))
    (found,) = audit_texts(desk.app, ["durham"])
    assert found.warning
    assert "caseflow answers list" in found.words
    assert "900777" not in found.words
    dismiss(desk.app, "durham", "n-1", desk.navigator, "advertising")
    assert audit_texts(desk.app, ["durham"]) == []
