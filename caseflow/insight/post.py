"""The post of a replay: which notices a replayed case sends, and what its channels say of them. Pure.

A notice that went in the real history too gets the word it got then, as long after it was made as then. Of one that is
new, nobody knows: it is taken to be accepted, and to be delivered where that person's last one by that channel was.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from caseflow.domain import commands as c
from caseflow.domain.case import Case
from caseflow.domain.effects import Send, Void
from caseflow.domain.policy import Policy
from caseflow.domain.words import NOT_SENT, Actor, Channel, Origin, Receipt, Role
from caseflow.engine.delivery_rules import WEEK_DAYS, Later, Never, Spent, timely
from caseflow.engine.ports import NoticeRow
from caseflow.insight.asked import Identity, Past, Wish

SYSTEM = Actor("system", Role.SYSTEM)
WEEK = timedelta(days=WEEK_DAYS)
FACT = "fact:"


@dataclass(slots=True)
class Posted:
    """A notice of the replay. `state`: waiting, sent, void or dropped."""

    send: Send
    identity: Identity  # by the numbers of the real history
    created: datetime
    goes_at: datetime
    step: int
    state: str = "waiting"
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A channel's word that is to come, at `at` (UTC). `real` where it was said in the real history."""

    at: datetime
    seq: int
    wish: Wish
    posted: Posted
    real: bool


@dataclass(slots=True)
class Post:
    """The notices of one replay. `then` is the policy the real history ran under."""

    past: Past
    policy: Policy
    then: Policy
    notices: dict[tuple[Identity, str], Posted] = field(default_factory=dict)
    last: dict[Channel, list[tuple[datetime, Receipt]]] = field(default_factory=dict)
    waiting: list[Posted] = field(default_factory=list)  # of the notices; those that went are let go as one comes by
    step: int = 0  # one look of the engine at the case: what it writes and takes back in the same look never was

    def __post_init__(self) -> None:
        for words in self.past.receipts.values():
            for wish in words:
                note = wish.asked.command
                if isinstance(note, c.NoteDelivery) and note.receipt is not Receipt.ACCEPTED:
                    self.last.setdefault(note.channel, []).append((wish.at, note.receipt))

    def copy(self) -> "tuple[Post, dict[int, Posted]]":
        """The post as it stands, and its notices by the `id` of those they are copies of."""
        moved = {id(one): replace(one) for one in self.notices.values()}
        other = Post(self.past, self.policy, self.then)
        other.notices, other.step = {name: moved[id(one)] for name, one in self.notices.items()}, self.step
        other.waiting = [moved[id(one)] for one in self.waiting]
        return other, moved

    def send(self, send: Send, case: Case, now: datetime, told: dict[int, int]) -> list[Word]:
        """A notice is written; the words that will come of it. `told` leads from our facts' numbers to the real ones."""
        identity = _identity(send, told)
        if (identity, send.recipient) in self.notices:
            return []
        goes_at = max(send.not_before or now, now)
        posted = Posted(send, identity, now, goes_at, self.step)
        self.notices[identity, send.recipient] = posted
        self.waiting.append(posted)
        made = self._made(send, identity)
        words = self.past.receipts.get(identity)
        if words and made is not None:
            return [_again(wish, now - made, posted) for wish in words]
        if send.to is not Role.PARTICIPANT or (made is not None and made == now):
            return []
        return self._imagined(posted, case, now)

    def _made(self, send: Send, identity: Identity) -> datetime | None:
        """When the same notice was made in the real history; None where it was not."""
        _, expectation, cycle, rung = identity
        if expectation is None:
            return self.past.known.get(int(rung.removeprefix(FACT) or 0)) if rung.startswith(FACT) else None
        made = self.past.made.get((expectation, cycle, rung))
        if made is None or identity in self.past.receipts:
            return made
        ladder = self.then.ladders.get(expectation.partition(":")[0])
        there = ladder is not None and rung in ladder.by_rung
        said = there and ladder is not None and any(act.message == send.purpose for act in ladder.rung(rung).acts)
        return made if said else None

    def _imagined(self, posted: Posted, case: Case, now: datetime) -> list[Word]:
        send = posted.send
        channel = send.channels[0]
        known = case.contact.addresses.get(channel)
        verdict = timely(self._row(posted, case), channel, self.policy, Spent(), posted.goes_at)
        at, receipts = posted.goes_at, [Receipt.ACCEPTED]
        match verdict:
            case Never():
                receipts = [Receipt.DROPPED]
            case Later(later, _):
                at = later
            case None:
                pass
        if receipts == [Receipt.ACCEPTED] and self._arrives(channel, now):
            receipts.append(Receipt.DELIVERED)
        return [self._word(posted, receipt, channel, known.address if known else "", at) for receipt in receipts]

    def _arrives(self, channel: Channel, now: datetime) -> bool:
        """Did this person's last message by this channel arrive, or where there was none yet, the next?"""
        heard = self.last.get(channel, [])
        before = [receipt for at, receipt in heard if at <= now]
        return (before[-1] if before else heard[0][1] if heard else None) is Receipt.DELIVERED

    def _row(self, posted: Posted, case: Case) -> NoticeRow:
        sent = sorted(
            one.sent_at
            for one in self.notices.values()
            if one.sent_at is not None and one.send.to is Role.PARTICIPANT and posted.goes_at - one.sent_at < WEEK
        )
        return NoticeRow(
            key="", id=0, scheme=case.scheme, stream=case.id, send=posted.send, attempt=1,
            channel=posted.send.channels[0], created_at=posted.created, sent_times=tuple(sent), contact=case.contact,
        )  # fmt: skip

    def _word(self, posted: Posted, receipt: Receipt, channel: Channel, address: str, at: datetime) -> Word:
        send = posted.send
        key = "what-if:" + ":".join(str(part) for part in (*posted.identity, send.recipient))
        note = c.NoteDelivery(
            key, send.purpose, channel, receipt, address, send.expectation, send.cycle, send.rung, send.subject
        )
        asked = c.Asked(f"{key}:{receipt}", self.past.first.stream, note, SYSTEM, Origin.CHANNEL, at)
        return Word(at, 0, Wish(at, (), asked, after_clock=True), posted, real=False)

    def void(self, void: Void, now: datetime) -> None:
        """What waits and is not wanted any more never goes. Mail to officers and providers is gone at once."""
        if not self.waiting:
            return
        still = []
        for one in self.waiting:
            if one.state != "waiting" or (
                one.send.to is not Role.PARTICIPANT and one.goes_at <= now and one.step != self.step
            ):
                continue
            if void.covers(one.send):
                one.state = "void"
            else:
                still.append(one)
        self.waiting = still

    def heard(self, word: Word, receipt: Receipt) -> bool:
        """A channel's word comes in; False where the notice was taken back before, so that nothing can be said of it."""
        posted = word.posted
        if posted.state == "void":
            return False
        if receipt is Receipt.DROPPED and posted.state == "waiting":
            posted.state = "dropped"
        elif posted.state == "waiting" and receipt not in NOT_SENT:
            posted.state, posted.sent_at = "sent", word.at
        return True

    def sent(self, until: datetime) -> Counter[str]:
        """Messages that went, by kind. Officers' and providers' mail goes where nothing has taken it back."""
        counts: Counter[str] = Counter()
        for one in self.notices.values():
            others = one.send.to is not Role.PARTICIPANT and one.state == "waiting" and one.goes_at <= until
            if one.state == "sent" or others:
                counts[one.send.kind] += 1
        return counts


def _identity(send: Send, told: dict[int, int]) -> Identity:
    rung = send.rung
    if rung.startswith(FACT):
        seq = int(rung.removeprefix(FACT))
        rung = f"{FACT}{told.get(seq, seq)}"
    return send.purpose, send.expectation, send.cycle, rung


def _again(wish: Wish, by: timedelta, posted: Posted) -> Word:
    """What was said then, said again as much later (or sooner) as the notice itself."""
    note = wish.asked.command
    assert isinstance(note, c.NoteDelivery)
    if not by and note.rung == posted.send.rung:
        return Word(wish.at, wish.seqs[0], wish, posted, real=True)
    at = wish.at + by
    moved = replace(wish.asked, command=replace(note, rung=posted.send.rung), at=(wish.asked.at or wish.at) + by)
    return Word(at, wish.seqs[0], replace(wish, at=at, asked=moved), posted, real=True)
