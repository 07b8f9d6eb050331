"""The restore drill: a backup taken while the workers run, a server that is lost, a fresh one, and nobody written to twice."""

from datetime import timedelta

import pytest
from backups import dump, restore
from standins.notify import KEY, StandIn
from standins.smtp import MailServer

from caseflow.bell import depths
from caseflow.bootstrap import app_for, new_id, rosters
from caseflow.domain.commands import Accept, Asked
from caseflow.domain.words import Actor, Channel, Role
from caseflow.embedded import Servers
from caseflow.engine import pausing
from caseflow.engine.audit import audit
from caseflow.engine.handle import handle
from caseflow.engine.ports import PersonIn
from caseflow.settings.paths import config_dir
from caseflow.store.postgres import PostgresStore
from tests.workers.conftest import MONDAY_10, Place, eventually
from workers.launch import Crew

pytestmark = pytest.mark.drill

PAT = PersonIn(
    "pat", "participant", "Pat", "Moss", addresses={Channel.EMAIL: ("a-pat", "pat@example.org", "unconfirmed")}
)
LANES = ("react", "fire", "people", "others")


@pytest.fixture
def mailbox():
    """A mail server that keeps what it gets; there is no asking it."""
    with MailServer() as running:
        yield running


@pytest.fixture
def elsewhere(data_dir):
    """A fresh server, as it stands there after the old one is lost."""
    with Servers(data_dir, "test", fast=True) as servers:
        yield servers


def test_a_backup_restored_on_a_fresh_server_writes_to_nobody_twice(place_with, mailbox, elsewhere, tmp_path):
    with StandIn() as notify:
        settings = {
            "sender": "notify", "sender_email": "smtp", "smtp_host": "127.0.0.1", "smtp_port": mailbox.port,
            "smtp_from": "caseflow@example.org", "notify_url": notify.url, "notify_key": KEY,
            "notify_template_text": "t-text", "notify_template_email": "t-email", "notify_template_letter": "t-letter",
            "notify_look_after": 2.0,
        }  # fmt: skip
        first = place_with(**settings)
        with first.store.begin() as unit:
            unit.upsert_people("durham", [PAT])
        env = {f"CASEFLOW_{name.upper()}": str(value) for name, value in settings.items()}

        # Two people are referred in the morning; their chases of two o'clock wait when the backup is taken, and go after it.
        with Crew(first.env | env, ["react", "fire", "others", "beat"], log_dir=first.logs):
            sam, pat = refer(first, "sam", 1), refer(first, "pat", 2)
            on_to(first, 12)
            first.store.set_clock(MONDAY_10.replace(hour=14))
            chases = "SELECT count(*) FROM notices WHERE lane = 'people' AND state = 'ready'"
            eventually(lambda: first.rows(chases) == [(2,)], "two chases wait")
            backup = dump(first.deployment.database_url, tmp_path / "caseflow.dump")
            lost = refer(first, "sam", 3)
            with Crew(first.env | env, ["people"], log_dir=first.logs):
                first.idle()
                on_to(first, 19)
        assert [taken.to for taken in notify.taken] == ["+447700900123"] * 2, "Sam is chased in two cases"
        assert mailbox.to("pat@example.org").total() == 1
        officers = mailbox.to("fran.hall@example.org")
        assert sorted(officers.values()) == [1, 1, 1]

        restore(backup, elsewhere.database_url)
        urls = {"database_url": elsewhere.database_url, "broker_url": elsewhere.broker_url, "data_dir": tmp_path}
        deployment = first.deployment.model_copy(update=urls)
        app = app_for(deployment, scheme="durham")
        store = PostgresStore(elsewhere.database_url)
        second = Place(deployment, app, store, tmp_path / "logs")
        try:
            store.set_clock(MONDAY_10.replace(hour=19))
            with Crew(second.env | env, log_dir=second.logs):
                for lane in LANES:
                    eventually(lambda lane=lane: says(second, lane, "paused: "), f"{lane} says that it is paused")
                refer(second, "sam", 3, case=lost)  # what people know and the database does not is recorded again
                worked_through(second)
                assert second.rows("SELECT id FROM streams WHERE react_at IS NOT NULL") == [(lost,)]
                assert (len(notify.taken), len(mailbox.mails)) == (2, 4), "and nothing follows from it yet"
                found = audit(app.readings, replay_every=1)
                assert (found.violations, [one.name for one in found.warnings]) == ([], ["paused"])

                assert "restored from a backup" in pausing.look(app).pause.why
                done = pausing.resume(app)
                assert done.messages == {"looked up": 1, "not sent": 1, "sent again": 1}
                for lane in LANES:
                    eventually(lambda lane=lane: says(second, lane, "work goes on"), f"{lane} goes on")
                second.idle()
                on_to(second, 24 + 18)  # the third case is chased anew the next day, as it had been before

            assert notify.doubles() == {}
            assert len(notify.taken) == 2
            assert sorted(mailbox.to("pat@example.org").values()) == [1]
            again = mailbox.to("fran.hall@example.org")
            assert again.keys() == officers.keys()
            assert sorted(again.values()) == [1, 1, 2], "mail to officers goes at least once"
            assert second.rows("SELECT stream_id FROM notices WHERE state = 'unknown'") == [(pat,)]
            chased = "SELECT stream_id FROM notices WHERE purpose = 'first_contact' AND state = 'sent' ORDER BY 1"
            assert second.rows(chased) == sorted([(sam,), (lost,)]), "found where they had gone, and taken for sent"
            found = audit(app.readings, replay_every=1)
            assert (found.violations, [one.name for one in found.warnings]) == ([], ["unknown_send"])
            assert second.rows("SELECT DISTINCT id FROM streams WHERE kind = 'case' ORDER BY 1") == sorted(
                [(sam,), (pat,), (lost,)]
            )
        finally:
            app.bell.close()
            app.store.close()
            store.close()


def on_to(place, hour):
    """The clock moves on to this hour after midnight, from one thing that is due to the next."""
    until = MONDAY_10.replace(hour=0) + timedelta(hours=hour)
    place.idle()
    while (due := place.store.next_due()) is not None and due <= until:
        place.store.set_clock(max(due, place.store.now()))
        place.idle()
    place.store.set_clock(until)
    place.idle()


def worked_through(place):
    """Every lane has come round since: when the second hint is taken, what the first one set off is done."""
    for lane in ("react", "fire", "deliver.people", "deliver.others"):
        for _ in range(2):
            place.app.bell.ring(lane)
            eventually(
                lambda lane=lane: depths(place.deployment.broker_url, [lane])[lane] == 0, f"{lane} takes its hint"
            )


def refer(place, person, number, case=""):
    """Somebody is referred and accepted. Asked twice, it is done once; after a restore it makes the same case again."""
    case = case or new_id()
    roster = rosters(config_dir())["durham"]
    supervisor = Actor(roster.offices[Role.SUPERVISOR], Role.SUPERVISOR)
    asked = place.referral(case, ref=f"DUR-22-00000{number}", participant=person)
    answers = handle(place.app, [asked, Asked(f"accept {case}", case, Accept(roster.navigators[0].id), supervisor)])
    assert [answer.words for answer in answers if answer.refused] == []
    return case


def says(place, lane, words):
    return words in (place.logs / f"{lane}.log").read_text(encoding="utf-8")
