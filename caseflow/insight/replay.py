"""One case lived again under a policy: the same people, the same channels, another set of rules. Pure, no store.

What people did comes back at the moment at which the scheme heard of it; rungs fire when they are due, as the virtual
clock of a season has it; a channel's words follow their notices (`post`).
"""

import heapq
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain import plan
from caseflow.domain.case import Case, Stream
from caseflow.domain.effects import AddToDigest, DropTasks, DropTimer, Effect, OpenTask, Send, SetTimer, Void
from caseflow.domain.policy import Policy
from caseflow.domain.words import Refused
from caseflow.engine.as_it_was import next_rung
from caseflow.insight.asked import Past, Wish
from caseflow.insight.post import Post, Posted, Word

ALARMS = frozenset({SetTimer, DropTimer})
"""Effects of which a replay needs nothing: the alarms are read off the case itself."""


class SetAside(Exception):
    """A reaction or rung could not be worked out, so this case cannot be lived again; the message says what."""


@dataclass(slots=True)
class Life:
    """What a replay came to. `refused` counts what people did that this policy would not have taken: (command, code)."""

    case: Stream
    events: list[ev.Recorded]
    notices: list[Posted]
    sent: Counter[str]
    tasks: Counter[str]
    refused: Counter[tuple[str, str]]
    lines: int  # for officers' digests; the same of the same moment is said once


def replay(past: Past, policy: Policy, then: Policy, until: datetime) -> Life | Refused:
    """The case under `policy`, up to `until` (UTC). Refused where it would not have been taken in. Raises SetAside."""
    first = past.first.event
    assert isinstance(first, ev.Referred)
    if first.disposal not in policy.disposals:
        return Refused("disposal_unknown", f"This policy has no disposal '{first.disposal}'.")
    again = _Again(past, policy, then, until)
    again.run(replace(past.first, event=replace(first, policy_version=policy.version)))
    return again.life()


def replay_both(
    past: Past, then: Policy, new: Policy, until: datetime, differ: frozenset[str] | None
) -> tuple[Life, Life | Refused]:
    """The life under the policy of `then`, and under `new`. Raises SetAside.

    `differ` names the rungs ("ladder/rung", "ladder/" where none is left) from which on alone the two differ (None: in
    more than that). Until the first of these stands next both lives are one and it is lived once; where none does they
    stay one, but that a message may name another last day of its ladder.
    """
    if differ is None:
        old = replay(past, then, then, until)
        assert isinstance(old, Life)  # it was taken in then
        return old, replay(past, new, then, until)
    both = _Again(past, then, then, until, _skipping(past, then, differ))
    both.run(past.first)
    old = both.life()
    if both.parted is None:
        return old, old
    other, unreacted, now = both.parted
    other.policy = other.post.policy = new
    other.go_on(unreacted, now)
    return old, other.life()


def _skipping(past: Past, then: Policy, differ: frozenset[str]) -> frozenset[str]:
    """Where somebody skipped a rung, the lives part as soon as a ladder opens: a command may bring the next one, too."""
    if not any(isinstance(wish.asked.command, c.SkipRung) for wish in past.wishes):
        return differ
    names = {one.partition("/")[0] for one in differ}
    return differ | {f"{name}/{rung.id}" for name in names for rung in then.ladders[name].rungs}


@dataclass(slots=True)
class _Again:
    past: Past
    policy: Policy
    then: Policy
    until: datetime
    parts_at: frozenset[str] = frozenset()  # rungs before whose first coming this life parts from another
    parted: "tuple[_Again, Sequence[ev.Recorded], datetime] | None" = None  # that other, and the look it goes on with
    case: Stream = field(init=False)
    post: Post = field(init=False)
    events: list[ev.Recorded] = field(default_factory=list)
    waiting: list[tuple[datetime, int, int, Wish, Word | None]] = field(default_factory=list)
    open_tasks: dict[str, OpenTask] = field(default_factory=dict)
    tasks: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    lines: set[AddToDigest] = field(default_factory=set)
    told: dict[int, int] = field(default_factory=dict)  # our facts' numbers -> those of the real history
    number: dict[int, int] = field(default_factory=dict)  # and back
    pushed: int = 0
    wake: datetime | None = None  # the case's earliest alarm

    def run(self, first: ev.Recorded) -> None:
        self.post = Post(self.past, self.policy, self.then)
        for wish in self.past.wishes:
            self._push(wish.at, wish.seqs[0], wish)
        self.case = plan.CASE.start(first, self.policy.scheme)
        self.events.append(first)
        self.told[1] = self.number[1] = 1
        self.go_on((first,), first.recorded_at)

    def go_on(self, unreacted: Sequence[ev.Recorded], now: datetime) -> None:
        """From a look at the case at this moment to the end."""
        self._advance(unreacted, now)
        while True:
            wake = self.wake
            head = self.waiting[0] if self.waiting and self.waiting[0][0] <= self.until else None
            if wake is not None and wake <= self.until and (head is None or _clock_first(wake, head)):
                self._advance((), wake)
            elif head is not None:
                self._hear(head[0])
            else:
                return

    def _push(self, at: datetime, seq: int, wish: Wish, word: Word | None = None) -> None:
        self.pushed += 1
        heapq.heappush(self.waiting, (at, seq, self.pushed, wish, word))

    def _hear(self, now: datetime) -> None:
        """What was said at one moment in one breath: facts with nothing between them, before anything follows."""
        before = len(self.events)
        next_seq: int | None = None
        while self.waiting and self.waiting[0][0] == now and next_seq in {None, self.waiting[0][1]}:
            _, seq, _, wish, word = heapq.heappop(self.waiting)
            self._ask(wish, word, now)
            next_seq = seq + len(wish.seqs)
        if len(self.events) > before:
            self._advance(tuple(self.events[before:]), now)

    def _ask(self, wish: Wish, word: Word | None, now: datetime) -> None:
        asked = wish.asked
        if word is None:
            asked = self._renumbered(asked)
        else:
            assert isinstance(asked.command, c.NoteDelivery)
            if not self.post.heard(word, asked.command.receipt):
                return
        planned = plan.handle(self.case, asked, self.policy, now)
        if isinstance(planned, Refused):
            self.refused[type(asked.command).__name__, planned.code] += 1
            return
        for ours, real in zip(planned.events, wish.seqs, strict=False):
            self.told[ours.seq], self.number[real] = real, ours.seq
        self.case = planned.stream
        self.events += planned.events

    def _renumbered(self, asked: c.Asked) -> c.Asked:
        """Commands that name a fact by its number: the number it has here."""
        match asked.command:
            case c.ReadAnswer(answer=seq):
                return replace(asked, command=c.ReadAnswer(self.number.get(seq, 0)))
            case c.FinishTask(task=key, text=said) if found := re.fullmatch(r"(\w+):(\d+)", key):
                return replace(
                    asked, command=c.FinishTask(f"{found[1]}:{self.number.get(int(found[2]), found[2])}", said)
                )
            case _:
                return asked

    def _advance(self, unreacted: Sequence[ev.Recorded], now: datetime) -> None:
        more = True
        while more:
            self.post.step += 1
            advanced = plan.advance(self.case, unreacted, self.policy, now)
            if advanced.parked:
                raise SetAside("; ".join(f"{what}: {why}" for what, why in advanced.parked))
            if self.parts_at and self.parted is None and self._comes_to_it(advanced.events):
                other = self._copy()
                other.post.step -= 1  # it takes this look itself
                self.parted = other, unreacted, now
            self.case, self.wake = advanced.stream, advanced.wake
            self.events += advanced.events
            for effect in advanced.effects:
                if type(effect) not in ALARMS:
                    self._effect(effect, now)
            unreacted, more = (), advanced.more

    def _comes_to_it(self, events: Sequence[ev.Recorded]) -> bool:
        return any(next_rung(one.event) in self.parts_at for one in events)

    def _copy(self) -> "_Again":
        """This life as it stands, to be lived on apart from this one."""
        post, moved = self.post.copy()
        other = _Again(self.past, self.policy, self.then, self.until)
        other.case, other.post, other.events = self.case, post, list(self.events)
        other.waiting = [
            (at, seq, n, wish, None if word is None else replace(word, posted=moved[id(word.posted)]))
            for at, seq, n, wish, word in self.waiting
        ]
        other.open_tasks, other.tasks, other.refused = dict(self.open_tasks), self.tasks.copy(), self.refused.copy()
        other.told, other.number, other.lines, other.pushed = (
            dict(self.told),
            dict(self.number),
            set(self.lines),
            self.pushed,
        )
        return other

    def _effect(self, effect: Effect, now: datetime) -> None:
        match effect:
            case Send():
                assert isinstance(self.case, Case)
                for word in self.post.send(effect, self.case, now, self.told):
                    self._push(word.at, word.seq, word.wish, word)
            case Void():
                self.post.void(effect, now)
            case OpenTask():
                if effect.key not in self.open_tasks:
                    self.open_tasks[effect.key] = effect
                    self.tasks[effect.kind] += 1
            case DropTasks():
                for key in [key for key, one in self.open_tasks.items() if effect.covers(key, one.expectation)]:
                    del self.open_tasks[key]
            case AddToDigest():
                self.lines.add(effect)
            case _:
                pass  # other streams are not lived again

    def life(self) -> Life:
        return Life(
            self.case, self.events, list(self.post.notices.values()), self.post.sent(self.until), self.tasks,
            self.refused, len(self.lines),
        )  # fmt: skip


def _clock_first(wake: datetime, head: tuple[datetime, int, int, Wish, Word | None]) -> bool:
    return wake < head[0] or (wake == head[0] and head[3].after_clock)
