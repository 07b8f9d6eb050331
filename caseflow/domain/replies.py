"""What a text from a participant seems to say, in English and Welsh. In doubt a person reads it: so most free text is.

Certain is only what we asked for in so many words (YES, 1, CALL, STOP, WRONG, …) with courtesies around it, and a few
phrases that mean nothing else. Two meanings in one text, a question, a "not", an eye-roll: a person reads it.
"""

import re
import unicodedata
from dataclasses import dataclass

OFFERS = frozenset({"missed_session", "first_meeting_missed"})
"""Messages that offer two times: 1 and 2 are an answer to these, and YES is not (which of the two?)."""
RINGS = frozenset({"first_contact", "no_answer", "your_move", "your_side", "completed", "survey", "survey_again"})
"""Messages to which YES means: ring me."""
COMING = frozenset(
    {
        "session_reminder",
        "session_reminder_short",
        "first_meeting_reminder",
        "first_meeting_reminder_short",
        "session_changed",
    }
)
"""Messages about one session: YES means that they will come."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A suggestion. `reads_as`: ok | cant | call | stop | wrong | doubt | no | free.

    `proposes` is what a person may confirm: ``absence:<reason>``, ``slot:1``, ``slot:2``, ``time``, ``urgent``, ``welsh``.
    "doubt" is somebody who may not be the participant.
    """

    reads_as: str
    needs_reading: bool = False
    proposes: tuple[str, ...] = ()


def read(text: str, asked: str | None = None) -> Reading:
    """What `text` seems to say, given the message last sent to that number (its catalogue name, None: nothing known)."""
    plain = _plain(text)
    core = _core(plain)
    found = _meanings(plain, core)
    proposals = _proposals(plain)
    welsh = ("welsh",) if _welsh(plain) else ()
    if "urgent" in proposals:
        return Reading("call", needs_reading=True, proposes=(*proposals, *welsh))
    unsure = _unsure(text, plain)
    if len(found) != 1 or unsure:
        kind = "doubt" if "doubt" in found or found == {"wrong"} else "free"
        return Reading(kind, needs_reading=True, proposes=(*proposals, *welsh))
    (meaning,) = found
    reading = _certain(meaning, core, proposals, asked)
    return Reading(reading.reads_as, reading.needs_reading, (*reading.proposes, *welsh))


def _certain(meaning: str, core: str, proposals: tuple[str, ...], asked: str | None) -> Reading:
    whole = core in WHOLE.get(meaning, ())
    match meaning:
        case "stop" | "wrong":
            return Reading(meaning)
        case "doubt" | "no":
            return Reading(meaning, needs_reading=True, proposes=proposals)
        case "call":  # "help I'm scared": ring today, and read it, too
            alone = whole or (len(core.split()) <= CALL_WORDS and not core.startswith(("help", "cymorth")))
            return Reading("call", needs_reading=not alone, proposes=proposals)
        case "cant":
            return Reading("cant", needs_reading=not whole, proposes=proposals)
        case "yes" if asked in RINGS:
            return Reading("call")
        case "yes" if asked in COMING:
            return Reading("ok")
        case "1" | "2" if asked in OFFERS:
            return Reading("ok", proposes=(f"slot:{meaning}",))
        case _:
            return Reading("free", needs_reading=True, proposes=proposals)


def cannot_come(reason: str, when: str, words: str) -> Reading:
    """“I can't make it” from a page: a reason of the policy that was picked, when would be good, and their own words.

    It is a proposal like that of a text: a person confirms it. Danger in the words is seen as it is in a text.
    """
    written = read(f"{when} {words}") if (when or words).strip() else Reading("cant")
    if "urgent" in written.proposes:
        return Reading("call", needs_reading=True, proposes=written.proposes)
    absence = (f"absence:{reason}",) if reason else tuple(one for one in written.proposes if one.startswith("absence:"))
    time = ("time",) if when.strip() or "time" in written.proposes else ()
    welsh = ("welsh",) if "welsh" in written.proposes else ()
    proposes = (*absence, *time, *welsh)
    return Reading("cant", needs_reading=bool(reason or (when + words).strip()), proposes=proposes)


# ── letters ─────────────────────────────────────────────────────────────────────────────────────
def _plain(text: str) -> str:
    """Small letters, straight quotes gone, accents folded, marks and pictures as spaces: ``Can't  come!`` → ``cant come``."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in spread if not unicodedata.combining(letter))
    kept = re.sub(r"(?<=[a-z])['\u2019\u2018`\u00b4]ll\b", " will", kept)  # "I'll" is not "ill"
    kept = re.sub(r"['\u2019\u2018`\u00b4]", "", kept)
    kept = re.sub(r"(?<=\d)[.:](?=\d\d)", ":", kept)
    kept = re.sub(r"([a-z])\1{2,}", r"\1\1", kept)  # stoppppp, yessss
    kept = re.sub(r"[^a-z0-9:]+", " ", kept)
    return " ".join(SLIPS.get(word, word) for word in kept.split())


SLIPS = {
    "stp": "stop", "sotp": "stop", "stopp": "stop", "stpo": "stop", "sop": "stop", "yess": "yes",
    "yeahh": "yeah", "ye": "yes",
    "yh": "yes", "yep": "yes", "yup": "yes", "yea": "yes", "yeh": "yes", "ys": "yes", "txt": "text",
    "txts": "texts", "txting": "texting",
    "textin": "texting", "txtin": "texting", "msg": "message", "msgs": "messages", "messagin": "messaging",
    "messging": "messaging",
    "wrng": "wrong", "rong": "wrong", "wron": "wrong", "num": "number", "numba": "number",
    "numbr": "number",
    "cll": "call", "cal": "call", "hlp": "help", "halp": "help", "cnt": "cant", "carnt": "cant",
    "cannot": "cant", "chnage": "change",
    "chage": "change", "u": "you", "ur": "your", "r": "are", "plz": "please", "pls": "please", "plse": "please",
    "pleae": "please",
    "dnt": "dont", "nt": "not", "tmrw": "tomorrow", "tmoz": "tomorrow", "tomoz": "tomorrow",
    "2moro": "tomorrow",
    "stopiwh": "stopiwch", "anghwir": "anghywir", "angywir": "anghywir", "iee": "ie", "fonia": "ffonia",
}  # fmt: skip
"""Slips of the thumb that people make, as what they meant. Only where nothing else can be meant."""

COURTESIES = (
    "os gwelwch yn dda|os gweli di n dda|diolch yn fawr|thank you|kind regards|good morning|good afternoon|please|"
    "thanks|"
    "thankyou|thx|tnx|cheers|ta|hi|hello|hiya|hey|helo|shwmae|sorry|mate|pal|love|bud|bro|diolch|plis|xx|x|sori|just"
)
_COURTESY = re.compile(rf"\b(?:{COURTESIES})\b")


def _core(plain: str) -> str:
    """The text without courtesies."""
    return " ".join(_COURTESY.sub(" ", plain).split())


# ── meanings ────────────────────────────────────────────────────────────────────────────────────
def _set(words: str) -> frozenset[str]:
    return frozenset(" ".join(one.split()) for one in words.split("|"))


WHOLE: dict[str, frozenset[str]] = {
    "yes": _set("yes|y|yeah|ok|okay|k|sure|fine|thats fine|yes thats fine|yes ok|ok yes|yes sure|yes i will|"
                "yes i will be there|i will be there|"
                "will be there|see you then|yes see you then|ie|ydw|iawn|byddaf|gallaf|wrth gwrs|bydda i yno|"
                "ie iawn|yes yes|oes"),
    "no": _set("no|nope|nah|na|nac ydw|nage|naddo|dim|no way|nac oes|dim diolch"),
    "1": _set("1|one|un|option 1|number 1|no 1|rhif 1|1st|first|the first|first one|the first one|cyntaf|y cyntaf|"
              "1 is good|1 is fine|1 yes|yes 1|ie 1"),
    "2": _set("2|two|dau|option 2|number 2|no 2|rhif 2|2nd|second|the second|second one|the second one|ail|yr ail|"
              "2 is good|2 is fine|2 yes|yes 2|ie 2"),
    "stop": _set("stop|stop stop|stop it|stop now|stop all|stopall|unsubscribe|opt out|optout|text stop|stopiwch|"
                 "stopia|stopio|stopiwch nawr"),
    "wrong": _set("wrong|wrong number|wrong person|anghywir|rhif anghywir|person anghywir|rhif ffon anghywir"),
    "call": _set("call|call me|ring|ring me|phone me|help|help me|ffoniwch|ffoniwch fi|ffonia fi|ffonia|galw|"
                 "galwch|galwch fi|cymorth|help me plis|"
                 "can you call me|can you ring me|can you call|can you ring|give me a call|give me a ring|"
                 "call me back|ring me back"),
    "cant": _set("cant|cant come|cant make it|i cant|i cant come|i cant make it|i cant come today|"
                 "i cant make it today|cant come today|cant make it today|change|"
                 "change it|change time|change the time|can we change|can we change it|can you change it|"
                 "can i change it|need to change|i need to change it|"
                 "not coming|wont be there|methu|methu dod|dwi methu dod|dwi n methu dod|dw i methu dod|"
                 "dw i n methu dod|fedra i ddim dod|alla i ddim dod|newid|"
                 "newid yr amser|newid amser|i cant come tomorrow|cant come tomorrow|cant make tomorrow|rearrange|"
                 "can we rearrange"),
}  # fmt: skip

PHRASES: dict[str, str] = {
    "stop": r"stop (?:the |these |this |your |all |all the )?(?:texting|messaging|contacting|texts?|messages?|"
            r"bothering|harassing|sending)"
            r"|(?:dont|do not) (?:text|message|contact) (?:me|us|this)|no more (?:texts|messages)|leave me alone|"
            r"take me off"
            r"|stop(?:iwch|ia) (?:a )?(?:anfon|decstio|tecstio|n?eges)|peidiwch a(?:g)? (?:anfon|thecstio|tecstio)|"
            r"dim mwy o (?:negeseuon|decstiau)",
    "wrong": r"wrong (?:number|person)|not my number|rhif (?:ffon )?anghywir|person anghywir",
    "doubt": r"who(?:s| is| are|se)? (?:this|dis|you|that|number)|whos this|who dis|"
    r"^not (?!today|tomorrow|now|well|yet|really|good|great|sure|bad|coming)[a-z]+$|not me$|this isnt|"
             r"this is not|isnt here|never heard of"
             r"|dont know (?:any|a|him|her|who|you)|no one called|nobody called|doesnt live|pwy (?:yw|ydy|sy[a-z]*|"
             r"wyt|dych|ydych)|nid fi|new phone"
             r"|her (?:mum|mother|partner|husband)|his (?:mum|mother|partner|wife|gf|girlfriend)|got this (?:phone|"
             r"number)",
    "call": r"(?:call|ring|phone) me|give (?:me|us) a (?:call|ring|bell)|ffoni(?:wch|a) fi|galwch fi",
    "cant": r"cant (?:come|make|get|do|attend|be)|(?:not able|unable) to (?:come|make|attend|get)|wont (?:be able|"
            r"make|be there|be coming)|not (?:coming|gonna make|going to make)"
            r"|(?:methu|ddim yn gallu) (?:dod|mynd|cyrraedd|bod)|(?:alla|fedra|galla) i ddim|another (?:day|time)|"
            r"different (?:day|time)|amser arall|diwrnod arall"
            r"|rearrange|reschedule|(?:need|have|want|can i|can we|possible) (?:to )?change|newid yr? (?:amser|"
            r"apwyntiad|dydd)|running late|going to be late|gonna be late",
}  # fmt: skip
_PHRASES = {name: re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])") for name, pattern in PHRASES.items()}

HINTS: dict[str, str] = {
    "stop": r"stop|stopi\w*|stopall|unsubscribe|opt out|optout",
    "wrong": r"wrong|anghywir",
    "call": r"call|ring|help|cymorth|ffoniwch|ffonia|galwch",
    "cant": r"cant|change|methu|newid",
    "yes": r"yes|yeah|ie|ydw|iawn|okay|ok",
    "no": r"no|nope|nah|nac|nage",
}
_HINTS = {name: re.compile(rf"\b(?:{pattern})\b") for name, pattern in HINTS.items()}
AT_MOST = {"stop": 10, "wrong": 10, "cant": 40, "call": 14, "doubt": 40}
"""A phrase decides in a short text only; in a longer one it may stand for anything."""
CALL_WORDS = 6


def _meanings(plain: str, core: str) -> set[str]:
    """Everything that the text may mean; one is certain, none or several are for a person."""
    whole = {name for name, words in WHOLE.items() if core in words}
    if whole:
        return whole
    words = len(core.split())
    found = {name for name, pattern in _PHRASES.items() if pattern.search(core) and words <= AT_MOST[name]}
    hinted = {name for name, pattern in _HINTS.items() if pattern.search(core)}
    if not found and hinted == {"call"} and core.split(maxsplit=1)[0] in {"help", "cymorth"}:
        return {"call"}
    if (
        "cant" in found
    ):  # "no I can't", "can't come, can you ring me": one refusal, and what else it says is read anyway
        hinted -= {"no", "call"}
        found -= {"call"}
    if "doubt" in found and "wrong" not in found:
        return found if len(found) == 1 else found | hinted
    if "stop" in found:  # "don't text me", "no more texts"
        hinted -= {"no", "call"}
    if "wrong" in found:
        found -= {"doubt"}
        hinted -= {"no"}
    return found | (hinted if found else set())


# ── doubt ───────────────────────────────────────────────────────────────────────────────────────
MOCKING = "🙄😂🤣😆😅🤡🖕😏🤔😒🙃💀👎😤😡🤬"
_TWISTS = re.compile(
    r"\b(?:yeah right|as if|not|dont|didnt|isnt|never|unless|if|but|maybe|might|think|lol|lmao|haha|whatever|"
    r"suppose|drinking|smoking|using|bus|by|in|or|neu|"
    r"ond|os|efallai|ddim|sure thing|obviously|last time|before|gave|joking|jk|kidding)\b"
)
_PLAIN_NOT = re.compile(
    r"\b(?:(?:dont|do not) (?:text|message|contact)|not (?:coming|my number|able|gonna make|going to make)|"
    r"^not [a-z]+|(?:alla|fedra) i ddim|ddim yn gallu|"
    r"dont know (?:any|a|him|her|who|you)|this is not|not me|isnt here|this isnt|doesnt)\b"
)


def _unsure(text: str, plain: str) -> bool:
    if any(mark in text for mark in MOCKING):
        return True
    asks = "?" in text and not _PLAIN_QUESTION.search(plain)
    return asks or bool(_TWISTS.search(_PLAIN_NOT.sub(" ", _core(plain))))


_PLAIN_QUESTION = re.compile(
    r"\b(?:(?:can|could|will|would) (?:you|u|i|we|someone) (?:please )?(?:call|ring|phone|change|rearrange|move)|"
    r"who|whos|pwy)\b"
)

# ── what a person may confirm ───────────────────────────────────────────────────────────────────
URGENT = re.compile(
    r"\b(?:kill (?:my|him|her|me)\w*|suicid\w*|end it all|hurt(?:ing)? myself|harm(?:ing)? myself|self harm|"
    r"want to die|wanna die|cant go on|overdos\w*|"
    r"going to hurt|lladd fy hun|hunanladdiad|eisiau marw|brifo fy hun|(?:he|she|hes|shes) (?:hit|hitting|beat|"
    r"beating) me|not safe here|ambulance|999)\b"
)
REASONS: dict[str, str] = {
    "illness": r"ill|sick|poorly|unwell|flu|covid|fever|throwing up|vomiting|migraine|cold|sal|tost|dost|sâl|"
               r"yn wael|annwyd|bug|not well|bad back",
    "medical": r"doctors?|dr|gp|hospital|dentist|a and e|appointment at|scan|midwife|nurse|meddyg|ysbyty|deintydd|"
               r"surgery|operation",
    "bereavement": r"funeral|died|passed away|death|bereave\w*|angladd|wedi marw|bu farw",
    "work": r"work|working|shift|shifft|boss|overtime|job|gwaith|gweithio|ngwaith",
    "childcare": r"kids?|child\w*|son|daughter|lad|baby|school run|nursery|babysit\w*|babysitter|plant|plentyn|mab|"
                 r"merch|babi|bairn|little one|mum|mam|dad|nan",
    "education": r"college|exam|uni|university|course|school|coleg|arholiad|ysgol",
    "religious": r"ramadan|eid|mosque|church|prayers?|friday prayer|sabbath|diwali|capel|eglwys|shabbat",
    "court": r"court|solicitor|probation|llys|cyfreithiwr|tribunal|magistrates",
    "custody": r"custody|nicked|arrested|police station|cells|dalfa|locked up",
    "safety": r"scared|unsafe|threat\w*|afraid|not safe|ofn|stalking",
    "other": r"bus|train|car|lift|petrol|no money|no credit|skint|travel|snow|bws|tren|broke down|flood\w*|stuck|"
             r"traffic",
}  # fmt: skip
_REASONS = {name: re.compile(rf"\b(?:{pattern})\b") for name, pattern in REASONS.items()}
_TIME = re.compile(
    r"\b(?:\d{1,2}:\d\d|\d{1,2} ?(?:am|pm)|mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|"
    r"fri(?:day)?|sat(?:urday)?|sun(?:day)?|today|tomorrow|morning|"
    r"afternoon|evening|noon|after \d|before \d|anytime|any time|\d{1,2}(?:st|nd|rd|th)|dydd (?:llun|mawrth|"
    r"mercher|iau|gwener|sadwrn|sul)|llun|mawrth|mercher|gwener|"
    r"yfory|heddiw|bore|prynhawn|nos|unrhyw bryd)\b"
)


def _proposals(plain: str) -> tuple[str, ...]:
    if URGENT.search(plain):
        return ("urgent",)
    reasons = tuple(f"absence:{name}" for name, pattern in _REASONS.items() if pattern.search(plain))
    return (*reasons[:2], *(("time",) if _TIME.search(plain) else ()))


_WELSH = re.compile(
    r"\b(?:ie|ydw|iawn|byddaf|bydda|gallaf|nac|nage|naddo|stopiwch|stopia|anghywir|rhif|methu|dod|newid|ffoniwch|"
    r"ffonia|galwch|cymorth|diolch|os gwelwch|dwi|dw|rwy|"
    r"rydw|yn|mae|pwy|ddim|dydd|bore|prynhawn|yfory|heddiw|gwaith|sal|ysbyty|meddyg|angladd|plant|plentyn|fi|"
    r"cyntaf|dau|peidiwch|negeseuon|shwmae|helo|plis|wrth gwrs|"
    r"alla|fedra|eisiau|fy|amser|wedi|hwn)\b"
)


def _welsh(plain: str) -> bool:
    """Is it written in Welsh, as far as one can tell? Half of its words at least, or a short answer that is only Welsh."""
    words = plain.split()
    return bool(words) and 2 * len(_WELSH.findall(plain)) >= len(words)
