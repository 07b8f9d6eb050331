"""What should have happened by now and did not, and what happened that should not.

Each rule looks at one stream's dossier and yields named findings. A `Violation` breaks a promise of the engine or of the
law; a `Warning_` is work that waits for a person (parked, or a send whose outcome nobody knows). Both say what, where,
and what to do. The audit changes nothing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from caseflow.domain import plan
from caseflow.domain.case import Case, Expectation, ProviderReturn, Stream
from caseflow.domain.events import (
    Breached,
    DeliveryNoted,
    ExpectationClosed,
    ExpectationOpened,
    Recorded,
    StrikeConfirmed,
)
from caseflow.domain.words import Role
from caseflow.engine.app import App
from caseflow.engine.inbound import forgotten
from caseflow.engine.readings import Dossier, NoticeLine, Readings
from caseflow.engine.recording import text_of

GRACE = timedelta(minutes=15)
"""How long the engine may take before late becomes a violation (scheme time)."""

PAGE = 200

WORDS: dict[str, tuple[str, str]] = {
    "unreacted_event": ("a fact was recorded and nothing has followed from it", "check that the react worker runs (`caseflow doctor`), then `caseflow sweep`"),
    "overdue_timer": ("an alarm has rung and nobody has looked", "check that the fire worker runs (`caseflow doctor`), then `caseflow sweep`"),
    "alarm_wrong": ("the stream's alarm is not its earliest timer", "run `caseflow sweep`; if it stays, report it: a timer could be lost"),
    "timer_without_expectation": ("a timer waits for something that is no longer expected, or an expectation lost its timer", "report it with the case's history"),
    "stuck_notice": ("a message should have gone and has not", "check that the delivery workers run (`caseflow doctor`), then `caseflow sweep`"),
    "double_send": ("the same message went twice to the same person", "tell the navigator before they hear it from the participant, and report it"),
    "chase_after_reason_gone": ("somebody was chased after the reason had gone", "tell the navigator, and report it"),
    "breach_without_decision": ("a breach stands without a decision by named people with reasons", "a supervisor reopens the case today; report it"),
    "strike_without_reached": ("a strike stands and nothing proves that the person was reached", "waive the strike, and report it"),
    "digest_item_forgotten": ("an officer's digest went out and left a line behind", "run `caseflow sweep`; if it stays, tell the officer"),
    "return_overdue_unasked": ("a provider's return is due and nobody has asked for it", "run `caseflow returns request`"),
    "replay_mismatch": ("the stored state differs from what its history says", "report it; the history is right"),
    "text_changed": ("a free text is not what it was when it was recorded", "compare it with the last backup, and report it"),
    "history_gap": ("facts are missing from the history", "restore from the last backup, and report it"),
    "paused": ("the database is paused, so this is late", "`caseflow resume --look`, then `caseflow resume`"),
    "parked_work": ("work was set aside", "read the reason; mend it, then let it go on"),
    "receipt_without_notice": ("a channel told of a message that nobody here knows", "was this database restored from a backup? Otherwise look in the channel's own log by its reference"),
    "unread_text": ("a text that came in has waited more than a working day for somebody to look", "`caseflow answers list`, then `answers show`, and `assign` or `dismiss` it"),
    "unknown_send": ("nobody knows whether this message arrived", "ask the person, or look in the channel's own log"),
}  # fmt: skip
"""Per finding: what happened, and what to do."""

LATE = frozenset({"unreacted_event", "overdue_timer", "stuck_notice", "return_overdue_unasked"})
"""What is nobody's fault while the database is paused."""
WARNINGS = frozenset({"paused", "parked_work", "unknown_send", "unread_text", "receipt_without_notice"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the audit found. `where` is the reference a person knows; `detail` the particulars."""

    name: str
    stream: str
    where: str
    detail: str

    @property
    def warning(self) -> bool:
        """Does it wait for a person rather than break a promise?"""
        return self.name in WARNINGS

    @property
    def words(self) -> str:
        """What, where, and what to do, in one line."""
        what, remedy = WORDS[self.name]
        return f"{self.where}: {what} ({self.detail}). To do: {remedy}."


@dataclass(slots=True)
class Audit:
    """The findings of one run. `streams` were looked at, `replayed` of them also rebuilt from their history."""

    at: datetime
    streams: int = 0
    replayed: int = 0
    violations: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        (self.warnings if finding.warning else self.violations).append(finding)


Rule = Callable[[Dossier, datetime], Iterator[tuple[str, str]]]


def _reference(ref: str) -> str:
    return f"reference {ref}" if ref else "it names no message of ours"


def audit(
    readings: Readings, schemes: Sequence[str] | None = None, *, replay_every: int = 10, page: int = PAGE
) -> Audit:
    """Look at every stream of these schemes (all by default), a page at a time; every n-th is rebuilt from its history.

    `replay_every` 1 rebuilds all, 0 none. What waits less than GRACE is not late.
    """
    found, held_back = Audit(readings.now()), 0
    paused = readings.health().paused
    for waiting in readings.receipts_waiting():
        found.add(
            Finding("receipt_without_notice", "", f"receipt {waiting.arrived.id}", _reference(waiting.arrived.ref))
        )
    for scheme in schemes if schemes is not None else readings.schemes():
        after = ""
        while some := readings.dossiers(scheme, after=after, limit=page):
            after = some[-1].id
            for finding in _texts(readings, scheme, some):
                found.add(finding)
            for dossier in some:
                sampled = bool(replay_every) and found.streams % replay_every == 0
                for finding in examine(dossier, found.at, replay=sampled):
                    if paused and finding.name in LATE:
                        held_back += 1
                    else:
                        found.add(finding)
                found.streams += 1
                found.replayed += sampled
    if held_back:
        found.add(Finding("paused", "", "every scheme", f"{held_back} facts, alarms and messages"))
    return found


def _texts(readings: Readings, scheme: str, dossiers: Sequence[Dossier]) -> Iterator[Finding]:
    """Free texts that no longer say what they said when the fact was recorded. One that was erased may."""
    sealed = [(one, record, text_of(record)) for one in dossiers for record in one.events if record.text_mac]
    seals = readings.seals(scheme, {text for _, _, text in sealed}) if sealed else {}
    for dossier, record, text in sealed:
        now = seals.get(text)
        if now not in {"", record.text_mac}:
            how = "it is gone" if now is None else "its words are others"
            yield Finding(
                "text_changed", dossier.id, dossier.ref or dossier.id, f"line {record.seq}, text {text}: {how}"
            )


def audit_texts(app: App, schemes: Sequence[str]) -> list[Finding]:
    """Texts that nobody has placed for more than a working day. They are on no stream yet, so no dossier shows them."""
    return [
        Finding(
            "unread_text", "", f"text {one.row.id} ({scheme})", f"since {_when(one.row.received_at)}; {one.row.why}"
        )
        for scheme in schemes
        for one in forgotten(app, scheme)
    ]


def examine(dossier: Dossier, now: datetime, *, replay: bool = True) -> Iterator[Finding]:
    """Every finding about one stream."""
    where = dossier.ref or f"{dossier.kind} {dossier.id}"
    rules = (*RULES, _replay) if replay else RULES
    for rule in rules:
        for name, detail in rule(dossier, now):
            yield Finding(name, dossier.id, where, detail)


# ── late ────────────────────────────────────────────────────────────────────────────────────────
def _unreacted(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    waiting = [one for one in dossier.events if one.seq > dossier.reacted]
    if dossier.parked or not waiting:
        return
    first = waiting[0]
    if dossier.react_at is None or now - first.recorded_at > GRACE:
        yield "unreacted_event", f"{_kind(first)}, fact {first.seq}, since {_when(first.recorded_at)}"


def _overdue(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    parked = _parked_expectations(dossier)
    for timer in dossier.timers:
        if not dossier.parked and timer.expectation not in parked and now - timer.due > GRACE:
            yield "overdue_timer", f"{timer.expectation}, rung {timer.rung}, due {_when(timer.due)}"


def _stuck(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    for notice in dossier.notices:
        ready = notice.ready_at or notice.created_at
        if notice.state in {"ready", "leased", "calling"} and now - ready > GRACE:
            yield "stuck_notice", f"{notice.purpose} to {notice.to}, {notice.state} since {_when(ready)}"


def _unasked(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    stream = dossier.stream
    if not isinstance(stream, ProviderReturn) or stream.status != "planned" or dossier.parked:
        return
    for one in stream.expectations.values():
        if one.status == "open" and one.start is not None and now - one.start > GRACE + timedelta(days=1):
            yield "return_overdue_unasked", f"{stream.period}, to be asked for on {_when(one.start)}"


# ── alarms and timers ───────────────────────────────────────────────────────────────────────────
def _alarm(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    if dossier.parked:
        return
    parked = _parked_expectations(dossier)
    earliest = min((timer.due for timer in dossier.timers if timer.expectation not in parked), default=None)
    # an alarm is never written earlier than the moment of writing, so one that is past may stand later than its timer
    late = earliest is not None and dossier.wake_at is not None and earliest < dossier.wake_at <= now
    if earliest != dossier.wake_at and not late:
        yield "alarm_wrong", f"alarm {_when(dossier.wake_at)}, earliest timer {_when(earliest)}"


def _timers_match(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    del now
    if dossier.stream is None or dossier.reacted < dossier.seq:
        return  # timers follow when the facts are reacted to
    waiting = {timer.expectation: timer for timer in dossier.timers}
    open_ones = {one.id: one for one in dossier.stream.expectations.values() if _rings(one)}
    for name in sorted(waiting.keys() - open_ones.keys()):
        yield "timer_without_expectation", f"timer {name}, rung {waiting[name].rung}, has no open expectation"
    for name in sorted(open_ones.keys() - waiting.keys()):
        yield "timer_without_expectation", f"expectation {name} is open and has no timer"
    for name in sorted(open_ones.keys() & waiting.keys()):
        if waiting[name].rung != open_ones[name].next:
            yield (
                "timer_without_expectation",
                f"timer {name} waits for rung {waiting[name].rung}, the expectation for {open_ones[name].next}",
            )


def _rings(one: Expectation) -> bool:
    return one.status == "open" and one.next_due is not None


# ── messages ────────────────────────────────────────────────────────────────────────────────────
def _doubles(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    """The same message went out twice by one channel, or as two notices. Another channel after a bounce is no double."""
    del now
    gone: Counter[tuple[object, ...]] = Counter()
    named: dict[tuple[object, ...], NoticeLine] = {}
    for notice in dossier.notices:
        by_channel = Counter(attempt.channel for attempt in notice.attempts if attempt.state == "accepted")
        gone[_identity(notice)] += max(by_channel.values(), default=0)
        named.setdefault(_identity(notice), notice)
    for identity, times in gone.items():
        if times > 1:
            yield "double_send", f"{named[identity].purpose} to {named[identity].to}, {times} times"


def _identity(notice: NoticeLine) -> tuple[object, ...]:
    return (notice.stream, notice.expectation, notice.cycle, notice.rung, notice.purpose, notice.recipient)


def _chased_for_nothing(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    del now
    spans = _spans(dossier.events)
    for notice in dossier.notices:
        if notice.to != Role.PARTICIPANT or notice.kind not in {"chase", "reminder"} or notice.expectation is None:
            continue
        closed = spans.get((notice.expectation, notice.cycle))
        if closed is None:
            continue
        for attempt in notice.attempts:
            if attempt.calling_at is not None and attempt.calling_at > closed.recorded_at:
                yield (
                    "chase_after_reason_gone",
                    f"{notice.purpose} sent {_when(attempt.calling_at)}, reason gone {_when(closed.recorded_at)}",
                )


def _spans(events: Sequence[Recorded]) -> dict[tuple[str, int], Recorded]:
    """The fact which closed each expectation for good, by (expectation, cycle).

    The fact that met it is older than the `ExpectationClosed` derived from it: `caused_by` leads there.
    """
    by_seq = {one.seq: one for one in events}
    closed: dict[tuple[str, int], Recorded] = {}
    for one in events:
        if isinstance(one.event, ExpectationClosed):
            cause = by_seq.get(_cause(one.caused_by), one)
            closed[one.event.expectation, one.event.cycle] = cause
        elif isinstance(one.event, ExpectationOpened):
            closed.pop((one.event.expectation, one.event.cycle), None)
    return closed


def _cause(text: str) -> int:
    """The number of the fact named in `caused_by` ("event:17 policy:1"); 0 where it was a rung."""
    number = re.match(r"event:(\d+)", text)
    return int(number[1]) if number else 0


def _unknown(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    del now
    for notice in dossier.notices:
        if notice.state == "unknown":
            yield "unknown_send", f"{notice.purpose} to {notice.to}, made {_when(notice.created_at)}"


# ── the rules of the law and of fairness ────────────────────────────────────────────────────────
def _breaches(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    del now
    case = dossier.stream
    decided = [one for one in dossier.events if isinstance(one.event, Breached)]
    if isinstance(case, Case) and case.state == "breached" and not decided:
        yield "breach_without_decision", "the case stands as breached and no decision is recorded"
    for one in decided:
        assert isinstance(one.event, Breached)
        decision = one.event.decision
        if not decision.reasons.strip() or not decision.by.person or decision.by.role == Role.SYSTEM:
            yield "breach_without_decision", f"fact {one.seq} names nobody, or no reasons"
        elif one.origin == "timer" or one.actor.role == Role.SYSTEM:
            yield "breach_without_decision", f"fact {one.seq} was recorded by the clock"


def _strikes(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    del now
    by_seq = {one.seq: one for one in dossier.events}
    for one in dossier.events:
        event = one.event
        if not isinstance(event, StrikeConfirmed):
            continue
        proof = by_seq.get(event.evidence_seq)
        if proof is None or proof.seq >= one.seq:
            yield "strike_without_reached", f"strike {event.number} for session {event.session} names no proof"
        elif isinstance(proof.event, DeliveryNoted) and not proof.event.reached:
            yield "strike_without_reached", f"strike {event.number}: fact {proof.seq} reached nobody"
        elif event.by.role == Role.SYSTEM or not event.by.person:
            yield "strike_without_reached", f"strike {event.number} was confirmed by nobody"


# ── digests, parked work, history ───────────────────────────────────────────────────────────────
def _digest_items(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    if dossier.kind != "digest" or dossier.stream is None:
        return
    waits = any(_rings(one) for one in dossier.stream.expectations.values())
    for item in dossier.digest_items:
        if not item.taken and not waits and now - item.at > GRACE and dossier.reacted == dossier.seq:
            yield "digest_item_forgotten", f"{item.line} about {item.ref}, since {_when(item.at)}"


def _parked(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    del now
    for one in dossier.parkings:
        yield "parked_work", f"{one.what}: {one.reason}"


def _history(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    del now
    numbers = [one.seq for one in dossier.events]
    if numbers != list(range(1, dossier.seq + 1)):
        yield "history_gap", f"{len(numbers)} facts where {dossier.seq} were counted"


def _replay(dossier: Dossier, now: datetime) -> Iterator[tuple[str, str]]:
    del now
    if dossier.stream is None or not dossier.events:
        return
    try:
        again = plan.replay(dossier.events, dossier.scheme)
    except Exception as wrong:  # noqa: BLE001  a history that cannot be read is what we look for
        yield "replay_mismatch", f"the history cannot be read: {type(wrong).__name__}: {wrong}"
        return
    if again != dossier.stream:
        yield "replay_mismatch", f"differs in {', '.join(_differences(again, dossier.stream)) or 'its shape'}"


def _differences(one: Stream, other: Stream) -> list[str]:
    names = getattr(type(one), "__dataclass_fields__", {})
    return [name for name in names if getattr(one, name) != getattr(other, name, None)]


RULES: tuple[Rule, ...] = (
    _unreacted, _overdue, _stuck, _unasked, _alarm, _timers_match, _doubles, _chased_for_nothing, _unknown, _breaches,
    _strikes, _digest_items, _parked, _history,
)  # fmt: skip


def _parked_expectations(dossier: Dossier) -> set[str]:
    return {one.what.partition(":")[2] for one in dossier.parkings if one.what.startswith("expectation:")}


def _kind(recorded: Recorded) -> str:
    return type(recorded.event).__name__


def _when(instant: datetime | None) -> str:
    return "none" if instant is None else instant.strftime("%Y-%m-%d %H:%M UTC")
