"""Beat as data: rings every lane at intervals, in UTC. It knows no case and no civil time; two of it do no harm.

A hint expires after a few intervals, so that none pile up while a worker is away.
"""

from typing import Any

from celery import beat

from workers import health


def _every(seconds: float, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": max(5.0, 3 * seconds), "ignore_result": True}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "react": _every(1, "react"),
    "fire": _every(1, "fire"),
    "deliver to people": _every(1, "deliver.people"),
    "deliver to others": _every(2, "deliver.others"),
    "publish": _every(2, "publish"),
    "tick": _every(5, "tick"),  # leaves a mark, so that workers notice when beat is silent
    "audit": _every(60, "audit"),  # runs once an hour; asked more often, so that the first comes soon
    "bounces": _every(60, "bounces"),
}


class Scheduler(beat.Scheduler):
    """Celery's, with its schedule in memory; but it calls the broker anew when the line was cut, and shows that it lives.

    Left alone it keeps a RabbitMQ connection that the server closed, and every ring fails from then on.
    """

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **given: Any) -> Any:  # noqa: FBT001, FBT002 - Celery's own signature
        try:
            sent = super().apply_async(entry, producer=producer, advance=advance, **given)
        except beat.SchedulingError:
            self.close()  # connection and producer; both are made again when next asked for
            raise
        health.sign()
        return sent
