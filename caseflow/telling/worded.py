"""A message as somebody reads it on a screen: a letter's words without its page, a text's and an e-mail's as they are."""

from caseflow.domain.words import Channel
from caseflow.engine.ports import Outgoing
from caseflow.messages.senders.plain import plain


def as_read(message: Outgoing) -> tuple[str, str]:
    """(an e-mail's subject or a letter's heading, the words). A letter is made as HTML: nobody reads that."""
    if message.channel == Channel.LETTER.value:
        return plain(message.body)
    return message.subject or "", message.body.strip()
