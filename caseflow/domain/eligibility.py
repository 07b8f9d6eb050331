"""May this referral come in? An ordered list of reasons; the first that holds is the answer. Never legal advice."""

from datetime import date, datetime, timedelta

from caseflow.domain.calendar import six_months_after
from caseflow.domain.commands import Refer
from caseflow.domain.policy import DisposalRules, Policy
from caseflow.domain.words import Refused

SUMMARY_ONLY_THEFT = 20_000
"""Shop theft up to £200 (in pence) is treated as summary-only [secondary]: then the date is unknown, ask the OIC."""

SHOP_THEFT = "TH68010"
COMMON_ASSAULT = frozenset({"CJ88001", "CJ88116"})


def last_safe_date(refer: Refer) -> tuple[date | None, bool]:
    """(last safe decision date, is it unknown?). Summary offences die six months on (MCA 1980 s.127).

    Shop theft up to £200 and domestic common assault have clocks of their own: unknown, ask the OIC, never a date.
    """
    if refer.offence_code == SHOP_THEFT and (
        refer.property_pence is None or refer.property_pence <= SUMMARY_ONLY_THEFT
    ):
        return None, True
    if refer.offence_code in COMMON_ASSAULT and refer.domestic_abuse:
        return None, True
    if refer.offence_category == "CS":
        return six_months_after(refer.offence_date), False
    return None, refer.offence_category not in {"CE", "CI"}


def refusal(refer: Refer, policy: Policy, now: datetime) -> Refused | None:
    """Why the referral cannot be taken in at all, or None. What the scheme later accepts is a person's decision."""
    today = policy.calendar.local(now).date()
    rules = policy.disposals.get(refer.disposal)
    if rules is None:
        known = ", ".join(sorted(policy.disposals))
        return Refused("disposal_unknown", f"This scheme has no disposal '{refer.disposal}'. It takes: {known}.")
    if refer.adult_on > policy.calendar.local(refer.referred_at).date():
        return Refused("not_adult", "The person was under 18 when referred. This scheme is for adults.")
    if refer.referred_at > now + timedelta(minutes=5):
        return Refused("in_the_future", "The referral is dated in the future.")
    if refer.offence_date > policy.calendar.local(refer.referred_at).date():
        return Refused("offence_after_referral", "The offence is dated after the referral.")
    oldest = today - timedelta(days=policy.refuse_older_than_days)
    if not refer.as_at and policy.calendar.local(refer.referred_at).date() < oldest:
        return Refused(
            "too_old",
            f"The referral is more than {policy.refuse_older_than_days} days old. "
            "To take in an old file on purpose, import it with --as-at.",
        )
    return None


def reasons_against(evidence: dict[str, bool | None], rules: DisposalRules) -> tuple[str, ...]:
    """What the disposal needs and the referral says is not there: shown to whoever accepts or declines."""
    return tuple(need for need in rules.needs if need in evidence and evidence[need] is False)
