"""Everything between us and the participant, in order: what we wrote and what became of it, what they answered, calls.

Codes stay codes here (a page says them in its language); the words are those of the message, or of the person.
"""

from dataclasses import dataclass
from datetime import datetime

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.words import Channel, Receipt, Role
from caseflow.engine.app import App
from caseflow.engine.ports import Outgoing
from caseflow.engine.readings import Dossier, NoticeLine
from caseflow.engine.rehearse import reworded
from caseflow.telling import story
from caseflow.telling.purposes import titled
from caseflow.telling.worded import as_read

BECAME = {
    "ready": "waits", "leased": "waits", "calling": "on_its_way", "sent": "sent", "failed": "not_delivered",
    "unknown": "unclear", "void": "not_needed", "dropped": "not_sent",
}  # fmt: skip
RECEIPTS = {
    Receipt.DELIVERED: "delivered",
    Receipt.PERMANENT: "not_delivered",
    Receipt.TEMPORARY: "not_yet",
    Receipt.TECHNICAL: "not_delivered",
}
GONE = frozenset({"sent", "delivered", "not_delivered", "not_yet", "unclear", "on_its_way"})
"""What was handed to a channel, so that there are words to show."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said. `side` is ours, theirs or call. `became` is the tick: what is known of a message of ours.

    `what` is the message's name in plain words, or what came of a call (a code). `words` may be "" where there are none.
    """

    at: datetime
    side: str
    channel: str
    what: str
    who: str = ""
    words: str = ""
    language: str = "en"
    became: str = ""
    unread: bool = False


def conversation(app: App, dossier: Dossier, case: Case) -> list[Turn]:
    """Newest first. Three readings, however long it is."""
    assert app.readings is not None
    heard = [one for one in dossier.events if isinstance(one.event, ev.AnswerReceived | ev.ContactRecorded)]
    ids = [
        one.event.text
        for one in heard
        if isinstance(one.event, ev.AnswerReceived | ev.ContactRecorded) and one.event.text
    ]
    texts = app.readings.texts(dossier.scheme, ids) if ids else {}
    names = app.readings.names(dossier.scheme, {one.actor.person for one in heard})
    turns = _ours(app, dossier, case)
    for one in heard:
        match one.event:
            case ev.AnswerReceived() as answer:
                turns.append(
                    Turn(
                        one.occurred_at, "theirs", answer.channel, answer.reads_as, "", texts.get(answer.text or "", ""),
                        case.contact.language, unread=one.seq in case.unread,
                    )
                )  # fmt: skip
            case ev.ContactRecorded() as call:
                turns.append(
                    Turn(
                        one.occurred_at, "call", call.channel, call.result.value, story.who(one, names),
                        texts.get(call.text or "", ""),
                    )
                )  # fmt: skip
            case _:
                pass
    return sorted(turns, key=lambda turn: turn.at, reverse=True)


def _ours(app: App, dossier: Dossier, case: Case) -> list[Turn]:
    mine = [one for one in dossier.notices if one.to == Role.PARTICIPANT.value]
    if not mine:
        return []
    assert app.readings is not None
    sends = app.readings.sends(dossier.scheme, dossier.id)
    gone = [one for one in mine if _became(one, case) in GONE and one.id in sends]
    worded = reworded(app, case, [(sends[one.id], _channel(one), one.created_at) for one in gone])
    words = {one.id: found for one, found in zip(gone, worded, strict=True) if isinstance(found, Outgoing)}
    return [_turn(one, case, words.get(one.id)) for one in mine]


def _turn(one: NoticeLine, case: Case, worded: Outgoing | None) -> Turn:
    last = one.attempts[-1] if one.attempts else None
    at = (last.ended_at or last.calling_at) if last is not None else None
    heading, body = as_read(worded) if worded else ("", "")
    subject = f"{heading}\n\n" if heading else ""
    return Turn(
        at or one.created_at, "ours", _channel(one).value if last else "", titled(one.purpose), "",
        subject + body, worded.language if worded else "en", _became(one, case),
    )  # fmt: skip


def _channel(one: NoticeLine) -> Channel:
    return Channel(one.attempts[-1].channel) if one.attempts else Channel.TEXT


def _became(one: NoticeLine, case: Case) -> str:
    state = BECAME[one.state]
    if one.state == "sent" and one.attempts:
        receipt = case.receipts.get(f"{one.key}/{one.attempts[-1].channel}", Receipt.ACCEPTED)
        return RECEIPTS.get(receipt, state)
    return state
