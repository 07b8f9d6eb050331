"""Who may sign in to the scheme: an administrator lets somebody in, gives another password, shows somebody out."""

from caseflow.access import accounts
from caseflow.access.who import May, Part
from caseflow.engine.access import Account
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

pages = Pages()


@pages.get("/accounts", may=May.ACCOUNTS, shows="")
def everybody(visit: Visit) -> Answer:
    return Page("accounts.html", {"accounts": _accounts(visit), "gone": visit.query.get("gone", "") == "yes"})


@pages.get("/accounts/add", may=May.ACCOUNTS, shows="")
def form(visit: Visit) -> Answer:
    return _form({})


@pages.post("/accounts/add", may=May.ACCOUNTS)
def add(visit: Visit) -> Answer:
    """Somebody more, with a password that is shown this once."""
    given = {name: visit.form.get(name, "").strip()[:200] for name in ("login", "part", "person", "name", "subject")}
    login = given["login"]
    if login.count("@") != 1 or " " in login or not login.isprintable():
        return _form(given, "login", "address")
    if given["part"] not in set(Part):
        return _form(given, "part", "part")
    part = Part(given["part"])
    try:
        person, known = accounts.person_of(visit.readings, visit.scheme, part, given["person"])
    except accounts.NoPerson as no:
        return _form(given, "person", no.code)
    made = Account(
        visit.app.ids(), visit.scheme, login.casefold(), given["name"] or known or login, part.value, person,
        subject=given["subject"],
    )  # fmt: skip
    try:
        password = accounts.add(visit.app, made)
    except accounts.NoAccount:
        return _form(given, "login", "taken")
    return _made(visit, made, password)


@pages.post("/accounts/reset", may=May.ACCOUNTS)
def reset(visit: Visit) -> Answer:
    """Another password that works once. Where they are signed in ends."""
    account = _theirs(visit)
    if account.subject or account.disabled or account.id == visit.account.id:
        visit.nothing_here()
    return _made(visit, account, accounts.reset(visit.app, account.login))


@pages.post("/accounts/disable", may=May.ACCOUNTS)
def disable(visit: Visit) -> Answer:
    """They are out with their next click. Nobody shows themselves out: somebody must be left to let others in."""
    account = _theirs(visit)
    if account.id == visit.account.id:
        visit.nothing_here()
    accounts.disable(visit.app, account.login)
    return Go("/accounts?gone=yes")


def _made(visit: Visit, account: Account, password: str) -> Page:
    """What is shown this once: the password, and an administrator's key."""
    return Page(
        "account_made.html",
        {"account": account, "password": password, "key": accounts.key_of(visit.app, account.login)},
    )


def _accounts(visit: Visit) -> list[Account]:
    with visit.app.store.begin() as unit:
        return unit.accounts(visit.scheme)


def _theirs(visit: Visit) -> Account:
    """The account meant, of this scheme. Raises NotThere."""
    wanted = visit.form.get("account", "")
    found = next((one for one in _accounts(visit) if one.id == wanted), None)
    if found is None:
        visit.nothing_here()
    return found


def _form(given: dict[str, str], field: str = "", error: str = "") -> Page:
    values = {name: given.get(name, "") for name in ("login", "part", "person", "name", "subject")}
    return Page(
        "account_add.html",
        {"given": values, "parts": list(Part), "field": field, "error": error},
        422 if error else 200,
    )
