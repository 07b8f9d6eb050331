"""The fifth verb: the facts of cases go to the force's records system, at least once and in order, case by case.

No transaction is open while talking. A worker that dies costs the length of a lease; what it had posted is posted again,
under the same id. One case that fails holds back only itself.
"""

import hashlib
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from caseflow.domain.events import Completed, Recorded
from caseflow.engine.app import App, Counts
from caseflow.engine.faults import reason_of
from caseflow.engine.webhooks import Feed, FeedSettled, Posted, Poster

BATCH = 50
"""Cases leased at once of each receiver: a lame one takes no places from the others."""
FACTS = 20
"""Facts of one case posted in one lease; the rest is due again at once."""
TOGETHER = 16
"""Cases posted at the same time to one receiver."""
BUDGET = 10.0
"""Seconds after which no further request is begun; one that runs may take its own time-out (10 s) more."""
HOLD = timedelta(seconds=60)
"""Of real time: longer than a batch can take, and as long as a killed worker's cases wait."""
PATIENCE = timedelta(days=3)
"""How long (real time) a case's next fact is tried before it is parked."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Walked:
    """How far one feed came, and how many requests that took."""

    settled: FeedSettled
    posts: int = 0
    gone: str = ""


def publish(app: App, limit: int = BATCH) -> Counts:
    """lease | read the facts after sent_seq | post each case's in order, several cases at once | settle.

    Raises Unavailable when the database is away: leases run out by themselves.
    """
    poster = app.poster
    if poster is None or not poster.endpoints:
        return Counts()
    worker = app.ids()
    with app.store.begin() as unit:
        feeds = unit.lease_feeds(poster.endpoints, limit, FACTS, worker, HOLD)
    if not feeds:
        return Counts()
    walked = _walk_all(app, poster, feeds)
    with app.store.begin() as unit:
        unit.settle_feeds(worker, [one.settled for one in walked])
        for feed, one in zip(feeds, walked, strict=True):
            if one.gone:
                unit.disable_endpoint(feed.scheme, feed.endpoint, one.gone)
    return Counts(
        claimed=sum(1 for one in walked if one.settled.tried),
        effects=sum(one.posts for one in walked),
        failed=sum(1 for one in walked if one.settled.reason and not one.settled.parked),
        parked=sum(1 for one in walked if one.settled.parked),
    )


def _walk_all(app: App, poster: Poster, feeds: Sequence[Feed]) -> list[_Walked]:
    """In the order of the feeds. Each receiver has threads of its own: who waits for one keeps no other waiting."""
    end = time.monotonic() + BUDGET
    with ExitStack() as stack:
        pools = {
            receiver: stack.enter_context(ThreadPoolExecutor(TOGETHER, thread_name_prefix="publish"))
            for receiver in {(feed.scheme, feed.endpoint) for feed in feeds}
        }
        walks = [pools[feed.scheme, feed.endpoint].submit(_walk, app, poster, feed, end) for feed in feeds]
        return [walk.result() for walk in walks]


def _walk(app: App, poster: Poster, feed: Feed, end: float) -> _Walked:
    """One case's facts, one after the other, up to the first that is not taken."""
    sent, posts = feed.sent_seq, 0
    for fact in feed.facts:
        if poster.wants(fact):
            if time.monotonic() > end or app.told_to_stop():
                return _Walked(_settled(feed, sent, tried=posts > 0), posts)
            answer = _posted(app, poster, feed, fact)
            if not answer.taken:
                return _Walked(_failed(feed, sent, answer), posts, answer.detail if answer.gone else "")
            posts += 1
        sent = fact.seq
    if feed.broken:
        reason = f"its history cannot be read after fact {sent}: {feed.broken}"
        return _Walked(FeedSettled(feed.scheme, feed.endpoint, feed.stream, sent, reason=reason, parked=True), posts)
    return _Walked(_settled(feed, sent, tried=True), posts)


def _settled(feed: Feed, sent: int, *, tried: bool) -> FeedSettled:
    return FeedSettled(feed.scheme, feed.endpoint, feed.stream, sent, tried=tried)


def _posted(app: App, poster: Poster, feed: Feed, fact: Recorded) -> Posted:
    try:
        return poster.post(feed, fact, outcome_of(app, feed.scheme, feed.policy_version, feed.disposal, fact))
    except Exception as wrong:  # noqa: BLE001 - one case's policy or shape; its neighbours go
        return Posted(taken=False, detail=reason_of(wrong))


def outcome_of(app: App, scheme: str, policy_version: str, disposal: str, fact: Recorded) -> int | None:
    """The Home Office outcome number of a completed case, as its own policy version says; None for any other fact."""
    if not isinstance(fact.event, Completed):
        return None
    return app.policy(scheme, policy_version).disposals[disposal].outcome or None


def _failed(feed: Feed, sent: int, answer: Posted) -> FeedSettled:
    """Tried again after a pause, or parked when this fact has had its three days."""
    fresh = sent > feed.sent_seq  # another fact than the one that failed before
    parked = not fresh and not answer.gone and feed.failing_for >= PATIENCE
    wait = pause(feed, 0 if fresh else feed.attempts)
    if answer.retry_after is not None:
        wait = max(wait, min(answer.retry_after, LONGEST_PAUSE))
    return FeedSettled(
        feed.scheme, feed.endpoint, feed.stream, sent, reason=answer.detail, retry_in=wait, parked=parked
    )


def pause(feed: Feed, attempts: int) -> timedelta:
    """Real time to the next attempt: 5 s, doubling up to an hour, ±20 % drawn from the feed and the attempt."""
    drawn = hashlib.sha256(f"{feed.scheme}:{feed.endpoint}:{feed.stream}:{attempts}".encode()).digest()
    spread = 0.8 + 0.4 * int.from_bytes(drawn[:4], "big") / 2**32
    doubled: timedelta = FIRST_PAUSE * (1 << min(attempts, 16))
    return min(doubled, LONGEST_PAUSE) * spread
