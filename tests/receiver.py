"""A records system on loopback: takes webhooks, verifies them by itself, and can be told to misbehave."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"an invented secret of 32 bytes!!").decode()
OLD_SECRET = "whsec_" + base64.b64encode(b"yesterday's secret of 32 bytes..").decode()

Behaviour = Callable[["Got", BaseHTTPRequestHandler], int | None]
"""What to answer: a status, or None when it has answered (or not) by itself."""


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def place(self) -> tuple[str, int]:
        """(subject, number of the fact)"""
        return self.event["subject"], int(self.event["sequence"])

    def signed_with(self, secret: str) -> bool:
        """The standard's own words, not our code: HMAC-SHA256 over id.timestamp.body."""
        key = base64.b64decode(secret.split("_", 1)[1])
        signer = hmac.new(key, digestmod=hashlib.sha256)
        for part in (self.headers["webhook-id"], ".", self.headers["webhook-timestamp"], "."):
            signer.update(part.encode())
        signer.update(self.body)
        wanted = "v1," + base64.b64encode(signer.digest()).decode()
        return wanted in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """`got` is what came, `taken` what was answered with 2xx; `behave` decides (default: take everything)."""

    port: int
    got: list[Got] = field(default_factory=list)
    taken: list[Got] = field(default_factory=list)
    behave: Behaviour = lambda got, handler: 204
    released: threading.Event = field(default_factory=threading.Event)  # ends every hang

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/hooks"

    def order(self) -> dict[str, list[int]]:
        """Numbers of the facts that were taken, by subject, each at its first coming."""
        found: dict[str, list[int]] = {}
        for one in self.taken:
            subject, number = one.place
            if number not in found.setdefault(subject, []):
                found[subject].append(number)
        return found


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver, listening."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the poster was killed in the middle of a word
                self.close_connection = True
                return
            got = Got({name.lower(): value for name, value in self.headers.items()}, body)
            with lock:
                here.got.append(got)
            try:
                status = here.behave(got, self)
                if status is None:
                    return
                if 200 <= status < 300:
                    with lock:
                        here.taken.append(got)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()
            except OSError:  # the poster has had enough of us
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A poster that hangs up, or is killed, is no fault of the receiver's."""

    server = Server(("127.0.0.1", 0), Handler)
    here = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        here.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
