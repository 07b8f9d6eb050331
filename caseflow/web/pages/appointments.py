"""A participant's own page. Nobody needs it: to reply, to ring or to ask in person always works."""

from uuid import NAMESPACE_URL, uuid5

from caseflow.access.who import May
from caseflow.domain import commands as c
from caseflow.domain.case import Case, Session
from caseflow.domain.replies import cannot_come
from caseflow.domain.words import Origin, Role, State
from caseflow.engine.readings import Dossier
from caseflow.insight.surveys import QUESTIONS, SCALE
from caseflow.messages.policies.beforehand import reasons
from caseflow.telling.meeting import meetings, own_page
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import do, new_id
from caseflow.web.routes import Pages
from caseflow.web.service import service
from caseflow.web.visit import Visit

pages = Pages()

LONGEST = 1000
"""Letters of what they write."""
CHANNEL = "page"


@pages.get("/my/{ref}", may=May.APPOINTMENTS, shows="own")
def mine(visit: Visit, ref: str) -> Answer:
    dossier, case = _own(visit, ref)
    known = service(visit, visit.scheme)
    told = own_page(visit.app, case, dossier.events, known, visit.now(), visit.language)
    done = visit.query.get("done", "")
    return Page("my.html", {
        "case": case, "told": told, "service": known, "command_id": new_id(visit),
        "done": done if done in {"coming", "change", "survey"} else "",
    })  # fmt: skip


@pages.post("/my/{ref}/coming", may=May.APPOINTMENTS)
def coming(visit: Visit, ref: str) -> Answer:
    """“I will be there”: the same as a text that says YES."""
    case = _case(visit, ref)
    if session := _session(visit, case, visit.form.get("session", "")):
        do(visit, case, c.NoteAnswer("ok", CHANNEL, session.id), Origin.CHANNEL)
        return Go(f"/my/{case.ref}?done=coming")
    return Go(f"/my/{case.ref}")


@pages.get("/my/{ref}/change", may=May.APPOINTMENTS, shows="own")
def change_form(visit: Visit, ref: str) -> Answer:
    case = _case(visit, ref)
    session = _session(visit, case, visit.query.get("session", ""))
    return _change(visit, case, session) if session else Go(f"/my/{case.ref}")


@pages.post("/my/{ref}/change", may=May.APPOINTMENTS)
def change(visit: Visit, ref: str) -> Answer:
    """“I can't make it”: the same as a text that says so. Their worker reads it and confirms; nothing is decided here."""
    case = _case(visit, ref)
    session = _session(visit, case, visit.form.get("session", ""))
    if session is None:
        return Go(f"/my/{case.ref}")
    when, words = (visit.form.get(name, "").strip()[:LONGEST] for name in ("when", "words"))
    said = reasons(visit.app.policy_for(case), visit.language)
    reason = visit.form.get("reason", "") if visit.form.get("reason") in said else ""
    reading = cannot_come(reason, when, words)
    written = "\n".join(one for one in (said.get(reason, ""), when, words) if one)
    text = _kept(visit, case, written) if written else None
    note = c.NoteAnswer(
        reading.reads_as, CHANNEL, session.id, text, needs_reading=reading.needs_reading, proposes=reading.proposes
    )
    answer = do(visit, case, note, Origin.CHANNEL)
    if answer.refused:
        return _change(visit, case, session, "refused", 409)
    return Go(f"/my/{case.ref}?done=change")


def _change(visit: Visit, case: Case, session: Session, error: str = "", status: int = 200) -> Page:
    known = service(visit, visit.scheme)
    said = reasons(visit.app.policy_for(case), visit.language)
    given = {name: visit.form.get(name, "") for name in ("reason", "when", "words")}
    return Page("my_change.html", {
        "case": case, "session": session, "reasons": said, "given": given, "error": error, "service": known,
        "command_id": new_id(visit),
    }, status)  # fmt: skip


# ── the survey ──────────────────────────────────────────────────────────────────────────────────
@pages.get("/my/{ref}/survey", may=May.APPOINTMENTS, shows="own")
def survey_form(visit: Visit, ref: str) -> Answer:
    case = _case(visit, ref)
    return _survey(visit, case) if _asked(case) else Go(f"/my/{case.ref}")


@pages.post("/my/{ref}/survey", may=May.APPOINTMENTS)
def survey(visit: Visit, ref: str) -> Answer:
    """The answers are kept by month, without the case; of the case we know only that there were some."""
    case = _case(visit, ref)
    if not _asked(case):
        return Go(f"/my/{case.ref}")
    answers = {one: visit.form[one] for one in QUESTIONS if visit.form.get(one) in SCALE}
    words = visit.form.get("words", "").strip()[:LONGEST]
    answers |= {"words": words} if words else {}
    if not answers:
        return _survey(visit, case, "nothing", 422)
    answer = do(visit, case, c.NoteSurvey(filled_in=True), Origin.CHANNEL)
    if not answer.refused and not answer.repeat:
        with visit.app.store.begin() as unit:
            unit.add_survey(visit.scheme, f"{visit.now():%Y-%m}", answers)
    return Go(f"/my/{case.ref}?done=survey")


def _survey(visit: Visit, case: Case, error: str = "", status: int = 200) -> Page:
    known = service(visit, visit.scheme)
    return Page("my_survey.html", {
        "case": case, "questions": QUESTIONS, "scale": SCALE, "error": error, "service": known,
        "command_id": new_id(visit),
    }, status)  # fmt: skip


def _asked(case: Case) -> bool:
    return case.state is State.COMPLETED and not case.survey


# ── what they share ─────────────────────────────────────────────────────────────────────────────
def _own(visit: Visit, ref: str) -> tuple[Dossier, Case]:
    """Their own case, in their own language unless they chose another here. Raises NotThere."""
    dossier, case = visit.case(ref)
    visit.saw("own", [case])
    if not visit.chosen:
        visit.language = case.contact.language
    return dossier, case


def _case(visit: Visit, ref: str) -> Case:
    return _own(visit, ref)[1]


def _session(visit: Visit, case: Case, name: str) -> Session | None:
    """One of the sessions to come; None once it has begun or was called off."""
    return next((one for one in meetings(case, visit.now()) if one.id == name), None)


def _kept(visit: Visit, case: Case, words: str) -> str:
    """Their words, kept apart from the fact; sent twice they are kept once. Returns their id."""
    form = visit.form.get("command_id", "")[:64] or visit.app.ids()
    name = str(uuid5(NAMESPACE_URL, f"own/{case.scheme}/{case.id}/{form}"))
    with visit.app.store.begin() as unit:
        unit.add_texts(case.scheme, [(name, case.parties.get(Role.PARTICIPANT), words)])
    return name
