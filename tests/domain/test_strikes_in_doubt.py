"""Where a strike is in doubt there is none: what proves that somebody was reached, and what can be held against them."""

from datetime import timedelta

import pytest
from words import (
    CLOCK,
    ITEMS,
    ON_THE_WAY,
    PROVIDER,
    SUPERVISOR,
    Story,
    books,
    days_pass,
    misses,
    refers,
    says,
    scheme,
    spoken_to,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.words import AddressStatus, Attendance, Channel, ContactResult, ItemKind, Origin, Receipt

STRIKE = c.ConfirmStrike("s1")
MISSED = (*ON_THE_WAY, books("s1"), misses("s1"))


def receipt(purpose: str, channel: Channel, address: str, subject: str | None = "s1") -> c.NoteDelivery:
    return c.NoteDelivery(f"notice-{purpose}", purpose, channel, Receipt.DELIVERED, address, subject=subject)


def noted(purpose: str, channel: Channel, address: str):
    return lambda s: s.asks(receipt(purpose, channel, address), CLOCK, Origin.CHANNEL)


def struck(s: Story) -> bool:
    return "StrikeConfirmed" in s.kinds()


def test_a_text_about_the_absence_delivered_to_their_confirmed_phone_proves_it():
    s = story(*MISSED, days_pass(2), noted("missed_session", Channel.TEXT, "adr-phone"), says(STRIKE))
    assert struck(s)
    assert s.last(ev.StrikeConfirmed).evidence == "delivered"


def test_the_late_receipt_of_a_reminder_says_nothing_of_the_absence():
    s = story(*MISSED, days_pass(1), noted("session_reminder", Channel.TEXT, "adr-phone"), says(STRIKE))
    assert s.refused() == "not_reached"


@pytest.mark.parametrize("status", [a for a in AddressStatus if a is not AddressStatus.CONFIRMED])
def test_a_text_to_a_phone_that_is_not_theirs_alone_proves_nothing(status: AddressStatus):
    noting = says(c.NoteAddress(Channel.TEXT, "adr-phone", status))
    s = story(*MISSED, noting, days_pass(2), noted("missed_session", Channel.TEXT, "adr-phone"), says(STRIKE))
    assert s.refused() == "not_reached"


def test_a_text_to_a_number_they_no_longer_have_proves_nothing():
    s = story(*MISSED, days_pass(2), noted("missed_session", Channel.TEXT, "adr-old"), says(STRIKE))
    assert s.refused() == "not_reached"


def test_an_e_mail_never_proves_it_however_many_calls_stand_beside_it():
    calls = [
        says(c.RecordContact(ContactResult.NO_ANSWER)),
        days_pass(1),
        says(c.RecordContact(ContactResult.NO_ANSWER)),
    ]
    s = story(*MISSED, *calls, noted("missed_session", Channel.EMAIL, "adr-mail"), says(STRIKE))
    assert s.refused() == "not_reached"


@pytest.mark.parametrize(("name", "counts"), [("durham", True), ("dyfed-powys", False)])
def test_a_letter_and_two_calls_count_where_the_policy_says_so(name, counts):
    calls = [
        says(c.RecordContact(ContactResult.VOICEMAIL)),
        days_pass(1),
        says(c.RecordContact(ContactResult.NO_ANSWER)),
    ]
    caution = refers(disposal="conditional_caution")  # both schemes have it
    s = story(
        caution, *MISSED[1:], *calls, noted("your_move", Channel.LETTER, "adr-post"), says(STRIKE), policy=scheme(name)
    )
    assert struck(s) is counts


def test_a_letter_alone_is_never_enough():
    s = story(*MISSED, days_pass(5), noted("your_move", Channel.LETTER, "adr-post"), says(STRIKE))
    assert s.refused() == "not_reached"


def test_what_was_said_before_the_absence_was_known_proves_nothing():
    s = story(*ON_THE_WAY, books("s1"), days_pass(2), spoken_to(), misses("s1"), says(STRIKE))
    assert s.refused() == "not_reached"


def test_a_clock_or_a_channel_cannot_say_that_somebody_spoke_with_them():
    spoke = c.RecordContact(ContactResult.SPOKE, about="s1")
    s = story(*MISSED, says(spoke, CLOCK, Origin.CHANNEL), says(STRIKE))
    assert [r.code for r in s.refusals] == ["not_a_person", "not_reached"]


def test_an_item_made_voluntary_before_the_session_raises_no_strike():
    softer = tuple(c.Item(i.id, ItemKind.VOLUNTARY, i.intervention, provider=i.provider) for i in ITEMS)
    kept = c.Item("i3", ItemKind.ENFORCEABLE, "letter of apology")
    change = says(c.AgreePlan((*softer, kept), signed=True, read_back=True))
    s = story(*ON_THE_WAY, books("s1"), change, misses("s1"), spoken_to("s1"), says(STRIKE))
    assert s.refused() == "voluntary"


@pytest.mark.parametrize("gone", [c.DropItem("i1", "no place nearby"), c.NoteItemDone("i1")])
def test_an_item_that_is_gone_raises_no_strike(gone: c.Command):
    s = story(*MISSED, spoken_to("s1"), says(gone), says(STRIKE))
    assert s.refused() == "voluntary"


def test_nobody_answers_for_a_session_that_was_written_down_after_it_began():
    def after_the_fact(s: Story) -> Story:
        return s.asks(c.BookSession("s1", s.now - timedelta(hours=2), item="i1"), at=s.now - timedelta(days=1))

    s = story(*ON_THE_WAY, after_the_fact, misses("s1"), spoken_to("s1"), says(STRIKE))
    assert s.case.sessions["s1"].status == "missed"
    assert s.refused() == "voluntary"


def test_a_session_inside_a_hold_never_counts_even_when_the_absence_is_told_after_it():
    def told_late(s: Story) -> Story:
        hold = c.Hold((s.now + timedelta(days=8)).date(), "crisis")
        s.asks(hold).days_pass(14)
        assert not s.case.holds
        return s.asks(c.RecordAttendance("s1", Attendance.UNACCEPTABLE), PROVIDER)

    s = story(*ON_THE_WAY, books("s1", 5), told_late, spoken_to("s1"), says(STRIKE))
    assert s.case.sessions["s1"].status == "excused"
    assert s.case.sessions["s1"].reason == "on_hold"
    assert s.refused() == "not_missed"


def test_a_hold_released_before_the_session_covers_it_no_longer():
    def held_for_a_while(s: Story) -> Story:
        return s.asks(c.Hold((s.now + timedelta(days=8)).date(), "crisis")).days_pass(2).asks(c.Release())

    s = story(*ON_THE_WAY, books("s1", 5), held_for_a_while, misses("s1"), spoken_to("s1"), says(STRIKE))
    assert struck(s)


@pytest.mark.parametrize(
    "came", [c.RecordAttendance("s1", Attendance.LATE), c.RecordAttendance("s1", Attendance.NOT_HELD)]
)
def test_a_strike_that_proves_wrong_takes_its_letter_with_it(came: c.Command):
    s = story(*MISSED, spoken_to("s1"), says(STRIKE), says(came), days_pass(20))
    assert s.case.strikes == ()
    assert "strike_letter" not in s.sent()


def test_a_strike_waived_takes_its_letter_with_it():
    s = story(*MISSED, spoken_to("s1"), says(STRIKE), says(c.WaiveStrike("s1", "crisis"), SUPERVISOR), days_pass(20))
    assert "strike_letter" not in s.sent()
    assert not [
        t for t in s.tasks.values() if t.expectation and t.expectation.startswith(("after_strike", "strike_in"))
    ]


def test_a_session_is_not_moved_to_a_time_that_had_passed_when_it_was_said():
    s = story(*ON_THE_WAY, books("s1"), days_pass(2))
    s.asks(c.MoveSession("s1", s.now - timedelta(hours=5)), at=s.now - timedelta(hours=1))
    assert s.refused() == "in_the_past"
