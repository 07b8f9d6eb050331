"""What a page's function gives back: a page to be rendered, a way to go on, or that there is nothing for this visitor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """`template` below `templates/web/`, filled with `context`."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Go:
    """On to another of our own pages (303). `token` begins a session in this browser; "" ends the one it has."""

    to: str
    token: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """To the identity provider, whose address the settings name. Nothing else may lead off this site."""

    address: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file to keep, under a plain name. It is looked at by no browser as a page."""

    content: str
    kind: str
    name: str


Answer = Page | Go | Away | Download


class NotThere(Exception):
    """There is no such page for this visitor: it may be somebody else's, or nobody's. Nobody is told which."""


def own_path(given: str, otherwise: str = "/") -> str:
    """A path of our own, whatever was given: nobody is sent from here to another site (ASVS 5.0, 3.7.2)."""
    plain = given.startswith("/") and not given.startswith(("//", "/\\"))
    printable = all(32 < ord(letter) < 127 and letter != "\\" for letter in given)
    return given if plain and printable and len(given) <= 500 else otherwise
