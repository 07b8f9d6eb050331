"""What mail servers say, in their words and codes: is the address no good (hard), or did this mail not get through (soft)?

Words before codes: servers give the same code for many things, and many give none. A hard bounce says that there is no
such mailbox or no such host, or that the person has moved; a full box, a refusal of this mail, a fault on the way are soft.
"""

import re
from typing import Final

from caseflow.domain.words import Receipt

MOST: Final = 3000
"""Characters that are looked at."""
STATUS: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
REPLY: Final = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")

# Gaps are counted in characters and bounded: such mail comes from anywhere, and must not cost time without end.
_SOFT: Final = re.compile(
    r"""(mailbox|box|folder)[ ](is[ ]|size[ ])?(full|exceed)|quota|storage
    |too[ ](large|big|many|long|fast)|size[ ](limit|exceed)
    |exceed.{0,20}(size|limit|maximum)|(not[ ]enough|out[ ]of|no)[ ](disk|space)|insufficient|maximum[ ]|is[ ]full
    |suspend|disabled|inactive|deactivated|locked|not[ ]active|temporar|try[ ](again|later)|greylist|deferred
    |time[d]?[ -]?out|expired
    |delivery[ ]time|not[ ]be[ ]delivered[ ](for|within|after)|retry|unable[ ]to[ ]connect|connection[ ](refused|lost|reset|timed)
    |connect[ ]to|network|no[ ]route|loop|too[ ]many[ ]hops|hop[ ]count
    |spam|junk|virus|content|policy|prohibit|block|black[ ]?list|dnsbl|rbl|reputation|banned|denied[ ]by|not[ ]authori[sz]ed
    |authenticat|spf|dkim|dmarc|reverse[ ]dns|\bptr\b|rdns|relay|access[ ]denied|filter|security|rejected[ ]due
    |sender[ ](address[ ])?(rejected|verif|domain)|local[ ]error|system[ ]error|internal|configuration|mailer[ ]error|abuse|restrict
    |\brate\b|barred|refused[ ]by|command|syntax|\brfc""",
    re.VERBOSE,
)
_HARD: Final = re.compile(
    r"""(user|recipient|mail[ ]?box|account|address|addressee|alias|person|name|destination)\b.{0,50}?
        \b(unknown|not[ ](found|known|exist|listed|here|available|a[ ]valid|valid|recogni)
           |n[o']t[ ]exist|no[ ]longer|invalid|cannot[ ]be[ ]found)
    |\b(unknown|invalid|no[ ]such|bad|non-?existent|not[ ]a[ ](known|valid)|incorrect|illegal|undeliverable)\b.{0,25}?
        \b(user|recipient|mail[ ]?box|account|address|alias|person|local[ ]?part|name[ ]here)
    |\bno[ ](such[ ])?(mailbox|user|person|account|recipient|address)\b
    |n[o']t[ ]have[ ].{0,30}(account|mailbox)|not[ ]our[ ]customer|unrout|not[ ]listed[ ]in
    |(host|domain|hostname)\b.{0,30}?(not[ ]found|unknown|not[ ]exist|does[ ]not|n't[ ]find|no[ ]mail|not[ ]resolve)
    |\b(unknown|bad|no[ ]such|invalid|cannot[ ]find|n't[ ]find[ ]any)\b.{0,25}?(host|domain)\b
    |name[ ](service[ ]error|or[ ]service[ ]not[ ]known)|nxdomain|system[ ]not[ ]accepting|no[ ]mx\b|null[ ]?mx
    |not[ ](receive|accept)[ ](any[ ])?(e-?mail|mail)|no[ ]valid[ ]recipient
    |5\.4\.1[ ].{0,40}recipient[ ]address[ ]rejected:[ ]access  # how Exchange Online says that there is nobody
    |has[ ]moved|has[ ]been[ ]replaced|changed[ ].{0,20}address|no[ ]longer[ ].{0,30}?(available|valid|in[ ]use|on[ ]server|works)
    |mailbox[ ]unavailable|n't[ ]be[ ]found|was(n't|[ ]not)[ ]found|user[ ]is[ ]unknown|recipient[ ]rejected""",
    re.VERBOSE,
)
_ADDRESS: Final = re.compile(r"[^\s<>\"'()@;:,]{1,64}@[^\s<>\"'()@;:,]{1,190}")
_HARD_STATUS: Final = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4", "5.4.310"})
"""Enhanced codes that speak of the address (RFC 3463 section 3.2; 5.4.4 is "no such host")."""
_MAILBOX_STATUS: Final = re.compile(r"[45]\.2\.")
"""These speak of a mailbox that is there (RFC 3463 section 3.3), whatever the words say."""
_SOFT_STATUS: Final = re.compile(r"4\.|5\.(2|3|5|6|7)\.|5\.1\.[78]|5\.4\.")


def judged(words: str, status: str) -> Receipt:
    """What these words and this enhanced code say of a recipient that the mail did not reach."""
    words = " ".join(_ADDRESS.sub(" ", words[:MOST].lower()).split())  # an address may be called anything
    hard, soft = _HARD.search(words), _SOFT.search(words)
    if _MAILBOX_STATUS.match(status):
        return Receipt.TEMPORARY
    if status == "5.4.1" and hard:
        return Receipt.PERMANENT
    if status in _HARD_STATUS and not (soft and not hard):
        return Receipt.PERMANENT
    if hard and not soft and (not status.startswith("4.") or status == "4.1.1"):
        return Receipt.PERMANENT
    if soft and not hard:
        return Receipt.TEMPORARY
    if _SOFT_STATUS.match(status):
        return Receipt.TEMPORARY
    if hard and soft:
        return Receipt.PERMANENT if hard.start() < soft.start() else Receipt.TEMPORARY
    return Receipt.TEMPORARY
