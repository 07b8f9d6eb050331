"""A database at Monday 10 January 2022, 10:00, cases in it, and real worker processes beside it."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from caseflow.bootstrap import app_for, new_id, prepare, rosters
from caseflow.domain.commands import Accept, Asked, Known, Refer
from caseflow.domain.words import Actor, Channel, Role
from caseflow.engine.app import App
from caseflow.engine.handle import handle
from caseflow.engine.ports import PersonIn
from caseflow.settings.deployment import Deployment
from caseflow.settings.paths import config_dir
from caseflow.store.postgres import PostgresStore
from workers.launch import Crew

MONDAY_10 = datetime(2022, 1, 10, 10, tzinfo=UTC)
OFFICER = Actor("fran", Role.ARRESTING_OFFICER)
PEOPLE = [
    PersonIn(
        "sam", "participant", "Sam", "Carter", addresses={Channel.TEXT: ("a-sam", "+447700900123", "unconfirmed")}
    ),
    PersonIn(
        "fran", "officer", "Fran", "Hall", addresses={Channel.EMAIL: ("a-fran", "fran.hall@example.org", "confirmed")}
    ),
]


def eventually(condition: Callable[[], bool], what: str, within: float = 45.0) -> None:
    """Wait until the condition holds; other processes do the work, so there is nothing to step."""
    pause, deadline = threading.Event(), time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within:.0f} s: {what}"
        pause.wait(0.05)


@dataclass
class Place:
    """One deployment under test."""

    deployment: Deployment
    app: App
    store: PostgresStore
    logs: Path

    @property
    def env(self) -> dict[str, str]:
        return {
            "CASEFLOW_ENVIRONMENT": "test",
            "CASEFLOW_DATABASE_URL": str(self.deployment.database_url),
            "CASEFLOW_BROKER_URL": str(self.deployment.broker_url),
            "CASEFLOW_DATA_DIR": str(self.deployment.data_dir),
            "CASEFLOW_BATCH": "20",  # many small batches, so that a kill lands in the middle of the work
        }

    @staticmethod
    def eventually(condition: Callable[[], bool], what: str, within: float = 45.0) -> None:
        """Wait until the condition holds."""
        eventually(condition, what, within)

    @staticmethod
    def reference(case: str) -> str:
        return f"DUR-22-{case[-12:]}"

    def referral(self, case: str, *, policy_version: str = "1", ref: str = "", participant: str = "sam") -> Asked:
        """One referral by Fran: of Sam, who has a phone, or of somebody who has mail."""
        refer = Refer(
            ref=ref or self.reference(case),
            disposal="deferred_prosecution",
            policy_version=policy_version,
            referred_at=MONDAY_10,
            offence_code="105A",
            offence_category="CE",
            offence_listed="CE",
            offence_date=date(2022, 1, 5),
            adult_on=date(2010, 1, 1),
            evidential_test=True,
            parties={Role.PARTICIPANT: participant, Role.ARRESTING_OFFICER: "fran", Role.OIC: "fran"},
            addresses={Channel.TEXT: Known("a-sam")}
            if participant == "sam"
            else {Channel.EMAIL: Known(f"a-{participant}")},
        )
        return Asked(f"refer {case}", case, refer, OFFICER)

    def refer(self, number: int, policy_version: str = "1") -> list[str]:
        """Refer so many people and accept them: each acceptance is a mail to the officer and ladders that open."""
        cases = [new_id() for _ in range(number)]
        roster = rosters(config_dir())["durham"]
        supervisor = Actor(roster.offices[Role.SUPERVISOR], Role.SUPERVISOR)
        asked = [self.referral(case, policy_version=policy_version) for case in cases]
        asked += [Asked(f"accept {case}", case, Accept(roster.navigators[0].id), supervisor) for case in cases]
        assert [answer.words for answer in handle(self.app, asked) if answer.refused] == []
        return cases

    def rows(self, statement: str, *values: object) -> list[tuple]:
        with psycopg.connect(str(self.deployment.database_url).replace("+psycopg", "")) as connection:
            return connection.execute(statement, values or None).fetchall()

    def idle(self) -> None:
        """Wait until nothing is unreacted, due, waiting or being sent."""
        eventually(self.store.quiescent, f"nothing left to do; see {self.logs}")

    def check_once(self, cases: list[str]) -> None:
        """Each of these cases told its officer once; no history has a gap; no notice went out twice."""
        mails = self.rows(
            "SELECT stream_id, state, attempts FROM notices WHERE purpose = 'officer_accepted' AND stream_id = ANY(%s)",
            cases,
        )
        assert sorted(str(stream) for stream, _, _ in mails) == sorted(cases)
        assert {state for _, state, _ in mails} == {"sent"}
        assert self.rows("SELECT stream_id FROM events GROUP BY scheme_id, stream_id HAVING max(seq) <> count(*)") == []
        assert self.rows("SELECT what, reason FROM parked") == []


@pytest.fixture(scope="module")
def place_with(
    database_url: str, broker_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Place]]:
    """A function that makes this module's deployment, with more settings by name."""
    made: list[tuple[PostgresStore, App]] = []

    def make(**settings: object) -> Place:
        folder = tmp_path_factory.mktemp("data")
        urls = {"database_url": database_url, "broker_url": broker_url}
        deployment = Deployment(environment="test", data_dir=folder, **urls, **settings)
        store = prepare(deployment, virtual=True, start=MONDAY_10)
        app = app_for(deployment, scheme="durham")
        with store.begin() as unit:
            unit.upsert_people("durham", PEOPLE)
        made.append((store, app))
        return Place(deployment, app, store, folder / "logs")

    yield make
    for store, app in made:
        app.bell.close()
        app.store.close()
        store.close()


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Place]) -> Place:
    """A deployment with the shipped schemes published, in virtual time."""
    return place_with()


@pytest.fixture(scope="module")
def crew(place: Place) -> Iterator[Crew]:
    """All the workers of one machine and two beats, supervised."""
    with Crew(place.env, log_dir=place.logs) as crew:
        yield crew
