"""Asked one thing after another, each about what the last answer told: it stays as described, and the history holds together."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from web_scheme import MONDAY, OWN, Scheme, navigator, supervisor

from caseflow.access import clients
from caseflow.access.who import SPEAKERS, Scope
from caseflow.api.doors import make_app
from caseflow.bell import SilentBell
from caseflow.bootstrap import Memory, app_for, prepare
from caseflow.domain.words import Channel
from caseflow.engine.audit import audit
from caseflow.messages.senders.memory import MemorySender
from caseflow.settings.deployment import Deployment


@pytest.fixture(scope="module")
def lived(fresh_database) -> Iterator[Scheme]:
    given = Deployment(database_url=fresh_database(), doors=("api",))
    prepare(given, virtual=True, start=MONDAY).close()
    senders = {channel: MemorySender() for channel in Channel}
    app = replace(app_for(given, scheme="durham", bell=SilentBell()), senders=senders)
    made = Scheme(Memory(app, app.store, senders))
    made.refer(OWN, "Sam", "Carter", navigator())
    yield made
    found = audit(app.readings, replay_every=1)
    app.store.close()
    assert [one.words for one in found.violations] == []


def test_one_thing_after_another(lived: Scheme):
    token = clients.add(lived.app, "durham", "anything", Scope, SPEAKERS)
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", make_app(lived.app, Deployment(doors=("api",))))
    keys = count(1)

    told: list[str] = []

    class Machine(described.as_state_machine()):
        def get_call_kwargs(self, case):
            return {"headers": {"Authorization": f"Bearer {token}"}}

        def before_call(self, case):
            if case.path_parameters.get("ref") == "":  # a referral that was refused tells none: its link leads nowhere
                case.path_parameters["ref"] = OWN
            if case.method == "POST":
                case.headers["Idempotency-Key"] = f"s:{next(keys)}"
            if isinstance(case.body, dict) and "by" in case.body:
                case.body["by"] = {"role": "supervisor", "person": supervisor()}

        def after_call(self, response, case):
            told.append(f"{case.operation.label} {response.status_code}")

    Machine.run(settings=settings(
        max_examples=15, stateful_step_count=8, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    ))  # fmt: skip
    followed = {one for one in told if "{ref}" in one and one.endswith(("200", "409"))}
    assert followed, "no answer led on to another door"
