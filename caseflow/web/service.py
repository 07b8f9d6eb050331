"""For pages of people without an account: the service they hear from, and coming in and going without leaving a session behind."""

from caseflow import bootstrap
from caseflow.access import accounts, guests
from caseflow.engine.links import Link
from caseflow.messages.wording import Service
from caseflow.web.answers import Go
from caseflow.web.visit import Visit


def service(visit: Visit, scheme: str) -> Service:
    """Its name and number, as its messages say them. From here on the page calls itself that."""
    found = bootstrap.services(bootstrap.config_of(visit.settings)).get(scheme, Service())
    visit.site = found.name(visit.language) or visit.site
    return found


def come_in(visit: Visit, link: Link, to: str) -> Go:
    """In by this link, under a new token; whatever session this browser had is over."""
    out(visit)
    return Go(to, token=guests.come_in(visit.app, link, visit.agent))


def out(visit: Visit) -> None:
    """The session that this browser comes with, if any, is over in the store."""
    if visit.visitor is not None and visit.by_link:
        guests.leave(visit.app, visit.visitor)
    elif visit.visitor is not None:
        accounts.end(visit.app, visit.account, [visit.visitor.session.id])
