"""`clients add | list | disable`: which other systems may use the API, and for what."""

from typing import TYPE_CHECKING

from caseflow.cli import contracts
from caseflow.cli.desk import opened
from caseflow.cli.failures import refused, usage
from caseflow.cli.output import as_json, say, table

if TYPE_CHECKING:
    from caseflow.engine.access import Client


def add(name: str, scopes: list[str], speaks_for: list[str], scheme: str | None, *, json: bool) -> None:
    """A new client, with its token."""
    from caseflow.access import clients
    from caseflow.access.who import SPEAKERS, Scope
    from caseflow.domain.words import Role

    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise usage("give it a name of at most 100 letters, such as records-system")
    if unknown := [one for one in scopes if one not in list(Scope)]:
        raise usage(f"--scope {unknown[0]}: it may be {', '.join(Scope)}")
    if unknown := [one for one in speaks_for if one not in SPEAKERS]:
        raise usage(f"--speaks-for {unknown[0]}: it may be {', '.join(SPEAKERS)}")
    if not scopes:
        raise usage(f"say what it may do: --scope, one or several times; it may be {', '.join(Scope)}")
    if "work" in scopes and not speaks_for:
        raise usage("--scope work records what people did: say for which roles, such as --speaks-for navigator")
    if "returns" in scopes and "provider" not in speaks_for:
        raise usage("--scope returns fills in what a provider says: add --speaks-for provider")
    with opened(scheme) as desk:
        here = desk.only_scheme()
        try:
            token = clients.add(desk.app, here, name, map(Scope, scopes), map(Role, speaks_for))
        except clients.NoClient as taken:
            raise refused(str(taken)) from None
        with desk.app.store.begin() as unit:
            made = next(one for one in unit.clients(here) if one.name == name and not one.disabled)
    if json:
        as_json(_view(made, token))
        return
    say(
        f"{name} may use the API of {here}: {', '.join(made.scopes)}"
        + (f"; it speaks for: {', '.join(made.speaks_for)}" if made.speaks_for else ""),
        f"Token: {token}",
        "It is shown this once. Whoever has it is this system: keep it like a password.",
    )


def list_clients(scheme: str | None, *, json: bool) -> None:
    """One line a client."""
    with opened(scheme) as desk, desk.app.store.begin() as unit:
        found = [_view(one) for name in desk.schemes for one in unit.clients(name)]
    if json:
        as_json(contracts.ClientList(found))
        return
    table(
        "", ("name", "scheme", "may", "speaks for", "last seen", ""),
        ((one.name, one.scheme, ", ".join(one.scopes), ", ".join(one.speaks_for), one.seen_at,
          "disabled" if one.disabled else "") for one in found),
        empty="No other system may use the API yet. `caseflow clients add NAME --scope read` lets one in.",
    )  # fmt: skip


def disable(name: str, scheme: str | None, *, json: bool) -> None:
    """It is out at once."""
    from caseflow.access import clients

    with opened(scheme) as desk:
        here = desk.only_scheme()
        try:
            clients.disable(desk.app, here, name)
        except clients.NoClient as none:
            raise refused(str(none)) from None
        with desk.app.store.begin() as unit:
            gone = [one for one in unit.clients(here) if one.name == name][-1]
    if json:
        as_json(_view(gone))
        return
    say(f"{name} may not use the API of {here} any more")


def _view(one: "Client", token: str | None = None) -> contracts.ClientView:
    return contracts.ClientView(
        one.name, one.scheme, list(one.scopes), list(one.speaks_for), one.disabled, one.seen_at, token
    )
