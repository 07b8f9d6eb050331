"""Who stands in a row: people with ids that the same person always gets again, so that a repeat changes nothing.

A participant is the same by folded name and date of birth within a force; an officer or mailbox by its e-mail address.
Never by a mobile number: numbers are shared, lost and handed on.
"""

import unicodedata
import uuid
from datetime import date

from caseflow.domain.words import AddressStatus, Channel
from caseflow.engine.ports import PersonIn

_PEOPLE = uuid.UUID("5b1f7a52-6f6e-5d0c-9e5d-0a6f3c1c2d10")


def folded(name: str) -> str:
    """A name without case, accents and spacing: how two spellings of one person meet."""
    bare = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in bare if not unicodedata.combining(char) and char.isalnum())


def participant_id(scheme: str, given: str, family: str, born: date) -> str:
    return _id(scheme, "participant", folded(given) + "|" + folded(family), born.isoformat())


def contact_id(scheme: str, kind: str, key: str) -> str:
    """An officer's or a mailbox's id from its address (or its name, where no address is known)."""
    return _id(scheme, kind, key.casefold())


def address_id(person: str, channel: Channel, value: str) -> str:
    return _id(person, channel.value, value.casefold())


def officer(scheme: str, name: str, email: str | None, collar: str = "") -> PersonIn:
    given, _, family = name.partition(" ")
    person = contact_id(scheme, "officer", email or f"{name}/{collar}")
    extra = {"collar": collar} if collar else {}
    return PersonIn(person, "officer", given, family, None, _by_mail(person, email), extra=extra)


def team(scheme: str, email: str) -> PersonIn:
    """A team's mailbox, called by the part before the @."""
    person = contact_id(scheme, "team", email)
    return PersonIn(person, "team", email.partition("@")[0], "", None, _by_mail(person, email))


def _by_mail(person: str, email: str | None) -> dict[Channel, tuple[str, str, str]]:
    if not email:
        return {}
    return {Channel.EMAIL: (address_id(person, Channel.EMAIL, email), email, AddressStatus.CONFIRMED)}


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_PEOPLE, "\x1f".join(parts)))
