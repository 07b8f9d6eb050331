"""Receipts come in: kept first, then matched to the attempt they speak of, which becomes news for the stream's inbox.

They come more than once, in any order, before the send has settled, or for a notice that a restored database does not
know yet. Nothing of that is lost: what finds no notice waits, and is matched when there is one. The stream itself takes
the news by rank, never by arrival (domain, `decide.facts.delivery`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from caseflow.domain.commands import Asked
from caseflow.domain.words import Receipt, Role
from caseflow.engine.app import App, Counts, ring
from caseflow.engine.ports import Arrived, Matched, Unit
from caseflow.engine.settling import Attempted, news

BATCH = 200
OURS = re.compile(r"[0-9a-f]{32}")
"""What a notice's key looks like."""
LOST = frozenset({Receipt.PERMANENT, Receipt.TECHNICAL})
"""News that matters also of mail to officers and providers."""


@dataclass(slots=True)
class Taken:
    """What became of a batch of receipts."""

    noted: int = 0
    repeated: int = 0
    unmatched: int = 0
    lanes: set[str] = field(default_factory=set)


def take_receipts(app: App, arrived: Sequence[Arrived]) -> Taken:
    """keep | match the new ones | tell their streams, in one transaction → ring. Raises Unavailable: send them again.

    A reference that can be none of ours is somebody else's words, perhaps a person's name: the receipt is kept without it.
    """
    arrived = [one if OURS.fullmatch(one.ref) else replace(one, ref="") for one in arrived]
    with app.store.begin() as unit:
        new = unit.keep_receipts(arrived)
        matched = unit.match_receipts(max(1, len(new)), new) if new else []
        told = _tell(unit, matched)
    taken = Taken(len(matched), len(arrived) - len(new), len(new) - len(matched), {"react"} if told else set())
    ring(app, Counts(lanes=taken.lanes))
    return taken


def match_receipts(app: App, limit: int = BATCH) -> Counts:
    """Receipts that came before their notice was known, once more."""
    with app.store.begin() as unit:
        matched = unit.match_receipts(limit, None)
        told = _tell(unit, matched)
    return ring(app, Counts(claimed=len(matched), effects=len(matched), lanes={"react"} if told else set()))


def _tell(unit: Unit, matched: Sequence[Matched]) -> bool:
    if not matched:
        return False
    now = unit.now()
    commands = [(one.scheme, _news(one, now)) for one in matched if _listens(one)]
    if commands:
        unit.add_inbox(commands)
    unit.receipts_noted(matched)
    return bool(commands)


def _listens(one: Matched) -> bool:
    """The stream follows what goes to the participant; of other mail it hears only when it is lost."""
    return one.send.to is Role.PARTICIPANT or one.receipt in LOST


def _news(one: Matched, now: datetime) -> Asked:
    """Never from the future: the channel's clock may be ahead of ours, and what it says is news all the same."""
    attempt = Attempted(one.key, one.attempt, one.channel, one.address)
    return news(one.stream, one.send, attempt, one.receipt, min(one.at, now))
