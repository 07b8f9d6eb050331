"""One's own account: where one is signed in, and another password."""

import logging

from caseflow.access import accounts, passwords, second_factor
from caseflow.access.attempts import CODES
from caseflow.access.who import May
from caseflow.bootstrap import host_now
from caseflow.web.answers import Answer, Go, Page, own_path
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

log = logging.getLogger(__name__)
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


@pages.get("/account/confirm", may=May.OWN_ACCOUNT, shows="")
def confirm(visit: Visit) -> Answer:
    """Before an administrator's acts: a second factor, proved now."""
    return _confirm(visit, own_path(visit.query.get("to", "/")))


@pages.post("/account/confirm", may=May.OWN_ACCOUNT)
def try_to_confirm(visit: Visit) -> Answer:
    assert visit.visitor is not None
    to = own_path(visit.form.get("to", "/"))
    if visit.attempts.spent(CODES, visit.account.id):
        log.warning("second factor: too many codes for account %s", visit.account.id)
        return _confirm(visit, to, "too_many", 429)
    code, session = visit.form.get("code", "")[:20], visit.visitor.session.id
    if not second_factor.confirm(visit.app, visit.account, session, code, host_now()):
        log.warning("second factor: a wrong code for account %s", visit.account.id)
        return _confirm(visit, to, "wrong", 422)
    log.info("second factor: account %s", visit.account.id)
    return Go(to)


def _confirm(visit: Visit, to: str, error: str = "", status: int = 200) -> Page:
    way = "provider" if visit.account.subject and visit.provider else "code" if visit.account.totp else "none"
    return Page("confirm.html", {"to": to, "way": way, "error": error}, status)


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
