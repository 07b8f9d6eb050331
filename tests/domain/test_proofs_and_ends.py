"""What must never count against a person, and what must stop when they are gone."""

from dataclasses import replace
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
from caseflow.domain.words import AddressStatus, Attendance, Channel, ContactResult, ItemKind, Origin, Receipt

MISSED = (*ON_THE_WAY, books("s1"), misses("s1"))


def arrives(told: Story, purpose: str, channel: Channel, address: str) -> Story:
    receipt = c.NoteDelivery("n9", purpose, channel, Receipt.DELIVERED, address, subject="s1")
    return told.asks(receipt, CLOCK, Origin.CHANNEL)


def test_an_item_made_voluntary_since_raises_no_strike_for_an_absence_before():
    voluntary = tuple(replace(item, kind=ItemKind.VOLUNTARY) for item in ITEMS)
    told = story(*MISSED, spoken_to("s1"), says(c.AgreePlan(voluntary, signed=True, read_back=True)))
    assert told.asks(c.ConfirmStrike("s1")).refused() == "voluntary"


def test_a_session_inside_a_hold_never_counts_though_the_hold_is_over_when_we_hear_of_it():
    told = story(*ON_THE_WAY, books("s1", 2))
    told.asks(c.Hold((told.now + timedelta(days=5)).date(), "illness")).days_pass(9)
    told.asks(c.RecordAttendance("s1", Attendance.UNACCEPTABLE), PROVIDER)
    told.asks(c.RecordContact(ContactResult.SPOKE)).asks(c.ConfirmStrike("s1"))
    assert told.refused() != ""
    assert "StrikeConfirmed" not in told.kinds()


def test_a_late_receipt_of_the_reminder_is_no_message_about_the_absence():
    told = arrives(story(*MISSED), "session_reminder", Channel.TEXT, "adr-phone")
    assert told.asks(c.ConfirmStrike("s1")).refused() == "not_reached"


@pytest.mark.parametrize(("channel", "address"), [(Channel.LETTER, "adr-post"), (Channel.EMAIL, "adr-mail")])
def test_dyfed_powys_takes_neither_letter_nor_mail_with_two_calls_for_proof(channel: Channel, address: str):
    told = Story(policy=scheme("dyfed-powys"))
    for chapter in (refers(disposal="conditional_caution"), *MISSED[1:]):
        chapter(told)
    for _ in range(2):
        told.asks(c.RecordContact(ContactResult.NO_ANSWER)).days_pass(1)
    assert arrives(told, "your_move", channel, address).asks(c.ConfirmStrike("s1")).refused() == "not_reached"


def test_no_well_done_and_no_survey_goes_to_somebody_who_has_died():
    told = story(*ON_THE_WAY, says(c.NoteItemDone("i1")), says(c.Complete()), says(c.NoteDeath()), days_pass(20))
    assert not {"completed", "survey"} & set(told.sent())


def test_nobody_is_asked_to_find_another_way_to_somebody_who_has_died():
    told = story(*ON_THE_WAY, says(c.NoteDeath()))
    told.asks(c.NoteAddress(Channel.TEXT, "adr-phone", AddressStatus.BLOCKED))
    assert not [task for task in told.tasks.values() if "another way" in task.title]


def test_a_hold_does_not_outlive_the_end_of_the_journey():
    told = story(*ON_THE_WAY)
    told.asks(c.Hold((told.now + timedelta(days=5)).date(), "illness")).asks(c.Withdraw())
    told.asks(c.Reopen("a mistake"), SUPERVISOR).days_pass(30)
    assert told.case is not None
    assert told.case.holds == {}
