"""A test message to whoever asks for it: straight to the channel, without a case, a notice or a record of its own."""

from dataclasses import replace

from caseflow.domain.words import Channel
from caseflow.engine.app import App
from caseflow.engine.faults import place_of, without_addresses
from caseflow.engine.ports import Outgoing, Sent

PAUSED = Sent("failed", "paused: nothing leaves this place")


def send_trial(app: App, message: Outgoing) -> Sent:
    """What the channel answered. Nothing is tried again, and no transaction is open meanwhile.

    Nothing goes where everything is paused: in a restored copy, say.
    """
    if app.store.paused() is not None:
        return PAUSED
    try:
        (sent,) = app.senders[Channel(message.channel)].send([message])
    except Exception as wrong:  # noqa: BLE001 - how far it came is anybody's guess
        return Sent("unknown", place_of(wrong))
    return replace(sent, detail=without_addresses(sent.detail, [message.to]))
