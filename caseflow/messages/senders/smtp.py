"""A sender of e-mail over SMTP: one connection for a batch, and an honest answer about every message.

4xx is a failure to try again, 5xx one for good. A connection lost before the words were sent is a failure to try again;
lost after that, nobody knows whether the server took the mail, and the answer is `unknown`
(RFC 5321 section 4.1.1.4; no server need notice a double).
"""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from caseflow.messages.senders import Outgoing, Sent, too_late
from caseflow.messages.senders.mail import compose, key_of

_LEADING_DOT: Final = re.compile(rb"(?m)^\.")
_CLOSING: Final = 421
_GO_AHEAD: Final = 354
_PERMANENT: Final = 500


@dataclass(frozen=True, slots=True)
class Line:
    """How the line is secured. `tls` is none, starttls or tls; `ca_file` replaces the system's authorities."""

    tls: str = "none"
    ca_file: Path | None = None
    user: str = ""
    password: str = field(default="", repr=False)

    def context(self) -> ssl.SSLContext:
        """The server must prove its name, and speak TLS 1.2 at least."""
        made = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        return made


class _Lost(Exception):
    """The connection is gone; `sent` is what that means for the message under way."""

    def __init__(self, sent: Sent) -> None:
        super().__init__(sent.detail)
        self.sent = sent


class SmtpSender:
    """Sends e-mail by one server. `timeout` is for each answer, `final_timeout` for the last one, in seconds.

    With `bounces_to` (``bounces@example.org``) each mail that cannot be delivered comes back to ``bounces+KEY@example.org``,
    so that it is known even when the bounce quotes nothing of it.
    """

    def __init__(
        self,
        host: str,
        port: int,
        mail_from: str,
        *,
        mail_from_name: str = "",
        line: Line | None = None,
        bounces_to: str = "",
        timeout: float = 10.0,
        final_timeout: float = 60.0,
    ) -> None:
        self._host, self._port = host, port
        self._from, self._from_name = mail_from, mail_from_name
        self._line, self._bounces_to = line or Line(), bounces_to
        self._timeout, self._final_timeout = timeout, final_timeout

    def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Send the batch in order."""
        return list(self.each(batch))

    def each(self, messages: Iterable[Outgoing]) -> Iterator[Sent]:
        """Send them in order over one connection. After one that is lost there is a new one, after two the rest fail."""
        losses = 0
        server: smtplib.SMTP | None = None
        try:
            for message in messages:
                if message.channel != "email":
                    yield Sent(result="failed", detail=f"SMTP carries email, not {message.channel!r}", permanent=True)
                    continue
                if losses > 1:
                    yield Sent(result="failed", detail="not tried: the mail server keeps closing the connection")
                    continue
                try:
                    server = server or self._connect()
                    sent = self._send(server, message)
                except _Lost as lost:
                    sent = lost.sent
                    losses += 1
                    if server is not None:
                        server.close()
                    server = None
                yield sent
        finally:
            if server is not None:
                _quit(server)

    def _connect(self) -> smtplib.SMTP:
        where = f"{self._host}:{self._port}"
        try:
            if self._line.tls == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    self._host, self._port, timeout=self._timeout, context=self._line.context()
                )
            else:
                server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        except ssl.SSLError as wrong:
            raise _Lost(Sent("failed", f"the line to {where} could not be secured: {_why(wrong)}")) from wrong
        except (OSError, smtplib.SMTPException) as wrong:
            raise _Lost(Sent("failed", f"no mail server at {where}: {wrong}")) from wrong
        try:
            server.ehlo_or_helo_if_needed()
            if self._line.tls == "starttls":
                server.starttls(context=self._line.context())
                server.ehlo()
            if self._line.user:
                server.login(self._line.user, self._line.password)
        except ssl.SSLError as wrong:
            server.close()
            raise _Lost(Sent("failed", f"the line to {where} could not be secured: {_why(wrong)}")) from wrong
        except smtplib.SMTPNotSupportedError as wrong:
            server.close()
            detail = (
                f"{where} offers no {'STARTTLS' if 'STARTTLS' in str(wrong) else 'sign-in'}; nothing is sent without it"
            )
            raise _Lost(Sent("failed", detail)) from wrong
        except smtplib.SMTPAuthenticationError as wrong:
            server.close()
            detail = f"{where} refuses our user or password ({wrong.smtp_code}): set CASEFLOW_SMTP_USER and _PASSWORD"
            raise _Lost(Sent("failed", detail)) from wrong
        except (OSError, smtplib.SMTPException) as wrong:
            server.close()
            raise _Lost(Sent("failed", f"the mail server did not greet us: {wrong}")) from wrong
        return server

    def _send(self, server: smtplib.SMTP, message: Outgoing) -> Sent:
        try:
            mail = compose(message, self._from, self._from_name)
            content = mail.as_bytes()
            recipient = message.to.strip()
            recipient.encode("ascii")
        except ValueError as wrong:  # a non-ASCII mailbox is one, too: UnicodeError is a ValueError
            return Sent(result="failed", detail=f"cannot be addressed: {wrong}", permanent=True)
        steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
            lambda: server.mail(self._envelope(message)),
            lambda: server.rcpt(recipient),
            lambda: server.docmd("DATA"),
        )
        if late := too_late(message):
            return late
        try:
            for step in steps:
                code, words = step()
                if code == _CLOSING:
                    raise _Lost(_refused(code, words))
                if code not in {250, 251, _GO_AHEAD}:
                    return _start_over(server, _refused(code, words))
        except (OSError, smtplib.SMTPException) as wrong:
            raise _Lost(Sent(result="failed", detail=f"connection lost before the mail was sent: {wrong}")) from wrong
        return self._hand_over(server, content, str(mail["Message-ID"]))

    def _envelope(self, message: Outgoing) -> str:
        """Who gets the mail back when it cannot be delivered."""
        if not self._bounces_to:
            return self._from
        name, _, domain = self._bounces_to.rpartition("@")
        return f"{name}+{key_of(message.key)}@{domain}"

    def _hand_over(self, server: smtplib.SMTP, content: bytes, reference: str) -> Sent:
        """The words and the final dot. From here on only an answer makes the outcome certain."""
        try:
            if server.sock is not None:
                server.sock.settimeout(self._final_timeout)
            ending = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
            server.send(_LEADING_DOT.sub(b"..", content) + ending)
            code, words = server.getreply()
            if server.sock is not None:
                server.sock.settimeout(self._timeout)
        except (OSError, smtplib.SMTPException) as wrong:
            detail = f"no answer after the mail was handed over: {wrong}"
            raise _Lost(Sent(result="unknown", detail=detail, provider_ref=reference)) from wrong
        if code == _CLOSING:
            raise _Lost(_refused(code, words))
        if code // 100 == 2:
            return Sent(result="accepted", detail=_plain(code, words), provider_ref=reference)
        return _refused(code, words)


def _start_over(server: smtplib.SMTP, refused: Sent) -> Sent:
    """Clear the half-said mail. A connection that breaks over it does not soften the refusal."""
    try:
        server.rset()
    except (OSError, smtplib.SMTPException) as wrong:
        raise _Lost(refused) from wrong
    return refused


def _refused(code: int, words: bytes) -> Sent:
    return Sent(result="failed", detail=_plain(code, words), permanent=code >= _PERMANENT)


def _plain(code: int, words: bytes) -> str:
    return f"{code} {' '.join(words.decode('utf-8', 'replace').split())}"[:300]


def _why(wrong: ssl.SSLError) -> str:
    return str(getattr(wrong, "verify_message", "") or wrong.reason or wrong)


def _quit(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()  # everything has been answered for; a rude goodbye changes nothing
