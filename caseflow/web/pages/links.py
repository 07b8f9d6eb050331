"""Links that people without an account come by: a provider's to its return, a participant's to their appointments.

What a link alone shows: a provider the period and nobody's name; a participant the time and place of the next meeting.
"""

import logging

from caseflow.access import guests
from caseflow.access.who import May, Part
from caseflow.domain.case import Case, ProviderReturn
from caseflow.engine.access import ReadingNote
from caseflow.engine.links import APPOINTMENTS, RETURN, Link
from caseflow.messages import phrases
from caseflow.telling.meeting import next_meeting
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.routes import Pages
from caseflow.web.service import come_in, out, service
from caseflow.web.visit import Visit

log = logging.getLogger(__name__)
pages = Pages()


# ── the provider ────────────────────────────────────────────────────────────────────────────────
@pages.get("/r", may=May.COME_IN, shows="")
def no_return_link(visit: Visit) -> Answer:
    """For whoever was away too long, or took the address without what comes behind it."""
    if visit.by_link and visit.part is Part.PROVIDER:
        return Go("/returns")
    return Page("link_again.html", {"whose": "return"}, 200)


@pages.get("/r/{token}", may=May.COME_IN, shows="")
def return_link(visit: Visit, token: str) -> Answer:
    """Opening it uses nothing up and shows nobody: mail scanners open every link."""
    link = guests.find(visit.app, token, RETURN)
    if link is None:
        return Page("link_again.html", {"whose": "unknown"}, 404)
    return _before_the_code(visit, link, token)


@pages.post("/r/{token}", may=May.COME_IN)
def ask_for_a_code(visit: Visit, token: str) -> Answer:
    """A code to the address of record, or a fresh link where this one is over: never to an address that somebody types."""
    link = guests.find(visit.app, token, RETURN)
    if link is None:
        return Page("link_again.html", {"whose": "unknown"}, 404)
    if not guests.ask(visit.app, link, visit.token):
        log.warning("links: too many codes for link %s", link.id)
        return _before_the_code(visit, link, token, "too_many", 429)
    log.info("links: a %s was asked for by link %s", "code" if link.live else "fresh link", link.id)
    if link.live:
        return Go("/code")
    known = service(visit, link.scheme)
    return Page("link_sent.html", {"address": guests.address_of(visit.app, link), "service": known})


def _before_the_code(visit: Visit, link: Link, token: str, error: str = "", status: int = 200) -> Page:
    known = service(visit, link.scheme)
    stream = _stream(visit, link)
    period = phrases.period(stream.period, visit.language) if isinstance(stream, ProviderReturn) else ""
    return Page("link_return.html", {
        "live": link.live, "token": token, "period": period, "address": guests.address_of(visit.app, link),
        "service": known, "error": error,
    }, status)  # fmt: skip


@pages.get("/code", may=May.COME_IN, shows="")
def code(visit: Visit) -> Answer:
    """Where the code is entered, in the browser that asked for it."""
    return _code_form(visit)


@pages.post("/code", may=May.COME_IN)
def enter_the_code(visit: Visit) -> Answer:
    waiting = guests.waiting(visit.app, visit.token)
    if waiting is None:
        return _code_form(visit)
    if visit.attempts.over(f"code:{waiting.id}", visit.address):
        log.warning("links: too many tries by link %s", waiting.id)
        return _code_form(visit, "too_many", 429)
    link = guests.enter(visit.app, visit.token, visit.form.get("code", "")[:40])
    if link is None:
        log.warning("links: a wrong code by link %s", waiting.id)
        return _code_form(visit, "wrong", 422)
    log.info("links: somebody came in by link %s", link.id)
    return come_in(visit, link, "/returns")


def _code_form(visit: Visit, error: str = "", status: int = 200) -> Page:
    link = guests.waiting(visit.app, visit.token)
    if link is None:
        return Page("link_again.html", {"whose": "code"}, 200 if not error else status)
    known = service(visit, link.scheme)
    return Page("code.html", {"address": guests.address_of(visit.app, link), "service": known, "error": error}, status)


# ── the participant ─────────────────────────────────────────────────────────────────────────────
@pages.get("/a", may=May.COME_IN, shows="")
def no_appointment_link(visit: Visit) -> Answer:
    if visit.by_link and visit.visitor is not None and visit.part is Part.PARTICIPANT:
        return Go(f"/my/{visit.visitor.only}")
    return Page("link_again.html", {"whose": "appointment"})


@pages.get("/a/{token}", may=May.COME_IN, shows="appointment")
def appointment_link(visit: Visit, token: str) -> Answer:
    """The time and the place, for whoever has the phone in their hand; the rest is behind the PIN."""
    link = guests.find(visit.app, token, APPOINTMENTS)
    if link is None or not link.live:
        visit.noted = []
        return Page("link_again.html", {"whose": "appointment"}, 404 if link is None else 410)
    return _before_the_pin(visit, link, token)


@pages.post("/a/{token}", may=May.COME_IN)
def enter_the_pin(visit: Visit, token: str) -> Answer:
    link = guests.find(visit.app, token, APPOINTMENTS)
    if link is None or not link.live:
        return Page("link_again.html", {"whose": "appointment"}, 404 if link is None else 410)
    if visit.attempts.over(f"pin:{link.stream}", visit.address):
        log.warning("links: too many tries by link %s", link.id)
        return _before_the_pin(visit, link, token, "too_many", 429)
    if not guests.right_pin(visit.app, link, visit.form.get("pin", "")[:40]):
        log.warning("links: a wrong PIN by link %s", link.id)
        locked = guests.pin_state(visit.app, link) == "locked"
        return _before_the_pin(visit, link, token, "locked" if locked else "wrong", 422)
    log.info("links: somebody came in by link %s", link.id)
    return come_in(visit, link, f"/my/{link.stream}")


def _before_the_pin(visit: Visit, link: Link, token: str, error: str = "", status: int = 200) -> Page:
    stream = _stream(visit, link)
    case = stream if isinstance(stream, Case) else None
    if case is not None and not visit.chosen:
        visit.language = case.contact.language
    known = service(visit, link.scheme)
    visit.noted = [ReadingNote(link.scheme, link.id, Part.PARTICIPANT.value, link.person, "appointment", link.stream)]
    return Page("link_appointment.html", {
        "token": token, "next": next_meeting(case, visit.now()) if case else None,
        "pin": guests.pin_state(visit.app, link), "error": error, "service": known,
    }, status)  # fmt: skip


def _stream(visit: Visit, link: Link) -> object:
    return visit.readings.snapshots(link.scheme, [link.stream]).get(link.stream)


# ── away ────────────────────────────────────────────────────────────────────────────────────────
@pages.post("/left", may=May.COME_IN)
def leave(visit: Visit) -> Answer:
    """Whoever came by a link is out, and the browser keeps nothing."""
    if not visit.by_link:
        return Go("/left")
    out(visit)
    return Go("/left", token="")


@pages.get("/left", may=May.COME_IN, shows="")
def left(visit: Visit) -> Answer:
    return Page("left.html")
