"""What the doors ask of the offence code table: one code, or what words may mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Offence:
    """One code. `category`: CS summary, CM summary motoring, CE either way, CI indictable only."""

    code: str
    category: str
    title: str


class Offences(Protocol):
    """The table. Codes are as the courts write them: two letters, five figures, perhaps a letter."""

    def find(self, code: str) -> Offence | None: ...
    def search(self, words: str, limit: int = 10) -> Sequence[Offence]:
        """What the words may mean, best first; empty where nothing fits all of them."""
        ...
