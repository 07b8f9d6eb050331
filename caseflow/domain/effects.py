"""Wishes. `react` answers a fact with effects; the engine saves them in one transaction with the facts they follow from.

An effect names roles and person ids, message names and raw values (instants, dates): never wording, never an address.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from caseflow.domain.commands import Command
from caseflow.domain.events import Event
from caseflow.domain.values import value
from caseflow.domain.words import Actor, Channel, Role

Value = str | int | bool | datetime | date | list[datetime] | list[str] | None


@value(frozen=True, slots=True)
class Record:
    """A derived fact of the same stream (an expectation opened or met); it is reacted to in turn."""

    event: Event


@value(frozen=True, slots=True)
class Send:
    """One notice to one person. Unique by (scheme, stream, expectation, cycle, rung, purpose, recipient).

    `purpose` is a message of the catalogue; `channels` in order of preference, already inside the safe-contact limits;
    `kind` (reminder | chase | decision | service | officer | provider) drives the contact budget.
    `not_before` (UTC) keeps it back until contact hours; `stand_in` is who gets it when the person has moved on.
    """

    purpose: str
    to: Role
    recipient: str
    channels: tuple[Channel, ...]
    kind: str
    expectation: str | None = None
    cycle: int = 0
    rung: str = ""
    subject: str | None = None
    language: str = "en"
    fields: dict[str, Value] = field(default_factory=dict)
    not_before: datetime | None = None
    stand_in: str | None = None
    expires: datetime | None = None


@value(frozen=True, slots=True)
class OpenTask:
    """A thing for a person to do. `key` is unique in the stream; opened again while open, it stays as it is."""

    key: str
    kind: str  # call | task | ask | decide | flag | rule | review
    owner: Role
    title: str
    person: str | None = None
    due: datetime | None = None
    expectation: str | None = None
    subject: str | None = None
    rung: str = ""


@value(frozen=True, slots=True)
class DropTasks:
    """The fact removed the need: every open task of this expectation (or with this key) is dropped with the reason."""

    reason: str
    expectation: str | None = None
    key: str | None = None
    every: bool = False
    done: bool = False  # the fact is what the task asked for: done, not dropped

    def covers(self, key: str, expectation: str | None) -> bool:
        """Is a task with this key, of this expectation, meant?"""
        by_expectation = self.expectation is not None and expectation == self.expectation
        return self.every or by_expectation or (self.key is not None and key == self.key)


@value(frozen=True, slots=True)
class HandOver:
    """The open tasks of this role in this stream are this person's from now on: somebody has taken over."""

    owner: Role
    person: str


@value(frozen=True, slots=True)
class SetTimer:
    """The one alarm of an expectation. `local_due` is the civil intent; `due` (UTC) is derived from it."""

    expectation: str
    cycle: int
    rung: str
    due: datetime
    local_due: str
    ladder: str
    subject: str | None = None


@value(frozen=True, slots=True)
class DropTimer:
    expectation: str


@value(frozen=True, slots=True)
class Void:
    """Notices of this expectation that have not gone out yet never do; or those of this purpose about this subject."""

    reason: str
    expectation: str | None = None  # None, and no purpose: every unsent notice to the participant of this stream
    purpose: str | None = None
    subject: str | None = None

    def covers(self, send: Send) -> bool:
        """Is this notice meant?"""
        if self.purpose is not None:
            return (send.purpose, send.subject) == (self.purpose, self.subject)
        if self.expectation is not None:
            return send.expectation == self.expectation
        return send.to is Role.PARTICIPANT


@dataclass(frozen=True, slots=True)
class Reroute:
    """This notice went, and the channel says that it did not arrive: it goes on by another one.

    Nothing happens where it is on its way by another already.
    """

    notice: str  # its key
    channel: Channel
    reason: str


@value(frozen=True, slots=True)
class AddToDigest:
    """One line for an officer's next digest. `line` is a code the digest message words; `at` is the fact's time (UTC)."""

    officer: str
    line: str
    at: datetime
    period: str
    ref: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CloseDigest:
    """Take every item waiting for this officer into one notice; nothing is sent when there is none."""

    officer: str
    period: str
    stand_in: str | None = None


@value(frozen=True, slots=True)
class Tell:
    """A command for another stream, through the inbox (origin STREAM, asked by `by`). `id` makes repeats harmless."""

    id: str
    stream: str
    command: Command
    by: Actor


Effect = (
    Record
    | Send
    | OpenTask
    | DropTasks
    | HandOver
    | SetTimer
    | DropTimer
    | Void
    | Reroute
    | AddToDigest
    | CloseDigest
    | Tell
)
