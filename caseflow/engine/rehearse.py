"""How a message that is to come would read now: worded by the code that will word it, and sent by nobody."""

from datetime import datetime

from caseflow.domain.case import Case, Stream
from caseflow.domain.effects import Send
from caseflow.engine.app import App
from caseflow.engine.deliver import people_of
from caseflow.engine.delivery_rules import channels
from caseflow.engine.ports import NoticeRow, Outgoing, Unsendable


def rehearse(app: App, stream: Stream, send: Send, at: datetime) -> Outgoing | Unsendable:
    """The words by the first channel that leads to the person today, or why there are none. One reading."""
    contact = stream.contact if isinstance(stream, Case) else None
    row = NoticeRow(
        "rehearsal", 0, stream.scheme, stream.id, send, 1, send.channels[0], at, case_ref=stream.ref, contact=contact,
        policy_version=stream.policy_version,
    )  # fmt: skip
    with app.store.begin() as unit:
        people = {name: person for (_, name), person in people_of(unit, [row]).items()}
    found = next(channels(row, people.get(send.recipient)), None)
    if found is None:
        return Unsendable("no channel leads to them")
    return app.words.word(row, people, found[0])
