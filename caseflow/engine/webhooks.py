"""What webhooks pass between the store, the verb `publish` and who posts them. Instants are aware UTC datetimes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from caseflow.domain.events import Recorded


@dataclass(frozen=True, slots=True)
class Feed:
    """One case's way to one receiver, leased: its next facts in order. `failing_for` is real time since it first failed.

    `broken` says why its history cannot be read; then `facts` are those before that place.
    """

    scheme: str
    endpoint: str
    stream: str
    ref: str
    disposal: str
    policy_version: str
    sent_seq: int
    facts: tuple[Recorded, ...]
    attempts: int = 0
    failing_for: timedelta = timedelta(0)
    broken: str = ""


@dataclass(frozen=True, slots=True)
class FeedSettled:
    """How far a leased feed came. `reason` is empty when nothing failed; `tried` False when its turn did not come."""

    scheme: str
    endpoint: str
    stream: str
    sent_seq: int
    tried: bool = True
    reason: str = ""
    retry_in: timedelta = timedelta(0)  # real time
    parked: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """What a receiver answered: taken, gone for good (410), or not taken (`detail` says why)."""

    taken: bool
    detail: str = ""
    gone: bool = False
    retry_after: timedelta | None = None  # what it asked for


class Poster(Protocol):
    """Posts facts to the receivers of the configuration, each a (scheme, name). Safe to share between threads."""

    @property
    def endpoints(self) -> Sequence[tuple[str, str]]: ...

    def wants(self, fact: Recorded) -> bool:
        """Does this kind of fact leave the house at all?"""

    def post(self, feed: Feed, fact: Recorded, outcome: int | None) -> Posted:
        """One request, bounded in time. `outcome` is the outcome number of a completed case. Never raises."""
