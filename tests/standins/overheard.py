"""Everything the broker is told and everything it holds, for tests that look for what must not be there."""

import threading
from typing import Any

import redis


class Overheard(threading.Thread):
    """Everything anybody says to the broker, from `start` to `stop`."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self.client = redis.Redis.from_url(url, socket_timeout=None)
        self.heard: list[str] = []
        self.listening = threading.Event()

    def run(self) -> None:
        with self.client.monitor() as monitor:
            self.listening.set()
            while not self.heard or "ECHO enough" not in self.heard[-1]:
                self.heard.append(str(monitor.next_command()["command"]))

    def stop(self) -> None:
        with redis.Redis.from_url(self._url) as other:
            other.echo("enough")
        self.join(20)
        self.client.close()


def contents(url: str) -> str:
    """Every key of this broker's database with what it holds, as text."""
    with redis.Redis.from_url(url) as client:
        return "\n".join(f"{key!r} {_value(client, key)!r}" for key in client.scan_iter(count=1000))


def _value(client: Any, key: bytes) -> object:
    readers = {
        b"string": client.get,
        b"list": lambda name: client.lrange(name, 0, -1),
        b"set": client.smembers,
        b"zset": lambda name: client.zrange(name, 0, -1, withscores=True),
        b"hash": client.hgetall,
    }
    kind = client.type(key)
    return readers[kind](key) if kind != b"none" else ""
