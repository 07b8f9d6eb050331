"""A provider's return: filled in where the scheme does not know, kept until they come back, checked, sent; and a concern.

Everything a provider sees is its own: the participants on its return, and their sessions with it.
"""

import logging
from uuid import NAMESPACE_URL, uuid5

from caseflow.access.who import May
from caseflow.domain import commands as c
from caseflow.domain.case import Case, ProviderReturn
from caseflow.domain.words import Actor, Role
from caseflow.engine.handle import handle
from caseflow.imports.return_form import Draft, filled_in, from_file, kept, merged, rows
from caseflow.imports.returns import as_text, template_rows
from caseflow.imports.tables import FileRefused
from caseflow.messages import phrases
from caseflow.telling.filling import Sheet, sheet
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import new_id
from caseflow.web.routes import Pages
from caseflow.web.service import service
from caseflow.web.visit import Visit

log = logging.getLogger(__name__)
pages = Pages()

LONGEST = 5000
"""Letters of what a provider writes about a concern."""
HERE = "/returns/{ref}"


@pages.get("/returns", may=May.REPORT, shows="")
def own(visit: Visit) -> Answer:
    """The provider's returns that are asked for, or were sent; by a link, the one it is for."""
    service(visit, visit.scheme)
    only = visit.visitor.only if visit.visitor else ""
    mine = [
        one
        for one in visit.readings.returns(visit.scheme)
        if one.provider == visit.account.person and (one.id == only if only else one.status in {"asked", "received"})
    ]
    if len(mine) == 1:
        return Go(f"/returns/{mine[0].ref}")
    shown = [(one, phrases.period(one.period, visit.language)) for one in reversed(mine)]
    return Page("returns.html", {"returns": shown})


@pages.get(HERE, may=May.REPORT, shows="return")
def fill_in(visit: Visit, ref: str) -> Answer:
    stream, found = _return(visit, ref)
    return _form(visit, stream, found, _draft(visit, stream))


@pages.post(HERE, may=May.REPORT)
def keep(visit: Visit, ref: str) -> Answer:
    """What is filled in is kept; nothing is told to anybody before it is sent."""
    stream, found = _return(visit, ref)
    draft = filled_in(visit.form, found.expected)
    _keep(visit, stream, draft)
    act, _, at = visit.form.get("act", "").partition(":")
    if act == "later":
        return Go(f"/returns/{stream.ref}?kept=yes")
    if act == "keep" and any(one.ref == at for one in found.people):
        return Go(f"/returns/{stream.ref}?kept={at}#after-{at}")
    if draft.empty:
        return _form(visit, stream, found, draft, "nothing", 422)
    return Go(f"/returns/{stream.ref}/check")


def _form(visit: Visit, stream: ProviderReturn, found: Sheet, draft: Draft, error: str = "", status: int = 200) -> Page:
    return _page(visit, "return.html", stream, found, draft, status, error=error, kept=visit.query.get("kept", ""))


# ── a file instead ──────────────────────────────────────────────────────────────────────────────
@pages.get(f"{HERE}/file", may=May.REPORT, shows="return")
def file_form(visit: Visit, ref: str) -> Answer:
    """The lines still asked for, to be filled in by a spreadsheet or here, and brought back either way."""
    stream, found = _return(visit, ref)
    policy = visit.app.policy_for(stream)
    lines = as_text(template_rows(stream, found.expected, policy.calendar, visit.now()))
    return _page(visit, "return_file.html", stream, found, Draft(), lines=lines, error="")


@pages.post(f"{HERE}/file", may=May.REPORT)
def take_file(visit: Visit, ref: str) -> Answer:
    """A file, or lines pasted: they fill in the form, which is shown to be checked."""
    stream, found = _return(visit, ref)
    pasted = visit.form.get("lines", "")
    content = visit.files.get("file") or pasted.encode()
    try:
        read = from_file(content, found.expected, visit.app.policy_for(stream).calendar)
    except FileRefused as refused:
        return _page(visit, "return_file.html", stream, found, Draft(), 422, lines=pasted, error=str(refused))
    _keep(visit, stream, merged(_draft(visit, stream), read))
    return Go(f"/returns/{stream.ref}/check")


# ── checked and sent ────────────────────────────────────────────────────────────────────────────
@pages.get(f"{HERE}/check", may=May.REPORT, shows="return")
def check(visit: Visit, ref: str) -> Answer:
    stream, found = _return(visit, ref)
    return _check(visit, stream, found, _draft(visit, stream))


@pages.post(f"{HERE}/send", may=May.REPORT)
def send(visit: Visit, ref: str) -> Answer:
    """The return is sent: each line becomes what its case is told, by the provider."""
    stream, found = _return(visit, ref)
    draft = _draft(visit, stream)
    if draft.empty:
        return Go(f"/returns/{stream.ref}/receipt" if stream.received_at else f"/returns/{stream.ref}")
    wish = c.SubmitReturn(rows(draft, found.expected))
    by = Actor(visit.account.person, Role.PROVIDER)
    asked = c.Asked(f"page:{visit.account.id}:{visit.form.get('command_id', '')[:64]}", stream.id, wish, by)
    (answer,) = handle(visit.app, [asked], visit.scheme)
    if answer.refused:
        return _check(visit, stream, found, draft, answer.words, 409)
    _keep(visit, stream, None)
    told = len({row.ref for row in wish.rows})
    return Go(f"/returns/{stream.ref}/receipt?told={told}")


def _check(
    visit: Visit, stream: ProviderReturn, found: Sheet, draft: Draft, error: str = "", status: int = 200
) -> Page:
    names = {one.ref: one.initials for one in found.people}
    left = [one for person in found.people for one in person.sessions if not one.known and one.id not in draft.sessions]
    more = {"error": error, "names": names, "unsaid": len(left), "command_id": new_id(visit)}
    return _page(visit, "return_check.html", stream, found, draft, status, **more)


@pages.get(f"{HERE}/receipt", may=May.REPORT, shows="return")
def receipt(visit: Visit, ref: str) -> Answer:
    stream, found = _return(visit, ref)
    if stream.received_at is None:
        return Go(f"/returns/{stream.ref}")
    told = visit.query.get("told", "")
    return _page(visit, "return_receipt.html", stream, found, Draft(), told=told if told.isdigit() else "")


# ── a concern ───────────────────────────────────────────────────────────────────────────────────
@pages.get(f"{HERE}/concern", may=May.REPORT, shows="return")
def concern(visit: Visit, ref: str) -> Answer:
    stream, found = _return(visit, ref)
    return _concern(visit, stream, found)


@pages.post(f"{HERE}/concern", may=May.REPORT)
def raise_concern(visit: Visit, ref: str) -> Answer:
    """Somebody may not be safe: a person of the scheme sees it at once, whatever becomes of the return."""
    stream, found = _return(visit, ref)
    whom, words = visit.form.get("whom", ""), visit.form.get("words", "").strip()[:LONGEST]
    one = next((each for each in found.people if each.ref == whom), None)
    if one is None or not words:
        missing = (*(("whom",) if one is None else ()), *(() if words else ("words",)))
        return _concern(visit, stream, found, missing, 422)
    case = visit.readings.snapshots(visit.scheme, [one.case])[one.case]
    assert isinstance(case, Case)
    command_id = f"page:{visit.account.id}:{visit.form.get('command_id', '')[:64] or visit.app.ids()}"
    text = str(uuid5(NAMESPACE_URL, f"concern/{visit.scheme}/{command_id}"))
    with visit.app.store.begin() as unit:
        unit.add_texts(visit.scheme, [(text, case.parties.get(Role.PARTICIPANT), words)])
    by = Actor(visit.account.person, Role.PROVIDER)
    asked = c.Asked(command_id, case.id, c.NoteSafeguarding(text), by)
    (answer,) = handle(visit.app, [asked], visit.scheme)
    if answer.refused:
        return _concern(visit, stream, found, ("refused",), 409)
    log.info("returns: a safeguarding concern was raised about case %s", case.id)
    return _page(visit, "concern_sent.html", stream, found, Draft(), person=one)


def _concern(
    visit: Visit, stream: ProviderReturn, found: Sheet, wrong: tuple[str, ...] = (), status: int = 200
) -> Page:
    given = {name: visit.form.get(name, "") for name in ("whom", "words")}
    return _page(
        visit, "concern.html", stream, found, Draft(), status, wrong=wrong, given=given, command_id=new_id(visit)
    )


# ── what they share ─────────────────────────────────────────────────────────────────────────────
def _return(visit: Visit, ref: str) -> tuple[ProviderReturn, Sheet]:
    """The return, if it is theirs, with everybody on it. Raises NotThere."""
    stream = visit.dossier(ref).stream
    if not isinstance(stream, ProviderReturn):
        visit.nothing_here()
    found = sheet(visit.readings, visit.scheme, stream, visit.now())
    cases = visit.readings.snapshots(visit.scheme, [one.case for one in found.people])
    visit.saw("return", [one for one in cases.values() if isinstance(one, Case)])
    return stream, found


def _draft(visit: Visit, stream: ProviderReturn) -> Draft:
    with visit.app.store.begin() as unit:
        found = unit.return_draft(visit.scheme, stream.id)
    return kept(found[0] if found else None)


def _keep(visit: Visit, stream: ProviderReturn, draft: Draft | None) -> None:
    with visit.app.store.begin() as unit:
        unit.keep_return_draft(visit.scheme, stream.id, draft.plain() if draft else None)


def _page(
    visit: Visit, template: str, stream: ProviderReturn, found: Sheet, draft: Draft, status: int = 200, **more: object
) -> Page:
    known = service(visit, visit.scheme)
    titles = {code: one.get(visit.language) or one.get("en", code) for code, one in known.titles.items()}
    return Page(template, {
        "stream": stream, "sheet": found, "draft": draft, "service": known, "titles": titles,
        "period": phrases.period(stream.period, visit.language), "here": f"/returns/{stream.ref}", **more,
    }, status)  # fmt: skip
