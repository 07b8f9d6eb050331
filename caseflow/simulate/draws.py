"""Chance without a generator: hash(seed, case, occasion) → a number. What happens to one case depends on no other.

The same seed gives the same world, in whatever order, however fast and by however many processes it is worked.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
EIGHTS = 9
"""The second largest of nine uniform draws follows Beta(8, 2)."""


class Draws:
    """Keyed draws. `who` is the id of a case (or provider, officer); `occasion` says what is drawn, once in a life."""

    def __init__(self, seed: int) -> None:
        self._key = str(seed).encode()

    def share(self, who: str, occasion: str) -> float:
        """Uniform in [0, 1)."""
        digest = blake2b(f"{who}\x1f{occasion}".encode(), digest_size=8, key=self._key).digest()
        return int.from_bytes(digest) / 2**64

    def chance(self, rate: float, who: str, occasion: str) -> bool:
        """True with this probability."""
        return self.share(who, occasion) < rate

    def pick(self, weights: Mapping[T, float], who: str, occasion: str) -> T:
        """One of the keys, by weight; the weights need not add up to one."""
        left = self.share(who, occasion) * sum(weights.values())
        for one, weight in weights.items():
            left -= weight
            if left < 0:
                return one
        return next(reversed(list(weights)))

    def one_of(self, among: Sequence[T], who: str, occasion: str) -> T:
        """One of them, each as likely as the others."""
        return among[int(self.share(who, occasion) * len(among))]

    def whole(self, low: int, high: int, who: str, occasion: str) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.share(who, occasion) * (high - low + 1))

    def beta_8_2(self, who: str, occasion: str) -> float:
        """Beta(8, 2): mostly high, mean 0.8."""
        return sorted(self.share(who, f"{occasion}/{n}") for n in range(EIGHTS))[-2]
