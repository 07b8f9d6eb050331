"""A letter of ours (HTML) as plain text, for a channel that sets it in type itself."""

import re
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset(
    {"p", "h2", "h3", "ul", "ol", "div", "table", "tr", "section", "header", "footer", "address"}
)
_SILENT: Final = frozenset({"head", "style", "script", "title"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.heading: list[str] = []
        self._silent = 0
        self._in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "h1":
            self._in_heading = True
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n* ")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent -= 1
        elif tag == "h1":
            self._in_heading = False
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            (self.heading if self._in_heading else self.parts).append(re.sub(r"\s+", " ", data))


def plain(letter: str) -> tuple[str, str]:
    """The letter's heading, and its words: paragraphs apart by an empty line, points as lines that begin with a star."""
    reader = _Reader()
    reader.feed(letter)
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).splitlines()]
    return "".join(reader.heading).strip(), re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
