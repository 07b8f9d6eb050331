"""No person in what machines see: logs, the broker, figures, command lines, the words of errors. Provoked, with canaries.

Everybody here has a name, a number, an address and words found nowhere else; whatever fails, none of them may be seen.
"""

import json
from dataclasses import replace

import psutil
import psycopg
import pytest
import requests
from aiosmtpd.controller import Controller
from standins.doors import serving
from standins.overheard import Overheard

from caseflow.api.doors import make_app
from caseflow.domain.words import Channel, Role
from caseflow.embedded.process import free_port
from caseflow.engine.handle import handle
from caseflow.engine.ports import PersonIn
from workers.launch import Crew

NAMES = ("Zanzibaria", "Quokkason", "Xylophonia", "Wombatley")
WORDS = "grumblefish ate my bus ticket"
CANARIES = (*NAMES, "canary-ada", "canary-pc", "7700900987", "7700 900987", "grumblefish", "CANARYSTREET")
SETTINGS = {
    "sender_email": "smtp", "smtp_from": "caseflow@example.com", "doors": ("inbound", "health"),
    "inbound_tokens": ("token",), "inbound_numbers": {"*": "durham"},
}  # fmt: skip
BROKEN = "ALTER TABLE inbound ADD CONSTRAINT broken CHECK (state = 'new') NOT VALID"


class Rude:
    """A mail server that refuses, and repeats whom it refuses."""

    def __init__(self):
        self.refused = []

    async def handle_RCPT(self, server, session, envelope, address, _options):  # noqa: N802 - aiosmtpd calls it by this name
        self.refused.append(address)
        return f"550 5.1.1 <{address}>: no such mailbox, {address.upper()}"


@pytest.fixture
def rude():
    manners = Rude()
    controller = Controller(manners, hostname="127.0.0.1", port=free_port())
    controller.start()
    manners.port = controller.port
    yield manners
    controller.stop()


def seen(text):
    return [canary for canary in CANARIES if canary.lower() in text.lower()]


def test_no_log_hint_figure_or_command_line_names_a_person_even_when_all_fails(place_with, rude):
    place = place_with(smtp_host="127.0.0.1", smtp_port=rude.port, **SETTINGS)
    with place.store.begin() as unit:
        unit.upsert_people("durham", [
            PersonIn("ada", "participant", NAMES[0], NAMES[1], addresses={
                Channel.TEXT: ("a-ada", "+447700900987", "confirmed"),
                Channel.EMAIL: ("e-ada", "canary-ada@example.org", "confirmed"),
                Channel.LETTER: ("l-ada", "1 CANARYSTREET, Durham", "confirmed"),
            }),
            PersonIn("pc", "officer", NAMES[2], NAMES[3], addresses={
                Channel.EMAIL: ("e-pc", "canary-pc@example.org", "confirmed")
            }),
        ])  # fmt: skip
    parties = {Role.PARTICIPANT: "ada", Role.ARRESTING_OFFICER: "pc", Role.OIC: "pc"}

    def of_ada(asked):
        return replace(asked, command=replace(asked.command, parties=parties)) if "refer" in asked.id else asked

    place.referral = lambda *given, ask=place.referral, **more: of_ada(ask(*given, **more))
    env = place.env | {
        "CASEFLOW_SENDER_EMAIL": "smtp", "CASEFLOW_SMTP_FROM": "caseflow@example.com",
        "CASEFLOW_SMTP_HOST": "127.0.0.1", "CASEFLOW_SMTP_PORT": str(rude.port), "CASEFLOW_LOG_LEVEL": "DEBUG",
    }  # fmt: skip
    overheard = Overheard(place.deployment.broker_url)
    overheard.start()
    assert overheard.listening.wait(20)
    with serving(make_app(place.app, place.deployment)) as url, Crew(env, log_dir=place.logs) as crew:
        place.refer(5)
        place.eventually(lambda: "canary-pc@example.org" in rude.refused, "the officer's mail is refused")
        administer(place, BROKEN)
        callback = {
            "id": "text-1", "source_number": "447700900987", "destination_number": "07700900950", "message": WORDS,
            "date_received": "2022-01-10T09:15:30.000000Z",
        }  # fmt: skip
        answer = requests.post(
            f"{url}/notify/inbound-texts", json=callback, headers={"authorization": "Bearer token"}, timeout=10
        )
        assert answer.status_code == 204
        place.eventually(lambda: "CheckViolation" in logged(place), "the worker says that the database refuses")
        lines = [" ".join(psutil.Process(pid).cmdline()) for pid in crew.pids().values()]
        figures = requests.get(f"{url}/metrics", timeout=10).text
        administer(place, "ALTER TABLE inbound DROP CONSTRAINT broken")
        place.idle()
    overheard.stop()
    assert len(overheard.heard) > 20
    assert "caseflow_deliveries_total" in figures
    assert seen(logged(place)) == []
    assert seen(" ".join(overheard.heard)) == []
    assert seen(figures + " ".join(lines)) == []
    kept = [place.rows(f"SELECT {what}::text FROM {table} t") for what, table in WORDS_OF_ERRORS]
    assert any("550 5.1.1" in row[0] for rows in kept for row in rows), "the refusal is kept"
    assert seen(json.dumps(kept)) == []


WORDS_OF_ERRORS = (
    ("detail", "attempts"),
    ("reason", "notices"),
    ("t", "parked"),
    ("t", "tallies"),
    ("t", "events"),
    ("t", "inbox"),
)
"""What outlives a person's erasure, or is shown where it happened."""


def logged(place):
    return "\n".join(path.read_text(errors="replace") for path in sorted(place.logs.glob("*.log")))


def administer(place, statement):
    with psycopg.connect(str(place.deployment.database_url).replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


def test_a_command_the_database_refuses_is_answered_without_its_values(place):
    asked = place.referral("0193f000-0000-7000-8000-000000000001")
    bad = replace(asked, command=replace(asked.command, ref="Zanzibaria\x00"))
    (answer,) = handle(place.app, [bad])
    assert answer.code == "broken"
    assert seen(answer.words) == []
