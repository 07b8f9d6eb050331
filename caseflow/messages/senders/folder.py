"""A sender for development: one file per message in a folder. The same key overwrites, so nothing is there twice."""

import hashlib
import html
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from caseflow.messages.senders import Outgoing, Sent
from caseflow.messages.senders.mail import compose

_EXTENSIONS: Final = {"text": ".txt", "email": ".eml", "letter": ".html"}
PAUSE: Final = timedelta(seconds=30)
"""Until a folder that cannot be written to is tried again."""
_SAFE_KEY: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,119}")


class FolderSender:
    """Writes texts as `.txt`, e-mails as `.eml` and letters as `.html`, each whole or not at all."""

    def __init__(self, folder: Path, mail_from: str = "caseflow@localhost.example") -> None:
        self._folder = folder
        self._from = mail_from

    look_after = timedelta(0)
    """A folder knows at once what it holds."""

    def find(self, batch: Sequence[Outgoing]) -> list[Sent | None]:
        """Whether each lies in the folder; a file is there whole or not at all."""
        return [self._find(message) for message in batch]

    def _find(self, message: Outgoing) -> Sent | None:
        name = _file_name(message.key) + _EXTENSIONS.get(message.channel, "")
        return (
            Sent(result="accepted", detail="lies in the folder", provider_ref=name)
            if (self._folder / name).exists()
            else None
        )

    def send(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Write every message; a bad address fails that message, not its neighbours.

        On a full disk they wait, however long: nothing is wrong with them, and nothing of them is left behind.
        """
        return [self._send(message) for message in batch]

    def _send(self, message: Outgoing) -> Sent:
        extension = _EXTENSIONS.get(message.channel)
        if extension is None:
            return Sent(
                result="failed",
                detail=f"a folder holds {', '.join(_EXTENSIONS)}, not {message.channel!r}",
                permanent=True,
            )
        try:
            content = _content(message, self._from)
        except ValueError as wrong:
            return Sent(result="failed", detail=f"not a mail address: {wrong}", permanent=True)
        name = _file_name(message.key) + extension
        unfinished = self._folder / f".{name}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            unfinished.replace(self._folder / name)
        except OSError as wrong:
            with suppress(OSError):
                unfinished.unlink()
            detail = f"cannot write {self._folder / name}: {wrong.strerror}"
            return Sent(result="failed", detail=detail, again_in=PAUSE)
        return Sent(result="accepted", detail="written to the folder", provider_ref=name)


def _file_name(key: str) -> str:
    # A key that a file system might read as a path, or not take at all, goes as its digest: still one file per key.
    return key if _SAFE_KEY.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()


def _content(message: Outgoing, mail_from: str) -> bytes:
    to = " / ".join(message.to.splitlines())
    if message.channel == "email":
        return compose(message, mail_from).as_bytes()
    if message.channel == "letter":
        # Escaped, a comment cannot be closed from inside; "--" would end it in old readers.
        return f"<!-- To: {html.escape(to).replace('--', '- -')} -->\n{message.body}".encode()
    return f"To: {to}\nAt: {message.at.isoformat()}\nLanguage: {message.language}\n\n{message.body}\n".encode()
