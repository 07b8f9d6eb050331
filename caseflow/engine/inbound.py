"""Answers that come in: a text is kept first, then matched to the one case it can only be about; else a person looks.

A number is not an identity. It is shared, passed on and mistyped, so a text that fits two people is never guessed; no reply
tells anything, and none changes what we know of a person. STOP and WRONG act on the number, whoever has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow.domain.commands import Asked, NoteAddress, NoteAnswer
from caseflow.domain.replies import Reading, read
from caseflow.domain.words import Actor, AddressStatus, Channel, Origin, Role
from caseflow.engine.app import App, Counts, ring
from caseflow.engine.faults import place_of
from caseflow.engine.handle import handle
from caseflow.engine.inbound_rows import Holder, InboundRow, InboundSettled, InboundText
from caseflow.engine.ports import Answer, Unit

SYSTEM = Actor("system", Role.SYSTEM)
CLOSES = frozenset({"stop", "wrong"})
ELSEWHERE = "another number"
"""The address of a text that came from a number the case does not have: STOP there closes nothing here."""


class NotWaiting(Exception):
    """The text is unknown, or somebody has dealt with it; the message says which."""


def take_inbound(app: App, arrived: Sequence[InboundText], scheme: str | None = None) -> int:
    """texts | keep | match → how many were new. Kept in a transaction of its own: nothing after it can lose one.

    A text kept before (by id) is harmless. Raises Unavailable when the database is away: the gateway asks again.
    """
    with app.store.begin() as unit:
        fresh = unit.keep_inbound(scheme or app.scheme, arrived)
    if fresh:
        app.bell.ring("react")
    return fresh


def match_inbound(app: App, limit: int | None = None) -> Counts:
    """texts nobody looked at | who has the number | read | settle, and a command for the case's inbox → ring."""
    counts = Counts()
    with app.store.begin() as unit:
        rows = unit.new_inbound(limit or app.batch)
        now = unit.now()
        for scheme in sorted({row.scheme for row in rows}):
            mine = [row for row in rows if row.scheme == scheme]
            holders = unit.holders(scheme, {row.number for row in mine})
            settled: list[InboundSettled] = []
            asked: list[Asked] = []
            for row in mine:
                try:
                    verdict, commands = _judged(row, holders.get(row.number, ()), now)
                except Exception as wrong:  # noqa: BLE001 - our defect: a person reads it, and the lane goes on
                    verdict, commands = InboundSettled(scheme, row.id, "queued", place_of(wrong)), []
                settled.append(verdict)
                asked += commands
            unit.settle_inbound(settled)
            unit.add_inbox([(scheme, one) for one in asked])
            unit.note_addresses(scheme, closed(mine, holders))
            counts.effects += len(asked)
        counts.claimed = len(rows)
    if counts.effects:
        counts.lanes.add("react")
    return ring(app, counts)


def _judged(row: InboundRow, holders: Sequence[Holder], now: datetime) -> tuple[InboundSettled, list[Asked]]:
    """Whose it is, and what the streams are told."""
    one, why = matched(holders)
    reading = read(row.body, one.asked if one else None)
    asked: list[Asked] = []
    if one is not None:
        assert one.stream is not None
        note = answer_of(row, reading, one)
        at = min(row.received_at, now)
        asked.append(Asked(row.text_id, one.stream, note, Actor(one.person, Role.PARTICIPANT), Origin.CHANNEL, at))
    if reading.reads_as in CLOSES:
        asked += [
            Asked(
                f"{row.text_id}:{holder.stream}:{holder.address}", holder.stream,
                NoteAddress(Channel.TEXT, holder.address, AddressStatus.BLOCKED), SYSTEM, Origin.CHANNEL,
            )
            for holder in holders
            if holder.stream and holder.open and holder is not one
        ]  # fmt: skip
    if one is not None:
        return InboundSettled(row.scheme, row.id, "matched", "", one.stream, one.person), asked
    if reading.reads_as in CLOSES:
        why = f"{why}; it reads as {reading.reads_as.upper()}, and no more texts go to the number"
    return InboundSettled(row.scheme, row.id, "queued", why), asked


def closed(rows: Iterable[InboundRow], holders: Mapping[str, tuple[Holder, ...]]) -> dict[str, str]:
    """Address ids that STOP or WRONG closes: the number's, for everybody who has it, with or without an open case."""
    return {
        holder.address: AddressStatus.BLOCKED.value
        for row in rows
        if read(row.body).reads_as in CLOSES
        for holder in holders.get(row.number, ())
    }


def matched(holders: Sequence[Holder]) -> tuple[Holder | None, str]:
    """The one person with one open case whom we wrote to by this number, or why nobody can be named."""
    if not holders:
        return None, "nobody we know has this number"
    written = [one for one in holders if one.asked is not None]
    if not written:
        return None, "we have not written to this number"
    if len({one.person for one in written}) > 1:
        return None, "more than one person was written to by this number"
    running = [one for one in written if one.open]
    if not running:
        return None, "the person's case is over"
    if len({one.stream for one in running}) > 1:
        return None, "the person has more than one open case"
    return running[-1], ""


def answer_of(row: InboundRow, reading: Reading, holder: Holder | None) -> NoteAnswer:
    """The text as the case hears it: what it seems to say, about what was asked last. The words stay in `texts`."""
    return NoteAnswer(
        reads_as=reading.reads_as,
        channel=Channel.TEXT.value,
        about=holder.subject if holder else None,
        text=row.text_id,
        needs_reading=reading.needs_reading,
        proposes=reading.proposes,
        address=holder.address if holder else ELSEWHERE,
    )


# ── the queue ───────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Waiting:
    """A text in the queue. `candidates` are references of cases whose person has the number; `age` since it came."""

    row: InboundRow
    candidates: tuple[str, ...]
    age: timedelta


def waiting(app: App, scheme: str, limit: int = 200) -> list[Waiting]:
    """Texts that wait for a person, oldest first."""
    with app.store.begin() as unit:
        return _waiting(unit, scheme, unit.waiting_inbound(scheme, limit))


def _waiting(unit: Unit, scheme: str, rows: Sequence[InboundRow]) -> list[Waiting]:
    holders = unit.holders(scheme, {row.number for row in rows})
    now = unit.now()
    return [
        Waiting(
            row,
            tuple(sorted({one.ref for one in holders.get(row.number, ()) if one.ref})),
            max(now - row.received_at, timedelta(0)),
        )
        for row in rows
    ]


def forgotten(app: App, scheme: str) -> list[Waiting]:
    """Texts that have waited for a person for more than a working day, by the calendar of the scheme's policy."""
    calendars = [policy.calendar for (name, _), policy in sorted(app.store.policies().items()) if name == scheme]
    if not calendars:
        return []
    with app.store.begin() as unit:
        now = unit.now()
        rows = [
            row
            for row in unit.waiting_inbound(scheme, app.batch)
            if calendars[-1].plus_working(row.received_at, 1) < now
        ]
        return _waiting(unit, scheme, rows)


def look_at(app: App, scheme: str, id_: str, by: str) -> Waiting:
    """The words of one text; who read them is kept. Raises NotWaiting when it is unknown."""
    with app.store.begin() as unit:
        rows = unit.lock_inbound(scheme, [id_])
        if not rows:
            raise NotWaiting(f"there is no text {id_}")
        unit.looked_at_inbound(scheme, id_, by)
        return _waiting(unit, scheme, rows)[0]


def assign(app: App, scheme: str, id_: str, stream: str, by: Actor) -> Answer:
    """A person says whose it is: it becomes an answer on that case. Raises NotWaiting.

    The command's id is the text's, so that asked twice, or after a crash in between, it is one answer.
    """
    with app.store.begin() as unit:
        row = _queued(unit, scheme, id_)
        holders = unit.holders(scheme, [row.number]).get(row.number, ())
        people = {one.stream: one.person for one in holders if one.stream}
        now = unit.now()
        person = people.get(stream) or _participant(unit, scheme, stream)
    holder = next((one for one in reversed(holders) if one.stream == stream), None)
    note = answer_of(row, read(row.body, holder.asked if holder else None), holder)
    answer = handle(app, [Asked(row.text_id, stream, note, by, Origin.PERSON, min(row.received_at, now))], scheme)[0]
    if answer.stream != stream:
        raise NotWaiting(f"the text {id_} was put on another case meanwhile")
    if not answer.refused:
        with app.store.begin() as unit:
            unit.settle_inbound([InboundSettled(scheme, id_, "dealt", "assigned", stream, person, by.person)])
    return answer


def dismiss(app: App, scheme: str, id_: str, by: Actor, why: str) -> None:
    """A person says that nothing follows from it, and why. Raises NotWaiting; ValueError without a reason."""
    if not why.strip():
        raise ValueError("say why nothing follows from it")
    with app.store.begin() as unit:
        _queued(unit, scheme, id_)
        unit.settle_inbound([InboundSettled(scheme, id_, "dealt", why.strip(), by=by.person)])


def _queued(unit: Unit, scheme: str, id_: str) -> InboundRow:
    rows = unit.lock_inbound(scheme, [id_])
    if not rows:
        raise NotWaiting(f"there is no text {id_}")
    if rows[0].state != "queued":
        by = f" by {rows[0].dealt_by}" if rows[0].dealt_by else ""
        state = {"new": "not looked at yet", "matched": "matched to its case", "dealt": "dealt with"}[rows[0].state]
        raise NotWaiting(f"the text {id_} is {state}{by}: it does not wait in the queue")
    return rows[0]


def _participant(unit: Unit, scheme: str, stream: str) -> str | None:
    claimed = unit.lock(scheme, [stream]).get(stream)
    parties = getattr(claimed.stream, "parties", {}) if claimed else {}
    found: str | None = parties.get(Role.PARTICIPANT)
    return found
