"""A long text in Markdown as part of a page: headings, lists, tables and emphasis, in the Design System's classes.

Nothing else of Markdown is read: no link, no picture, no HTML. What looks like one stays words (ASVS 5.0, 1.3.1).
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markupsafe import Markup

from caseflow.web.drawn import drawn

CLASSES: Final = {
    "h2": "govuk-heading-m",
    "h3": "govuk-heading-s",
    "h4": "govuk-heading-s",
    "p": "govuk-body",
    "ul": "govuk-list govuk-list--bullet",
    "ol": "govuk-list govuk-list--number",
    "table": "govuk-table",
    "thead": "govuk-table__head",
    "tbody": "govuk-table__body",
    "tr": "govuk-table__row",
    "th": "govuk-table__header",
    "td": "govuk-table__cell",
}


@dataclass(frozen=True, slots=True)
class Prose:
    """`title` is the text's first heading, for the page's own h1; `body` the rest; `contents` its headings, (id, words)."""

    title: str
    body: Markup
    contents: tuple[tuple[str, str], ...]


@cache
def _reader() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    return made.disable(["link", "image", "autolink", "html_inline", "html_block", "reference", "lheading"])


def prose(text: str) -> Prose:
    """The text, read. A first line "# …" is its title."""
    reader = _reader()
    tokens = reader.parse(text)
    title = ""
    if tokens[:1] and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title, tokens = tokens[1].content, tokens[3:]
    contents: list[tuple[str, str]] = []
    for place, token in enumerate(tokens):
        if token.tag == "h1":
            token.tag = "h2"
        if token.type == "heading_open" and token.tag in {"h2", "h3"}:
            contents.append((f"part-{len(contents) + 1}", tokens[place + 1].content))
            token.attrSet("id", contents[-1][0])
        if token.nesting == 1 and token.tag in CLASSES:
            token.attrSet("class", CLASSES[token.tag])
    return Prose(title, drawn(reader.renderer.render(tokens, reader.options, {})), tuple(contents))
