"""A mailbox on loopback that speaks as much IMAP over TLS as Python's own client asks of it here."""

import re
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class ImapServer:
    """Started on entering, gone on leaving. `seen` holds the numbers (from 1) that were marked as read."""

    context: ssl.SSLContext
    password: str
    mails: list[bytes]
    seen: set[int] = field(default_factory=set)
    port: int = 0
    breaks_at: str = ""  # hang up when this command comes

    def __enter__(self) -> Self:
        standin = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with standin.context.wrap_socket(self.request, server_side=True) as secured:
                    secured.sendall(b"* OK here\r\n")
                    for line in secured.makefile("rb"):
                        tag, _, rest = line.decode().strip().partition(" ")
                        if standin.breaks_at and rest.upper().startswith(standin.breaks_at):
                            return
                        secured.sendall(b"".join(standin.answer(tag, rest)))

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that does not trust us hangs up; its error is the test's business."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, tag: str, rest: str) -> list[bytes]:
        """The lines that answer one command."""
        words = rest.split()
        command = " ".join(words[:2]).upper() if words[0].upper() == "UID" else words[0].upper()
        ok = f"{tag} OK done\r\n".encode()
        match command:
            case "CAPABILITY":
                return [b"* CAPABILITY IMAP4rev1\r\n", ok]
            case "LOGIN":
                return [ok] if self.password in rest else [f"{tag} NO wrong\r\n".encode()]
            case "SELECT":
                if "INBOX" not in rest:
                    return [f"{tag} NO no such folder\r\n".encode()]
                return [f"* {len(self.mails)} EXISTS\r\n".encode(), ok]
            case "UID SEARCH":
                unseen = [str(n) for n in range(1, len(self.mails) + 1) if n not in self.seen]
                return [f"* SEARCH {' '.join(unseen)}\r\n".encode(), ok]
            case "UID FETCH":
                found = []
                for number in _numbers(words[2]):
                    raw = self.mails[number - 1]
                    found.append(f"* {number} FETCH (UID {number} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
                return [*found, ok]
            case "UID STORE":
                self.seen |= set(_numbers(words[2]))
                return [ok]
            case "LOGOUT":
                return [b"* BYE\r\n", ok]
        return [f"{tag} BAD what?\r\n".encode()]


def _numbers(text: str) -> list[int]:
    return [int(one) for one in re.findall(r"\d+", text)]
