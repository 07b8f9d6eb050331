"""An officer's own referrals: where each stands, what is asked of them, and how it ended."""

from caseflow.access import drafts
from caseflow.access.who import May
from caseflow.domain.case import Case
from caseflow.domain.words import Role
from caseflow.telling import for_officers
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.referring import begun
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

A_PAGE = 20
ASKED = 20
"""Questions at the top of the list, what is due first first: who has more answers some, and the next come up."""
READ = 200
"""Open tasks of one officer that are looked through for them."""


@pages.get("/referrals", may=May.REFER, shows="referrals")
def referrals(visit: Visit) -> Answer:
    """Newest first; what is not sent yet stands above."""
    person, before = visit.owner() or "", visit.query.get("before", "")[:60]
    found = visit.readings.cases_of_officer(visit.scheme, person, before=before, limit=A_PAGE + 1)
    lines = found[:A_PAGE]
    policies = {version: one for (scheme, version), one in visit.app.store.policies().items() if scheme == visit.scheme}
    written = drafts.every(visit.app, visit.account)
    tasks = visit.readings.tasks(visit.scheme, owner=person, limit=READ) if person and not before else []
    streams = {one.id for one in lines} | {one.stream for one in tasks}
    there = visit.readings.snapshots(visit.scheme, streams) if streams else {}
    cases = {key: one for key, one in there.items() if isinstance(one, Case)}
    asked = for_officers.asked_of(tasks, cases, policies, person, visit.now(), {one.ref for one in lines})
    seen = {one.id for one in lines} | {one.act.task.stream for one in asked[:ASKED]}
    visit.saw("referrals", [one for key, one in cases.items() if key in seen])
    return Page("referrals.html", {
        "asked": asked[:ASKED], "more": len(asked) > ASKED, "lines": for_officers.mine(lines, cases, policies, person),
        "older": lines[-1].ref if len(found) > A_PAGE else "", "before": before,
        "drafts": [one for one in written if begun(one.answers)], "known": [one.id for one in written],
        "dropped": visit.query.get("dropped", "") == "yes",
    })  # fmt: skip


@pages.get("/referrals/{ref}", may=May.SEE_REFERRAL, shows="referral")
def referral(visit: Visit, ref: str) -> Answer:
    """One of them, as its officers may see it."""
    dossier, case = visit.case(ref)
    visit.saw("referral", [case])
    policy = visit.app.policy_for(case)
    told = for_officers.summary(visit.readings, dossier, case, policy, visit.now(), visit.account.person)
    return Page("referral.html", {
        "told": told, "case": case, "given": visit.query.get("given", "") == "yes",
        "answered": visit.query.get("answered", ""), "victim_told": visit.query.get("victim", "") == "yes",
    })  # fmt: skip


@pages.get("/referrals/{ref}/sent", may=May.SEE_REFERRAL, shows="referral")
def sent(visit: Visit, ref: str) -> Answer:
    """It is made: what happens next, and when."""
    dossier, case = visit.case(ref)
    if not case.open:
        return Go(f"/referrals/{case.ref}")
    visit.saw("referral", [case])
    policy = visit.app.policy_for(case)
    return Page("refer/sent.html", {
        "case": case, "ahead": for_officers.ahead(dossier, case, policy, visit.now()), "policy": policy,
        "participant": visit.readings.names(visit.scheme, case.parties.values()).get(case.parties[Role.PARTICIPANT], ""),
    })  # fmt: skip
