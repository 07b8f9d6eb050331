"""The offence code table that is shipped (config/offences/codes.csv), some 7,000 codes.

It is read at first use (15 ms), its words at the first search (0.1 s). A title fits where it has every word that was asked
for, little words (“of”, “and”) apart; possession, possessing and possess are one word, and so are section 5, s.5 and s5.
A word also fits the beginning of a longer one. One that fits none is taken for the nearest that the titles have, so that
"shop theif" is found, too. `everyday.csv` lists the offences that low-level schemes see most, in order, with what officers
call them beside the title: where they fit they come first.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path

import snowballstemmer  # type: ignore[import-untyped]  # it ships no types

from caseflow.engine.offences import Offence
from caseflow.settings.paths import config_dir

SPOKEN = {
    "abh": "actual bodily harm", "gbh": "grievous bodily harm", "weed": "cannabis", "bike": "cycle", "bicycle": "cycle",
    "ghb": "hydroxy", "crack": "crack cocaine", "poa": "public order", "ecstasy": "mdma", "d&d": "drunk disorderly",
}  # fmt: skip
"""What people say of any offence → what the titles say."""
LITTLE = frozenset({
    "a", "act", "an", "and", "any", "as", "at", "be", "been", "being", "by", "for", "from", "had", "has", "have",
    "having", "her", "him", "his", "in", "into", "is", "it", "its", "my", "of", "on", "or", "out", "some", "somebody",
    "someone", "that", "the", "their", "them", "to", "upon", "was", "were", "when", "which", "while", "who", "with",
})  # fmt: skip
"""Words that tell no offence from another."""

RARE = ("aggravated", "pre", "pilot")
"""Titles with one of these come later, unless it was asked for: graver forms, law that has gone, trials of a few forces."""

NEAREST, CLOSE = 4, 0.75
"""So many of the titles' words a misspelt one may have meant, and how alike they must be (difflib's ratio)."""

_WORD = re.compile(r"d&d|[a-z0-9]+")
_CODE = re.compile(r"[a-z]{2}\d{2,5}[a-z]?")
_SECTION, _CLASS = re.compile(r"\b(?:section|sect|sec|s)\b[. ]*(\d+[a-z]*)\b"), re.compile(r"\bclass ([abc])\b")
_STEMMER = snowballstemmer.stemmer("english")


class OffenceTable:
    """Codes by code and by words. Raises FilesMissing at first use where the table is not there."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def find(self, code: str) -> Offence | None:
        """The offence of this very code: an attempt (…A) is not looked up as the offence itself."""
        return self._by_code.get(code.strip().upper())

    def search(self, words: str, limit: int = 10) -> Sequence[Offence]:
        """The offences that fit all of these words, best first; or whose code begins so."""
        text = words.strip().lower()
        if _CODE.fullmatch(text):
            return [one for code, one in self._by_code.items() if code.startswith(text.upper())][:limit]
        said = " ".join(SPOKEN.get(word, word) for word in _words(text))
        wanted = [word for word in _words(said) if word not in LITTLE]
        if not wanted:
            return []
        meant = [self._meant(word) for word in wanted]
        found = set.intersection(*(set().union(*(self._by_word[word] for word in words)) for words in meant))
        any_of = {word for words in meant for word in words}
        ranked = sorted((self._by_code[code] for code in found), key=lambda one: self._rank(one, wanted, any_of))
        return ranked[:limit]

    @property
    def _folder(self) -> Path:
        return self._path.parent if self._path else config_dir() / "offences"

    @cached_property
    def _by_code(self) -> dict[str, Offence]:
        path = self._path or self._folder / "codes.csv"
        with path.open(encoding="utf-8", newline="") as lines:
            return {code: Offence(code, category, title) for code, category, title in list(csv.reader(lines))[1:]}

    @cached_property
    def _everyday(self) -> Mapping[str, tuple[int, list[str]]]:
        """By code, its place among the everyday offences and what else it is called."""
        path = self._folder / "everyday.csv"
        if not path.is_file():
            return {}
        with path.open(encoding="utf-8", newline="") as lines:
            return {code: (place, _words(words)) for place, (code, words) in enumerate(list(csv.reader(lines))[1:])}

    @cached_property
    def _by_word(self) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for one in self._by_code.values():
            for word in self._called(one):
                found[word].add(one.code)
        return dict(found)

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._by_word:
            found[stem(word)].append(word)
        return dict(found)

    def _called(self, one: Offence) -> list[str]:
        return _words(one.title) + self._everyday.get(one.code, (0, []))[1]

    def _meant(self, word: str) -> list[str]:
        """The words that are this one in another form or begin so, or else those most like it."""
        begun = [known for known in self._by_word if known.startswith(word)]
        forms = [known for known in self._by_stem.get(stem(word), ()) if known not in begun]
        return begun + forms or get_close_matches(word, self._by_word, n=NEAREST, cutoff=CLOSE)

    def _rank(self, one: Offence, wanted: Sequence[str], meant: set[str]) -> tuple[int, int, int, int, int, str]:
        """Whole words before beginnings, everyday before rare, plain before its forms, titles that begin so, short ones."""
        title = _words(one.title)
        stems = {stem(word) for word in self._called(one)}
        part = sum(stem(word) not in stems for word in wanted)
        everyday = self._everyday[one.code][0] if one.code in self._everyday else len(self._everyday)
        first = next((n for n, word in enumerate(title) if word in meant), len(title))
        form = one.code[-1].isalpha() or any(word in title and word not in wanted for word in RARE)
        return part, everyday, int(form), first, len(title), one.code


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """What the forms of a word have in common: possess of possession and possessing, obstruct of obstructed."""
    return str(_STEMMER.stemWord(word))


def _words(text: str) -> list[str]:
    return _WORD.findall(_CLASS.sub(r"class\1", _SECTION.sub(r"s\1", text.lower())))


OFFENCES = OffenceTable()
"""The shipped table."""
