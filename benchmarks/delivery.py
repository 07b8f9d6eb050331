"""Messages a second from one worker process into a channel that answers in 50 ms: raw, and by Notify's official client."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import NAMESPACE_OID, uuid5

import urllib3

from benchmarks.harness import MONDAY, median, rounded, say, virtual, waiting_case
from caseflow.domain.case import changed
from caseflow.domain.commands import Known
from caseflow.domain.effects import Send
from caseflow.domain.words import AddressStatus, Channel, Role
from caseflow.embedded import Servers
from caseflow.engine.app import App, Counts
from caseflow.engine.deliver import BATCH, deliver
from caseflow.engine.hands import side_by_side
from caseflow.engine.ports import Change, Outgoing, PersonIn, Sender, Sent
from caseflow.messages.senders.limiter import Limiter
from caseflow.messages.senders.notify import Account, NotifySender
from caseflow.store.postgres import PostgresStore
from workers.deliver import HANDS as SENDING_HANDS

POSTS = 64
KEY = "bench-11111111-2222-4333-8444-555555555555-66666666-7777-4888-8999-aaaaaaaaaaaa"


class Raw:
    """The least a sender can do: post and take the answer, by several hands."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = ThreadPoolExecutor(POSTS)
        self._http = urllib3.PoolManager(num_pools=1, maxsize=POSTS, block=True)

    def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        return list(self._pool.map(self._one, batch))

    def _one(self, message: Outgoing) -> Sent:
        answer = self._http.request("POST", self._url, body=json.dumps({"body": message.body}).encode())
        return Sent("accepted", provider_ref=str(json.loads(answer.data)["id"]))


def run(running: Servers, *, quick: bool) -> None:
    """Both senders, each through the whole verb: lease, word, call, settle, news for the stream."""
    count, runs = (300, 1) if quick else (3000, 3)
    with sink() as url:
        senders: dict[str, Sender] = {
            "delivery_raw": Raw(url),
            "delivery_notify": NotifySender(
                Account(KEY, {"text": "t"}, url), Limiter(running.broker_url, KEY, a_minute=10**6), hands=POSTS
            ),
        }
        for name, sender in senders.items():
            rates = []
            for number in range(runs):
                app, store, _ = virtual(running, f"bench_{name}_{number}")
                ready(store, count)
                rates.append(count / drained(replace(app, senders={Channel.TEXT: sender}), count))
                store.engine.dispose()
            say(name, per_second=rounded(median(rates)), n=count, runs=runs, batch=BATCH, answer_ms=50)


def drained(app: App, count: int) -> float:
    """Seconds until all of them were taken."""

    def work() -> Counts:
        total = Counts()
        while (counts := deliver(app, "people")).claimed:
            total += counts
        return total

    began = time.perf_counter()
    sent = side_by_side(work, SENDING_HANDS).effects
    if sent != count:
        raise RuntimeError(f"only {sent} of {count} were taken")
    return time.perf_counter() - began


def ready(store: PostgresStore, count: int) -> None:
    """`count` participants with a text that may go now."""
    case, _ = waiting_case(store.policies()["durham", "1"])
    people, changes = [], []
    for number in range(count):
        name = str(uuid5(NAMESPACE_OID, f"delivery{number}"))
        address = f"text-{number}"
        people.append(
            PersonIn(
                name,
                "participant",
                "Sam",
                "Reed",
                addresses={Channel.TEXT: (address, f"+447700{900000 + number % 1000}", "confirmed")},
            )
        )
        send = Send("no_answer", Role.PARTICIPANT, name, (Channel.TEXT,), "service", fields={"worker": ""}, rung="text")
        contact = replace(case.contact, addresses={Channel.TEXT: Known(address, AddressStatus.CONFIRMED)})
        one = changed(
            case, id=name, ref=f"DUR-22-d{number:06d}", contact=contact, expectations={},
            parties={**case.parties, Role.PARTICIPANT: name},
        )  # fmt: skip
        changes.append(Change(before_seq=0, stream=one, reacted=one.seq, sends=[send]))
    store.set_clock(MONDAY)
    with store.begin() as unit:
        unit.upsert_people("durham", people)
        unit.save(changes)


@contextlib.contextmanager
def sink() -> Iterator[str]:
    """The channel, in a process of its own; yields its address."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.sink", "0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()
