"""The second factor of an administrator: a code of their app for a local account, the provider's word for the others.

The code is TOTP (RFC 6238) as every app has it: SHA-1, six digits, half a minute. A code serves once (ASVS 5.0, 6.5.1).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import quote

from caseflow.access.who import May, Part
from caseflow.engine.access import Account
from caseflow.engine.app import App

STRONG = frozenset({May.ACCOUNTS})
"""What needs a second factor that was proved in this session, not longer ago than RECENT."""
RECENT = timedelta(minutes=30)
STEP = 30
"""Seconds that a code is good for; the one before and the one after it are taken, too, for clocks that differ."""
FRESH = timedelta(minutes=5)
"""So long ago somebody may have given the provider what it asks for, to count as just now."""


def has_key(account: Account) -> bool:
    """Does this account have a key of ours? Administrators without an identity provider do."""
    return account.part == Part.ADMINISTRATOR and not account.subject


def new_key() -> str:
    """A key of 160 bits, in the letters that apps take."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address(key: str, login: str) -> str:
    """What an app on the same device may be given instead of the letters."""
    return f"otpauth://totp/caseflow:{quote(login)}?secret={key}&issuer=caseflow"


def code_at(key: str, step: int) -> str:
    """The six digits of this half minute."""
    found = hmac.new(base64.b32decode(key), step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = found[-1] & 15
    number = int.from_bytes(found[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def step_of(key: str, code: str, at: datetime) -> int | None:
    """The half minute that this code is of, if it is of now; None for any other. Every one is compared."""
    now = int(at.timestamp()) // STEP
    given = "".join(code.split()).encode()
    right = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(code_at(key, step).encode(), given)]
    return right[0] if right else None


def confirm(app: App, account: Account, session: str, code: str, at: datetime) -> bool:
    """Is it a code of theirs that was not used before? Then the session is strong from now on."""
    step = step_of(account.totp, code, at) if account.totp else None
    if step is None:
        return False
    with app.store.begin() as unit:
        if not unit.use_code(account.scheme, account.id, step):
            return False
        unit.strengthen(account.scheme, session)
    return True


def vouched(methods: Collection[str], at: float | None, now: float, wanted: Collection[str]) -> bool:
    """Does the provider say that a second factor was given just now? `methods`: its amr and acr; `wanted` "": trusted to ask.

    `at` and `now` are seconds since 1970: when they were last asked, by the provider; what this host's clock says.
    """
    recent = at is not None and now - FRESH.total_seconds() <= at <= now + 60
    return recent and (not wanted or bool(set(methods) & set(wanted)))
