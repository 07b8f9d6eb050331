"""Webhooks over a restore: the receiver keeps each id once, and still hears everything that happened in either life."""

from pathlib import Path

import pytest
from backups import dump, restore
from receiver import SECRET, Receiver, receiver

from caseflow.bootstrap import app_for, new_id
from caseflow.domain.commands import Asked, Withdraw
from caseflow.domain.words import Actor, Role
from caseflow.engine import pausing
from caseflow.engine.advance import react_events
from caseflow.engine.handle import handle
from caseflow.engine.publish import publish
from caseflow.store.postgres import PostgresStore
from tests.workers.conftest import MONDAY_10, Place


@pytest.fixture
def records():
    with receiver() as here:
        yield here


@pytest.fixture
def webhooks_file(records: Receiver, tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text(SECRET)
    file = tmp_path / "webhooks.yaml"
    file.write_text(
        "format: 1\n"
        "allow: {hosts: [localhost], networks: [127.0.0.0/8, '::1/128']}\n"
        f"endpoints: [{{scheme: durham, name: records, url: {records.url}, secrets: [{{file: secret}}]}}]\n"
    )
    return file


def published(place: Place) -> None:
    """Everything that leaves the house has left it."""
    while react_events(place.app).moved or publish(place.app).claimed:
        pass


def withdrawn(place: Place, case: str) -> int:
    """The person stops; returns the fact's number."""
    asked = Asked(new_id(), case, Withdraw(), Actor("nav", Role.NAVIGATOR))
    (answer,) = handle(place.app, [asked])
    assert not answer.refused, answer.words
    (row,) = place.rows("SELECT seq FROM events WHERE stream_id = %s AND kind = 'withdrawn'", case)
    return int(row[0])


def kept(records: Receiver) -> dict[str, dict]:
    """What a receiver has that goes by the how-to: each id once, as it came first."""
    found: dict[str, dict] = {}
    for got in records.taken:
        found.setdefault(got.headers["webhook-id"], got.event)
    return found


def of_case(records: Receiver, ref: str) -> list[tuple[int, str]]:
    return [(int(one["sequence"]), one["type"]) for one in kept(records).values() if one["subject"] == ref]


def test_after_a_restore_the_receiver_takes_what_is_new_and_knows_what_it_has(
    place_with, records, webhooks_file, fresh_database, tmp_path
):
    first = place_with(webhooks_file=webhooks_file)
    (case,) = first.refer(1)
    ref = first.reference(case)
    while react_events(first.app).moved:
        pass
    dump_of_ten = dump(first.deployment.database_url, tmp_path / "caseflow.dump")
    published(first)
    before = of_case(records, ref)
    told_before = kept(records)
    assert [kind for _, kind in before] == ["caseflow.referred.v2", "caseflow.accepted.v1"]
    lost = withdrawn(first, case)
    published(first)
    assert of_case(records, ref)[2:] == [(lost, "caseflow.withdrawn.v1")]

    url = fresh_database(migrated=False)
    restore(dump_of_ten, url)
    deployment = first.deployment.model_copy(update={"database_url": url})
    store, app = PostgresStore(url), app_for(deployment, scheme="durham")
    second = Place(deployment, app, store, tmp_path / "logs")
    try:
        store.set_clock(MONDAY_10.replace(hour=11))
        came = len(records.taken)
        assert withdrawn(second, case) == lost, "another fact, and the number comes again"
        published(second)
        assert len(records.taken) == came, "nothing leaves while it is paused"
        pausing.resume(app)
        published(second)
        assert of_case(records, ref) == [*before, (lost, "caseflow.withdrawn.v1"), (lost, "caseflow.withdrawn.v1")]
        assert kept(records).items() >= told_before.items(), "what was in the backup came again, and was known"
        assert len(records.taken) - came == len(before) + 1

        with store.begin() as unit:
            unit.replay("durham", endpoint="records")
        known = kept(records)
        published(second)
        assert kept(records) == known, "a replay in either life brings nothing new"
    finally:
        app.bell.close()
        app.store.close()
        store.close()
