"""The way round when a channel fails: the next allowed one, the post, a person; and no strike before anybody was reached.

Channels lie here as they like: they take, refuse, fail late, say delivered twice, or take a delivery back.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from caseflow.bootstrap import Memory, memory_app, rosters
from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.effects import Send
from caseflow.domain.strikes import reached_about
from caseflow.domain.words import Actor, AddressStatus, Attendance, Channel, ItemKind, Origin, Receipt, Role
from caseflow.engine.audit import audit
from caseflow.engine.handle import handle
from caseflow.engine.inbound import match_inbound, take_inbound
from caseflow.engine.inbound_rows import InboundText
from caseflow.engine.ports import Change, PersonIn, Sent
from caseflow.engine.sweep import sweep
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes

START = datetime(2022, 1, 10, 10, tzinfo=UTC)  # a Monday
BOSS = Actor("boss", Role.SUPERVISOR)
CHANNEL = Actor("system", Role.SYSTEM)
PHONE = "+447700900123"
VALUES = {Channel.TEXT: PHONE, Channel.EMAIL: "sam@example.org", Channel.LETTER: "1 High Street"}
FIND = ("Find the person", "Is there another number?", "Still no way to reach them")
CLOSED = {AddressStatus.BLOCKED, AddressStatus.SEIZED}


@cache
def schemes() -> Any:
    return load_schemes()


@cache
def navigator() -> Actor:
    return Actor(rosters(config_dir())["durham"].navigators[0].id, Role.NAVIGATOR)


@dataclass
class Lived:
    """One case, its channels and what they do."""

    memory: Memory
    count: int = 0

    def ask(self, *commands: c.Command, by: Actor | None = None, origin: Origin = Origin.PERSON) -> list[Any]:
        asked = []
        for command in commands:
            self.count += 1
            asked.append(c.Asked(f"c{self.count}", "case-1", command, by or navigator(), origin))
        return handle(self.memory.app, asked)

    @property
    def case(self) -> Any:
        return self.memory.store.tables.streams["durham", "case-1"].stream

    @property
    def now(self) -> datetime:
        return self.memory.store.now()

    def go_to(self, at: datetime) -> None:
        store = self.memory.store
        while (due := store.next_due()) is not None and due <= at:
            store.set_clock(max(due, store.now()))
            self.settle()
        store.set_clock(max(at, store.now()))
        self.settle()

    def settle(self) -> None:
        """Everything due, and every rest of a failed attempt waited out."""
        for _ in range(12):
            sweep(self.memory.app)
            self.memory.store.pass_time(4000)

    def notices(self) -> list[Any]:
        return [row for row in self.memory.store.tables.notices.values() if row.lane == "people"]

    def attempts(self, notice: Any) -> list[Any]:
        rows = self.memory.store.tables.attempts.values()
        return sorted((row for row in rows if row.notice == notice.id), key=lambda row: row.no)

    def tasks(self) -> list[Any]:
        return [row.task for row in self.memory.store.tables.tasks.values() if row.state == "open"]

    def receipt(self, notice: Any, receipt: Receipt) -> None:
        """What the channel says of the notice's newest attempt."""
        went = [row for row in self.attempts(notice) if row.state == "accepted"]
        if went:
            send, last = notice.send, went[-1]
            note = c.NoteDelivery(
                notice.key, send.purpose, last.channel, receipt, last.address, send.expectation, send.cycle, send.rung,
                send.subject,
            )  # fmt: skip
            self.ask(note, by=CHANNEL, origin=Origin.CHANNEL)


def lived(statuses: dict[Channel, AddressStatus], **limits: Any) -> Lived:
    """A case accepted on Monday at 10:00 whose participant has these addresses and contact limits."""
    memory = memory_app(schemes(), at=START, scheme="durham")
    addresses = {one: (f"a-{one.value}", VALUES[one], status.value) for one, status in statuses.items()}
    with memory.app.store.begin() as unit:
        unit.upsert_people("durham", [PersonIn("sam", "participant", "Sam", "Carter", date(1990, 1, 1), addresses)])
    here = Lived(memory)
    refer = c.Refer(
        ref="DUR-22-000001", disposal="deferred_prosecution", policy_version="1", referred_at=START,
        offence_code="105A", offence_category="CE", offence_listed="CE", offence_date=date(2022, 1, 5), adult_on=date(2010, 1, 1),
        parties={Role.PARTICIPANT: "sam", Role.ARRESTING_OFFICER: "fran", Role.OIC: "fran", Role.TEAM: "team"},
        addresses={one: c.Known(f"a-{one.value}", status) for one, status in statuses.items()},
        evidential_test=True, admission=True, consent=True, **limits,
    )  # fmt: skip
    assert not here.ask(refer, by=Actor("fran", Role.ARRESTING_OFFICER))[0].refused
    assert not here.ask(c.Accept(navigator().person), by=BOSS)[0].refused
    return here


def put(here: Lived, channels: tuple[Channel, ...], kind: str = "service", purpose: str = "session_cancelled") -> Any:
    """One notice in the outbox, with nothing else to do."""
    fields = {"worker": navigator().person, "start": START + timedelta(days=3)}
    send = Send(purpose, Role.PARTICIPANT, "sam", channels, kind, rung="test", fields=fields)
    with here.memory.app.store.begin() as unit:
        stream = unit.lock("durham", ["case-1"])["case-1"].stream
        stored = here.memory.store.tables.streams["durham", "case-1"]
        unit.save([Change(stream.seq, stream, reacted=stream.seq, wake_at=stored.wake_at, sends=[send])])
    return here.notices()[-1]


def channels_tried(here: Lived, notice: Any) -> list[Channel]:
    return [row.channel for row in here.attempts(notice) if row.calling_at is not None]


STATUSES = st.fixed_dictionaries({}, optional={channel: st.sampled_from(list(AddressStatus)) for channel in Channel})
ANSWERS = [
    Sent("accepted"),
    Sent("failed", "gone", permanent=True),
    Sent("failed", "later"),
    Sent("unknown", "who knows"),
]
HOURS = st.sampled_from([(None, None), (time(10), None), (None, time(12)), (time(11), time(15))])


@given(
    statuses=STATUSES,
    says=st.fixed_dictionaries({channel: st.sampled_from(ANSWERS) for channel in Channel}),
    late=st.fixed_dictionaries(
        {
            channel: st.sampled_from([None, Receipt.DELIVERED, Receipt.PERMANENT, Receipt.TEMPORARY])
            for channel in Channel
        }
    ),
    wanted=st.permutations(list(Channel)).flatmap(lambda some: st.integers(1, 3).map(lambda n: tuple(some[:n]))),
    texts_only=st.booleans(),
    hours=HOURS,
)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_a_message_goes_only_where_it_may_never_twice_the_dead_way_and_ends_with_somebody(
    statuses, says, late, wanted, texts_only, hours
):
    here = lived(statuses, texts_only=texts_only, not_before=hours[0], not_after=hours[1])
    sweep(here.memory.app)
    for channel, answer in says.items():
        here.memory.senders[channel]._answer = lambda _, answer=answer: answer
    before = {row.id for row in here.notices()}
    notice = put(here, wanted)
    assert notice.id not in before
    for _ in range(4):  # the channels have their say, and whatever follows has its hour
        here.go_to(here.now + timedelta(hours=30))
        current = next(row for row in here.notices() if row.id == notice.id)
        went = [row for row in here.attempts(current) if row.state == "accepted"]
        if current.state == "sent" and went and (receipt := late[went[-1].channel]):
            here.receipt(current, receipt)
    here.go_to(here.now + timedelta(hours=30))
    end = next(row for row in here.notices() if row.id == notice.id)
    attempts = [row for row in here.attempts(end) if row.calling_at is not None]

    for row in attempts:  # only where it may
        assert statuses[row.channel] not in CLOSED
        assert row.channel in (*wanted, Channel.LETTER)
        assert not (texts_only and row.channel is Channel.LETTER and Channel.LETTER not in wanted)
        if row.channel is not Channel.LETTER:
            local = row.calling_at  # January: London is at UTC
            assert local.weekday() < 6
            assert time(8) <= local.time() <= time(20)
            assert hours[0] is None or local.time() >= hours[0]
            assert hours[1] is None or local.time() <= hours[1]
    dead: set[Channel] = set()
    for row in attempts:  # never the dead way again
        assert row.channel not in dead
        if row.state == "failed" and says[row.channel].permanent:
            dead.add(row.channel)
        if row.state == "accepted" and late[row.channel] is Receipt.PERMANENT:
            dead.add(row.channel)
    arrived = end.state == "sent" and late[attempts[-1].channel] not in {Receipt.PERMANENT, Receipt.TEMPORARY}
    seen = end.state == "unknown"  # `caseflow audit` and doctor show it to a person
    helped = any(task.key.startswith(("unsent:", "address:")) or task.title.startswith(FIND) for task in here.tasks())
    assert arrived or seen or helped or end.state in {"ready", "void"}, (end.state, end.reason)


# ── no strike before anybody was reached ────────────────────────────────────────────────────────
def missed(here: Lived) -> None:
    """A plan is read back and signed, and a session of it is missed."""
    items = (c.Item("i1", ItemKind.ENFORCEABLE, "thinking_skills", provider="northgate"),)
    done = here.ask(
        c.Assess(), c.AgreePlan(items, signed=True, read_back=True),
        c.BookSession("s1", START + timedelta(days=1, hours=2), item="i1", place="12 High St"),
    )  # fmt: skip
    here.go_to(START + timedelta(days=1, hours=4))
    done += here.ask(c.RecordAttendance("s1", Attendance.UNACCEPTABLE))
    assert [one.words for one in done if one.refused] == []
    here.settle()


def chases(here: Lived) -> list[Any]:
    return [row for row in here.notices() if row.send.kind == "chase" and row.send.subject == "s1"]


def strikes(here: Lived) -> list[Any]:
    facts = here.memory.store.tables.events["durham", "case-1"]
    return [one for one in facts if isinstance(one.event, ev.StrikeConfirmed)]


D, P = Receipt.DELIVERED, Receipt.PERMANENT


@pytest.mark.parametrize(
    ("status", "says", "counts"),
    [
        (AddressStatus.CONFIRMED, [D], True),
        (AddressStatus.CONFIRMED, [D, D], True),
        (AddressStatus.CONFIRMED, [], False),
        (AddressStatus.CONFIRMED, [P], False),
        (AddressStatus.CONFIRMED, [D, P], False),
        (AddressStatus.CONFIRMED, [P, D], False),
        (AddressStatus.UNCONFIRMED, [D], False),
        (AddressStatus.SHARED, [D], False),
    ],
)
def test_a_strike_needs_a_text_that_arrived_at_an_address_they_confirmed_and_that_nobody_takes_back(
    status, says, counts
):
    here = lived(dict.fromkeys((Channel.TEXT, Channel.LETTER), status))
    here.settle()
    missed(here)
    here.go_to(START + timedelta(days=4))
    (chase, *_) = chases(here)
    assert channels_tried(here, chase)[0] is Channel.TEXT
    for receipt in says:
        here.receipt(chase, receipt)
    here.go_to(START + timedelta(days=5))
    (answer,) = here.ask(c.ConfirmStrike("s1"))
    assert bool(strikes(here)) == counts, answer.words


class LyingChannels(RuleBasedStateMachine):
    """A case with one missed session; channels say what they like; a navigator tries to rule it a strike all the time."""

    @initialize(confirmed=st.booleans())
    def begin(self, confirmed: bool) -> None:  # noqa: FBT001 - hypothesis gives it
        status = AddressStatus.CONFIRMED if confirmed else AddressStatus.UNCONFIRMED
        self.here = here = lived({Channel.TEXT: status, Channel.LETTER: status})
        self.truly: set[str] = set()
        self.taken_back: set[str] = set()
        self.texts = 0
        here.settle()
        missed(here)

    def chases(self) -> list[Any]:
        return chases(self.here)

    @rule(hours=st.sampled_from([3, 25, 50]))
    def time_passes(self, hours: int) -> None:
        self.here.go_to(self.here.now + timedelta(hours=hours))

    @rule(receipt=st.sampled_from([one for one in Receipt if one is not Receipt.DROPPED]), again=st.booleans())
    def the_channel_says(self, receipt: Receipt, again: bool) -> None:  # noqa: FBT001 - hypothesis gives it
        for notice in self.chases():
            for _ in range(1 + again):
                self.here.receipt(notice, receipt)
            went = [row for row in self.here.attempts(notice) if row.state == "accepted"]
            if went and receipt is Receipt.DELIVERED and went[-1].channel is Channel.TEXT:
                self.truly.add(notice.key)
            if went and receipt is Receipt.PERMANENT:
                self.taken_back.add(notice.key)
        self.here.settle()

    @rule(answer=st.sampled_from(ANSWERS))
    def the_channel_changes(self, answer: Sent) -> None:
        self.here.memory.senders[Channel.TEXT]._answer = lambda _: answer

    @rule(body=st.sampled_from(["STOP", "wrong number", "who is this?", "not sam"]))
    def somebody_else_writes(self, body: str) -> None:
        """Nothing of this is a sign of the participant."""
        self.texts += 1
        take_inbound(self.here.memory.app, [InboundText(f"t-{self.texts}", PHONE, "", body, self.here.now)])
        match_inbound(self.here.memory.app)
        self.here.settle()

    @rule()
    def somebody_reads_what_came(self) -> None:
        self.here.ask(*(c.ReadAnswer(number) for number in sorted(self.here.case.unread)))

    @rule()
    def a_strike_is_tried(self) -> None:
        self.here.ask(c.ConfirmStrike("s1"))
        self.here.settle()

    @invariant()
    def nobody_has_a_strike_who_was_not_reached(self) -> None:
        if not hasattr(self, "here"):
            return
        case = self.here.case
        struck = strikes(self.here)
        if struck:
            assert self.truly, "a strike, and no channel ever said that a text about it was delivered"
            assert case.contact.addresses[Channel.TEXT].status is not AddressStatus.UNCONFIRMED
        if not self.truly - self.taken_back and not struck:
            assert reached_about(case, case.sessions["s1"]) is None

    def teardown(self) -> None:
        if hasattr(self, "here"):
            assert self.here.memory.app.readings is not None
            found = audit(self.here.memory.app.readings, replay_every=1)
            assert [one.words for one in found.violations] == []


TestLyingChannels = LyingChannels.TestCase
TestLyingChannels.settings = settings(max_examples=20, stateful_step_count=12, suppress_health_check=list(HealthCheck))


# ── tables ──────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def reachable() -> Lived:
    here = lived(dict.fromkeys(Channel, AddressStatus.UNCONFIRMED))
    sweep(here.memory.app)
    return here


@pytest.mark.parametrize("receipt", [Receipt.PERMANENT, Receipt.TEMPORARY, Receipt.TECHNICAL])
def test_a_failure_told_days_later_sends_the_message_on_by_the_next_channel(reachable, receipt):
    notice = put(reachable, (Channel.TEXT, Channel.EMAIL))
    reachable.go_to(START + timedelta(hours=1))
    assert channels_tried(reachable, notice) == [Channel.TEXT]
    reachable.receipt(reachable.notices()[-1], receipt)
    reachable.go_to(START + timedelta(hours=2))
    assert channels_tried(reachable, notice) == [Channel.TEXT, Channel.EMAIL]
    reachable.receipt(reachable.notices()[-1], receipt)
    reachable.receipt(reachable.notices()[-1], receipt)
    reachable.go_to(START + timedelta(hours=3))
    assert channels_tried(reachable, notice) == [Channel.TEXT, Channel.EMAIL], "this message has no letter"
    assert any(task.key.startswith(("unsent:", "address:")) for task in reachable.tasks())


def test_with_nothing_left_a_navigator_is_told_which_message_did_not_arrive(reachable):
    notice = put(reachable, (Channel.TEXT,))
    reachable.go_to(START + timedelta(hours=1))
    reachable.receipt(reachable.notices()[-1], Receipt.TEMPORARY)
    reachable.go_to(START + timedelta(hours=2))
    titles = [task.title for task in reachable.tasks() if task.key == f"unsent:{notice.key}"]
    assert titles == ["A message did not get to them (session cancelled): find another way with them"]
    assert all(task.owner is Role.NAVIGATOR for task in reachable.tasks() if task.key.startswith("unsent:"))


def test_a_chase_whose_reason_has_gone_is_not_sent_on(reachable):
    reachable.go_to(START + timedelta(days=1, hours=2))
    chase = next(row for row in reachable.notices() if row.send.kind == "chase")
    reachable.ask(c.NoteAnswer("ok"), by=Actor("sam", Role.PARTICIPANT), origin=Origin.CHANNEL)
    reachable.settle()
    before = len(channels_tried(reachable, chase))
    reachable.receipt(chase, Receipt.PERMANENT)
    reachable.go_to(reachable.now + timedelta(days=1))
    assert len(channels_tried(reachable, chase)) == before
