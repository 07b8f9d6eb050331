"""GOV.UK Notify's official client against a stand-in: what is taken, refused, lost, and what becomes of each."""

import json
import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from notifications_python_client.notifications import NotificationsAPIClient
from standins.notify import KEY, Fate, StandIn

from caseflow.engine.ports import Finder, Outgoing
from caseflow.messages.senders.limiter import Limiter
from caseflow.messages.senders.notify import CLOSED, Account, NotifySender
from caseflow.messages.senders.plain import plain

TEMPLATES = {"text": "t-text", "email": "t-email", "letter": "t-letter"}
SCHEMA = Path(__file__).parents[1] / "data/notify/schema.json"
ADDRESS = "Sam Reed\n12 High Street\nDurham\nDH1 1AA"


def outgoing(key="k1", channel="text", to="07700900123", body="Hello Sam.", **more):
    at = datetime(2022, 1, 17, 10, tzinfo=UTC)
    return Outgoing(key, channel, to, more.pop("subject", None), body, "en", at, **more)


@pytest.fixture
def notify():
    with StandIn() as standin:
        yield standin


@pytest.fixture
def sender(notify):
    account = Account(KEY, TEMPLATES, notify.url, timeout=5.0)
    return NotifySender(account, Limiter(None, KEY))


# ── the stand-in itself ─────────────────────────────────────────────────────────────────────────
def nullable(schema):
    """OpenAPI 3.0 says `nullable`, JSON Schema a list of types."""
    if isinstance(schema, list):
        return [nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: nullable(one) for name, one in schema.items()}
    if found.get("nullable") is True:
        found |= {"type": [found["type"], "null"]} | ({"enum": [*found["enum"], None]} if "enum" in found else {})
    return found


def conforms(answer, name):
    schemas = nullable(json.loads(SCHEMA.read_text(encoding="utf-8")))
    jsonschema.Draft202012Validator({**schemas, "$ref": f"#/components/schemas/{name}"}).validate(answer)


def test_the_stand_in_answers_in_the_shapes_that_notify_documents(notify):
    client = NotificationsAPIClient(KEY, base_url=notify.url)
    text = client.send_sms_notification("07700900123", "t", {"body": "Hello"}, "r1")
    mail = client.send_email_notification("sam@example.org", "t", {"subject": "S", "body": "Hello"}, "r2")
    letter = client.send_letter_notification("t", {"address_line_1": "Sam", "subject": "S", "body": "B"}, "r3")
    for answer, name in ((text, "TextMessage"), (mail, "Email"), (letter, "NormalLetter")):
        conforms(answer, f"Send{name}Response")
    (listed,) = client.get_all_notifications(reference="r1")["notifications"]
    assert listed == client.get_notification_by_id(text["id"])
    conforms(listed, "GetOneMessageResponse/oneOf/0")  # of a text; what it says of e-mail would fit as well
    for status, name in (
        (400, "SendNotificaitonRequestError"),
        (403, "AuthError"),
        (429, "LimitError"),
    ):
        conforms({"status_code": status, "errors": [{"error": "AuthError", "message": "No"}]}, name)


def test_a_reference_is_no_key_there(notify, sender):
    sender.send([outgoing()])
    sender.send([outgoing()])
    assert notify.doubles() == {"k1": 2}


# ── what goes ───────────────────────────────────────────────────────────────────────────────────
def test_each_channel_goes_by_its_template_with_our_key_as_reference(notify, sender):
    letter = "<html><head><title>x</title></head><body><h1>Your plan</h1><p>Hello &amp; welcome.</p><ul><li>One</li></ul></body></html>"
    sent = sender.send([
        outgoing("k1"),
        outgoing("k2", "email", "sam@example.org", "Dear Sam.", subject="Your meeting"),
        outgoing("k3", "letter", ADDRESS, letter),
    ])  # fmt: skip
    assert [one.result for one in sent] == ["accepted"] * 3
    by = {one.reference: one for one in notify.taken}
    assert [one.provider_ref for one in sent] == [by[key].id for key in ("k1", "k2", "k3")]
    assert (by["k1"].kind, by["k1"].to, by["k1"].personalisation) == ("sms", "07700900123", {"body": "Hello Sam."})
    assert by["k2"].personalisation == {"subject": "Your meeting", "body": "Dear Sam."}
    assert by["k3"].personalisation == {
        "subject": "Your plan", "body": "Hello & welcome.\n\n* One", "address_line_1": "Sam Reed",
        "address_line_2": "12 High Street", "address_line_3": "Durham", "address_line_4": "DH1 1AA",
    }  # fmt: skip
    assert [by[key].template for key in ("k1", "k2", "k3")] == ["t-text", "t-email", "t-letter"]


def test_many_go_at_once_and_are_answered_in_order(notify, sender):
    notify.fate = lambda kind, reference, times: Fate(wait=0.05)
    batch = [outgoing(f"k{number}", to=f"077009{number:05d}") for number in range(60)]
    sent = sender.send(batch)
    assert [notify.of(message.key)[0].id for message in batch] == [one.provider_ref for one in sent]


@pytest.mark.parametrize("to", ["Sam Reed", "a\nb", "\n".join("abcdefgh")])
def test_an_address_that_is_no_postal_address_is_a_failure_for_good(notify, sender, to):
    (sent,) = sender.send([outgoing(channel="letter", to=to, body="<p>x</p>")])
    assert (sent.result, sent.permanent) == ("failed", True)
    assert "3 to 7 lines" in sent.detail
    assert notify.taken == []


def test_every_letter_of_ours_has_a_heading_and_words_without_a_tag():
    heading, text = plain("<h1>A &amp; B</h1><style>p {}</style><p>One<br>two</p><p>Three</p>")
    assert (heading, text) == ("A & B", "One\ntwo\n\nThree")


# ── what is refused ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "message",
    [
        "phone_number Too many digits", "phone_number Not enough digits", "phone_number Not a UK mobile number",
        "phone_number Must not contain letters or symbols", "Cannot send to international mobile numbers",
        "email_address Not a valid email address", "Must be a real UK postcode", "Address must be at least 3 lines",
    ],
)  # fmt: skip
def test_what_notify_says_of_an_address_is_for_good(notify, sender, message):
    notify.fail(400, message=message, error="ValidationError")
    (sent,) = sender.send([outgoing()])
    assert (sent.result, sent.permanent, sent.again_in) == ("failed", True, None)
    assert sender.send([outgoing("k2")])[0].result == "accepted", "the others go"


@pytest.mark.parametrize(
    ("status", "message", "remedy"),
    [
        (400, "Cannot send to this recipient when service is in trial mode - see …", "live"),
        (400, "Cannot send to this recipient using a team-only API key", "live"),
        (400, "Missing personalisation: body", "template"),
        (400, "Template not found", "template"),
        (403, "Error: Your system clock must be accurate to within 30 seconds", "NTP"),
        (403, "Invalid token: API key not found", "API key"),
        (404, "No result found", "template"),
    ],
)
def test_a_fault_of_the_service_is_nobodys_address_and_is_said_once(notify, sender, caplog, status, message, remedy):
    notify.fail(status, message=message)
    with caplog.at_level(logging.ERROR):
        first = sender.send([outgoing()])[0]
        then = sender.send([outgoing(f"k{number}") for number in range(2, 5)])
    assert (first.result, first.permanent) == ("failed", False)
    assert first.again_in == CLOSED
    assert all(timedelta(0) < one.again_in <= CLOSED and not one.permanent for one in then)
    assert notify.requests == 1, "nothing more is posted meanwhile"
    said = [record.getMessage() for record in caplog.records if record.name.startswith("caseflow")]
    assert len(said) == 1
    assert remedy in said[0]


def test_a_clock_that_is_wrong_is_named_as_what_it_is(notify, sender, caplog):
    notify.clock_off = True
    with caplog.at_level(logging.ERROR):
        (sent,) = sender.send([outgoing()])
    assert sent.again_in == CLOSED
    assert "NTP" in sent.detail


def test_the_rate_limit_is_waited_for_and_the_days_limit_longer(notify, sender):
    notify.fail(429)
    notify.fail(429, message="Exceeded send limits (250000) for today", error="TooManyRequestsError")
    busy, full = sender.send([outgoing("k1")]) + sender.send([outgoing("k2")])
    assert (busy.again_in, full.again_in) == (timedelta(minutes=1), timedelta(hours=1))
    assert not busy.permanent


# ── what is lost ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "fate",
    [Fate(500), Fate(503), Fate(answers=False), Fate(500, answers=False), Fate(wait=30.0)],
    ids=["500", "503", "taken and lost", "not taken and lost", "hangs"],
)
def test_what_nobody_can_know_is_unclear(notify, fate):
    sender = NotifySender(Account(KEY, TEMPLATES, notify.url, timeout=0.5), Limiter(None, KEY))
    notify.next(fate)
    (sent,) = sender.send([outgoing()])
    assert sent.result == "unknown"


def test_where_nobody_listens_nothing_can_have_gone():
    sender = NotifySender(Account(KEY, TEMPLATES, "http://127.0.0.1:9", timeout=2.0), Limiter(None, KEY))
    (sent,) = sender.send([outgoing()])
    assert (sent.result, sent.permanent) == ("failed", False)
    assert sender.find([outgoing()])[0].again_in is not None


def test_a_message_is_found_by_its_reference_or_is_not_there(notify, sender):
    assert isinstance(sender, Finder)
    notify.next(Fate(answers=False))
    sender.send([outgoing("k1")])
    found, missing = sender.find([outgoing("k1"), outgoing("k2")])
    assert (found.result, found.provider_ref) == ("accepted", notify.of("k1")[0].id)
    assert missing is None


def test_personal_data_that_notify_repeats_does_not_get_into_our_words(notify, sender):
    notify.fail(400, message="phone_number 07700 900123 of sam@example.org is odd", error="ValidationError")
    (sent,) = sender.send([outgoing()])
    assert "900123" not in sent.detail
    assert "sam@" not in sent.detail


def test_a_sender_that_was_held_up_past_its_lease_leaves_the_message_to_whoever_has_it_now(notify, sender):
    (sent,) = sender.send([outgoing(good_until=0.001)])
    assert (sent.result, sent.again_in, notify.taken) == ("failed", timedelta(0), [])


def test_told_to_stop_in_a_batch_only_the_calls_in_flight_are_made(notify):
    """Two hands: the first two calls tell this process to stop, and finish; the other eight are never made."""
    account = Account(KEY, TEMPLATES, notify.url, timeout=5.0)
    both = threading.Barrier(2)
    notify.on_taken = lambda taken: both.wait(10)
    batch = [outgoing(f"k{number}", called_off=lambda: notify.requests > 1) for number in range(10)]
    sent = NotifySender(account, Limiter(None, KEY), hands=2).send(batch)
    assert sorted(one.result for one in sent) == ["accepted"] * 2 + ["failed"] * 8
    assert {one.again_in for one in sent if one.result == "failed"} == {timedelta(0)}
    assert len(notify.taken) == 2


def test_told_to_stop_nothing_is_looked_up_either(notify, sender):
    (found,) = sender.find([outgoing(called_off=lambda: True)])
    assert (found.result, found.again_in, notify.requests) == ("failed", timedelta(0), 0)
