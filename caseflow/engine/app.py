"""The engine's parts in one value, made by `bootstrap`; every verb takes it first."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from caseflow.domain.case import Stream
from caseflow.domain.policy import Policy
from caseflow.domain.words import Channel
from caseflow.engine.links import Draw, no_chance
from caseflow.engine.offences import Offences
from caseflow.engine.ports import Bell, Sender, Store, Words
from caseflow.engine.readings import Readings
from caseflow.engine.webhooks import Poster


@dataclass(frozen=True, slots=True)
class App:
    """What the verbs work with. `scheme` is the one the doors speak for; workers serve every scheme of the store.

    `hold_for` is how long (real time) a lease on notices lasts: longer than the senders' slowest batch, or another worker
    would take the rest of it; no longer, because that is how long a killed worker's notices wait. `retry_pause` (real
    time) is how long a message rests after its first failure; each later rest is twice as long, up to an hour.
    `poster` is there where a records system listens. `ids` makes a new unique id on each call; `batch` is the most
    streams one transaction takes. `offences` is the code table that referrals are looked up in. `refresh` makes the store
    read its policies again, for a version published since this process began. `told_to_stop` says whether this process
    has been: then what is begun is finished, and nothing else begun. `draw` draws what is secret about a message.
    """

    store: Store
    senders: Mapping[Channel, Sender]
    words: Words
    bell: Bell
    ids: Callable[[], str]
    offences: Offences
    scheme: str = ""
    batch: int = 500
    hold_for: timedelta = timedelta(minutes=3)
    retry_pause: timedelta = timedelta(seconds=30)
    readings: Readings | None = None
    poster: Poster | None = None
    refresh: Callable[[], None] = lambda: None
    told_to_stop: Callable[[], bool] = lambda: False
    draw: Draw = no_chance

    def policy(self, scheme: str, version: str) -> Policy:
        """The policy version a stream is bound to. Raises LookupError when the store does not hold it."""
        found = self.store.policies().get((scheme, version))
        if found is None:
            self.refresh()
            found = self.store.policies().get((scheme, version))
        if found is None:
            raise LookupError(
                f"policy {scheme}/{version} is not in the database: "
                f"`caseflow db upgrade` brings in config/schemes/{scheme}/{version}.yaml"
            )
        return found

    def policy_for(self, stream: Stream) -> Policy:
        """The policy version this stream is bound to."""
        return self.policy(stream.scheme, stream.policy_version)


@dataclass(slots=True)
class Counts:
    """What one run of a verb came to. Adding two gives both together."""

    claimed: int = 0  # streams, commands or notices taken
    events: int = 0  # facts written
    effects: int = 0  # wishes written, or messages handed to a channel
    failed: int = 0  # steps that will be tried again
    parked: int = 0  # work set aside
    lanes: set[str] = field(default_factory=set)  # where there is now work to do
    tally: Counter[str] = field(default_factory=Counter)  # for the watch: "delivery/text/accepted" → how many

    def __iadd__(self, other: "Counts") -> Self:
        self.claimed += other.claimed
        self.events += other.events
        self.effects += other.effects
        self.failed += other.failed
        self.parked += other.parked
        self.lanes |= other.lanes
        self.tally += other.tally
        return self

    @property
    def moved(self) -> bool:
        """Did anything change, so that looking again may find more?"""
        return bool(self.claimed)

    def counts(self) -> dict[str, int]:
        """The numbers alone, for logs and JSON."""
        return {
            "claimed": self.claimed,
            "events": self.events,
            "effects": self.effects,
            "failed": self.failed,
            "parked": self.parked,
        }


def ring(app: App, counts: Counts) -> Counts:
    """Ring the bell for every lane that has work now. Called after the commit, never inside it.

    New facts are work for the webhooks where there are receivers.
    """
    if counts.events and app.poster is not None and app.poster.endpoints:
        counts.lanes.add("publish")
    for lane in sorted(counts.lanes):
        app.bell.ring(lane)
    return counts
