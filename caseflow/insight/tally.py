"""What is counted of a life: messages, calls, strikes, breach proposals, days to the first chase, staff minutes. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from caseflow.domain import events as ev
from caseflow.engine import traits
from caseflow.engine.as_it_was import AsItWas
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
    counts = Counter({**_of_messages(life.sent), **_of_tasks(life.tasks, minutes), "digest_lines": life.lines})
    for one in life.events:
        counts["strikes_confirmed"] += isinstance(one.event, ev.StrikeConfirmed)
        counts["breach_proposals"] += isinstance(one.event, ev.BreachOpened)
    return Tally(counts, _first_chase(life))


def tally_as_it_was(case: AsItWas, minutes: Mapping[str, int]) -> Tally:
    """The counts of a case as it was."""
    counts = Counter({
        **_of_messages(case.sent), **_of_tasks(case.tasks, minutes), "digest_lines": case.lines,
        "strikes_confirmed": case.strikes, "breach_proposals": case.breaches,
    })  # fmt: skip
    return Tally(counts, Counter() if case.first_chase is None else Counter([round(case.first_chase / TENTHS)]))


def _of_messages(sent: Mapping[str, int]) -> dict[str, int]:
    by_kind = {f"messages_{kind}": number for kind, number in sent.items()}
    return {**by_kind, "messages": sum(sent.get(kind, 0) for kind in TO_PEOPLE)}


def _of_tasks(tasks: Mapping[str, int], minutes: Mapping[str, int]) -> dict[str, int]:
    return {
        "calls": tasks.get("call", 0),
        "tasks": sum(tasks.values()),
        "strikes_proposed": tasks.get("rule", 0),
        "staff_minutes": sum(minutes[kind] * number for kind, number in tasks.items()),
    }


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


def groups_of(case: AsItWas, known: Traits) -> tuple[tuple[str, str], ...]:
    """The groups one case belongs to, as (by what, which)."""
    sex, age, ethnicity = traits.who(known.sex, known.born, known.ethnicity, case.referred_at.date())
    return (
        ("all", ""),
        ("disposal", case.disposal.replace("_", " ")),
        ("ethnicity", ETHNICITIES[ethnicity]),
        ("sex", SEXES[sex]),
        ("age", AGES[age]),
    )
