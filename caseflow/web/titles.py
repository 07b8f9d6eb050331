"""What interventions and disposals are called on a page: in its language, or in English and marked as such."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from caseflow.settings.roster import Roster
from caseflow.telling import story

CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
"""A code of ours. Anything else that no roster knows is somebody's own words, in whatever language they wrote."""


@dataclass(frozen=True, slots=True)
class Title:
    """`lang` is the language of the words where that is not the page's, else ""."""

    words: str
    lang: str = ""


def in_language(titles: Mapping[str, str], language: str) -> Title | None:
    """The title in this language, or the English one; None where there is neither."""
    if language in titles:
        return Title(titles[language])
    return Title(titles["en"], "en") if "en" in titles else None


def intervention(roster: Roster | None, code: str, language: str) -> Title:
    """As the roster calls it; a code that it does not know is opened, what is no code was written by somebody."""
    for provider in roster.providers if roster else ():
        for one in provider.interventions:
            if one.code == code and (found := in_language(one.title, language)):
                return found
    if CODE.fullmatch(code):
        return Title(story.plain(code).capitalize(), "" if language == "en" else "en")
    return Title(code[:1].upper() + code[1:])
