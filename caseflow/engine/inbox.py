"""Commands that wait in the inbox: what other streams and channels have to say, recorded like anything a person says.

State of another stream is never written in the same step; the inbox is how streams speak to each other.
"""

from collections.abc import Sequence
from itertools import groupby

from caseflow.domain.commands import Asked
from caseflow.engine.app import App, Counts, ring
from caseflow.engine.faults import reason_of
from caseflow.engine.ports import Answer, Conflict, Parking, Unavailable, Unit
from caseflow.engine.recording import record

TRIES = 5
"""How often one command is tried again when somebody else wrote first."""


def absorb(app: App, limit: int | None = None) -> Counts:
    """waiting commands | by scheme | lock | plan | save → ring, in one transaction; halves where the database refuses.

    A command that cannot be saved even alone is answered `broken` and parked, so that it blocks nobody.
    """
    size, conflicts = limit or app.batch, 0
    while True:
        taken: list[tuple[str, Asked]] = []
        try:
            with app.store.begin() as unit:
                taken = unit.take_inbox(size)
                counts = _absorbed(app, unit, taken)
        except Unavailable:
            raise
        except Exception as wrong:  # the batch is as it was; a smaller one finds the command at fault
            if not taken:
                raise
            if len(taken) > 1:
                size = len(taken) // 2
                continue
            conflicts += isinstance(wrong, Conflict)
            if isinstance(wrong, Conflict) and conflicts < TRIES:
                continue
            return _set_aside(app, *taken[0], wrong)
        return ring(app, counts)


def _absorbed(app: App, unit: Unit, taken: Sequence[tuple[str, Asked]]) -> Counts:
    counts = Counts(claimed=len(taken))
    for scheme, pairs in groupby(sorted(taken, key=lambda pair: pair[0]), key=lambda pair: pair[0]):
        answers = record(app, unit, scheme, [asked for _, asked in pairs], from_inbox=True)
        counts.events += sum(1 for answer in answers if not answer.refused and not answer.repeat)
        counts.parked += sum(1 for answer in answers if answer.code == "broken")
    if counts.events:
        counts.lanes.add("react")
    return counts


def _set_aside(app: App, scheme: str, asked: Asked, wrong: Exception) -> Counts:
    """Answer this one `broken` and park it; had somebody else answered it meanwhile, their answer stands."""
    reason = reason_of(wrong)
    try:
        with app.store.begin() as unit:
            unit.answer([(scheme, Answer(asked.id, asked.stream, code="broken", words=reason))])
            unit.park([Parking(asked.stream, f"command:{asked.id}", reason, unit.now(), scheme)])
    except Conflict:
        return Counts(claimed=1)
    return Counts(claimed=1, parked=1)
