"""What came back of the survey, as it may be shown: counts with small numbers hidden, and words where many answered. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from caseflow.engine.season import Surveys
from caseflow.insight.figures import Counts, Figure, Spec, figure_of
from caseflow.insight.hidden import SMALL
from caseflow.insight.periods import quarter_of

QUESTIONS = ("fair", "helped", "listened")
SCALE = ("yes", "partly", "no")
NOTED = "survey"
SPECS = (
    Spec(NOTED, ("filled_in", "left"), ("filled_in",), ("filled_in", "left")),
    *(Spec(one, SCALE, ("yes",), SCALE) for one in QUESTIONS),
)
"""Whether it came back, then each of its questions."""
BY = ("quarter", "month")


def figures_of(found: Surveys, months: Sequence[str], by: str) -> list[Figure]:
    """Each as a figure over these months (the oldest first), by one of BY."""
    counts: dict[str, Counter[tuple[str, str]]] = {one.name: Counter() for one in SPECS}
    for noted in found.noted:
        counts[NOTED][noted.month, noted.kind] += noted.n
    for answer in found.answers:
        if answer.question in counts and answer.answer in SCALE:
            counts[answer.question][answer.month, answer.answer] += answer.n
    wanted: Mapping[str, Counts] = counts
    return [figure_of(one, wanted[one.name], months, by) for one in SPECS]


def words_of(found: Surveys, months: Sequence[str]) -> dict[str, list[str]]:
    """What was written, by quarter, the newest first: only of quarters in which several wrote something.

    In the order of the alphabet, so that the order tells nothing of when, and of whom.
    """
    by_quarter: dict[str, list[str]] = {}
    for month, words in found.words:
        if month in months:
            by_quarter.setdefault(quarter_of(month), []).append(words)
    many = {quarter: sorted(said) for quarter, said in by_quarter.items() if len(said) >= SMALL}
    return dict(sorted(many.items(), reverse=True))
