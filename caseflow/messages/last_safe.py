"""The last safe decision date in words, for every door: the day, that there is none, or why the OIC has to be asked."""

from datetime import date

from caseflow.domain.words import Doubt, a, in_words

CATEGORIES = {
    "CS": "summary only", "CM": "summary motoring", "CE": "either way", "CI": "indictable",
}  # fmt: skip

WHY = {
    Doubt.NOT_LISTED: "The offence has no code in the code table.",
    Doubt.VALUE_NOT_SAID: "Shop theft, and its value is not said: up to £200 it is tried as a summary offence.",
    Doubt.LOW_VALUE: "Shop theft up to £200 is tried as a summary offence; whether six months then apply is for the OIC to say.",
    Doubt.DOMESTIC: "A domestic common assault has a clock of its own, which starts with the victim's statement.",
    Doubt.DOMESTIC_NOT_SAID: "Common assault, and whether it was domestic is not said: then it has a clock of its own.",
    Doubt.MOTORING: "Many motoring offences have a clock of their own.",
    Doubt.NO_RULE: "This offence may have a clock of its own: its category in the code table does not tell.",
}
NONE = "No such limit: either-way and indictable offences have none."
UNKNOWN = "Unknown: ask the OIC."


def long_day(day: date) -> str:
    """14 May 2027"""
    return in_words(day)


def why_unknown(doubt: Doubt | None, said: str, listed: str) -> str:
    """The reason in a sentence. `said` and `listed` are the categories in the referral and in the code table."""
    if doubt is Doubt.CATEGORIES_DIFFER:
        ours, theirs = CATEGORIES.get(listed, listed), CATEGORIES.get(said, said)
        return f"The referral says {theirs}, the offence code table says {ours}."
    return WHY[doubt] if doubt is not None else "This offence may have a clock of its own."


def unknown(doubt: Doubt | None, said: str, listed: str) -> str:
    """Unknown, whom to ask, and why."""
    return f"{UNKNOWN} {why_unknown(doubt, said, listed)}"


def at_referral(day: date, near: str, disposal: str, weeks: int | None) -> str:
    """What whoever refers is told of a known day. `near`: past | near | "" (domain/last_safe.nearness)."""
    if near == "past":
        return f"The power to prosecute ended on {long_day(day)}: ask the OIC whether anything may still be decided."
    told = f"The power to prosecute ends on {long_day(day)}: decide before then."
    return f"{told} That is sooner than {a(disposal)} usually takes ({weeks} weeks)." if near else told
