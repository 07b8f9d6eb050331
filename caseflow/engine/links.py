"""Links and codes that let somebody without an account come to one page: drawn when their message leaves, kept as digests.

A link is a capability for one page of one stream. What is secret about a message (a link's token, a code) stands in no
fact, no notice and no template: the words have a mark in its place. In the transaction that marks the message as calling,
the secret is drawn, its digest kept, and the mark filled in. A message that is tried again brings a new one.

All instants here are real time, as those of sessions: links and codes happen to the people who use them.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from caseflow.engine.access import Session

if TYPE_CHECKING:
    from caseflow.engine.ports import NoticeRow, Outgoing

CODE = "code"
RETURN = "return"
APPOINTMENTS = "appointments"
"""What a link is for: a provider's return, a participant's appointments."""
LASTS: Mapping[str, timedelta] = {RETURN: timedelta(days=30), APPOINTMENTS: timedelta(days=180)}
"""How long a link serves: until the next return is due at the latest, and as long as a case lives, with some room."""
CODE_LASTS = timedelta(minutes=20)
"""How long a code serves: long enough for slow mail."""
CODE_DIGITS = 6
CODES_KEPT = timedelta(days=1)
"""How long it is kept that a code was asked for: longer than it serves, and than they are counted."""
LINKS_KEPT = timedelta(days=180)
"""How long a link that is over is kept, for it still brings a fresh one: whoever opens an older mail asks their navigator."""
TIDIED = 1000
"""Links that are thrown away at once: the next hour takes the next ones."""

LINK_MARK = "x" * 22
"""Where a token goes. It is as long as a token, so that the parts of a text are counted right, and reads as what it is."""
CODE_MARK = "x" * CODE_DIGITS

Draw = Callable[[str], str]
"""Draws a secret: a code, or the token of a link of some purpose."""


def no_chance(what: str) -> str:
    """Where nobody set up who draws: messages that bring something secret do not go."""
    raise LookupError(f"there is nobody to draw a {what}")


def digest(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sealed(code: str, ask: str) -> str:
    """What the store keeps of a code. There are only a million codes, so trying them all is made slow (RFC 7914)."""
    return hashlib.scrypt(code.encode(), salt=ask.encode(), n=2**14, r=8, p=1).hex()


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is found by its digest. `live`: neither over nor taken back. `person` is whom it was made for."""

    id: str
    scheme: str
    purpose: str
    stream: str
    person: str
    live: bool = True


@dataclass(frozen=True, slots=True)
class CodeAsk:
    """A code that some browser asked for. `link` is by which link it came."""

    id: str
    scheme: str
    link: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A PIN given to a participant in person: its hash, and how many wrong ones have been tried since."""

    secret: str
    wrong: int


class LinkUnit(Protocol):
    """The part of a unit (engine.ports.Unit) that knows who comes without an account."""

    def add_links(self, links: Sequence[tuple[Link, str]], lasts: timedelta) -> None:
        """Keep links of this purpose, each under its token's digest."""

    def link(self, digest: str) -> Link | None:
        """The link of this token, also one that is over; None when there is none."""

    def tidy_links(self, codes_kept: timedelta, links_kept: timedelta, most: int) -> int:
        """Throw away, in every scheme, codes asked for longer ago than `codes_kept` and links over for longer than `links_kept`.

        Who came by such a link is long out. At most so many links; returns how many codes and links went.
        """

    def end_links(self, scheme: str, stream: str) -> None:
        """Every link to this stream is taken back, and whoever is in by one is out."""

    def ask_code(self, ask: CodeAsk, browser: str, most: int, within: timedelta) -> bool:
        """Keep that this browser (a digest) asks for a code; False when the link had `most` of them `within` that time."""

    def set_code(self, scheme: str, ask: str, sealed: str) -> None:
        """A code has been drawn; one drawn before stays good, for its mail may have gone. An unknown ask is left alone."""

    def waiting_code(self, browser: str, lasts: timedelta) -> tuple[CodeAsk, Link] | None:
        """What this browser asked for last, if that is not longer ago and its link is live."""

    def try_code(self, scheme: str, ask: str, most: int, lasts: timedelta) -> str | None:
        """Count a try, and return the sealed codes, separated by spaces.

        None when there were `most` already, it is too old, or none is drawn yet.
        """

    def use_link_code(self, scheme: str, ask: str) -> None:
        """The code was right: it serves no more."""

    def begin_guest(self, session: Session, digest: str, keep: timedelta) -> None:
        """Keep a session that came by a link (`account` is the link's id). Older ones than `keep` go away."""

    def guest(self, digest: str, idle: timedelta, longest: timedelta) -> tuple[Session, Link] | None:
        """Who comes with this token by a link; None when unknown, too old, idle too long, or the link was taken back."""

    def end_guest(self, scheme: str, session: str) -> None:
        """The session is over."""

    def set_pin(self, scheme: str, stream: str, secret: str, by: str) -> None:
        """Another PIN, made by this account. Nothing wrong has been tried yet, and whoever is in by a link is out."""

    def pin(self, scheme: str, stream: str) -> Pin | None:
        """The PIN of this case; None where nobody made one."""

    def try_pin(self, scheme: str, stream: str, most: int) -> str | None:
        """Count a try as wrong, and return the PIN's hash; None when `most` were wrong already, or there is no PIN."""

    def right_pin(self, scheme: str, stream: str) -> None:
        """It was the right one: nothing wrong has been tried."""

    def keep_return_draft(self, scheme: str, stream: str, body: Mapping[str, Any] | None) -> None:
        """What has been filled in of a return so far; None throws it away."""

    def return_draft(self, scheme: str, stream: str) -> tuple[Mapping[str, Any], datetime] | None:
        """That, and when it was kept."""

    def add_survey(self, scheme: str, period: str, answers: Mapping[str, str]) -> None:
        """Somebody's answers, of which only the month is kept: nobody can say whose they were."""


def filled(draw: Draw, unit: LinkUnit, row: "NoticeRow", said: "Outgoing") -> "Outgoing":
    """The message with what it brings: drawn now, its digest kept in this transaction. Others stay as they are."""
    if not said.brings:
        return said
    secret = draw(said.brings)
    if said.brings == CODE:
        ask = str(row.send.fields.get("ask") or "")
        unit.set_code(row.scheme, ask, sealed(secret, ask))
        return replace(said, body=said.body.replace(CODE_MARK, secret))
    name = digest(secret)
    link = Link(name[:32], row.scheme, said.brings, row.stream, row.send.recipient)
    unit.add_links([(link, name)], LASTS[said.brings])
    return replace(said, body=said.body.replace(LINK_MARK, secret))
