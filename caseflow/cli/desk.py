"""Opening the shop for one command: settings, servers, database, scheme. Everything heavy is imported here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from caseflow.cli.failures import environment, refused

if TYPE_CHECKING:
    from caseflow.engine.app import App
    from caseflow.engine.readings import Dossier, Readings
    from caseflow.settings.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works at. `schemes` are those it may look at, in order."""

    settings: "Deployment"
    app: "App"
    readings: "Readings"
    schemes: tuple[str, ...]

    def for_scheme(self, scheme: str) -> "App":
        """The engine, speaking for one scheme."""
        return replace(self.app, scheme=scheme)

    def only_scheme(self) -> str:
        """The one scheme meant. Raises Stop when that is not clear."""
        if len(self.schemes) != 1:
            raise refused(f"there is more than one scheme ({', '.join(self.schemes)}): say which with --scheme")
        return self.schemes[0]

    def dossier(self, key: str) -> "Dossier":
        """The case, return or digest of this reference or id. Raises Stop when there is none."""
        for scheme in self.schemes:
            if found := self.readings.find(scheme, key):
                return self.readings.dossiers(scheme, ids=[found])[0]
        raise refused(f"there is no case {key}; `caseflow case list` shows them")

    def now(self) -> datetime:
        """Scheme time."""
        return self.readings.now()


@contextmanager
def opened(scheme: str | None = None) -> Iterator[Desk]:
    """A desk on the configured database, on that of a running `caseflow up`, or on embedded servers started for it."""
    from caseflow import bootstrap
    from caseflow.embedded import resolve
    from caseflow.settings.deployment import deployment

    given = deployment()
    with resolve(given) as servers:
        settings = given.model_copy(update={"database_url": servers.database_url, "broker_url": servers.broker_url})
        if given.database_url is None:  # the embedded database is ours to keep up to date
            _bring_up_to_date(settings)
        app = bootstrap.app_for(settings)
        readings = app.readings
        if readings is None:
            raise environment("this caseflow was put together without readings; install it again")
        try:
            yield Desk(settings, app, readings, _schemes(readings.schemes(), scheme))
        finally:
            app.store.close() if hasattr(app.store, "close") else None


def _bring_up_to_date(settings: "Deployment") -> None:
    from caseflow import bootstrap

    try:
        if bootstrap.app_for(settings).store.policies():
            return
    except Exception as wrong:
        if type(wrong).__name__ != "BehindHead":
            raise
    bootstrap.prepare(settings)


def _schemes(there: Sequence[str], wanted: str | None) -> tuple[str, ...]:
    if wanted is None:
        return tuple(there)
    if wanted not in there:
        raise refused(f"there is no scheme “{wanted}” in this database (there are: {', '.join(there) or 'none yet'})")
    return (wanted,)
