"""Asked whatever its description allows, and much that it forbids: it answers as it says, and never breaks.

On PostgreSQL, where a text may hold less than JSON may, and with cases that the answers find.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from web_scheme import MONDAY, OWN, Scheme, navigator, supervisor

from caseflow.access import clients
from caseflow.access.who import SPEAKERS, Scope
from caseflow.api.doors import make_app
from caseflow.api.openapi import FILE, text
from caseflow.api.v1.serving import description
from caseflow.bell import SilentBell
from caseflow.bootstrap import Memory, app_for, prepare
from caseflow.domain.words import Channel
from caseflow.engine.audit import audit
from caseflow.messages.senders.memory import MemorySender
from caseflow.settings.deployment import Deployment


@pytest.fixture(scope="module")
def lived(fresh_database) -> Iterator[Scheme]:
    """Sam Carter's case, on PostgreSQL."""
    given = Deployment(database_url=fresh_database(), doors=("api",))
    store = prepare(given, virtual=True, start=MONDAY)
    store.close()
    senders = {channel: MemorySender() for channel in Channel}
    app = replace(app_for(given, scheme="durham", bell=SilentBell()), senders=senders)
    made = Scheme(Memory(app, app.store, senders))
    made.refer(OWN, "Sam", "Carter", navigator())
    yield made
    found = audit(app.readings, replay_every=1)
    app.store.close()
    assert [one.words for one in found.violations] == []


@pytest.fixture(scope="module")
def token(lived: Scheme) -> str:
    return clients.add(lived.app, "durham", "anything", Scope, SPEAKERS)


@pytest.fixture(scope="module")
def described(lived: Scheme):
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", make_app(lived.app, Deployment(doors=("api",))))


KEYS = count(1)
DOORS = [(path, method) for path, doors in description()["paths"].items() for method in doors]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("path", "method"), DOORS)
def test_whatever_is_asked_is_answered_as_described(
    described, token: str, path: str, method: str, mode: GenerationMode
):
    door = described[path][method.upper()]

    @given(case=door.as_strategy(generation_mode=mode))
    @settings(
        max_examples=20, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def ask(case: schemathesis.Case) -> None:
        if mode == GenerationMode.POSITIVE:
            if case.path_parameters:
                case.path_parameters["ref"] = OWN  # a case that is there, or the rules would never be asked
            if method == "post":
                case.headers["Idempotency-Key"] = f"{path}:{next(KEYS)}"  # one for each wish, as the description says
            if isinstance(case.body, dict) and "by" in case.body:
                case.body["by"] = {"role": "supervisor", "person": supervisor()}
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"})

    ask()


def test_the_file_says_what_the_api_says():
    assert FILE.read_text(encoding="utf-8") == text(), "run: python -m caseflow.api.openapi"
