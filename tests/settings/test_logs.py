"""Logs: one object a line, and no person in it."""

import io
import json
import logging

import pytest
import structlog

from caseflow.engine.faults import WITHHELD
from caseflow.settings.logs import configure


@pytest.fixture
def log():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure("INFO", json=True, stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_an_event_is_one_json_object_in_utc(log):
    structlog.get_logger("caseflow.engine").info("handled", cases=3)
    (line,) = log()
    assert (line["event"], line["cases"], line["level"], line["logger"]) == ("handled", 3, "info", "caseflow.engine")
    assert line["timestamp"].endswith("Z")


def test_the_standard_library_and_bound_context_go_the_same_way(log):
    with structlog.contextvars.bound_contextvars(case="DUR-22-000417"):
        logging.getLogger("celery").warning("beat has been silent for %s s", 90)
    (line,) = log()
    assert line["event"] == "beat has been silent for 90 s"
    assert line["case"] == "DUR-22-000417"


def test_known_personal_keys_are_withheld_at_any_depth(log):
    structlog.get_logger().info("sent", first_name="Ada", detail={"to": "ada@example.org", "kind": "chase"})
    (line,) = log()
    assert line["first_name"] == WITHHELD
    assert line["detail"] == {"to": WITHHELD, "kind": "chase"}


@pytest.mark.parametrize("secret", ["07700 900123", "+447700900123", "01632 960 001", "ada.lovelace@example.org"])
def test_numbers_and_addresses_inside_a_text_are_masked(log, secret):
    structlog.get_logger().info(f"cannot reach {secret}, giving up")
    (line,) = log()
    assert line["event"] == f"cannot reach {WITHHELD}, giving up"


def test_an_exception_is_logged_without_the_address_in_its_words(log):
    try:
        int("ada@example.org")
    except ValueError:
        logging.getLogger("caseflow").exception("refused")
    (line,) = log()
    assert "ValueError" in line["exception"]
    assert "ada@example.org" not in line["exception"]


def test_a_password_in_an_address_is_masked(log):
    structlog.get_logger().info("connected to postgresql://caseflow:hunter2@db.example/caseflow")
    assert "hunter2" not in json.dumps(log())


def test_ids_instants_and_counts_are_left_as_they_are(log):
    structlog.get_logger().info("fired", case="DUR-22-000417", at="2026-11-23T09:00:00.012345+00:00", n=1234567890123)
    (line,) = log()
    assert (line["case"], line["at"], line["n"]) == ("DUR-22-000417", "2026-11-23T09:00:00.012345+00:00", 1234567890123)


def test_lines_below_the_level_are_not_written(log):
    structlog.get_logger().debug("detail")
    assert log() == []


def test_the_words_of_an_error_about_data_are_withheld_and_its_place_is_told(log):
    try:
        {}["Zanzibaria"]
    except KeyError as wrong:
        logging.getLogger("caseflow").exception("cannot word it: %s", wrong)  # noqa: TRY401 - what others do
    (line,) = log()
    assert "test_logs.py" in line["exception"]
    assert line["event"] == f"cannot word it: KeyError: {WITHHELD}"
    assert "KeyError: 'Zanzibaria'" not in json.dumps(line)


def test_an_error_of_a_machine_keeps_its_words(log):
    try:
        raise ConnectionRefusedError(111, "Connection refused")
    except OSError:
        logging.getLogger("caseflow").exception("no broker")
    assert "Connection refused" in log()[0]["exception"]


def test_what_celery_says_of_a_failed_task_is_without_its_words(log):
    try:
        int("Zanzibaria")
    except ValueError as wrong:
        given = {"name": "react", "id": "1", "exc": repr(wrong), "traceback": repr(wrong), "args": "()", "kwargs": "{}"}
        logging.getLogger("celery.app.trace").error("Task %(name)s raised: %(exc)s %(traceback)s", given, exc_info=True)  # noqa: G201 - as Celery does
    (line,) = log()
    assert line["event"].startswith(f"Task react raised: ValueError: {WITHHELD}")
    assert "ValueError: invalid" not in json.dumps(line)


def test_a_line_brings_the_context_it_was_given_and_nothing_else(log):
    given = {"scheme": "durham", "stream": "case-1", "reason": "no policy", "surname": "Zanzibaria"}
    logging.getLogger("caseflow.engine").warning("a step failed", extra=given)
    (line,) = log()
    assert (line["scheme"], line["stream"], line["reason"]) == ("durham", "case-1", "no policy")
    assert "surname" not in line
