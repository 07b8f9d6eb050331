"""One mail read: a delivery report (RFC 3464), a complaint (RFC 5965), an automatic reply (RFC 3834), or words of some server.

The structure is read first; where there is none, `flufl.bounce` knows the habits of many servers, and where it finds
nobody, the text is looked through. Nothing in such a mail is believed but what it says of a message of ours.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from email import message_from_bytes, message_from_string
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses
from typing import Final

from flufl.bounce import all_failures

from caseflow.domain.words import Receipt
from caseflow.engine.returned import Returned
from caseflow.messages.bounces.words import REPLY, STATUS, judged

REPORTS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # a habit it cannot read is no error of ours
LONGEST = 300_000
"""Bytes that are looked at; what a bounce has to say stands at its beginning."""
MOST_WORDS = 4000

_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+'=/?^`{|}~!#$&*-]{1,64}@[A-Za-z0-9.-]{1,190}[A-Za-z0-9]")
_OF_MACHINES: Final = re.compile(
    r"^(mailer-?daemon|postmaster|mail-?delivery|mdaemon|mail\s?administrator|no-?reply)", re.IGNORECASE
)
_OF_A_BOUNCE: Final = re.compile(
    r"undeliver|deliver.{0,25}(fail|error|problem|status|report)|fail.{0,25}(deliver|notice|mail)|return.{0,15}mail"
    r"|mail.{0,15}(fail|return|error)|non-?deliver|not (be )?delivered|warning|bounce|mail system error|rejected|message status",
    re.IGNORECASE,
)
_ORIGINAL: Final = re.compile(
    r"^-{1,80}.{0,12}(original|returned|copy|forwarded|undelivered|unsent|below|message\s+header|message\s+follows|the\s+header)"
    r"|^(return-path|received|message-id):\s|^>?\s*received:\s|original\s+message\s+(follows|header)|this\s+is\s+a\s+copy\s+of\s+(the|your)"
    r"|^-{1,80} ?(message|headers)? ?(body|text)? ?follow",
    re.IGNORECASE | re.MULTILINE,
)
_KEY: Final = re.compile(
    r"^(?:message-id|x-original-message-id)\s*:\s*<([^@<>\s]{1,200})@", re.IGNORECASE | re.MULTILINE
)


def read_bounce(raw: bytes) -> list[Returned]:
    """What it says of each recipient, in its own order; nothing for a mail that is neither bounce, complaint nor reply."""
    raw = raw[:LONGEST]
    mail, text = message_from_bytes(raw, policy=compat32), raw.decode("utf-8", "replace").replace("\r\n", "\n")
    found = _complaint(mail, text) or _report(mail, text) or _automatic(mail) or _prose(mail)
    key = _key(mail, text)
    return [replace(one, key=key) for one in found]


# ── structure ──
def _complaint(mail: Message, said: str) -> list[Returned]:
    kinds = {part.get_content_type() for part in mail.walk()}
    if "message/feedback-report" not in kinds and str(mail.get_param("report-type", "")).lower() != "feedback-report":
        return []
    named = re.search(r"^(?:Original-Rcpt-To|Removal-Recipient):\s*<?([^>\s]+)", said, re.IGNORECASE | re.MULTILINE)
    return [Returned(named.group(1) if named else "", None, "complaint")]


def _report(mail: Message, whole: str) -> list[Returned]:
    """The blocks of message/delivery-status after the first, which speaks of the mail as a whole."""
    found: dict[str, Returned] = {}
    human = _human(mail)
    reports = [part for part in mail.walk() if part.get_content_type() in REPORTS]
    blocks = [block for part in reports for block in _blocks(part)]
    if not reports and mail.get_content_type() == "multipart/report":
        blocks = _paragraphs(whole)  # its boundaries are broken; the blocks may be whole
    for block in blocks:
        final, first = _name(block.get("Final-Recipient")), _name(block.get("Original-Recipient"))
        address = final if "@" in final or not first else first
        if not address and not block.get("Action"):
            continue
        one = _of_block(address, block, human)
        if address not in found or one.verdict is Receipt.PERMANENT:
            found[address] = one
    return list(found.values())


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        return [block for block in payload if isinstance(block, Message)]
    return _paragraphs(_text(part))  # badly encoded


def _paragraphs(text: str) -> list[Message]:
    some = re.split(r"\r?\n\r?\n", text)
    return [message_from_string(one.lstrip(), policy=compat32) for one in some if "-Recipient:" in one]


def _of_block(address: str, block: Message, human: str) -> Returned:
    action = str(block.get("Action", "")).strip().lower()
    said = " ".join(str(block.get("Diagnostic-Code", "")).split())
    given = str(block.get("Status", "")).strip()
    status = _exact(said) or (STATUS.search(given) or [""])[0]
    if action.startswith(("delivered", "relayed", "expanded")):
        return Returned(address, None, "delivered", status)
    if action.startswith("delayed"):
        return Returned(address, Receipt.TEMPORARY, "delayed", status)
    return Returned(address, _verdict(said, status, _about(human, address)), "bounce", status or _reply(said))


def _verdict(said: str, status: str, human: str) -> Receipt:
    """The machine's words first; where they say nothing of their own, what the mail says to people."""
    generic = not said or len(re.sub(r"[\d.;:#<>\s-]|smtp|x-\w+", "", said, flags=re.IGNORECASE)) < 12
    return judged(f"{said} {human}" if generic else said, status)


# ── no structure ──
def _automatic(mail: Message) -> list[Returned]:
    """An absence notice says nothing of the message. Servers put the same header on their reports, which name failures."""
    said = str(mail.get("Auto-Submitted", "")).lower()
    by_a_machine = said.startswith(("auto-replied", "auto-generated", "auto-notified")) or "X-Autoreply" in mail
    subject = str(mail.get("Subject", ""))
    sender = [address for _, address in getaddresses([str(mail.get("From", ""))])]
    if not by_a_machine or _OF_A_BOUNCE.search(subject) or any(_OF_MACHINES.match(one) for one in sender):
        return []
    return [Returned(sender[0] if sender else "", None, "auto_reply")]


def _prose(mail: Message) -> list[Returned]:
    text = _human(mail)
    addresses = [*_names(mail.get_all("X-Failed-Recipients", [])), *_known_habits(mail)]
    if not addresses and not (_is_machine(mail) or _OF_A_BOUNCE.search(str(mail.get("Subject", "")))):
        return []
    once = list(dict.fromkeys(one.lower() for one in addresses or [_somebody(mail, text)]))
    if len(once) == 1:
        return [_of_words(once[0], text)]
    once.sort(key=lambda one: (text.lower().find(one) < 0, text.lower().find(one)))
    return [_of_words(one, _about(text, one)) for one in once]


def _somebody(mail: Message, text: str) -> str:
    """The first address in the text that is neither ours nor a machine's, or whom the original went to; "" for nobody."""
    ours = {address.lower() for _, address in getaddresses([str(mail.get("To", "")), str(mail.get("From", ""))])}
    named = (one for one in _ADDRESS.findall(text) if one.lower() not in ours and not _OF_MACHINES.match(one))
    originals = _names(str(part.get("To", "")) for part in mail.walk() if part is not mail)
    return next(named, originals[0] if originals else "")


def _of_words(address: str, words: str) -> Returned:
    status = _exact(words)
    if status.startswith("2."):
        return Returned(address, None, "delivered", status)
    return Returned(address, judged(words, status), "bounce", status or _reply(words))


def _known_habits(mail: Message) -> list[str]:
    """Whom many servers mean that know no standard; whether for now or for good, their words say better."""
    if "From" not in mail:
        return []  # no mail at all; one of the detectors would stumble
    return [_decoded(one) for some in all_failures(mail) for one in sorted(some)]


# ── small readings ──
def _exact(words: str) -> str:
    """The last enhanced code that says anything: servers quote each other, the farthest one last."""
    codes = [match.group() for match in STATUS.finditer(words)]
    return next((code for code in reversed(codes) if not code.endswith(".0.0")), "")


def _is_machine(mail: Message) -> bool:
    senders = [
        address or name for name, address in getaddresses([str(mail.get("From", "")), str(mail.get("Return-Path", ""))])
    ]
    return str(mail.get("Return-Path", "")).strip() == "<>" or any(_OF_MACHINES.match(one) for one in senders)


def _human(mail: Message) -> str:
    """What the mail says to people, without the message that came back."""
    texts = [_text(part) for part in _outside_originals(mail) if part.get_content_maintype() == "text"]
    text = "\n".join(texts)
    cut = _ORIGINAL.search(text)
    return (text[: cut.start()] if cut and cut.start() > 40 else text)[:MOST_WORDS]


def _outside_originals(mail: Message) -> Iterator[Message]:
    if mail.get_content_type() in {"message/rfc822", "text/rfc822-headers", "message/delivery-status"}:
        return
    yield mail
    payload = mail.get_payload()
    if mail.is_multipart() and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _outside_originals(part)


def _text(part: Message) -> str:
    if part.is_multipart():
        return ""
    raw = part.get_payload(decode=True)
    text = _decoded(raw if isinstance(raw, bytes) else str(raw))
    if part.get_content_subtype() == "html":
        text = re.sub(r"<[^@>]*>", " ", text)
    return text


def _decoded(some: bytes | str) -> str:
    return some.decode("utf-8", "replace") if isinstance(some, bytes) else some


def _about(text: str, address: str) -> str:
    """From where the address stands to the next address, or the whole text."""
    at = text.lower().find(address.lower()) if address else -1
    if at < 0:
        return text
    later = _ADDRESS.search(text, at + len(address))
    while later and later.group().lower() in address.lower():
        later = _ADDRESS.search(text, later.end())
    return text[at : later.start()] if later and later.start() - at > 60 else text[at:]


def _name(value: object) -> str:
    """The address in "rfc822; <sam@example.org>"."""
    return str(value or "").rpartition(";")[2].strip().strip("<>").strip()


def _names(values: Iterable[object]) -> list[str]:
    return [address for _, address in getaddresses([str(value) for value in values]) if "@" in address]


def _reply(words: str) -> str:
    found = REPLY.search(words)
    return found.group(1) if found else ""


def _key(mail: Message, whole: str) -> str:
    """It came back to an address that carries our key (`bounces+KEY@…`); or ours was the original's Message-ID."""
    for value in (mail.get("X-Original-To"), mail.get("Delivered-To"), mail.get("To")):
        returned = re.search(r"\+([^+@\s<>]{16,200})@", str(value or ""))
        if returned:
            return returned.group(1)
    inside = _KEY.search(whole, whole.find("\n\n") + 1 or len(whole))  # its own Message-ID stands in its own head
    return inside.group(1) if inside else ""
