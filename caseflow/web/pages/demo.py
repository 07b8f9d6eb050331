"""Being somebody else, in a virtual database that the demo made. In any other these pages do not exist."""

from caseflow.access import accounts
from caseflow.access.who import May
from caseflow.engine.access import Account
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()


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
    if visit.visitor is not None:
        accounts.end(visit.app, visit.account, [visit.visitor.session.id])
    return Go("/", token=accounts.begin(visit.app, account, visit.agent, strong=True))


def _everybody(visit: Visit) -> list[Account]:
    with visit.app.store.begin() as unit:
        return [one for scheme in visit.readings.schemes() for one in unit.accounts(scheme)]
