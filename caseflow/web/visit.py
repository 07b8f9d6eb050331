"""One visit of one page: who comes, in which language, with what form, and whose record they get to see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn

from caseflow.access import who
from caseflow.access.accounts import Visitor, form_token
from caseflow.access.attempts import Attempts
from caseflow.access.single_sign_on import Provider
from caseflow.access.who import May, Part
from caseflow.domain.case import Case
from caseflow.domain.policy import Policy
from caseflow.domain.words import Role
from caseflow.engine.access import Account, ReadingNote
from caseflow.engine.app import App
from caseflow.engine.readings import Dossier, Readings
from caseflow.settings.deployment import Deployment
from caseflow.telling.policies import versions_of
from caseflow.web.answers import NotThere


@dataclass(slots=True)
class Visit:
    """What a page's function is given. `token` is the browser's: it names a session where there is one.

    `chosen` says whether the language is the visitor's own choice; `site` is what the page calls itself where it is not to
    be known at first sight what it is about; `secret` says that the address itself is one; `files` came with the form.
    """

    app: App
    settings: Deployment
    may: May
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    token: str
    language: str
    nonce: str
    attempts: Attempts
    host: str = ""
    provider: Provider | None = None
    address: str = ""
    agent: str = ""
    visitor: Visitor | None = None
    demo: bool = False
    chosen: bool = False
    site: str = ""
    secret: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    noted: list[ReadingNote] | None = field(default=None)

    @property
    def readings(self) -> Readings:
        assert self.app.readings is not None
        return self.app.readings

    @property
    def account(self) -> Account:
        """Who is signed in; asked for only by pages that nobody else gets to."""
        assert self.visitor is not None
        return self.visitor.account

    @property
    def part(self) -> Part:
        return Part(self.account.part)

    @property
    def scheme(self) -> str:
        return self.account.scheme

    @property
    def form_token(self) -> str:
        return form_token(self.token)

    def now(self) -> datetime:
        """Scheme time."""
        return self.readings.now()

    def policies(self) -> list[Policy]:
        """Every published version of the scheme's policy, the newest first."""
        return versions_of(self.app.store.policies(), self.scheme)

    def can(self, may: May) -> bool:
        """Is there anything for this visitor behind that permission? For links: each page asks for itself."""
        if may is May.COME_IN or self.visitor is None:
            return may is May.COME_IN
        return who.reach(self.part, may) is not None and (may in who.BY_LINK or not self.by_link)

    @property
    def by_link(self) -> bool:
        """Did they come by a link, without an account?"""
        return self.visitor is not None and bool(self.visitor.only)

    # ── cases ──
    def dossier(self, key: str) -> Dossier:
        """The case of this reference or id, if the visitor may do what this page is for. Raises NotThere."""
        found = self.readings.find(self.scheme, key)
        if found is None:
            raise NotThere
        dossier = self.readings.dossiers(self.scheme, ids=[found])[0]
        if self.visitor is not None and self.visitor.only not in {"", dossier.id}:
            raise NotThere
        if dossier.stream is None or not who.allowed(self.part, self.account.person, self.may, dossier.stream):
            raise NotThere
        return dossier

    def case(self, key: str) -> tuple[Dossier, Case]:
        """The same, for pages that are about cases only."""
        dossier = self.dossier(key)
        if not isinstance(dossier.stream, Case):
            raise NotThere
        return dossier, dossier.stream

    def owner(self) -> str | None:
        """Whose cases a list may show: this person's, or (None) everybody's of the scheme. Raises NotThere."""
        match who.reach(self.part, self.may):
            case who.Reach.SCHEME:
                return None
            case who.Reach.OWN if self.account.person:
                return self.account.person
            case _:
                raise NotThere

    # ── the reading log ──
    def saw(self, what: str, cases: Iterable[Case]) -> None:
        """Note whose record this page shows. Pages that show somebody's must call it, with nobody if need be."""
        seen = {case.id: case.parties.get(Role.PARTICIPANT, "") for case in cases}
        self.saw_people(what, seen)

    def saw_people(self, what: str, people: Mapping[str, str]) -> None:
        """The same for lists: stream id → the participant's id, "" where the list does not know it."""
        self.noted = [
            *(self.noted or ()),
            *(
                ReadingNote(self.scheme, self.account.id, self.account.part, person, what, stream)
                for stream, person in people.items()
            ),
        ]

    def nothing_here(self) -> NoReturn:
        raise NotThere
