"""Where mail that came back lies: a folder (Maildir) or a mailbox (IMAP). A mail is let go after it has been taken.

for batch in box.batches():
    take(batch.mails)      # commits
    batch.done()           # marked as read; a crash before this reads it again, which changes nothing
"""

import hashlib
import imaplib
import mailbox
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BATCH: Final = 50
"""Mails taken in one transaction."""
MOST: Final = 1000
"""Mails taken in one look; the rest waits for the next."""
TIMEOUT: Final = 20.0


class BoxAway(Exception):
    """The mailbox cannot be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some mails by id (the same for the same mail), and what lets them go."""

    mails: Sequence[tuple[str, bytes]]
    done: Callable[[], None]


def id_of(raw: bytes) -> str:
    """The same mail has the same id, wherever it is read from."""
    return hashlib.sha256(raw).hexdigest()[:32]


def maildir(folder: Path) -> Iterator[Batch]:
    """The new mails of a Maildir; those that were taken are marked as seen. Raises BoxAway."""
    if not all((folder / name).is_dir() for name in ("new", "cur", "tmp")):
        raise BoxAway(f"{folder} is no Maildir: it has no folders new, cur and tmp")
    box = mailbox.Maildir(str(folder), create=False)
    names = [name for name in sorted(box.iterkeys()) if "S" not in box[name].get_flags()][:MOST]
    for first in range(0, len(names), BATCH):
        some = names[first : first + BATCH]

        def done(some: Sequence[str] = some) -> None:
            for name in some:
                seen = box[name]
                seen.add_flag("S")
                seen.set_subdir("cur")
                box[name] = seen

        raws = [box.get_bytes(name) for name in some]
        yield Batch([(id_of(raw), raw) for raw in raws], done)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An IMAP mailbox over TLS. `ca_file` replaces the system's authorities."""

    host: str
    user: str
    password: str
    port: int = 993
    folder: str = "INBOX"
    ca_file: Path | None = None

    def batches(self, most: int = MOST) -> Iterator[Batch]:
        """The unseen mails; those that were taken are marked as seen, and stay where they are. Raises BoxAway."""
        with self._signed_in() as server:
            _, found = server.uid("SEARCH", "UNSEEN")
            numbers = found[0].split()[:most] if found and found[0] else []
            for first in range(0, len(numbers), BATCH):
                some = b",".join(numbers[first : first + BATCH]).decode("ascii")
                _, parts = server.uid("FETCH", some, "(BODY.PEEK[])")
                raws = [part[1] for part in parts if isinstance(part, tuple)]

                def done(some: str = some) -> None:
                    server.uid("STORE", some, "+FLAGS.SILENT", "(\\Seen)")

                yield Batch([(id_of(raw), raw) for raw in raws], done)

    @contextmanager
    def _signed_in(self) -> Iterator[imaplib.IMAP4_SSL]:
        where = f"the mailbox {self.user} at {self.host}:{self.port}"
        context = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        try:
            server = imaplib.IMAP4_SSL(self.host, self.port, ssl_context=context, timeout=TIMEOUT)
        except OSError as wrong:
            raise BoxAway(f"{where} could not be reached: {wrong}") from wrong
        try:
            try:
                server.login(self.user, self.password)
            except imaplib.IMAP4.error as wrong:
                raise BoxAway(f"{where} refuses the password: set CASEFLOW_BOUNCES_IMAP_PASSWORD") from wrong
            answer, said = server.select(self.folder)
            if answer != "OK":
                raise BoxAway(f"{where} has no folder {self.folder}: {said[0]!r}")
            yield server
        except (OSError, imaplib.IMAP4.error) as wrong:
            raise BoxAway(f"{where} broke off: {wrong}") from wrong
        finally:
            try:
                server.logout()
            except (OSError, imaplib.IMAP4.error):
                server.shutdown()
