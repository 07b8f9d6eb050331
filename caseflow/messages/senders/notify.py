"""GOV.UK Notify through its official client: texts, e-mails and letters, each with our key as its `reference`.

Our words are complete, so each channel has one template there that holds nothing but ((body)), and ((subject)).
A reference is no key at Notify: what is posted twice is sent twice. So whatever may have gone is looked up by its
reference before it is posted again (`find`), once Notify has had time to know of it (`look_after`).

A fault of the service (a wrong key, a clock, a template) is nobody's address: nothing is posted for a while, everything
waits, and the log says once what to do. https://docs.notifications.service.gov.uk/rest-api.html
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

import requests
from notifications_python_client.errors import APIError, HTTPError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from caseflow.messages.senders import Outgoing, Sent, too_late
from caseflow.messages.senders.limiter import Limiter
from caseflow.messages.senders.plain import plain

R = TypeVar("R")
log = logging.getLogger(__name__)

KINDS: Final = {"text": "sms", "email": "email", "letter": "letter"}
LINES: Final = (3, 7)
"""A letter's address has at least three lines and at most seven."""
HANDS: Final = 24
"""Messages under way at once; a call takes some 50 to 200 ms and waits most of it."""
CLOSED: Final = timedelta(minutes=5)
BUSY: Final = timedelta(minutes=1)
A_DAY: Final = timedelta(hours=1)
"""After the day's limit (it ends at midnight UTC) one message an hour asks whether the new day has come."""

# What Notify says of a recipient, in the words of its documentation; anything else it refuses is our own mistake.
_OF_THE_ADDRESS: Final = re.compile(
    r"phone_number |email_address |[Nn]ot a valid (country prefix|email)|Not a UK mobile|[Ii]nternational mobile|"
    r"[Aa]ddress |address_line|[Pp]ostcode|character count greater|character limit"
)
_DAILY: Final = re.compile(r"TooManyRequests|send limits? .*for today|Exceeded send limits", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Account:
    """One service at Notify. `templates` has a template id for each channel it sends by."""

    key: str
    templates: Mapping[str, str]
    url: str = "https://api.notifications.service.gov.uk"
    text_sender: str = ""
    reply_to: str = ""
    timeout: float = 20.0


class NotifySender:
    """Sends a batch by several hands at once and answers in order. Safe to share between threads, not over a fork."""

    def __init__(
        self, account: Account, limiter: Limiter, *, look_after: timedelta = timedelta(minutes=10), hands: int = HANDS
    ) -> None:
        self.look_after = look_after
        self._account = account
        self._limiter = limiter
        self._hands = hands
        self._mine = threading.local()
        self._pool: ThreadPoolExecutor | None = None
        self._closed_until = 0.0
        self._fault = ""

    def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Post each message; the answers in order."""
        return self._each(batch, self._send)

    def find(self, batch: Sequence[Outgoing]) -> list[Sent | None]:
        """Look each up by its reference."""
        return self._each(batch, self._find)

    def _each(self, batch: Sequence[Outgoing], work: Callable[[Outgoing], R]) -> list[R]:
        if len(batch) == 1:
            return [work(batch[0])]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._hands, thread_name_prefix="notify")
        return list(self._pool.map(work, batch))

    # ── one message ──
    def _send(self, message: Outgoing) -> Sent:
        if waiting := self._waiting() or too_late(message):
            return waiting
        template = self._account.templates.get(message.channel)
        if template is None:
            return Sent("failed", f"no Notify template is set for {message.channel}", permanent=True)
        try:
            body = self._body(message, template)
        except ValueError as wrong:
            return Sent("failed", str(wrong), permanent=True)
        (over,) = self._limiter.over([message])
        if over is not None:
            return Sent("failed", f"over the limit of {over.limit}", again_in=timedelta(seconds=over.seconds))
        if late := too_late(message):
            return late
        try:
            answer = self._client().post(f"/v2/notifications/{KINDS[message.channel]}", data=body)
            return Sent("accepted", "taken by Notify", str(answer["id"]))
        except HTTPError as refused:
            return self._refused(refused)
        except (InvalidResponse, KeyError, TypeError):
            return Sent("unknown", "Notify took it and its answer could not be read")

    def _find(self, message: Outgoing) -> Sent | None:
        if waiting := self._waiting() or too_late(message):
            return waiting
        try:
            answer = self._client().get_all_notifications(
                template_type=KINDS[message.channel], reference=message.key, include_jobs=None
            )
            found = answer["notifications"]
        except HTTPError as refused:
            sent = self._refused(refused)
            return Sent("failed", f"could not be looked up: {sent.detail}", again_in=sent.again_in or BUSY)
        except (APIError, KeyError, TypeError):
            return Sent("failed", "could not be looked up: Notify's answer could not be read", again_in=BUSY)
        return Sent("accepted", "found at Notify by its reference", str(found[-1]["id"])) if found else None

    def _client(self) -> Any:
        """This thread's client: it may not be shared (and has no types)."""
        client: Any = getattr(self._mine, "client", None)
        if client is None:
            made: Any = NotificationsAPIClient
            client = made(self._account.key, base_url=self._account.url, timeout=self._account.timeout)
            self._mine.client = client
        return client

    def _body(self, message: Outgoing, template: str) -> dict[str, Any]:
        """What is posted. Raises ValueError for an address that is none."""
        body: dict[str, Any] = {"template_id": template, "reference": message.key}
        match message.channel:
            case "text":
                body |= {"phone_number": message.to, "personalisation": {"body": message.body}}
                if self._account.text_sender:
                    body["sms_sender_id"] = self._account.text_sender
            case "email":
                words = {"subject": message.subject or "", "body": message.body}
                body |= {"email_address": message.to, "personalisation": words}
                if self._account.reply_to:
                    body["email_reply_to_id"] = self._account.reply_to
            case _:
                lines = [line.strip() for line in message.to.splitlines() if line.strip()]
                if not LINES[0] <= len(lines) <= LINES[1]:
                    raise ValueError(
                        f"a letter's address has {LINES[0]} to {LINES[1]} lines; this one has {len(lines)}"
                    )
                heading, text = plain(message.body)
                words = {"subject": message.subject or heading, "body": text}
                places = {f"address_line_{number}": line for number, line in enumerate(lines, 1)}
                body["personalisation"] = words | places
        return body

    # ── what Notify refuses ──
    def _refused(self, wrong: HTTPError) -> Sent:
        if wrong.response is None:
            return _lost(wrong.__cause__)
        status, words = wrong.status_code, _words(wrong)
        if status == 429:
            return Sent("failed", f"429 {words}", again_in=A_DAY if _DAILY.search(words) else BUSY)
        if status >= 500:
            return Sent("unknown", f"{status} {words}")
        if status == 400 and _OF_THE_ADDRESS.search(words):
            return Sent("failed", f"400 {words}", permanent=True)
        return self._close(status, words)

    def _close(self, status: int, words: str) -> Sent:
        """A fault of the whole service: nothing goes for a while."""
        what = _REMEDIES.get(status, "check the template ids and what the templates ask for")
        if "clock" in words.lower() or "token" in words.lower():
            what = "set this machine's clock (NTP): Notify allows 30 seconds; if it is right, check the API key"
        if "trial" in words.lower() or "team-only" in words.lower():
            what = "ask Notify to make the service live, and use a live API key"
        fault = f"{status} {words}"
        if fault != self._fault:
            self._fault = fault
            log.error("notify: refuses everything we send (%s). To do: %s. Messages wait meanwhile.", fault, what)
        self._closed_until = time.monotonic() + CLOSED.total_seconds()
        return Sent("failed", f"{fault}. To do: {what}", again_in=CLOSED)

    def _waiting(self) -> Sent | None:
        left = self._closed_until - time.monotonic()
        if left <= 0:
            return None
        return Sent(
            "failed", f"waits: Notify refuses everything we send ({self._fault})", again_in=timedelta(seconds=left)
        )


_REMEDIES: Final = {403: "check the API key; it is the service's, and live"}


def _lost(cause: BaseException | None) -> Sent:
    """No answer at all. Before a connection stood, nothing can have gone; after that nobody knows."""
    if isinstance(cause, requests.ConnectTimeout):
        return Sent("failed", "Notify could not be reached in time")
    reason = cause.args[0] if isinstance(cause, requests.ConnectionError) and cause.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return Sent("failed", "Notify could not be reached")
    return Sent("unknown", f"no answer from Notify ({type(cause).__name__})")


def _words(wrong: HTTPError) -> str:
    """Its own words, without whatever it may have repeated of ours."""
    said = wrong.message
    listed = said if isinstance(said, list) else [{"error": "", "message": said}]
    text = "; ".join(f"{one.get('error', '')}: {one.get('message', '')}".strip(": ") for one in listed)
    return re.sub(r"\S+@\S+|\+?\d[\d ]{8,}", "…", text)[:300]
