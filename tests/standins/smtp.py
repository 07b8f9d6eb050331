"""A mail server on loopback that keeps what it takes, and refuses or hangs up as told."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import Any, Self

from aiosmtpd.controller import Controller

from caseflow.embedded.process import free_port

WELL, LATER, HANG_UP = "well", "later", "hang up"
"""Take it; refuse it for now (451); take it and close the line without a word."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it was taken. `key` is the part of its Message-ID before the @."""

    key: str
    to: str
    subject: str
    body: str


@dataclass
class MailServer:
    """Started on entering, gone on leaving. `fate` is asked about every mail: (key, how often seen) → one of the words.

    `wait` is how many seconds it thinks about each: a slow server.
    """

    fate: Callable[[str, int], str] = lambda key, times: WELL
    wait: float = 0.0
    mails: list[Mail] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.port = self.port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def to(self, address: str) -> Counter[str]:
        """How often each mail to this address came, by its key."""
        return Counter(mail.key for mail in self.mails if mail.to == address)

    def doubles(self) -> dict[str, int]:
        """Keys of mails that were taken more than once, with how often."""
        return {key: times for key, times in Counter(mail.key for mail in self.mails).items() if times > 1}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Called by aiosmtpd with a whole mail."""
        await asyncio.sleep(self.wait)  # its slowness, and nobody's way to wait for something
        read = message_from_bytes(envelope.content, policy=default)
        key = str(read["Message-ID"]).strip("<>").rpartition("@")[0]
        with self._lock:
            self._seen[key] += 1
            fate = self.fate(key, self._seen[key])
            if fate != LATER:
                self.mails.append(Mail(key, envelope.rcpt_tos[0], str(read["Subject"]), read.get_content()))
        if fate == HANG_UP:
            server.transport.abort()
        return "451 come again" if fate == LATER else "250 taken"
