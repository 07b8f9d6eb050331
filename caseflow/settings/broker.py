"""The broker's address, and what Celery must be told about it. Four kinds, one line each:

redis://USER:PASSWORD@host:6379/0
rediss://USER:PASSWORD@host:6380/0?ssl_ca_certs=/etc/caseflow/broker-ca.pem
sentinel://USER:PASSWORD@a:26379,b:26379,c:26379/0?master_name=caseflow&sentinel_password=…
amqp://USER:PASSWORD@host:5672/caseflow        (amqps:// with ?ssl_ca_certs=…)

With TLS the server's certificate is always checked: against `ssl_ca_certs`, or what the host trusts. Special
characters in a name or password are written as in any address (``@`` is ``%40``).
"""

import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

KNOWN = {
    "redis": set[str](),
    "rediss": {"ssl_ca_certs"},
    "redis+socket": {"virtual_host"},
    "sentinel": {"master_name", "sentinel_password"},
    "amqp": set[str](),
    "amqps": {"ssl_ca_certs"},
}
"""What may stand behind the question mark."""
WAITING = 100
"""Hints that RabbitMQ keeps in a queue; the oldest makes room. Redis needs no such line: there the bell looks first."""

AMQP_TIMES = {"read_timeout": 30, "write_timeout": 10}
"""Seconds: a broker that says nothing must not hang whoever asks it."""


@dataclass(frozen=True, slots=True)
class Broker:
    """One broker: its kind (redis, sentinel, amqp), the address as kombu wants it, and options of its own."""

    kind: str
    url: str = field(repr=False)
    options: dict[str, Any] = field(default_factory=dict, repr=False)
    """What its transport needs besides the common ones."""
    tls: dict[str, Any] | None = field(default=None, repr=False)

    def celery(self, **common: Any) -> dict[str, Any]:
        """Celery's settings for this broker; `common` are transport options that every kind gets."""
        return {
            "broker_url": self.url,
            "broker_transport_options": {**common, **self.options},
            **({"broker_use_ssl": self.tls} if self.tls is not None else {}),
        }

    @property
    def queue_arguments(self) -> dict[str, int] | None:
        """With what a queue is declared. RabbitMQ refuses two opinions about one queue, so all ask here."""
        return {"x-max-length": WAITING} if self.kind == "amqp" else None


def read_broker(given: str) -> Broker:
    """Take an address apart. Raises ValueError with what to write instead; never with the address, which is a secret."""
    scheme, separator, rest = given.partition("://")
    if not separator or scheme not in KNOWN:
        raise ValueError(
            "must begin with redis:// or rediss:// (Redis, Valkey), sentinel:// (Redis Sentinel), amqp:// or amqps:// "
            "(RabbitMQ)"
        )
    parts = urlsplit(f"//{rest}")
    query = dict(parse_qsl(parts.query))
    if unknown := sorted(set(query) - KNOWN[scheme]):
        allowed = ", ".join(sorted(KNOWN[scheme])) or "nothing"
        raise ValueError(f"has {', '.join(unknown)} behind the question mark; a {scheme}:// address may have {allowed}")
    bare = f"{scheme}://{rest.partition('?')[0]}"
    match scheme:
        case "sentinel":
            return _sentinel(parts, query)
        case "rediss":
            # Said aloud in kombu's words: left to itself it would check no certificate at all.
            said = {f"ssl_{name}": value for name, value in _tls(query).items()} | {"ssl_check_hostname": True}
            return Broker("redis", bare, tls=said)
        case "amqps":
            return Broker("amqp", bare, AMQP_TIMES, tls=_tls(query) | {"server_hostname": None})  # None: the address's
        case "amqp":
            return Broker("amqp", bare, AMQP_TIMES)
        case _:
            return Broker("redis", given)


def _sentinel(parts: SplitResult, query: dict[str, str]) -> Broker:
    if not query.get("master_name"):
        raise ValueError("names no master: end it with ?master_name=NAME, the name your sentinels watch it under")
    user, at, hosts = parts.netloc.rpartition("@")
    each = [f"sentinel://{user}{at}{host}{parts.path or '/0'}" for host in hosts.split(",") if host]
    options: dict[str, Any] = {"master_name": query["master_name"]}
    if password := query.get("sentinel_password"):
        options["sentinel_kwargs"] = {"password": password}
    return Broker("sentinel", ";".join(each), options)


def _tls(query: dict[str, str]) -> dict[str, Any]:
    return {
        "cert_reqs": ssl.CERT_REQUIRED,
        "ca_certs": query.get("ssl_ca_certs") or ssl.get_default_verify_paths().cafile,
    }
