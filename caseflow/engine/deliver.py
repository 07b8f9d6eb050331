"""The fourth verb: notices become messages. The only one that talks to the world, so the only one that leases.

A crash before `calling` costs nothing; what was `calling` at a crash is unclear, and is never sent twice where that
would chase somebody twice. A settle writes its attempt and a command for the stream's inbox, nothing else.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from caseflow.domain.case import Case, Stream
from caseflow.domain.provider_return import known_so_far
from caseflow.domain.words import Channel
from caseflow.engine.app import App, Counts, ring
from caseflow.engine.delivery_rules import Later, Never, Spent, channels, may_have_gone, recipient, timely
from caseflow.engine.faults import place_of, without_addresses
from caseflow.engine.links import filled
from caseflow.engine.ports import (
    AT_LEAST_ONCE,
    Finder,
    NoticeRow,
    OneByOne,
    Outgoing,
    PersonRow,
    Sent,
    Settled,
    Unavailable,
    Unit,
)
from caseflow.engine.settling import dropped, held, refused, settled_as, unclear, untouched, void

BATCH = 50
"""Few at a time: a lease outlives its calls, and a crash leaves few unclear."""
AT_ONCE = 10 * BATCH
"""A lease of a season that is played in turns: everything of a moment is looked at together, whoever does it."""


@dataclass(frozen=True, slots=True)
class _Ready:
    row: NoticeRow
    outgoing: Outgoing


@dataclass(slots=True)
class _Calls:
    """The calls of one lease, each begun and settled in a transaction of its own; none is open during a call."""

    app: App
    worker: str
    people: Mapping[tuple[str, str], PersonRow]
    now: datetime
    made: list[tuple[_Ready, Sent, Settled]] = field(default_factory=list)

    def together(self, ready: Sequence[_Ready], verdicts: Sequence[Settled]) -> None:
        """The whole batch begun, sent, settled; and what needs no call, settled first. Told to stop, nothing is begun."""
        if not ready and not verdicts:
            return
        stop = self.app.told_to_stop()
        with self.app.store.begin() as unit:
            if verdicts:
                unit.settle(self.worker, verdicts)
            if ready and stop:
                unit.settle(self.worker, [untouched(one.row) for one in ready])
                return
            wanted = unit.calling(self.worker, [one.row for one in ready]) if ready else set()
            calls = [self._filled(unit, one) for one in ready if one.row.id in wanted]
        outcomes = [self._took(one, sent) for one, sent in zip(calls, _sent(self.app, calls), strict=True)]
        if outcomes:
            with self.app.store.begin() as unit:
                unit.settle(self.worker, outcomes)

    def one_by_one(self, sender: OneByOne, ready: Sequence[_Ready]) -> None:
        """Each begun when the one before it is settled. What breaks the sender leaves one unclear; the others wait.

        Told to stop, the one under way is finished and the others go back at once.
        """
        waiting = list(reversed(ready))
        begun: list[_Ready] = []
        ended: list[Settled] = []

        def next_ones() -> Iterator[Outgoing]:
            while waiting and not self.app.told_to_stop():
                one = waiting.pop()
                with self.app.store.begin() as unit:
                    if ended:
                        unit.settle(self.worker, [ended.pop()])
                    wanted = unit.calling(self.worker, [one.row])
                    one = self._filled(unit, one) if wanted else one
                if wanted:
                    begun.append(one)
                    yield one.outgoing

        answers = sender.each(next_ones())
        while True:
            try:
                sent = next(answers)
            except StopIteration:
                break
            except Unavailable:
                raise
            except Exception as wrong:  # noqa: BLE001 - how far it came is anybody's guess
                if begun:
                    ended.append(self._took(begun.pop(), Sent("unknown", place_of(wrong))))
                break
            one = begun.pop()
            ended.append(self._took(one, _discreet(sent, one.outgoing)))
        left = [untouched(one.row) for one in waiting] if self.app.told_to_stop() else []
        if ended or left:
            with self.app.store.begin() as unit:
                unit.settle(self.worker, [*ended, *left])

    def _filled(self, unit: Unit, one: _Ready) -> _Ready:
        """With the link or the code it brings, which is drawn and kept as it leaves."""
        said = filled(self.app.draw, unit, one.row, one.outgoing)
        return one if said is one.outgoing else replace(one, outgoing=said)

    def _took(self, one: _Ready, sent: Sent) -> Settled:
        settled = settled_as(
            one.row,
            sent,
            _next(self.app, one.row, self.people),
            self.now,
            look_after=_look_after(finders_of(self.app), one.row.channel),
            first=self.app.retry_pause,
        )
        self.made.append((one, sent, settled))
        return settled


def deliver(app: App, lane: str, limit: int = BATCH) -> Counts:
    """lease | may it still go? | word it | mark calling | send | settle → ring. `lane` is people or others.

    Short transactions, and none of them open during a call. One notice that cannot be worded is settled as
    failed, and its neighbours go. Raises Unavailable when the database is away: leases run out by themselves.
    """
    worker = app.ids()
    good_until = time.monotonic() + app.hold_for.total_seconds()
    with app.store.begin() as unit:
        lost = unit.recover(limit, {channel: finder.look_after for channel, finder in finders_of(app).items()})
        if lost:
            unit.add_inbox([unclear(row, unit.now()) for row in lost])
        rows = unit.lease(lane, limit, worker, app.hold_for)
        now = unit.now()
        people = people_of(unit, rows)
        rows = with_what_is_known(unit, rows, now)
        streams = _doubted(unit, rows)
    if not rows:
        return ring(app, Counts(claimed=len(lost), lanes={"react"} if lost else set()))
    ready, verdicts = _judged(app, rows, people, streams, now)
    ready = [
        replace(one, outgoing=replace(one.outgoing, good_until=good_until, called_off=app.told_to_stop))
        for one in ready
    ]
    calls = _Calls(app, worker, people, now)
    calls.together([one for one in ready if not isinstance(app.senders[one.row.channel], OneByOne)], verdicts)
    for channel, sender in app.senders.items():
        mine = [one for one in ready if one.row.channel is channel]
        if mine and isinstance(sender, OneByOne):
            calls.one_by_one(sender, mine)
    counts = _counted(lost, [*verdicts, *(settled for _, _, settled in calls.made)])
    counts.tally = Counter(f"delivery/{one.row.channel}/{_came_to(sent)}" for one, sent, _ in calls.made)
    return ring(app, counts)


def people_of(unit: Unit, rows: Sequence[NoticeRow]) -> dict[tuple[str, str], PersonRow]:
    """Everybody these notices may need, by (scheme, id): recipients, stand-ins, people in fields, who they moved to."""
    found: dict[tuple[str, str], PersonRow] = {}
    for scheme in sorted({row.scheme for row in rows}):
        wanted = {name for row in rows if row.scheme == scheme for name in _named(row)}
        while wanted:
            known = unit.people(scheme, sorted(wanted))
            found.update(((scheme, name), person) for name, person in known.items())
            moved = {person.moved_to for person in known.values() if person.moved_to}
            wanted = {name for name in moved if (scheme, name) not in found}
    return found


def with_what_is_known(unit: Unit, rows: list[NoticeRow], now: datetime) -> list[NoticeRow]:
    """A provider's request lists what we know of each participant already: one reading for them all."""
    listed = {(row.scheme, str(item["case"])) for row in rows for item in row.items if item.get("case")}
    if not listed:
        return rows
    cases: dict[tuple[str, str], Stream] = {}
    for scheme in sorted({scheme for scheme, _ in listed}):
        found = unit.snapshots(scheme, sorted(case for of, case in listed if of == scheme))
        cases.update(((scheme, name), stream) for name, stream in found.items())

    def told(row: NoticeRow, item: Mapping[str, Any]) -> Mapping[str, Any]:
        case = cases.get((row.scheme, str(item.get("case"))))
        known = known_so_far(case, str(item["item"]), row.send.recipient, now) if isinstance(case, Case) else {}
        return {**item, **known}

    return [replace(row, items=tuple(told(row, item) for item in row.items)) for row in rows]


def _named(row: NoticeRow) -> set[str]:
    fields = {value for value in row.send.fields.values() if isinstance(value, str) and value}
    return {row.send.recipient, *fields} | ({row.send.stand_in} if row.send.stand_in else set())


Streams = Mapping[tuple[str, str], Stream]
"""By (scheme, id)."""


def _doubted(unit: Unit, rows: Sequence[NoticeRow]) -> Streams:
    """Soon after a restore, the streams of what may have gone before and must not go twice."""
    some = [row for row in rows if row.restored_at is not None and row.send.kind not in AT_LEAST_ONCE]
    return {
        (scheme, name): stream
        for scheme in sorted({row.scheme for row in some})
        for name, stream in unit.snapshots(scheme, [row.stream for row in some if row.scheme == scheme]).items()
    }


def _judged(
    app: App, rows: Sequence[NoticeRow], people: Mapping[tuple[str, str], PersonRow], streams: Streams, now: datetime
) -> tuple[list[_Ready], list[Settled]]:
    """Sort the leased notices into those that go now, worded, and those that are settled without a call."""
    ready: list[_Ready] = []
    verdicts: list[Settled] = []
    spent = Spent()
    for row in rows:
        known = {name: person for (scheme, name), person in people.items() if scheme == row.scheme}
        try:
            verdict = _verdict(app, row, known, streams.get((row.scheme, row.stream)), spent, now)
        except Exception as wrong:  # noqa: BLE001 - one notice's template, field or policy; its neighbours go
            verdict = refused(row, place_of(wrong), now)
        if isinstance(verdict, _Ready):
            ready.append(verdict)
        else:
            verdicts.append(verdict)
    return ready, verdicts


def _verdict(
    app: App, row: NoticeRow, people: Mapping[str, PersonRow], stream: Stream | None, spent: Spent, now: datetime
) -> _Ready | Settled:
    person = recipient(row, people)
    addressed = replace(row, send=replace(row.send, recipient=person)) if person != row.send.recipient else row
    reasons: list[str] = []
    for channel, address in channels(addressed, people.get(person)):
        if channel not in app.senders:
            reasons.append(f"{channel}: no sender is set up")
            continue
        aimed = replace(addressed, channel=channel, address=address)
        worded = app.words.word(aimed, people, channel)
        if not isinstance(worded, Outgoing):
            if worded.broken:
                return refused(aimed, worded.reason, now)
            reasons.append(f"{channel}: {worded.reason}")
            continue
        match timely(row, channel, app.policy(row.scheme, row.policy_version), spent, now):
            case Never(reason, late=True):
                return void(aimed, reason, now)
            case Never(reason):
                return dropped(aimed, reason, now)
            case Later(at, reason):
                return Settled(row.id, row.attempt, "dropped", reason, again_at=at)
            case None if _in_doubt(app, aimed, stream):
                return held(aimed, now)
            case None:
                return _Ready(aimed, replace(worded, at=now))
    return dropped(row, "; ".join(reasons) or "no usable address", now, nothing_left=True)


def _in_doubt(app: App, row: NoticeRow, stream: Stream | None) -> bool:
    """May it have gone before a restore, must it not go twice, and can its channel not be asked?"""
    if row.restored_at is None or row.send.kind in AT_LEAST_ONCE or isinstance(app.senders[row.channel], Finder):
        return False
    return may_have_gone(row, stream, app.policy(row.scheme, row.policy_version))


def _came_to(sent: Sent) -> str:
    """accepted, failed, unknown; or waits, which says nothing of the message itself."""
    return "waits" if sent.again_in is not None else sent.result


def finders_of(app: App) -> dict[Channel, Finder]:
    """The channels that can be asked whether they have a message of ours."""
    return {channel: sender for channel, sender in app.senders.items() if isinstance(sender, Finder)}


def _look_after(finders: Mapping[Channel, Finder], channel: Channel) -> timedelta | None:
    finder = finders.get(channel)
    return finder.look_after if finder is not None else None


def _sent(app: App, calls: Sequence[_Ready]) -> list[Sent]:
    """Hand them to their channels, a batch each. What may have gone before is looked up, and goes only if it is not there."""
    finders = finders_of(app)
    results: dict[int, Sent] = {}
    for channel in sorted({one.row.channel for one in calls}):
        mine = [one for one in calls if one.row.channel is channel]
        unclear = [one for one in mine if one.row.unclear] if channel in finders else []
        if unclear:
            finder = finders[channel]
            found = _asked(unclear, finder.find, "failed")
            results.update({one.row.id: sent for one, sent in zip(unclear, found, strict=True) if sent is not None})
        rest = [one for one in mine if one.row.id not in results]
        if rest:
            answers = _asked(rest, app.senders[channel].send, "unknown")
            results.update({one.row.id: sent for one, sent in zip(rest, answers, strict=True) if sent is not None})
    return [results[one.row.id] for one in calls]


def _asked(
    some: Sequence[_Ready], channel: Callable[[Sequence[Outgoing]], Sequence[Sent | None]], otherwise: str
) -> Sequence[Sent | None]:
    """The channel's answers, one for each; where it breaks, how far it came is anybody's guess (`otherwise`)."""
    try:
        answers = channel([one.outgoing for one in some])
        if len(answers) == len(some):
            return [sent and _discreet(sent, one.outgoing) for sent, one in zip(answers, some, strict=True)]
        reason = f"{len(answers)} answers to {len(some)} messages"
    except Unavailable:
        raise
    except Exception as wrong:  # noqa: BLE001 - whatever it was, the others' answers stand
        reason = place_of(wrong)
    return [Sent(otherwise, reason)] * len(some)


def _discreet(sent: Sent, told: Outgoing) -> Sent:
    """The channel's answer without what it repeats of the address: its words stay in tables, and people read them."""
    return replace(sent, detail=without_addresses(sent.detail, told.to.splitlines()))


def _next(app: App, row: NoticeRow, people: Mapping[tuple[str, str], PersonRow]) -> Channel | None:
    """The channel after this one that has a usable address and a sender; None when it was the last."""
    given_up = replace(row, tried=(*row.tried, row.channel))
    person = people.get((row.scheme, row.send.recipient))
    return next((channel for channel, _ in channels(given_up, person) if channel in app.senders), None)


def _counted(lost: Sequence[NoticeRow], settled: Sequence[Settled]) -> Counts:
    """What moved; rows that `calling` gave back (their stream has news to react to first) have not, so nobody spins."""
    lanes = {"react"} if lost or any(one.tell for one in settled) else set()
    return Counts(
        claimed=len(settled) + len(lost),
        effects=sum(1 for one in settled if one.result == "accepted"),
        failed=sum(1 for one in settled if one.retry_in is not None or one.next_channel is not None),
        parked=sum(
            1 for one in settled if one.result in {"failed", "unknown"} and not one.retry_in and not one.next_channel
        ),
        lanes=lanes,
    )
