"""What a stream will do by itself, and what an override would change: planned on a copy, by the code that will do it.

copy | react, fire what is due | post | …until nothing is due. The streams are values, so a copy costs nothing and nothing
is written. Assumed: nobody says or does anything, and every message to the participant goes out by the first channel
that leads to them, at the first moment at which it may. What other cases of the same person spend of the week's budget
is not known here.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from caseflow.domain import commands as c
from caseflow.domain import effects as fx
from caseflow.domain import events as ev
from caseflow.domain import plan
from caseflow.domain.case import Case, Stream
from caseflow.domain.policy import Policy
from caseflow.domain.words import Actor, Channel, Refused, Role, RungEnd
from caseflow.engine.alarms import alarm, hushed, restored
from caseflow.engine.delivery_rules import WEEK_DAYS, Later, Never, Spent, channels, timely
from caseflow.engine.ports import NoticeRow, PersonRow, Sent
from caseflow.engine.readings import Dossier, NoticeLine
from caseflow.engine.settling import dropped, settled_as, void

FAR = timedelta(days=730)
"""No further than this: a ladder that has not come to its end by then is told as far as that."""

WAITS = frozenset({"ready", "leased"})
IF_SO = "if it were so"
"""The reason in a wish that nobody has: it is only worked out."""

OVERRIDES = ("hold", "skip", "bring_forward", "send_now", "excuse")


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing that happens at `at` (UTC) by itself: a rung, or (no rung) something that waits in the outbox.

    `end` is what becomes of the rung and `why`; `again` counts further times at which it would be held back for the same
    reason. `sends` and `tasks` are what it does; `facts` are the case's own facts that come with it.
    """

    at: datetime
    expectation: str
    cycle: int
    rung: str
    end: RungEnd | None
    why: str = ""
    sends: tuple[fx.Send, ...] = ()
    tasks: tuple[fx.OpenTask, ...] = ()
    facts: tuple[ev.Event, ...] = ()
    again: int = 0

    @property
    def key(self) -> tuple[str, int, str]:
        """The same rung in two futures."""
        return self.expectation, self.cycle, self.rung


@dataclass(frozen=True, slots=True)
class Moved:
    was: Coming
    now: Coming


@dataclass(frozen=True, slots=True)
class Override:
    """What one override would do: refused with the domain's words, or what goes away, comes new, comes at another time."""

    asked: str
    command: c.Command | None
    refused: Refused | None = None
    facts: tuple[ev.Event, ...] = ()
    gone: tuple[Coming, ...] = ()
    new: tuple[Coming, ...] = ()
    moved: tuple[Moved, ...] = ()


@dataclass(slots=True)
class Future:
    """One future of one stream. `stream` is where it stands at the end, `recorded` what was written on the way."""

    stream: Stream
    recorded: list[ev.Recorded] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)


def foresee(dossier: Dossier, policy: Policy, now: datetime, until: datetime | None = None) -> Future:
    """Everything that happens by itself from `now` until then (or to the end). `now` is scheme time, UTC."""
    assert dossier.stream is not None
    unreacted = [one for one in dossier.events if one.seq > dossier.reacted]
    return _Run(dossier, policy, now).play(unreacted, until or now + FAR)


def overridden(
    dossier: Dossier, policy: Policy, now: datetime, asked: str, by: Actor, until: datetime | None = None
) -> Override:
    """What `hold:DAY`, `skip`, `bring_forward`, `send_now` or `excuse:SESSION[:REASON]` would change. Nothing is written.

    Without `:EXPECTATION` skip, bring_forward and send_now mean the step that comes next. Raises ValueError for anything
    else, with words for whoever typed it.
    """
    assert dossier.stream is not None
    before = foresee(dossier, policy, now, until)
    command = _command(asked, dossier.stream, policy, before)
    if isinstance(command, Refused):
        return Override(asked, None, command)
    return would(dossier, policy, now, command, by, until, asked=asked, before=before)


def would(
    dossier: Dossier,
    policy: Policy,
    now: datetime,
    command: c.Command,
    by: Actor,
    until: datetime | None = None,
    *,
    asked: str = "",
    before: Future | None = None,
    onto: Policy | None = None,
) -> Override:
    """What this command would change of all that is to come, or why it may not be. Nothing is written.

    `onto` is the policy version that a `MovePolicy` names: what comes after it comes under that one.
    """
    assert dossier.stream is not None
    until = until or now + FAR
    before = before or foresee(dossier, policy, now, until)
    wish = c.Asked("override", dossier.id, command, by)
    planned = plan.handle(dossier.stream, wish, policy, now, onto)
    if isinstance(planned, Refused):
        return Override(asked, command, planned)
    run = _Run(replace(dossier, stream=planned.stream), onto or policy, now)
    unreacted = [one for one in dossier.events if one.seq > dossier.reacted]
    after = run.play([*unreacted, *planned.events], until)
    return _compared(asked, command, tuple(one.event for one in planned.events), before, after)


def _command(asked: str, stream: Stream, policy: Policy, before: Future) -> c.Command | Refused:
    """The command an override stands for. Raises ValueError with words when it is none."""
    name, _, detail = asked.partition(":")
    if name not in OVERRIDES:
        raise ValueError(
            f"{asked}: it may be hold:DAY, skip, bring_forward, send_now (each with :EXPECTATION) or excuse:SESSION"
        )
    if name == "hold":
        return c.Hold(_day(asked, detail), IF_SO)
    if name == "excuse":
        session, _, because = detail.partition(":")
        if not session:
            raise ValueError(f"{asked}: say which session, such as excuse:s1")
        return c.Excuse(session, because or policy.excuses[0])
    next_ones = [one for one in before.coming if _is_next(one, stream) and detail in {"", one.expectation}]
    if name == "send_now":
        next_ones = [one for one in next_ones if any(send.to is Role.PARTICIPANT for send in one.sends)]
        if not next_ones:
            where = f"of {detail} " if detail else ""
            return Refused("no_message", f"No next step {where}is a message to the participant.")
    if not next_ones and not detail:
        return Refused("nothing_waits", "Nothing waits here.")
    found = next_ones[0].expectation if next_ones else detail
    return c.SkipRung(found, IF_SO) if name == "skip" else c.BringForward(found, IF_SO)


def _is_next(one: Coming, stream: Stream) -> bool:
    """Does this step do something, and is it the very next of its ladder as things stand?"""
    expectation = stream.expectations.get(one.expectation)
    return (
        one.end is RungEnd.FIRED
        and expectation is not None
        and expectation.status == "open"
        and (expectation.cycle, expectation.next) == (one.cycle, one.rung)
    )


def _day(asked: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{asked}: give the last day of the hold, such as hold:2026-01-30") from None


def _compared(asked: str, command: c.Command, facts: tuple[ev.Event, ...], before: Future, after: Future) -> Override:
    was = {one.key: one for one in before.coming}
    will = {one.key: one for one in after.coming}
    return Override(
        asked,
        command,
        None,
        facts,
        gone=tuple(one for key, one in was.items() if key not in will),
        new=tuple(one for key, one in will.items() if key not in was),
        moved=tuple(Moved(one, will[key]) for key, one in was.items() if key in will and will[key].at != one.at),
    )


# ── one run ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(slots=True)
class _Waiting:
    """A notice to the participant that has not gone yet."""

    send: fx.Send
    at: datetime
    number: int


class _Run:
    def __init__(self, dossier: Dossier, policy: Policy, now: datetime) -> None:
        assert dossier.stream is not None
        self.policy = policy
        self.now = now
        self.parked: Collection[str] = {
            one.what.removeprefix("expectation:") for one in dossier.parkings if one.what.startswith("expectation:")
        }
        self.future = Future(dossier.stream)
        self.aside = dossier.parked
        self.post = [_waiting(one, now) for one in dossier.notices if _still_to_go(one)]
        self.spent = Spent()
        for one in dossier.notices:
            if one.to == Role.PARTICIPANT.value and one.state == "sent":
                times = [each.ended_at for each in one.attempts if each.state == "accepted" and each.ended_at]
                self.spent.times.setdefault(one.recipient, []).extend(times)
        self.number = max((one.id for one in dossier.notices), default=0)

    def play(self, unreacted: Sequence[ev.Recorded], until: datetime) -> Future:
        """Moment by moment, until nothing is due. Of a stream set aside as a whole nothing is, until somebody mends it."""
        if self.aside:
            return self.future
        self._moment(unreacted)
        while (at := self._next()) is not None and at <= until:
            self.now = max(self.now, at)
            self._moment(())
        return self.future

    def _next(self) -> datetime | None:
        rings = [
            at for at in (alarm(self.future.stream, self.parked), *(one.at for one in self.post)) if at is not None
        ]
        return min(rings, default=None)

    def _moment(self, unreacted: Sequence[ev.Recorded]) -> None:
        """Every fact is reacted to and every alarm has rung before a message goes: what it did may make it void."""
        waiting = list(unreacted)
        while True:
            more = self._advance(waiting)
            waiting = []
            if more:
                continue
            ready = [one for one in self.post if one.at <= self.now]
            if not ready:
                return
            for one in ready:
                waiting += self._deliver(one)

    def _advance(self, unreacted: Sequence[ev.Recorded]) -> bool:
        before = self.future.stream
        advanced = plan.advance(hushed(before, self.parked), unreacted, self.policy, self.now)
        self.future.stream = restored(advanced.stream, before, self.parked)
        if advanced.parked:
            self.parked = {*self.parked, *(what.removeprefix("expectation:") for what, _ in advanced.parked)}
        self.future.recorded += advanced.events
        self._note(advanced)
        for effect in advanced.effects:
            match effect:
                case fx.Send() if effect.to is Role.PARTICIPANT:
                    self.number += 1
                    self.post.append(_Waiting(effect, max(effect.not_before or self.now, self.now), self.number))
                case fx.Void():
                    self.post = [one for one in self.post if not effect.covers(one.send)]
                case _:
                    pass
        return advanced.more

    def _note(self, advanced: plan.Advanced) -> None:
        """Which rung did what."""
        sends: dict[tuple[str, str], list[fx.Send]] = defaultdict(list)
        tasks: dict[tuple[str, str], list[fx.OpenTask]] = defaultdict(list)
        other: list[fx.Send] = []
        chores: list[fx.OpenTask] = []
        for effect in advanced.effects:
            match effect:
                case fx.Send(expectation=str(name)):
                    sends[name, effect.rung].append(effect)
                case fx.Send():
                    other.append(effect)
                case fx.OpenTask():
                    name, _, _ = effect.key.partition("/")
                    (tasks[name, effect.rung] if effect.rung else chores).append(effect)
                case _:
                    pass
        told = [one for one in advanced.events if not isinstance(one.event, ev.RungFired)]
        for one in advanced.events:
            fired = one.event
            if not isinstance(fired, ev.RungFired):
                continue
            key = (fired.expectation, fired.rung)
            mine = tuple(each.event for each in told if each.caused_by.startswith(f"rung:{key[0]}/{key[1]} "))
            wrote = tuple(other) if mine else ()
            self._add(
                Coming(
                    self.now, fired.expectation, fired.cycle, fired.rung, fired.end, fired.why,
                    (*sends.pop(key, ()), *wrote), (*tasks.pop(key, ()), *(chores if mine else ())), mine,
                )
            )  # fmt: skip

    def _add(self, one: Coming) -> None:
        if one.end is RungEnd.BLOCKED:
            for number, earlier in enumerate(self.future.coming):
                if (earlier.key, earlier.end, earlier.why) == (one.key, one.end, one.why):
                    self.future.coming[number] = replace(earlier, again=earlier.again + 1)
                    return
        self.future.coming.append(one)

    def _deliver(self, one: _Waiting) -> list[ev.Recorded]:
        """It goes, it waits, or it never goes; the stream hears of it as it would from the channel."""
        self.post.remove(one)
        row = self._row(one)
        found = next(channels(row, self._person(one.send.recipient)), None)
        if found is None:
            return self._heard(dropped(row, "no channel left", self.now, nothing_left=True).tell)
        row = replace(row, channel=found[0], address=found[1])
        verdict = timely(row, found[0], self.policy, self.spent, self.now)
        if isinstance(verdict, Later):
            self.post.append(_Waiting(one.send, verdict.at, one.number))
            return []
        if isinstance(verdict, Never):
            end = void if verdict.late else dropped
            return self._heard(end(row, verdict.reason, self.now).tell)
        return self._heard(settled_as(row, Sent("accepted"), None, self.now).tell)

    def _heard(self, asked: c.Asked | None) -> list[ev.Recorded]:
        if asked is None:
            return []
        planned = plan.handle(self.future.stream, asked, self.policy, self.now)
        if isinstance(planned, Refused):
            return []
        self.future.stream = planned.stream
        self.future.recorded += planned.events
        return list(planned.events)

    def _row(self, one: _Waiting) -> NoticeRow:
        stream = self.future.stream
        contact = stream.contact if isinstance(stream, Case) else None
        times = tuple(self._this_week(one.send.recipient))
        return NoticeRow(
            f"ahead:{one.number}", one.number, stream.scheme, stream.id, one.send, 1, one.send.channels[0], one.at,
            sent_this_week=len(times), sent_times=times, contact=contact, policy_version=stream.policy_version,
        )  # fmt: skip

    def _this_week(self, person: str) -> list[datetime]:
        """What has gone to them in the last seven days, and only that: the budget counts no further back."""
        since = self.now - timedelta(days=WEEK_DAYS)
        kept = self.spent.times[person] = [at for at in self.spent.times.get(person, ()) if at > since]
        return kept

    def _person(self, person: str) -> PersonRow | None:
        stream = self.future.stream
        if not isinstance(stream, Case):
            return None
        known = stream.contact.addresses
        return PersonRow(
            person, "", "", "participant",
            {channel: (one.address, "", one.status.value) for channel, one in known.items()},
        )  # fmt: skip


def _still_to_go(one: NoticeLine) -> bool:
    return one.to == Role.PARTICIPANT.value and one.state in WAITS


def _waiting(one: NoticeLine, now: datetime) -> _Waiting:
    """A line of the outbox as the wish it came from, as far as the look-ahead needs it."""
    tried = [Channel(each.channel) for each in one.attempts]
    send = fx.Send(
        one.purpose, Role(one.to), one.recipient, (tried[-1],) if tried else (Channel.TEXT, Channel.EMAIL), one.kind,
        expectation=one.expectation, cycle=one.cycle, rung=one.rung,
    )  # fmt: skip
    return _Waiting(send, max(one.ready_at or now, now), one.id)
