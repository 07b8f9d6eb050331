"""The composition root: what is published stays as it was, and what the database refuses spoils nobody else's work."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from caseflow.bootstrap import NoDatabase, NotPublishable, app_for, new_id, prepare, publish, seeded_ids
from caseflow.domain.commands import Asked, NoteDelivery, RecordContact
from caseflow.domain.words import Actor, ContactResult, Role
from caseflow.engine.advance import PATIENCE, react_events
from caseflow.engine.handle import handle
from caseflow.engine.inbox import absorb
from caseflow.imports.typed import policy_now
from caseflow.settings.deployment import Deployment
from caseflow.settings.paths import config_dir

SUPERVISOR = Actor("ruth", Role.SUPERVISOR)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The shipped configuration, to be edited."""
    return Path(shutil.copytree(config_dir(), tmp_path / "config"))


def test_publishing_again_publishes_nothing(place, config):
    assert publish(place.store, config) == []


def test_a_comment_is_no_change_of_a_policy(place, config):
    scheme = config / "schemes" / "durham" / "1.yaml"
    scheme.write_text("# a note for colleagues\n" + scheme.read_text())
    assert publish(place.store, config) == []


def test_an_edit_of_a_published_version_is_refused_in_words_that_help(place, config):
    scheme = config / "schemes" / "durham" / "1.yaml"
    scheme.write_text(scheme.read_text().replace("chases_per_week: 3", "chases_per_week: 4"))
    with pytest.raises(
        NotPublishable, match=r"schemes/durham/1.yaml was changed after it was published: give it a new"
    ):
        publish(place.store, config)


def test_a_new_version_is_published_beside_the_old_one(fresh_database, config, tmp_path):
    deployment = Deployment(
        environment="test", database_url=fresh_database(), data_dir=tmp_path, schemes_dir=config / "schemes"
    )
    store = prepare(deployment)
    durham = config / "schemes" / "durham"
    text = (durham / "1.yaml").read_text().replace("version: 1", "version: 2").replace('version: "1"', 'version: "2"')
    (durham / "2.yaml").write_text(text)
    running = app_for(deployment, scheme="durham")
    assert publish(store, config) == [("durham", "2")]
    assert policy_now(running, "durham")[0].version == "2"  # a process that began before refers by it
    assert running.policy("durham", "2").version == "2"
    running.store.close()
    store.close()


def test_without_a_database_the_refusal_says_what_to_do(tmp_path):
    with pytest.raises(NoDatabase, match="CASEFLOW_DATABASE_URL is not set"):
        app_for(Deployment(environment="test", data_dir=tmp_path))


def test_ids_come_in_order_of_time_and_the_same_seed_gives_the_same_ones():
    assert (first := new_id()) < new_id()
    assert len(first) == 36
    one, other = seeded_ids("seed"), seeded_ids("seed")
    assert [one(), one()] == [other(), other()]


def test_one_command_the_database_refuses_is_answered_and_the_others_are_recorded(place):
    cases = place.refer(40)
    asked = [Asked(f"spoke {case}", case, RecordContact(ContactResult.SPOKE), SUPERVISOR) for case in cases]
    asked[17] = replace(asked[17], command=RecordContact(ContactResult.SPOKE, channel="no \x00 in a table"))
    answers = handle(place.app, asked)
    assert [answer.code for answer in answers] == ["broken" if number == 17 else "" for number in range(40)]


def test_a_reference_that_is_taken_is_answered_and_the_others_are_recorded(place):
    (first,) = place.refer(1)
    again = place.referral(new_id(), ref=place.reference(first))
    fine = place.referral(new_id())
    assert [answer.code for answer in handle(place.app, [again, fine])] == ["broken", ""]


def test_a_command_in_the_inbox_that_the_database_refuses_is_parked_and_blocks_nobody(place):
    cases = place.refer(9)
    react_events(place.app)
    asked = [Asked(f"heard {case}", case, RecordContact(ContactResult.SPOKE), SUPERVISOR) for case in cases]
    asked[4] = replace(
        asked[4], command=place.referral(new_id(), ref=place.reference(cases[0])).command, stream=new_id()
    )
    with place.store.begin() as unit:
        unit.add_inbox([("durham", one) for one in asked])
    while absorb(place.app).claimed:
        pass
    assert place.rows("SELECT what FROM parked WHERE what LIKE 'command:%%'") == [(f"command:{asked[4].id}",)]
    assert place.rows("SELECT count(*) FROM inbox WHERE state = 'waiting'") == [(0,)]


def test_a_step_the_database_refuses_parks_its_stream_after_five_tries_and_no_other(place):
    shipped = place.app.policy("durham", "1")
    bad = replace(shipped.ladders["first_contact"], name="first\x00contact")  # PostgreSQL keeps no such character
    rules = shipped.disposals["deferred_prosecution"]
    poisoned = replace(
        shipped,
        version="poisoned",
        ladders={**shipped.ladders, bad.name: bad},
        opens={**shipped.opens, "accepted": (*shipped.opens["accepted"], bad)},
        disposals={**shipped.disposals, rules.name: replace(rules, ladders=(*rules.ladders, bad.name))},
    )
    place.app.store.set_policies({**place.app.store.policies(), ("durham", "poisoned"): poisoned})
    (victim,) = place.refer(1, policy_version="poisoned")
    place.refer(30)
    for _ in range(PATIENCE):
        while react_events(place.app).claimed:
            pass
        with place.store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE streams SET retry_at = NULL")  # its rest is over
    parked = place.rows("SELECT stream_id, what FROM parked WHERE what = 'stream'")
    assert [(str(stream), what) for stream, what in parked] == [(victim, "stream")]
    left = place.rows("SELECT id FROM streams WHERE react_at IS NOT NULL")
    assert [str(stream) for (stream,) in left] == [victim]


def test_a_receipt_for_a_case_nobody_knows_is_refused_and_remembered(place):
    note = NoteDelivery("k", "no_answer", "text", "delivered")
    asked = Asked("receipt 1", new_id(), note, Actor("system", Role.SYSTEM))
    assert handle(place.app, [asked])[0].code == "unknown_stream"
    assert handle(place.app, [asked])[0].repeat
