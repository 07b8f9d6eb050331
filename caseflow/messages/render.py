"""A name, a channel, a language and fields become words: `catalogue | check fields | clean | template | Rendered`.

Templates stand in `templates/messages/<name>/<language>/<file of the channel>` and see only the fields the catalogue
names. A missing field, a surplus one, or one of the wrong kind is an error: a message with a hole never leaves.
`sms.short.txt` is optional: the same text in fewer words, taken when long names would push the first into another part.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import TemplateNotFound

from caseflow.messages.catalogue import CATALOGUE
from caseflow.messages.check import check_catalogue
from caseflow.messages.dates import LANGUAGES
from caseflow.messages.errors import (
    BadField,
    MessageError,
    MissingField,
    NoTemplate,
    SurplusField,
    UnknownChannel,
    UnknownLanguage,
    UnknownMessage,
)
from caseflow.messages.fields import checked
from caseflow.messages.templates import SHORT, environment, messages_dir
from caseflow.messages.text import MAX_PARTS, count, one_line, plain_typography

__all__ = [
    "BadField",
    "MessageError",
    "MissingField",
    "NoTemplate",
    "Rendered",
    "SurplusField",
    "UnknownChannel",
    "UnknownLanguage",
    "UnknownMessage",
    "check_catalogue",
    "preview",
    "render",
]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in words. `subject` only for e-mail; `parts` only for a text (see `text.count`)."""

    subject: str | None
    body: str
    parts: int | None
    content_type: str

    @property
    def too_long(self) -> bool:
        """A text of more parts than we send: it goes by the message's next channel instead. Nothing is ever cut."""
        return self.parts is not None and self.parts > MAX_PARTS


def render(name: str, channel: str, language: str, fields: Mapping[str, Any]) -> Rendered:
    """Word one message. Raises a `MessageError` that names the message and what is wrong with it."""
    message = CATALOGUE.get(name)
    if message is None:
        raise UnknownMessage(name)
    if channel not in message.channels:
        raise UnknownChannel(message, channel)
    if language not in LANGUAGES:
        raise UnknownLanguage(language)
    values = checked(message, language, fields)
    fill = partial(_fill, messages_dir(), name, language, values)
    if channel == "text":
        return _text(fill, messages_dir() / name / language / SHORT)
    if channel == "email":
        return Rendered(
            one_line(fill("email.subject.txt")), fill("email.txt") + "\n", None, "text/plain; charset=utf-8"
        )
    return Rendered(None, fill("letter.html") + "\n", None, "text/html; charset=utf-8")


def preview(name: str, channel: str, language: str) -> Rendered:
    """The message worded with the catalogue's sample fields, the longest that real life brings."""
    message = CATALOGUE.get(name)
    if message is None:
        raise UnknownMessage(name)
    return render(name, channel, language, {field.name: field.sample(language) for field in message.fields.values()})


def _text(fill: Callable[[str], str], short: Path) -> Rendered:
    def worded(file: str) -> Rendered:
        body = one_line(plain_typography(fill(file)))
        return Rendered(None, body, count(body).parts, "text/plain; charset=utf-8")

    full = worded("sms.txt")
    if full.parts == 1 or not short.is_file():
        return full
    brief = worded(SHORT)
    return brief if (brief.parts or 0) < (full.parts or 0) else full


def _fill(root: Path, name: str, language: str, values: Mapping[str, Any], file: str) -> str:
    try:
        return environment(root, language).get_template(f"{name}/{language}/{file}").render(values).strip()
    except TemplateNotFound as missing:
        raise NoTemplate(root / str(missing.name)) from missing
