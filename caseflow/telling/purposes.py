"""What a message is called where it is listed: by its name in the catalogue, in words where that name is ours alone."""

from caseflow.telling import story

NAMES = {
    "no_answer": "question how it is going",
    "oic_contact_question": "question about other ways of contact",
    "oic_reconsider": "request to reconsider",
    "seen_them": "question about recent contact",
}
"""Names that are no words for people. They begin small: a sentence may have them in its middle."""


def named(purpose: str) -> str:
    return NAMES.get(purpose) or story.plain(purpose)


def titled(purpose: str) -> str:
    """The same where a line begins with it."""
    found = named(purpose)
    return found[:1].upper() + found[1:]
