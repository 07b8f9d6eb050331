"""The channels of a storm: they lose answers, break and dawdle; and they tell of their own accord what arrived.

Receipts come as Notify sends them, over HTTP to our door: some before the answer to the send, some twice, some again
days later, in any order; and again and again while nobody takes them. The calm twin hears the same, once, in order.

What did not arrive is heard of before the answer, or when everything else of the moment is done: in between, it would be
chance whether the person's next message finds room in the week, and chance is no failure of ours.
"""

import contextlib
import threading
import urllib.error
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from standins import smtp
from standins.notify import Fate, StandIn, Taken

from caseflow.domain.words import Receipt
from caseflow.engine.app import App
from caseflow.engine.ports import Arrived, Outgoing, Sent
from caseflow.engine.readings import NoticeLine, PostedLine
from caseflow.engine.receipts import take_receipts
from caseflow.messages.senders.memory import MemorySender
from caseflow.simulate.draws import Draws

STATUS = {
    Receipt.DELIVERED: "delivered",
    Receipt.TEMPORARY: "temporary-failure",
    Receipt.PERMANENT: "permanent-failure",
}
CHANNEL = {"sms": "text", "email": "email", "letter": "letter"}
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""A channel's clock far ahead; what it says counts as said now."""

Occasion = tuple[str, ...]


def came_to(draws: Draws, channel: str, to: str, words: str) -> Receipt | None:
    """What becomes of a text on its way, by its number and its words: the same in the calm and in the storm."""
    if channel != "text":
        return None
    if draws.chance(0.04, to, "number fails"):
        return Receipt.PERMANENT
    share = draws.share(to, words)
    if share < 0.03:
        return Receipt.TEMPORARY
    return None if share < 0.1 else Receipt.DELIVERED


def comes_early(draws: Draws, to: str, words: str) -> bool:
    """Does a receipt come before the answer to the send? The same in the calm and in the storm."""
    return draws.share(to, f"{words}: when its receipt comes") < 0.3


class HeldBack:
    """News of what did not arrive, until the moment is at rest. One at a time to each number, in the order of sending."""

    def __init__(self) -> None:
        self._news: dict[str, list[Any]] = {}
        self._lock = threading.Lock()

    def keep(self, to: str, news: Any) -> None:
        with self._lock:
            self._news.setdefault(to, []).append(news)

    def next_ones(self) -> list[Any]:
        """The first of each number's; they are no longer held back."""
        with self._lock:
            first = [self._news[to].pop(0) for to in sorted(self._news)]
            self._news = {to: news for to, news in self._news.items() if news}
        return first


def occasion(line: PostedLine | NoticeLine) -> Occasion:
    """A message as people know it: without the number of the fact it followed from."""
    rung = "fact" if line.rung.startswith("fact:") else line.rung
    return line.stream, line.purpose, str(line.expectation or ""), str(line.cycle), rung, line.recipient


class TellingSender(MemorySender):
    """The calm twin's channel: takes everything, and tells at once what arrived.

    What the storm left unclear for good is unclear here, too: that a mail server said nothing is no fault of ours.
    """

    def __init__(self, draws: Draws, unclear: Counter[Occasion]) -> None:
        super().__init__()
        self.app: App | None = None
        self.told: dict[tuple[str, str], Receipt | None] = {}
        self.held = HeldBack()
        self._draws, self._unclear = draws, unclear

    def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Receipts first, before the send has settled."""
        assert self.app is not None
        receipts = []
        for one in batch:
            receipt = self.told[one.key, one.channel] = came_to(self._draws, one.channel, one.to, one.body)
            if receipt is None:
                continue
            arrived = Arrived(f"{one.key}:{one.channel}", one.key, "", receipt, FOR_EVER)
            if receipt is Receipt.DELIVERED or comes_early(self._draws, one.to, one.body):
                receipts.append(arrived)
            else:
                self.held.keep(one.to, arrived)
        answers = super().send(batch)
        take_receipts(self.app, receipts)
        mails = [one.key for one in batch if one.channel == "email"] if self._unclear else []
        if mails:
            assert self.app.readings is not None
            lines = self.app.readings.posted(self.app.scheme, mails)
            answers = [self._perhaps(one, lines, answer) for one, answer in zip(batch, answers, strict=True)]
        return answers

    def _perhaps(self, one: Outgoing, lines: object, answer: Sent) -> Sent:
        line = lines.get(one.key) if isinstance(lines, dict) else None
        if line is None or one.channel != "email" or not self._unclear[occasion(line)]:
            return answer
        self._unclear[occasion(line)] -= 1
        return Sent("unknown", "as in the storm")


class PostOffice:
    """Brings the storm's receipts to our door. `repeat` sends some of the old ones once more."""

    def __init__(self, draws: Draws, lies: Counter[str]) -> None:
        self.notify: StandIn | None = None
        self.told: dict[tuple[str, str], Receipt | None] = {}
        self.refused: list[str] = []
        self.brought = 0
        self.held = HeldBack()
        self._draws, self._lies = draws, lies
        self._put_in = 0
        self._waiting: list[tuple[Taken, str]] = []
        self._old: list[tuple[Taken, str]] = []
        self._busy = 0
        self._change = threading.Condition()
        self._over = False
        self._carriers = [threading.Thread(target=self._carry, daemon=True, name="carrier") for _ in range(2)]

    def __enter__(self) -> Self:
        for carrier in self._carriers:
            carrier.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._change:
            self._over = True
            self._change.notify_all()
        for carrier in self._carriers:
            carrier.join(30)

    def taken(self, taken: Taken) -> None:
        """A message came in at Notify; its answer has not been given yet."""
        channel, words = CHANNEL[taken.kind], str(taken.personalisation.get("body", ""))
        receipt = came_to(self._draws, channel, taken.to, words)
        with self._change:
            self.told[taken.reference, channel] = receipt
        if receipt is None:
            return
        status = STATUS[receipt]
        if comes_early(self._draws, taken.to, words):
            self._lies["receipt before the answer"] += 1
            self._bring_surely(taken, status)
        elif receipt is Receipt.DELIVERED:
            self._put((taken, status))
        else:
            self.held.keep(taken.to, (taken, status))
            return
        if self._draws.share(taken.reference, "twice") > 0.8:
            self._lies["receipt twice"] += 1
            self._put((taken, status))
        with self._change:
            self._old.append((taken, status))

    def repeat(self) -> None:
        """Notify is not sure whether we heard: a few old receipts come again, in another order."""
        with self._change:
            again = self._old[:: max(1, len(self._old) // 3)] if self._old else []
        self._lies["old receipt again"] += len(again)
        self._put(*again)

    def bring_held_back(self) -> bool:
        """What did not arrive is told now. Was there any?"""
        some = self.held.next_ones()
        self._put(*some)
        with self._change:
            self._old += some
        return bool(some)

    @property
    def idle(self) -> bool:
        """Has everything been brought?"""
        with self._change:
            return not self._waiting and not self._busy

    def _put(self, *some: tuple[Taken, str]) -> None:
        with self._change:
            for one in some:
                self._put_in += 1
                place = self._draws.whole(0, len(self._waiting), "office", f"place:{self._put_in}")
                self._waiting.insert(place, one)
            self._change.notify_all()

    def _carry(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._waiting or self._over)
                if self._over:
                    return
                one = self._waiting.pop()
                self._busy += 1
            brought = self._bring(*one)
            if not brought:
                threading.Event().wait(0.1)  # the door is shut; Notify, too, comes back later
            with self._change:
                self._busy -= 1
            if not brought:
                self._put(one)

    def _bring_surely(self, taken: Taken, status: str) -> None:
        """Before the answer, however often the door is shut: the worker that waits for the answer holds no transaction."""
        while not self._bring(taken, status):
            threading.Event().wait(0.1)

    def _bring(self, taken: Taken, status: str) -> bool:
        assert self.notify is not None
        answer = 503
        with contextlib.suppress(urllib.error.URLError, OSError):
            answer = self.notify.receipt(taken, status)
        if answer == 204:
            self.brought += 1
        elif answer < 500 and answer != 429:
            self.refused.append(f"a receipt was refused with {answer}")
            return True
        return answer == 204


def lying(draws: Draws, lies: Counter[str]) -> Callable[[str, str, int], Fate]:
    """Notify loses answers, breaks and dawdles, each message by its own lot and at most twice."""

    def fate(kind: str, reference: str, times: int) -> Fate:
        lot = draws.share(reference, f"try:{times}") if times < 3 else 1.0
        for bound, name, what in (
            (0.02, "took it and said nothing", Fate(answers=False)),
            (0.04, "500", Fate(500)),
            (0.05, "closed the line", Fate(500, answers=False)),
            (0.08, "dawdled", Fate(wait=0.2)),
        ):
            if lot < bound:
                lies[name] += 1
                return what
        return Fate()

    return fate


def grumbling(draws: Draws, lies: Counter[str]) -> Callable[[str, int], str]:
    """A mail server that is busy now and then, and hangs up over a mail it has taken, each mail at most once."""

    def fate(key: str, times: int) -> str:
        lot = draws.share(key, "mail") if times == 1 else 1.0
        if lot < 0.02:
            lies["mail: come again"] += 1
            return smtp.LATER
        if lot < 0.025:
            lies["mail: took it and hung up"] += 1
            return smtp.HANG_UP
        return smtp.WELL

    return fate
