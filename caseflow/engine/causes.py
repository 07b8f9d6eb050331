"""Why did this happen? From a message, a task, a strike or a fact back to the fact that somebody made.

event → the rung it came from → the fact that set the rung's time → … → a fact made by a person, a channel or an import.
Other streams are followed too: what a case told a provider's return or a digest, and what a return told a case.
Only structure: numbers of facts and names of rungs. The words are the doors' affair.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from caseflow.domain import events as ev
from caseflow.domain.words import Origin, RungEnd
from caseflow.engine.readings import Dossier, NoticeLine, TaskLine

Look = Callable[[str], Dossier | None]
"""Another stream of the same scheme, by its id."""

MADE = frozenset({Origin.PERSON, Origin.CHANNEL, Origin.IMPORT})
"""Where a fact comes from that nobody here derived."""

LISTS = (ev.PlanAgreed, ev.ReferredOn, ev.SessionBooked, ev.Reopened)
UNLISTS = (
    ev.ItemDone,
    ev.ItemDropped,
    ev.ReferredOn,
    ev.ProviderAnswered,
    ev.Completed,
    ev.Breached,
    ev.Ended,
    ev.Withdrawn,
    ev.Declined,
)
"""What of a case puts its participant on a provider's return, and what takes them off."""


@dataclass(frozen=True, slots=True)
class Link:
    """One fact in the chain. `how` says what it is to the link before it; `step` names the rung that was climbed.

    how: "" (asked about) | from (followed from it) | set (it set the time of the step) | step (the step that did it) |
    opened (what its step is about) | proof | about (the absence or answer it is about) | told (another stream told it) |
    message (the message it is news of).
    """

    dossier: Dossier
    fact: ev.Recorded
    how: str
    depth: int

    @property
    def step(self) -> tuple[str, str] | None:
        """(expectation, rung) of the rung this fact is about."""
        if isinstance(self.fact.event, ev.RungFired):
            return self.fact.event.expectation, self.fact.event.rung
        found = re.match(r"rung:(.+)/([^/ ]+) ", self.fact.caused_by)
        return (found[1], found[2]) if found else None

    @property
    def made(self) -> bool:
        """Did a person, a channel or an import make it? Then nothing here lies behind it."""
        return self.fact.origin in MADE


def chain(dossier: Dossier, seq: int, look: Look) -> list[Link]:
    """The fact and everything it goes back to, each once, what lies behind a fact right after it (`depth` tells how far).

    Raises LookupError where there is no such fact.
    """
    found: list[Link] = []
    seen: set[tuple[str, int]] = set()
    first = _fact(dossier, seq)
    if first is None:
        raise LookupError(f"{dossier.ref} has no line {seq}; its last is {dossier.seq}")

    def walk(link: Link) -> None:
        key = (link.dossier.id, link.fact.seq)
        if key in seen:
            return
        seen.add(key)
        found.append(link)
        for place, fact, how in causes(link.dossier, link.fact, look):
            walk(Link(place, fact, how, link.depth + 1))

    walk(Link(dossier, first, "", 0))
    return found


def roots(links: Sequence[Link]) -> list[Link]:
    """Where the chain ends."""
    ends = []
    for number, link in enumerate(links):
        following = links[number + 1] if number + 1 < len(links) else None
        if following is None or following.depth <= link.depth:
            ends.append(link)
    return ends


Cause = tuple[Dossier, ev.Recorded, str]


def causes(dossier: Dossier, fact: ev.Recorded, look: Look) -> Iterator[Cause]:
    """The facts right behind this one."""
    event = fact.event
    cause = fact.caused_by.partition(" policy:")[0]
    if cause.startswith("event:"):
        yield from _each(dossier, int(cause.removeprefix("event:")), "from")
        return
    if isinstance(event, ev.RungFired):
        behind = _set_by(dossier, fact, event)
        if behind is not None:
            yield dossier, behind, "set"
        return
    if cause.startswith("rung:"):
        yield from _step_behind(dossier, fact, cause)
        return
    match event:
        case ev.StrikeConfirmed():
            yield from _about(dossier, fact, event.session)
            yield from _each(dossier, event.evidence_seq, "proof")
        case ev.SessionRuled() | ev.SessionExcused() | ev.ExcuseWithdrawn():
            yield from _about(dossier, fact, event.session)
        case ev.StrikeWaived() | ev.StrikeDisputed() | ev.StrikeUpheld():
            yield from _about(dossier, fact, event.session)
        case ev.AnswerRead():
            yield from _each(dossier, event.answer, "about")
        case ev.DeliveryNoted():
            if (written := _written(dossier, fact, event)) is not None:
                yield dossier, written, "message"
        case ev.Rebased() | ev.AddressNoted() if fact.origin is Origin.CHANNEL:
            yield from _same_command(dossier, fact)
        case ev.BreachOpened() | ev.Breached() | ev.CarriedOn() | ev.Ended():
            yield from _of_a_breach(dossier, fact)
        case ev.ViewRecorded() | ev.SideRecorded() | ev.SideAsked() | ev.ProviderHeard():
            yield from _last_of(dossier, fact, (ev.BreachOpened,), "about")
        case _:
            pass
    if fact.origin is Origin.STREAM:
        yield from _told(dossier, fact, look)


def of_message(dossier: Dossier, notice: NoticeLine) -> int | None:
    """The fact that wrote this message: the rung that fired, or the fact it tells of. None where it cannot be told."""
    if notice.rung.startswith("fact:"):
        return int(notice.rung.removeprefix("fact:"))
    for one in reversed(dossier.events):
        match one.event:
            case ev.RungFired(expectation=notice.expectation, cycle=notice.cycle, rung=notice.rung, end=RungEnd.FIRED):
                return one.seq
            case ev.DigestClosed(period=notice.rung):
                return one.seq
            case _:
                pass
    return None


def of_task(dossier: Dossier, task: TaskLine) -> int | None:
    """The fact that opened this task, by its key. None where it cannot be told."""
    parts = task.key.rsplit("/", 3)
    if len(parts) == 4 and parts[1].isdigit():
        expectation, cycle, rung, _ = parts
        for one in reversed(dossier.events):
            match one.event:
                case ev.RungFired(end=RungEnd.FIRED) as e if (e.expectation, str(e.cycle), e.rung) == (
                    expectation, cycle, rung,
                ):  # fmt: skip
                    return one.seq
                case _:
                    pass
        return None
    kind, _, rest = task.key.partition(":")
    if rest.isdigit():
        return int(rest)
    bookings = [one.event for one in dossier.events if isinstance(one.event, ev.SessionBooked)]
    booked = {e.session: e.item or e.kind for e in bookings}
    wanted: Callable[[ev.Event], bool] = {
        "death": lambda e: isinstance(e, ev.Died),
        "policy_moved": lambda e: isinstance(e, ev.PolicyMoved),
        "last_safe": lambda e: isinstance(e, ev.Referred | ev.Reopened),
        "language": lambda e: isinstance(e, ev.AnswerReceived) and "welsh" in e.proposes,
        "address": lambda e: isinstance(e, ev.AddressNoted) and rest == f"{e.channel.value}:{e.address}",
        "unsent": lambda e: isinstance(e, ev.DeliveryNoted) and e.notice == rest,
        "rebook": lambda e: isinstance(e, ev.SessionCancelled | ev.SessionNotHeld) and booked.get(e.session) == rest,
        "which_item": lambda e: isinstance(e, ev.ReturnReceived) and any(r.ref == rest and r.completed for r in e.rows),
    }.get(kind, lambda e: False)
    earlier = [one for one in dossier.events if wanted(one.event) and one.recorded_at <= task.opened_at]
    return earlier[-1].seq if earlier else None


def of_strike(dossier: Dossier, which: str) -> int | None:
    """The fact that confirmed a strike, by its number or its session; the newest of several."""
    for one in reversed(dossier.events):
        if isinstance(one.event, ev.StrikeConfirmed) and which in {str(one.event.number), one.event.session}:
            return one.seq
    return None


# ── inside one stream ───────────────────────────────────────────────────────────────────────────
def _fact(dossier: Dossier, seq: int) -> ev.Recorded | None:
    return next((one for one in dossier.events if one.seq == seq), None)


def _each(dossier: Dossier, seq: int, how: str) -> Iterator[Cause]:
    found = _fact(dossier, seq)
    if found is not None:
        yield dossier, found, how


def _before(dossier: Dossier, fact: ev.Recorded) -> Iterator[ev.Recorded]:
    """Earlier facts, newest first."""
    return (one for one in reversed(dossier.events) if one.seq < fact.seq)


def _set_by(dossier: Dossier, fact: ev.Recorded, fired: ev.RungFired) -> ev.Recorded | None:
    """The newest fact before that set the time at which this rung came."""
    for one in _before(dossier, fact):
        match one.event:
            case ev.ExpectationOpened(expectation=fired.expectation, cycle=fired.cycle):
                return one
            case ev.RungFired(expectation=fired.expectation, cycle=fired.cycle, next=fired.rung):
                return one
            case ev.Rebased(plan=plan) | ev.BroughtForward(plan=plan) if plan.expectation == fired.expectation:
                return one
            case ev.HoldEnded(planned=planned) if any(p.expectation == fired.expectation for p in planned):
                return one
            case _:
                pass
    return None


def _step_behind(dossier: Dossier, fact: ev.Recorded, cause: str) -> Iterator[Cause]:
    """The rung that fired in the same step; where only its time came (nothing was climbed), what set that time."""
    expectation, _, rung = cause.removeprefix("rung:").rpartition("/")
    for one in _before(dossier, fact):
        match one.event:
            case ev.RungFired(expectation=name, rung=step) if (name, step) == (expectation, rung):
                yield dossier, one, "step"
                return
            case ev.ExpectationOpened(expectation=name) if name == expectation:
                yield dossier, one, "opened"
                return
            case _:
                pass


def _about(dossier: Dossier, fact: ev.Recorded, session: str) -> Iterator[Cause]:
    """The absence (or the strike) that a ruling is about."""
    kinds: tuple[type[Any], ...] = (ev.SessionMissed,)
    if isinstance(fact.event, ev.StrikeWaived | ev.StrikeDisputed | ev.StrikeUpheld):
        kinds = (ev.StrikeConfirmed,)
    elif isinstance(fact.event, ev.ExcuseWithdrawn):
        kinds = (ev.SessionExcused,)
    for one in _before(dossier, fact):
        if isinstance(one.event, kinds) and getattr(one.event, "session", None) == session:
            yield dossier, one, "about"
            return


def _last_of(dossier: Dossier, fact: ev.Recorded, kinds: tuple[type[Any], ...], how: str) -> Iterator[Cause]:
    for one in _before(dossier, fact):
        if isinstance(one.event, kinds):
            yield dossier, one, how
            return


def _of_a_breach(dossier: Dossier, fact: ev.Recorded) -> Iterator[Cause]:
    """An alleged breach stands on strikes (or on what somebody alleges), a decision on the alleged breach."""
    event = fact.event
    if isinstance(event, ev.BreachOpened):
        if event.cause == "strike_2":
            yield from _same_command(dossier, fact)
        elif event.cause == "new_matter":
            yield from _last_of(dossier, fact, (ev.NewMatterNoted,), "about")
    elif getattr(event, "decision", None) is not None:
        yield from _last_of(dossier, fact, (ev.BreachOpened,), "about")


def _same_command(dossier: Dossier, fact: ev.Recorded) -> Iterator[Cause]:
    """The fact before it that the same command made."""
    for one in _before(dossier, fact):
        if one.command_id == fact.command_id:
            yield dossier, one, "from"
            return
        return


def _written(dossier: Dossier, fact: ev.Recorded, news: ev.DeliveryNoted) -> ev.Recorded | None:
    if news.rung.startswith("fact:"):
        return _fact(dossier, int(news.rung.removeprefix("fact:")))
    for one in _before(dossier, fact):
        match one.event:
            case ev.RungFired(expectation=news.expectation, cycle=news.cycle, rung=news.rung, end=RungEnd.FIRED):
                return one
            case _:
                pass
    return None


# ── from stream to stream ───────────────────────────────────────────────────────────────────────
def _told(dossier: Dossier, fact: ev.Recorded, look: Look) -> Iterator[Cause]:
    match fact.event:
        case ev.ParticipantListed() | ev.ParticipantUnlisted() as e:
            kinds = LISTS if isinstance(e, ev.ParticipantListed) else UNLISTS
            yield from _in_case(look(e.case), fact, kinds, e.item)
        case ev.DigestPlanned() as e:
            of_period = [one for one in dossier.digest_items if one.period == e.period]
            for item in sorted(of_period, key=lambda one: one.at)[:1]:
                case = look(item.stream)
                if case is None:
                    return
                for one in case.events:
                    if one.occurred_at == item.at and one.origin in MADE | {Origin.STREAM}:
                        yield case, one, "told"
                        return
                yield from _in_case(case, fact, (ev.Referred, ev.Accepted), "")
        case _:
            row = re.match(r"row:(.+):(\d+):\d+$", fact.command_id)
            source = look(row[1]) if row else None
            if row and source is not None:
                yield from ((place, one, "told") for place, one, _ in _each(source, int(row[2]), "told"))


def _in_case(case: Dossier | None, fact: ev.Recorded, kinds: tuple[type[Any], ...], item: str) -> Iterator[Cause]:
    """The newest fact of the case, up to then, that concerns this item and makes such a wish."""
    if case is None:
        return
    for one in reversed(case.events):
        if one.recorded_at <= fact.recorded_at and isinstance(one.event, kinds):
            about = getattr(one.event, "item", None)
            if not item or about in {None, item}:
                yield case, one, "told"
                return
