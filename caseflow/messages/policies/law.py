"""What the law says of a disposal, in words, each figure with where it comes from (the scheme's pack)."""

from collections.abc import Iterator
from datetime import date

from caseflow.domain.fine import pay_by, pay_raised_by, raised
from caseflow.domain.policy import DisposalPack, DisposalRules, FineTerms
from caseflow.messages.policies import words


def law_lines(rules: DisposalRules) -> list[str]:
    """A line for every figure of the pack: what it says, and its source. A scheme may be stricter; then its line says so."""
    return [f"{said} {source}".strip() for said, source in _said(rules.pack)]


def limits(rules: DisposalRules) -> list[str]:
    """How long and how much, as this scheme has it."""
    found = []
    if rules.max_weeks is not None:
        more = ""
        if rules.longest_weeks is not None and rules.longest_weeks > rules.max_weeks:
            more = f", {rules.longest_weeks} at the very most"
        found.append(f"{rules.max_weeks} weeks, longer only with a reason{more}")
    if rules.max_hours is not None:
        found.append(f"at most {rules.max_hours} hours")
    return found


def _said(pack: DisposalPack) -> Iterator[tuple[str, str]]:
    source = pack.sources
    if not pack.in_force:
        yield f"Not in force: {pack.why_not}", ""
    yield f"Outcome {pack.outcome}.", source["outcome"]
    yield f"For people of {pack.adults_from} and over.", source["adults_from"]
    for need in pack.needs:
        yield f"It needs that {words.word(words.NEEDS, need, 'need')}.", source[f"needs.{need}"]
    yield (f"It may enforce {pack.enforces}.", source["enforces"]) if pack.enforces else ("It may enforce nothing.", "")
    if pack.max_hours is not None:
        yield f"At most {pack.max_hours} hours of {pack.hours_of}.", source["hours"]
    if pack.usual_weeks is not None:
        longest = f", {pack.max_weeks} at the very most" if pack.max_weeks is not None else ""
        yield f"Usually done in {pack.usual_weeks} weeks{longest}.", source["weeks"]
    if pack.fine is not None:
        yield _fine(pack.fine), source["fine"]
    for one in pack.breach_may_lead_to:
        leads = words.word(words.LEADS_TO, one, "end of a breach")
        yield f"What not keeping to it may lead to: {leads}.", source[f"breach.{one}"]


EXAMPLE = date(2026, 6, 1)
"""A day to show a count of days on: there are thirty in its month."""


def _fine(terms: FineTerms) -> str:
    """Both counts, on an example: nobody should have to work out which days the law counts."""
    due, late = pay_by(EXAMPLE, terms), pay_raised_by(EXAMPLE, terms)
    first, then = _counting(first=terms.counting_the_first), _counting(first=terms.then_counting_the_first)
    return (
        f"A fine is paid within {terms.days} days, {first}: set on {_day(EXAMPLE)} it is due by {_day(due)}. Unpaid it grows "
        f"by {terms.then_more_percent} per cent (£100 to £{raised(10_000, terms) // 100}) and is paid within "
        f"{terms.then_days} days more, {then}: by {_day(late)}."
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _counting(*, first: bool) -> str:
    return "counting the first day" if first else "counting from the next day"
