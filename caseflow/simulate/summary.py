"""What a played season came to, as one JSON object and in plain words. Everything in it is simulated, and says so."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from caseflow.domain.case import Case
from caseflow.engine.audit import Audit
from caseflow.engine.readings import Figures, Readings
from caseflow.simulate.season import Referrals
from caseflow.simulate.world import World

TARGET = timedelta(hours=72)
SAME = frozenset({"seconds", "unknown_sends", "workers_killed", "workers_started_again"})
"""What may differ between two runs of one seed: time, and what a killed worker left unclear."""


@dataclass(slots=True)
class Summary:
    """A season in numbers. `plans` counts what became of agreed plans by disposal; times are of the simulated scheme."""

    simulated: bool
    seed: int
    days: int
    scheme: str
    referrals: dict[str, int]
    journeys: dict[str, int]
    disposals: dict[str, dict[str, int]]
    end_reasons: dict[str, int]
    plans: dict[str, dict[str, int]]
    first_meeting: dict[str, int]
    messages: dict[str, dict[str, dict[str, int]]]
    receipts: dict[str, int]
    answers: dict[str, int]
    calls: dict[str, int]
    tasks: dict[str, int]
    strikes: dict[str, int]
    breaches: dict[str, int]
    returns: dict[str, int]
    officers: dict[str, int]
    refused_commands: dict[str, int]
    unknown_sends: int
    parked: int
    audit: dict[str, Any]
    steps: int
    seconds: float
    workers_killed: int = 0
    workers_started_again: int = 0
    story_case: str = ""
    where: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of ``caseflow demo --json``."""
        return asdict(self)

    def same(self) -> dict[str, Any]:
        """What is the same for every run of one seed, however it was run."""
        return {key: value for key, value in asdict(self).items() if key not in SAME | {"where"}}

    def lines(self) -> list[str]:
        """The same for people."""
        return [*_journeys(self), *_people(self), *_machinery(self), *self.where]


def summarise(world: World, referrals: Referrals, audit: Audit, *, seed: int, days: int, seconds: float) -> Summary:
    """Count it all up, by readings of the database and the world's own tally."""
    app = world.machinery.app
    readings = app.readings
    assert readings is not None
    figures = readings.figures(app.scheme)
    cases = world.screens.cases(referrals.streams)
    tasks: Counter[str] = Counter()
    for states in figures.tasks.values():
        tasks.update(states)
    events = figures.events
    return Summary(
        simulated=True,
        seed=seed,
        days=days,
        scheme=app.scheme,
        referrals=dict(referrals.fates),
        journeys=dict(figures.journeys),
        disposals=figures.disposals,
        end_reasons=dict(figures.end_reasons),
        plans=_plans(cases.values()),
        first_meeting=_first_meetings(cases.values()),
        messages=_messages(figures),
        receipts=_sorted(world.tally.receipts),
        answers=_sorted(world.tally.answers),
        calls=_sorted(world.tally.calls),
        tasks={"done": tasks["done"], "dropped": tasks["dropped"], "open": tasks["open"]},
        strikes={
            "proposed": world.tally.strikes_proposed,
            "confirmed": events.get("strike_confirmed", 0),
            "waived": events.get("strike_waived", 0),
            "disputed": events.get("strike_disputed", 0),
            "absences_excused": events.get("session_excused", 0),
        },
        breaches={
            "opened": events.get("breach_opened", 0),
            "breached": events.get("breached", 0),
            "carried_on": events.get("carried_on", 0),
            "lapsed": events.get("breach_lapsed", 0),
            "views": events.get("view_recorded", 0),
            "sides_given": events.get("side_recorded", 0),
        },
        returns=_returns(readings, app.scheme),
        officers=_officers(figures),
        refused_commands=_sorted(world.tally.refused),
        unknown_sends=figures.unknown_sends,
        parked=figures.parked,
        audit={
            "violations": len(audit.violations),
            "warnings": len(audit.warnings),
            "findings": [one.words for one in (*audit.violations, *audit.warnings)][:50],
        },
        steps=world.tally.steps,
        seconds=round(seconds, 1),
        story_case=_eventful(cases.values()),
    )


def _sorted(counted: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counted.items()))


def _plans(cases: Iterable[Case]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        if case.plan_at is not None:
            found[case.disposal]["agreed"] += 1
            found[case.disposal]["open" if case.open else case.state.value] += 1
    return {disposal: dict(sorted(found[disposal].items())) for disposal in sorted(found)}


def _first_meetings(cases: Iterable[Case]) -> dict[str, int]:
    counted = Counter({"accepted": 0, "held": 0, "within_72_hours": 0})
    for case in cases:
        if case.accepted_at is None:
            continue
        counted["accepted"] += 1
        held = [one.start for one in case.sessions.values() if one.kind == "first_meeting" and one.status == "attended"]
        counted["held"] += bool(held)
        counted["within_72_hours"] += bool(held) and min(held) - case.accepted_at <= TARGET
    return dict(counted)


def _messages(figures: Figures) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = {}
    for key, count in sorted(figures.notices.items()):
        purpose, channel, state = key.split("/")
        found.setdefault(purpose, {}).setdefault(channel, {})[state] = count
    return found


def _returns(readings: Readings, scheme: str) -> dict[str, int]:
    lines = [line for line in readings.returns(scheme) if line.status in {"asked", "received"}]
    return {
        "asked": len(lines),
        "received": sum(line.status == "received" for line in lines),
        "late": sum(line.late for line in lines),
        "bad_rows": sum(line.bad_rows for line in lines),
    }


def _officers(figures: Figures) -> dict[str, int]:
    sent = Counter[str]()
    for key, count in figures.notices.items():
        purpose, _, state = key.split("/")
        if state == "sent" and purpose in {"officer_accepted", "officer_ended", "officer_declined", "officer_digest"}:
            sent[purpose] += count
    digests = sent.pop("officer_digest", 0)
    return {"notices": sent.total(), "digests": digests}


def _eventful(cases: Iterable[Case]) -> str:
    """The case with most to tell: a panel before strikes, strikes before missed sessions."""

    def eventful(case: Case) -> tuple[int, int, str]:
        missed = sum(one.status == "missed" for one in case.sessions.values())
        struck = sum(one.ruling in {"strike", "waived"} for one in case.sessions.values())
        return 10 * min(case.breaches, 1) + 3 * min(struck, 2) + min(missed, 4), -len(case.sessions), case.id

    found = max(cases, key=eventful, default=None)
    return found.id if found is not None else ""


# ── in words ──
def _listed(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counted.items() if count) or "none"


def _journeys(of: Summary) -> list[str]:
    lines = [
        f"Simulated: {of.days} days of {of.scheme}, seed {of.seed}. Nobody in it exists.",
        f"Referrals     {_listed(of.referrals)}",
        f"Journeys      {_listed(of.journeys)}",
    ]
    for disposal, counted in of.plans.items():
        over = counted["agreed"] - counted.get("open", 0)
        share = f"{100 * counted.get('completed', 0) / over:.0f} % of those over completed" if over else "none over yet"
        lines.append(f"  {disposal.replace('_', ' '):22}{_listed(counted)} ({share})")
    met = of.first_meeting
    return [
        *lines,
        f"First meeting {met['held']} held of {met['accepted']} accepted, {met['within_72_hours']} within 72 hours",
    ]


def _people(of: Summary) -> list[str]:
    by_channel: dict[str, Counter[str]] = defaultdict(Counter)
    for channels in of.messages.values():
        for channel, states in channels.items():
            by_channel[channel].update(states)
    return [
        *(
            f"Messages      {channel}: {_listed(dict(sorted(states.items())))}"
            for channel, states in sorted(by_channel.items())
        ),
        f"Answers       {_listed(of.answers)}; calls: {_listed(of.calls)}",
        f"Strikes       {_listed(of.strikes)}",
        f"Breaches      {_listed(of.breaches)}",
        f"Returns       {_listed(of.returns)}",
        f"Officers      {_listed(of.officers)}",
        f"Tasks         {_listed(of.tasks)}",
    ]


def _machinery(of: Summary) -> list[str]:
    found: Sequence[str] = of.audit["findings"]
    killed = f", {of.workers_killed} workers killed" if of.workers_killed else ""
    again = f", {of.workers_started_again} workers started again" if of.workers_started_again else ""
    return [
        f"Audit         {of.audit['violations']} violations, {of.audit['warnings']} warnings",
        f"Set aside     {of.parked} parked, {of.unknown_sends} sends unclear",
        *(f"  {words}" for words in found[:5]),
        f"Time          {of.seconds:.0f} s, {of.steps} steps{killed}{again}",
    ]
