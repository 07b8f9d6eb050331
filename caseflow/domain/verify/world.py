"""One moment of a model: a real case, the hour, and what the world outside still owes it. Steps are the real functions.

Nothing here decides anything: a step hands a command to `plan.handle` and lets `plan.advance` react and fire, as the
engine does. What is the checker's own is the *outline* of a world, by which two of them count as the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from caseflow.domain import commands as c
from caseflow.domain import effects as fx
from caseflow.domain import events as ev
from caseflow.domain import evolve, plan
from caseflow.domain.case import BreachFile, Case, Expectation, Session
from caseflow.domain.notices import KINDS
from caseflow.domain.policy import Policy
from caseflow.domain.reading import in_hold
from caseflow.domain.strikes import active, known_too_late, reached_since
from caseflow.domain.words import Actor, Origin, Refused, Role

CASE = "case-1"
CLOCK = Actor("system", Role.SYSTEM)
ROUNDS = 6
"""How often a step may run into `advance`'s own limit before the checker calls it a loop."""
FAR = 4
"""Further away than this, in working days, is beyond everything that a move of a model can begin: a hold, a session."""
CHASE = "chase-"
"""How the notices begin whose receipts a model invents."""
AFTER_START = timedelta(hours=1)
"""What happened at a session is known an hour after its start."""


class Unplayable(Exception):
    """A policy of which no model can be made, or none that could be looked at whole."""


@dataclass(frozen=True, slots=True)
class World:
    """`waiting`: the last message to the participant of which no channel has said anything. `tasks`: open, as (key, owner)."""

    case: Case
    now: datetime
    waiting: fx.Send | None = None
    tasks: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact with the case before and after it."""

    before: Case | None
    record: ev.Recorded
    after: Case


@dataclass(frozen=True, slots=True)
class Beat:
    """One step of a story: the facts and wishes that followed from one command or from the clock, and the world after."""

    world: World
    facts: tuple[Fact, ...]
    wishes: tuple[fx.Effect, ...]
    endless: bool = False


def ask(
    policy: Policy, world: World | None, command: c.Command, by: Actor, now: datetime, origin: Origin = Origin.PERSON
) -> Beat | Refused:
    """Somebody asks, and everything that is due follows. `world` None: the referral."""
    case = None if world is None else world.case
    number = 0 if case is None else case.seq
    planned = plan.handle(case, c.Asked(f"asked-{number}", CASE, command, by, origin), policy, now)
    return planned if isinstance(planned, Refused) else _follow(policy, world, planned.stream, planned.events, now)


def wait(policy: Policy, world: World, until: datetime) -> Beat:
    """Nobody does anything, and the clock goes on; what is due then is done."""
    return _follow(policy, world, world.case, (), until)


def _follow(policy: Policy, world: World | None, stream: Any, events: tuple[ev.Recorded, ...], now: datetime) -> Beat:
    records, wishes = list(events), list[fx.Effect]()
    unreacted: tuple[ev.Recorded, ...] = events
    for _ in range(ROUNDS):
        advanced = plan.advance(stream, unreacted, policy, now)
        if advanced.parked:
            where, why = advanced.parked[0]
            raise Unplayable(f"{where}: {why}")
        stream, unreacted = advanced.stream, ()
        records += advanced.events
        wishes += advanced.effects
        if not advanced.more:
            break
    facts = tuple(chain(None if world is None else world.case, records, policy))
    known = World(stream, now) if world is None else world
    if known.waiting is not None and any(isinstance(record.event, ev.DeliveryNoted) for record in events):
        known = replace(known, waiting=None)
    after = _took(replace(known, case=stream, now=now), wishes)
    return Beat(after, facts, tuple(wishes), advanced.more)


def chain(case: Case | None, records: Iterable[ev.Recorded], policy: Policy) -> Iterable[Fact]:
    """Each fact with the case before and after it, from this case on (None: from nothing)."""
    for record in records:
        after = evolve.start(record, policy.scheme) if case is None else evolve.evolve(case, record)
        yield Fact(case, record, after)
        case = after


def _took(world: World, wishes: Iterable[fx.Effect]) -> World:
    waiting, tasks = world.waiting, set(world.tasks)
    for wish in wishes:
        match wish:
            case fx.Send() if wish.to is Role.PARTICIPANT and wish.expectation is not None:
                waiting = wish
            case fx.OpenTask():
                tasks.add((wish.key, wish.owner.value))
            case fx.DropTasks():
                tasks = {task for task in tasks if not _dropped(task[0], wish)}
            case fx.Void() if waiting is not None and wish.covers(waiting):
                waiting = None
            case _:
                pass
    return replace(world, waiting=waiting, tasks=frozenset(tasks))


def _dropped(key: str, wish: fx.DropTasks) -> bool:
    if wish.every or wish.key == key:
        return True
    return wish.expectation is not None and key.startswith(f"{wish.expectation}/")


# ── when anything can change ────────────────────────────────────────────────────────────────────
def next_moment(policy: Policy, world: World, *, fine: bool = True) -> datetime | None:
    """The next instant at which a rule could answer differently than now; None when there is none."""
    return min((moment for moment, _ in _ahead(policy, world, fine=fine)), default=None)


def _ahead(policy: Policy, world: World, *, fine: bool) -> list[tuple[datetime, str]]:
    """The instants ahead at which something changes by itself, with what it is that changes."""
    moments = _moments(policy, world.case, fine=fine)
    return [(moment, what) for moment, what in moments if moment > world.now]


def _moments(policy: Policy, case: Case, *, fine: bool) -> Iterable[tuple[datetime, str]]:
    cal, rules = policy.calendar, policy.strikes
    for e in case.expectations.values():
        if e.status == "open" and e.next_due is not None:
            yield e.next_due, e.id
    for session in case.sessions.values():
        if session.status == "booked":
            yield session.start + AFTER_START, f"begun {session.id}"
    if not fine:
        return
    for session in case.sessions.values():
        if session.status == "booked":
            late = cal.plus_working(session.start, rules.known_within_working_days)
            yield late + AFTER_START, f"late {session.id}"
    for strike in case.strikes:
        yield cal.plus_working(strike.at, rules.one_per_working_days), f"again {strike.session}"
        yield strike.at + timedelta(days=rules.fades_after_days) + AFTER_START, f"faded {strike.session}"
    if case.breach is not None:
        yield cal.instant(datetime.combine(case.breach.side_by, time(9))) + timedelta(days=1), "side"


# ── the outline ─────────────────────────────────────────────────────────────────────────────────
def outline(policy: Policy, world: World, *, fine: bool = True) -> tuple[Any, ...]:
    """What of a world the rules can tell apart: the case without its instants, and in which order what is ahead will come.

    `fine` tells apart what only the rules of strikes and breach ask for; the model of a ladder has no use for it.
    """
    case = world.case
    return (
        case.state, case.accepted_at is None, case.assessed_at is None, case.no_intervention, case.plan_at is None,
        case.read_back, case.all_done, case.items_done, case.items_dropped, tuple(case.places), case.dead, case.survey,
        tuple([(i.id, i.kind) for i in case.items.values()]), case.outlives, case.end_reason,
        tuple(sorted(case.holds)), bool(case.unread), case.contact.agreed,
        tuple([(channel, known.status) for channel, known in case.contact.addresses.items()]),
        tuple(sorted([
            (e.id, e.status, e.next or "", e.acked, fine and e.cycle > 0, _held_days(policy, world, e))
            for e in case.expectations.values()
            if fine or e.status in {"open", "held"}
        ])),
        tuple([(what, _days(policy, world, at)) for at, what in sorted(_ahead(policy, world, fine=fine))]),
        None if world.waiting is None else (world.waiting.expectation, world.waiting.purpose, world.waiting.channels[0]),
        case.breaches > 0,
        *(_fine if fine else _coarse)(policy, world),
    )  # fmt: skip


def _held_days(policy: Policy, world: World, e: Expectation) -> int:
    return _days(policy, world, e.next_due) if e.status == "held" and e.next_due is not None else 0


def _days(policy: Policy, world: World, moment: datetime) -> int:
    """How many working days away, as far as anything that may begin now could come before or after it."""
    cal = policy.calendar
    return min(FAR, cal.working_days_between(cal.local(world.now).date(), cal.local(moment).date()))


def _coarse(policy: Policy, world: World) -> tuple[Any, ...]:
    case, breach = world.case, world.case.breach
    return (
        tuple(
            [
                (s.id, s.status, s.ruling, s.start > world.now, s.start + AFTER_START <= world.now, s.cycle > 0)
                for s in case.sessions.values()
            ]
        ),
        tuple([(s.session, s.disputed, s.upheld) for s in case.strikes]),
        None if breach is None else (breach.side is None, _views(breach)),
    )


def _views(breach: BreachFile) -> tuple[str, ...]:
    """Whose view is in, and what it says; of both only whether they agree, which is then the decision."""
    said = [one.opinion.value for one in breach.views.values()]
    if len(said) > 1:
        return ("agree", said[0]) if len(set(said)) == 1 else ("differ",)
    return tuple([text for role, view in breach.views.items() for text in (role.value, view.opinion.value)])


def _fine(policy: Policy, world: World) -> tuple[Any, ...]:
    case, now, breach = world.case, world.now, world.case.breach
    began = case.plan_at or case.referred_at
    return (
        tuple([_session(policy, case, s, now) for s in case.sessions.values()]),
        tuple([(s.session, s.disputed, s.upheld, s.warned_at is not None) for s in case.strikes]),
        _strikes(policy, case, now),
        _just_said(case, now),
        tuple(sorted([key for key in case.receipts if key.startswith(CHASE)])),
        tuple([reached_since(case, since) is not None for since in (began, *[s.at for s in case.strikes], now)]),
        None if breach is None else (
            breach.cause, breach.side_asked, breach.side, policy.calendar.local(now).date() > breach.side_by,
            breach.provider_heard, tuple(sorted([(r.value, v.opinion.value) for r, v in breach.views.items()])),
        ),
    )  # fmt: skip


def _session(policy: Policy, case: Case, session: Session, now: datetime) -> tuple[Any, ...]:
    proofs: tuple[str, ...] = ()
    late = False
    if session.status == "missed" and not session.ruling:
        since = session.known_at or session.start
        proofs = tuple(sorted({
            f"{p.kind}/{p.channel}/{KINDS.get(p.purpose, '')}" if p.kind == "delivered" else p.kind
            for p in case.evidence
            if p.at >= since and p.about in {None, session.id}
        }))  # fmt: skip
        late = known_too_late(session, policy)
    fair = tuple([s.warned_at is not None and session.start > s.warned_at for s in case.strikes])
    counts = case.plan_at is not None and session.start >= case.plan_at
    begun = session.start + AFTER_START <= now
    return (
        session.id,
        session.status,
        session.ruling,
        session.enforceable,
        session.held or in_hold(case, session),
        begun,
        proofs,
        late,
        fair,
        counts,
    )


def _just_said(case: Case, now: datetime) -> tuple[tuple[str, str, str], ...]:
    """What was said at this very moment: it would count of a session that is recorded as missed in the same breath."""
    if not any(s.status == "booked" and s.start + AFTER_START <= now for s in case.sessions.values()):
        return ()
    return tuple(sorted({(p.kind, p.about or "", KINDS.get(p.purpose, "")) for p in case.evidence if p.at >= now}))


def _strikes(policy: Policy, case: Case, now: datetime) -> tuple[int, bool]:
    if not case.strikes:
        return 0, False
    soon = now < policy.calendar.plus_working(case.strikes[-1].at, policy.strikes.one_per_working_days)
    return len(active(case, policy, now)), soon
