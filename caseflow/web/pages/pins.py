"""The PIN of a participant's own page: made by whoever works the case, shown once, told in person."""

import logging

from caseflow.access import guests
from caseflow.access.who import May
from caseflow.domain.words import Role
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

log = logging.getLogger(__name__)
pages = Pages()


@pages.post("/cases/{ref}/pin", may=May.WORK_CASE)
def make_pin(visit: Visit, ref: str) -> Answer:
    """Another PIN and a link, or an end to every link. What was made before is gone."""
    _, case = visit.case(ref)
    person = case.parties.get(Role.PARTICIPANT, "")
    if visit.form.get("act") == "end":
        guests.end_links(visit.app, visit.scheme, case.id)
        log.info("links: account %s ended those of case %s", visit.account.id, case.id)
        return Go(f"/cases/{case.ref}?done=yes")
    given = guests.give_pin(visit.app, visit.scheme, case.id, person, visit.account.id)
    log.info("links: account %s made a PIN for case %s", visit.account.id, case.id)
    secure = visit.settings.environment == "production"
    ours = visit.settings.public_url or f"{'https' if secure else 'http'}://{visit.host}"
    name = visit.readings.names(visit.scheme, [person]).get(person, "")
    return Page("case_pin.html", {"case": case, "name": name, "pin": given.pin, "address": f"{ours}/a/{given.token}"})
