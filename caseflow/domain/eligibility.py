"""May this referral come in? An ordered list of reasons; the first that holds is the answer. Never legal advice."""

from datetime import datetime, timedelta

from caseflow.domain.commands import Refer
from caseflow.domain.policy import DisposalRules, Policy
from caseflow.domain.words import Refused


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
