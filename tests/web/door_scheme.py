"""People who come without an account: a provider whose return is asked for, a participant with a session to come.

Sam Carter (OWN) does two things with Common Ground and has met them three times; nobody has said yet what came of two.
"""

import re
from dataclasses import replace
from datetime import timedelta

from visiting import Browser, heading
from web_scheme import ELSE, MONDAY, OTHER, OWN, ROSTERS, WHOSE, Scheme

from caseflow import bootstrap
from caseflow.access import guests
from caseflow.domain.commands import AgreePlan, Assess, BookSession, Item, ListParticipant, RecordAttendance
from caseflow.domain.provider_return import stream_id
from caseflow.domain.words import Actor, Attendance, Channel, ItemKind, Role
from caseflow.messages.wording import Pages, Wording
from caseflow.settings.paths import config_dir

PROVIDER = ROSTERS["durham"].providers[0].id
NEXT_DOOR = ROSTERS["durham"].providers[1].id
ABROAD = ROSTERS["dyfed-powys"].providers[0].id
RETURNS = {
    "own": ("durham", PROVIDER, "2022-01"),
    "somebody else's": ("durham", NEXT_DOOR, "2022-01"),
    "another scheme's": ("dyfed-powys", ABROAD, "2022-Q1"),
}
PUBLIC = "https://pages.northgate.example"


def day(number: int, hour: int = 14):
    """So many days after that Monday, at this hour of winter time."""
    return MONDAY.replace(hour=hour) + timedelta(days=number)


def placed(
    scheme: Scheme, ref: str, provider: str, *items: str, force: str = "durham", by: Actor | None = None
) -> None:
    """They have agreed to do these with a provider, and have met it on two days of January; the next is in February."""
    kind = ItemKind.ENFORCEABLE if force == "durham" else ItemKind.VOLUNTARY
    agreed = tuple(Item(f"{provider}-{one}", kind, one, provider=provider) for one in items)
    scheme.ask(ref, Assess(), by, force)
    scheme.ask(ref, AgreePlan(agreed, signed=True, read_back=True), by, force)
    for number, at in enumerate([2, 9, 23], 1):
        book = BookSession(f"{ref}-s{number}", day(at), item=agreed[0].id, provider=provider, place="4 Mill Lane")
        scheme.ask(ref, book, by, force)
    scheme.sweep()


def with_pages(scheme: Scheme, *, in_reminders: bool = False) -> Scheme:
    """The deployment says where people outside find the pages."""
    words = Wording(bootstrap.services(config_dir()), pages=Pages(PUBLIC, in_reminders))
    scheme.memory = replace(scheme.memory, app=replace(scheme.app, words=words))
    return scheme


def with_returns(scheme: Scheme) -> Scheme:
    """February has come: three providers have a participant each, and are asked for January."""
    placed(scheme, OWN, PROVIDER, "alcohol_advice", "talking_help")
    robin = Actor(ROSTERS["durham"].navigators[1].id, Role.NAVIGATOR)
    placed(scheme, ELSE, NEXT_DOOR, "thinking_skills", by=robin)
    evan = Actor(ROSTERS["dyfed-powys"].navigators[0].id, Role.NAVIGATOR)
    placed(scheme, OTHER, ABROAD, "talking_help", force="dyfed-powys", by=evan)
    scheme.go_to(day(2, 16))
    scheme.ask(OWN, RecordAttendance(f"{OWN}-s1", Attendance.ATTENDED))
    scheme.go_to(day(22, 10))
    return scheme


def listed(scheme: Scheme) -> None:
    """A participant on the return of each provider, and nothing else has happened yet."""
    for whose, (force, provider, period) in RETURNS.items():
        ref = WHOSE[whose]
        case = scheme.app.readings.find(force, ref)
        wish = ListParticipant(provider, period, case, ref, "help", "1")
        scheme.ask(stream_id(force, provider, period), wish, Actor("system", Role.SYSTEM), force)


def return_of(scheme: Scheme, whose: str = "own") -> str:
    """The reference of a provider's return for January."""
    force, provider, period = RETURNS[whose]
    name = stream_id(force, provider, period)
    return scheme.memory.store.tables.streams[force, name].stream.ref


def mails(scheme: Scheme, to: str) -> list[str]:
    """What came to this mailbox, the newest last."""
    scheme.sweep()
    return [one.body for one in scheme.memory.senders[Channel.EMAIL].sent if one.to == to]


MAILBOX = ROSTERS["durham"].providers[0].email


def link_in(body: str) -> str:
    found = re.search(rf"{PUBLIC}(/[ra]/[\w-]+)", body)
    assert found, body
    return found[1]


def provider_link(scheme: Scheme) -> str:
    """A link as the e-mail brings it."""
    force, provider, period = RETURNS["own"]
    return "/r/" + guests.give_link(scheme.app, force, stream_id(force, provider, period), provider, "return")


def with_code(scheme: Scheme, browser: Browser, path: str) -> Browser:
    """The link opened, the code asked for, read in the mail and entered."""
    browser.get(path)
    browser.send(path)
    code = re.search(r"\b\d{6}\b", mails(scheme, MAILBOX)[-1])
    assert code
    browser.send("/code", code=code[0])
    return browser


def own_link(scheme: Scheme, ref: str = OWN) -> tuple[str, str]:
    """(the path of a participant's link, the PIN told in person)."""
    found = scheme.app.readings.find("durham", ref)
    given = guests.give_pin(scheme.app, "durham", found, "sam", "a-navigator")
    return f"/a/{given.token}", given.pin


def with_pin(scheme: Scheme, browser: Browser, ref: str = OWN) -> Browser:
    path, pin = own_link(scheme, ref)
    browser.get(path)
    browser.send(path, pin=pin)
    assert heading(browser.page).startswith(("Hello", "Helo"))
    return browser
