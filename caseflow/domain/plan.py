"""The whole of the domain in three calls: `handle` a command, `advance` a stream, `replay` a history. Pure.

advance is the one function behind both lanes: it reacts the facts nobody has reacted to, in order, derived facts
included, then fires what is due, until nothing is due or `STEPS` steps are done (DESIGN, decision 4).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from caseflow.domain import commands as c
from caseflow.domain import digest, evolve, provider_return
from caseflow.domain import events as ev
from caseflow.domain.case import Stream
from caseflow.domain.decide import decide
from caseflow.domain.effects import Effect, Record
from caseflow.domain.policy import Policy
from caseflow.domain.react import react
from caseflow.domain.values import value
from caseflow.domain.words import Actor, Origin, Refused, Role

STEPS = 8
SYSTEM = Actor("system", Role.SYSTEM)


@value(frozen=True, slots=True)
class Planned:
    """What a command makes of a stream: the stream after it, and the new facts (none: known already)."""

    stream: Stream
    events: tuple[ev.Recorded, ...]


@dataclass(slots=True)
class Advanced:
    """What advancing a stream comes to. `more` says that the step limit was reached with work left.

    `wake` is its earliest alarm then, as `wake_at` tells it, but for what is parked.
    """

    stream: Stream
    events: tuple[ev.Recorded, ...] = ()
    effects: tuple[Effect, ...] = ()
    parked: tuple[tuple[str, str], ...] = ()
    more: bool = False
    wake: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of stream decides, evolves and reacts."""

    decide: Callable[..., tuple[ev.Event, ...] | Refused]
    start: Callable[[ev.Recorded, str], Any]
    evolve: Callable[[Any, ev.Recorded], Any]
    react: Callable[[Any, ev.Recorded, Policy, datetime], tuple[Effect, ...]]


CASE = Kind(decide, evolve.start, evolve.evolve, react)
RETURN = Kind(provider_return.decide, provider_return.start, provider_return.evolve, provider_return.react)
DIGEST = Kind(digest.decide, digest.start, digest.evolve, digest.react)
KINDS = {"case": CASE, "provider_return": RETURN, "digest": DIGEST}
STARTS: dict[type, Kind] = {
    ev.Referred: CASE,
    ev.ParticipantListed: RETURN,
    ev.ParticipantUnlisted: RETURN,
    ev.DigestPlanned: DIGEST,
}
OPENERS: dict[type, Kind] = {
    c.Refer: CASE,
    c.ListParticipant: RETURN,
    c.UnlistParticipant: RETURN,
    c.WantDigest: DIGEST,
    c.SubmitReturn: RETURN,
}


def handle(
    stream: Stream | None, asked: c.Asked, policy: Policy, now: datetime, onto: Policy | None = None
) -> Planned | Refused:
    """Decide one command against a stream (None: not there yet). `now` is scheme time, UTC.

    `onto` is the policy version that a `MovePolicy` names; no other command looks at it.
    """
    kind = OPENERS.get(type(asked.command), CASE) if stream is None else KINDS[stream.kind]
    decided = kind.decide(stream, asked, policy, now) if onto is None else kind.decide(stream, asked, policy, now, onto)
    if isinstance(decided, Refused):
        return decided
    if stream is None and not decided:
        return Refused("nothing_there", "There is no such stream, and this command does not begin one.")
    records = []
    occurred = now if asked.at is None or asked.at > now else asked.at
    for event in decided:
        seq = 1 if stream is None else stream.seq + 1
        record = ev.Recorded(asked.stream, seq, event, occurred, now, asked.by, asked.origin, asked.id)
        stream = kind.start(record, policy.scheme) if stream is None else kind.evolve(stream, record)
        records.append(record)
    assert stream is not None
    return Planned(stream, tuple(records))


def advance(stream: Stream, unreacted: Sequence[ev.Recorded], policy: Policy, now: datetime) -> Advanced:
    """React what is unreacted, fire what is due, until quiet. A fact or expectation that fails is parked, by name."""
    run = _Run(KINDS[stream.kind], stream, policy, now)
    for record in unreacted:
        run.react(record)
    more = run.fire_due()
    return Advanced(run.stream, tuple(run.events), tuple(run.effects), tuple(run.parked), more, run.wake)


@dataclass(slots=True)
class _Run:
    kind: Kind
    stream: Any
    policy: Policy
    now: datetime
    events: list[ev.Recorded] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    parked: list[tuple[str, str]] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    wake: datetime | None = None

    def react(self, record: ev.Recorded) -> None:
        """One fact and everything that follows from it in this stream."""
        waiting = [record]
        for current in waiting:  # it grows while it is read
            try:
                effects = self.kind.react(self.stream, current, self.policy, self.now)
            except Exception as error:  # noqa: BLE001 - recording never depends on reacting (DESIGN, decision 5)
                self.parked.append((f"event:{current.seq}", _why(error)))
                continue
            for effect in effects:
                if isinstance(effect, Record):
                    waiting.append(self.record(effect.event, f"event:{current.seq}", current.occurred_at))
                else:
                    self.effects.append(effect)

    def record(self, event: ev.Event, cause: str, occurred: datetime | None = None) -> ev.Recorded:
        """A derived fact, applied at once."""
        stream, now = self.stream, self.now
        why = f"{cause} policy:{stream.policy_version}"
        record = ev.Recorded(stream.id, stream.seq + 1, event, occurred or now, now, SYSTEM, Origin.TIMER, "", why)
        self.stream = self.kind.evolve(stream, record)
        self.events.append(record)
        return record

    def fire_due(self) -> bool:
        """Fire every expectation whose alarm has come, earliest first; True when the step limit cut it short."""
        for _ in range(STEPS):
            found = self._due()
            if found is None:
                return False
            self._fire(found)
        return self._due() is not None

    def _due(self) -> str | None:
        """Which expectation is to fire now; and when the earliest alarm of all is."""
        silent = self.silent
        first: datetime | None = None
        name = ""
        for e in self.stream.expectations.values():
            due = e.next_due
            if due is None or (first is not None and due > first) or e.status != "open" or e.id in silent:
                continue
            if first is None or due < first or e.id < name:
                first, name = due, e.id
        self.wake = first
        return None if first is None or first > self.now else name

    def _fire(self, name: str) -> None:
        expectation = self.stream.expectations[name]
        command = c.FireTimer(name, expectation.cycle, expectation.next or "")
        asked = c.Asked("", self.stream.id, command, SYSTEM, Origin.TIMER)
        try:
            decided = self.kind.decide(self.stream, asked, self.policy, self.now)
        except Exception as error:  # noqa: BLE001 - one bad ladder must not stop the others
            self.silent.add(name)
            self.parked.append((f"expectation:{name}", _why(error)))
            return
        if isinstance(decided, Refused) or not decided:
            self.silent.add(name)
            why = decided.words if isinstance(decided, Refused) else "its alarm came, and firing it meant nothing"
            self.parked.append((f"expectation:{name}", why))
            return
        records = [self.record(event, f"rung:{name}/{command.rung}") for event in decided]
        for record in records:
            self.react(record)


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def wake_at(stream: Stream) -> datetime | None:
    """The earliest alarm of a stream (UTC), None when nothing waits."""
    first: datetime | None = None
    for e in stream.expectations.values():
        due = e.next_due
        if due is not None and (first is None or due < first) and e.status == "open":
            first = due
    return first


def replay(recorded: Iterable[ev.Recorded], scheme: str) -> Stream:
    """The stream its history leads to, from nothing."""
    stream: Stream | None = None
    kind = CASE
    for record in recorded:
        if stream is None:
            kind = STARTS.get(type(record.event), CASE)
            stream = kind.start(record, scheme)
        else:
            stream = kind.evolve(stream, record)
    if stream is None:
        msg = "an empty history leads nowhere"
        raise ValueError(msg)
    return stream
