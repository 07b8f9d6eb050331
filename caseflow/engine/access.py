"""What the store keeps about who comes in: accounts, their sessions, and who has read whose record.

All instants here are real time (UTC), also in a virtual database: sessions and readings happen to the people who use it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in to one scheme.

    `login` is folded to lower case and unique over all schemes. `secret` is the password's Argon2 hash, "" for an account
    that signs in through an identity provider, whose key for them is `subject`. `person` is their id in the people
    register, "" for somebody without any case (an auditor). `change` asks for a new password at the next sign-in. `totp` is
    the key that an administrator's app makes codes with.
    """

    id: str
    scheme: str
    login: str
    name: str
    part: str
    person: str = ""
    secret: str = ""
    subject: str = ""
    change: bool = False
    disabled: bool = False
    seen_at: datetime | None = None
    totp: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A time that somebody is signed in. `agent` says by which browser, so that they know their own again.

    `strong`: a second factor was proved in it, not long ago.
    """

    id: str
    scheme: str
    account: str
    started_at: datetime
    seen_at: datetime
    agent: str = ""
    strong: bool = False


DRAFTS_LAST = timedelta(hours=24)
"""How long a referral that is not sent yet is kept, counted from when it was begun; then it goes, sent or not."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A referral that somebody is writing: the answers so far, each as it was typed, by the form's names.

    It is the account's alone. `key` locks what this browser keeps of it (static/draft.js): gone with the row, so that
    nothing kept can be read any more.
    """

    id: str
    scheme: str
    account: str
    key: str
    answers: Mapping[str, str]
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Client:
    """Another system that may use the API of one scheme, known by a token of which the store has the digest only.

    `scopes` are what it may do, `speaks_for` the roles in whose name it may record something (access/who.py).
    """

    id: str
    scheme: str
    name: str
    digest: str
    scopes: tuple[str, ...] = ()
    speaks_for: tuple[str, ...] = ()
    disabled: bool = False
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReadingNote:
    """Somebody read something about a person: who, whose, what kind of page; never what it said.

    `account` is an account's id, or a client's where `part` is "client".
    """

    scheme: str
    account: str
    part: str
    person: str
    what: str
    stream: str = ""


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """A line of the reading log, with the names as they are now. `id` orders it."""

    id: str
    at: datetime
    account: str
    name: str
    part: str
    person: str
    stream: str
    ref: str
    what: str


class AccessUnit(Protocol):
    """The part of a unit (engine.ports.Unit) that knows who comes in."""

    def add_account(self, account: Account) -> None:
        """Raises Conflict where the login, or the identity provider's key, is taken."""

    def accounts(self, scheme: str) -> list[Account]:
        """Everybody's, by login."""

    def account_of(self, login: str = "", subject: str = "") -> Account | None:
        """By login (any case) or by the identity provider's key, in whichever scheme; also a disabled one."""

    def set_secret(self, scheme: str, account: str, secret: str, *, change: bool) -> None:
        """Another password. Every session of the account ends."""

    def disable_account(self, scheme: str, account: str) -> None:
        """They may not come in any more. Every session of the account ends."""

    def set_key(self, scheme: str, account: str, totp: str) -> None:
        """Another key for codes; whatever codes were used before are forgotten."""

    def use_code(self, scheme: str, account: str, step: int) -> bool:
        """The code of this half minute is used up, and those before it; False when it was already."""

    def strengthen(self, scheme: str, session: str) -> None:
        """A second factor was proved in this session, now."""

    def begin_session(self, session: Session, digest: str, keep: timedelta) -> None:
        """Keep a session under its token's digest, strong from now on if it says so. Its instants are the store's own.

        Sessions older than `keep` go away.
        """

    def session(
        self, digest: str, idle: timedelta, longest: timedelta, recent: timedelta = timedelta(0)
    ) -> tuple[Session, Account] | None:
        """Who comes with this token; None when it is unknown, too old, was idle too long, or the account is disabled.

        Being asked counts as being active (written down once a minute). `recent` is how long a second factor lasts.
        """

    def sessions(self, scheme: str, account: str, idle: timedelta, longest: timedelta) -> list[Session]:
        """Where this account is signed in now, the newest first."""

    def end_sessions(self, scheme: str, account: str, ids: Sequence[str] | None = None) -> int:
        """End these sessions of this account, or all; returns how many there were."""

    def add_client(self, client: Client) -> None:
        """Raises Conflict where the scheme has an active client of this name, or the digest is known."""

    def clients(self, scheme: str) -> list[Client]:
        """Every client the scheme has had, by name."""

    def client_of(self, digest: str) -> Client | None:
        """Who comes with this token; None when it is unknown or disabled. Being asked is noted once a minute."""

    def disable_client(self, scheme: str, name: str) -> bool:
        """The client of this name may not come in any more; False when there is none that might."""

    def keep_draft(self, draft: Draft) -> None:
        """Add it (begun now), or put these answers in place of those it had; another account's stays as it is.

        Drafts older than DRAFTS_LAST go away, now and whenever somebody signs in.
        """

    def draft(self, scheme: str, account: str, draft: str) -> Draft | None:
        """One of this account's own, if it is not too old."""

    def drafts(self, scheme: str, account: str) -> list[Draft]:
        """Every one of this account's own that is not too old, the newest first."""

    def drop_draft(self, scheme: str, account: str, draft: str) -> None:
        """It was sent, or is not wanted any more."""

    def note_readings(self, notes: Sequence[ReadingNote]) -> None:
        """Write who reads what. What is written stays: it is neither changed nor taken away."""

    def readings_log(self, scheme: str, *, stream: str = "", before: str = "", limit: int = 50) -> list[ReadingLine]:
        """The newest lines of the log, those of one case if given; `before` is the last id seen."""
