"""May this referral come in? An ordered list of reasons; the first that holds is the answer. Never legal advice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from caseflow.domain.commands import Refer
from caseflow.domain.policy import DisposalRules, Policy
from caseflow.domain.words import Refused, a


@dataclass(frozen=True, slots=True)
class Reason:
    """One answer to "may this person come in?". `code` names it, `words` say it to the officer, the law's with its pack.

    It `stops` the referral, or only its acceptance (somebody may have seen since what `need` it speaks of), or nothing: then
    it is to be asked first. `scheme`: the other scheme of the same force that it speaks of.
    """

    code: str
    words: str
    stops: Literal["referral", "acceptance", "nothing"] = "referral"
    need: str = ""
    scheme: str = ""


def reasons(refer: Refer, policy: Policy, now: datetime, others: Sequence[Policy] = ()) -> tuple[Reason, ...]:
    """Everything that stands against a referral, in the order in which it is said. Empty: nothing does.

    `others`: the policies in force of the other schemes, of which those of this force are named where the age fits there.
    """
    rules = policy.disposals.get(refer.disposal)
    if rules is None:
        known = ", ".join(sorted(policy.disposals))
        return (Reason("disposal_unknown", f"This scheme has no disposal '{refer.disposal}'. It takes: {known}."),)
    answers = {"evidential_test": refer.evidential_test, "admission": refer.admission, "consent": refer.consent}
    return (
        *_disposal(rules),
        *_age(refer, rules, policy, others),
        *_dates(refer, policy, now),
        *needed(answers, rules),
    )


def _disposal(rules: DisposalRules) -> Iterator[Reason]:
    if not rules.pack.in_force:
        words = f"{_called(rules)} cannot be given yet ({rules.pack.spoken}): {rules.pack.why_not}"
        yield Reason("not_in_force", words)


def _age(refer: Refer, rules: DisposalRules, policy: Policy, others: Sequence[Policy]) -> Iterator[Reason]:
    adult = rules.pack.adults_from
    age = _years(refer.adult_on, policy.calendar.local(refer.referred_at).date()) + _ADULT
    if age < adult:
        law = f"{rules.pack.spoken}: {plain_source(rules.pack.sources['adults_from'])}"
        words = f"The person was under {adult} when referred. This scheme is for adults ({law})."
        yield Reason("not_adult", words)
        return
    near = [one for one in others if one.force == policy.force and refer.disposal in one.disposals]
    if not _for_age(policy, age):
        fits = next((one for one in _closest(near) if _for_age(one, age)), None)
        where = fits.title["en"] if fits else "the scheme for all adults"
        words = f"The person was {age} when referred. {_aged(policy)}: refer them to {where}."
        yield Reason("other_age", words, scheme=fits.scheme if fits else "")
    elif policy.ages is None:
        made_for = [one for one in near if one.ages is not None and _for_age(one, age)]
        for one in _closest(made_for)[:1]:
            words = f"The person was {age} when referred. {_aged(one)}, with rules made for that age: refer them there."
            yield Reason("scheme_of_their_age", words, "nothing", scheme=one.scheme)


def _for_age(policy: Policy, age: int) -> bool:
    return policy.ages is None or policy.ages.youngest <= age <= policy.ages.oldest


def _aged(policy: Policy) -> str:
    assert policy.ages is not None
    return f"{policy.title['en']} is for people aged {policy.ages.youngest} to {policy.ages.oldest}"


def _closest(policies: Iterable[Policy]) -> list[Policy]:
    """Those for the fewest ages first, those for all adults last; then by name."""
    return sorted(policies, key=lambda one: (one.ages.oldest - one.ages.youngest if one.ages else 1000, one.scheme))


_ADULT = 18
"""Referrals tell of the day of the eighteenth birthday."""


def _years(since: date, day: date) -> int:
    """Whole years between two days. Somebody born on 29 February is a year older on 1 March."""
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def _dates(refer: Refer, policy: Policy, now: datetime) -> Iterator[Reason]:
    referred = policy.calendar.local(refer.referred_at).date()
    if refer.referred_at > now + timedelta(minutes=5):
        yield Reason("in_the_future", "The referral is dated in the future.")
    if refer.offence_date > referred:
        yield Reason("offence_after_referral", "The offence is dated after the referral.")
    oldest = policy.calendar.local(now).date() - timedelta(days=policy.refuse_older_than_days)
    if not refer.as_at and referred < oldest:
        words = (
            f"The referral is more than {policy.refuse_older_than_days} days old. "
            "To take in an old file on purpose, import it with --as-at."
        )
        yield Reason("too_old", words)


LACKING = {
    "evidential_test": ("the evidential test is met", "that it is not"),
    "admission": ("the person accepts responsibility", "that they do not"),
    "consent": ("the person agrees to take part", "that they do not"),
}
"""By need: what a disposal asks for, and what a referral that answers "no" says."""


def needed(answers: Mapping[str, bool | None], rules: DisposalRules) -> tuple[Reason, ...]:
    """What the disposal needs and the referral says is not there, or does not say. A signature comes with the plan.

    What is not there stops the acceptance and not the referral: somebody may have seen it since.
    """
    found = []
    for need in rules.needs:
        if need not in LACKING or answers.get(need) is True:
            continue
        asked, told = LACKING[need]
        says = f"the referral says {told}" if answers.get(need) is False else "the referral does not say: ask first"
        source = rules.pack.sources[f"needs.{need}"] if need in rules.pack.needs else "the scheme's own"
        law = f"{rules.pack.spoken}: {plain_source(source)}" if need in rules.pack.needs else source
        words = f"{_called(rules)} needs that {asked} ({law}); {says}."
        found.append(Reason(f"needs_{need}", words, "acceptance" if answers.get(need) is False else "nothing", need))
    return tuple(found)


def plain_source(source: str) -> str:
    """A source without the mark of its kind ("[law]"), which stands in the pack."""
    return source.partition("] ")[2] or source


def _called(rules: DisposalRules) -> str:
    """A conditional caution, at the beginning of a sentence."""
    named = a(rules.title["en"][:1].lower() + rules.title["en"][1:])
    return named[:1].upper() + named[1:]


def refusal(refer: Refer, policy: Policy, now: datetime) -> Refused | None:
    """Why the referral cannot be taken in at all, or None. What the scheme later accepts is a person's decision."""
    found = next((one for one in reasons(refer, policy, now) if one.stops == "referral"), None)
    return None if found is None else Refused(found.code, found.words)
