"""A hint that could not be acknowledged: Celery's request, which forgets to give its place back.

A worker takes one hint at a time. Where the connection breaks just as a hint is acknowledged, kombu's Redis transport raises
before it has counted the hint as done, Celery writes that down and goes on: the one place stays taken, so the broker is
never asked again, so nobody notices that the connection is gone. The worker is deaf until its watch ends it (`workers/watch`).
"""

from typing import Any

from celery import Task
from celery.worker.request import Request
from kombu.transport import virtual


class HintRequest(Request):
    """Celery's request that gives the place of its hint back whether or not the broker heard of it."""

    def acknowledge(self) -> None:
        """Acknowledge, or give the place back: the next look at the broker then finds the connection gone, and mends it.

        The broker hands the hint out again after a while (`bell.VISIBILITY`), which does no harm.
        """
        super().acknowledge()
        qos: Any = getattr(self.message.channel, "qos", None)
        if not self.message.acknowledged and isinstance(qos, virtual.QoS):
            virtual.QoS.ack(qos, self.message.delivery_tag)


class HintTask(Task[Any, Any]):
    """A task whose hints are such requests."""

    Request = "workers.hints:HintRequest"
