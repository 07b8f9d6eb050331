"""Agreeing the plan: what has to be done and what is offered, apart; changed by agreeing it anew."""

from caseflow.access.who import May
from caseflow.domain import journey
from caseflow.domain.reading import rules_of
from caseflow.domain.words import Role
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import do, done_before, new_id
from caseflow.web.forms import planning
from caseflow.web.forms.planning import Planned
from caseflow.web.forms.sight import Sight
from caseflow.web.pages.work import news, not_now, sight_of
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()


@pages.get("/cases/{ref}/plan", may=May.WORK_CASE, shows="work")
def form(visit: Visit, ref: str) -> Answer:
    dossier, case = visit.case(ref)
    if "agree_plan" not in journey.offered(case):
        return not_now(visit, case, "agree_plan")
    visit.saw("work", [case])
    sight = sight_of(visit, dossier, case)
    return _page(visit, sight, planning.fresh(sight))


@pages.post("/cases/{ref}/plan", may=May.WORK_CASE)
def agree(visit: Visit, ref: str) -> Answer:
    dossier, case = visit.case(ref)
    if before := done_before(visit):
        return Go(f"/cases/{case.ref}?did={before.seq}")
    if "agree_plan" not in journey.offered(case):
        return not_now(visit, case, "agree_plan")
    sight = sight_of(visit, dossier, case)
    planned = planning.sent(visit.form, sight)
    if planned.command is None:
        return _page(visit, sight, planned, status=422 if planned.wrong else 200)
    answer = do(visit, case, planned.command)
    if answer.refused:
        return _page(visit, sight, planned, refused=answer.words, status=409)
    return Go(f"/cases/{case.ref}?did={answer.seq}")


def _page(visit: Visit, sight: Sight, planned: Planned, *, refused: str = "", status: int = 200) -> Page:
    case = sight.case
    rules = rules_of(case, sight.policy)
    given = visit.form.get("seen", "")
    seen = int(given) if given.isdigit() else case.seq
    return Page("plan.html", {
        "case": case, "participant": sight.name(case.parties.get(Role.PARTICIPANT)), "sight": sight, "planned": planned,
        "about": planning.ABOUT, "interventions": planning.interventions(sight), "own": planning.OWN,
        "wrong": planned.wrong, "given": planned.given, "refused": refused, "command_id": new_id(visit), "rules": rules,
        "enforceable": rules.enforceable, "disposal": rules.title.get(visit.language) or rules.title["en"],
        "news": news(visit, sight.dossier, seen) if refused and seen < case.seq else [],
    }, status)  # fmt: skip
