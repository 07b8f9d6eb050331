"""Is it well? Answered at once, also when the database hangs."""

import os
import signal
import time

import psycopg
import pytest
import requests
from standins.doors import serving

from caseflow.api.doors import make_app
from caseflow.bootstrap import app_for, prepare
from caseflow.engine.measures import MEASURES
from caseflow.settings.deployment import Deployment


@pytest.fixture(scope="module")
def place(database_url, broker_url):
    settings = Deployment(environment="test", database_url=database_url, broker_url=broker_url, doors=("health",))
    store = prepare(settings)
    app = app_for(settings)
    with serving(make_app(app, settings)) as url:
        yield url, store, settings
    app.bell.close()
    app.store.close()
    store.close()


def ask(place, path):
    return requests.get(place[0] + path, timeout=10)


def measured(place):
    lines = [line for line in ask(place, "/metrics").text.splitlines() if not line.startswith("#")]
    return dict(line.rsplit(" ", 1) for line in lines)


def test_live_needs_nothing_but_the_process(place):
    assert ask(place, "/health/live").json()["alive"] == "yes"


def test_ready_says_what_is_well_and_what_is_silent(place):
    answer = ask(place, "/health/ready")
    assert (answer.status_code, answer.json()["database"], answer.json()["broker"]) == (200, "answers", "answers")
    assert "silent" in answer.json()["beat"]
    place[1].mark("beat")
    assert ask(place, "/health/ready").json()["beat"] == "heard"


def test_the_watch_is_told_every_measure(place):
    _, store, _ = place
    store.tally({"delivery/text/accepted": 3, "failed": 1, "facts": 20})
    store.tally({"delivery/text/accepted": 2})
    store.audited(violations=0, warnings=4)
    store.mark("beat")
    found = measured(place)
    assert found['caseflow_deliveries_total{channel_result="text/accepted"}'] == "5.0"
    assert found['caseflow_audit_findings{kind="warnings"}'] == "4.0"
    assert (found["caseflow_up"], found["caseflow_failures_total"], found["caseflow_facts_total"]) == (
        "1.0",
        "1.0",
        "20.0",
    )
    names = {name.partition("{")[0] for name in found}
    assert names == {measure.name for measure in MEASURES}


def test_without_a_broker_it_is_ready_and_says_so(place, database_url):
    settings = Deployment(
        environment="test", database_url=database_url, broker_url="redis://127.0.0.1:1/0", doors=("health",)
    )
    app = app_for(settings)
    with serving(make_app(app, settings)) as url:
        answer = requests.get(f"{url}/health/ready", timeout=10)
        assert (answer.status_code, answer.json()["broker"][:4]) == (200, "away")
        assert "caseflow_queue_hints" not in requests.get(f"{url}/metrics", timeout=10).text
    app.bell.close()
    app.store.close()


def test_a_database_that_hangs_gets_a_no_within_seconds(place, database_url):
    with psycopg.connect(database_url.replace("+psycopg", "")) as other:
        ask(place, "/health/ready")
        pids = [row[0] for row in other.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'caseflow' AND datname = current_database()"
        )]  # fmt: skip
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answers = [ask(place, "/health/ready") for _ in range(2)]
        took = time.monotonic() - began
        up = measured(place)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    assert [answer.status_code for answer in answers] == [503, 503]
    assert "has not answered" in answers[0].json()["database"]
    assert took < 8
    assert up == {"caseflow_up": "0.0"}


def test_no_pages_of_documentation_are_open(place):
    assert [ask(place, path).status_code for path in ("/docs", "/redoc")] == [404, 404]
