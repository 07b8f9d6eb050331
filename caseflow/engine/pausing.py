"""After a restore: what may have gone before, in the life that was lost, and what becomes of it.

A restored database opens paused (ADR 39): facts are recorded and nothing is done by itself, until a person has looked.
What was sent after the backup was taken, nobody here knows. So before work goes on, everything that should have happened
by now is worked out, while nothing can be sent yet; whatever then waits to be sent is in doubt:

- by a channel that can be asked, it is looked up there first, under the same reference, and goes only if it is not there;
- to officers and providers it goes again rather than not at all;
- anything else to a participant is not sent: nobody knows whether it went, and a person looks at it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from caseflow.domain.words import Channel
from caseflow.engine.app import App, Counts, ring
from caseflow.engine.deliver import finders_of, people_of
from caseflow.engine.delivery_rules import channels, recipient
from caseflow.engine.ports import AT_LEAST_ONCE, NoticeRow, Pause, PersonRow
from caseflow.engine.settling import HELD, unclear
from caseflow.engine.sweep import FIRING, REACTING, until_still

BATCH = 500
LOOK_FOR = timedelta(days=7)
"""So long (real time) after a restore everything that can be looked up is; Notify keeps what it sent for seven days.

For facts that people record again come as they come, and bring the same messages, under the same references.
"""


@dataclass(slots=True)
class Outlook:
    """A pause, and the messages that wait, by what becomes of them: "looked up", "sent again", "not sent", "sent"."""

    pause: Pause | None
    messages: Counter[str] = field(default_factory=Counter)
    worked: Counts = field(default_factory=Counts)


def look(app: App) -> Outlook:
    """The messages that wait now, and what `resume` would make of them. What it would work out first is not in it."""
    pause = app.store.paused()
    found = Outlook(pause)
    if pause is not None:
        _walk(app, pause, found, doubt=pause.backup_at is not None)
    return found


def resume(app: App, *, send_waiting: bool = False) -> Outlook:
    """catch up, sending nothing | hold what may have gone | this is home from now on → ring. Nothing, where no pause is.

    `send_waiting`: a person knows that nothing went after the backup, so nothing is in doubt. Killed half-way, it stays
    paused and is started again.
    """
    pause = app.store.paused()
    done = Outlook(pause)
    if pause is None:
        return done
    doubt = pause.backup_at is not None and not send_waiting
    if doubt:
        done.worked = until_still(replace(app, store=app.store.awake()), None, (REACTING, FIRING))
    _walk(app, pause, done, doubt=doubt, hold=doubt)
    with app.store.begin() as unit:
        unit.resume(LOOK_FOR if doubt else timedelta(0))
    ring(app, Counts(lanes={"react", "fire", "deliver.people", "deliver.others", "publish"}))
    return done


def _walk(app: App, pause: Pause, found: Outlook, *, doubt: bool, hold: bool = False) -> None:
    """Every message that waits, some hundreds a transaction: counted by its fate, and held where that is its fate."""
    asked, after = finders_of(app), 0
    while True:
        with app.store.begin() as unit:
            rows = unit.in_doubt(pause.since, after, BATCH)
            if not rows:
                return
            after = rows[-1].id
            people = people_of(unit, rows)
            aimed = [_aimed(app, row, people) for row in rows]
            fates = [_fate(row, asked) if doubt else "sent" for row in aimed]
            found.messages.update(fates)
            held = [row for row, fate in zip(aimed, fates, strict=True) if fate == "not sent"]
            if hold and held:
                unit.hold(held, HELD)
                unit.add_inbox([unclear(row, unit.now()) for row in held])


def _aimed(app: App, row: NoticeRow, people: Mapping[tuple[str, str], PersonRow]) -> NoticeRow:
    """With the channel and address that it would go by now, as the attempt that this would be."""
    known = {name: person for (scheme, name), person in people.items() if scheme == row.scheme}
    person = recipient(row, known)
    addressed = replace(row, send=replace(row.send, recipient=person), attempt=row.attempt + 1)
    for channel, address in channels(addressed, known.get(person)):
        if channel in app.senders:
            return replace(addressed, channel=channel, address=address)
    return addressed


def _fate(row: NoticeRow, asked: Mapping[Channel, object]) -> str:
    if row.channel in asked:
        return "looked up"
    return "sent again" if row.send.kind in AT_LEAST_ONCE else "not sent"
