"""The officer's view of an alleged breach: the facts beside it, the view and its reasons; written blind, once."""

from caseflow.access.who import May
from caseflow.domain import commands as c
from caseflow.domain.case import Case
from caseflow.domain.policy import Policy
from caseflow.domain.words import Opinion, Role
from caseflow.engine.readings import Dossier
from caseflow.telling import for_officers
from caseflow.telling.casefile import on_screen, panel_sheet
from caseflow.telling.casefile.page import Section
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import do, done_before, kept_text, new_id
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

FACTS = ("glance", "breach", "strikes", "sessions", "messages", "rulings", "options")
"""Sections of the panel sheet that an officer decides by: what the person needs and agreed to is not among them."""
LONGEST = 4000


@pages.get("/referrals/{ref}/view", may=May.GIVE_VIEW, shows="view")
def form(visit: Visit, ref: str) -> Answer:
    """Asked of the OIC while a breach is alleged and their view is not in; otherwise where the case stands."""
    dossier, case = visit.case(ref)
    if not for_officers.view_asked(case, visit.account.person):
        return Go(f"/referrals/{case.ref}")
    visit.saw("view", [case])
    return _form(visit, dossier, case, {})


@pages.post("/referrals/{ref}/view", may=May.GIVE_VIEW)
def give(visit: Visit, ref: str) -> Answer:
    """The same command as everywhere (RecordView), in the OIC's own name."""
    dossier, case = visit.case(ref)
    if done_before(visit):
        return Go(f"/referrals/{case.ref}?given=yes")
    if case.parties.get(Role.OIC) != visit.account.person:
        visit.nothing_here()
    given = {name: visit.form.get(name, "").strip()[:LONGEST] for name in ("opinion", "reasons")}
    faults = {}
    if given["opinion"] not in set(Opinion):
        faults["opinion"] = "opinion"
    if not given["reasons"]:
        faults["reasons"] = "reasons"
    if faults:
        return _form(visit, dossier, case, given, faults, status=422)
    text = kept_text(visit, case, given["reasons"])
    answer = do(visit, case, c.RecordView(Opinion(given["opinion"]), text))
    if answer.refused:
        return _form(visit, dossier, case, given, refused=answer.words, status=409)
    return Go(f"/referrals/{case.ref}?given=yes")


def _form(
    visit: Visit, dossier: Dossier, case: Case, given: dict[str, str], faults: dict[str, str] | None = None,
    refused: str = "", status: int = 200,
) -> Page:  # fmt: skip
    policy = visit.app.policy_for(case)
    told = for_officers.summary(visit.readings, dossier, case, policy, visit.now(), visit.account.person)
    return Page("view.html", {
        "case": case, "line": told.line, "given": given, "faults": faults or {}, "refused": refused,
        "opinions": [one.value for one in Opinion], "sections": _facts(visit, dossier, case, policy), "command_id": new_id(visit),
        "by": for_officers.view_by(case, policy),
    }, status)  # fmt: skip


def _facts(visit: Visit, dossier: Dossier, case: Case, policy: Policy) -> list[Section]:
    """With names, and without what anybody wrote."""
    names = visit.readings.names(visit.scheme, {*case.parties.values(), *policy.team.values()})
    return [one for one in on_screen(panel_sheet(dossier, policy, names, {})) if one.id in FACTS]
