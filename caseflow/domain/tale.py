"""A case played purely: commands in, facts and wishes kept, the clock going from alarm to alarm. No store, no workers.

The same `plan.handle` and `plan.advance` that the engine calls; so what a tale tells is what a case would do. Worked
examples of a policy are tales, and so are the tests' stories.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

from caseflow.domain import commands as c
from caseflow.domain import effects as fx
from caseflow.domain import events as ev
from caseflow.domain import plan
from caseflow.domain.case import Case, Stream
from caseflow.domain.policy import Policy
from caseflow.domain.words import Actor, Origin, Receipt, Refused, Role

NAVIGATOR = Actor("nav-1", Role.NAVIGATOR)
CHANNEL = Actor("system", Role.SYSTEM)


@dataclass
class Tale:
    """One case and everything that followed. `refusals` holds the refused commands, in order; `now` is aware UTC.

    `log` has the facts, messages and tasks together, in the order in which they came about.

    `channel` says what becomes of each message to the participant; None: no word of it ever comes.
    """

    policy: Policy
    now: datetime
    case: Case | None = None
    history: list[ev.Recorded] = field(default_factory=list)
    sends: list[tuple[datetime, fx.Send]] = field(default_factory=list)
    tasks: dict[str, fx.OpenTask] = field(default_factory=dict)
    log: list[tuple[datetime, ev.Recorded | fx.Send | fx.OpenTask]] = field(default_factory=list)
    tells: list[fx.Tell] = field(default_factory=list)
    voids: list[fx.Void] = field(default_factory=list)
    digest: list[fx.AddToDigest] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)
    parked: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0
    channel: Callable[[fx.Send], Receipt | None] | None = None

    # ── telling ──
    def asks(
        self,
        command: c.Command,
        by: Actor = NAVIGATOR,
        origin: Origin = Origin.PERSON,
        at: datetime | None = None,
        onto: Policy | None = None,
    ) -> Self:
        """Somebody asks (`at`: of something that happened then); refusals are kept, facts are reacted to at once."""
        self.count += 1
        asked = c.Asked(f"cmd-{self.count}", "case-1", command, by, origin, at)
        planned = plan.handle(self.case, asked, self.policy, self.now, onto)
        if isinstance(planned, Refused):
            self.refusals.append(planned)
            return self
        self._note(planned.events)
        self._advance(planned.stream, planned.events)
        return self

    def _advance(self, stream: Stream, unreacted: Iterable[ev.Recorded] = ()) -> None:
        advanced = plan.advance(stream, tuple(unreacted), self.policy, self.now)
        assert isinstance(advanced.stream, Case)
        self.case = advanced.stream
        self._note(advanced.events)
        self.parked += advanced.parked
        for effect in advanced.effects:
            self._take(effect)
        if advanced.more:
            self._advance(self.case)

    def _note(self, events: Iterable[ev.Recorded]) -> None:
        for recorded in events:
            self.history.append(recorded)
            self.log.append((self.now, recorded))

    def _take(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Send():
                self.sends.append((self.now, effect))
                self.log.append((self.now, effect))
            case fx.OpenTask():
                if effect.key not in self.tasks:
                    self.tasks[effect.key] = effect
                    self.log.append((self.now, effect))
            case fx.DropTasks():
                self.tasks = {k: t for k, t in self.tasks.items() if not effect.covers(k, t.expectation)}
            case fx.HandOver():
                mine = {k: t for k, t in self.tasks.items() if t.owner is effect.owner}
                self.tasks |= {k: replace(t, person=effect.person) for k, t in mine.items()}
            case fx.Tell():
                self.tells.append(effect)
            case fx.Void():
                self.voids.append(effect)
            case fx.AddToDigest():
                self.digest.append(effect)
            case _:  # alarms are read off the case itself
                pass

    def until(self, moment: datetime) -> Self:
        """The clock goes on to `moment`, stopping at every alarm on its way; a channel answers what was sent."""
        told = len(self.sends)
        while True:
            told = self._receipts(told)
            alarm = self.alarm
            if self.case is None or alarm is None or alarm > moment:
                break
            self.now = max(self.now, alarm)
            self._advance(self.case)
        self.now = moment
        return self

    @property
    def alarm(self) -> datetime | None:
        """When the clock has something to do next (UTC); None when nothing waits."""
        return None if self.case is None else plan.wake_at(self.case)

    def _receipts(self, told: int) -> int:
        for number, (_, send) in enumerate(self.sends[told:], start=told):
            receipt = None if self.channel is None or send.to is not Role.PARTICIPANT else self.channel(send)
            if receipt is not None:
                self.asks(self.receipt(number, send, receipt), CHANNEL, Origin.CHANNEL)
        return len(self.sends)

    def receipt(self, number: int, send: fx.Send, receipt: Receipt) -> c.NoteDelivery:
        channel = send.channels[0]
        known = self.case.contact.addresses.get(channel) if self.case else None
        return c.NoteDelivery(
            f"notice-{number}", send.purpose, channel, receipt, known.address if known else "", send.expectation,
            send.cycle, send.rung, send.subject,
        )  # fmt: skip

    def days_pass(self, days: float) -> Self:
        return self.until(self.now + timedelta(days=days))
