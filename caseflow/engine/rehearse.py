"""How a message would read now: worded by the code that words it, and sent by nobody. What is to come, and what went."""

from collections.abc import Sequence
from datetime import datetime

from caseflow.domain.case import Case, Stream
from caseflow.domain.effects import Send
from caseflow.domain.words import Channel
from caseflow.engine.app import App
from caseflow.engine.deliver import people_of
from caseflow.engine.delivery_rules import channels
from caseflow.engine.ports import NoticeRow, Outgoing, PersonRow, Unsendable


def rehearse(app: App, stream: Stream, send: Send, at: datetime) -> Outgoing | Unsendable:
    """The words by the first channel that leads to the person today, or why there are none. One reading."""
    row = _row(stream, send, at)
    people = _people(app, [row])
    found = next(channels(row, people.get(send.recipient)), None)
    if found is None:
        return Unsendable("no channel leads to them")
    return app.words.word(row, people, found[0])


def reworded(app: App, stream: Stream, sends: Sequence[tuple[Send, Channel, datetime]]) -> list[Outgoing | Unsendable]:
    """Messages that were sent, worded again by the channel that each went by. One reading for them all.

    The words themselves are kept nowhere: these are the same where neither a name nor a template has changed since.
    """
    rows = [_row(stream, send, at) for send, _, at in sends]
    people = _people(app, rows)
    return [app.words.word(row, people, channel) for row, (_, channel, _) in zip(rows, sends, strict=True)]


def _row(stream: Stream, send: Send, at: datetime) -> NoticeRow:
    contact = stream.contact if isinstance(stream, Case) else None
    return NoticeRow(
        "rehearsal", 0, stream.scheme, stream.id, send, 1, send.channels[0], at, case_ref=stream.ref, contact=contact,
        policy_version=stream.policy_version,
    )  # fmt: skip


def _people(app: App, rows: Sequence[NoticeRow]) -> dict[str, PersonRow]:
    with app.store.begin() as unit:
        return {name: person for (_, name), person in people_of(unit, rows).items()}
