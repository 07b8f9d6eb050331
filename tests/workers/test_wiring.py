"""The wiring: every queue rung is drained by a process, every task has a queue, and the settings say what we promise."""

import inspect

import celery.beat
import pytest

from caseflow.bell import LANES
from workers.app import QUEUES, SETTINGS, make_app
from workers.beat import SCHEDULE, Scheduler
from workers.run import CREW, arguments


@pytest.fixture(scope="module")
def app():
    made = make_app("redis://127.0.0.1:1/0")
    made.loader.import_default_modules()
    return made


def own_tasks(app):
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_every_lane_has_a_task_of_its_name(app):
    assert set(LANES) <= set(own_tasks(app))


def test_every_queue_is_drained_by_exactly_one_kind_of_process():
    drained = [queue for queues in CREW.values() for queue in queues]
    assert sorted(drained) == sorted(QUEUES)


def test_every_task_is_routed_to_a_queue_that_exists(app):
    for name in own_tasks(app):
        assert SETTINGS["task_routes"][name]["queue"] in QUEUES


def test_beat_asks_only_for_tasks_that_exist_and_asks_for_all(app):
    assert {entry["task"] for entry in SCHEDULE.values()} == set(own_tasks(app))


def test_hints_of_beat_expire_so_that_none_pile_up():
    for entry in SCHEDULE.values():
        assert entry["schedule"] < entry["options"]["expires"] <= max(5, 3 * entry["schedule"])


def test_no_task_takes_anything_but_a_limit(app):
    for task in own_tasks(app).values():
        assert list(inspect.signature(task.run).parameters) == ["limit"]


def test_no_task_is_longer_than_twelve_lines(app):
    for task in own_tasks(app).values():
        assert len(inspect.getsource(inspect.unwrap(task.run)).splitlines()) <= 12


def test_messages_are_json_and_bring_nothing_back(app):
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None


def test_a_hint_outlives_the_longest_task_and_nothing_waits_in_the_broker_for_long(app):
    visibility = app.conf.broker_transport_options["visibility_timeout"]
    assert app.conf.task_time_limit < visibility == app.conf.visibility_timeout == 120
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost


def test_beat_keeps_no_file(app):
    assert app.conf.beat_scheduler == "workers.beat:Scheduler"
    assert issubclass(Scheduler, celery.beat.Scheduler)
    assert not issubclass(Scheduler, celery.beat.PersistentScheduler)
    assert "--pidfile=" in arguments("beat")


@pytest.mark.parametrize("name", [name for name in CREW if name != "beat"])
def test_each_worker_listens_to_its_own_queues_only(name):
    given = arguments(name)
    assert given[given.index("-Q") + 1].split(",") == list(CREW[name])
