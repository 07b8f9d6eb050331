"""Beat as data: rings every lane at intervals, in UTC. It knows no case and no civil time; two of it do no harm.

A hint expires after a few intervals, so that none pile up while a worker is away.
"""

from typing import Any


def _every(seconds: float, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": max(5.0, 3 * seconds), "ignore_result": True}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "react": _every(1, "react"),
    "fire": _every(1, "fire"),
    "deliver to people": _every(1, "deliver.people"),
    "deliver to others": _every(2, "deliver.others"),
    "publish": _every(2, "publish"),
    "tick": _every(5, "tick"),  # leaves a mark, so that workers notice when beat is silent
    "audit": _every(3600, "audit"),
}
