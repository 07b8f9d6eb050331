"""A scheme in memory on a Monday morning with a few cases, and somebody of every part who may sign in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from visiting import Browser

from caseflow.access import accounts
from caseflow.access.passwords import hashed
from caseflow.access.who import Part
from caseflow.bootstrap import Memory, memory_app
from caseflow.engine.access import Account
from caseflow.settings.deployment import Deployment
from caseflow.settings.scheme import load_schemes
from caseflow.web.serving import make_pages

MONDAY = datetime(2022, 1, 10, 10, tzinfo=UTC)
PASSWORD = "kettle walnut harbour"
SECRET = hashed(PASSWORD)
SCHEMES = load_schemes()


@dataclass(frozen=True)
class Scheme:
    """The service, its pages, and the ids of its cases by whose they are."""

    memory: Memory
    cases: dict[str, str]
    people: dict[Part, str]

    def account(self, part: Part, scheme: str = "durham", person: str = "", name: str = "") -> Account:
        """Somebody of this part, added once."""
        login = f"{part}.{person or 'x'}@{scheme}.example.org"
        with self.memory.app.store.begin() as unit:
            known = unit.account_of(login)
            if known is None:
                known = Account(login, scheme, login, name or f"Sam {part.title()}", part.value, person, SECRET)
                unit.add_account(known)
        return known

    def browser(self, account: Account | None = None, **settings: object) -> Browser:
        """A browser that this person is signed in with; without an account nobody is."""
        served = make_pages(self.memory.app, Deployment(**settings))
        browser = Browser(served)
        if account is not None:
            browser.cookies.set(
                "caseflow", accounts.begin(self.memory.app, account, "a test"), domain="caseflow.example"
            )
        return browser


@pytest.fixture
def scheme() -> Scheme:
    return Scheme(memory_app(SCHEMES, at=MONDAY, scheme="durham"), {}, {})


@pytest.fixture
def somebody(scheme: Scheme) -> Callable[..., Browser]:
    """A signed-in browser of this part."""

    def make(part: Part, other_scheme: str = "durham", person: str = "") -> Browser:
        return scheme.browser(scheme.account(part, other_scheme, person))

    return make
