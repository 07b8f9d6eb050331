"""What GOV.UK Notify and the phone networks allow, counted by all our processes together in Redis.

Redis lost is no reason to stop: each process then keeps to a share of its own, says so once, and comes back by itself.
What is over a limit waits; nothing is wrong with it. No number stands in Redis, only a keyed digest of it.
"""

import hashlib
import hmac
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from caseflow.engine.ports import Outgoing

log = logging.getLogger(__name__)

A_MINUTE: Final = RateLimitItemPerMinute(3000, namespace="caseflow")
"""Messages of one service (Notify, "Rate limits")."""
EQUAL: Final = RateLimitItemPerHour(20, namespace="caseflow")
"""Texts with the same words to one number (Notify, "Phone network limits")."""
ANY: Final = RateLimitItemPerHour(100, namespace="caseflow")
"""Texts to one number."""
AGAIN: Final = 5.0
"""Seconds until Redis is tried again after it failed."""


@dataclass(frozen=True, slots=True)
class Over:
    """Over a limit: when it may go (seconds from now), and which limit it was."""

    seconds: float
    limit: str


class Limiter:
    """One service's limits. `sharers` is how many processes send for it: what each keeps to when Redis is away."""

    def __init__(
        self, redis_url: str | None, secret: str, *, sharers: int = 4, a_minute: int = A_MINUTE.amount
    ) -> None:
        self._secret = secret.encode()
        self._service = self._digest("service")
        self._a_minute = RateLimitItemPerMinute(a_minute, namespace="caseflow")
        alone = 1 if redis_url is None else sharers
        self._own = _Windows(MemoryStorage(), RateLimitItemPerMinute(max(1, a_minute // alone), namespace="caseflow"))
        self._url = redis_url
        self._shared: _Windows | None = None
        self._away_until = 0.0
        self._said = False

    def over(self, batch: Sequence[Outgoing]) -> list[Over | None]:
        """For each message whether it is over a limit now; those that are not have been counted."""
        return [self._over(message) for message in batch]

    def _over(self, message: Outgoing) -> Over | None:
        number = self._digest(message.to) if message.channel == "text" else ""
        words = self._digest(f"{message.to}\0{message.body}") if number else ""
        windows = self._windows()
        if windows is not None:
            try:
                found = windows.hit(self._service, number, words)
            except Exception as away:  # noqa: BLE001 - whatever Redis does, messages go on
                self._lost(away)
            else:
                self._back()
                return found
        return self._own.hit(self._service, number, words)

    def _windows(self) -> "_Windows | None":
        if self._url is None or time.monotonic() < self._away_until:
            return None
        if self._shared is None:
            try:
                options = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
                storage = storage_from_string(self._url, **options)
                assert isinstance(storage, Storage)
                self._shared = _Windows(storage, self._a_minute)
            except Exception as away:  # noqa: BLE001 - as above
                self._lost(away)
        return self._shared

    def _lost(self, why: Exception) -> None:
        self._away_until = time.monotonic() + AGAIN
        if not self._said:
            self._said = True
            log.warning("limits: Redis is away (%s); each process keeps to its own share", type(why).__name__)

    def _back(self) -> None:
        if self._said:
            self._said = False
            log.warning("limits: Redis is back; all processes count together again")

    def _digest(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:32]


class _Windows:
    """Rolling windows in one storage."""

    def __init__(self, storage: Storage, a_minute: RateLimitItem) -> None:
        self._limits = MovingWindowRateLimiter(storage)
        self._a_minute = a_minute

    def hit(self, service: str, number: str, words: str) -> Over | None:
        """Count it, or say which limit it is over."""
        checks = [(self._a_minute, ("service", service), "3,000 messages a minute")]
        if number:
            checks = [
                (EQUAL, ("equal", words), "20 equal texts an hour to one number"),
                (ANY, ("any", number), "100 texts an hour to one number"),
                *checks,
            ]
        for item, names, what in checks:
            if not self._limits.hit(item, *names):
                free = self._limits.get_window_stats(item, *names).reset_time
                return Over(max(1.0, free - _host_seconds()), what)
        return None


def _host_seconds() -> float:
    """The clock that `limits` itself reckons by; only differences of it are used."""
    return time.time()  # noqa: TID251 - a window's end is given on the host's clock by the library
