"""SMTP against a real server: accepted, refused for now, refused for good, and lost at every awkward moment."""

import socket
import ssl
import threading
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from caseflow.messages.catalogue import CATALOGUE
from caseflow.messages.render import preview
from caseflow.messages.senders import Outgoing
from caseflow.messages.senders.smtp import Line, SmtpSender

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Mailbox:
    """A server's manners, by the first word of the address."""

    def __init__(self):
        self.mails = []
        self.peers = set()

    async def handle_RCPT(self, server, session, envelope, address, _options):  # noqa: N802 - aiosmtpd calls it by this name
        self.peers.add(session.peer)
        match address.partition("@")[0]:
            case "later":
                return "450 mailbox busy"
            case "never":
                return "550 no such mailbox"
            case "closing":
                return "421 closing down"
            case "cut":
                server.transport.abort()
                return "250 gone"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802 - aiosmtpd calls it by this name
        match envelope.rcpt_tos[0].partition("@")[0]:
            case "full":
                return "452 disk full"
            case "spam":
                return "554 not wanted"
            case "vanish":
                self.mails.append(envelope)
                server.transport.abort()
                return "250 you will never read this"
        self.mails.append(envelope)
        return "250 queued"


@pytest.fixture
def mailbox():
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def sender(port, **more):
    return SmtpSender(
        "127.0.0.1", port, "caseflow@northgate.example", mail_from_name="Northgate Support", timeout=5, **more
    )


def mail(name, body="Hello\n", channel="email"):
    return Outgoing(
        key=f"key-{name}", channel=channel, to=f"{name}@example.org", subject="Hello", body=body, language="en", at=NOON
    )


def test_a_batch_goes_over_one_connection_and_each_mail_gets_its_own_answer(mailbox):
    results = sender(mailbox.port).send(
        [mail("sam"), mail("later"), mail("never"), mail("full"), mail("spam"), mail("jo")]
    )
    assert [(each.result, each.permanent) for each in results] == [
        ("accepted", False),
        ("failed", False),
        ("failed", True),
        ("failed", False),
        ("failed", True),
        ("accepted", False),
    ]
    assert [each.rcpt_tos for each in mailbox.mails] == [["sam@example.org"], ["jo@example.org"]]
    assert len(mailbox.peers) == 1
    assert results[0].provider_ref == "<key-sam@northgate.example>"
    assert results[2].detail == "550 no such mailbox"


def test_words_arrive_as_they_were_written(mailbox):
    body = "Helo Siân,\n\n.a line that begins with a dot\n..and another\n.\n" + "long " * 300 + "\nDiwedd ŵ ŷ 😀\n"
    (result,) = sender(mailbox.port).send([mail("sam", body)])
    assert result.result == "accepted"
    read = message_from_bytes(mailbox.mails[0].content, policy=default)
    assert read.get_content().replace("\r\n", "\n") == body


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_email_of_the_catalogue_can_be_sent_and_read(mailbox, language):
    names = [name for name, message in CATALOGUE.items() if "email" in message.channels]
    batch = []
    for name in names:
        words = preview(name, "email", language)
        batch.append(Outgoing(name, "email", "sam@example.org", words.subject, words.body, language, NOON))
    assert {each.result for each in sender(mailbox.port).send(batch)} == {"accepted"}
    for sent, envelope in zip(batch, mailbox.mails, strict=True):
        read = message_from_bytes(envelope.content, policy=default)
        assert (read["Subject"], read.get_content().replace("\r\n", "\n")) == (sent.subject, sent.body)


def test_a_connection_lost_after_the_final_dot_is_unknown_and_the_rest_go_on_by_a_new_one(mailbox):
    results = sender(mailbox.port).send([mail("vanish"), mail("sam")])
    assert [each.result for each in results] == ["unknown", "accepted"]
    assert results[0].provider_ref == "<key-vanish@northgate.example>"
    assert len(mailbox.mails) == 2  # the server had taken it: to call that a failure would have sent it twice
    assert len(mailbox.peers) == 2


def test_a_connection_lost_before_the_words_is_a_failure_to_try_again(mailbox):
    results = sender(mailbox.port).send([mail("cut"), mail("sam")])
    assert [(each.result, each.permanent) for each in results] == [("failed", False), ("accepted", False)]


def test_a_server_that_says_it_closes_is_a_failure_to_try_again(mailbox):
    results = sender(mailbox.port).send([mail("closing"), mail("sam")])
    assert [(each.result, each.permanent) for each in results] == [("failed", False), ("accepted", False)]


def test_after_two_lost_connections_the_rest_is_not_tried(mailbox):
    results = sender(mailbox.port).send([mail("cut"), mail("vanish"), mail("sam")])
    assert [each.result for each in results] == ["failed", "unknown", "failed"]
    assert "not tried" in results[2].detail


def test_no_server_at_all_fails_for_now_and_says_where():
    port = free_port()
    results = sender(port).send([mail("sam"), mail("jo"), mail("kit")])
    assert [(each.result, each.permanent) for each in results] == [("failed", False)] * 3
    assert f"127.0.0.1:{port}" in results[0].detail


def test_a_server_that_never_answers_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (result,) = SmtpSender("127.0.0.1", silent.getsockname()[1], "a@northgate.example", timeout=0.2).send(
            [mail("sam")]
        )
    assert (result.result, result.permanent) == ("failed", False)


def test_a_server_that_takes_the_mail_and_falls_silent_leaves_it_unknown():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=take_and_fall_silent, args=(listener,))
        thread.start()
        (result,) = sender(listener.getsockname()[1], final_timeout=0.2).send([mail("sam")])
        thread.join()
    assert result.result == "unknown"


def take_and_fall_silent(listener):
    connection, _ = listener.accept()
    with connection, connection.makefile("rwb", buffering=0) as lines:
        lines.write(b"220 hello\r\n")
        for answer in (b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
            lines.readline()
            lines.write(answer)
        while lines.readline():  # until the sender gives up and closes
            pass


def test_texts_letters_and_false_addresses_are_refused_for_good_without_a_server():
    results = sender(free_port()).send([mail("sam", channel="text"), mail("sam", channel="letter")])
    assert [(each.result, each.permanent) for each in results] == [("failed", True)] * 2


def test_a_false_address_does_not_cost_its_neighbours_the_connection(mailbox):
    bad = [
        Outgoing("k", "email", to, "Hello", "Hello", "en", NOON)
        for to in ("sam", "siân@example.org", "a@b.example\r\nRCPT TO:<c@d.example>")
    ]
    results = sender(mailbox.port).send([*bad, mail("sam")])
    assert [(each.result, each.permanent) for each in results] == [("failed", True)] * 3 + [("accepted", False)]
    assert len(mailbox.mails) == 1


def test_an_empty_batch_needs_no_server():
    assert sender(free_port()).send([]) == []


# ── a secured line ──────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


class Gate:
    """Knows one user."""

    def __call__(self, _server, _session, _envelope, _mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"scheme", b"a-secret"), handled=False)


@pytest.fixture
def secured(authority):
    """A server that wants STARTTLS and a password, by name localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    box = Mailbox()
    controller = Controller(
        box, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
        authenticator=Gate(), auth_required=True, auth_require_tls=True,
    )  # fmt: skip
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


def over(port, trusted, host="localhost", **more):
    """A sender that trusts our authority, unless told otherwise."""
    given = {"tls": "starttls", "ca_file": trusted, "user": "scheme", "password": "a-secret"}
    line = Line(**(given | more))
    return SmtpSender(host, port, "caseflow@northgate.example", timeout=5, line=line)


def test_mail_goes_over_a_secured_line_with_a_password(secured, trusted):
    (sent,) = over(secured.port, trusted).send([mail("sam")])
    assert sent.result == "accepted", sent.detail
    assert len(secured.mails) == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"password": "another"}, "refuses our user or password"),
        ({"ca_file": None}, "could not be secured"),
        ({"host": "127.0.0.1"}, "could not be secured"),
    ],
)
def test_what_is_wrong_with_the_line_is_a_failure_to_try_again(secured, trusted, more, words):
    (sent,) = over(secured.port, trusted, **more).send([mail("sam")])
    assert (sent.result, sent.permanent) == ("failed", False)
    assert words in sent.detail
    assert "a-secret" not in sent.detail
    assert "another" not in sent.detail
    assert secured.mails == []


def test_a_server_without_starttls_gets_no_mail_and_no_password(mailbox, trusted):
    (sent,) = over(mailbox.port, trusted, host="127.0.0.1").send([mail("sam")])
    assert (sent.result, sent.permanent) == ("failed", False)
    assert "no STARTTLS" in sent.detail
    assert mailbox.mails == []


def test_tls_from_the_start(authority, trusted):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), ssl_context=context)
    controller.start()
    try:
        line = Line(tls="tls", ca_file=trusted)
        sender = SmtpSender("localhost", controller.port, "caseflow@northgate.example", timeout=5, line=line)
        (sent,) = sender.send([mail("sam")])
    finally:
        controller.stop()
    assert sent.result == "accepted", sent.detail


def test_mail_comes_back_to_an_address_that_carries_its_key(mailbox):
    (sent,) = sender(mailbox.port, bounces_to="bounces@northgate.example").send([mail("sam")])
    assert sent.result == "accepted"
    (taken,) = mailbox.mails
    assert taken.mail_from == "bounces+key-sam@northgate.example"
    assert "caseflow@northgate.example" in message_from_bytes(taken.content)["From"]
