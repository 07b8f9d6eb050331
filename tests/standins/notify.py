"""A stand-in for GOV.UK Notify on loopback, for its official client unmodified: it takes, refuses, loses and lies as told.

It keeps every message it took by the sender's reference. Like Notify itself it sends twice what is posted twice: a
reference is no key there (`doubles`). Receipts go to a callback address with a bearer token, in the order asked for.
"""

import json
import threading
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from notifications_python_client import authentication, errors

SERVICE = "11111111-2222-4333-8444-555555555555"
SECRET = "66666666-7777-4888-8999-aaaaaaaaaaaa"
KEY = f"stand_in-{SERVICE}-{SECRET}"
PAGE = 250
KINDS = {"sms": "phone_number", "email": "email_address", "letter": None}
ERRORS = {
    400: ("BadRequestError", "Cannot send to this recipient when service is in trial mode"),
    403: ("AuthError", "Error: Your system clock must be accurate to within 30 seconds"),
    429: ("RateLimitError", "Exceeded rate limit for key type live of 3000 requests per 60 seconds"),
    500: ("Exception", "Internal server error"),
    503: ("Exception", "Internal server error"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A message as it was taken; `to` is the number, the address, or the letter's first lines."""

    id: str
    kind: str  # sms | email | letter
    reference: str
    to: str
    personalisation: dict[str, str]
    template: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one POST. `status` 201 takes it; `answers` False takes (or not) and closes without a word."""

    status: int = 201
    answers: bool = True
    wait: float = 0.0  # seconds before the answer
    error: str = ""
    message: str = ""
    receipts: tuple[str, ...] = ()  # statuses posted to the callback, in this order, repeats included
    receipts_first: bool = False  # before the answer of the POST


WELL = Fate()


@dataclass
class StandIn:
    """Started on entering, gone on leaving. `fate` is asked about every POST: (kind, reference, how often seen) → Fate."""

    callback: str = ""
    token: str = ""
    port: int = 0
    fate: Callable[[str, str, int], Fate] = lambda kind, reference, times: WELL
    on_taken: Callable[[Taken], None] = lambda taken: None  # told of every message, before the answer
    clock_off: bool = False  # refuse every token, as when our clock is wrong
    taken: list[Taken] = field(default_factory=list)
    requests: int = 0
    hung: threading.Event = field(default_factory=threading.Event)  # set: hanging POSTs are let go

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._seen: dict[str, int] = {}
        self._next: list[Fate] = []
        self._by_reference: dict[str, list[Taken]] = {}
        standin = self

        class Handler(_Handler):
            owner = standin

        class Server(ThreadingHTTPServer):
            request_queue_size = 256  # many hands knock at once
            daemon_threads = True

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hung.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # ── what it is told ──
    def next(self, *fates: Fate) -> None:
        """The fates of the next POSTs, before `fate` is asked again."""
        with self._lock:
            self._next += fates

    def fail(self, status: int, times: int = 1, message: str = "", error: str = "") -> None:
        """Refuse the next POSTs with this status and one of the documented errors."""
        self.next(*[Fate(status, error=error, message=message)] * times)

    # ── what came ──
    def of(self, reference: str) -> list[Taken]:
        return list(self._by_reference.get(reference, ()))

    def doubles(self) -> dict[str, int]:
        """References under which more than one message of a kind was taken. (By another kind it is the way round.)"""
        counted = Counter((one.reference, one.kind) for one in self.taken)
        return {reference: count for (reference, _), count in counted.items() if count > 1}

    # ── receipts ──
    def receipt(self, taken: Taken, status: str) -> int:
        """Post one receipt; returns the callback's HTTP status."""
        body = {
            "id": taken.id,
            "reference": taken.reference,
            "to": taken.to,
            "status": status,
            "created_at": _stamp(taken.at),
            "completed_at": _stamp(datetime.now(UTC)),
            "sent_at": _stamp(taken.at),
            "notification_type": taken.kind,
            "template_id": taken.template,
            "template_version": 1,
        }
        return self.post(self.callback, body)

    def post(self, url: str, body: dict[str, Any]) -> int:
        request = urllib.request.Request(  # noqa: S310 - the callback of a test
            url,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - as above
                status: int = answer.status
                return status
        except urllib.error.HTTPError as refused:
            return refused.code

    # ── one POST ──
    def _fate(self, kind: str, reference: str) -> Fate:
        with self._lock:
            self.requests += 1
            times = self._seen[reference] = self._seen.get(reference, 0) + 1
            if self._next:
                return self._next.pop(0)
        return self.fate(kind, reference, times)

    def _take(self, kind: str, body: dict[str, Any]) -> Taken:
        to = str(body.get(KINDS[kind] or "", "")) or "\n".join(
            str(value) for name, value in body.get("personalisation", {}).items() if name.startswith("address_line_")
        )
        taken = Taken(
            str(uuid.uuid4()), kind, str(body.get("reference") or ""), to, body.get("personalisation", {}),
            str(body["template_id"]), datetime.now(UTC),
        )  # fmt: skip
        with self._lock:
            self.taken.append(taken)
            self._by_reference.setdefault(taken.reference, []).append(taken)
        return taken


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class _Handler(BaseHTTPRequestHandler):
    owner: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: tests look at what was taken."""

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _refuse(self, status: int, error: str = "", message: str = "") -> None:
        usual = ERRORS.get(status, ("BadRequestError", "No"))
        errors_ = [{"error": error or usual[0], "message": message or usual[1]}]
        self._answer(status, {"status_code": status, "errors": errors_})

    def _allowed(self) -> bool:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.owner.clock_off:
            self._refuse(403)
            return False
        try:
            authentication.decode_jwt_token(token, SECRET)
            issuer = authentication.get_token_issuer(token)
        except errors.TokenExpiredError:
            self._refuse(403)
            return False
        except errors.TokenError:
            self._refuse(403, "AuthError", "Invalid token: API key not found")
            return False
        if issuer != SERVICE:
            self._refuse(403, "AuthError", "Invalid token: service not found")
            return False
        return True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        kind = self.path.rpartition("/")[2]
        if not self.path.startswith("/v2/notifications/") or kind not in KINDS:
            self._refuse(404, "NoResultFound", "No result found")
            return
        if not self._allowed():
            return
        fate = self.owner._fate(kind, str(body.get("reference") or ""))
        if fate.status != 201:
            self._wait(fate)
            if fate.answers:
                self._refuse(fate.status, fate.error, fate.message)
            else:
                self.close_connection = True
            return
        taken = self.owner._take(kind, body)
        self.owner.on_taken(taken)
        if fate.receipts_first:
            self._receipts(taken, fate)
        self._wait(fate)
        if fate.answers:
            self._answer(201, _created(taken))
        else:
            self.close_connection = True  # it was taken; nobody will hear of it
        if not fate.receipts_first:
            self._receipts(taken, fate)

    def _wait(self, fate: Fate) -> None:
        if fate.wait:
            self.owner.hung.wait(fate.wait)

    def _receipts(self, taken: Taken, fate: Fate) -> None:
        for status in fate.receipts:
            self.owner.receipt(taken, status)

    def do_GET(self) -> None:
        if not self._allowed():
            return
        where = urlsplit(self.path)
        asked = parse_qs(where.query)
        if where.path != "/v2/notifications":
            found = [one for one in self.owner.taken if one.id == where.path.rpartition("/")[2]]
            if found:
                self._answer(200, _whole(found[0]))
            else:
                self._refuse(404, "NoResultFound", "No result found")
            return
        some = [
            one
            for one in reversed(self.owner.taken)
            if ("reference" not in asked or one.reference == asked["reference"][0])
            and ("template_type" not in asked or one.kind == asked["template_type"][0])
        ][:PAGE]
        links = {"current": f"{self.owner.url}{self.path}", "next": f"{self.owner.url}{self.path}"}
        self._answer(200, {"notifications": [_whole(one) for one in some], "links": links})


def _created(taken: Taken) -> dict[str, Any]:
    body = taken.personalisation.get("body", "")
    subject = taken.personalisation.get("subject", "")
    content: dict[str, Any] = {"body": body}
    if taken.kind == "sms":
        content["from_number"] = "07700900000"
    if taken.kind != "sms":
        content["subject"] = subject
    if taken.kind == "email":
        content |= {"from_email": "scheme@example.org", "one_click_unsubscribe_url": None}
    return {
        "id": taken.id,
        "reference": taken.reference,
        "content": content,
        "uri": f"https://notify.example.org/v2/notifications/{taken.id}",
        "template": {
            "id": taken.template,
            "version": 1,
            "uri": f"https://notify.example.org/template/{taken.template}",
        },
        "scheduled_for": None,
    }


def _whole(taken: Taken) -> dict[str, Any]:
    return {
        "id": taken.id,
        "reference": taken.reference,
        "email_address": taken.to if taken.kind == "email" else None,
        "phone_number": taken.to if taken.kind == "sms" else None,
        **{f"line_{n}": None for n in range(1, 7)},
        "postcode": None,
        "postage": "second" if taken.kind == "letter" else None,
        "type": taken.kind,
        "status": "sending",
        "template": {
            "id": taken.template,
            "version": 1,
            "uri": f"https://notify.example.org/template/{taken.template}",
        },
        "body": taken.personalisation.get("body", ""),
        "subject": taken.personalisation.get("subject") if taken.kind != "sms" else None,
        "created_at": _stamp(taken.at),
        "created_by_name": None,
        "sent_at": _stamp(taken.at),
        "completed_at": _stamp(taken.at),
        "scheduled_for": None,
        "one_click_unsubscribe": None,
        "is_cost_data_ready": False,
        "cost_in_pounds": 0.0,
        "cost_details": {},
    }
