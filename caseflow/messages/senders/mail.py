"""An `Outgoing` e-mail as the bytes of a mail: plain UTF-8 text, a lasting Message-ID, no way to forge a header."""

import hashlib
import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from caseflow.messages.senders import Outgoing

_SAFE_KEY: Final = re.compile(r"[A-Za-z0-9_=+/-]+(\.[A-Za-z0-9_=+/-]+)*")
_LONGEST_KEY: Final = 120
"""A Message-ID cannot be folded over two lines; beyond this length a key goes as its digest."""


def message_id(key: str, domain: str) -> str:
    """`<key@domain>`: the same for every attempt, so that a doubled mail can be known for one."""
    return f"<{key_of(key)}@{domain}>"


def key_of(key: str) -> str:
    """The key as it may stand in an address; one that may not goes as its digest."""
    if len(key) > _LONGEST_KEY or not _SAFE_KEY.fullmatch(key):
        return hashlib.sha256(key.encode()).hexdigest()
    return key


def compose(message: Outgoing, sender: str, sender_name: str = "") -> EmailMessage:
    """The mail, ready to be written out. Raises ValueError when an address is none.

    With a `reply_key` the mail hangs under that thread, so answers and reminders stay together in the reader's inbox.
    """
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"] = _address(sender, sender_name)
    mail["To"] = _address(message.to)
    mail["Subject"] = _words(message.subject or "")
    mail["Date"] = message.at
    domain = sender.rpartition("@")[2]
    mail["Message-ID"] = message_id(message.key, domain)
    if message.reply_key:
        thread = message_id(message.reply_key, domain)
        mail["In-Reply-To"] = thread
        mail["References"] = thread
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: away-notices need not answer it
    mail.set_content(message.body, charset="utf-8")
    mail["Content-Language"] = message.language  # after the content, which clears every Content- header
    return mail


def _words(subject: str) -> str:
    """One line of letters. What looks like an encoded word is broken: the library would decode it, line ends and all."""
    line = " ".join(subject.split())
    return "".join(letter for letter in line if letter.isprintable()).replace("=?", "= ?")


def _address(spec: str, name: str = "") -> Address:
    try:
        return Address(name, addr_spec=spec.strip())
    except (
        ValueError,
        IndexError,
        HeaderParseError,
    ) as wrong:  # the parser has a different one for every way to be wrong
        msg = f"{spec!r} is not one mail address"
        raise ValueError(msg) from wrong
