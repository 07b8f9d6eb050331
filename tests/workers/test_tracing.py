"""Traces: a drain, its statements, a request, a command; and never a person. Without a collector nothing is imported."""

import os
import subprocess
import sys

from standins.collector import Collector

from caseflow.domain.commands import Asked, NoteAnswer
from caseflow.domain.words import Actor, Channel, Origin, Role
from caseflow.engine.handle import handle
from workers.launch import Crew

CANARY = "a canary nobody may hear"


def traced(url):
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "200"}


def run(code, env):
    argv = [sys.executable, "-c", code]
    ran = subprocess.run(argv, env={**os.environ, **env}, check=False, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran


def test_a_worker_shows_its_drains_with_their_statements_and_no_person(place):
    with Collector() as collector, Crew(place.env | traced(collector.url), ["react"]):
        (case,) = place.refer(1)
        said = NoteAnswer(Channel.TEXT, "free", text=CANARY)
        handle(place.app, [Asked("tracing-1", case, said, Actor("sam", Role.PARTICIPANT), Origin.CHANNEL)])
        place.eventually(lambda: [one for one in collector.spans if one.name == "drain react"], "drains are seen")
        place.eventually(lambda: _inside(collector), "their statements are seen below them")
    drains = [one for one in collector.spans if one.name == "drain react"]
    assert {one.service for one in drains} == {"caseflow react"}
    assert any(int(one.attributes["claimed"]) for one in drains)
    for word in (CANARY, "Sam", "07700", "example.org"):
        assert word.encode() not in collector.raw


def _inside(collector):
    """Statements whose parent is a drain."""
    drains = {one.id for one in collector.spans if one.name == "drain react"}
    return [one for one in collector.spans if one.parent in drains and "db.statement" in one.attributes]


def test_a_statement_that_fails_says_so_without_the_row_it_failed_on(place):
    """PostgreSQL repeats the row in DETAIL, and the instrumentation writes down what the driver says."""
    with Collector() as collector:
        run(
            "from caseflow.settings import tracing; tracing.begin('caseflow doors')\n"
            "import sqlalchemy as sa\n"
            "from caseflow.settings.deployment import deployment\n"
            "from caseflow.store.session import make_engine\n"
            "engine = make_engine(deployment().database_url)\n"
            "try:\n"
            "    with engine.begin() as connection:\n"
            "        row = {'body': 'Wilhelmina'}\n"
            "        connection.execute(sa.text(\"INSERT INTO texts (scheme_id, id, body) VALUES ('x', NULL, :body)\"), row)\n"
            "except sa.exc.IntegrityError: pass\n"
            "else: raise SystemExit('nothing failed')\n"
            "engine.dispose()",
            place.env | traced(collector.url),
        )
        place.eventually(lambda: any(one.name.startswith("INSERT") for one in collector.spans), "the statement is seen")
    assert b"not-null constraint" in collector.raw
    assert b"Wilhelmina" not in collector.raw


def test_a_command_and_a_request_are_spans(place):
    with Collector() as collector:
        env = place.env | traced(collector.url)
        run("from caseflow.cli import main; main(['case', 'list'])", env)
        assert {one.name for one in collector.spans if one.service == "caseflow command line"} >= {"command"}
        run(
            "from caseflow.settings import tracing; tracing.begin('caseflow doors')\n"
            "from fastapi.testclient import TestClient\n"
            "from caseflow.api.doors import make_app\n"
            "from caseflow.bootstrap import app_for\n"
            "from caseflow.settings.deployment import deployment\n"
            "settings = deployment(doors=('health',))\n"
            "app = app_for(settings)\n"
            "with TestClient(make_app(app, settings)) as client: client.get('/health/live?who=Wilhelmina')\n"
            "app.store.close(); app.bell.close()",
            env,
        )
    requests = [one for one in collector.spans if one.service == "caseflow doors" and one.name == "request"]
    assert [one.attributes for one in requests] == [{"route": "/health/live", "status": "200"}]
    at = collector.raw.find(b"Wilhelmina")
    assert at < 0, collector.raw[max(0, at - 400) : at + 60]


def test_without_a_collector_nothing_of_it_is_imported():
    ran = run(
        "import sys; from caseflow.settings import tracing; assert tracing.begin('x') is False\n"
        "with tracing.span('y') as said: said['z'] = 1\n"
        "print(sorted(name for name in sys.modules if name.startswith('opentelemetry')))",
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
    )
    assert ran.stdout.strip() == "[]"


def test_with_a_collector_and_without_the_extra_it_is_said_what_to_install():
    ran = run(
        "import sys; sys.modules['opentelemetry.sdk.trace'] = None\n"
        "import logging; logging.basicConfig()\n"
        "from caseflow.settings import tracing; assert tracing.begin('x') is False",
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
    )
    assert "pip install 'caseflow[otel]'" in ran.stderr
