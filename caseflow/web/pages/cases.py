"""One case: who it is about, what the system does next and why, what to work on, what is waited for, sent, and the story."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from caseflow.access.who import May
from caseflow.domain import journey
from caseflow.domain.case import Case
from caseflow.domain.reading import rules_of
from caseflow.domain.words import AddressStatus, Channel, Role
from caseflow.telling.casefile import named_sheet, on_screen
from caseflow.telling.history import story_of
from caseflow.telling.standing import standing
from caseflow.telling.timeline import BOOKKEEPING
from caseflow.telling.work import RULINGS, Work, work_of
from caseflow.web import titles
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import new_id
from caseflow.web.pages.work import PAGE_OF_ITS_OWN, did, roster_of
from caseflow.web.routes import Pages
from caseflow.web.titles import Title
from caseflow.web.visit import Visit

pages = Pages()

FEW = 5
"""So many lines of each list are seen at once; the others unfold."""
NEWEST = 15
"""Lines of the story on the page; a link shows all."""
NOT_RUNG = frozenset({AddressStatus.SEIZED, AddressStatus.BLOCKED})
"""A phone in such a state is nobody's to ring."""
AT_THE_DOOR = ("accept", "decline")
QUICK = ("record_contact", "assess", "agree_plan", "book_session", "hold", "complete")
"""What is most often done, as far as it makes sense now; the rest is one link away."""


def quick(offered: Collection[str]) -> list[str]:
    """At the door that is the answer to the referral first."""
    first = AT_THE_DOOR if "accept" in offered else ()
    return [one for one in (*first, *QUICK) if one in offered][:6]


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
    policy, now = visit.app.policy_for(case), visit.now()
    told = story_of(visit.readings, dossier, visit.app.store.policies())
    everything = visit.query.get("story", "") == "all"
    lines = [one for one in reversed(told.lines) if everything or one.kind not in BOOKKEEPING]
    work = work_of(visit.readings, dossier, case, policy, now)
    just_done, undo = did(visit, dossier, case, told.lines)
    offered = journey.offered(case)
    return Page("case.html", {
        "case": case, "participant": told.participant, "stands": standing(visit.app, dossier, case, policy, now),
        "lines": lines if everything else lines[:NEWEST], "more": 0 if everything else len(told.lines) - min(NEWEST, len(lines)),
        "few": FEW, "works": visit.can(May.WORK_CASE), "command_id": new_id(visit), "done": visit.query.get("done", "") == "yes",
        "work": work, "offered": offered, "quick": quick(offered), "pages": PAGE_OF_ITS_OWN,
        "did": just_done, "undo": undo, "titles": _titles(visit, work), "ways": _ways(visit, case),
        "rulings": RULINGS, "unreminded": {one.id: one.reminder for one in work.sessions if one.reminder},
        "disposal": _disposal(visit, rules_of(case, policy).title),
    })  # fmt: skip


@pages.get("/cases/{ref}/sheet", may=May.READ_CASE, shows="sheet")
def sheet(visit: Visit, ref: str) -> Answer:
    """The panel sheet, with names, as it is printed."""
    dossier, case = visit.case(ref)
    visit.saw("sheet", [case])
    found = named_sheet(visit.readings, dossier, case, visit.app.policy_for(case))
    return Page("sheet.html", {"case": case, "sheet": found, "sections": on_screen(found)})


def _titles(visit: Visit, work: Work) -> Mapping[str, Title]:
    """Interventions by code, as the roster calls them in the page's language."""
    codes = {one.intervention for one in work.items} | {one.item for one in work.sessions}
    return {one: titles.intervention(roster_of(visit), one, visit.language) for one in codes}


def _disposal(visit: Visit, title: Mapping[str, str]) -> tuple[str, str]:
    """(language, what the disposal is called), in the page's language where the policy has it."""
    language = visit.language if visit.language in title else "en"
    return language, title[language]


@dataclass(frozen=True, slots=True)
class Way:
    """A number or address of the participant. `rings`: a telephone that may be rung from here."""

    channel: str
    to: str
    rings: bool


def _ways(visit: Visit, case: Case) -> list[Way]:
    """The numbers and addresses that the register has of the participant, for whoever works the case."""
    if not visit.can(May.WORK_CASE):
        return []
    who = case.parties.get(Role.PARTICIPANT, "")
    with visit.app.store.begin() as unit:
        person = unit.people(visit.scheme, [who]).get(who)
    found = person.addresses if person else {}
    known = case.contact.addresses
    return [
        Way(
            channel.value,
            " ".join(found[channel][1].split()),
            channel is Channel.TEXT and not (channel in known and known[channel].status in NOT_RUNG),
        )
        for channel in Channel
        if channel in found
    ]
