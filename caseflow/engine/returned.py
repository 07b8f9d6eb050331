"""Mail that came back, or was complained about: receipts for the messages it speaks of, kept before the mail is let go.

A hard bounce says that the address is no good, a soft one that this mail did not get through; both are receipts, and the
message goes on by the next channel. Who complains of our mail ("this is spam") has had it, and gets no more by e-mail.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from caseflow.domain.commands import Asked, NoteAddress
from caseflow.domain.words import Actor, AddressStatus, Channel, Origin, Receipt, Role
from caseflow.engine.app import App
from caseflow.engine.handle import handle
from caseflow.engine.ports import Arrived
from caseflow.engine.receipts import take_receipts

SYSTEM = Actor("system", Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class Returned:
    """What a mail says of one recipient. `verdict` is PERMANENT (hard), TEMPORARY (soft) or None: it is no bounce.

    `kind` is bounce, delayed (the server still tries), complaint, auto_reply or delivered; `status` an enhanced code
    ("5.1.1") or SMTP reply or "". `key` is our message's key as the original's Message-ID or the address it came back to
    tells it, "" where neither does.
    """

    address: str
    verdict: Receipt | None
    kind: str
    status: str = ""
    key: str = ""


def take_returned(app: App, mails: Sequence[tuple[str, Sequence[Returned]]], at: datetime) -> Counter[str]:
    """Take mails as (id of the mail, what it says); counts by kind: hard, soft, delayed, complaint, …, other.

    One mail taken twice changes nothing. `at` is when they were read (UTC). Raises Unavailable: leave them where they are.
    """
    counts: Counter[str] = Counter()
    arrived: list[Arrived] = []
    complaints: list[tuple[str, str]] = []
    for mail, said in mails:
        if not said:
            counts["other"] += 1
        for number, one in enumerate(said):
            counts[_kind(one)] += 1
            if one.kind == "bounce" and one.verdict is not None:
                arrived.append(Arrived(f"mail:{mail}:{number}", one.key, "", one.verdict, at, one.status))
            elif one.kind == "complaint" and one.key:
                complaints.append((f"mail:{mail}:{number}", one.key))
    if arrived:
        taken = take_receipts(app, arrived)
        counts += Counter(repeated=taken.repeated, unmatched=taken.unmatched)
    if complaints:
        counts["unmatched"] += len(complaints) - _close(app, complaints)
    return +counts


def _kind(one: Returned) -> str:
    if one.kind != "bounce":
        return one.kind
    return "hard" if one.verdict is Receipt.PERMANENT else "soft"


def _close(app: App, complaints: Sequence[tuple[str, str]]) -> int:
    """The participants who complained get no more e-mail; how many complaints were of messages of ours."""
    assert app.readings is not None
    known = 0
    for scheme in sorted({scheme for scheme, _ in app.store.policies()}):
        found = app.readings.posted(scheme, [key for _, key in complaints])
        known += len(found)
        mine = [(name, found[key]) for name, key in complaints if key in found]
        commands = [
            Asked(name, line.stream, _no_more(line.address), SYSTEM, Origin.CHANNEL)
            for name, line in mine
            if (line.to, line.channel) == (Role.PARTICIPANT.value, Channel.EMAIL.value)
        ]
        if commands:
            handle(app, commands, scheme=scheme)
    return known


def _no_more(address: str) -> NoteAddress:
    return NoteAddress(Channel.EMAIL, address, AddressStatus.BLOCKED)
