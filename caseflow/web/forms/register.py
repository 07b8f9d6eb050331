"""What a form brings to the people register: a new number or address of the participant, an officer who takes a part over.

An id is made from what was typed, so the same form sent twice brings the same row. Facts hold the ids; names, numbers and
addresses stay in the register.
"""

from collections.abc import Callable, Mapping
from typing import Any

from caseflow.domain.words import AddressStatus, Channel, Role
from caseflow.engine.ports import PersonIn, PersonRow
from caseflow.imports import fields, people
from caseflow.web.forms.sight import Option, Sight

Values = dict[str, Any]
Wrong = dict[str, str]

PEOPLE = "people"
"""Among the particulars of a form: people to keep before its command is given. No command has a particular of that name."""
CLOSED = frozenset({AddressStatus.SEIZED, AddressStatus.BLOCKED})
"""What only an address that is known can come to be."""
READERS: Mapping[Channel, Callable[[str], str | None]] = {
    Channel.TEXT: fields.mobile,
    Channel.EMAIL: fields.email,
    Channel.LETTER: fields.clean,
}
OFFICERS = (Role.OIC, Role.ARRESTING_OFFICER, Role.REFERRER, Role.SERGEANT, Role.TEAM)


def ways(sight: Sight) -> list[Option]:
    """By which way, each with what the register has for it now."""
    known = _participant(sight)
    found = known.addresses if known else {}
    return [
        Option(
            f"by_{channel.value}",
            sight.code(f"by_{channel.value}").words,
            hint=" ".join(found[channel][1].split()) if channel in found else sight.say("form.no_address"),
        )
        for channel in Channel
    ]


def officers(sight: Sight) -> list[Option]:
    """The parts that officers play, each with who plays it now."""
    parties = sight.case.parties
    return [
        Option(
            role.value, sight.code(role.value).words, hint=sight.name(parties[role]) if role in parties else ""
        )
        for role in OFFICERS
    ]  # fmt: skip


def address(values: Values, sight: Sight) -> tuple[Values, Wrong]:
    """A new one where one was typed; else what is now known of the one that we have."""
    channel = Channel(values["channel"].removeprefix("by_"))
    status = AddressStatus(values["status"].removeprefix("address_"))
    typed = values.pop("new_address", "")
    values |= {"channel": channel.value, "status": status.value}
    who = _participant(sight)
    if who is None or (not typed and channel not in who.addresses):
        return values, {"channel": "no_address"}
    if not typed:
        return values | {"address": who.addresses[channel][0]}, {}
    if status in CLOSED:
        return values, {"status": "new_closed"}
    try:
        value = READERS[channel](typed)
    except ValueError:
        value = ""
    if not value:
        return values, {"new_address": f"address_{channel.value}"}
    ident = people.address_id(who.id, channel, value)
    more = PersonIn(who.id, who.kind, who.given, who.family, addresses={channel: (ident, value, status.value)})
    return values | {"address": ident, PEOPLE: (more,)}, {}


def officer(values: Values, sight: Sight) -> tuple[Values, Wrong]:
    """Somebody of the register, by their e-mail address or their name; or somebody new, by both."""
    role = Role(values["role"])
    name, mail = values.pop("officer_name", ""), values.pop("officer_email", "")
    try:
        mail = fields.email(mail) or ""
        name = fields.name(name) if name else ""
    except ValueError:
        return values, {"officer_email": "email"}
    if role is Role.TEAM:
        found = people.team(sight.case.scheme, mail) if mail else None
        return (_of(values, found, sight), {}) if found else (values, {"officer_email": "team_email"})
    if not name:
        return values, {"officer_name": "empty"}
    if mail:
        same = [one for one in _called(name, sight) if one.addresses.get(Channel.EMAIL, ("", "", ""))[1] == mail]
        if same:
            return values | {"person": same[0].id}, {}
        return _of(values, people.officer(sight.case.scheme, name, mail), sight), {}
    called = _called(name, sight)
    if len(called) == 1:
        return values | {"person": called[0].id}, {}
    return values, {"officer_email": "officer_several" if called else "officer_unknown"}


def _of(values: Values, person: PersonIn, sight: Sight) -> Values:
    """Whom the register knows already stays as they are there."""
    known = person.id in sight.rows([person.id])
    return values | {"person": person.id} | ({} if known else {PEOPLE: (person,)})


def _called(name: str, sight: Sight) -> list[PersonRow]:
    found = sight.rows(sight.called(name))
    return [one for one in found.values() if one.kind != "team"]


def _participant(sight: Sight) -> PersonRow | None:
    who = sight.case.parties.get(Role.PARTICIPANT, "")
    return sight.rows([who]).get(who)
