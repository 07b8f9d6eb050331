"""What people call a thing of a case: a session by its day, an item by what it is, an expectation by what is waited for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.messages.dates import day

EXPECTATIONS: Mapping[str, str] = {"no_answer": "keeping in touch", "attendance": "attendance record"}
"""Ladders whose name, read as a heading, would say the opposite or nothing; any other is called what its scheme calls it."""


def plain(word: str) -> str:
    """A machine's word as people read it."""
    return word.replace("_", " ").replace(":", " ")


@dataclass(slots=True)
class Naming:
    """When each session of a case begins, and what each item of its plan is, by id. Both change as the story goes on."""

    starts: dict[str, datetime] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)

    def learn(self, event: ev.Event) -> None:
        """What a fact says of it."""
        match event:
            case ev.SessionBooked() | ev.SessionMoved():
                self.starts[event.session] = event.start
            case ev.PlanAgreed():
                self.items |= {item.id: item.intervention for item in event.items}
            case _:
                pass

    def session(self, name: str) -> str:
        """`session of Fri 14 Jan`, or by its id where it is not known."""
        return self._of("session", name)

    def item(self, name: str) -> str:
        return plain(self.items.get(name, name))

    def expectation(self, name: str) -> str:
        """`first meeting`, `attendance record of Fri 14 Jan`."""
        ladder, _, subject = name.partition(":")
        said = EXPECTATIONS.get(ladder, plain(ladder))
        return self._of(said, subject) if subject else said

    def _of(self, what: str, name: str) -> str:
        start = self.starts.get(name)
        return f"{what} of {day(start, 'en')}" if start else f"{what} {self.item(name)}"


def naming_of(stream: object) -> Naming:
    """As a case stands now; nothing of any other stream."""
    if not isinstance(stream, Case):
        return Naming()
    return Naming(
        {one.id: one.start for one in stream.sessions.values()},
        {one.id: one.intervention for one in stream.items.values()},
    )
