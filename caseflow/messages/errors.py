"""What can be wrong with a message. Every error says what, where, and what to do about it."""

from pathlib import Path

from caseflow.messages.catalogue import CATALOGUE, Message
from caseflow.messages.dates import LANGUAGES


class MessageError(Exception):
    """A message that cannot be worded. The text says what is wrong, where, and what to do."""


class UnknownMessage(MessageError):
    """No such message in the catalogue."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no message {name!r}. Add it to caseflow/messages/catalogue.py or correct the name.")
        self.name = name


class UnknownChannel(MessageError):
    """The message does not go by this channel."""

    def __init__(self, message: Message, channel: str) -> None:
        super().__init__(
            f"“{_called(message.name)}” is not sent by {channel}, only by {' or '.join(message.channels)}."
        )
        self.name, self.channel = message.name, channel


class UnknownLanguage(MessageError):
    """No templates are kept in this language."""

    def __init__(self, language: str) -> None:
        super().__init__(f"Messages are kept in {' and '.join(LANGUAGES)}, not in {language!r}.")
        self.language = language


class MissingField(MessageError):
    """A field the catalogue names was not given."""

    def __init__(self, name: str, field: str) -> None:
        super().__init__(f"Message {name!r} needs the field {field!r} and did not get it.")
        self.name, self.field = name, field


class SurplusField(MessageError):
    """A field was given that the catalogue does not name."""

    def __init__(self, name: str, field: str) -> None:
        known = ", ".join(sorted(CATALOGUE[name].fields))
        super().__init__(f"Message {name!r} has no field {field!r}. Leave it out; its fields are: {known}.")
        self.name, self.field = name, field


class BadField(MessageError):
    """A field of the wrong kind, such as an instant without a time zone."""

    def __init__(self, name: str, field: str, wanted: str, got: object) -> None:
        super().__init__(f"Message {name!r}: the field {field!r} should be {wanted}, not {type(got).__name__}.")
        self.name, self.field = name, field


class NoTemplate(MessageError):
    """The catalogue promises a template that is not there."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"The template {path} is missing. Write it, or take the channel out of the catalogue.")
        self.path = path


def _called(name: str) -> str:
    """A message as people say it: Session reminder."""
    return name.replace("_", " ").capitalize()
