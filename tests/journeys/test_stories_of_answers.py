"""Whole stories: what people write back, and channels that do not tell the truth."""

from words import (
    CLOCK,
    ON_THE_WAY,
    accepted,
    books,
    days_pass,
    delivered,
    misses,
    referred,
    says,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain.words import Actor, AddressStatus, Channel, Origin, Receipt, Role

SAM = Actor("per-1", Role.PARTICIPANT)


def writes(reads_as: str, *proposes: str, needs_reading: bool = False, about: str | None = None):
    note = c.NoteAnswer(reads_as, "text", about, "t1", needs_reading, proposes)
    return says(note, SAM, Origin.CHANNEL)


def titles(told) -> list[str]:
    return [task.title for task in told.tasks.values()]


def test_somebody_who_may_be_another_is_not_chased_until_it_is_read_and_then_the_ladder_goes_on():
    told = story(referred, accepted, days_pass(1), writes("doubt", needs_reading=True), channel=delivered)
    before = len(told.sent("first_contact"))
    told.days_pass(6)
    assert len(told.sent("first_contact")) == before
    assert any(title.startswith("This may be somebody else") for title in titles(told))
    told.asks(c.ReadAnswer(max(told.case.unread)))
    told.days_pass(6)
    assert len(told.sent("first_contact")) > before, "it was a stranger's question: the person is still looked for"


def test_a_reason_in_a_text_waits_for_a_person_and_no_strike_comes_before_it_was_read():
    told = story(
        *ON_THE_WAY, books("s1"), misses("s1"),
        writes("cant", "absence:illness", needs_reading=True, about="s1"), channel=delivered,
    )  # fmt: skip
    assert any("perhaps why they cannot come (illness)" in title for title in titles(told))
    told.asks(c.ConfirmStrike("s1"))
    assert told.refused() == "unread_answer"
    chases = len(told.sent("missed_session"))
    told.days_pass(14)
    assert len(told.sent("missed_session")) == chases
    assert told.case.strikes == ()


def test_danger_is_for_the_navigator_and_the_supervisor_at_once():
    told = story(referred, accepted, writes("call", "urgent", needs_reading=True), channel=delivered)
    flags = {task.owner for task in told.tasks.values() if task.kind == "flag"}
    assert flags == {Role.NAVIGATOR, Role.SUPERVISOR}


def test_a_call_they_asked_for_is_for_today():
    told = story(referred, accepted, writes("call"), channel=delivered)
    (call,) = [task for task in told.tasks.values() if task.title == "They asked for a call"]
    assert (call.kind, call.due) == ("call", told.now)


def test_a_choice_of_a_time_is_a_booking_for_a_person_to_make():
    told = story(*ON_THE_WAY, books("s1"), misses("s1"), writes("ok", "slot:2", about="s1"), channel=delivered)
    assert "They chose the second of the times we offered: book it" in titles(told)
    assert [one.id for one in told.case.sessions.values() if one.status == "booked"] == []


def test_an_answer_in_welsh_asks_for_the_choice_where_the_scheme_has_both_and_never_makes_it():
    told = story(referred, accepted, writes("call", "welsh"), channel=delivered)
    assert told.case.contact.language == "en"
    asks = any("which language" in title for title in titles(told))
    assert asks == ("cy" in told.policy.languages)


def test_an_old_number_that_says_stop_leaves_the_new_one_alone():
    note = c.NoteAnswer("stop", "text", address="adr-old")
    told = story(*ON_THE_WAY, says(note, SAM, Origin.CHANNEL), channel=delivered)
    assert told.case.contact.addresses[Channel.TEXT].status is not AddressStatus.BLOCKED


def test_a_channel_that_takes_its_delivery_back_has_reached_nobody():
    told = story(*ON_THE_WAY, books("s1"), misses("s1"), days_pass(3), channel=delivered)
    number, send = next((n, send) for n, (_, send) in enumerate(told.sends) if send.purpose == "missed_session")
    assert any(proof.kind == "delivered" for proof in told.case.evidence)
    told.asks(told.receipt(number, send, Receipt.PERMANENT), CLOCK, Origin.CHANNEL)
    told.asks(c.ConfirmStrike("s1"))
    assert told.refused() == "not_reached"
    assert told.case.strikes == ()
