"""The Celery app: ``celery -A workers.app worker -Q react``. What Celery gets wrong by default is answered here."""

import os
from typing import Any

from celery import Celery
from kombu import Queue

from caseflow.bell import LANES, VISIBILITY
from caseflow.settings.broker import read_broker
from workers.beat import SCHEDULE
from workers.leaving import LEAVE

QUEUES = (*LANES, "audit")
TASKS = (
    "workers.react", "workers.fire", "workers.deliver", "workers.publish", "workers.audit", "workers.bounces",
    "workers.watch",
)  # fmt: skip

SETTINGS: dict[str, Any] = {
    # Nothing to bring back, nothing but JSON, and no local time: civil time is the domain's.
    "task_ignore_result": True,
    "result_backend": None,
    "task_serializer": "json",
    "accept_content": ["json"],
    "enable_utc": True,
    "timezone": "UTC",
    # A hint that dies with its worker is handed out again; safe only because it says nothing.
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_acks_on_failure_or_timeout": True,
    # One hint at a time; no ETA exists, so the limit is a tripwire.
    "worker_prefetch_multiplier": 1,
    "worker_eta_task_limit": 100,
    # Above the budget of a drain (20 s), below the visibility of a hint (120 s). The solo pool knows no time limits:
    # there the database's own time-outs bound a task.
    "task_time_limit": 60,
    "task_soft_time_limit": 45,
    "worker_max_tasks_per_child": 1000,
    "task_publish_retry": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "worker_soft_shutdown_timeout": LEAVE,
    "worker_enable_soft_shutdown_on_idle": True,
    "worker_cancel_long_running_tasks_on_connection_loss": True,  # safe: the transaction rolls back
    "worker_hijack_root_logger": False,
    "worker_send_task_events": False,
    # Nobody steers a worker through the broker: signals stop it, and who gets at the broker gets at nothing else.
    "worker_enable_remote_control": False,
    "visibility_timeout": VISIBILITY,
    "result_backend_transport_options": {"visibility_timeout": VISIBILITY},
    "task_routes": {name: {"queue": name} for name in QUEUES}
    | {"tick": {"queue": "react"}, "bounces": {"queue": "audit"}},
    "task_create_missing_queues": False,
    "task_default_queue": "react",
    "beat_scheduler": "workers.beat:Scheduler",  # the schedule is data and lives in memory: no file to lose or lock
    "beat_schedule": SCHEDULE,
    "beat_max_loop_interval": 1,
    "imports": TASKS,
}

PUBLISHING = {"max_retries": 1, "interval_start": 0, "interval_step": 0.05, "interval_max": 0.1}
"""Publishing fails fast, whatever the broker."""
REDIS = {
    "visibility_timeout": VISIBILITY,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 2,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 15,
}
"""Redis and Valkey know no unacknowledged message; kombu keeps them, and these say for how long."""


def make_app(broker_url: str) -> Celery:
    """A Celery app on this broker (`settings.broker`) with our settings, queues and tasks."""
    broker = read_broker(broker_url)
    made = Celery("caseflow", task_cls="workers.hints:HintTask")
    made.conf.update(
        SETTINGS,
        # A queue a lane, so that a slow provider never delays a decision, nor a flood of timers a person.
        task_queues=[Queue(name, queue_arguments=broker.queue_arguments) for name in QUEUES],
        **broker.celery(**PUBLISHING, **({} if broker.kind == "amqp" else REDIS)),
    )
    return made


app = make_app(os.environ.get("CASEFLOW_BROKER_URL") or "redis://127.0.0.1:1/0")
