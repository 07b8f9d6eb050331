"""Is the machinery silent? Asked by who watches from outside, and before a sign of life is sent to somebody.

The mark of beat is left by a worker that heard it: so it tells that a beat, the broker, a worker and the database work.
"""

from datetime import datetime, timedelta

from caseflow.engine.readings import Health

BEAT = timedelta(seconds=60)
LAG = timedelta(minutes=5)
AUDIT_EVERY = timedelta(hours=1)
AUDIT = 2 * AUDIT_EVERY
"""So old the last audit may be."""
AUDIT_TRIED = timedelta(minutes=10)
"""An audit that began so long ago is done, or nobody will finish it."""


def audit_due(done: timedelta | None, begun: timedelta | None) -> bool:
    """Is an audit to begin? Given how long ago the last one was done, and the last one was begun; None: never.

    Asked every minute, from the first minute on; so whoever is started again and again comes to an audit, and to no more
    than one an hour (or one in ten minutes, where it is the audit that never comes to its end).
    """
    return (done is None or done >= AUDIT_EVERY) and (begun is None or begun >= AUDIT_TRIED)


def silences(
    health: Health, audit_age: timedelta | None, at: datetime, *, beat: timedelta = BEAT, lag: timedelta = LAG
) -> list[str]:
    """What stands still, a few words each; empty when all drains. `at` is real time (UTC)."""
    found = []
    if health.beat_at is None:
        found.append("beat has never been heard")
    elif at - health.beat_at > beat:
        found.append(f"beat has been silent for {_shown(at - health.beat_at)}")
    return found + lagging(health, lag) + _unaudited(audit_age)


def lagging(health: Health, bound: timedelta = LAG) -> list[str]:
    """The lanes whose oldest work has waited longer than the bound (scheme time)."""
    oldest = {
        "react": health.oldest_unreacted,
        "fire": health.oldest_overdue,
        "deliver": health.oldest_ready,
    }
    return [
        f"{lane} lags by {_shown(health.now - since)}"
        for lane, since in oldest.items()
        if since is not None and health.now - since > bound
    ]


def _unaudited(age: timedelta | None) -> list[str]:
    if age is None:
        return ["the audit has never run (the first comes a minute after beat has begun)"]
    return [f"the audit last ran {_shown(age)} ago"] if age > AUDIT else []


def _shown(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    return f"{seconds} s" if seconds < 300 else f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
