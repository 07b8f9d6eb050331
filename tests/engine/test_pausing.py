"""After a restore: what may have gone is looked up, goes again or is held; nothing goes before somebody has looked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from caseflow.domain.events import DeliveryNoted, RungFired
from caseflow.domain.words import Channel, Receipt
from caseflow.engine import pausing
from caseflow.engine.audit import audit
from caseflow.engine.ports import Outgoing, Sent
from caseflow.messages.senders.memory import MemorySender

HOUR = timedelta(hours=1)


class Asked(MemorySender):
    """A channel that knows what it has: a message of the life that was lost, too."""

    look_after = timedelta(seconds=5)

    def __init__(self) -> None:
        super().__init__()
        self.has: set[str] = set()
        self.looked_up: list[str] = []

    def find(self, batch: Sequence[Outgoing]) -> list[Sent | None]:
        self.looked_up += [message.key for message in batch]
        return [Sent("accepted", "found") if message.key in self.has else None for message in batch]


@pytest.fixture
def chased(desk):
    """Sam's case at two o'clock: the chase by text waits, and the officers' mail of this morning has gone."""
    desk.accepted()
    desk.sweep()
    desk.go_to(desk.now + 2 * HOUR)
    desk.memory.store.set_clock(desk.now + 2 * HOUR)
    return desk


def restored(desk, hours_ago: float = 1.0) -> None:
    with desk.app.store.begin() as unit:
        unit.pause("this database was restored from a backup", unit.now() - timedelta(hours=hours_ago))


def texts(desk) -> list[Outgoing]:
    return desk.sent(Channel.TEXT)


def unknown(desk) -> list[str]:
    return [row.send.purpose for row in desk.memory.store.tables.notices.values() if row.state == "unknown"]


def test_nothing_happens_while_it_is_paused_and_facts_are_recorded(chased):
    before = len(chased.sent())
    restored(chased)
    assert chased.sweep().events == 0
    chased.accepted("case-2")
    assert chased.sweep().events == 0
    assert len(chased.sent()) == before


def test_a_look_changes_nothing(chased):
    restored(chased)
    assert pausing.look(chased.app).pause.backup_at is not None
    assert chased.app.store.paused() is not None
    assert chased.stream().seq == len(chased.history())
    assert unknown(chased) == []


def test_a_chase_that_may_have_gone_is_not_sent_where_its_channel_cannot_be_asked(chased):
    restored(chased)
    done = pausing.resume(chased.app)
    assert done.messages == {"not sent": 1}
    assert done.worked.events
    chased.sweep()
    assert texts(chased) == []
    assert unknown(chased) == ["first_contact"]
    assert [one.receipt for one in chased.history() if isinstance(one, DeliveryNoted)] == [Receipt.UNKNOWN]
    found = audit(chased.app.readings, replay_every=1)
    assert (found.violations, [one.name for one in found.warnings]) == ([], ["unknown_send"])


def test_a_chase_that_has_gone_is_found_where_its_channel_can_be_asked(chased):
    chased.app.senders[Channel.TEXT] = channel = Asked()
    restored(chased)
    assert pausing.resume(chased.app).messages == {"looked up": 1}
    (waiting,) = [row for row in chased.memory.store.tables.notices.values() if row.state == "ready"]
    channel.has.add(waiting.key)
    chased.sweep()
    assert channel.looked_up == [waiting.key]
    assert channel.sent == []
    assert chased.memory.store.tables.notices[waiting.id].state == "sent"


def test_a_chase_that_has_not_gone_is_looked_for_and_sent(chased):
    chased.app.senders[Channel.TEXT] = channel = Asked()
    restored(chased)
    pausing.resume(chased.app)
    chased.sweep()
    assert len(channel.looked_up) == len(channel.sent) == 1


def test_officers_hear_it_again_rather_than_not_at_all(desk):
    desk.accepted()
    restored(desk)
    done = pausing.resume(desk.app)
    assert done.messages == {"sent again": 1}
    desk.sweep()
    assert len(desk.sent(Channel.EMAIL)) == 1


def test_who_knows_that_nothing_went_sends_everything(chased):
    restored(chased)
    done = pausing.resume(chased.app, send_waiting=True)
    assert done.worked.events == 0
    chased.sweep()
    assert len(texts(chased)) == 1
    assert unknown(chased) == []


def test_a_pause_by_a_person_leaves_nothing_in_doubt(chased):
    with chased.app.store.begin() as unit:
        unit.pause("the printer is on fire")
    assert pausing.resume(chased.app).messages == {}
    chased.sweep()
    assert len(texts(chased)) == 1


def test_where_nothing_is_paused_there_is_nothing_to_resume(chased):
    assert pausing.resume(chased.app).pause is None


def test_a_step_that_fired_in_the_lost_life_and_comes_later_now_is_held_then(desk):
    """The backup is of ten o'clock, the chase went at two; resumed at four, the ladder is late and chases in the evening."""
    desk.accepted()
    desk.sweep()
    desk.memory.store.set_clock(desk.now + 6 * HOUR)
    restored(desk, hours_ago=6)
    assert pausing.resume(desk.app).messages == {}
    desk.go_to(desk.now + timedelta(days=1))
    chase = [one for one in desk.history() if isinstance(one, RungFired) and one.rung == "text"]
    assert [one.towards_participant for one in chase] == [True], "it did fire"
    assert texts(desk) == []
    assert unknown(desk) == ["first_contact"]


def test_a_step_whose_own_time_is_after_the_resume_goes(desk):
    restored(desk)
    pausing.resume(desk.app)
    desk.accepted()
    desk.sweep()
    desk.go_to(desk.now + 5 * HOUR)
    assert len(texts(desk)) == 1
    assert unknown(desk) == []


def test_a_resume_that_was_killed_half_way_is_started_again(chased):
    restored(chased)
    store = chased.app.store

    class Dies:
        def __getattr__(self, name):
            return getattr(store, name)

        def awake(self):
            return store.awake()

        def begin(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pausing.resume(replace(chased.app, store=Dies()))
    assert store.paused() is not None
    assert pausing.resume(chased.app).messages == {"not sent": 1}
    chased.sweep()
    assert texts(chased) == []
