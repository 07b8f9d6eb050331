"""What a channel's answer makes of a notice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from caseflow.domain.effects import Send
from caseflow.domain.words import Channel, Receipt, Role
from caseflow.engine.ports import NoticeRow, Sent
from caseflow.engine.settling import MAX_TRIES, dropped, pause, refused, settled_as, void

NOW = datetime(2022, 1, 17, 10, tzinfo=UTC)


def row(kind="chase", to=Role.PARTICIPANT, attempt=1):
    send = Send(
        "missed_session",
        to,
        "sam",
        (Channel.TEXT, Channel.EMAIL),
        kind,
        expectation="e",
        cycle=2,
        rung="text",
        subject="s1",
    )
    return NoticeRow("k1", 7, "durham", "case-1", send, attempt, Channel.TEXT, NOW, address="a1")


def receipt(settled):
    return settled.tell and settled.tell.command.receipt


def test_what_was_accepted_is_told_to_the_participants_case_with_all_it_is_about():
    note = settled_as(row(), Sent("accepted", provider_ref="r1"), Channel.EMAIL, NOW).tell.command
    assert (note.notice, note.channel, note.receipt, note.address) == ("k1", Channel.TEXT, Receipt.ACCEPTED, "a1")
    assert (note.expectation, note.cycle, note.rung, note.subject) == ("e", 2, "text", "s1")


def test_accepted_mail_to_an_officer_is_no_news_to_the_case():
    assert receipt(settled_as(row("officer", Role.OIC), Sent("accepted"), None, NOW)) is None


def test_an_unclear_chase_is_never_sent_again_and_the_case_hears_of_it():
    settled = settled_as(row(), Sent("unknown"), Channel.EMAIL, NOW)
    assert (settled.result, settled.retry_in, settled.next_channel) == ("unknown", None, None)
    assert receipt(settled) is Receipt.UNKNOWN


def test_unclear_mail_to_an_officer_is_sent_again():
    assert settled_as(row("officer", Role.OIC), Sent("unknown"), None, NOW).retry_in is not None


def test_a_failure_that_will_pass_is_tried_again_and_nobody_is_told_yet():
    settled = settled_as(row(), Sent("failed"), Channel.EMAIL, NOW)
    assert settled.retry_in is not None
    assert settled.tell is None


def test_a_failure_for_good_passes_on_to_the_next_channel_and_the_case_hears_which_one_failed():
    settled = settled_as(row(), Sent("failed", permanent=True), Channel.EMAIL, NOW)
    assert settled.next_channel is Channel.EMAIL
    assert receipt(settled) is Receipt.PERMANENT


def test_after_the_last_try_a_passing_failure_counts_as_one_for_good():
    settled = settled_as(row(attempt=MAX_TRIES), Sent("failed"), None, NOW)
    assert settled.retry_in is None
    assert receipt(settled) is Receipt.TECHNICAL


@pytest.mark.parametrize("kind", ["officer", "provider"])
def test_mail_to_others_is_told_only_when_it_is_lost(kind):
    lost = settled_as(row(kind, Role.OIC), Sent("failed", permanent=True), None, NOW)
    passed_on = settled_as(row(kind, Role.OIC), Sent("failed", permanent=True), Channel.LETTER, NOW)
    assert receipt(lost) is Receipt.PERMANENT
    assert receipt(passed_on) is None


def test_what_never_goes_says_why_and_the_case_can_tell_a_dropped_reminder_from_a_lost_person():
    assert receipt(dropped(row(), "over the budget", NOW)) is Receipt.DROPPED
    assert receipt(dropped(row(), "no usable address", NOW, nothing_left=True)) is Receipt.PERMANENT
    assert void(row(), "too late", NOW).result == "void"
    assert refused(row(), "UndefinedError: 'x' is undefined", NOW).result == "failed"


def test_pauses_grow_are_bounded_and_differ_from_notice_to_notice():
    pauses = [pause(row(attempt=attempt)) for attempt in range(1, 12)]
    assert timedelta(seconds=24) <= pauses[0] <= timedelta(seconds=36)
    assert max(pauses) <= timedelta(minutes=72)
    assert pause(row()) == pause(row())
    assert len({pause(replace(row(), key=f"k{number}")) for number in range(20)}) == 20
