"""`accounts add | list | disable | reset`: who may sign in to the pages."""

from typing import TYPE_CHECKING

from caseflow.cli import contracts
from caseflow.cli.desk import Desk, opened
from caseflow.cli.failures import refused, usage
from caseflow.cli.output import as_json, say, table

if TYPE_CHECKING:
    from caseflow.access.who import Part
    from caseflow.engine.access import Account


def add(login: str, part: str, person: str, name: str, subject: str, scheme: str | None, *, json: bool) -> None:
    """A new account, with a one-time password or an identity provider's key."""
    from caseflow.access import accounts
    from caseflow.engine.access import Account

    meant = _part(part)
    if login.count("@") != 1 or len(login) > 200 or not login.isprintable() or " " in login:
        raise usage(f"{login}: they sign in with an email address")
    with opened(scheme) as desk:
        here = desk.only_scheme()
        who, known = _person(desk, here, meant, person)
        made = Account(
            desk.app.ids(), here, login.casefold(), name or known or login, meant.value, who, subject=subject
        )
        try:
            password = accounts.add(desk.app, made)
            key = accounts.key_of(desk.app, made.login)
        except accounts.NoAccount as taken:
            raise refused(str(taken)) from None
    if json:
        as_json(_view(made, password, key))
        return
    say(f"{made.name} may sign in to {here} as {meant.value} with {made.login}")
    if password:
        _tell(password, key)


def list_accounts(scheme: str | None, *, json: bool) -> None:
    """One line an account."""
    with opened(scheme) as desk, desk.app.store.begin() as unit:
        found = [_view(one) for name in desk.schemes for one in unit.accounts(name)]
    if json:
        as_json(contracts.AccountList(found))
        return
    table(
        "", ("login", "name", "part", "scheme", "last signed in", ""),
        ((one.login, one.name, one.part, one.scheme, one.seen_at,
          "disabled" if one.disabled else "single sign-on" if one.single_sign_on else "") for one in found),
        empty="Nobody may sign in yet. `caseflow accounts add LOGIN --part navigator --person NAME` lets somebody in.",
    )  # fmt: skip


def disable(login: str, *, json: bool) -> None:
    """They are out at once."""
    from caseflow.access import accounts

    with opened() as desk:
        try:
            gone = accounts.disable(desk.app, login)
            found = accounts.find(desk.app, login)
        except accounts.NoAccount as none:
            raise refused(str(none)) from None
    if json:
        as_json(_view(found))
        return
    say(f"{gone.name} ({gone.login}) may not sign in any more")


def reset(login: str, *, json: bool) -> None:
    """Another one-time password."""
    from caseflow.access import accounts

    with opened() as desk:
        try:
            password = accounts.reset(desk.app, login)
            found = accounts.find(desk.app, login)
            key = found.totp
        except accounts.NoAccount as none:
            raise refused(str(none)) from None
    if json:
        as_json(_view(found, password, key))
        return
    say(f"{found.name} ({found.login}) has another password")
    _tell(password, key)


def _tell(password: str, key: str) -> None:
    say(f"Password, for the first sign-in only: {password}")
    if key:
        say(f"Key for the app that makes their codes (TOTP): {key}")
    say("It is shown this once. Tell it to nobody else.")


def _part(part: str) -> "Part":
    from caseflow.access.who import Part

    try:
        return Part(part)
    except ValueError:
        raise usage(f"--part {part}: it may be {', '.join(Part)}") from None


def _person(desk: Desk, scheme: str, part: "Part", person: str) -> tuple[str, str]:
    """Their id and name in the people register. Raises Stop for nobody, and for one too many."""
    from caseflow.access import accounts

    try:
        return accounts.person_of(desk.readings, scheme, part, person)
    except accounts.NoPerson as no:
        words = {
            "missing": f"say who they are: --person NAME or --person ID; a {part.value} sees the cases that are theirs",
            "needless": f"--person {person}: an {part.value} plays no part in a case; leave it out",
            "several": f"--person {person}: more than one is called that in {scheme}; give the id",
            "unknown": f"--person {person}: nobody is called that in {scheme}",
        }
        raise usage(words[no.code]) from None


def _view(one: "Account", password: str | None = None, key: str = "") -> contracts.AccountView:
    return contracts.AccountView(
        one.login,
        one.name,
        one.part,
        one.scheme,
        one.person,
        one.disabled,
        one.seen_at,
        bool(one.subject),
        password,
        key or None,
    )
