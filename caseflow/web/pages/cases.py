"""One case: who it is about, what the system does next and why, what is waited for, to do, sent, and the story."""

from caseflow.access.who import May
from caseflow.telling.history import story_of
from caseflow.telling.standing import standing
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import new_id
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

FEW = 5
"""So many lines of each list are seen at once; the others unfold."""
NEWEST = 15
"""Lines of the story on the page; a link shows all."""


@pages.get("/cases", may=May.READ_CASE, shows="")
def find(visit: Visit) -> Answer:
    """From a reference that was typed to its case."""
    ref = visit.query.get("ref", "").strip()[:60]
    if not ref:
        return Go("/")
    dossier, case = visit.case(ref)
    del dossier
    return Go(f"/cases/{case.ref}")


@pages.get("/cases/{ref}", may=May.READ_CASE, shows="case")
def case_page(visit: Visit, ref: str) -> Answer:
    dossier, case = visit.case(ref)
    visit.saw("case", [case])
    policy = visit.app.policy_for(case)
    told = story_of(visit.readings, dossier, visit.app.store.policies())
    lines = list(reversed(told.lines))
    everything = visit.query.get("story", "") == "all"
    return Page("case.html", {
        "case": case, "participant": told.participant, "stands": standing(visit.app, dossier, case, policy, visit.now()),
        "lines": lines if everything else lines[:NEWEST], "more": 0 if everything else max(0, len(lines) - NEWEST),
        "few": FEW, "works": visit.can(May.WORK_CASE), "command_id": new_id(visit), "done": visit.query.get("done", "") == "yes",
    })  # fmt: skip
