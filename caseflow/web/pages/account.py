"""One's own account: where one is signed in, and another password."""

from caseflow.access import accounts, passwords
from caseflow.access.who import May
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()


@pages.get("/account", may=May.OWN_ACCOUNT, shows="")
def account(visit: Visit) -> Answer:
    assert visit.visitor is not None
    found = accounts.sessions(visit.app, visit.account)
    return Page("account.html", {"sessions": found, "this": visit.visitor.session.id})


@pages.post("/account/sessions/end", may=May.OWN_ACCOUNT)
def end_session(visit: Visit) -> Answer:
    """One of one's own; somebody else's number does nothing."""
    accounts.end(visit.app, visit.account, [visit.form.get("session", "")])
    return Go("/account")


@pages.get("/account/password", may=May.OWN_ACCOUNT, shows="")
def password(visit: Visit) -> Answer:
    return _form()


@pages.post("/account/password", may=May.OWN_ACCOUNT)
def change_password(visit: Visit) -> Answer:
    """Every other session ends, and this one goes on under a new token."""
    if visit.attempts.over(visit.account.login, visit.address):
        return _form("old", "too_many", 429)
    if not passwords.matches(visit.account.secret, visit.form.get("old", "")):
        return _form("old", "wrong", 422)
    new = visit.form.get("new", "")
    if new == visit.form.get("old"):
        return _form("new", "same", 422)
    try:
        accounts.change_password(visit.app, visit.account, new)
    except passwords.WeakPassword as weak:
        return _form("new", weak.code, 422)
    return Go("/", token=accounts.begin(visit.app, visit.account, visit.agent))


def _form(field: str = "", error: str = "", status: int = 200) -> Page:
    return Page("password.html", {"field": field, "error": error, "shortest": passwords.SHORTEST}, status)
