"""The offence code table that is shipped (config/offences/codes.csv), read at first use: some 7,000 codes, 10 ms.

Words are matched against the beginnings of a title's words. One that begins none of them is taken for the nearest words
that the titles have, so that "shop theif" is found, too.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from caseflow.engine.offences import Offence
from caseflow.settings.paths import config_dir

SPOKEN = {
    "shoplifting": "theft shop", "shoplifter": "theft shop", "abh": "occasioning actual bodily harm",
    "gbh": "grievous bodily harm", "weed": "cannabis", "vandalism": "criminal damage",
    "bike": "cycle", "bicycle": "cycle",
}  # fmt: skip
"""What people say → what the titles say."""

NEAREST, CLOSE = 4, 0.75
"""So many of the titles' words a misspelt one may have meant, and how alike they must be (difflib's ratio)."""

_WORD = re.compile(r"[a-z0-9]+")
_CODE = re.compile(r"[a-z]{2}\d{2,5}[a-z]?")


class OffenceTable:
    """Codes by code and by words. Raises FilesMissing at first use where the table is not there."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def find(self, code: str) -> Offence | None:
        """The offence of this very code: an attempt (…A) is not looked up as the offence itself."""
        return self._by_code.get(code.strip().upper())

    def search(self, words: str, limit: int = 10) -> Sequence[Offence]:
        """The offences whose titles hold words beginning with each of these, best first; or whose code begins so."""
        text = words.strip().lower()
        if _CODE.fullmatch(text):
            return [one for code, one in self._by_code.items() if code.startswith(text.upper())][:limit]
        wanted = _WORD.findall(" ".join(SPOKEN.get(word, word) for word in _WORD.findall(text)))
        if not wanted:
            return []
        meant = [self._meant(word) for word in wanted]
        found = set.intersection(*(set().union(*(self._by_word[word] for word in words)) for words in meant))
        begun = tuple(word for words in meant for word in words)
        return sorted((self._by_code[code] for code in found), key=lambda one: _rank(one, wanted, begun))[:limit]

    @cached_property
    def _by_code(self) -> dict[str, Offence]:
        path = self._path or config_dir() / "offences" / "codes.csv"
        with path.open(encoding="utf-8", newline="") as lines:
            return {code: Offence(code, category, title) for code, category, title in list(csv.reader(lines))[1:]}

    @cached_property
    def _by_word(self) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for one in self._by_code.values():
            for word in _words(one):
                found[word].add(one.code)
        return dict(found)

    def _meant(self, word: str) -> list[str]:
        """The titles' words that begin so, or else those most like it."""
        begun = [known for known in self._by_word if known.startswith(word)]
        return begun or get_close_matches(word, self._by_word, n=NEAREST, cutoff=CLOSE)


def _words(one: Offence) -> list[str]:
    return _WORD.findall(one.title.lower())


def _rank(one: Offence, wanted: Sequence[str], meant: Sequence[str]) -> tuple[int, int, int, int, str]:
    """Whole words before beginnings, the plain offence before its forms, titles that begin with it, short ones."""
    words = _words(one)
    part = sum(word not in words for word in wanted)
    first = next((n for n, word in enumerate(words) if word in meant), len(words))
    form = one.code[-1].isalpha() or ("aggravated" in words and "aggravated" not in wanted)
    return part, int(form), first, len(words), one.code


OFFENCES = OffenceTable()
"""The shipped table."""
