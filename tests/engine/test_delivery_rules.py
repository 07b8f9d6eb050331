"""What is asked once more at the last moment before something is sent."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from caseflow.domain.calendar import Calendar, Windows
from caseflow.domain.case import Contact
from caseflow.domain.commands import Known
from caseflow.domain.effects import Send
from caseflow.domain.policy import ContactRules
from caseflow.domain.words import AddressStatus, Channel, Role
from caseflow.engine.delivery_rules import Later, Never, Spent, channels, recipient, timely
from caseflow.engine.ports import NoticeRow, PersonRow

MONDAY_10 = datetime(2022, 1, 17, 10, tzinfo=UTC)
CONTACT = ContactRules(
    texts=Windows.parse("Mon-Fri 09:00-18:30, Sat 10:00-13:00"),
    calls=Windows.parse("Mon-Fri 09:00-18:30"),
    office=Windows.parse("Mon-Fri 09:00-17:00"),
    chases_per_week=3,
    chase_gap_working_days=2,
    offer_times=(time(10), time(15)),
)


class Rules:
    """As much of a policy as delivery looks at."""

    contact = CONTACT
    calendar = Calendar(
        holidays=frozenset({date(2022, 4, 15)}), known_from=date(2012, 1, 1), known_until=date(2028, 12, 31)
    )


def notice(kind="chase", channels=(Channel.TEXT,), to=Role.PARTICIPANT, **more):
    send = Send("missed_session", to, "sam", channels, kind, expectation="missed_session:s1", rung="text")
    fields = {name: more.pop(name) for name in ("expires", "stand_in", "purpose") if name in more}
    row = NoticeRow("k1", 1, "durham", "case-1", replace(send, **fields), 1, channels[0], MONDAY_10, contact=Contact())
    return replace(row, **more)


def sent_days_ago(*days):
    return tuple(sorted(MONDAY_10 - timedelta(days=day) for day in days))


def verdict(row, now=MONDAY_10, spent=None, channel=None):
    return timely(row, channel or row.channel, Rules, spent or Spent(), now)


def test_inside_hours_and_budget_it_goes():
    assert verdict(notice()) is None


def test_a_text_that_became_ready_at_night_waits_for_the_morning():
    night = datetime(2022, 1, 18, 2, tzinfo=UTC)
    assert verdict(notice(), now=night) == Later(datetime(2022, 1, 18, 9, tzinfo=UTC), "outside contact hours")


def test_a_person_who_asked_for_nothing_before_eleven_is_not_texted_at_ten():
    late_riser = notice(contact=Contact(not_before=time(11)))
    assert verdict(late_riser) == Later(datetime(2022, 1, 17, 11, tzinfo=UTC), "outside contact hours")


def test_a_letter_may_be_printed_at_any_hour():
    night = datetime(2022, 1, 18, 2, tzinfo=UTC)
    assert verdict(notice(channels=(Channel.LETTER,)), now=night) is None


def test_mail_to_an_officer_knows_no_contact_hours():
    night = datetime(2022, 1, 18, 2, tzinfo=UTC)
    assert verdict(notice(kind="officer", channels=(Channel.EMAIL,), to=Role.OIC), now=night) is None


def test_over_the_budget_a_reminder_is_dropped():
    full = notice(kind="reminder", sent_times=sent_days_ago(1, 2, 3))
    assert verdict(full) == Never("over the contact budget of 3 a week")


def test_over_the_budget_a_chase_waits_until_the_oldest_message_leaves_the_week():
    full = notice(sent_times=sent_days_ago(1, 2, 3))
    found = verdict(full)
    assert isinstance(found, Later)
    assert found.at == MONDAY_10 + timedelta(days=4)


def test_a_waiting_chase_goes_inside_contact_hours_only():
    sunday_slot = notice(
        sent_times=sent_days_ago(0, 0, 1)
    )  # the oldest was sent on a Sunday: its week ends on one, too
    assert verdict(sunday_slot).at == datetime(2022, 1, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(("gone", "goes"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_same_day_reminder_leaves_the_weeks_last_place_to_a_sessions_first_reminder(gone, goes):
    sent = sent_days_ago(*range(1, gone + 1))
    found = verdict(notice(kind="reminder", purpose="session_reminder_short", sent_times=sent))
    assert (found is None) is goes
    assert (verdict(notice(kind="reminder", purpose="session_reminder", sent_times=sent)) is None) is (gone < 3)


def test_a_second_reminder_says_for_what_it_gave_way():
    found = verdict(notice(kind="reminder", purpose="session_reminder_short", sent_times=sent_days_ago(1, 2)))
    assert found == Never("the last of 3 messages a week is kept for the first reminder of a session")


@pytest.mark.parametrize("kind", ["decision", "service"])
def test_a_decision_letter_goes_over_the_budget_and_counts(kind):
    spent = Spent()
    full = notice(kind=kind, sent_times=sent_days_ago(1, 2, 3))
    assert verdict(full, spent=spent) is None
    assert len(spent.of(full)) == 4


def test_two_notices_to_one_person_in_one_batch_share_one_budget():
    spent = Spent()
    first = notice(kind="reminder", sent_times=sent_days_ago(1, 2))
    assert verdict(first, spent=spent) is None
    assert isinstance(verdict(first, spent=spent), Never)


def test_what_is_too_late_to_be_useful_never_goes():
    found = verdict(notice(kind="reminder", expires=MONDAY_10 - timedelta(minutes=1)))
    assert isinstance(found, Never)
    assert found.late


def test_a_chase_that_would_wait_past_its_use_never_goes():
    found = verdict(notice(sent_times=sent_days_ago(1, 2, 3), expires=MONDAY_10 + timedelta(days=1)))
    assert isinstance(found, Never)
    assert found.late


def test_safe_hours_that_leave_no_time_are_no_reason_to_break_them():
    closed = notice(contact=Contact(not_before=time(12), not_after=time(11)))
    assert isinstance(verdict(closed), Never)


# ── channels ──
def person(**addresses):
    return PersonRow(
        "sam", "Sam", "Carter", "participant",
        {Channel(channel): (f"a-{channel}", value, status) for channel, (value, status) in addresses.items()},
    )  # fmt: skip


SAM = person(
    text=("+447700900123", "unconfirmed"), email=("sam@example.org", "confirmed"), letter=("1 Road", "unconfirmed")
)


def test_channels_come_in_the_order_of_the_notice_and_the_post_comes_last():
    row = notice(channels=(Channel.EMAIL, Channel.TEXT))
    assert [channel for channel, _ in channels(row, SAM)] == [Channel.EMAIL, Channel.TEXT, Channel.LETTER]


def test_a_channel_given_up_is_not_tried_again():
    row = notice(channels=(Channel.TEXT, Channel.EMAIL), tried=(Channel.TEXT,))
    assert [channel for channel, _ in channels(row, SAM)] == [Channel.EMAIL, Channel.LETTER]


def test_nothing_goes_to_a_number_that_said_stop():
    blocked = person(text=("+447700900123", "blocked"), letter=("1 Road", "unconfirmed"))
    assert [channel for channel, _ in channels(notice(), blocked)] == [Channel.LETTER]


def test_a_phone_the_case_knows_as_seized_is_closed_even_if_the_register_does_not_know():
    contact = Contact(addresses={Channel.TEXT: Known("a-text", AddressStatus.SEIZED)})
    assert Channel.TEXT not in dict(channels(notice(contact=contact), SAM))


def test_no_letter_goes_round_a_person_who_said_text_only():
    assert list(dict(channels(notice(contact=Contact(texts_only=True)), SAM))) == [Channel.TEXT]


def test_an_unknown_person_has_no_channel():
    assert list(channels(notice(), None)) == []


# ── recipients ──
def officer(name, moved_to=None, *, mail=True):
    addresses = {Channel.EMAIL: (f"a-{name}", f"{name}@example.org", "confirmed")} if mail else {}
    return PersonRow(name, name, "Officer", "officer", addresses, moved_to=moved_to)


def to_officer(**more):
    return notice(kind="officer", channels=(Channel.EMAIL,), to=Role.OIC, **more)


def test_an_officer_who_moved_on_is_stood_in_for():
    people = {"sam": officer("sam", moved_to="team"), "team": officer("team")}
    assert recipient(to_officer(), people) == "team"


def test_stand_ins_of_stand_ins_are_followed_but_not_in_circles():
    people = {"sam": officer("sam", moved_to="b"), "b": officer("b", moved_to="sam")}
    assert recipient(to_officer(stand_in="mailbox"), people) == "mailbox"


def test_an_officer_without_an_address_is_stood_in_for_by_the_team():
    assert (
        recipient(to_officer(stand_in="team"), {"sam": officer("sam", mail=False), "team": officer("team")}) == "team"
    )
