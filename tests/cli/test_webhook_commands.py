"""`caseflow webhooks …` on a real database, with a real receiver on loopback."""

import msgspec
import pytest
from receiver import SECRET, receiver

from caseflow.bootstrap import app_for
from caseflow.cli import contracts
from caseflow.domain.commands import Asked, Refer
from caseflow.domain.words import Actor, Role
from caseflow.engine.handle import handle
from caseflow.engine.publish import publish
from caseflow.settings.deployment import deployment


@pytest.fixture
def records():
    with receiver() as here:
        yield here


@pytest.fixture
def webhooks(scheme, records, tmp_path, monkeypatch, run):
    """The environment names a file with one receiver, and the database knows it."""
    text = (
        "format: 1\nallow: {hosts: [localhost], networks: [127.0.0.0/8, '::1/128']}\nendpoints:\n"
        f"  - {{scheme: durham, name: records, url: {records.url}, secrets: [{{env: RECORDS}}]}}\n"
    )
    (tmp_path / "webhooks.yaml").write_text(text)
    monkeypatch.setenv("RECORDS", SECRET)
    monkeypatch.setenv("CASEFLOW_WEBHOOKS_FILE", str(tmp_path / "webhooks.yaml"))
    assert run("db", "upgrade").code == 0
    return tmp_path / "webhooks.yaml"


@pytest.fixture
def app(webhooks):
    made = app_for(deployment(), scheme="durham")
    yield made
    made.bell.close()
    made.store.close()


def refer(app, case):
    now = app.readings.now()
    wish = Refer(
        ref=f"DUR-22-{case}", disposal="deferred_prosecution", policy_version="1", referred_at=now, offence_code="105A",
        offence_category="CE", offence_listed="CE", offence_date=now.date(), adult_on=now.date().replace(year=2010),
        parties={Role.PARTICIPANT: "sam", Role.ARRESTING_OFFICER: "fran", Role.OIC: "fran"}, addresses={},
        evidential_test=True,
    )  # fmt: skip
    answers = handle(app, [Asked(f"refer {case}", case, wish, Actor("fran", Role.ARRESTING_OFFICER))])
    assert [one.words for one in answers if one.refused] == []


def test_test_posts_a_signed_event_that_says_nothing(webhooks, records, run):
    ran = run("webhooks", "test")
    assert (ran.code, ran.out) == (0, "durham/records: taken\n")
    assert records.got[0].signed_with(SECRET)
    records.behave = lambda got, handler: 500
    ran = run("webhooks", "test", "--endpoint", "records")
    assert ran.code == 1
    assert "it answered 500" in ran.out


def test_check_says_where_the_names_lead_and_refuses_what_is_inside(webhooks, run):
    assert run("webhooks", "check").code == 0
    webhooks.write_text(webhooks.read_text().replace("[127.0.0.0/8, '::1/128']", "[]"))
    ran = run("webhooks", "check")
    assert ran.code == 1
    assert "not a public address" in ran.out


def test_a_faulty_file_is_refused_with_its_place(webhooks, run):
    webhooks.write_text(webhooks.read_text().replace("name: records", "nam: records"))
    ran = run("webhooks", "check")
    assert ran.code == 1
    assert "endpoints[0].nam" in ran.err


def test_a_receivers_whole_life(app, records, run):
    """Gone, enabled, replayed: each step in the list and in the doctor's lights."""
    records.behave = lambda got, handler: 410
    refer(app, "life")
    publish(app)
    ran = run("webhooks", "list", "--json")
    (line,) = msgspec.convert(ran.json(), contracts.FeedList).feeds
    assert (line.disabled, line.waiting) == ("it answered 410 Gone", 1)
    assert "disabled: it answered 410 Gone" in run("webhooks", "list").out
    assert "caseflow webhooks enable records" in run("doctor").out
    records.behave = lambda got, handler: 204
    assert "facts of 1 cases" in run("webhooks", "enable", "records", "--scheme", "durham").out
    publish(app)
    assert [got.event["type"] for got in records.taken] == ["caseflow.referred.v2"]
    assert "1 ways" in run("webhooks", "replay", "--case", "DUR-22-life").out
    publish(app)
    first, again = [got.headers["webhook-id"] for got in records.taken]
    assert first == again
    assert first.startswith("durham:life:1:")
    assert "0 ways" in run("webhooks", "replay", "--parked").out
    assert "1 ways" in run("webhooks", "replay", "--since", "2022-01-01", "--endpoint", "records").out


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("replay",), 2, "say one of"),
        (("replay", "--parked", "--since", "2022-01-01"), 2, "say one of"),
        (("replay", "--since", "yesterday"), 2, "2026-01-31"),
        (("replay", "--case", "DUR-22-none"), 1, "no case"),
        (("enable", "other", "--scheme", "durham"), 1, "no receiver other"),
        (("test", "--endpoint", "other"), 1, "no such receiver"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(webhooks, run, argv, code, words):
    ran = run("webhooks", *argv)
    assert (ran.code, words in ran.err) == (code, True)


def test_without_a_file_there_is_nothing_to_check(scheme, run):
    ran = run("webhooks", "check")
    assert ran.code == 1
    assert "CASEFLOW_WEBHOOKS_FILE" in ran.err
