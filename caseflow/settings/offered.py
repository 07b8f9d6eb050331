"""Which messages there are, as the policy reader needs to know them: by which channels and in which languages.

The truth is the templates folder: a message that has no words in a language cannot be sent in it, whatever a list says.
`audience` is known only where the catalogue is given (`with_catalogue`); rooms above this one have it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

FILES = {"text": "sms.txt", "email": "email.txt", "letter": "letter.html"}


class Listed(Protocol):
    """The part of a catalogue entry that is read here."""

    @property
    def audience(self) -> str:
        """For whom the message is written."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One message: (channel, language) pairs that have words, and for whom they are (empty: not known here)."""

    worded: frozenset[tuple[str, str]]
    audience: str = ""

    @property
    def channels(self) -> frozenset[str]:
        """The channels it has words for, in any language."""
        return frozenset(channel for channel, _ in self.worded)


def offered_messages(templates: Path) -> dict[str, Offered]:
    """Every message under ``templates/messages``; folders that begin with an underscore hold layouts."""
    found = {}
    for folder in sorted((templates / "messages").iterdir()):
        if folder.is_dir() and not folder.name.startswith("_"):
            worded = frozenset(
                (channel, language.name)
                for language in folder.iterdir()
                for channel, file in FILES.items()
                if (language / file).is_file()
            )
            found[folder.name] = Offered(worded)
    return found


def with_catalogue(offered: Mapping[str, Offered], catalogue: Mapping[str, Listed]) -> dict[str, Offered]:
    """The same messages with their audiences."""
    return {
        name: Offered(message.worded, catalogue[name].audience if name in catalogue else "")
        for name, message in offered.items()
    }
