"""How an attempt ends: what the channel said becomes a settlement and a command that tells the stream."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow.domain.commands import Asked, NoteDelivery
from caseflow.domain.effects import Send
from caseflow.domain.words import Actor, Channel, Origin, Receipt, Role
from caseflow.engine.ports import AT_LEAST_ONCE, NoticeRow, Sent, Settled

SYSTEM = Actor("system", Role.SYSTEM)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
MAX_TRIES = 8
"""Attempts by one notice before a failure that should pass is taken as one that does not: about two hours in all."""


def settled_as(
    row: NoticeRow,
    sent: Sent,
    next_channel: Channel | None,
    now: datetime,
    *,
    look_after: timedelta | None = None,
    first: timedelta = FIRST_PAUSE,
) -> Settled:
    """What the channel's answer makes of the notice: sent, tried again, passed on, given up, unclear.

    `look_after` is given where the channel can be asked about an unclear message, and how long from now; `first` is the
    pause before the second attempt.
    """
    if sent.again_in is not None:
        return Settled(row.id, row.attempt, "failed", sent.detail, retry_in=sent.again_in, counted=False)
    if sent.result == "accepted":
        tell = _tell(row, Receipt.ACCEPTED, now) if _listens(row) else None
        return Settled(row.id, row.attempt, "accepted", sent.detail, sent.provider_ref, tell=tell)
    if sent.result == "unknown":
        if look_after is not None and row.attempt < MAX_TRIES:
            return Settled(row.id, row.attempt, "unknown", sent.detail, sent.provider_ref, retry_in=look_after)
        if row.send.kind in AT_LEAST_ONCE and row.attempt < MAX_TRIES:
            return Settled(row.id, row.attempt, "unknown", sent.detail, retry_in=pause(row, first))
        return Settled(
            row.id, row.attempt, "unknown", sent.detail, sent.provider_ref, tell=_tell(row, Receipt.UNKNOWN, now)
        )
    if not sent.permanent and row.attempt < MAX_TRIES:
        return Settled(row.id, row.attempt, "failed", sent.detail, retry_in=pause(row, first))
    receipt = Receipt.PERMANENT if sent.permanent else Receipt.TECHNICAL
    last = next_channel is None
    tell = _tell(row, receipt, now, last=last) if _listens(row) or last else None
    return Settled(row.id, row.attempt, "failed", sent.detail, sent.provider_ref, next_channel=next_channel, tell=tell)


def refused(row: NoticeRow, reason: str, now: datetime) -> Settled:
    """It cannot be worded: a defect of ours. Failed and visible, and the stream hears that nothing went."""
    return Settled(row.id, row.attempt, "failed", reason, tell=_tell(row, Receipt.TECHNICAL, now, last=True))


def dropped(row: NoticeRow, reason: str, now: datetime, *, nothing_left: bool = False) -> Settled:
    """It does not go: over the budget, or (`nothing_left`) no channel leads to the person, which a task must mend."""
    receipt = Receipt.PERMANENT if nothing_left else Receipt.DROPPED
    return Settled(row.id, row.attempt, "dropped", reason, tell=_tell(row, receipt, now, last=nothing_left))


def void(row: NoticeRow, reason: str, now: datetime) -> Settled:
    """It came too late to be useful; recorded, never sent."""
    return Settled(row.id, row.attempt, "void", reason, tell=_tell(row, Receipt.DROPPED, now))


HELD = "it may have gone before the backup was restored"


def held(row: NoticeRow, now: datetime) -> Settled:
    """It may have gone in the life that a restore has lost, and its channel cannot be asked: a person looks at it."""
    return Settled(row.id, row.attempt, "unknown", HELD, tell=_tell(row, Receipt.UNKNOWN, now))


def untouched(row: NoticeRow) -> Settled:
    """It was leased and not begun when its worker was told to stop: another may have it at once, as if never tried."""
    return Settled(row.id, row.attempt, "failed", "its worker was told to stop", retry_in=timedelta(0), counted=False)


def unclear(row: NoticeRow, now: datetime) -> tuple[str, Asked]:
    """The (scheme, command) that tells a stream of an attempt whose worker died during the call."""
    return row.scheme, _tell(row, Receipt.UNKNOWN, now)


def pause(row: NoticeRow, first: timedelta = FIRST_PAUSE) -> timedelta:
    """Real time to the next attempt: `first`, doubling up to an hour, spread by ±20 % so that failures do not go in step.

    The spread is drawn from the notice's key and attempt, so that the same history gives the same pause.
    """
    draw = int.from_bytes(hashlib.sha256(f"{row.key}:{row.attempt}".encode()).digest()[:4]) / 0xFFFFFFFF
    seconds = min(first.total_seconds() * 2.0 ** max(0, row.attempt - 1), LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=seconds * (0.8 + 0.4 * draw))


def _listens(row: NoticeRow) -> bool:
    """The stream follows every step of what goes to the participant; of other mail it hears only when it is lost."""
    return row.send.to is Role.PARTICIPANT


def _tell(row: NoticeRow, receipt: Receipt, now: datetime, *, last: bool = False) -> Asked:
    attempt = Attempted(row.key, row.attempt, row.channel, row.address)
    return news(row.stream, row.send, attempt, receipt, now, last=last)


@dataclass(frozen=True, slots=True)
class Attempted:
    """The attempt that news is about: the notice's key, its number, and where it went (an address id)."""

    key: str
    number: int
    channel: Channel
    address: str


def news(stream: str, send: Send, attempt: Attempted, receipt: Receipt, at: datetime, *, last: bool = False) -> Asked:
    """The command that tells a stream what became of an attempt; the same news again has the same id.

    `last`: no channel is left that leads to the person.
    """
    note = NoteDelivery(
        notice=attempt.key,
        purpose=send.purpose,
        channel=attempt.channel,
        receipt=receipt,
        address=attempt.address,
        expectation=send.expectation,
        cycle=send.cycle,
        rung=send.rung,
        subject=send.subject,
        last=last,
    )
    return Asked(f"delivery:{attempt.key}:{attempt.number}:{receipt}", stream, note, SYSTEM, Origin.CHANNEL, at)
