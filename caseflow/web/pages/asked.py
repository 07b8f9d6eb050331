"""What a step asked of an officer is answered in words, by that officer; whoever works on the case is given them to read."""

from caseflow.access.who import May
from caseflow.domain import commands as c
from caseflow.domain.case import Case
from caseflow.engine.readings import Dossier, TaskLine
from caseflow.telling import for_officers
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import do, done_before, kept_text, new_id
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

HERE = "/referrals/{ref}/answer/{number}"
LONGEST = 4000
"""Letters of an answer."""


@pages.get(HERE, may=May.ANSWER, shows="referral")
def form(visit: Visit, ref: str, number: str) -> Answer:
    """While it is asked of this officer, and has no form of its own; otherwise where the case stands."""
    dossier, case = visit.case(ref)
    task = _task(visit, dossier, case, number)
    if task is None:
        return Go(f"/referrals/{case.ref}")
    visit.saw("referral", [case])
    return _form(visit, case, task)


@pages.post(HERE, may=May.ANSWER)
def answer(visit: Visit, ref: str, number: str) -> Answer:
    """Done with what they say, in their own name. Not asked any more: then nothing is done."""
    dossier, case = visit.case(ref)
    if done_before(visit):
        return Go(f"/referrals/{case.ref}?answered={number}")
    task = _task(visit, dossier, case, number)
    if task is None:
        return Go(f"/referrals/{case.ref}")
    words = visit.form.get("words", "").strip()
    if not words or len(words) > LONGEST:
        return _form(visit, case, task, "long" if words else "empty", status=422)
    found = do(visit, case, c.FinishTask(task.key, kept_text(visit, case, words)))
    if found.refused:
        return _form(visit, case, task, refused=found.words, status=409)
    return Go(f"/referrals/{case.ref}?answered={number}")


def _task(visit: Visit, dossier: Dossier, case: Case, number: str) -> TaskLine | None:
    policy, person = visit.app.policy_for(case), visit.account.person
    asked = (one for one in dossier.tasks if one.id == number and one.state == "open")
    return next((one for one in asked if for_officers.in_words(case, policy, one, person)), None)


def _form(visit: Visit, case: Case, task: TaskLine, wrong: str = "", refused: str = "", status: int = 200) -> Page:
    return Page("asked.html", {
        "case": case, "task": task, "given": visit.form.get("words", ""), "wrong": wrong, "refused": refused,
        "command_id": new_id(visit), "late": task.due is not None and task.due < visit.now(),
    }, status)  # fmt: skip
