"""What was said and what happened: the conversation with the participant, and the story by what it is about."""

from caseflow.access.who import May
from caseflow.telling.conversation import conversation
from caseflow.telling.history import story_of
from caseflow.telling.timeline import KINDS
from caseflow.web.answers import Answer, Page
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

A_PAGE = 50
"""Lines of the story on one page."""


@pages.get("/cases/{ref}/conversation", may=May.READ_CASE, shows="conversation")
def talk(visit: Visit, ref: str) -> Answer:
    """Messages, what became of each, answers and calls, the newest first."""
    dossier, case = visit.case(ref)
    visit.saw("conversation", [case])
    told = story_of(visit.readings, dossier, visit.app.store.policies())
    turns = conversation(visit.app, dossier, case)
    return Page("conversation.html", {
        "case": case, "participant": told.participant, "turns": turns, "works": visit.can(May.WORK_CASE),
    })  # fmt: skip


@pages.get("/cases/{ref}/story", may=May.READ_CASE, shows="story")
def story(visit: Visit, ref: str) -> Answer:
    """Every fact in words, the newest first; all of them, or those about one thing."""
    dossier, case = visit.case(ref)
    visit.saw("story", [case])
    told = story_of(visit.readings, dossier, visit.app.store.policies())
    about = visit.query.get("about", "")
    about = about if about in KINDS else ""
    before = visit.query.get("before", "")
    last = int(before) if before.isdigit() and len(before) < 10 else case.seq + 1
    found = [one for one in reversed(told.lines) if one.seq < last and (not about or one.kind in KINDS[about])]
    shown = found[:A_PAGE]
    return Page("story.html", {
        "case": case, "participant": told.participant, "lines": shown, "about": about, "kinds": list(KINDS),
        "older": shown[-1].seq if len(found) > A_PAGE else 0, "newer": last <= case.seq,
        "counts": {name: sum(one.kind in kinds for one in told.lines) for name, kinds in KINDS.items()},
        "every": len(told.lines),
    })  # fmt: skip
