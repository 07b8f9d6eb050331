"""A text as a gateway hands it over (the shape of GOV.UK Notify's callback for received texts), made ready to keep.

Nothing is refused for what it says, and a number nobody can read stays as it came: it finds nobody, so a person looks.
"""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from caseflow.engine.inbound_rows import InboundText

LONGEST = 10_000
"""Letters of a message that are kept: far more than any chain of texts holds."""


class NotAText(ValueError):
    """What came is not a received text; the message says which field, and what it should be."""


class _Received(msgspec.Struct):
    """https://docs.notifications.service.gov.uk/rest-api.html, "Received text messages"; other fields are ignored."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[\w.:-]+$")]
    source_number: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    destination_number: Annotated[str, msgspec.Meta(max_length=40)]
    message: str
    date_received: Annotated[datetime, msgspec.Meta(tz=True)]


_decoder = msgspec.json.Decoder(_Received)


def received(raw: bytes | str) -> InboundText:
    """One JSON object as a text. Raises NotAText."""
    try:
        one = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
        raise NotAText(
            f"{wrong}; expected are id, source_number, destination_number, message and date_received (UTC, ISO 8601)"
        ) from wrong
    body = one.message.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST]
    return InboundText(
        one.id,
        e164(one.source_number),
        one.destination_number.replace("\0", ""),
        body,
        one.date_received.astimezone(UTC),
    )


def e164(number: str) -> str:
    """A number as the people register has it (``+447700900123``); one that cannot be read stays as it came, less spaces."""
    import phonenumbers  # noqa: PLC0415  heavy, and many commands never need it

    cleaned = "".join(number.replace("\0", "").split())
    try:
        found = phonenumbers.parse(cleaned, "GB")
    except phonenumbers.NumberParseException:
        return cleaned
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def scheme_of(to: str, numbers: dict[str, str], schemes: list[str]) -> str | None:
    """Whose number it came to: the one set for it, else the one set for ``*``, else the only scheme; None: not to be said."""
    named = {e164(number): scheme for number, scheme in numbers.items() if number != "*"}
    found = named.get(e164(to)) or numbers.get("*")
    return found or (schemes[0] if len(schemes) == 1 else None)
