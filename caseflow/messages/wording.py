"""The engine's `Words` port: a notice, the people it names and the service behind it become an addressed message.

What the domain put into the notice are raw values and ids; here ids become first names, codes become words, and what
the message does not ask for is left out. The catalogue decides which fields there are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from jinja2 import TemplateError

from caseflow.domain.words import Channel
from caseflow.engine.links import APPOINTMENTS, CODE, CODE_MARK, LINK_MARK, RETURN
from caseflow.engine.ports import NoticeRow, Outgoing, PersonRow, Unsendable
from caseflow.messages import phrases
from caseflow.messages.catalogue import CATALOGUE, Message
from caseflow.messages.render import MessageError, Rendered, UnknownChannel, render

Person = PersonRow | None


@dataclass(frozen=True, slots=True)
class Service:
    """The service people hear from: its name by language, the number that answers, the titles of what it offers."""

    names: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """The name in this language, or in English."""
        return self.names.get(language) or self.names.get("en", "")


@dataclass(frozen=True, slots=True)
class Pages:
    """Where people find our pages from outside, "" where they do not; and whether participants' reminders say so."""

    address: str = ""
    in_reminders: bool = False

    def links(self, field: str) -> list[str]:
        """What this field of a message says: at most one address, with a mark where its secret goes."""
        if not self.address or (field == "see_online" and not self.in_reminders):
            return []
        return [f"{self.address}/{'r' if field == 'online' else 'a'}/{LINK_MARK}"]

    def view_of(self, reference: str) -> list[str]:
        """Where the officer in this case gives their view, after signing in: nothing secret."""
        return [f"{self.address}/referrals/{reference}/view"] if self.address else []

    def referral(self, reference: str) -> list[str]:
        """Where an officer sees how this case stands, and answers what is asked, after signing in: nothing secret."""
        return [f"{self.address}/referrals/{reference}"] if self.address else []


BRINGS: Mapping[str, str] = {"online": RETURN, "see_online": APPOINTMENTS, "code": CODE}
"""Fields that bring something secret, and what."""


class Wording:
    """Words for notices. `services` by scheme; `renderer` is `render` but for tests; `pages` is where ours are."""

    def __init__(
        self,
        services: Mapping[str, Service],
        renderer: Callable[[str, str, str, Mapping[str, Any]], Rendered] = render,
        pages: Pages = Pages(),
    ) -> None:
        self._services = services
        self._render = renderer
        self._pages = pages

    def word(self, row: NoticeRow, people: Mapping[str, PersonRow], channel: Channel) -> Outgoing | Unsendable:
        """The message by this channel, or why it cannot go: `broken` when the defect is ours: no channel would help."""
        message = CATALOGUE.get(row.send.purpose)
        if message is None:
            return Unsendable(f"there is no message {row.send.purpose!r} in the catalogue", broken=True)
        person = people.get(row.send.recipient)
        if person is None or channel not in person.addresses:
            return Unsendable("no address")
        try:
            fields = self._fields(message, row, people)
            rendered = self._render(message.name, channel.value, row.send.language, fields)
        except UnknownChannel as unknown:
            return Unsendable(str(unknown))
        except (MessageError, TemplateError, LookupError, TypeError, ValueError) as wrong:
            return Unsendable(f"{message.name}: {wrong}", broken=True)
        if rendered.too_long:
            return Unsendable(f"{message.name} makes a text of {rendered.parts} parts")
        return Outgoing(
            key=row.key,
            channel=channel.value,
            to=_to(person, channel),
            subject=rendered.subject,
            body=rendered.body,
            language=row.send.language,
            at=datetime.min.replace(tzinfo=UTC),  # the engine says when
            reply_key=row.case_ref,
            brings=next((what for field, what in BRINGS.items() if fields.get(field)), ""),
        )

    def _fields(self, message: Message, row: NoticeRow, people: Mapping[str, PersonRow]) -> dict[str, Any]:
        """Every field the message names and we can fill; what is missing after that, rendering refuses."""
        given = row.send.fields
        service = self._services.get(row.scheme, Service())
        language = row.send.language

        def named(key: str) -> Person:
            return people.get(str(given.get(key) or ""))

        def first_name_of(key: str) -> str:
            person = named(key)
            return person.given if person else service.name(language)

        ours: dict[str, Callable[[], Any]] = {
            "first_name": lambda: people[row.send.recipient].given,
            "worker": lambda: first_name_of("worker"),
            "service": lambda: service.name(language),
            "phone": lambda: service.phone,
            "reference": lambda: given.get("reference") or row.case_ref,
            "officer_name": lambda: full_name(people[row.send.recipient]),
            "provider_name": lambda: full_name(named("provider_name") or people[row.send.recipient]),
            "period": lambda: phrases.period(str(given.get("period") or row.send.subject or ""), language),
            "items": lambda: _lines(given.get("items"), row, service, language),
            "rows": lambda: sorted({phrases.return_line(item, language) for item in row.items if item.get("ref")}),
            "count": lambda: given["count"] if given.get("count") is not None else len(row.items),
            "result": lambda: phrases.result(str(given["result"]), language),
            "result_line": lambda: phrases.result_line(str(given.get("result_line") or given["result"]), language),
            "online": lambda: self._pages.links("online"),
            "see_online": lambda: self._pages.links("see_online"),
            "view_page": lambda: self._pages.view_of(str(given.get("reference") or row.case_ref)),
            "referral_page": lambda: self._pages.referral(str(given.get("reference") or row.case_ref)),
            "code": lambda: CODE_MARK,
            "reasons": lambda: phrases.reasons(str(given["reasons"]), language),
        }
        fields: dict[str, Any] = {}
        for name, wanted in message.fields.items():
            value = ours[name]() if name in ours else given.get(name)
            if value is not None:
                fields[name] = _as(wanted.kind, value)
        return fields


def _to(person: PersonRow, channel: Channel) -> str:
    """The address; of a letter as lines on the envelope, the name first, however the address was written down."""
    value = person.addresses[channel][1]
    if channel is not Channel.LETTER:
        return value
    places = [line.strip() for line in value.replace(",", "\n").splitlines() if line.strip()]
    return "\n".join([full_name(person), *places])


def full_name(person: PersonRow) -> str:
    """Given and family name; a mailbox or an organisation has only the first."""
    return f"{person.given} {person.family}".strip()


def _lines(given: object, row: NoticeRow, service: Service, language: str) -> list[str]:
    if isinstance(given, list):
        return [phrases.agreed_item(str(line), service.titles, language) for line in given]
    return [phrases.digest_line(item, language) for item in row.items]


def _as(kind: str, value: object) -> object:
    """A civil date where the message asks for one and the domain gave the instant."""
    if kind == "date" and isinstance(value, datetime):
        return phrases.civil_day(value)
    if kind == "number" and isinstance(value, str) and value.isdigit():
        return int(value)
    if kind == "text" and isinstance(value, date):
        return value.isoformat()
    return value
