"""A message shown to those who answer for it: worded for somebody invented, and sent to oneself as a test.

The fields are the catalogue's samples, the longest that real life brings. A test always goes by e-mail, whatever the
message's own channel: it shows the words, names no case and can be told from a real message at the first glance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from caseflow.domain.words import Channel
from caseflow.engine.ports import Outgoing
from caseflow.messages.catalogue import CATALOGUE, Message
from caseflow.messages.dates import LANGUAGES
from caseflow.messages.render import preview
from caseflow.messages.senders.plain import plain

TEST: Final = {"en": "TEST", "cy": "PRAWF"}
MARK: Final = {
    "en": "This is a test. It is about nobody, and nobody else was sent it.",
    "cy": "Prawf yw hwn. Nid yw'n ymwneud â neb, ac ni chafodd neb arall ef.",
}
BY: Final[Mapping[str, Mapping[str, str]]] = {
    "text": {"en": "Text message", "cy": "Neges destun"},
    "email": {"en": "E-mail", "cy": "E-bost"},
    "letter": {"en": "Letter", "cy": "Llythyr"},
}


@dataclass(frozen=True, slots=True)
class Specimen:
    """A message in one channel and language. `heading` is an e-mail's subject or a letter's title; `parts` a text's."""

    channel: str
    language: str
    heading: str
    body: str
    parts: int | None


def messages_by_audience() -> dict[str, list[Message]]:
    """The whole catalogue, by whom a message is for."""
    found: dict[str, list[Message]] = {}
    for one in CATALOGUE.values():
        found.setdefault(one.audience, []).append(one)
    return found


def specimens(name: str) -> list[Specimen]:
    """This message by each of its channels, in each language. Raises KeyError for one that there is not."""
    return [specimen(name, channel, language) for channel in CATALOGUE[name].channels for language in LANGUAGES]


def specimen(name: str, channel: str, language: str) -> Specimen:
    """One of them. Raises MessageError for a message, channel or language that there is not."""
    worded = preview(name, channel, language)
    if channel == "letter":
        return Specimen(channel, language, *plain(worded.body), None)
    return Specimen(channel, language, worded.subject or "", worded.body.strip(), worded.parts)


def trial(name: str, channel: str, language: str, to: str, key: str, at: datetime) -> Outgoing:
    """The message as an e-mail to `to`, marked as a test in its subject and its first line. Raises MessageError."""
    one = specimen(name, channel, language)
    title = one.heading or name.replace("_", " ")
    said = f"{MARK[language]}\n{BY[channel][language]}: {name}\n\n{'—' * 20}\n\n{one.body}\n"
    return Outgoing(key, Channel.EMAIL.value, to, f"{TEST[language]}: {title}", said, language, at)
