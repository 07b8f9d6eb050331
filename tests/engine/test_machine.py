"""The engine as a machine: commands, firings, repeats and crashes between the verbs in any order; nothing lost or twice.

Two engines get the same commands at the same times. One is calm: every verb runs at once. The other is jumpy: verbs run
when the draw says so, transactions are thrown away, commands are repeated. At the end both must tell the same story.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from caseflow.bootstrap import Memory, memory_app
from caseflow.domain import commands as c
from caseflow.domain import plan
from caseflow.domain.case import Case
from caseflow.domain.verify.properties import fact_checks
from caseflow.domain.verify.world import chain
from caseflow.domain.words import Actor, Attendance, Channel, ContactResult, ItemKind, Role
from caseflow.engine.advance import fire_timers, react_events
from caseflow.engine.audit import audit
from caseflow.engine.deliver import deliver
from caseflow.engine.handle import handle
from caseflow.engine.inbox import absorb
from caseflow.engine.ports import PersonIn
from caseflow.engine.sweep import sweep
from caseflow.settings.scheme import load_schemes

START = datetime(2022, 1, 10, 10, 0, tzinfo=UTC)
NAVIGATOR = Actor("navigator", Role.NAVIGATOR)
CASES = tuple(str(uuid5(NAMESPACE_OID, f"machine/{n}")) for n in range(3))
VERBS: tuple[Callable[[Any], Any], ...] = (
    react_events,
    fire_timers,
    absorb,
    lambda app: deliver(app, "people"),
    lambda app: deliver(app, "others"),
)


@cache
def schemes():
    return load_schemes()


class Crash(Exception):
    """The process dies: what its transaction wrote never was."""


def engine() -> Memory:
    made = memory_app(schemes(), at=START, scheme="durham")
    address = {
        Channel.TEXT: ("phone", "+447700900123", "unconfirmed"),
        Channel.LETTER: ("post", "12 High Street", "unconfirmed"),
    }
    mail = {Channel.EMAIL: ("mail", "officer@example.org", "confirmed")}
    with made.app.store.begin() as unit:
        unit.upsert_people(
            "durham",
            [
                PersonIn("participant", "participant", "Sam", "Reed", date(1990, 1, 1), address),
                PersonIn("officer", "officer", "Ola", "Grant", None, mail),
                PersonIn("navigator", "navigator", "Jo", "Hartley", None, mail),
            ],
        )
    return made


def refers(number: int) -> c.Refer:
    known = {Channel.TEXT: c.Known("phone"), Channel.LETTER: c.Known("post")}
    return c.Refer(
        ref=f"DUR-22-{number:06d}", disposal="deferred_prosecution", policy_version="1", referred_at=START,
        offence_code="PU86004", offence_category="CE", offence_listed="CE", offence_date=date(2022, 1, 8), adult_on=date(2010, 1, 1),
        parties={Role.PARTICIPANT: "participant", Role.ARRESTING_OFFICER: "officer", Role.OIC: "officer"},
        addresses=known, evidential_test=True, admission=True, consent=True,
    )  # fmt: skip


def told(memory: Memory) -> list[Any]:
    """The whole story: facts without their numbers and ids, and every message that went out, once each."""
    assert memory.app.readings is not None
    dossiers = memory.app.readings.dossiers("durham", limit=1000)
    facts = {
        d.id: _settled([(type(r.event).__name__, _what(r.event), r.occurred_at) for r in d.events]) for d in dossiers
    }
    notices = sorted((n.stream, n.purpose, n.rung, n.recipient, n.state) for d in dossiers for n in d.notices)
    return [facts, notices]


def _settled(facts: list[tuple[str, str, datetime]]) -> list[tuple[str, str, datetime]]:
    """Receipts that come one after the other at one moment, in any order: two channels owe each other none."""
    runs = groupby(facts, key=lambda fact: fact[2] if fact[0] == "DeliveryNoted" else fact)
    return [fact for _, run in runs for fact in sorted(run)]


def _what(event: Any) -> str:
    return f"{getattr(event, 'expectation', '')}/{getattr(event, 'rung', '')}/{getattr(event, 'end', '')}"


class Machine(RuleBasedStateMachine):
    """Commands go to both engines; crashes, repeats and odd orders only to the jumpy one."""

    @initialize()
    def begin(self) -> None:
        self.calm, self.jumpy = engine(), engine()
        self.now, self.count = START, 0
        for number, case in enumerate(CASES):
            self.ask(case, refers(number))

    def ask(self, case: str, command: c.Command, by: Actor = NAVIGATOR) -> None:
        self.count += 1
        asked = c.Asked(f"command-{self.count}", case, command, by)
        # Facts are reacted to in the order they come, so both engines have settled before the next is asked: what may
        # differ is everything on the way there.
        sweep(self.calm.app)
        sweep(self.jumpy.app)
        one = handle(self.calm.app, [asked])[0]
        other = handle(self.jumpy.app, [asked])[0]
        assert (one.code, one.seq) == (other.code, other.seq)
        again = handle(self.jumpy.app, [asked, asked])
        assert all(answer.repeat and answer.code == other.code for answer in again)

    @rule(case=st.sampled_from(CASES))
    def accept(self, case: str) -> None:
        self.ask(case, c.Accept("navigator"), Actor("supervisor", Role.SUPERVISOR))

    @rule(case=st.sampled_from(CASES), result=st.sampled_from(list(ContactResult)))
    def call(self, case: str, result: ContactResult) -> None:
        self.ask(case, c.RecordContact(result))

    @rule(case=st.sampled_from(CASES))
    def plan(self, case: str) -> None:
        self.ask(case, c.Assess())
        items = (c.Item("i1", ItemKind.ENFORCEABLE, "thinking_skills"),)
        self.ask(case, c.AgreePlan(items, signed=True, read_back=True))
        self.ask(case, c.BookSession("s1", self.now + timedelta(days=3), item="i1", place="12 High St"))

    @rule(case=st.sampled_from(CASES), outcome=st.sampled_from(list(Attendance)))
    def attendance(self, case: str, outcome: Attendance) -> None:
        self.ask(case, c.RecordAttendance("s1", outcome, "illness"))

    @rule(case=st.sampled_from(CASES))
    def end(self, case: str) -> None:
        self.ask(case, c.Withdraw())

    @rule(hours=st.sampled_from([1, 7, 25, 80]))
    def time_passes(self, hours: int) -> None:
        """Both settle, and the clock moves from alarm to alarm."""
        until = self.now + timedelta(hours=hours)
        while True:
            sweep(self.calm.app)
            sweep(self.jumpy.app)
            due = self.calm.store.next_due()
            assert due == self.jumpy.store.next_due()
            self.now = until if due is None or due > until else max(due, self.now)
            self.calm.store.set_clock(self.now)
            self.jumpy.store.set_clock(self.now)
            if self.now == until:
                break

    @rule(verbs=st.lists(st.tuples(st.sampled_from(VERBS), st.booleans()), min_size=1, max_size=6))
    def jump(self, verbs: list[tuple[Callable[[Any], Any], bool]]) -> None:
        """Verbs in any order; some die before they commit."""
        for verb, dies in verbs:
            if not dies:
                verb(self.jumpy.app)
                continue
            with suppress(Crash), self.jumpy.app.store.begin() as unit:
                unit.claim("react", 10)
                unit.claim("fire", 10)
                raise Crash

    @invariant()
    def nothing_is_parked(self) -> None:
        if hasattr(self, "jumpy"):
            assert self.jumpy.app.readings is not None
            assert self.jumpy.app.readings.health().parked == 0

    def teardown(self) -> None:
        if not hasattr(self, "jumpy"):
            return
        sweep(self.calm.app)
        sweep(self.jumpy.app)
        assert told(self.calm) == told(self.jumpy)
        for memory in (self.calm, self.jumpy):
            assert memory.app.readings is not None
            found = audit(memory.app.readings, replay_every=1)
            assert [finding.words for finding in found.violations] == []
            keys = [message.key for sender in memory.senders.values() for message in sender.sent]
            assert len(keys) == len(set(keys)), "a message went out twice"
            for dossier in memory.app.readings.dossiers("durham", limit=1000):
                assert plan.replay(dossier.events, "durham") == dossier.stream
                if isinstance(dossier.stream, Case):
                    for fact in chain(None, dossier.events, schemes()["durham", "1"]):
                        assert list(fact_checks(schemes()["durham", "1"], fact)) == []


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=25, stateful_step_count=20, suppress_health_check=list(HealthCheck))
