"""The service that people without an account hear from: what it calls itself, and the number that answers."""

from caseflow import bootstrap
from caseflow.messages.wording import Service
from caseflow.web.visit import Visit


def service(visit: Visit, scheme: str) -> Service:
    """Its name and number, as its messages say them. From here on the page calls itself that."""
    found = bootstrap.services(bootstrap.config_of(visit.settings)).get(scheme, Service())
    visit.site = found.name(visit.language) or visit.site
    return found
