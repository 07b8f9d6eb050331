"""A small TCP relay that can be cut, stalled and delayed: the network between one host and one server, in our hands."""

import contextlib
import selectors
import socket
import ssl
import threading
from typing import Self
from urllib.parse import urlsplit, urlunsplit

PIECE = 65536


class Relay:
    """Forwards `host`:`port` to `target`. With `tls` it is the server's side of TLS, and speaks plainly to the target.

    cut()    connections are reset and new ones refused, as when a cable or a rule is gone with an answer
    stall()  connections stay and say nothing, as when packets vanish
    delay    seconds each piece of data waits
    heal()   all is well again
    """

    def __init__(self, target: tuple[str, int], tls: ssl.SSLContext | None = None, *, host: str = "127.0.0.1") -> None:
        self.target = target
        self.host = host
        self.delay = 0.0
        self._tls = tls
        self._stalled = threading.Event()
        self._open = threading.Event()
        self._closed = threading.Event()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._guard = threading.Lock()
        self._listener = _listen(host, 0)
        self.port: int = self._listener.getsockname()[1]
        self._open.set()
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self.cut()

    def through(self, url: str) -> str:
        """The same address, by way of this relay."""
        parts = urlsplit(url)
        host = "localhost" if self._tls else self.host
        return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@{host}:{self.port}"))

    def cut(self) -> None:
        self._open.clear()
        # A thread in accept() holds the listener open: it must be woken, or one more caller gets in.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._guard:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def stall(self) -> None:
        self._stalled.set()

    def heal(self) -> None:
        self._stalled.clear()
        if not self._open.is_set():
            self._listener = _listen(self.host, self.port)
            self._open.set()
            threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def _accept(self) -> None:
        listener = self._listener
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), name="relay pair", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(client.close)
            self._wait()
            if self._tls is not None:
                client = self._tls.wrap_socket(client, server_side=True)
                stack.callback(client.close)
            server = stack.enter_context(socket.create_connection(self.target, timeout=5))
            server.settimeout(None)
            pair = (client, server)
            with self._guard:
                if not self._open.is_set():
                    return
                self._pairs.add(pair)
            stack.callback(self._forget, pair)
            self._pump(client, server)

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        with selectors.DefaultSelector() as both:
            both.register(client, selectors.EVENT_READ, server)
            both.register(server, selectors.EVENT_READ, client)
            while True:
                ready = both.select()
                self._wait()
                if self.delay:
                    self._closed.wait(self.delay)
                for key, _ in ready:
                    source: socket.socket = key.fileobj  # type: ignore[assignment]  # sockets only
                    piece = source.recv(PIECE)
                    while isinstance(source, ssl.SSLSocket) and source.pending():
                        piece += source.recv(PIECE)
                    if not piece:
                        return
                    key.data.sendall(piece)

    def _forget(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._guard:
            self._pairs.discard(pair)

    def _wait(self) -> None:
        """While stalled nothing moves; who closes the relay ends the wait."""
        while self._stalled.is_set() and not self._closed.is_set():
            self._closed.wait(0.02)


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(64)
    return listener
