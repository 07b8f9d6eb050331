"""The request itself, against a real receiver that fails in every way we could think of."""

import ipaddress
import json
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import trustme
from receiver import OLD_SECRET, SECRET, receiver

from caseflow.domain.events import Recorded, SessionMissed
from caseflow.domain.words import Actor, Origin, Role
from caseflow.engine.webhooks import Feed
from caseflow.messages.webhooks import shapes
from caseflow.messages.webhooks.post import MOST, WebhookPoster
from caseflow.settings.webhooks import Endpoint, Webhooks

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LOOPBACK = tuple(map(ipaddress.ip_network, ("127.0.0.0/8", "::1/128")))
FACT = Recorded("case-1", 3, SessionMissed("s1"), NOW, NOW, Actor("nav", Role.NAVIGATOR), Origin.PERSON, "c")
FEED = Feed("durham", "records", "case-1", "DUR-22-000417", "community_resolution", "1", 2, (FACT,))


@pytest.fixture
def records():
    with receiver() as here:
        yield here


def poster(url, *, networks=LOOPBACK, hosts=("localhost",), deadline=5.0, resolver=None, **more):
    webhooks = Webhooks(
        (Endpoint("durham", "records", url, (SECRET, OLD_SECRET)),),
        frozenset(hosts),
        networks,
        https_only=False,
        **more,
    )
    return WebhookPoster(
        webhooks, lambda: NOW, deadline=deadline, resolver=resolver or (lambda host, port: ["127.0.0.1"])
    )


def post(url, **more):
    return poster(url, **more).post(FEED, FACT, None)


def test_a_fact_arrives_signed_with_every_secret_in_use(records):
    assert post(records.url).taken
    (got,) = records.got
    assert got.signed_with(SECRET)
    assert got.signed_with(OLD_SECRET)
    assert got.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert got.headers["webhook-id"] == got.event["id"] == shapes.event_id("durham", FACT)
    assert got.headers["content-type"].startswith("application/cloudevents+json")
    assert got.headers["host"] == f"localhost:{records.port}"


def test_a_test_event_says_nothing(records):
    assert poster(records.url).test("durham", "records").taken
    assert records.got[0].event["type"] == "caseflow.test.v1"
    assert records.got[0].event["data"] == {}


@pytest.mark.parametrize("status", [400, 401, 404, 409, 429, 500, 503])
def test_what_is_not_2xx_is_not_taken_and_says_so(records, status):
    records.behave = lambda got, handler: status
    answer = post(records.url)
    assert (answer.taken, answer.gone) == (False, False)
    assert str(status) in answer.detail


def test_gone_is_gone(records):
    records.behave = lambda got, handler: 410
    assert post(records.url).gone


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(records, status):
    def elsewhere(got, handler):
        handler.send_response(status)
        handler.send_header("location", records.url)
        handler.send_header("content-length", "0")
        handler.end_headers()

    records.behave = elsewhere
    assert not post(records.url).taken
    assert len(records.got) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("Wed, 25 Nov 2026 12:05:00 GMT", 300), ("Wed, 25 Nov 2026 11:00:00 GMT", 0), ("soon", None), ("", None), ("-5", None)],
)  # fmt: skip
def test_retry_after_is_understood_in_both_its_forms(records, value, seconds):
    def busy(got, handler):
        handler.send_response(503)
        handler.send_header("retry-after", value)
        handler.send_header("content-length", "0")
        handler.end_headers()

    records.behave = busy
    assert post(records.url).retry_after == (None if seconds is None else timedelta(seconds=seconds))


# ── slow and rude ───────────────────────────────────────────────────────────────────────────────
def drip(records, start):
    """Send `start`, then a byte now and then, for ever."""

    def slowly(got, handler):
        handler.wfile.write(start)
        while not records.released.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    return slowly


@pytest.mark.parametrize(
    "start", [None, b"", b"HTTP/1.1 200 OK\r\nx-slow: "], ids=["silence", "a dripping first line", "dripping headers"]
)
def test_a_receiver_that_never_answers_costs_the_deadline_and_no_more(records, start):
    records.behave = (lambda got, handler: records.released.wait()) if start is None else drip(records, start)
    began = time.monotonic()
    answer = post(records.url, deadline=0.5)
    assert not answer.taken
    assert time.monotonic() - began < 20


def test_a_receiver_that_is_silent_in_the_handshake_costs_the_deadline_and_no_more():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        assert not post(f"https://localhost:{mute.getsockname()[1]}/", deadline=0.5).taken
        assert time.monotonic() - began < 20


def test_a_body_that_drips_does_not_undo_the_answer(records):
    records.behave = drip(records, b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    began = time.monotonic()
    assert post(records.url, deadline=0.5).taken
    assert time.monotonic() - began < 20


def test_of_an_endless_answer_only_so_much_is_read(records):
    written = []

    def endless(got, handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not records.released.is_set():
            handler.wfile.write(b"x" * MOST)
            written.append(MOST)

    records.behave = endless
    assert post(records.url, deadline=30.0).taken
    assert sum(written) < 200 * MOST  # what the sockets' buffers took


def test_a_hang_up_and_a_closed_door_are_failures(records):
    records.behave = lambda got, handler: handler.connection.shutdown(socket.SHUT_RDWR)
    assert not post(records.url).taken
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert not post(f"http://localhost:{port}/").taken


# ── where it may go ─────────────────────────────────────────────────────────────────────────────
def test_loopback_is_refused_unless_its_network_is_listed(records):
    answer = post(records.url, networks=())
    assert not answer.taken
    assert "not a public address" in answer.detail
    assert records.got == []


def test_a_host_that_is_not_listed_is_refused_before_its_name_is_looked_up(records):
    def never(host, port):
        raise AssertionError("looked up")

    assert "allow.hosts" in post(records.url, hosts=("other.example.org",), resolver=never).detail


def test_a_name_is_looked_up_once_so_that_a_second_answer_cannot_lead_elsewhere(records):
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    assert post(records.url, resolver=lambda host, port: answers.pop(0)).taken
    assert answers == [["127.0.0.2"]]


def test_a_name_nobody_knows_is_a_failure_like_others(records):
    def unknown(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    assert "leads nowhere" in post(records.url, resolver=unknown).detail


def test_a_proxy_of_the_environment_is_not_used(records, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert post(records.url).taken


# ── TLS ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def tls(tmp_path):
    """A receiver with a certificate for records.example.org, and the file of who signed it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("records.example.org").configure_cert(context)
    asked = []
    context.sni_callback = lambda sock, name, context: asked.append(name)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["type"])
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    class Server(HTTPServer):
        def handle_error(self, *_):
            """A client that does not trust us hangs up."""

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_address[1], tmp_path / "ca.pem", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_certificate_is_that_of_the_name_though_the_connection_goes_to_the_address(tls):
    port, ca_file, asked = tls
    assert post(f"https://records.example.org:{port}/", hosts=["records.example.org"], ca_file=ca_file).taken
    assert asked == ["records.example.org", "caseflow.session_missed.v1"]


def test_a_certificate_of_another_name_or_of_nobody_we_trust_is_refused(tls):
    port, ca_file, _ = tls
    assert not post(f"https://other.example.org:{port}/", hosts=["other.example.org"], ca_file=ca_file).taken
    assert not post(f"https://records.example.org:{port}/", hosts=["records.example.org"]).taken
