"""`pause` and `resume`: let nothing happen by itself, look at what waits, let it go on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from caseflow.cli import contracts
from caseflow.cli.desk import opened
from caseflow.cli.output import as_json, instant, local, say

if TYPE_CHECKING:
    from caseflow.engine.pausing import Outlook
    from caseflow.engine.ports import Pause
    from caseflow.engine.readings import Health

FATES = {
    "looked up": "are looked up at their channel, and go only if it does not have them",
    "sent again": "to officers and providers go, perhaps for the second time",
    "not sent": "to participants do not go, for nobody knows whether they went; `caseflow audit` lists them (unknown_send)",
    "sent": "go",
}


def pause(why: str, restored: str) -> None:
    """From now on facts are recorded and nothing else happens."""
    backup_at = instant("--restored", restored) if restored else None
    with opened() as desk, desk.app.store.begin() as unit:
        unit.pause(why, backup_at)
    say("Paused: facts are recorded, nothing follows from them and nothing is sent until `caseflow resume`.")


def resume(*, look: bool, send_waiting: bool, json: bool) -> None:
    """Say what waits; unless only to look, let it go on."""
    from caseflow.engine import pausing

    with opened() as desk:
        health = desk.readings.health()
        found = pausing.look(desk.app) if look else pausing.resume(desk.app, send_waiting=send_waiting)
    resumed = found.pause is not None and not look
    if json:
        as_json(_contract(found, resumed=resumed))
    elif found.pause is None:
        say("Nothing is paused.")
    else:
        say(*(_before(found.pause, health, found) if look else _after(found)))


def _contract(found: "Outlook", *, resumed: bool) -> contracts.Resume:
    messages, facts = dict(found.messages), found.worked.events
    if found.pause is None:
        return contracts.Resume(resumed, None, "", None, facts, messages)
    return contracts.Resume(resumed, found.pause.since, found.pause.why, found.pause.backup_at, facts, messages)


def _before(paused: "Pause", health: "Health", found: "Outlook") -> Iterator[str]:
    restored = paused.backup_at is not None
    yield f"Paused since {local(paused.since)}: {paused.why}"
    if restored:
        yield f"The backup's last sign of life is of {local(paused.backup_at, seconds=True)}: what came after it is lost here."
    yield (
        f"{health.unreacted} streams have facts to react to, {health.overdue} have alarms to answer, {health.inbox} commands wait"
        + ("; their messages join those below." if restored else ".")
    )
    yield from _messages(found)
    if restored:
        yield "First record again what people know and this database does not. Then `caseflow resume`."
        yield "Only if nothing was sent after the backup: `caseflow resume --send-waiting` sends everything that waits."
    else:
        yield "`caseflow resume` lets work go on."


def _after(found: "Outlook") -> Iterator[str]:
    if found.worked.events:
        yield f"Caught up: {found.worked.events} facts"
    yield from _messages(found)
    yield "Work goes on; `caseflow doctor` shows how."


def _messages(found: "Outlook") -> Iterator[str]:
    yield f"{found.messages.total()} messages wait to be sent" + (":" if found.messages else ".")
    for fate, words in FATES.items():
        if found.messages[fate]:
            yield f"  {found.messages[fate]} {words}"
