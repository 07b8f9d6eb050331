"""The shapes of texts that come in, for the store's port and the verbs alike. Instants are aware UTC."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text as a gateway hands it over. `id` is the gateway's own, so that a repeat is known; `number` is E.164."""

    id: str
    number: str
    to: str
    body: str
    received_at: datetime

    @property
    def text_id(self) -> str:
        """Where the words are kept."""
        return f"inbound:{self.id}"


@dataclass(frozen=True, slots=True)
class InboundRow:
    """A text kept. `state`: new | matched | queued (a person must look) | dealt; `why` says what made it so."""

    scheme: str
    id: str
    number: str
    to: str
    body: str
    received_at: datetime
    state: str = "new"
    why: str = ""
    stream: str | None = None
    person: str | None = None
    dealt_by: str = ""
    dealt_at: datetime | None = None

    @property
    def text_id(self) -> str:
        """Where the words are kept."""
        return f"inbound:{self.id}"


@dataclass(frozen=True, slots=True)
class InboundSettled:
    """What became of a text: matched to a stream, queued for a person, or dealt with by one."""

    scheme: str
    id: str
    state: str
    why: str
    stream: str | None = None
    person: str | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who has a number, with one case of theirs (`stream` None: none at all).

    `asked` is the message last handed over for that number in that case and `subject` what it was about; None: none was.
    """

    person: str
    address: str
    stream: str | None = None
    ref: str = ""
    open: bool = False
    asked: str | None = None
    subject: str | None = None
