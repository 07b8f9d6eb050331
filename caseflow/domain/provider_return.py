"""One provider's report for one period: a small stream that goes through the same four verbs.

Cases list their participants here; on the first working day after the period the provider is asked; what it says
becomes commands for the cases, row by row. Late returns are always accepted; a silent provider is chased, never guessed.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.acts import closed, rung_fired, timer
from caseflow.domain.case import Case, Expectation, Listed, ProviderReturn, changed
from caseflow.domain.climb import Climber, climb
from caseflow.domain.effects import DropTasks, Effect, OpenTask, Record, Send, Tell
from caseflow.domain.evolve import acknowledged, expectations_after
from caseflow.domain.expect import NO_LIMITS, Moment, opening
from caseflow.domain.notices import KINDS
from caseflow.domain.policy import Policy
from caseflow.domain.stage import ReturnStage
from caseflow.domain.words import Actor, Attendance, Channel, Refused, Role, RungEnd

ACCESS = {"code": "provider_code", "link": "provider_link"}
"""What is asked for on the way to the page of a return, and the message that brings it."""
CODE_LASTS = timedelta(minutes=20)
"""A code that leaves later than this is of no use to anybody."""
NAMESPACE = uuid.UUID("5b1f7f6e-0c0c-5d9b-9a35-6f7a3a1c0d11")
QUARTER = 3
WHICH = "which_item:"
"""How the key of a task begins that asks about one participant of a return."""


@lru_cache(maxsize=1024)
def stream_id(scheme: str, provider: str, period: str) -> str:
    """The id of the return of this provider for this period: the same for everybody who asks."""
    return str(uuid.uuid5(NAMESPACE, f"return/{scheme}/{provider}/{period}"))


def period_of(policy: Policy, now: datetime) -> str:
    """The period an instant lies in: "2022-01" for a month, "2022-Q1" for a quarter."""
    day = policy.calendar.local(now).date()
    if policy.returns.every == "quarter":
        return f"{day.year}-Q{(day.month - 1) // QUARTER + 1}"
    return f"{day.year}-{day.month:02d}"


def after_period(period: str) -> date:
    """The first day after a period."""
    year = int(period[:4])
    month = int(period[6:]) * QUARTER if "Q" in period else int(period[5:])
    return date(year + month // 12, month % 12 + 1, 1)


def next_period(policy: Policy, period: str) -> str:
    return period_of(policy, policy.calendar.instant(datetime.combine(after_period(period), time(12, 0))))


def request_at(policy: Policy, period: str) -> datetime:
    """When the provider is asked: 09:00 on the first working day after the period (UTC)."""
    day = after_period(period)
    day = day if policy.calendar.is_working_day(day) else policy.calendar.add_working_days(day, 1)
    return policy.calendar.instant(datetime.combine(day, time(9, 0)))


def reference(provider: str, period: str) -> str:
    return f"RETURN-{period}-{provider[:13]}"


# ── decide ──────────────────────────────────────────────────────────────────────────────────────
def decide(
    state: ProviderReturn | None, asked: c.Asked, policy: Policy, now: datetime
) -> tuple[ev.Event, ...] | Refused:
    """The facts a command makes of a return."""
    command = asked.command
    match command:
        case c.ListParticipant():
            return _list(state, command)
        case c.UnlistParticipant():
            return _unlist(state, command)
        case _ if state is None:
            return Refused("return_unknown", "This provider has no return for this period: nobody was placed with it.")
        case c.SubmitReturn():
            return _submit(state, command, policy, now)
        case c.AskForAccess():
            return (ev.AccessAsked(command.what, command.ask),)
        case c.NoteDelivery():
            return _delivery(state, command)
        case c.FinishTask():
            return (ev.TaskFinished(command.task, command.text),)
        case c.FireTimer():
            return _fire(state, command, policy, now)
        case _:
            return Refused("not_for_a_return", f"{type(command).__name__} is not a command for a provider's return.")


def _list(state: ProviderReturn | None, cmd: c.ListParticipant) -> tuple[ev.Event, ...]:
    known = None if state is None else state.participants.get(f"{cmd.case}:{cmd.item}")
    if known is not None and (not known.left or cmd.carried):  # who left in this period is not carried back into it
        return ()
    return (ev.ParticipantListed(cmd.provider, cmd.period, cmd.case, cmd.ref, cmd.item, cmd.policy_version),)


def _unlist(state: ProviderReturn | None, cmd: c.UnlistParticipant) -> tuple[ev.Event, ...]:
    found = None if state is None else state.participants.get(f"{cmd.case}:{cmd.item}")
    if found is not None and found.left:
        return ()
    return (ev.ParticipantUnlisted(cmd.provider, cmd.period, cmd.case, cmd.item, cmd.policy_version),)


def _submit(state: ProviderReturn, cmd: c.SubmitReturn, policy: Policy, now: datetime) -> tuple[ev.Event, ...]:
    due = policy.calendar.plus_working(request_at(policy, state.period), policy.returns.due_working_days)
    return (ev.ReturnReceived(cmd.rows, cmd.bad, cmd.final, now > due),)


def _delivery(state: ProviderReturn, cmd: c.NoteDelivery) -> tuple[ev.Event, ...]:
    return (
        ev.DeliveryNoted(
            cmd.notice, cmd.purpose, cmd.channel, cmd.receipt, cmd.address, cmd.expectation, cmd.cycle, cmd.rung,
            cmd.subject, reached=False, last=cmd.last,
        ),
    )  # fmt: skip


def _fire(state: ProviderReturn, cmd: c.FireTimer, policy: Policy, now: datetime) -> tuple[ev.Event, ...]:
    found = state.expectations.get(cmd.expectation)
    if found is None or found.status != "open" or found.cycle != cmd.cycle or found.next != cmd.rung:
        return ()
    if found.next_due is None or found.next_due > now:
        return ()
    if not state.participants or all(p.left and not p.ref for p in state.participants.values()):
        return (ev.ReturnNotNeeded(),)
    return (climb(Climber(found, policy, now)),)


# ── evolve ──────────────────────────────────────────────────────────────────────────────────────
def start(record: ev.Recorded, scheme: str) -> ProviderReturn:
    e = record.event
    if not isinstance(e, ev.ParticipantListed | ev.ParticipantUnlisted):
        msg = f"the history of {record.stream} begins with {type(e).__name__}, not with a participant"
        raise TypeError(msg)
    state = ProviderReturn(
        id=record.stream,
        scheme=scheme,
        seq=record.seq,
        ref=reference(e.provider, e.period),
        policy_version=e.policy_version,
        provider=e.provider,
        period=e.period,
    )
    return evolve(state, record)


def evolve(state: ProviderReturn, record: ev.Recorded) -> ProviderReturn:
    """The return after this fact."""
    state = changed(state, seq=record.seq)
    match record.event:
        case ev.ParticipantListed() as e:
            listed = {**state.participants, f"{e.case}:{e.item}": Listed(e.case, e.ref, e.item)}
            return changed(state, participants=listed)
        case ev.ParticipantUnlisted() as e:
            key = f"{e.case}:{e.item}"
            found = state.participants.get(key) or Listed(e.case, "", e.item)
            return changed(state, participants={**state.participants, key: replace(found, left=True)})
        case ev.ReturnReceived() as e:
            said = {row.ref for row in e.rows}
            people = {k: replace(p, reported=p.reported or p.ref in said) for k, p in state.participants.items()}
            return changed(
                state,
                status="received" if e.final else state.status,
                participants=people,
                received_at=record.occurred_at if e.final else state.received_at,
                bad_rows=state.bad_rows + len(e.bad),
            )
        case ev.ReturnNotNeeded():
            return changed(state, status="not_needed")
        case ev.DeliveryNoted() as e:
            return changed(state, expectations=acknowledged(state.expectations, e, record.occurred_at))
        case ev.RungFired() as e if e.end is RungEnd.FIRED and state.status == "planned":
            state = changed(state, status="asked")
    expectations = expectations_after(state.expectations, record.event, record.recorded_at)
    return state if expectations is None else changed(state, expectations=expectations)


# ── react ───────────────────────────────────────────────────────────────────────────────────────
def react(state: ProviderReturn, record: ev.Recorded, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """What follows from a fact of a return."""
    match record.event:
        case ev.ParticipantListed() | ev.ParticipantUnlisted() as e:
            if state.status == "planned":
                return () if state.expectations else _opened(state, policy, now)
            return _carried(state, policy, only=f"{e.case}:{e.item}")  # word of it came after the provider was asked
        case ev.ExpectationOpened() as e:
            return timer(policy, state.expectations[e.expectation])
        case ev.ExpectationClosed() as e:
            return closed(e)
        case ev.RungFired() as e:
            expectation = state.expectations[e.expectation]
            carried = _carried(state, policy) if len(expectation.fired) == 1 else ()
            return (*rung_fired(ReturnStage(state, policy, now), expectation, e), *carried)
        case ev.ReturnReceived() as e:
            done = _closings(state, "return_accepted", "met") if e.final else ()
            return (*done, *_told(state, e, record), *_which(state, e, policy, now))
        case ev.ReturnNotNeeded():
            return _closings(state, "return_not_needed", "lapsed")
        case ev.AccessAsked() as e:
            return (_access(state, e, record, policy, now),)
        case ev.TaskFinished() as e:
            return (DropTasks("done", key=e.task, done=True),)
        case _:
            return ()


def _access(state: ProviderReturn, e: ev.AccessAsked, record: ev.Recorded, policy: Policy, now: datetime) -> Effect:
    """The e-mail with the code or the link, which are drawn when it leaves: no fact and no notice holds them."""
    stage = ReturnStage(state, policy, now)
    purpose = ACCESS[e.what]
    return Send(
        purpose=purpose,
        to=Role.PROVIDER,
        recipient=state.provider,
        channels=(Channel.EMAIL,),
        kind=KINDS[purpose],
        rung=f"fact:{record.seq}",
        language=stage.language(Role.PROVIDER),
        fields={**stage.fields(purpose, None, None), "ask": e.ask},
        expires=now + CODE_LASTS if e.what == "code" else None,
    )


def _opened(state: ProviderReturn, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    at = request_at(policy, state.period)
    moment = Moment(at, at, None)
    return tuple(
        Record(opening(policy, ladder, None, moment, NO_LIMITS, cycle=0, not_before=max(now, at)))
        for ladder in policy.opens.get("return_planned", ())
        if ladder.stream == "provider_return"
    )


def _closings(state: ProviderReturn, signal: str, how: str) -> tuple[Effect, ...]:
    open_ones: Sequence[Expectation] = [e for e in state.expectations.values() if e.status == "open"]
    return tuple(Record(ev.ExpectationClosed(e.id, e.cycle, how, signal)) for e in open_ones)


def _carried(state: ProviderReturn, policy: Policy, only: str = "") -> tuple[Effect, ...]:
    """Whoever has not left belongs on the next return, too."""
    period = next_period(policy, state.period)
    system = Actor("system", Role.SYSTEM)
    return tuple(
        Tell(
            f"return:{state.provider}:{period}:{p.case}:{p.item}",
            stream_id(state.scheme, state.provider, period),
            c.ListParticipant(state.provider, period, p.case, p.ref, p.item, state.policy_version, carried=True),
            system,
        )
        for key, p in state.participants.items()
        if not p.left and only in {"", key}
    )


def _told(state: ProviderReturn, e: ev.ReturnReceived, record: ev.Recorded) -> tuple[Effect, ...]:
    """Each row as commands for its case, said by the provider."""
    by = Actor(state.provider, Role.PROVIDER)
    tells: list[Effect] = []
    for row in e.rows:
        listed = [p for p in state.participants.values() if p.ref == row.ref]
        for command in _commands(row, _about(row, listed)):
            number = len(tells)
            tells.append(Tell(f"row:{record.stream}:{record.seq}:{number}", listed[0].case, command, by))
    return tuple(tells)


def _about(row: c.ReturnRow, listed: list[Listed]) -> list[str]:
    """The items a row speaks of: the one it names; else what the person still does there, or did."""
    if row.item and listed:
        return [row.item]
    return [p.item for p in listed if not p.left] or [p.item for p in listed]


def _which(state: ProviderReturn, e: ev.ReturnReceived, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """“Completed” of somebody who does several things there closes none of them: a person asks which one is meant."""
    effects: list[Effect] = []
    for row in e.rows:
        about = _about(row, [p for p in state.participants.values() if p.ref == row.ref])
        key = f"{WHICH}{row.ref}"
        if row.completed and len(about) > 1:
            title = (
                f"{row.ref} is said to have completed, and has several items there: ask the provider which, record it"
            )
            person = policy.team.get(Role.COORDINATOR)
            due = policy.calendar.plus_working(now, 1)
            effects.append(OpenTask(key, "ask", Role.COORDINATOR, title, person, due))
        elif row.completed is not None and about:
            effects.append(DropTasks("the return says which", key=key, done=True))
    return tuple(effects)


def _commands(row: c.ReturnRow, items: list[str]) -> list[c.Command]:
    """What the provider says, as commands about these items. What is completed has to be one of them, and known."""
    if not items:
        return []
    said: list[c.Command] = [
        c.RecordAttendance(session, outcome, "reported_by_provider" if outcome is Attendance.ACCEPTABLE else "")
        for session, outcome in row.sessions
    ]
    if row.engagement is not None:
        said += [c.NoteEngagement(item, row.engagement) for item in items]
    if row.completed and len(items) == 1:
        said += [c.NoteItemDone(item) for item in items]
    if row.survey:
        said.append(c.NoteSurvey(filled_in=True))
    return said


# ── what the scheme knows already ───────────────────────────────────────────────────────────────
def known_so_far(case: Case, item: str, provider: str, now: datetime) -> dict[str, int | bool]:
    """What a provider need not be asked again about a participant's item: sessions with them by outcome, done, survey.

    `unknown` counts sessions that have begun and nobody has said what came of them.
    """
    mine = [s for s in case.sessions.values() if s.item == item and s.provider in {None, provider}]
    return {
        "attended": sum(one.status == "attended" for one in mine),
        "missed": sum(one.status in {"missed", "excused"} for one in mine),
        "unknown": sum(one.status == "booked" and one.start <= now for one in mine),
        "done": item in case.items_done,
        "survey": case.survey,
    }
