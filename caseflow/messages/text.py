"""What a message may carry: the parts of an SMS, and fields made safe before they reach a template.

A text message travels in 7-bit GSM letters (160 to a part) or, as soon as one letter is outside that alphabet, in
16-bit UCS-2 (70 to a part). Welsh ŵ, ŷ, â, ê, î, ô and û are all outside it, so are curly quotes.
Sources: 3GPP TS 23.038 (alphabet) and TS 23.040 (153 and 67 in a part of several, the rest is the joining header).
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
MAX_PARTS: Final = 3
"""Beyond this many parts a text is not sent as a text: it goes by the next channel. Nothing is ever cut off."""

REPLY_WORDS: Final = {
    "CALL": {"en": "CALL", "cy": "FFONIO"},
    "CHANGE": {"en": "CHANGE", "cy": "NEWID"},
    "WRONG": {"en": "WRONG", "cy": "ANGHYWIR"},
    "YES": {"en": "YES", "cy": "IE"},
    "STOP": {"en": "STOP", "cy": "STOP"},
}
"""The words our texts ask people to reply with, by meaning and language. Whoever reads replies takes both languages."""

LINK_REMOVED: Final = {"en": "(link removed)", "cy": "(dolen wedi'i thynnu)"}


@dataclass(frozen=True, slots=True)
class SmsCount:
    """How a text travels: its alphabet, its length in that alphabet's units, its parts, and what forced UCS-2."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int
    non_gsm: frozenset[str]


def count(text: str) -> SmsCount:
    """Count a text as the network will: septets for GSM-7, UTF-16 code units for UCS-2. An empty text has no part."""
    letters = frozenset(text)
    non_gsm = letters - GSM_BASIC - GSM_EXTENDED
    if non_gsm:
        wide = any(ord(c) > 0xFFFF for c in letters)
        return SmsCount("UCS-2", *_pack(text, (lambda c: ord(c) > 0xFFFF) if wide else None, 70, 67), non_gsm)
    return SmsCount(
        "GSM-7", *_pack(text, None if letters <= GSM_BASIC else GSM_EXTENDED.__contains__, 160, 153), non_gsm
    )


def _pack(text: str, double: Callable[[str], bool] | None, alone: int, joined: int) -> tuple[int, int]:
    """(units, parts). `double` says which letters take two units; None when none does, which is nearly always.

    A two-unit letter is never torn across a joint, so a part may end one unit early.
    """
    if double is None:
        return len(text), min(len(text), 1) if len(text) <= alone else -(-len(text) // joined)
    units, parts, room = 0, 0, 0
    for char in text:
        size = 2 if double(char) else 1
        units += size
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return units, 1 if units <= alone else parts


def clean(text: str, language: str = "en") -> str:
    """One safe line of a field: composed letters, no control or bidi characters, single spaces, no link.

    A name keeps all its letters, whatever alphabet they are from; only what could forge a line, a header,
    a reading direction or something to tap on is taken out, and a removed link leaves its mark.
    """
    kept = unicodedata.normalize("NFC", text)
    if not kept.isprintable():  # the usual name is, and is spared the walk
        kept = "".join(" " if _is_break(c) else c for c in kept if not _is_hidden(c))
    return " ".join(_LINK.sub(LINK_REMOVED[language], kept).split())


def plain_typography(text: str) -> str:
    """Curly quotes, long dashes, dots and hard spaces as GSM-7 has them; the letters of names are never changed."""
    return text.translate(_TYPOGRAPHY)


def one_line(text: str) -> str:
    """White space of every sort folded to single spaces: a subject or a text as one line."""
    return " ".join(text.split())


def _is_break(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in {"Cc", "Zl", "Zp"}


def _is_hidden(char: str) -> bool:
    # The joiners are letters' business in Persian, Hindi and others; every other format character only hides things.
    # Cs: a lone surrogate cannot be encoded and would stop the sender.
    return unicodedata.category(char) in {"Cf", "Cs", "Co"} and char not in "\u200c\u200d"


# Every run is bounded or may begin only where a word begins: a long hostile field takes linear time.
_LINK: Final = re.compile(
    r"""(?ix)
    [a-z][a-z0-9+.-]{0,30}:// \S+                                         # any scheme
    | \b(?:javascript|data|mailto|tel|sms): \S+
    | \bwww\. \S+
    | (?<![\w.-]) (?:[\w.+-]{1,64}@)? (?:[\w-]{0,63}\.)+
      (?:
        (?:com|org|net|info|io|co|uk|wales|cymru|ly|me|eu|gl|link|xyz|click|top|site|online|app|dev) \b (?:/\S*)?
        | [a-z]{2,63} / \S*                                              # any host with a path
      )
    """
)
_TYPOGRAPHY: Final = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u2011": "-"}  # noqa: RUF001 - these are the characters it replaces
)
