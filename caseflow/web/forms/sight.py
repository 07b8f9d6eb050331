"""What a form can see while it asks: the case, its policy, who works here, the time and the language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from caseflow.access.who import Part
from caseflow.domain.case import Case, Session
from caseflow.domain.policy import Policy
from caseflow.domain.words import Actor
from caseflow.engine.ports import PersonRow
from caseflow.engine.readings import Dossier
from caseflow.messages import dates
from caseflow.settings.roster import Roster
from caseflow.telling import story
from caseflow.web import titles, words
from caseflow.web.titles import Title


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. `lang` and `hint_lang` say in which language its words are, where that is not the page's."""

    value: str
    words: str
    lang: str = ""
    hint: str = ""
    hint_lang: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """One case, looked at by whoever fills a form in. `loads`: each navigator's id with their open cases.

    `versions`: every published version of the scheme's policy, the newest first. `rows` and `called` look into the people
    register, for the few forms that need it: people by id, and the ids of officers and staff of a name.
    """

    dossier: Dossier
    case: Case
    policy: Policy
    by: Actor
    part: Part
    now: datetime
    language: str
    names: Mapping[str, str]
    loads: Mapping[str, int]
    roster: Roster | None
    versions: Sequence[Policy]
    rows: Callable[[Iterable[str]], Mapping[str, PersonRow]]
    called: Callable[[str], Sequence[str]]

    def name(self, person: str | None) -> str:
        return self.names.get(person or "", person or "")

    def say(self, key: str, **values: object) -> str:
        """The page's own words."""
        return words.text(self.language, key, values)

    def code(self, code: str) -> Option:
        """A code of the domain or the policy in the page's language; one that has no words there as it is, opened."""
        found = words.catalogue(self.language).get(f"code.{code}")
        return Option(code, found) if found else Option(code, story.plain(code).capitalize(), "en")

    def codes(self, codes: Iterable[str]) -> list[Option]:
        return [self.code(one) for one in codes]

    def meeting(self, session: Session) -> str:
        """A session as people speak of it: what and when."""
        when = f"{dates.long_day(session.start, self.language)}, {dates.clock(session.start, self.language)}"
        return f"{self.code(session.kind).words}, {when}"

    def item(self, item: str | None) -> Title:
        """An item of the plan by its title."""
        found = self.case.items.get(item or "")
        return self.title(found.intervention) if found is not None else Title("")

    def title(self, intervention: str) -> Title:
        """An intervention as the roster calls it, in this language where it has one."""
        return titles.intervention(self.roster, intervention, self.language)
