"""An engine in dictionaries: the shipped schemes, Monday 10 January 2022 at 10:00, and a few words to move it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from caseflow.bootstrap import Memory, memory_app, rosters
from caseflow.domain.commands import Accept, Asked, Command, Known, Refer
from caseflow.domain.policy import Policy
from caseflow.domain.words import Actor, Channel, Role
from caseflow.engine.app import App, Counts
from caseflow.engine.handle import handle
from caseflow.engine.ports import Answer, PersonIn
from caseflow.engine.sweep import sweep
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes

MONDAY_10 = datetime(2022, 1, 10, 10, tzinfo=UTC)
SAM = PersonIn(
    "sam", "participant", "Sam", "Carter",
    addresses={
        Channel.TEXT: ("a-text", "+447700900123", "unconfirmed"),
        Channel.EMAIL: ("a-mail", "sam@example.org", "unconfirmed"),
        Channel.LETTER: ("a-post", "1 High Street\nDurham", "unconfirmed"),
    },
)  # fmt: skip
FRAN = PersonIn(
    "fran", "officer", "Fran", "Hall", addresses={Channel.EMAIL: ("a-fran", "fran@example.org", "confirmed")}
)
TEAM = PersonIn(
    "team", "team", "Response team", "", addresses={Channel.EMAIL: ("a-team", "team@example.org", "confirmed")}
)


@cache
def policies() -> dict[tuple[str, str], Policy]:
    return load_schemes()


@dataclass
class Desk:
    """The engine and everybody who talks to it."""

    memory: Memory
    count: int = 0

    @property
    def app(self) -> App:
        return self.memory.app

    @property
    def supervisor(self) -> Actor:
        return Actor(rosters(config_dir())["durham"].offices[Role.SUPERVISOR], Role.SUPERVISOR)

    @property
    def navigator(self) -> Actor:
        return Actor(rosters(config_dir())["durham"].navigators[0].id, Role.NAVIGATOR)

    def asked(self, command: Command, case: str = "case-1", by: Actor | None = None, id_: str = "") -> Asked:
        self.count += 1
        return Asked(id_ or f"c{self.count}", case, command, by or self.supervisor)

    def ask(self, *asked: Asked) -> list[Answer]:
        return handle(self.app, list(asked))

    def refer(self, case: str = "case-1", **more: Any) -> Asked:
        fields: dict[str, Any] = {
            "ref": f"DUR-22-{case}",
            "disposal": "deferred_prosecution",
            "policy_version": "1",
            "referred_at": self.now,
            "offence_code": "105A",
            "offence_category": "CE",
            "offence_listed": "CE",
            "offence_date": date(2022, 1, 5),
            "adult_on": date(2010, 1, 1),
            "parties": {Role.PARTICIPANT: "sam", Role.ARRESTING_OFFICER: "fran", Role.OIC: "fran", Role.TEAM: "team"},
            "addresses": {channel: Known(address) for channel, (address, _, _) in SAM.addresses.items()},
            "evidential_test": True,
        }
        return self.asked(Refer(**(fields | more)), case, Actor("fran", Role.ARRESTING_OFFICER))

    def accepted(self, *cases: str) -> None:
        """Cases referred and accepted, nothing reacted to."""
        for case in cases or ("case-1",):
            answers = self.ask(self.refer(case), self.asked(Accept(self.navigator.person), case))
            assert [answer.words for answer in answers if answer.refused] == []

    @property
    def now(self) -> datetime:
        with self.app.store.begin() as unit:
            return unit.now()

    def sweep(self) -> Counts:
        return sweep(self.app)

    def go_to(self, at: datetime) -> None:
        """Move the clock, stopping wherever something is due."""
        store = self.memory.store
        while (due := store.next_due()) is not None and due <= at:
            store.set_clock(max(due, self.now))
            self.sweep()
        store.set_clock(max(at, self.now))
        self.sweep()

    def sent(self, channel: Channel | None = None) -> list[Any]:
        return [one for kind, sender in self.memory.senders.items() if channel in {None, kind} for one in sender.sent]

    def history(self, case: str = "case-1") -> list[Any]:
        return [one.event for one in self.events(case)]

    def events(self, case: str = "case-1") -> list[Any]:
        return list(self.memory.store.tables.events["durham", case])

    def stream(self, case: str = "case-1") -> Any:
        with self.app.store.begin() as unit:
            return unit.lock("durham", [case])[case].stream

    def with_policy(self, version: str, change: Callable[[Policy], Policy]) -> None:
        """Another version of the policy beside the shipped one."""
        known = policies()
        made = replace(change(known["durham", "1"]), version=version)
        self.memory.store.set_policies({**known, ("durham", version): made})

    def pass_time(self, seconds: float) -> None:
        """Real time passes; scheme time stands."""
        self.memory.store.pass_time(seconds)


@pytest.fixture
def desk() -> Desk:
    memory = memory_app(policies(), at=MONDAY_10, scheme="durham")
    with memory.store.begin() as unit:
        unit.upsert_people("durham", [SAM, FRAN, TEAM])
    return Desk(memory)


def days(number: float) -> timedelta:
    return timedelta(days=number)
