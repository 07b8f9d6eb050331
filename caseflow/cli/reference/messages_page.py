"""The page about messages: who gets which, when, and how it reads with the longest real values in it."""

from collections.abc import Iterable

from caseflow.cli.reference.markdown import code, heading, page, table
from caseflow.messages.catalogue import CATALOGUE, FIELDS, Message
from caseflow.messages.render import preview

AUDIENCES = {
    "participant": "To the participant",
    "officer": "To officers",
    "provider": "To providers",
    "victim_care": "To the OIC or victim care",
    "supervisor": "To supervisors",
    "manager": "To managers",
}
LANGUAGES = {"en": "English", "cy": "Welsh"}
UNCLEAR = {
    "at_most_once": "it is not sent again; a person is shown it",
    "at_least_once": "it is sent again",
}


def messages_page() -> str:
    """Every message of the catalogue."""
    blocks = []
    for audience, title in AUDIENCES.items():
        found = [one for one in CATALOGUE.values() if one.audience == audience]
        if found:
            blocks += [heading(title), *(block for one in found for block in _message(one))]
    fields = ((f"`{one.name}`", one.kind, _sample(one.en)) for one in FIELDS.values())
    return page(
        "Messages",
        "Every message there is. The words stand in `templates/messages/<name>/<language>/`; `caseflow message "
        "preview NAME` "
        "shows any of them. The kind drives the contact budget: over it a reminder is dropped, a chase waits, a "
        "decision goes "
        "and is counted; service news and mail to officers and providers simply go.",
        *blocks,
        heading("Fields"),
        "A template sees exactly the fields its message names; a missing or a surplus one is an error.",
        table(("field", "kind", "sample"), fields),
    )


def _message(message: Message) -> Iterable[str]:
    yield heading(f"`{message.name}`", 3)
    yield (
        f"{message.when} A {message.kind}, by {' or '.join(message.channels)}. "
        f"If nobody knows whether it went, {UNCLEAR[message.unclear]}."
    )
    yield "Fields: " + ", ".join(f"`{name}`" for name in message.fields) + "."
    if "text" in message.channels:
        for language, name in LANGUAGES.items():
            text = preview(message.name, "text", language)
            yield f"{name}, {len(text.body)} characters, {text.parts} part{'s' if text.parts != 1 else ''}:"
            yield code(text.body, "text")


def _sample(value: object) -> str:
    return "; ".join(str(one) for one in value) if isinstance(value, list) else str(value)
