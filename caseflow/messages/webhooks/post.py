"""One fact, one request: to an address that was checked, in bounded time, never following where an answer points."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from socket import SHUT_RDWR
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from caseflow.domain.events import Recorded
from caseflow.engine.webhooks import Feed, Posted
from caseflow.messages.webhooks import guard, shapes, signature
from caseflow.settings.webhooks import Endpoint, Webhooks, url_fault

DEADLINE = 10.0
"""Seconds for the whole request: connecting, TLS, sending, and the answer however slowly it drips."""
MOST = 64 * 1024
"""Bytes of an answer that are read; nothing is done with them."""
GONE = 410


class WebhookPoster:
    """Posts to the receivers of `webhooks` (engine.ports.Poster). `now` gives the time for the signature (real, UTC)."""

    def __init__(
        self,
        webhooks: Webhooks,
        now: Callable[[], datetime],
        *,
        resolver: guard.Resolver = guard.resolve,
        deadline: float = DEADLINE,
    ) -> None:
        self._webhooks = webhooks
        self._by_name = {(one.scheme, one.name): one for one in webhooks.endpoints}
        self._now = now
        self._resolver = resolver
        self._deadline = deadline

    @property
    def endpoints(self) -> Sequence[tuple[str, str]]:
        return tuple(self._by_name)

    def wants(self, fact: Recorded) -> bool:
        return type(fact.event) in shapes.PUBLISHED

    def post(self, feed: Feed, fact: Recorded, outcome: int | None) -> Posted:
        body = shapes.cloud_event(feed.scheme, feed.ref, fact, outcome)
        return self._send(self._by_name[feed.scheme, feed.endpoint], shapes.event_id(feed.scheme, fact), body)

    def test(self, scheme: str, name: str) -> Posted:
        """Post a ``caseflow.test.v1`` that says nothing. Raises KeyError for an unknown receiver."""
        now = self._now()
        message_id = f"{scheme}:test:{int(now.timestamp())}"
        body = shapes.encoded({
            "specversion": "1.0", "id": message_id, "source": f"/caseflow/{scheme}", "type": "caseflow.test.v1",
            "time": now.astimezone(UTC).isoformat().replace("+00:00", "Z"), "datacontenttype": "application/json",
            "data": {},
        })  # fmt: skip
        return self._send(self._by_name[scheme, name], message_id, body)

    def look(self, scheme: str, name: str) -> list[str]:
        """The addresses this receiver has now. Raises guard.Refused or OSError."""
        parts = urlsplit(self._by_name[scheme, name].url)
        return guard.checked(parts.hostname or "", _port(parts.scheme, parts.port), self._webhooks.networks)

    def _send(self, endpoint: Endpoint, message_id: str, body: bytes) -> Posted:
        if reason := url_fault(endpoint.url, self._webhooks.hosts, https_only=self._webhooks.https_only):
            return Posted(taken=False, detail=f"the address {reason}")
        now = self._now()
        headers = signature.headers(message_id, int(now.timestamp()), body, endpoint.secrets)
        headers |= {"content-type": "application/cloudevents+json; charset=utf-8", "user-agent": "caseflow"}
        try:
            status, retry_after = self._request(endpoint.url, body, headers)
        except guard.Refused as refused:
            return Posted(taken=False, detail=str(refused))
        except _TooLong:
            return Posted(taken=False, detail=f"no answer within {self._deadline:g} s")
        except _Lost as lost:
            return Posted(taken=False, detail=f"no answer ({lost})")
        except OSError as wrong:
            return Posted(taken=False, detail=f"its name leads nowhere ({type(wrong).__name__})")
        if 200 <= status < 300:
            return Posted(taken=True)
        if status == GONE:
            return Posted(taken=False, detail="it answered 410 Gone", gone=True)
        words = f"it answered {status}" + (", and redirects are not followed" if 300 <= status < 400 else "")
        return Posted(taken=False, detail=words, retry_after=_pause_asked(retry_after, now))

    def _request(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str | None]:
        """Status and Retry-After. The watchdog cuts the socket at the deadline, whatever is being waited for."""
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = _port(parts.scheme, parts.port)
        address = guard.checked(host, port, self._webhooks.networks, self._resolver)[0]
        connection = self._connection(parts.scheme, host, address, port)
        late, finished = threading.Event(), threading.Event()

        def cut() -> None:
            late.set()
            while not finished.is_set():  # again, for a socket that was only being connected or wrapped just now
                with suppress(OSError, AttributeError):
                    connection.sock.shutdown(SHUT_RDWR)
                finished.wait(0.1)

        watchdog = threading.Timer(self._deadline, cut)
        watchdog.daemon = True
        watchdog.start()
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(
                "POST", path, body=body, headers={"Host": parts.netloc, **headers}, preload_content=False
            )
            answer = connection.getresponse()
            if late.is_set():  # headers that end where the socket was cut look whole
                raise _TooLong
            with suppress(OSError, HTTPError):  # the verdict stands in the first line; the rest is courtesy
                answer.read(MOST, decode_content=False)
            return answer.status, answer.headers.get("retry-after")
        except (OSError, HTTPError, HTTPException, ValueError) as wrong:
            raise (_TooLong() if late.is_set() else _Lost(type(wrong).__name__)) from wrong
        finally:
            finished.set()
            watchdog.cancel()
            connection.close()

    def _connection(self, scheme: str, host: str, address: str, port: int) -> HTTPConnection:
        """To exactly this address; the certificate must be the name's. No proxy of the environment, no redirects."""
        if scheme == "http":
            return HTTPConnection(address, port, timeout=self._deadline)
        return HTTPSConnection(
            address,
            port,
            timeout=self._deadline,
            server_hostname=host,
            assert_hostname=host,
            cert_reqs="CERT_REQUIRED",
            ca_certs=str(self._webhooks.ca_file) if self._webhooks.ca_file else None,
        )


class _TooLong(Exception):
    """The deadline came first."""


class _Lost(Exception):
    """The connection failed, or spoke no HTTP."""


def _port(scheme: str, given: int | None) -> int:
    return given or (443 if scheme == "https" else 80)


def _pause_asked(text: str | None, now: datetime) -> timedelta | None:
    """Retry-After in seconds or as a date; nonsense is as good as none."""
    if not text:
        return None
    if text.strip().isdigit():
        return timedelta(seconds=min(int(text.strip()[:9]), 10**6))
    with suppress(ValueError, TypeError):
        return max(timedelta(0), parsedate_to_datetime(text) - now)
    return None
