"""Case work: what can be done on a case, a form for each, what it would change, what it did, and taking it back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from caseflow.access.who import May, Part, allowed
from caseflow.bootstrap import config_of, rosters
from caseflow.domain import commands as c
from caseflow.domain import journey, offers, plan
from caseflow.domain.case import Case
from caseflow.domain.policy import Policy
from caseflow.domain.strikes import may_confirm
from caseflow.domain.words import Refused, Role
from caseflow.engine.ports import PersonRow
from caseflow.engine.readings import Dossier
from caseflow.settings.roster import Roster
from caseflow.telling import commanding, story
from caseflow.telling.casefile import named_sheet, on_screen
from caseflow.telling.casefile.page import Section
from caseflow.telling.commanding import NotACommand
from caseflow.telling.forecast import tried
from caseflow.telling.history import story_of, together
from caseflow.telling.moving import MovedStep, moved_steps
from caseflow.telling.views import OverrideView, StoryLine
from caseflow.telling.work import missing_reminder
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import actor, do, done_before, keep_people, kept_text, new_id
from caseflow.web.forms.declared import FORMS, GROUPS, Form, Values
from caseflow.web.forms.fields import Given
from caseflow.web.forms.register import PEOPLE
from caseflow.web.forms.sight import Sight
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()

NEWS = 10
"""So many of the facts since a page was opened are told when it has grown old."""
BESIDE = ("glance", "breach", "strikes", "sessions", "answers", "messages", "rulings", "options", "agreed")
"""Sections of the panel sheet that stand beside a decision; the whole sheet is one link away."""
PAGE_OF_ITS_OWN = {"agree_plan": "plan"}
"""Commands whose form is more than a list of questions, and where it is."""


@cache
def _rosters(config: Path) -> Mapping[str, Roster]:
    """Read once: who works here reaches the people register by a restart, too."""
    return rosters(config)


def roster_of(visit: Visit) -> Roster | None:
    """Who works in the visitor's scheme; None where it has no roster."""
    return _rosters(config_of(visit.settings)).get(visit.scheme)


def sight_of(visit: Visit, dossier: Dossier, case: Case) -> Sight:
    """Everything that a form of this case can offer. Two readings."""
    roster = roster_of(visit)
    loads = visit.readings.loads(visit.scheme)
    people = {*case.parties.values(), *loads, *story.people_in(dossier.events)}
    people |= {one.provider for one in case.items.values() if one.provider}
    people |= {one.id for one in roster.providers} if roster else set()

    def rows(ids: Iterable[str]) -> Mapping[str, PersonRow]:
        with visit.app.store.begin() as unit:
            return unit.people(visit.scheme, ids)

    def called(name: str) -> Sequence[str]:
        return visit.readings.called(visit.scheme, name, commanding.PEOPLE["person"])

    return Sight(
        dossier, case, visit.app.policy_for(case), actor(visit, case), visit.part, visit.now(), visit.language,
        visit.readings.names(visit.scheme, people), loads, roster, visit.policies(), rows, called,
    )  # fmt: skip


def offered(case: Case, part: Part) -> dict[str, list[str]]:
    """What has a form for this part and makes sense now, by group."""
    now = [one for one in journey.offered(case) if one not in FORMS or part in FORMS[one].parts]
    found = {group: [one for one in FORMS if one in now and FORMS[one].group == group] for group in GROUPS}
    if "agree_plan" in now:
        found["door"] = [*found["door"], "agree_plan"]
    return {group: names for group, names in found.items() if names}


def news(visit: Visit, dossier: Dossier, seen: int) -> list[StoryLine]:
    """What has happened since fact number `seen`, newest first."""
    told = story_of(visit.readings, dossier, visit.app.store.policies())
    return [one for one in reversed(told.lines) if one.seq > seen][:NEWS]


@pages.get("/cases/{ref}/do", may=May.WORK_CASE, shows="work")
def everything(visit: Visit, ref: str) -> Answer:
    dossier, case = visit.case(ref)
    visit.saw("work", [case])
    return Page("offered.html", {
        "case": case, "participant": _participant(visit, case), "groups": offered(case, visit.part), "pages": PAGE_OF_ITS_OWN,
        "ref": dossier.ref,
    })  # fmt: skip


@pages.get("/cases/{ref}/do/{what}", may=May.WORK_CASE, shows="work")
def form(visit: Visit, ref: str, what: str) -> Answer:
    """The form, filled in as far as the link says; what it would change is told at once where that is known."""
    dossier, case = visit.case(ref)
    asked = _asked(visit, what)
    if what not in journey.offered(case):
        return not_now(visit, case, what)
    visit.saw("work", [case])
    sight = sight_of(visit, dossier, case)
    given = asked.start(sight, visit.query)
    return _page(visit, sight, asked, given, values=_if_so(asked, given, sight), fresh=True)


@pages.post("/cases/{ref}/do/{what}", may=May.WORK_CASE)
def done(visit: Visit, ref: str, what: str) -> Answer:
    """One command. A form that has grown old says what happened meanwhile; one sent twice changes nothing."""
    dossier, case = visit.case(ref)
    asked = _asked(visit, what)
    if before := done_before(visit):
        return Go(f"/cases/{case.ref}?did={before.seq}")
    if what not in journey.offered(case):
        return not_now(visit, case, what)
    sight = sight_of(visit, dossier, case)
    look = bool(visit.form.get("look"))
    values, wrong = asked.read(_anyhow(visit.form) if look else visit.form, sight)
    if wrong:
        return _page(visit, sight, asked, visit.form, wrong=wrong, status=422)
    if look:
        return _page(visit, sight, asked, visit.form, values=values)
    seen = int(given) if (given := visit.form.get("seen", "")).isdigit() else case.seq
    if asked.weighty and seen != case.seq:
        return _page(visit, sight, asked, visit.form, seen=seen, values=values, status=409)
    if words := values.get("text"):
        values["text"] = kept_text(visit, case, words)
    if more := values.pop(PEOPLE, ()):
        keep_people(visit, more)
    try:
        answer = do(visit, case, asked.command(values))
    except NotACommand as no:
        return _page(visit, sight, asked, visit.form, refused=str(no), status=422)
    if answer.refused:
        return _page(visit, sight, asked, visit.form, seen=seen, refused=answer.words, status=409)
    return Go(f"/cases/{case.ref}?did={answer.seq}" if _still_theirs(visit, case) else "/today?done=given")


def _still_theirs(visit: Visit, case: Case) -> bool:
    """Whoever hands a case over may not open it any more: they are not led to a page that is not there for them."""
    now = visit.readings.snapshots(visit.scheme, [case.id])[case.id]
    return allowed(visit.part, visit.account.person, visit.may, now)


@pages.post("/cases/{ref}/undo", may=May.WORK_CASE)
def undo(visit: Visit, ref: str) -> Answer:
    """Take back what was just done, where nobody was told of it by itself and it is still so."""
    dossier, case = visit.case(ref)
    if before := done_before(visit):
        return Go(f"/cases/{case.ref}?did={before.seq}")
    wanted = visit.form.get("fact", "")
    fact = next((one.event for one in dossier.events if str(one.seq) == wanted), None)
    back = offers.opposite(fact, case) if fact is not None else None
    if back is None:
        return Go(f"/cases/{case.ref}")
    answer = do(visit, case, back)
    if answer.refused:
        return Page("refused.html", {"words": answer.words, "ref": case.ref}, 409)
    return Go(f"/cases/{case.ref}?did={answer.seq}")


def not_now(visit: Visit, case: Case, what: str) -> Page:
    """It makes no sense on this case any more, or yet."""
    return Page("not_now.html", {
        "case": case, "participant": _participant(visit, case), "what": what, "state": case.state.value,
    }, 409)  # fmt: skip


def did(visit: Visit, dossier: Dossier, case: Case, lines: list[StoryLine]) -> tuple[list[StoryLine], int]:
    """What the command that this page comes from did, and the fact of it that can be taken back (0: none)."""
    asked = visit.query.get("did", "")
    numbers = together(dossier, int(asked)) if asked.isdigit() and len(asked) < 10 else frozenset()
    back = [one.seq for one in dossier.events if one.seq in numbers and offers.opposite(one.event, case) is not None]
    return [one for one in lines if one.seq in numbers], back[0] if back and visit.can(May.WORK_CASE) else 0


def _asked(visit: Visit, what: str) -> Form:
    """The form of this name. Raises NotThere where there is none for this visitor."""
    found = FORMS.get(what)
    if found is None or visit.part not in found.parts:
        visit.nothing_here()
    return found


def _if_so(asked: Form, given: Given, sight: Sight) -> Values | None:
    """The particulars as they stand in a fresh form, with any reason, for looking ahead; None while some are missing."""
    if not asked.ahead:
        return None
    any_reason = {one.name: one.options(sight)[0].value for one in asked.fields if one.name == "reason"}
    values, wrong = asked.read({**any_reason, **_anyhow(given)}, sight)
    return None if wrong else values


def _anyhow(given: Mapping[str, str]) -> Given:
    """What was given so far, with some words where words may be asked: who only looks need not write them."""
    return {"text": "-", **{name: value for name, value in given.items() if value}}


def _ahead(sight: Sight, asked: Form, values: Values | None) -> OverrideView | None:
    if not asked.ahead or values is None:
        return None
    command = _tentative(asked, values)
    if command is None:
        return None
    onto = _onto(sight, values)
    return tried(sight.dossier, sight.policy, sight.now, command, sight.by, sight.names, onto)


def _tentative(asked: Form, values: Values) -> c.Command | None:
    """The command as it would be, its words not kept yet; None where there is none."""
    try:
        return asked.command({**values, "text": "x"} if "text" in values else values)
    except NotACommand:
        return None


def _onto(sight: Sight, values: Values) -> Policy | None:
    """The version that a move of the policy leads to."""
    return next((one for one in sight.versions if one.version == values.get("to")), None)


def _steps(sight: Sight, asked: Form, values: Values | None) -> list[MovedStep] | None:
    """The next step of everything that is waited for, before and after a move of the policy; None: nothing to show."""
    command = _tentative(asked, values) if asked.beside == "steps" and values else None
    onto = _onto(sight, values or {})
    if command is None or onto is None:
        return None
    planned = plan.handle(
        sight.case, c.Asked("look", sight.dossier.id, command, sight.by), sight.policy, sight.now, onto
    )
    if isinstance(planned, Refused) or not isinstance(planned.stream, Case):
        return None
    return moved_steps(sight.case, planned.stream)


def _page(
    visit: Visit, sight: Sight, asked: Form, given: Mapping[str, str], *, wrong: Mapping[str, str] | None = None,
    refused: str = "", seen: int | None = None, values: Values | None = None, fresh: bool = False, status: int = 200,
) -> Page:  # fmt: skip
    """`values`: the particulars whose effect is shown beside the form; a `fresh` form does not tell its own facts."""
    case = sight.case
    ahead = _ahead(sight, asked, values)
    if ahead is not None and fresh:
        ahead = replace(ahead, facts=[])
    since = news(visit, sight.dossier, seen) if seen is not None and seen < case.seq else []
    return Page("do.html", {
        "case": case, "participant": sight.name(_who(case)), "form": asked, "sight": sight, "given": given,
        "wrong": wrong or {}, "refused": refused, "news": since, "ahead": ahead, "command_id": new_id(visit),
        "proof": _proof(sight, given) if asked.beside == "proof" else "",
        "reminders": _reminders(sight, asked, given) if asked.beside in {"proof", "reminder"} else [],
        "sections": _sheet(visit, sight) if asked.beside == "sheet" else [],
        "steps": _steps(sight, asked, values), "to": (values or {}).get("to", ""),
    }, status)  # fmt: skip


def _sheet(visit: Visit, sight: Sight) -> list[Section]:
    """The panel sheet, for whoever decides or gives a view: what is alleged, what was tried, what may be decided."""
    found = on_screen(named_sheet(visit.readings, sight.dossier, sight.case, sight.policy))
    return [one for one in found if one.id in BESIDE]


def _proof(sight: Sight, given: Mapping[str, str]) -> str:
    """Why there could be no strike for this session as things stand; "" where there could, or none is chosen."""
    session = sight.case.sessions.get(given.get("session", ""))
    if session is None:
        return ""
    found = may_confirm(sight.case, session, sight.policy, sight.now, sight.by)
    return found.words if isinstance(found, Refused) else ""


def _reminders(sight: Sight, asked: Form, given: Mapping[str, str]) -> list[str]:
    """Of the session that is chosen, or while none is of each there is: that no reminder of it is known to have come."""
    chosen = given.get("session", "")
    offered = [one for field in asked.fields if field.name == "session" for one in field.options(sight)]
    found = []
    for one in offered:
        missing = missing_reminder(sight.dossier, sight.case.sessions[one.value])
        if missing and chosen in {"", one.value}:
            words = sight.say(f"case_work.reminder_{missing}")
            found.append(words if chosen else f"{one.words}: {words}")
    return found


def _who(case: Case) -> str:
    return case.parties.get(Role.PARTICIPANT, "")


def _participant(visit: Visit, case: Case) -> str:
    who = _who(case)
    return visit.readings.names(visit.scheme, [who]).get(who, case.ref)
