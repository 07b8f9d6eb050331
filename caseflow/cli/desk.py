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

    def read(self, key: str, what: str) -> "Dossier":
        """The same, noted in the reading log as read by whoever runs this. `what`: as the pages name it. Raises Stop."""
        found = self.dossier(key)
        self.note(found, what)
        return found

    def note(self, found: "Dossier", what: str) -> None:
        """In the reading log: the account of this machine has read this."""
        from caseflow.domain.case import Case
        from caseflow.domain.words import Role
        from caseflow.engine.access import ReadingNote

        who = found.stream.parties.get(Role.PARTICIPANT, "") if isinstance(found.stream, Case) else ""
        with self.app.store.begin() as unit:
            unit.note_readings([ReadingNote(found.scheme, account_here(), COMMAND_LINE, who, what, found.id)])

    def now(self) -> datetime:
        """Scheme time."""
        return self.readings.now()


COMMAND_LINE = "command_line"
"""The part, in the reading log, of whoever reads by the command line; the account is the machine's."""


def account_here() -> str:
    """The account of this machine under which the command runs, as the operating system knows it: not what a variable says."""
    import os
    import pwd

    try:
        return f"os:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"os:{os.getuid()}"


@contextmanager
def opened(scheme: str | None = None) -> Iterator[Desk]:
    """A desk on the configured database, on that of a running `caseflow up`, or on embedded servers started for it."""
    from caseflow import bootstrap
    from caseflow.embedded import resolve
    from caseflow.settings.deployment import deployment

    given = deployment()
    with resolve(given) as servers:
        settings = given.model_copy(update={"database_url": servers.database_url, "broker_url": servers.broker_url})
        _check_version(settings, ours=given.database_url is None)
        app = bootstrap.app_for(settings)
        try:
            if app.readings is None:
                raise environment("this caseflow was put together without readings; install it again")
            yield Desk(settings, app, app.readings, _schemes(app.readings.schemes(), scheme))
        finally:
            close = getattr(app.store, "close", None)
            if close is not None:
                close()


def _check_version(settings: "Deployment", *, ours: bool) -> None:
    """Raise BehindHead for a database of another version; one of our own is brought up to date instead."""
    from caseflow import bootstrap
    from caseflow.store.migrations import BehindHead, check_head
    from caseflow.store.session import make_engine

    engine = make_engine(settings.database_url or "", application_name="caseflow command line")
    try:
        check_head(engine)
    except BehindHead:
        if not ours:
            raise
        bootstrap.prepare(settings).close()
    finally:
        engine.dispose()


def _schemes(there: Sequence[str], wanted: str | None) -> tuple[str, ...]:
    if wanted is None:
        return tuple(there)
    if wanted not in there:
        raise refused(f"there is no scheme “{wanted}” in this database (there are: {', '.join(there) or 'none yet'})")
    return (wanted,)
