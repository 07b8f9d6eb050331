"""What people did, told by another system: once under a key, in the name of who plays that part, by the domain's rules."""

import dataclasses
import json

import pytest
from web_scheme import ELSE, OWN, Scheme, navigator, supervisor

from caseflow.access.who import Scope
from caseflow.api.v1.bodies import LARGEST
from caseflow.api.v1.commands import MODELS
from caseflow.domain.words import Role
from caseflow.telling.commanding import CASE_COMMANDS

WHERE = f"/cases/{OWN}/commands"


def wish(kind: str, person: str = "", role: str = "navigator", at: str | None = None, **particulars):
    body = {"kind": kind, "by": {"role": role, "person": person or navigator()}, "particulars": particulars}
    return body if at is None else body | {"at": at}


def facts(scheme: Scheme, ref: str = OWN):
    (dossier,) = scheme.app.readings.dossiers("durham", ids=[ref])
    return dossier.events


# ── one definition ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", sorted(CASE_COMMANDS))
def test_every_command_has_its_model_field_by_field(name):
    model = MODELS[name].model_fields["particulars"].annotation
    assert list(model.model_fields) == [one.name for one in dataclasses.fields(CASE_COMMANDS[name])]


def test_nobody_may_speak_for_the_clock_or_a_channel():
    assert not {"fire_timer", "note_delivery", "refer", "list_participant", "submit_return"} & set(MODELS)


# ── recorded ────────────────────────────────────────────────────────────────────────────────────
def test_a_command_is_recorded_by_the_person_named(scheme: Scheme, machine):
    own = machine([Scope.WORK])
    found = own.post(WHERE, wish("record_contact", result="spoke", text="She will come on Thursday."), key="k-1")
    assert (found.status_code, found.json()["ref"], found.json()["repeat"]) == (200, OWN, False)
    last = facts(scheme)[found.json()["seq"] - 1]
    assert (type(last.event).__name__, last.actor.person, last.actor.role) == (
        "ContactRecorded",
        navigator(),
        Role.NAVIGATOR,
    )
    assert last.command_id.endswith(":k-1")
    said = scheme.app.readings.texts("durham", [last.event.text])
    assert list(said.values()) == ["She will come on Thursday."]


def test_sent_again_it_is_the_first_answer_and_nothing_more(scheme: Scheme, machine):
    own = machine()
    body = wish("record_contact", result="spoke", text="She will come.")
    first = own.post(WHERE, body, key="again").json()
    before = len(facts(scheme))
    second = own.post(WHERE, body, key="again").json()
    assert second == first | {"repeat": True}
    assert len(facts(scheme)) == before


def test_a_refusal_is_answered_again_too(machine):
    own = machine()
    body = wish("complete", supervisor(), "supervisor")
    first, second = own.post(WHERE, body, key="no"), own.post(WHERE, body, key="no")
    assert first.status_code == second.status_code == 409
    assert first.json() == second.json()
    assert first.json()["code"]
    assert first.json()["detail"].endswith(".")


def test_a_key_is_for_one_wish(scheme: Scheme, machine):
    own = machine()
    own.post(WHERE, wish("record_contact", result="spoke"), key="one")
    before = len(facts(scheme))
    for path, body in (
        (WHERE, wish("record_contact", result="voicemail")),
        (WHERE, wish("note_death")),
        (f"/cases/{ELSE}/commands", wish("record_contact", navigator(number=1), result="spoke")),
    ):
        found = own.post(path, body, key="one")
        assert (found.status_code, found.json()["code"]) == (422, "key_used")
    assert len(facts(scheme)) == before
    assert machine().post(WHERE, wish("record_contact", result="voicemail"), key="one").status_code == 200


@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 101])
def test_a_wish_has_a_key(machine, key):
    headers = {"idempotency-key": key.encode("latin-1")} if key else {}
    found = machine().ask("POST", WHERE, json=wish("note_death"), headers=headers)
    assert (found.status_code, found.json()["errors"][0]["where"]) == (400, "header.Idempotency-Key")


def test_particulars_may_be_left_out_where_none_is_needed(scheme: Scheme, machine):
    body = {key: value for key, value in wish("note_death").items() if key != "particulars"}
    assert machine().post(WHERE, body).status_code == 200
    assert "Died" in {type(one.event).__name__ for one in facts(scheme)}


# ── by whom ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("role", "person", "status", "code"),
    [
        ("navigator", navigator(number=1), 409, "not_their_part"),
        ("navigator", "nobody", 409, "not_their_part"),
        ("oic", navigator(), 409, "not_their_part"),
        ("provider", "sam", 409, "not_their_part"),
        ("supervisor", "sam", 409, "not_their_part"),
        ("supervisor", supervisor(), 200, ""),
        ("oic", "fran", 200, ""),
        ("system", "system", 400, "malformed"),
    ],
)
def test_only_who_plays_the_part_is_taken_for_it(scheme: Scheme, machine, role, person, status, code):
    found = machine().post(WHERE, wish("note_new_matter", person, role))
    assert (found.status_code, found.json().get("code", "")) == (status, code)


def test_a_client_speaks_only_for_whom_it_was_allowed_to(scheme: Scheme, machine):
    own = machine([Scope.WORK], [Role.OIC])
    found = own.post(WHERE, wish("note_new_matter"))
    assert (found.status_code, found.json()["code"]) == (403, "not_its_voice")
    assert own.post(WHERE, wish("note_new_matter", "fran", "oic")).status_code == 200


def test_whoever_is_named_in_it_is_known(machine):
    found = machine().post(WHERE, wish("transfer", supervisor(), "supervisor", navigator="nobody"))
    assert (found.status_code, found.json()["code"]) == (409, "nobody")
    assert found.json()["errors"] == [{"where": "body.particulars.navigator", "what": "nobody has this id"}]


# ── what is wrong ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("body", "where"),
    [
        (wish("dance"), "body"),
        (wish("hold", reason="custody"), "body.hold.particulars.until"),
        (wish("hold", until="soon", reason="custody"), "body.hold.particulars.until"),
        (wish("record_contact", result="danced"), "body.record_contact.particulars.result"),
        (wish("record_contact", result="spoke", mood="good"), "body.record_contact.particulars.mood"),
        (wish("note_survey", filled_in="yes"), "body.note_survey.particulars.filled_in"),
        (wish("read_answer", answer="3"), "body.read_answer.particulars.answer"),
        (wish("note_signpost", where="a\x00b"), "body.note_signpost.particulars.where"),
        (wish("note_death", at="2022-01-10T09:00:00"), "body.note_death.at"),
        ({}, "body"),
        ([], "body"),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(scheme: Scheme, machine, body, where):
    before = len(facts(scheme))
    found = machine().post(WHERE, body)
    assert (found.status_code, found.json()["code"]) == (400, "malformed")
    assert where in [one["where"] for one in found.json()["errors"]]
    assert "soon" not in found.text
    assert len(facts(scheme)) == before


def test_what_is_no_json_or_too_much_of_it(machine):
    own = machine()
    headers = {"idempotency-key": "k", "content-type": "application/json"}
    assert own.ask("POST", WHERE, content=b"{", headers=headers).status_code == 400
    assert own.ask("POST", WHERE, content=b"\xff\xfe", headers=headers).status_code == 400
    long = json.dumps(wish("note_death")).encode().ljust(LARGEST + 1)
    assert own.ask("POST", WHERE, content=long, headers=headers).status_code == 413
    plain = {"idempotency-key": "k", "content-type": "text/plain"}
    assert own.ask("POST", WHERE, content=b"{}", headers=plain).status_code == 415


def test_what_has_not_happened_yet_is_refused(machine):
    found = machine().post(WHERE, wish("note_death", at="2022-01-11T09:00:00+00:00"))
    assert found.status_code == 409
