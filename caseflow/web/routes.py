"""How a page is declared: its path, who may open it, and what it is called in the reading log.

pages = Pages()

@pages.get("/cases/{ref}", may=May.READ_CASE, shows="case")
def case(visit: Visit, ref: str) -> Answer: ...

`may` has no default: a page that does not say who may open it cannot be written. `shows` "" says that it shows nobody's
record; otherwise the page must note whom it showed, or it fails.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from caseflow.access.who import May
from caseflow.web.answers import Answer

Handler = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Declared:
    """One page as it was declared."""

    method: str
    path: str
    may: May
    shows: str
    handler: Handler

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(slots=True)
class Pages:
    """The pages of one file."""

    declared: list[Declared] = field(default_factory=list)

    def get(self, path: str, *, may: May, shows: str) -> Callable[[Handler], Handler]:
        """A page to look at. It changes nothing."""
        return self._add("GET", path, may, shows)

    def post(self, path: str, *, may: May) -> Callable[[Handler], Handler]:
        """A form that is sent. It always goes on to another page, or shows itself again with what is wrong."""
        return self._add("POST", path, may, "")

    def _add(self, method: str, path: str, may: May, shows: str) -> Callable[[Handler], Handler]:
        def keep(handler: Handler) -> Handler:
            self.declared.append(Declared(method, path, may, shows, handler))
            return handler

        return keep
