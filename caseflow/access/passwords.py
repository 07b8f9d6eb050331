"""Passwords of local accounts: Argon2id, as the library's authors set it (RFC 9106). Never kept, only their hash.

Long is what counts (NCSC; ASVS 5.0, 6.2): twelve characters at least, anything in them, no composition rules, no expiry.
"""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What nobody takes for another when it is read out."""


class WeakPassword(ValueError):
    """It will not do; `code` says why: short, long or guessable."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The password is {code}.")
        self.code = code


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    """What a login that is not there is compared with, so that it takes as long as one that is."""
    return _hasher().hash(secrets.token_urlsafe())


def hashed(password: str) -> str:
    return _hasher().hash(password)


def matches(secret: str, password: str) -> bool:
    """Is this the password? `secret` "" is nobody's; it takes as long."""
    if len(password) > LONGEST:
        return False
    try:
        _hasher().verify(secret or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return secret != ""


def check(password: str, login: str) -> None:
    """Raise WeakPassword for one that is too short or easily guessed."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        raise WeakPassword("short")
    if len(password) > LONGEST:
        raise WeakPassword("long")
    name = login.partition("@")[0]
    if len(set(plain)) < 5 or plain.startswith(("password", "123456", "qwerty")) or (name and name in plain):
        raise WeakPassword("guessable")


def one_time() -> str:
    """A first password, to be read out once and changed at once: 15 letters, some 74 bits."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(15))
    return "-".join(drawn[start : start + 5] for start in range(0, 15, 5))
