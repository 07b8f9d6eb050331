"""What the watch is told: every measure with its meaning, and when somebody should be woken for it.

Read afresh at each scrape, a few statements over partial indexes; counts of deliveries and failures come from the
`tallies` that workers add to, so that they hold for all processes of all machines. Nothing is told of a case or person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from caseflow import __version__
from caseflow.engine.readings import Health


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `label` is the name of its label ("" for none); `alert` says when to wake somebody, "" for never."""

    name: str
    kind: str  # gauge | counter
    says: str
    label: str = ""
    alert: str = ""


MEASURES = (
    Measure("caseflow_up", "gauge", "1 where the database answers", alert="0 for 2 minutes"),
    Measure("caseflow_build", "gauge", "1; the version is its label", "version"),
    Measure(
        "caseflow_lag_seconds", "gauge", "How long the oldest work of a lane has waited (scheme time)", "lane",
        "above 300 for 5 minutes: start or add workers of that lane",
    ),
    Measure("caseflow_waiting", "gauge", "Work that is due and not done, by lane", "lane"),
    Measure(
        "caseflow_paused", "gauge", "1 where nothing is done by itself, such as in a restored backup",
        alert="above 0 and nobody has paused it: `caseflow doctor` says why",
    ),
    Measure(
        "caseflow_parked", "gauge", "Work set aside with its reason", alert="above 0: `caseflow audit` lists it"
    ),
    Measure(
        "caseflow_unclear_sends", "gauge", "Messages of which nobody knows whether they went",
        alert="growing: look at the channel; `caseflow audit` lists them",
    ),
    Measure(
        "caseflow_receipts_waiting", "gauge", "Receipts that no message was found for (100 at most are counted)",
        alert="above 0 for a day: was a backup restored?",
    ),
    Measure(
        "caseflow_beat_age_seconds", "gauge", "Since a worker last heard beat",
        alert="above 60: the scheduler is silent; chases, breaches and returns stand still",
    ),
    Measure(
        "caseflow_audit_age_seconds", "gauge", "Since the last audit", alert="above 7200: the audit does not run"
    ),
    Measure(
        "caseflow_audit_findings", "gauge", "What the last audit found", "kind",
        "violations above 0: `caseflow audit` says what to do",
    ),
    Measure(
        "caseflow_queue_hints", "gauge", "Hints that wait in the broker; missing while it is away", "queue",
        "missing for 5 minutes: the broker is away; work goes on more slowly with none",
    ),
    Measure("caseflow_deliveries_total", "counter", "Attempts by channel and what they came to", "channel_result",
            "failed or unknown growing faster than accepted: look at the channel"),
    Measure("caseflow_facts_total", "counter", "Facts that the workers wrote"),
    Measure(
        "caseflow_failures_total", "counter", "Steps that failed and will be tried again",
        alert="growing steadily: the log names them",
    ),
)  # fmt: skip
"""In this order on the page and in the documentation."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found. `hints` is None while the broker is away."""

    at: datetime  # real time, UTC
    health: Health
    tallies: Mapping[str, int]
    audit_age: timedelta | None
    receipts: int
    hints: Mapping[str, int] | None


def values(seen: Seen) -> dict[str, dict[str, float]]:
    """Every measure's values by label ("" where it has none). What is not known is left out."""
    health = seen.health
    found: dict[str, dict[str, float]] = {
        "caseflow_up": {"": 1},
        "caseflow_build": {__version__: 1},
        "caseflow_waiting": {
            "react": health.unreacted,
            "fire": health.overdue,
            "deliver": health.ready,
            "inbox": health.inbox,
        },
        "caseflow_lag_seconds": {
            "react": _age(health.now, health.oldest_unreacted),
            "fire": _age(health.now, health.oldest_overdue),
            "deliver": _age(health.now, health.oldest_ready),
        },
        "caseflow_paused": {"": float(health.paused)},
        "caseflow_parked": {"": health.parked},
        "caseflow_unclear_sends": {"": health.unknown},
        "caseflow_receipts_waiting": {"": seen.receipts},
        "caseflow_audit_findings": _under("audit/", seen.tallies),
        "caseflow_deliveries_total": _under("delivery/", seen.tallies),
        "caseflow_facts_total": {"": seen.tallies.get("facts", 0)},
        "caseflow_failures_total": {"": seen.tallies.get("failed", 0)},
    }
    if health.beat_at is not None:
        found["caseflow_beat_age_seconds"] = {"": _age(seen.at, health.beat_at)}
    if seen.audit_age is not None:
        found["caseflow_audit_age_seconds"] = {"": seen.audit_age.total_seconds()}
    if seen.hints is not None:
        found["caseflow_queue_hints"] = {queue: float(count) for queue, count in seen.hints.items()}
    return found


def _age(now: datetime, since: datetime | None) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _under(prefix: str, tallies: Mapping[str, int]) -> dict[str, float]:
    return {name.removeprefix(prefix): float(count) for name, count in tallies.items() if name.startswith(prefix)}
