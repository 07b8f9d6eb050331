"""Other systems that come in by the API: added, known by their token, gone.

A token is 256 bits of chance and shown once; the database has its digest. Two clients may serve one system while its token
is replaced: add the second, disable the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from caseflow.access.accounts import digest, new_token
from caseflow.access.who import SPEAKERS, Scope
from caseflow.domain.words import Role
from caseflow.engine.access import Client
from caseflow.engine.app import App
from caseflow.engine.ports import Conflict

MARK = "caseflow_"
"""How every token begins, so that one that stands where it must not is found by looking for it."""
LONGEST = 200


class NoClient(LookupError):
    """There is no such client, or the name is taken; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and what they may."""

    client: Client
    scopes: frozenset[Scope]
    speaks_for: frozenset[Role]

    @property
    def scheme(self) -> str:
        return self.client.scheme


def add(app: App, scheme: str, name: str, scopes: Iterable[Scope], speaks_for: Iterable[Role] = ()) -> str:
    """A new client; its token is returned, and never again. Raises NoClient where the name is taken."""
    token = MARK + new_token()
    roles = sorted({one.value for one in speaks_for if one in SPEAKERS})
    made = Client(app.ids(), scheme, name, digest(token), tuple(sorted({one.value for one in scopes})), tuple(roles))
    try:
        with app.store.begin() as unit:
            unit.add_client(made)
    except Conflict:
        raise NoClient(f"{scheme} has a client {name}: give this one another name, or disable that one first") from None
    return token


def disable(app: App, scheme: str, name: str) -> None:
    """It may not come in any more, from this moment on. Raises NoClient."""
    with app.store.begin() as unit:
        if not unit.disable_client(scheme, name):
            raise NoClient(f"{scheme} has no active client {name}; `caseflow clients list` shows them")


def caller(app: App, token: str) -> Caller | None:
    """Who comes with this token; None for nobody. Looked up by its digest, so that time tells nothing about it."""
    if not token.startswith(MARK) or len(token) > LONGEST:
        return None
    with app.store.begin() as unit:
        found = unit.client_of(digest(token))
    if found is None:
        return None
    scopes = frozenset(Scope(one) for one in found.scopes if one in list(Scope))
    return Caller(found, scopes, frozenset(Role(one) for one in found.speaks_for if one in SPEAKERS))
