"""A hint whose acknowledgement is lost with the connection: its place is free again, or the worker hears nothing more."""

from urllib.parse import urlsplit

import pytest
from celery.worker.request import Request
from relay import Relay

from workers.app import make_app
from workers.hints import HintRequest


@pytest.fixture
def cut_off(broker_url):
    """A hint that was taken from the broker, and a broker that is gone before it can be acknowledged."""
    parts = urlsplit(broker_url)
    with Relay((str(parts.hostname), int(parts.port or 0))) as relay:
        app = make_app(relay.through(broker_url))
        app.loader.import_default_modules()
        app.send_task("react", queue="react")
        with app.connection_for_read() as connection:
            consumer = app.amqp.TaskConsumer(connection.default_channel, queues=[app.amqp.queues["react"]])
            consumer.qos(prefetch_count=1)
            taken = []
            consumer.register_callback(lambda _, message: taken.append(message))
            with consumer:
                connection.drain_events(timeout=10)
                relay.cut()
                yield app, taken[0], connection.connection_errors
                relay.heal()
        app.close()


def acknowledge(cls, app, message, errors):
    request = cls(message, app=app, task=app.tasks["react"], on_ack=message.ack_log_error, connection_errors=errors)
    request.acknowledge()
    return message.channel.qos.can_consume()


def test_its_place_is_free_again(cut_off):
    assert acknowledge(HintRequest, *cut_off)


def test_with_celerys_own_request_it_stays_taken(cut_off):
    """The day this fails, `workers/hints.py` can go."""
    assert not acknowledge(Request, *cut_off)


def test_every_task_of_a_worker_makes_such_requests(broker_url):
    with make_app(broker_url) as app:
        app.loader.import_default_modules()
        ours = [task for name, task in app.tasks.items() if not name.startswith("celery.")]
        assert ours
        assert {task.Request for task in ours} == {"workers.hints:HintRequest"}
