"""The officer in the case says that the victim was told: while the case waits for it, with what to say one link away."""

from caseflow.access.who import May
from caseflow.domain import commands as c
from caseflow.domain.case import Case
from caseflow.domain.words import Role
from caseflow.engine.readings import Dossier
from caseflow.telling import for_officers
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import do, done_before, new_id
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()


@pages.get("/referrals/{ref}/victim", may=May.TELL_VICTIM, shows="referral")
def form(visit: Visit, ref: str) -> Answer:
    """Asked of the OIC while the victim is to be told; otherwise where the case stands."""
    dossier, case = visit.case(ref)
    if not for_officers.to_tell(case, visit.app.policy_for(case), visit.account.person):
        return Go(f"/referrals/{case.ref}")
    visit.saw("referral", [case])
    return _form(visit, dossier, case)


@pages.post("/referrals/{ref}/victim", may=May.TELL_VICTIM)
def told(visit: Visit, ref: str) -> Answer:
    """The same command as everywhere (TellVictim), in the OIC's own name. Where nothing waits any more, nothing is done."""
    dossier, case = visit.case(ref)
    if done_before(visit):
        return Go(f"/referrals/{case.ref}?victim=yes")
    if case.parties.get(Role.OIC) != visit.account.person:
        visit.nothing_here()
    if not for_officers.to_tell(case, visit.app.policy_for(case), visit.account.person):
        return Go(f"/referrals/{case.ref}")
    answer = do(visit, case, c.TellVictim())
    if answer.refused:
        return _form(visit, dossier, case, answer.words, 409)
    return Go(f"/referrals/{case.ref}?victim=yes")


def _form(visit: Visit, dossier: Dossier, case: Case, refused: str = "", status: int = 200) -> Page:
    policy = visit.app.policy_for(case)
    summary = for_officers.summary(visit.readings, dossier, case, policy, visit.now(), visit.account.person)
    return Page("victim.html", {
        "case": case, "line": summary.line, "refused": refused, "command_id": new_id(visit),
        "late": summary.line.victim_by is not None and summary.line.victim_by < visit.now(),
    }, status)  # fmt: skip
