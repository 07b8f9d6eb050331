"""How the machinery is, for people who do not mend it: each light a code that pages put into words, with its numbers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow.engine.ports import Pause
from caseflow.engine.readings import Health
from caseflow.engine.silence import BEAT, LAG


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that is well or not. `n` is how many, `since` (UTC) from when; None where there is no such thing."""

    code: str  # at_work | clock | facts | alarms | messages | set_aside | unclear
    well: bool
    n: int = 0
    since: datetime | None = None


def signs(health: Health, pause: Pause | None, at: datetime, *, beat: timedelta = BEAT) -> list[Sign]:
    """Every sign, over the whole installation. `at` is real time (UTC); in a virtual database no clock drives the work."""
    lanes = (
        ("facts", health.unreacted, health.oldest_unreacted),
        ("alarms", health.overdue, health.oldest_overdue),
        ("messages", health.ready, health.oldest_ready),
    )
    heard = health.beat_at is not None and at - health.beat_at < beat
    return [
        Sign("at_work", pause is None and not health.paused, since=None if pause is None else pause.since),
        *([] if health.virtual else [Sign("clock", heard, since=health.beat_at)]),
        *(Sign(code, since is None or health.now - since < LAG, n, since) for code, n, since in lanes),
        Sign("set_aside", not health.parked, health.parked),
        Sign("unclear", not health.unknown, health.unknown),
    ]
