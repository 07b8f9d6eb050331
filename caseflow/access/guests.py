"""Coming in without an account: a provider by a link and a code, a participant by a link and a PIN.

A link alone shows next to nothing, for mail is forwarded and phones are shared. The code goes to the provider's address of
record and works only in the browser that asked for it; the PIN was given in person. Either begins a session for one return
or one case, shorter than an account's. Opening a link uses nothing up: mail scanners follow every link.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from caseflow.access import passwords
from caseflow.access.accounts import Visitor, new_token
from caseflow.access.who import Part
from caseflow.domain.commands import Asked, AskForAccess
from caseflow.domain.words import Actor, Channel, Origin, Role
from caseflow.engine.access import Account, Session
from caseflow.engine.app import App
from caseflow.engine.handle import handle
from caseflow.engine.links import (
    APPOINTMENTS,
    CODE_LASTS,
    LASTS,
    RETURN,
    CodeAsk,
    Link,
    digest,
    sealed,
)

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=2)
MOST_ASKS = 5
"""Codes and fresh links that one link may bring within an hour: nobody's mailbox is filled by somebody else."""
HOUR = timedelta(hours=1)
MOST_TRIES = 5
"""Wrong codes until another has to be asked for; wrong PINs until a navigator has to make another."""
PIN_DIGITS = 6
PARTS = {RETURN: Part.PROVIDER, APPOINTMENTS: Part.PARTICIPANT}
_ANY = datetime(1970, 1, 1, tzinfo=UTC)
"""The store sets a session's instants itself."""
_FRESH = "fresh"
"""In place of a browser where no code was asked for, but a link."""


@dataclass(frozen=True, slots=True)
class Given:
    """A PIN and a link as they are told to a participant, once. `token` is the link's."""

    pin: str
    token: str


def visitor(app: App, token: str) -> Visitor | None:
    """Who comes with this token by a link; None for nobody. They are to be seen as what the link was made for, and no more."""
    if not token:
        return None
    with app.store.begin() as unit:
        found = unit.guest(digest(token), IDLE, LONGEST)
    if found is None:
        return None
    session, link = found
    assert app.readings is not None
    name = app.readings.names(link.scheme, [link.person]).get(link.person, "")
    account = Account(link.id, link.scheme, "", name, PARTS[link.purpose].value, link.person)
    return Visitor(account, session, only=link.stream)


def find(app: App, token: str, purpose: str) -> Link | None:
    """The link of this token, also one that is over; None for one that never was, or is for something else."""
    with app.store.begin() as unit:
        found = unit.link(digest(token))
    return found if found is not None and found.purpose == purpose else None


def come_in(app: App, link: Link, agent: str) -> str:
    """A session by this link, always under a new token, which is returned."""
    token = new_token()
    session = Session(app.ids(), link.scheme, link.id, _ANY, _ANY, agent[:200])
    with app.store.begin() as unit:
        unit.begin_guest(session, digest(token), LONGEST)
    return token


def leave(app: App, visitor_: Visitor) -> None:
    """The session is over."""
    with app.store.begin() as unit:
        unit.end_guest(visitor_.scheme, visitor_.session.id)


# ── the provider: a code ────────────────────────────────────────────────────────────────────────
def address_of(app: App, link: Link) -> str:
    """Where codes and links go, as it may be shown to whoever has the link: r•••@provider.example. "" where there is none."""
    with app.store.begin() as unit:
        person = unit.people(link.scheme, [link.person]).get(link.person)
    _, written, _ = person.addresses.get(Channel.EMAIL, ("", "", "")) if person else ("", "", "")
    name, at, host = written.rpartition("@")
    return f"{name[:1]}•••{at}{host}" if at else ""


def ask(app: App, link: Link, browser: str) -> bool:
    """Send a code to the provider's address of record; it will work in the browser with this token only.

    For a link that is over, a fresh link is sent instead. False when there were too many already.
    """
    what = "code" if link.live else "link"
    one = CodeAsk(app.ids(), link.scheme, link.id)
    with app.store.begin() as unit:
        if not unit.ask_code(one, digest(browser) if link.live else _FRESH, MOST_ASKS, HOUR):
            return False
    by = Actor(link.person, Role.PROVIDER)
    asked = Asked(f"access:{one.id}", link.stream, AskForAccess(what, one.id), by, Origin.CHANNEL)
    (answer,) = handle(app, [asked], link.scheme)
    return not answer.refused


def waiting(app: App, browser: str) -> Link | None:
    """The link for which this browser has asked for a code not long ago."""
    with app.store.begin() as unit:
        found = unit.waiting_code(digest(browser), CODE_LASTS)
    return found[1] if found else None


def enter(app: App, browser: str, code: str) -> Link | None:
    """The link that this browser's code opens, if it is the right one. Every try is counted before it is looked at."""
    with app.store.begin() as unit:
        found = unit.waiting_code(digest(browser), CODE_LASTS)
        kept = unit.try_code(found[0].scheme, found[0].id, MOST_TRIES, CODE_LASTS) if found else None
    if found is None or kept is None:
        return None
    one, link = found
    typed = "".join(code.split())
    if sealed(typed, one.id) not in kept.split():  # of mail that went twice either code is right
        return None
    with app.store.begin() as unit:
        unit.use_link_code(one.scheme, one.id)
    return link


# ── the participant: a PIN ──────────────────────────────────────────────────────────────────────
def give_pin(app: App, scheme: str, case: str, person: str, by: str) -> Given:
    """Another PIN and a link, to be told in person. What was given before does not open the page any more."""
    pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
    kept = passwords.hashed(pin)
    with app.store.begin() as unit:
        unit.set_pin(scheme, case, kept, by)
    return Given(pin, give_link(app, scheme, case, person))


def give_link(app: App, scheme: str, case: str, person: str, purpose: str = APPOINTMENTS) -> str:
    """A link's token, which nobody sees again."""
    token = app.draw(purpose)
    name = digest(token)
    with app.store.begin() as unit:
        unit.add_links([(Link(name[:32], scheme, purpose, case, person), name)], LASTS[purpose])
    return token


def end_links(app: App, scheme: str, stream: str) -> None:
    """No link to it opens anything any more, and whoever is in is out."""
    with app.store.begin() as unit:
        unit.end_links(scheme, stream)


def pin_state(app: App, link: Link) -> str:
    """none: nobody made one; locked: too many wrong ones; ready."""
    with app.store.begin() as unit:
        found = unit.pin(link.scheme, link.stream)
    if found is None:
        return "none"
    return "ready" if found.wrong < MOST_TRIES else "locked"


def right_pin(app: App, link: Link, pin: str) -> bool:
    """Is it the PIN? Every try is counted as wrong before it is looked at."""
    with app.store.begin() as unit:
        kept = unit.try_pin(link.scheme, link.stream, MOST_TRIES)
    if kept is None or not passwords.matches(kept, "".join(pin.split())):
        return False
    with app.store.begin() as unit:
        unit.right_pin(link.scheme, link.stream)
    return True
