"""Stories as the store would hand them over: a played `Story` with its outbox and tasks, in one dossier."""

from datetime import datetime

from words import SUPERVISOR, Story

from caseflow.domain.words import Role
from caseflow.engine.readings import AttemptLine, Dossier, NoticeLine, TaskLine

NAMES = {
    "per-1": "Sam Carter", "nav-1": "Jo Reed", "oic-1": "Fran Hall", "off-1": "Lee Marsh", "pro-1": "Riverside Learning",
    SUPERVISOR.person: "Ruth Ellison",
}  # fmt: skip


def dossier_of(told: Story) -> Dossier:
    """What was sent went out at once by its first channel; `notice-N` is the key its receipts name."""
    case = told.case
    assert case is not None

    def notice(number: int, at: datetime) -> NoticeLine:
        send = told.sends[number][1]
        attempt = AttemptLine(1, send.channels[0].value, "accepted", "", at, at)
        return NoticeLine(
            number + 1, case.id, send.purpose, send.kind, send.to.value, send.recipient, send.expectation, send.cycle,
            send.rung, "sent", at, at, attempts=(attempt,), key=f"notice-{number}",
        )  # fmt: skip

    def opened(expectation: str | None) -> datetime:
        return (
            max((e.recorded_at for e in told.history if expectation in e.caused_by), default=told.now)
            if expectation
            else told.now
        )

    return Dossier(
        case.id, case.scheme, "case", case.ref, case.seq, case.seq, None, None, parked=False, stream=case,
        events=tuple(told.history),
        notices=tuple(notice(number, at) for number, (at, _) in enumerate(told.sends)),
        tasks=tuple(
            TaskLine(
                str(number), case.id, case.ref, one.key, one.kind, one.owner.value, one.person or "", one.title, one.due,
                "open", "", opened(one.expectation),
            )
            for number, one in enumerate(told.tasks.values(), start=1)
        ),
    )  # fmt: skip


def participant_of(dossier: Dossier) -> str:
    return str(dossier.stream.parties[Role.PARTICIPANT])  # type: ignore[union-attr] - a case, in these tests
