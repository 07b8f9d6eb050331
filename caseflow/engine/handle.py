"""The first verb: commands become facts. Recording never depends on reacting, and the answer does not wait for it."""

from collections.abc import Sequence

from caseflow.domain.commands import Asked
from caseflow.engine.app import App, Counts, ring
from caseflow.engine.batch import chunks, halving
from caseflow.engine.faults import reason_of
from caseflow.engine.ports import Answer, Conflict, Unavailable
from caseflow.engine.recording import record

TRIES = 5
"""How often a batch is planned again when somebody else wrote first. Each try means that somebody got on."""


def handle(app: App, asked: Sequence[Asked], scheme: str | None = None) -> list[Answer]:
    """commands | chunks of app.batch | lock | known answers | plan | save | ring → one answer each, in the order asked.

    What is asked of one stream in one breath is recorded in one: nothing follows from the first half before the second.

    Every command is answered: done, refused (a code and plain words), repeated (the first answer again), or `broken`
    when the batch's neighbours could be saved and it could not; that is not remembered, so it may be asked again.
    Raises Unavailable when the database is away.
    """
    scheme = scheme or app.scheme
    answers: list[Answer] = []
    for chunk in chunks(asked, app.batch, of=lambda one: one.stream):
        for part in halving(
            chunk,
            lambda some: _recorded(app, scheme, some),
            lambda one, wrong: [Answer(one.id, one.stream, code="broken", words=reason_of(wrong))],
            unless=(Unavailable,),
        ):
            answers.extend(part)
        if any(not answer.refused and not answer.repeat for answer in answers[-len(chunk) :]):
            ring(app, Counts(events=1, lanes={"react"}))
    return answers


def _recorded(app: App, scheme: str, asked: Sequence[Asked]) -> list[Answer]:
    """One transaction, planned again when somebody else wrote first."""
    for attempt in range(1, TRIES + 1):
        try:
            with app.store.begin() as unit:
                return record(app, unit, scheme, asked)
        except Conflict:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")
