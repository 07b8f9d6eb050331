"""A scheme in memory on a Monday morning: three cases of three people, and somebody of every part who may sign in."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from visiting import Browser

from caseflow.access import accounts
from caseflow.access.passwords import hashed
from caseflow.access.who import Part
from caseflow.bootstrap import Memory, memory_app, rosters
from caseflow.domain.commands import Accept, Asked, Command, Known, Refer
from caseflow.domain.words import Actor, Channel, Role
from caseflow.engine.access import Account
from caseflow.engine.app import App
from caseflow.engine.handle import handle
from caseflow.engine.ports import Answer, PersonIn
from caseflow.engine.sweep import sweep
from caseflow.settings.deployment import Deployment
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes
from caseflow.web.serving import make_pages

MONDAY = datetime(2022, 1, 10, 10, tzinfo=UTC)
PASSWORD = "kettle walnut harbour"
SECRET = hashed(PASSWORD)
SCHEMES = load_schemes()
ROSTERS = rosters(config_dir())
FRAN = PersonIn(
    "fran", "officer", "Fran", "Hall", addresses={Channel.EMAIL: ("a-fran", "fran@example.org", "confirmed")}
)

GAIL = PersonIn(
    "gail", "officer", "Gail", "Price", addresses={Channel.EMAIL: ("a-gail", "gail@example.org", "confirmed")}
)


def navigator(scheme: str = "durham", number: int = 0) -> str:
    return ROSTERS[scheme].navigators[number].id


def supervisor(scheme: str = "durham") -> str:
    return ROSTERS[scheme].offices[Role.SUPERVISOR]


OWN, ELSE, OTHER = "DUR-22-000001", "DUR-22-000002", "DYF-22-000001"
WHOSE = {"own": OWN, "somebody else's": ELSE, "another scheme's": OTHER}
PEOPLE = {
    Part.NAVIGATOR: navigator(),
    Part.SUPERVISOR: supervisor(),
    Part.OFFICER: "fran",
    Part.PROVIDER: ROSTERS["durham"].providers[0].id,
    Part.PARTICIPANT: "sam",
    Part.ADMINISTRATOR: "",
    Part.AUDITOR: "",
}
"""Who each part is in the register. Sam Carter's case is the navigator's, the officer's and Sam's own."""


@dataclass
class Scheme:
    """The service and its pages."""

    memory: Memory
    count: int = 0

    @property
    def app(self) -> App:
        return self.memory.app

    # ── cases ──
    def refer(
        self,
        ref: str,
        given: str,
        family: str,
        navigator_: str,
        scheme: str = "durham",
        officer: str = "fran",
        *,
        accepted: bool = True,
        **more: Any,
    ) -> None:
        """Somebody referred on Monday at nine and accepted by this navigator; everything that follows has happened."""
        person = given.lower()
        addresses = {
            Channel.TEXT: (f"{person}-text", "+447700900123", "unconfirmed"),
            Channel.EMAIL: (f"{person}-mail", f"{person}@example.org", "unconfirmed"),
        }
        with self.app.store.begin() as unit:
            unit.allocate_refs(scheme, 2022, 1)  # so that who is referred next gets another
            unit.upsert_people(
                scheme, [FRAN, GAIL, PersonIn(person, "participant", given, family, addresses=addresses)]
            )
        fields: dict[str, Any] = {
            "ref": ref,
            "disposal": "deferred_prosecution",
            "policy_version": "1",
            "referred_at": MONDAY,
            "offence_code": "105A",
            "offence_category": "CE",
            "offence_date": date(2022, 1, 5),
            "adult_on": date(2010, 1, 1),
            "parties": {Role.PARTICIPANT: person, Role.ARRESTING_OFFICER: officer, Role.OIC: officer},
            "addresses": {channel: Known(one) for channel, (one, _, _) in addresses.items()},
            "evidential_test": True,
        }
        by = Actor(supervisor(scheme), Role.SUPERVISOR)
        self.ask(ref, Refer(**(fields | more)), Actor(officer, Role.ARRESTING_OFFICER), scheme)
        if accepted:
            self.ask(ref, Accept(navigator_), by, scheme)
        self.sweep()

    def ask(self, case: str, command: Command, by: Actor | None = None, scheme: str = "durham") -> Answer:
        """One command on one case, by its navigator if nobody is named; it must not be refused."""
        self.count += 1
        asked = Asked(f"c{self.count}", case, command, by or Actor(navigator(), Role.NAVIGATOR))
        (answer,) = handle(replace(self.app, scheme=scheme), [asked])
        assert not answer.refused, answer.words
        return answer

    def sweep(self) -> None:
        """Everything that is due happens."""
        sweep(self.app)

    def go_to(self, at: datetime) -> None:
        """Move the clock, stopping wherever something is due."""
        store = self.memory.store
        while (due := store.next_due()) is not None and due <= at:
            store.set_clock(max(due, store.now()))
            self.sweep()
        store.set_clock(max(at, store.now()))
        self.sweep()

    # ── people who sign in ──
    def account(self, part: Part, scheme: str = "durham", person: str | None = None, name: str = "") -> Account:
        """Somebody of this part, added once; without `person` the one who is on the case OWN."""
        who = PEOPLE[part] if person is None else person
        login = f"{part}.{who or 'x'}@{scheme}.example.org"
        with self.app.store.begin() as unit:
            known = unit.account_of(login)
            if known is None:
                known = Account(login, scheme, login, name or f"Alex {part.title()}", part.value, who, SECRET)
                unit.add_account(known)
        return known

    def browser(
        self, account: Account | None = None, *, demo: bool = False, declared: Any = None, **settings: object
    ) -> Browser:
        """A browser that this person is signed in with; without an account nobody is."""
        browser = Browser(make_pages(self.app, Deployment(**settings), demo=demo, declared=declared))
        if account is not None:
            token = accounts.begin(self.app, account, "a test")
            browser.cookies.set("caseflow", token, domain="caseflow.example")
        return browser

    def signed_in(self, part: Part, scheme: str = "durham", person: str | None = None) -> Browser:
        """The same, by part."""
        return self.browser(self.account(part, scheme, person))

    def log(self, scheme: str = "durham") -> list[Any]:
        """The reading log, newest first."""
        with self.app.store.begin() as unit:
            return unit.readings_log(scheme)


def empty() -> Scheme:
    """Nobody has been referred yet."""
    return Scheme(memory_app(SCHEMES, at=MONDAY, scheme="durham"))


def busy() -> Scheme:
    """Three people: the navigator's own, another navigator's, and one of another scheme."""
    made = empty()
    made.refer(OWN, "Sam", "Carter", navigator())
    made.refer(ELSE, "Robin", "Marsh", navigator(number=1), officer="gail")
    made.refer(OTHER, "Bethan", "Rees", navigator("dyfed-powys"), "dyfed-powys", disposal="outcome_22")
    return made
