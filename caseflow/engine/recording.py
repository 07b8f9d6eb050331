"""Planning a batch of commands inside one transaction: shared by `handle` (doors) and `inbox` (streams, channels)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from caseflow.domain import plan
from caseflow.domain.case import Stream
from caseflow.domain.commands import Asked, ListParticipant, MovePolicy, Refer, UnlistParticipant, WantDigest
from caseflow.domain.events import AddressNoted, ContactAgreed, Recorded
from caseflow.domain.policy import Policy
from caseflow.domain.words import Refused
from caseflow.engine.alarms import alarm
from caseflow.engine.app import App
from caseflow.engine.ports import Answer, Change, Claimed, Parking, Unit

FOUNDERS = (Refer, ListParticipant, UnlistParticipant, WantDigest)
"""Commands that may start a stream, and name the policy version it begins under."""


@dataclass(slots=True)
class _Work:
    """One stream's commands of this batch, as far as they are planned."""

    claimed: Claimed | None
    stream: Stream | None
    events: list[Recorded] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def record(app: App, unit: Unit, scheme: str, asked: Sequence[Asked], *, from_inbox: bool = False) -> list[Answer]:
    """commands | lock their streams | known answers | plan in order | save → one answer each, in the order asked.

    Commands to one stream build on one another. A command whose planning breaks is answered `broken` and writes
    nothing; from the inbox it is parked too, for nobody waits there to see the answer.
    """
    now = unit.now()
    locked = unit.lock(scheme, sorted({one.stream for one in asked}))
    given = dict(unit.answers(scheme, [one.id for one in asked]))
    named = {text for one in asked if (text := getattr(one.command, "text", None))}
    seals = unit.seals(scheme, named) if named else {}
    works: dict[str, _Work] = {}
    loose: list[Answer] = []  # answers that come with no change
    parkings: list[Parking] = []
    answers: list[Answer] = []
    for one in asked:
        if one.id in given:
            answers.append(replace(given[one.id], repeat=True))
            continue
        claimed = locked.get(one.stream)
        work = works.setdefault(one.stream, _Work(claimed, claimed.stream if claimed else None))
        try:
            planned = _planned(app, scheme, work.stream, one, now)
        except Exception as wrong:  # noqa: BLE001 - our defect: neighbours go on, a door may ask again
            words = f"{type(one.command).__name__} could not be worked out: {type(wrong).__name__}: {wrong}"
            answer = Answer(one.id, one.stream, code="broken", words=words)
            if from_inbox:
                parkings.append(Parking(one.stream, f"command:{one.id}", words, now, scheme))
                loose.append(answer)
            given[one.id] = answer
            answers.append(answer)
            continue
        if isinstance(planned, Refused):
            answer = Answer(one.id, one.stream, work.stream.seq if work.stream else 0, planned.code, planned.words)
            loose.append(answer)
        else:
            answer = Answer(one.id, one.stream, planned.stream.seq, already=not planned.events)
            (work.answers if planned.events else loose).append(answer)
            work.stream = planned.stream
            work.events.extend(_sealed(planned.events, seals))
        given[one.id] = answer
        answers.append(answer)
    changes = [_change(work, from_inbox=from_inbox) for work in works.values() if work.events]
    if changes:
        unit.save(changes)
    if statuses := _statuses(work.events for work in works.values()):
        unit.note_addresses(scheme, statuses)
    if loose:
        unit.answer([(scheme, replace(answer, already=False)) for answer in loose])
    if parkings:
        unit.park(parkings)
    return answers


def _planned(app: App, scheme: str, stream: Stream | None, asked: Asked, now: datetime) -> plan.Planned | Refused:
    if stream is not None:
        onto = _policy(app, scheme, asked.command.to) if isinstance(asked.command, MovePolicy) else None
        return onto if isinstance(onto, Refused) else plan.handle(stream, asked, app.policy_for(stream), now, onto)
    if not isinstance(asked.command, FOUNDERS):
        return Refused("unknown_stream", f"There is no case, return or digest {asked.stream} in this scheme.")
    policy = _policy(app, scheme, asked.command.policy_version)
    if isinstance(policy, Refused):
        return policy
    return plan.handle(None, asked, policy, now)


def text_of(recorded: Recorded) -> str:
    """The id of the free text that a fact names, or ""."""
    return getattr(recorded.event, "text", None) or ""


def _sealed(events: Iterable[Recorded], seals: Mapping[str, str]) -> Iterator[Recorded]:
    """Facts that name a free text with the digest of what it says now: a later change of it is found out."""
    for recorded in events:
        seal = seals.get(text_of(recorded), "")
        yield replace(recorded, text_mac=seal) if seal else recorded


def _policy(app: App, scheme: str, version: str) -> Policy | Refused:
    try:
        return app.policy(scheme, version)
    except LookupError as unknown:
        return Refused("unknown_policy", str(unknown.args[0]))


def _statuses(histories: Iterable[Sequence[Recorded]]) -> dict[str, str]:
    """What these facts say of addresses, by address id: the people register follows, so that STOP holds everywhere."""
    found: dict[str, str] = {}
    for events in histories:
        for recorded in events:
            match recorded.event:
                case AddressNoted() as noted:
                    found[noted.address] = noted.status.value
                case ContactAgreed() as agreed:
                    found |= {known.address: known.status.value for known in agreed.addresses.values()}
                case _:
                    pass
    return found


def _change(work: _Work, *, from_inbox: bool) -> Change:
    assert work.stream is not None
    parked = work.claimed.parked if work.claimed else ()
    return Change(
        before_seq=work.claimed.stream.seq if work.claimed else 0,
        stream=work.stream,
        events=tuple(work.events),
        wake_at=alarm(work.stream, parked),
        answers=work.answers,
        inbox_done=[answer.command_id for answer in work.answers] if from_inbox else [],
    )
