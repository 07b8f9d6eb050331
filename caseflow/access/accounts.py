"""Coming in: accounts that are added, sign in, get another password, and go; and the sessions they are known by.

A session's token is 256 bits of chance, in the browser's cookie; the database has its digest only. Sessions last 30
minutes without use and ten hours at most (ASVS 5.0, 7.3), and end at once when the account is disabled.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from caseflow.access import passwords, second_factor
from caseflow.access.who import Part
from caseflow.engine.access import Account, Session
from caseflow.engine.app import App
from caseflow.engine.ports import Conflict
from caseflow.engine.readings import Readings

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
UNSET = datetime(1970, 1, 1, tzinfo=UTC)
"""The store sets a session's instants itself."""


class NoAccount(LookupError):
    """There is no such account, or the login is taken; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, and by which session. `only`: who came by a link sees this stream and nothing else."""

    account: Account
    session: Session
    only: str = ""

    @property
    def part(self) -> Part:
        return Part(self.account.part)

    @property
    def scheme(self) -> str:
        return self.account.scheme


class NoPerson(LookupError):
    """It is not clear who is meant in the people register; `code` says why: missing, unknown, several or needless."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The person is {code}.")
        self.code = code


KINDS: Mapping[Part, tuple[str, ...]] = {
    Part.OFFICER: ("officer", "staff"),
    Part.NAVIGATOR: ("navigator",),
    Part.SUPERVISOR: ("staff",),
    Part.MANAGER: ("staff",),
    Part.PROVIDER: ("provider",),
    Part.PARTICIPANT: ("participant",),
}
"""As what each part stands in the people register. An administrator and an auditor do not."""


def person_of(readings: Readings, scheme: str, part: Part, person: str) -> tuple[str, str]:
    """Their id and name, from an id or a name as it is written; "" and "" for a part without. Raises NoPerson."""
    kinds = KINDS.get(part)
    if kinds is None:
        if person:
            raise NoPerson("needless")
        return "", ""
    if not person:
        raise NoPerson("missing")
    found = list(readings.names(scheme, [person])) or readings.called(scheme, person, kinds)
    if len(found) != 1:
        raise NoPerson("several" if found else "unknown")
    return found[0], readings.names(scheme, found).get(found[0], "")


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def form_token(token: str) -> str:
    """What a form of this browser carries to show that it is ours; it does not give the token away."""
    return hmac.new(token.encode(), b"caseflow form", hashlib.sha256).hexdigest()


def add(app: App, account: Account) -> str:
    """A new account with a one-time password, which is returned; "" for one that an identity provider vouches for.

    A local administrator has a key for codes beside it (`key_of`). Raises NoAccount where the login, or the provider's
    key, is taken.
    """
    first = "" if account.subject else passwords.one_time()
    secret = passwords.hashed(first) if first else ""
    totp = second_factor.new_key() if second_factor.has_key(account) else ""
    known = replace(account, login=account.login.casefold(), secret=secret, change=bool(first), totp=totp)
    try:
        with app.store.begin() as unit:
            unit.add_account(known)
    except Conflict:
        raise NoAccount(f"{known.login} is taken: every login is one person's, in one scheme") from None
    return first


def reset(app: App, login: str) -> str:
    """Another one-time password, which is returned, and another key (`key_of`). Every session of the account ends.

    Raises NoAccount.
    """
    account = find(app, login)
    if account.subject:
        raise NoAccount(f"{account.login} signs in through the identity provider: the password is changed there")
    first = passwords.one_time()
    with app.store.begin() as unit:
        unit.set_secret(account.scheme, account.id, passwords.hashed(first), change=True)
        if second_factor.has_key(account):
            unit.set_key(account.scheme, account.id, second_factor.new_key())
    return first


def key_of(app: App, login: str) -> str:
    """The key that their app makes codes with, to be shown once, when it was made; "" for whoever has none."""
    return find(app, login).totp


def disable(app: App, login: str) -> Account:
    """They may not come in any more, from this moment on. Raises NoAccount."""
    account = find(app, login)
    with app.store.begin() as unit:
        unit.disable_account(account.scheme, account.id)
    return account


def find(app: App, login: str) -> Account:
    """Raises NoAccount."""
    with app.store.begin() as unit:
        account = unit.account_of(login)
    if account is None:
        raise NoAccount(f"there is no account {login}; `caseflow accounts list` shows them")
    return account


def sign_in(app: App, login: str, password: str) -> Account | None:
    """The account, if this is its password; None for anything else, after as long a time."""
    with app.store.begin() as unit:
        account = unit.account_of(login)
    right = passwords.matches(account.secret if account and not account.disabled else "", password)
    return account if right else None


def begin(app: App, account: Account, agent: str, *, strong: bool = False) -> str:
    """A new session, always under a new token, which is returned. `strong`: a second factor has just been given."""
    token = new_token()
    session = Session(app.ids(), account.scheme, account.id, UNSET, UNSET, agent[:200], strong)
    with app.store.begin() as unit:
        unit.begin_session(session, digest(token), LONGEST)
    return token


def visitor(app: App, token: str) -> Visitor | None:
    """Who comes with this token; None for nobody."""
    if not token:
        return None
    with app.store.begin() as unit:
        found = unit.session(digest(token), IDLE, LONGEST, second_factor.RECENT)
    return Visitor(found[1], found[0]) if found else None


def change_password(app: App, account: Account, password: str) -> None:
    """Raises WeakPassword. Every session of the account ends: whoever else was in is out."""
    passwords.check(password, account.login)
    with app.store.begin() as unit:
        unit.set_secret(account.scheme, account.id, passwords.hashed(password), change=False)


def sessions(app: App, account: Account) -> list[Session]:
    """Where they are signed in now."""
    with app.store.begin() as unit:
        return unit.sessions(account.scheme, account.id, IDLE, LONGEST)


def end(app: App, account: Account, ids: list[str] | None = None) -> int:
    """End these sessions of their own, or all."""
    with app.store.begin() as unit:
        return unit.end_sessions(account.scheme, account.id, ids)
