"""What is counted of a life: messages, calls, strikes, breach proposals, days to the first chase, staff minutes. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.engine import traits
from caseflow.engine.readings import Traits
from caseflow.insight.replay import Life

TO_PEOPLE = ("reminder", "chase", "decision", "service")
"""Kinds of message to participants."""
TENTHS = timedelta(days=1) / 10

MEASURES: dict[str, str] = {
    "messages": "messages to participants",
    **{f"messages_{kind}": f"… {kind} messages" for kind in TO_PEOPLE},
    "messages_officer": "messages to officers",
    "messages_provider": "messages to providers",
    "digest_lines": "lines in officers' digests",
    "calls": "calls to make",
    "strikes_proposed": "rulings asked for (a strike may follow)",
    "strikes_confirmed": "strikes confirmed",
    "breach_proposals": "breaches alleged",
    "days_to_first_chase": "days to the first chase (median)",
    "staff_minutes": "staff minutes",
}
"""Every measure with its words, in the order in which they are shown."""

GROUPED = (
    "messages", "calls", "strikes_proposed", "strikes_confirmed", "breach_proposals", "days_to_first_chase",
    "staff_minutes",
)  # fmt: skip
"""The measures that are also shown by group."""

UNKNOWN = "not known"
AGES = {
    "18_25": "18 to 25", "26_35": "26 to 35", "36_50": "36 to 50", "51": "51 and over", traits.UNKNOWN: UNKNOWN,
}  # fmt: skip
SEXES = {"F": "female", "M": "male", traits.OTHER: "other", traits.UNKNOWN: UNKNOWN}
ETHNICITIES = {
    "A": "Asian", "B": "Black", "M": "mixed", "N": "not stated", "O": "other", "W": "white", traits.UNKNOWN: UNKNOWN,
}  # fmt: skip
"""The words of the groups of caseflow.engine.traits."""


@dataclass(slots=True)
class Tally:
    """Counts over some lives. `days` counts cases by tenths of a day from an expectation's opening to the first chase."""

    counts: Counter[str] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    def __iadd__(self, other: "Tally") -> Self:
        self.counts.update(other.counts)
        self.days.update(other.days)
        return self

    @property
    def median_days(self) -> float | None:
        """The median of days to the first chase; None where nobody was chased."""
        half, seen = sum(self.days.values()) / 2, 0
        for tenths in sorted(self.days):
            seen += self.days[tenths]
            if seen >= half:
                return tenths / 10
        return None


def tally_of(life: Life, minutes: Mapping[str, int]) -> Tally:
    """The counts of one life."""
    counts: Counter[str] = Counter()
    for kind, number in life.sent.items():
        counts[f"messages_{kind}"] += number
        counts["messages"] += number if kind in TO_PEOPLE else 0
    counts["calls"] = life.tasks["call"]
    counts["tasks"] = life.tasks.total()
    counts["strikes_proposed"] = life.tasks["rule"]
    counts["staff_minutes"] = sum(minutes[kind] * number for kind, number in life.tasks.items())
    counts["digest_lines"] = life.lines
    for one in life.events:
        counts["strikes_confirmed"] += isinstance(one.event, ev.StrikeConfirmed)
        counts["breach_proposals"] += isinstance(one.event, ev.BreachOpened)
    return Tally(counts, _first_chase(life))


def _first_chase(life: Life) -> Counter[int]:
    chases = [one for one in life.notices if one.send.kind == "chase" and one.sent_at is not None]
    if not chases:
        return Counter()
    first = min(chases, key=lambda one: one.sent_at or one.created)
    opened = next(
        one.event.opened
        for one in life.events
        if isinstance(one.event, ev.ExpectationOpened)
        and (one.event.expectation, one.event.cycle) == (first.send.expectation, first.send.cycle)
    )
    return Counter([round(((first.sent_at or first.created) - opened) / TENTHS)])


def groups_of(case: Case, known: Traits) -> tuple[tuple[str, str], ...]:
    """The groups one case belongs to, as (by what, which)."""
    sex, age, ethnicity = traits.who(known.sex, known.born, known.ethnicity, case.referred_at.date())
    return (
        ("all", ""),
        ("disposal", case.disposal.replace("_", " ")),
        ("ethnicity", ETHNICITIES[ethnicity]),
        ("sex", SEXES[sex]),
        ("age", AGES[age]),
    )
