"""Who has read whose record, for whoever looks after lawfulness (DPA 2018 s.62)."""

from caseflow.access.who import May
from caseflow.web.answers import Answer, Page
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

A_PAGE = 50


@pages.get("/log", may=May.READ_LOG, shows="log")
def log(visit: Visit) -> Answer:
    """Newest first. Looking at it is noted, too: as a reading of the log, of nobody's record."""
    before = visit.query.get("before", "")
    ref = visit.query.get("ref", "").strip()[:60]
    stream = (visit.readings.find(visit.scheme, ref) or "?") if ref else ""
    with visit.app.store.begin() as unit:
        lines = unit.readings_log(
            visit.scheme, stream=stream, before=before if before.isdigit() else "", limit=A_PAGE + 1
        )
    visit.saw_people("log", {stream: ""})
    names = visit.readings.names(visit.scheme, {one.person for one in lines if one.person})
    older = lines[A_PAGE - 1].id if len(lines) > A_PAGE else ""
    return Page("log.html", {"lines": lines[:A_PAGE], "names": names, "older": older, "ref": ref})
