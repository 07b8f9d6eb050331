"""Two weeks of a scheme in which everybody is a canary and everything goes wrong; then every place a machine leaves words is searched.

A season with real workers (killed, too), receipts and texts that come in, bounces, a message that cannot be worded, a history that
cannot be read, a database that refuses, a records system that is down, traces on, logs at DEBUG.
"""

import csv
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psutil
import psycopg
import pytest
import requests
from receiver import SECRET, receiver
from standins.collector import Collector
from standins.overheard import Overheard, contents

from caseflow import bootstrap
from caseflow.domain.effects import Send
from caseflow.domain.words import Channel, Role
from caseflow.embedded.process import free_port
from caseflow.engine.ports import Change, PersonIn
from caseflow.settings.deployment import Deployment
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes
from caseflow.simulate import season
from caseflow.simulate.crewed import Crewed, crew
from caseflow.simulate.demo import REFERRALS
from tests.workers.conftest import Place, eventually
from tests.workers.test_canaries import BROKEN

pytestmark = pytest.mark.drill

BEGINS, PEOPLE, DAYS = "2022-01-20", 6, 14
BORN = date(1951, 11, 23)
WORDS = "grumblefish ate my bus ticket, ring canary-mum@example.org"
CANARIES = (
    "zanzibar", "quokkas", "xylophon", "wombatl",  # given and family names of people and officers
    "canary-", "canarystreet", "grumblefish", "crimecanary", "ovine",
    "1951-11-23", "23/11/1951", "23 november 1951", "19511123",
)  # fmt: skip
NUMBER = re.compile(r"(?:\+?44|0)?[ -]?7700[ -]?90098\d")


def seen(text: str) -> list[str]:
    """The canaries in a text, each with what stands around it."""
    low = text.lower()
    places = [low.find(one) for one in CANARIES] + [found.start() for found in NUMBER.finditer(low)]
    return [text[max(0, at - 80) : at + 80] for at in places if at >= 0]


def test_the_search_finds_what_it_shall():
    for text in (
        "Dear Zanzibara,",
        "to=+447700900981",
        "07700 900984",
        "born 23 November 1951",
        "Canary-P1@example.org",
    ):
        assert len(seen(text)) == 1
    assert seen("case 0193f000-7700-9009-8000, 07700 900123") == []


@pytest.fixture(scope="module")
def referrals(tmp_path_factory) -> Path:
    """People of the demo file, with nothing left of their own in it; two weeks on, a month has ended and providers report."""
    with (config_dir() / REFERRALS).open(encoding="utf-8", newline="") as file:
        later = [row for row in csv.DictReader(file) if row["referred_at"] >= BEGINS]
    rows = sorted(later, key=lambda row: row["referred_at"])[:PEOPLE]
    for number, row in enumerate(rows):
        letter = "abcdefgh"[number]
        row |= {
            "given_name": f"Zanzibar{letter}", "family_name": f"Quokkas{letter}", "date_of_birth": BORN.isoformat(),
            "crime_reference": f"crimecanary{number}", "notes": "ovine grumblefish, on or near canarystreet",
            "mobile": f"07700 90098{number}" if row["mobile"] else "", "email": f"canary-p{number}@example.org",
            "officer_name": f"Xylophon{letter} Wombatl{letter}", "officer_email": f"canary-pc{number}@durham.police.example",
            "oic_name": f"Xylophon{letter} Wombatl{letter}", "oic_email": f"canary-pc{number}@durham.police.example",
            "officer_team_email": "canary-team@durham.police.example",
        }  # fmt: skip
    file = tmp_path_factory.mktemp("referrals") / "canaries.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return file


@dataclass
class Troubled:
    """A scheme under way, its doors, and what was seen of it so far."""

    place: Place
    env: dict[str, str]
    url: str
    held: list[str] = field(default_factory=list)

    def run(self, *argv: str, stdin: bytes = b"") -> str:
        """A command as an operator runs it; returns everything it said."""
        code = "import sys; from caseflow.cli import main; main(sys.argv[1:])"
        ran = subprocess.run(
            [sys.executable, "-c", code, *argv],
            env={**os.environ, **self.env}, input=stdin, capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        return (ran.stdout + ran.stderr).decode()

    def post(self, path: str, body: object) -> int:
        headers = {"authorization": "Bearer token", "content-type": "application/json"}
        data = body if isinstance(body, str) else json.dumps(body)
        return requests.post(f"{self.url}{path}", data=data, headers=headers, timeout=20).status_code

    def text(self, number: str, words: str, id_: str) -> None:
        sent = {
            "id": id_, "source_number": number, "destination_number": "07700900950", "message": words,
            "date_received": "2022-01-10T09:15:30.000000Z",
        }  # fmt: skip
        assert self.post("/notify/inbound-texts", sent) == 204

    def logged(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.place.logs.glob("*.log")))

    def administer(self, statement: str, *values: object) -> None:
        url = str(self.place.deployment.database_url).replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement, values or None)


# ── what goes wrong, each on its day ────────────────────────────────────────────────────────────
def texts_come_in_and_the_database_refuses_one(there: Troubled) -> None:
    there.text("447700900981", WORDS, "t1")
    there.text("447700900982", "STOP grumblefish", "t2")
    there.text("447700900989", "Zanzibarz Quokkasz, born 23/11/1951, it is me", "t3")  # nobody's number: to the queue
    there.administer(BROKEN)
    there.text("447700900980", "CAN'T come, grumblefish", "t4")
    eventually(lambda: "CheckViolation" in there.logged(), "the database refuses, and a worker says so")
    there.administer("ALTER TABLE inbound DROP CONSTRAINT broken")


def the_doors_are_told_nonsense(there: Troubled) -> None:
    nonsense = {"message": WORDS, "source_number": "07700900981", "to": "canary-p1@example.org"}
    for path in ("/notify/inbound-texts", "/notify/receipts", "/notify/returned-letters"):
        assert 400 <= there.post(path, nonsense) < 500
        assert 400 <= there.post(path, f"{{Zanzibara {WORDS}") < 500


def mail_comes_back(there: Troubled) -> None:
    """A bounce of one of ours that quotes it, one of nobody's, a complaint in somebody's words, and no mail at all."""
    rows = there.place.rows("SELECT key FROM notices WHERE state = 'sent' ORDER BY id LIMIT 1")
    quoted = (
        f"Message-ID: <{rows[0][0]}@example.org>\nTo: canary-pc0@durham.police.example\n\nDear Xylophona, Zanzibara"
    )
    head = "From: MAILER-DAEMON@mx.example.com\nTo: scheme@example.org\nSubject: Undelivered: Zanzibara Quokkasa\n"
    said = "\n550 5.1.1 <canary-pc0@durham.police.example> Xylophona Wombatla is unknown, grumblefish\n"
    there.run("bounces", "read", "--pipe", stdin=f"{head}{said}\n----\n{quoted}\n".encode())
    there.run("bounces", "read", "--pipe", stdin=f"{head}X-Failed-Recipients: canary-p1@example.org\n{said}".encode())
    there.run("bounces", "read", "--pipe", stdin=f"From: canary-p1@example.org\nSubject: stop\n\n{WORDS}".encode())
    there.run("bounces", "read", "--pipe", stdin=b"\x00Zanzibara \xff grumblefish")


def a_receipt_nobody_can_place(there: Troubled) -> None:
    sent = {
        "id": "0193f000-0000-7000-8000-00000000000a", "reference": "Zanzibara", "to": "07700900981",
        "status": "permanent-failure", "created_at": "2022-01-10T09:15:30.000000Z",
        "completed_at": "2022-01-10T09:15:31.000000Z", "sent_at": "2022-01-10T09:15:30.000000Z",
        "notification_type": "sms",
    }  # fmt: skip
    assert there.post("/notify/receipts", sent) == 204


def a_message_cannot_be_worded(there: Troubled) -> None:
    """Its session begins at somebody's name."""
    (case,) = there.place.refer(1)
    there.place.idle()
    fields = {"start": "Zanzibara Quokkasa", "place": "canarystreet", "worker": ""}
    broken = Send(
        "session_reminder", Role.PARTICIPANT, "sam", (Channel.TEXT,), "reminder", "x", rung="r1", fields=fields
    )
    with there.place.store.begin() as unit:
        stream = unit.lock("durham", [case])[case].stream
        unit.save([Change(stream.seq, stream, reacted=stream.seq, sends=[broken])])
    failed = "SELECT 1 FROM notices WHERE stream_id = %s AND state = 'failed'"
    for lane in ("react", "deliver.people"):
        there.place.app.bell.ring(lane)
    eventually(lambda: there.place.rows(failed, case) != [], "it has failed")


def a_history_cannot_be_read(there: Troubled) -> None:
    """Its case is full of somebody's name where there should be JSON, and a fact of another is."""
    one, two = there.place.refer(2)
    there.place.idle()
    now = "react_at = (SELECT coalesce(at, now()) FROM clock)"
    there.administer(f"UPDATE streams SET snapshot = '{{\"Zanzibara\": grumblefish', {now} WHERE id = %s", one)
    broken = 'UPDATE events SET body = \'{"canary-fact": "Quokkasa"}\' WHERE stream_id = %s AND seq = 1'
    there.administer(broken, two)
    there.administer(f"UPDATE streams SET snapshot = '{{}}', reacted = 0, {now} WHERE id = %s", two)
    parked = "SELECT stream_id FROM parked WHERE stream_id = ANY(%s)"
    there.place.app.bell.ring("react")
    eventually(lambda: len(there.place.rows(parked, [one, two])) >= 2, "both are set aside")


def a_worker_dies(there: Troubled, workers: subprocess.Popen[bytes]) -> None:
    members = [one for one in psutil.Process(workers.pid).children() if one.cmdline()[-1:] == ["people"]]
    os.kill(members[0].pid, signal.SIGKILL)


TROUBLES = {
    2: (texts_come_in_and_the_database_refuses_one,),
    4: (the_doors_are_told_nonsense, mail_comes_back),
    6: (a_receipt_nobody_can_place, a_message_cannot_be_worded),
    8: (a_history_cannot_be_read,),
}
HAPPENS = {"officer_digest", "provider_return_request", "officer_accepted", "first_contact"}


@pytest.fixture(scope="module")
def played(referrals, fresh_database, broker_url, tmp_path_factory):
    """The season, the troubles in it, and everything that was seen."""
    folder = tmp_path_factory.mktemp("canaries")
    folder.chmod(0o755)
    policies = dict(load_schemes(config_dir()))
    feed = season.read_file(referrals, policies)
    assert len(feed.coming) == PEOPLE, "every canary is taken"
    policy = season.newest(policies, feed.scheme)
    with receiver() as records, Collector() as collector:
        (folder / "secret").write_text(SECRET)
        (folder / "webhooks.yaml").write_text(
            "format: 1\nallow: {hosts: [localhost], networks: [127.0.0.0/8, '::1/128']}\n"
            f"endpoints: [{{scheme: durham, name: records, url: {records.url}, secrets: [{{file: secret}}]}}]\n"
        )
        settings = Deployment(
            environment="test", database_url=fresh_database(migrated=False), broker_url=broker_url, data_dir=folder,
            webhooks_file=folder / "webhooks.yaml",
        )  # fmt: skip
        port = free_port()
        env = {
            "CASEFLOW_ENVIRONMENT": "test", "CASEFLOW_DATABASE_URL": str(settings.database_url),
            "CASEFLOW_BROKER_URL": str(settings.broker_url), "CASEFLOW_DATA_DIR": str(folder),
            "CASEFLOW_WEBHOOKS_FILE": str(settings.webhooks_file), "CASEFLOW_LOG_LEVEL": "DEBUG",
            "CASEFLOW_DOORS": '["inbound", "receipts", "health"]', "CASEFLOW_INBOUND_TOKENS": '["token"]',
            "CASEFLOW_INBOUND_NUMBERS": '{"*": "durham"}', "CASEFLOW_NOTIFY_TOKEN": "token",
            "CASEFLOW_HTTP_PORT": str(port),
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "500",
        }  # fmt: skip
        store = bootstrap.prepare(settings, virtual=True, turns=True, start=season.begins(feed, policy))
        app = bootstrap.app_for(settings, scheme=feed.scheme)
        place = Place(settings, app, store, folder / "logs")
        with store.begin() as unit:
            unit.upsert_people("durham", CANARY_PEOPLE)
        there = Troubled(place, env, f"http://127.0.0.1:{port}")
        records.behave = lambda got, handler: 503 if len(records.got) % 3 == 1 else 204
        overheard = Overheard(broker_url)
        overheard.start()
        assert overheard.listening.wait(20)
        with crew(env, place.logs) as workers, (place.logs / "doors.log").open("wb") as sink:
            doors = subprocess.Popen([sys.executable, "-m", "caseflow.api"], env={**os.environ, **env}, stderr=sink)
            try:
                eventually(lambda: answers(there), "the doors answer", within=90)
                roster = bootstrap.rosters(config_dir())[feed.scheme]
                world = season.world_of(
                    Crewed(app, store, settings.outbox, workers), feed, policy=policy, roster=roster, seed=1
                )
                done = -1
                for day in season.days_of(world, DAYS):
                    if day == done:
                        continue
                    done = day
                    for trouble in TROUBLES.get(day, ()):
                        trouble(there)
                    if day == 10:
                        a_worker_dies(there, workers)
                    there.held.append(contents(broker_url))
                figures = requests.get(f"{there.url}/metrics", timeout=20).text
                ready = requests.get(f"{there.url}/health/ready", timeout=20).text
                lines = [" ".join(one.cmdline()) for one in psutil.Process(workers.pid).children(recursive=True)]
                said = {name: there.run(*name.split()) for name in COMMANDS}
                there.held.append(contents(broker_url))
            finally:
                overheard.stop()
                doors.terminate()
                doors.wait(30)
        purposes = {row[0] for row in place.rows("SELECT DISTINCT purpose FROM notices")}
        kept = {table: place.rows(f"SELECT {what}::text FROM {table} t") for what, table in KEPT} | {
            "events": place.rows("SELECT t::text FROM events t WHERE t.body::text NOT LIKE '%canary-fact%'")
        }
        yield {
            "purposes": purposes,
            "kept": kept,
            "machines": {
                "logs": there.logged(),
                "broker, as it was told": "\n".join(overheard.heard),
                "broker, what it held": "\n".join(there.held),
                "traces": collector.raw.decode("utf-8", "replace"),
                "figures": figures + ready,
                "command lines": "\n".join(lines),
                "webhooks": "\n".join(f"{got.headers} {got.body.decode()}" for got in records.got),
                **{f"caseflow {name}": text for name, text in said.items()},
                **{f"table {table}": "\n".join(str(row[0]) for row in rows) for table, rows in kept.items()},
            },
        }
    app.bell.close()
    app.store.close()
    store.close()


CANARY_PEOPLE = [
    PersonIn("sam", "participant", "Zanzibarsam", "Quokkassam", BORN, addresses={
        Channel.TEXT: ("a-sam", "+447700900988", "unconfirmed")}),
    PersonIn("fran", "officer", "Xylophonfran", "Wombatlfran", addresses={
        Channel.EMAIL: ("a-fran", "canary-fran@example.org", "confirmed")}),
]  # fmt: skip
COMMANDS = (
    "doctor --json", "watch", "audit --json", "webhooks list", "resume --look",
)  # fmt: skip
KEPT = (
    ("t", "parked"), ("t", "attempts"), ("reason", "notices"), ("reason", "feeds"), ("t", "tallies"), ("t", "marks"),
    ("t", "inbox"), ("t", "receipts"), ("t", "timers"),
)  # fmt: skip
"""What is shown where it happened, or outlives a person's erasure."""


def answers(there: Troubled) -> bool:
    try:
        return requests.get(f"{there.url}/health/live", timeout=5).ok
    except requests.RequestException:
        return False


@pytest.mark.timeout(900)
def test_the_season_was_one_and_its_troubles_happened(played):
    assert played["purposes"] >= HAPPENS
    machines = played["machines"]
    assert "was killed by SIGKILL" in machines["logs"]
    assert "CheckViolation" in machines["logs"]
    assert len(played["kept"]["parked"]) >= 2
    assert len(played["kept"]["receipts"]) >= 3
    assert "caseflow.referred.v2" in machines["webhooks"]
    assert "drain react" in machines["traces"]
    assert "caseflow_deliveries_total" in machines["figures"]
    assert "deliver.people" in machines["broker, as it was told"]
    assert "it answered 503" in machines["table feeds"] or machines["webhooks"].count("webhook-id") > 20


@pytest.mark.timeout(900)
def test_nobody_is_named_anywhere_a_machine_leaves_words(played):
    leaks = {name: found[:5] for name, text in played["machines"].items() if (found := seen(text))}
    assert leaks == {}, json.dumps(leaks, indent=1)


@pytest.mark.timeout(900)
def test_the_servers_own_logs_name_nobody(played, servers):
    logs = sorted((servers.data_dir / "servers").glob("*.log*"))
    assert logs
    assert {path.name: found[:5] for path in logs if (found := seen(path.read_text(errors="replace")))} == {}
