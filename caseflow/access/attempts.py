"""How often somebody may try to sign in, or do what costs something.

It is counted by all processes together in Redis, alone where that is away. No address and no login stands in Redis, only a
digest. Redis lost is no reason to let everybody in, or nobody: each process then counts for itself.
"""

import hashlib
import logging

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

log = logging.getLogger(__name__)

BY_LOGIN = RateLimitItemPerMinute(10, 15, namespace="caseflow-sign-in")
BY_ADDRESS = RateLimitItemPerMinute(60, 15, namespace="caseflow-sign-in")
"""Many officers come from one address."""
CODES = RateLimitItemPerMinute(5, 15, namespace="caseflow-codes")
"""Codes that one account may try."""
TEST_MESSAGES = RateLimitItemPerHour(10, namespace="caseflow-test-messages")
"""To oneself, by one account."""
SHEETS = RateLimitItemPerHour(60, namespace="caseflow-sheets")
"""Sheets of figures, by one account."""


class Attempts:
    """The count of tries. `redis_url` None: this process alone."""

    def __init__(self, redis_url: str | None) -> None:
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared: MovingWindowRateLimiter | None = None
        self._said = False
        if redis_url is not None and redis_url.startswith(("redis://", "rediss://")):
            storage = storage_from_string(redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)
            assert isinstance(storage, Storage)
            self._shared = MovingWindowRateLimiter(storage)

    def over(self, login: str, address: str) -> bool:
        """Count this try; is it one too many, for this login or from this address?"""
        checks = ((BY_LOGIN, _digest("login", login.casefold())), (BY_ADDRESS, _digest("address", address)))
        within = [self._hit(item, key) for item, key in checks]  # each is counted, whatever the other says
        return not all(within)

    def spent(self, allowance: RateLimitItem, account: str) -> bool:
        """Count this use; is it more than the account is allowed?"""
        return not self._hit(allowance, _digest("account", account))

    def _hit(self, item: RateLimitItem, key: str) -> bool:
        if self._shared is not None:
            try:
                return self._shared.hit(item, key)
            except Exception as away:  # noqa: BLE001 - whatever Redis does, tries are counted
                if not self._said:
                    self._said = True
                    log.warning("attempts: Redis is away (%s); each process counts for itself", type(away).__name__)
        return self._own.hit(item, key)


def _digest(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}\0{value}".encode()).hexdigest()[:32]
