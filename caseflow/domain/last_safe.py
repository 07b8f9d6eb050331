"""The last safe decision date: the last day on which the original offence may still be charged. Never legal advice.

Summary offences die six months after the offence (Magistrates' Courts Act 1980 s.127 [law]); either-way and indictable ones
have no such clock. Where anything is in doubt there is no date: the answer is "unknown, ask the OIC", with the reason.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from caseflow.domain.calendar import Calendar, six_months_after
from caseflow.domain.commands import Refer
from caseflow.domain.words import Doubt

LOW_VALUE_PENCE = 20_000
"""Shop theft up to £200 is tried summarily (MCA 1980 s.22A [law]). Whether it then dies like a summary offence has gone
through the courts and Parliament (Jobson v DPP [2025] EWHC 1385 (Admin) says not, from the charge's own day): ask."""

SHOP_THEFT = frozenset({"TH68005", "TH68010"})
COMMON_ASSAULT = frozenset({"CJ88001", "CJ88116"})
"""Codes without the letter of an attempt (A) or of aiding (B); both count like the offence itself here."""

OWN_CLOCK = frozenset({
    "TH68050", "TH68052", "TH68054",  # taking a motor vehicle (Theft Act 1968 s.12(4A) [law])
    "CA03005", "CA03006", "CA03007", "CA03008", "CA03009",  # messages (Communications Act 2003 s.127(5) [law])
    "OS23001",  # false communications (Online Safety Act 2023 s.179(7) [law])
})  # fmt: skip
"""Summary offences that may be charged six months after the prosecutor knew enough, and three years at most."""

CODE = 7
"""How much of an offence code names the offence; a letter after it tells attempts, aiding, conspiracy."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The day, or why it is not known; neither: no such clock runs."""

    day: date | None = None
    doubt: Doubt | None = None


NONE = Clock()


def clock_of(refer: Refer) -> Clock:
    """When the power to prosecute ends, by the code table's category, the referral's own, and what else it says."""
    if not refer.offence_listed:
        return Clock(doubt=Doubt.NOT_LISTED)
    offence, category = refer.offence_code[:CODE], refer.offence_listed
    if offence in SHOP_THEFT and category == "CE" and (doubt := _shop_theft(refer.property_pence)):
        return Clock(doubt=doubt)
    if refer.offence_category not in {"", category}:
        return Clock(doubt=Doubt.CATEGORIES_DIFFER)
    match category:
        case "CS" if offence in COMMON_ASSAULT and refer.domestic_abuse is not False:
            # Domestic common assault counts from the victim's statement (Criminal Justice Act 1988 s.39A [law]).
            return Clock(doubt=Doubt.DOMESTIC if refer.domestic_abuse else Doubt.DOMESTIC_NOT_SAID)
        case "CS" if offence in OWN_CLOCK:
            return Clock(doubt=Doubt.NO_RULE)
        case "CS":
            return Clock(day=six_months_after(refer.offence_date))
        case "CE" | "CI":
            return NONE
        case "CM":  # many count from when the prosecutor knew enough (RTOA 1988 (c. 53) s.6 [law])
            return Clock(doubt=Doubt.MOTORING)
        case _:
            return Clock(doubt=Doubt.NO_RULE)


def _shop_theft(pence: int | None) -> Doubt | None:
    if pence is None:
        return Doubt.VALUE_NOT_SAID
    return Doubt.LOW_VALUE if pence <= LOW_VALUE_PENCE else None


def nearness(day: date, today: date, weeks: int | None) -> str:
    """past | near | "": near is sooner than `weeks`, as long as the disposal usually takes (None: no usual length)."""
    if day < today:
        return "past"
    return "near" if weeks is not None and today + timedelta(weeks=weeks) > day else ""


def outlived(last_safe: date | None, ends_on: date | None, cal: Calendar, margin: int) -> bool:
    """Would a plan that ends then outlive the power to prosecute, with so many working days to decide in?"""
    if last_safe is None or ends_on is None:
        return False
    return ends_on > cal.add_working_days(last_safe, -margin)
