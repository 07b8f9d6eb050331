"""Signing in and out with a local account, and choosing a language."""

import logging
from urllib.parse import quote

from caseflow.access import accounts, second_factor
from caseflow.access.single_sign_on import NotSignedIn, ProviderAway
from caseflow.access.who import May, Part
from caseflow.bootstrap import host_now
from caseflow.engine.access import ReadingNote
from caseflow.web.answers import Answer, Away, Go, Page, own_path
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit
from caseflow.web.words import LANGUAGES

log = logging.getLogger(__name__)
pages = Pages()


@pages.get("/sign-in", may=May.COME_IN, shows="")
def sign_in(visit: Visit) -> Answer:
    to = own_path(visit.query.get("to", "/"))
    return Go(to) if visit.visitor else _form(to)


@pages.post("/sign-in", may=May.COME_IN)
def try_to_sign_in(visit: Visit) -> Answer:
    """One answer for a wrong password, an unknown login and a disabled account: nobody learns who has an account here."""
    to, login = own_path(visit.form.get("to", "/")), visit.form.get("login", "").strip()
    if visit.attempts.over(login, visit.address):
        log.warning("sign-in: too many tries")
        return _form(to, login, "too_many", 429)
    account = accounts.sign_in(visit.app, login, visit.form.get("password", ""))
    if account is None:
        log.warning("sign-in: refused")
        return _form(to, login, "wrong", 422)
    if visit.provider is not None and account.part == Part.ADMINISTRATOR:
        if not visit.settings.break_glass:
            log.error("break glass: refused to account %s; CASEFLOW_BREAK_GLASS is not set", account.id)
            return _form(to, login, "wrong", 422)
        log.error("break glass: account %s signed in beside the identity provider", account.id)
        with visit.app.store.begin() as unit:
            unit.note_readings([ReadingNote(account.scheme, account.id, account.part, "", "break_glass")])
    if visit.visitor is not None:  # this browser had another session: it ends
        accounts.end(visit.app, visit.account, [visit.visitor.session.id])
    log.info("sign-in: account %s", account.id)
    return Go(to, token=accounts.begin(visit.app, account, visit.agent))


def _form(to: str, login: str = "", error: str = "", status: int = 200) -> Page:
    return Page("sign_in.html", {"to": to, "login": login, "error": error}, status)


@pages.get("/sign-in/sso", may=May.COME_IN, shows="")
def to_the_provider(visit: Visit) -> Answer:
    """A link, not a form: a form may lead nowhere but here (form-action), and nothing changes by following it."""
    if visit.provider is None:
        visit.nothing_here()
    to = own_path(visit.query.get("to", "/"))
    if not visit.token:
        return Go(f"/sign-in?to={quote(to, safe='/')}")
    try:
        return Away(visit.provider.begin(visit.token, _back(visit), to, again=visit.query.get("again", "") == "yes"))
    except ProviderAway as away:
        log.warning("sign-in: the identity provider is away (%s)", away)
        return Page("sso.html", {"problem": "away", "subject": ""}, 503)


@pages.get("/sign-in/sso/return", may=May.COME_IN, shows="")
def from_the_provider(visit: Visit) -> Answer:
    """The provider vouches for somebody: by their key there, never by an address."""
    if visit.provider is None:
        visit.nothing_here()
    try:
        found = visit.provider.finish(
            visit.token, _back(visit), visit.query.get("code", ""), visit.query.get("state", "")
        )
    except NotSignedIn as no:
        log.warning("sign-in: not by the identity provider's answer: %s", no)
        return Page("sso.html", {"problem": "unsure", "subject": ""}, 403)
    except ProviderAway as away:
        log.warning("sign-in: the identity provider is away (%s)", away)
        return Page("sso.html", {"problem": "away", "subject": ""}, 503)
    with visit.app.store.begin() as unit:
        account = unit.account_of(subject=found.subject)
    if account is None or account.disabled:
        log.warning("sign-in: no account for somebody whom the identity provider knows")
        return Page("sso.html", {"problem": "unknown", "subject": found.subject}, 403)
    if visit.visitor is not None:
        accounts.end(visit.app, visit.account, [visit.visitor.session.id])
    log.info("sign-in: account %s", account.id)
    wanted = visit.settings.oidc_second_factor.split()
    strong = second_factor.vouched(found.methods, found.asked_at, host_now().timestamp(), wanted)
    return Go(own_path(found.to), token=accounts.begin(visit.app, account, visit.agent, strong=strong))


def _back(visit: Visit) -> str:
    """Our own address for the answer; the provider sends nobody to one that was not registered with it."""
    scheme = "https" if visit.settings.environment == "production" else "http"
    return f"{scheme}://{visit.host}/sign-in/sso/return"


@pages.post("/sign-out", may=May.OWN_ACCOUNT)
def sign_out(visit: Visit) -> Answer:
    assert visit.visitor is not None
    accounts.end(visit.app, visit.account, [visit.visitor.session.id])
    log.info("sign-out: account %s", visit.account.id)
    return Go("/sign-in", token="")


@pages.get("/language/{language}", may=May.COME_IN, shows="")
def choose_language(visit: Visit, language: str) -> Answer:
    """A link, so that it works without a form; it changes nothing but how this browser is spoken to."""
    if language not in LANGUAGES:
        visit.nothing_here()
    return Go(own_path(visit.query.get("back", "/")), language=language)
