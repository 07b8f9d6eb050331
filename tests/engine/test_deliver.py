"""Notices become messages: at the right hour, to the right address, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from caseflow.domain.commands import NoteAddress, RecordContact
from caseflow.domain.effects import Send
from caseflow.domain.events import DeliveryNoted
from caseflow.domain.words import AddressStatus, Channel, ContactResult, Receipt, Role
from caseflow.engine.advance import fire_timers, react_events
from caseflow.engine.deliver import deliver, with_what_is_known
from caseflow.engine.inbox import absorb
from caseflow.engine.ports import Change, PersonIn, Sent
from tests.engine.conftest import FRAN, MONDAY_10


def chase(purpose="no_answer", rung="r1", kind="chase", channels=(Channel.TEXT, Channel.EMAIL), **more):
    fields = {"worker": "", **more.pop("fields", {})}
    return Send(purpose, Role.PARTICIPANT, "sam", channels, kind, "no_answer", rung=rung, fields=fields, **more)


@pytest.fixture
def case(desk):
    """A case with everything said and done, so that only what a test puts into the outbox goes out."""
    desk.accepted()
    react_events(desk.app)
    fire_timers(desk.app)
    desk.sweep()
    for sender in desk.memory.senders.values():
        sender.sent.clear()
    return desk


def put(desk, *sends):
    with desk.app.store.begin() as unit:
        stream = unit.lock("durham", ["case-1"])["case-1"].stream
        stored = desk.memory.store.tables.streams["durham", "case-1"]
        unit.save([Change(stream.seq, stream, reacted=stream.seq, wake_at=stored.wake_at, sends=list(sends))])


def notices(desk, rung="r1"):
    return [row for row in desk.memory.store.tables.notices.values() if row.send.rung == rung]


def receipts(desk):
    absorb(desk.app)
    return [(event.channel, event.receipt) for event in desk.history() if isinstance(event, DeliveryNoted)]


def test_a_providers_request_tells_what_is_known_of_each_participant_so_far(case):
    put(case, chase(channels=(Channel.TEXT,)))
    listed = {"case": "case-1", "ref": "DUR-22-case-1", "item": "i1"}
    with case.app.store.begin() as unit:
        (row,) = unit.lease("people", 50, "w", timedelta(minutes=1))
        (told,) = with_what_is_known(unit, [replace(row, items=(listed, {"line": "other"}))], unit.now())
        unread = replace(row, items=({**listed, "case": "nobody"},))
        assert with_what_is_known(unit, [unread], unit.now()) == [unread]
    known = {"attended": 0, "missed": 0, "unknown": 0, "done": False, "survey": False}
    assert told.items == (listed | known, {"line": "other"})


def tell(desk, channel, sent):
    desk.memory.senders[channel]._answer = lambda _: sent


def test_a_message_goes_once_and_the_case_hears_that_it_was_taken(case):
    put(case, chase())
    assert deliver(case.app, "people").effects == 1
    assert deliver(case.app, "people").claimed == 0
    (message,) = case.sent()
    assert (message.channel, message.to) == ("text", "+447700900123")
    assert message.body.startswith("Hi Sam") or "Sam" in message.body
    assert receipts(case) == [(Channel.TEXT, Receipt.ACCEPTED)]


def test_the_same_notice_wished_for_twice_goes_once(case):
    put(case, chase())
    put(case, chase())
    deliver(case.app, "people")
    assert len(case.sent()) == 1


def test_each_lane_leaves_the_other_alone(case):
    put(case, chase())
    assert deliver(case.app, "others").claimed == 0
    assert case.sent() == []


def test_after_a_permanent_failure_the_next_channel_is_tried_and_then_the_post(case):
    for channel in (Channel.TEXT, Channel.EMAIL):
        tell(case, channel, Sent("failed", "no such address", permanent=True))
    put(case, chase("first_contact", fields={"offers": [MONDAY_10, MONDAY_10 + timedelta(days=1)]}))
    for _ in range(3):
        deliver(case.app, "people")
        absorb(case.app)
        react_events(case.app)
    assert [message.channel for message in case.sent()] == ["text", "email", "letter"]
    attempts = [row for row in case.memory.store.tables.attempts.values() if row.notice == notices(case)[0].id]
    assert [(row.channel, row.state) for row in attempts] == [
        (Channel.TEXT, "failed"),
        (Channel.EMAIL, "failed"),
        (Channel.LETTER, "accepted"),
    ]
    assert receipts(case)[0] == (Channel.TEXT, Receipt.PERMANENT)


def test_when_nothing_leads_to_the_person_the_case_is_told_so_that_a_task_can_be_opened(case):
    tell(case, Channel.TEXT, Sent("failed", "no such number", permanent=True))
    put(case, chase(channels=(Channel.TEXT,)))  # a message that has no letter to fall back on
    deliver(case.app, "people")
    deliver(case.app, "people")
    assert (Channel.TEXT, Receipt.PERMANENT) in receipts(case)
    assert notices(case)[0].state in {"failed", "dropped"}


def test_a_failure_that_passes_is_tried_again_later_and_not_at_once(case):
    tell(case, Channel.TEXT, Sent("failed", "try later"))
    put(case, chase())
    deliver(case.app, "people")
    assert deliver(case.app, "people").claimed == 0
    tell(case, Channel.TEXT, Sent("accepted"))
    case.pass_time(60)
    deliver(case.app, "people")
    assert notices(case)[0].state == "sent"
    assert len({message.key for message in case.sent()}) == 1


def test_a_template_that_breaks_stops_its_own_notice_only(case):
    put(case, chase("session_reminder", rung="broken", kind="reminder"), chase(rung="fine"))  # no start, no place
    case.sweep()
    assert [row.state for row in notices(case, "broken")] == ["failed"]
    assert "start" in notices(case, "broken")[0].reason
    assert [row.state for row in notices(case, "fine")] == ["sent"]


def test_an_unclear_chase_is_shown_and_never_sent_again(case):
    tell(case, Channel.TEXT, Sent("unknown", "timed out"))
    put(case, chase())
    deliver(case.app, "people")
    case.pass_time(100_000)
    deliver(case.app, "people")
    assert len(case.sent()) == 1
    assert notices(case)[0].state == "unknown"
    assert receipts(case) == [(Channel.TEXT, Receipt.UNKNOWN)]


def test_what_went_void_before_the_call_never_goes(case):
    put(case, chase())
    case.ask(case.asked(RecordContact(ContactResult.SPOKE), by=case.navigator))
    deliver(case.app, "people")  # the case has news that nobody has reacted to: it must wait
    assert case.sent() == []


def test_a_number_blocked_after_the_notice_was_written_is_not_used(case):
    put(case, chase())
    case.ask(case.asked(NoteAddress(Channel.TEXT, "a-text", AddressStatus.BLOCKED)))
    react_events(case.app)
    deliver(case.app, "people")
    assert "text" not in [message.channel for message in case.sent()]


def test_over_the_weeks_budget_a_reminder_is_dropped_and_the_case_is_told(case):
    put(case, *[chase(rung=f"s{number}", kind="service") for number in range(3)])
    case.sweep()
    put(case, chase(rung="r1", kind="reminder"))
    deliver(case.app, "people")
    assert notices(case)[0].state == "dropped"
    assert receipts(case)[-1] == (Channel.TEXT, Receipt.DROPPED)


def test_over_the_weeks_budget_a_chase_waits_and_goes_when_the_week_has_room(case):
    put(case, *[chase(rung=f"s{number}", kind="service") for number in range(3)])
    case.sweep()
    put(case, chase())
    deliver(case.app, "people")
    assert notices(case)[0].state == "ready"
    assert notices(case)[0].send_at == MONDAY_10 + timedelta(days=7)
    absorb(case.app)
    react_events(case.app)
    case.memory.store.set_clock(MONDAY_10 + timedelta(days=7))
    deliver(case.app, "people")
    assert notices(case)[0].state in {"sent", "ready"}
    assert case.memory.store.tables.attempts


def test_a_reminder_that_came_too_late_is_recorded_and_never_sent(case):
    put(case, chase(kind="reminder", expires=MONDAY_10 - timedelta(hours=1)))
    deliver(case.app, "people")
    assert notices(case)[0].state == "void"
    assert case.sent() == []
    assert receipts(case) == [(Channel.TEXT, Receipt.DROPPED)]


def test_an_officer_who_moved_on_is_stood_in_for_by_the_team(case):
    with case.app.store.begin() as unit:
        unit.upsert_people("durham", [replace(FRAN, stand_in="team")])
    mail = Send("oic_reconsider", Role.OIC, "fran", (Channel.EMAIL,), "officer", rung="r1", fields={})
    put(case, mail)
    deliver(case.app, "others")
    assert [message.to for message in case.sent()] == ["team@example.org"]


def test_mail_to_officers_names_the_case_and_never_the_person(case):
    put(case, Send("oic_reconsider", Role.OIC, "fran", (Channel.EMAIL,), "officer", rung="r1"))
    deliver(case.app, "others")
    (mail,) = case.sent()
    assert "DUR-22-case-1" in mail.subject + mail.body
    assert "Sam" not in mail.body
    assert "Carter" not in mail.body


class Crash(BaseException):
    """The process dies here."""


def die(_):
    raise Crash


@pytest.mark.parametrize(
    ("send", "state", "messages"),
    [
        (chase(), "unknown", 1),
        (Send("oic_reconsider", Role.OIC, "fran", (Channel.EMAIL,), "officer", rung="r1"), "sent", 2),
    ],
)
def test_a_crash_during_the_call_is_unclear_for_a_chase_and_repeated_for_an_officer(case, send, state, messages):
    lane = "people" if send.to is Role.PARTICIPANT else "others"
    put(case, send)
    for sender in case.memory.senders.values():
        sender._answer = die
    with pytest.raises(Crash):
        deliver(case.app, lane)
    for sender in case.memory.senders.values():
        sender._answer = None
    case.pass_time(case.app.hold_for.total_seconds() + 1)
    deliver(case.app, lane)
    assert notices(case)[0].state == state
    assert len(case.sent()) == messages
    if state == "unknown":
        assert receipts(case) == [(Channel.TEXT, Receipt.UNKNOWN)]


def test_an_unknown_person_costs_nobody_else_anything(case):
    with case.app.store.begin() as unit:
        unit.upsert_people("durham", [PersonIn("nobody", "participant", "No", "Body")])
    put(case, replace(chase(rung="lost"), recipient="nobody"), chase(rung="fine"))
    deliver(case.app, "people")
    assert [row.state for row in notices(case, "lost")] == ["dropped"]
    assert [row.state for row in notices(case, "fine")] == ["sent"]


class MailServer:
    """A channel that allows no proof. `breaks` comes instead of the third answer."""

    def __init__(self, breaks: BaseException | None = None) -> None:
        self.taken: list[str] = []
        self.breaks = breaks

    def send(self, batch):
        raise AssertionError("nobody sends a batch where each can be settled by itself")

    def each(self, messages):
        for message in messages:
            self.taken.append(message.to)
            if len(self.taken) == 3 and self.breaks:
                raise self.breaks
            yield Sent("accepted")


def five(case, sender, channel=Channel.EMAIL):
    """Five messages to five people."""
    case.app.senders[Channel.EMAIL] = sender
    people = [f"person-{number}" for number in range(5)]
    with case.app.store.begin() as unit:
        unit.upsert_people("durham", [mailed(name) for name in people])
    put(
        case,
        *[replace(chase(rung=f"r{n}", channels=(channel,)), recipient=name) for n, name in enumerate(people)],
    )


def mailed(name):
    return PersonIn(
        name,
        "participant",
        "Jo",
        "Invented",
        addresses={
            Channel.EMAIL: (f"mail-{name}", f"{name}@example.org", "confirmed"),
            Channel.TEXT: (f"text-{name}", "+447700900123", "confirmed"),
        },
    )


def states(case):
    return sorted(notices(case, f"r{number}")[0].state for number in range(5))


def test_where_nothing_can_be_proved_each_message_is_settled_before_the_next(case):
    five(case, server := MailServer())
    assert deliver(case.app, "people").effects == 5
    assert (states(case), len(server.taken)) == (["sent"] * 5, 5)


def test_a_worker_that_dies_leaves_one_message_unclear_and_not_a_batch(case):
    five(case, MailServer(SystemExit()))
    with pytest.raises(SystemExit):
        deliver(case.app, "people")
    assert states(case) == ["calling", "leased", "leased", "sent", "sent"]


def test_a_sender_that_breaks_leaves_one_message_unclear_and_the_others_go_later(case):
    five(case, MailServer(RuntimeError("a defect")))
    deliver(case.app, "people")
    assert states(case) == ["leased", "leased", "sent", "sent", "unknown"]
    case.pass_time(3600)
    deliver(case.app, "people")
    assert states(case) == ["sent", "sent", "sent", "sent", "unknown"]


def told_to_stop(case, after):
    """The case's engine in a process that is told to stop when so many messages are out."""
    taken = case.app.senders[Channel.EMAIL].taken
    return replace(case.app, told_to_stop=lambda: len(taken) >= after)


def test_told_to_stop_between_two_messages_the_rest_is_anybody_elses_at_once(case):
    five(case, server := MailServer())
    counts = deliver(told_to_stop(case, after=2), "people")
    assert (states(case), counts.effects, counts.failed) == (["ready"] * 3 + ["sent"] * 2, 2, 0)
    assert deliver(case.app, "people").effects == 3
    assert (states(case), len(server.taken)) == (["sent"] * 5, 5)
    assert {row.attempts for row in notices(case, "r4")} == {1}, "what was not begun counts no attempt"


@pytest.mark.parametrize("channel", [Channel.TEXT, Channel.EMAIL])
def test_told_to_stop_before_the_first_message_nothing_is_begun(case, channel):
    if channel is Channel.EMAIL:
        case.app.senders[channel] = MailServer()
    five(case, case.app.senders[Channel.EMAIL], channel)
    assert deliver(replace(case.app, told_to_stop=lambda: True), "people").claimed == 0
    assert (states(case), {row.attempts for row in notices(case, "r0")}) == (["ready"] * 5, {0})
    assert deliver(case.app, "people").effects == 5
