"""Being somebody else, in a virtual database that the demo made. In any other these pages do not exist."""

from caseflow.access import accounts, guests
from caseflow.access.who import May, Part, own
from caseflow.domain.case import Case
from caseflow.engine.access import Account
from caseflow.engine.links import APPOINTMENTS
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.routes import Pages
from caseflow.web.service import come_in, out
from caseflow.web.visit import Visit

pages = Pages()

A_PAGE = 500


@pages.get("/demo", may=May.COME_IN, shows="")
def choose(visit: Visit) -> Answer:
    return Page("demo.html", {"people": _everybody(visit)})


@pages.post("/demo", may=May.COME_IN)
def be(visit: Visit) -> Answer:
    """Signed in as somebody of the cast, without a password."""
    login = visit.form.get("login", "")
    account = next((one for one in _everybody(visit) if one.login == login and not one.disabled), None)
    if account is None:
        visit.nothing_here()
    out(visit)
    if account.part == Part.PARTICIPANT.value and (case := _case_of(visit, account)):
        return _own_page(visit, account, case)
    return Go("/", token=accounts.begin(visit.app, account, visit.agent, strong=True))


def _case_of(visit: Visit, account: Account) -> str:
    """The case that this participant is in; "" where there is none."""
    after = ""
    while lines := visit.readings.cases(account.scheme, after=after, limit=A_PAGE):
        for case in visit.readings.snapshots(account.scheme, [one.id for one in lines]).values():
            if isinstance(case, Case) and own(Part.PARTICIPANT, account.person, case):
                return case.id
        after = lines[-1].ref
    return ""


def _own_page(visit: Visit, account: Account, case: str) -> Answer:
    """A participant has no account anywhere else: they come by a link, as if the PIN had been right."""
    token = guests.give_link(visit.app, account.scheme, case, account.person)
    link = guests.find(visit.app, token, APPOINTMENTS)
    assert link is not None
    return come_in(visit, link, "/a")


def _everybody(visit: Visit) -> list[Account]:
    with visit.app.store.begin() as unit:
        return [one for scheme in visit.readings.schemes() for one in unit.accounts(scheme)]
