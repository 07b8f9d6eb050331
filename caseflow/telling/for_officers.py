"""What an officer gets to hear of a case: how far it is, what is asked of them, what they were told, how it ended.

Nothing of the person's welfare, of contact with them or of what they missed: officers are asked for a view where a breach
is alleged, and told the result; the rest is between the person and their navigator.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from caseflow.domain.calendar import Offset
from caseflow.domain.case import Case, Expectation
from caseflow.domain.policy import Policy, Rung
from caseflow.domain.reading import rules_of
from caseflow.domain.words import Role, State
from caseflow.engine.foresight import foresee
from caseflow.engine.readings import CaseLine, Dossier, NoticeLine, Readings, TaskLine
from caseflow.telling import story
from caseflow.telling.last_safe import last_safe_words
from caseflow.telling.purposes import titled
from caseflow.telling.today import Act, order, today

OFFICERS = (Role.OIC, Role.ARRESTING_OFFICER, Role.REFERRER)
OURS = frozenset({*OFFICERS, Role.TEAM, Role.SERGEANT})

WAITS_FOR = {
    "decision": "accepted", "meeting": "first_meeting_held", "plan": "plan_agreed", "breach": "breach_decided",
}  # fmt: skip
"""By stage, the signal that ends it: whatever the policy calls the ladder, its time is the time to expect."""


@dataclass(frozen=True, slots=True)
class Mine:
    """A line of an officer's list. `asked`: their view of an alleged breach is waited for; `victim`: they are to tell the victim.

    `victim_by` is by when, None where the policy gives no time.
    """

    ref: str
    participant: str
    disposal: Mapping[str, str]  # by language
    state: str
    stage: str
    end_reason: str
    referred_at: datetime
    due: datetime | None
    asked: bool
    victim: bool
    victim_by: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Something an officer is asked, on their list. `words`: it is answered in words, at a form of its own otherwise."""

    act: Act
    words: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Something the officers were sent."""

    at: datetime
    what: str
    to: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One case as its officers may see it."""

    line: Mine
    outcome: int
    ended_at: datetime | None
    navigator: str
    officers: tuple[tuple[str, str], ...]
    last_safe: str
    todo: tuple[Asked, ...]
    told: tuple[Told, ...]
    victim: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """What follows on a referral, and when, by the policy's own ladders and rules; what it does not know of is None."""

    decided_by: datetime | None
    told_at_once: bool
    call: Offset | None
    meeting: Offset | None
    weekday: int
    weeks: int
    told_at_the_end: bool
    victim_days: int


def stage(case: Case) -> str:
    """How far it is: decision, meeting, plan, running, breach, or ended."""
    if not case.open:
        return "ended"
    if case.breach is not None:
        return "breach"
    match case.state:
        case State.REFERRED:
            return "decision" if case.accepted_at is None else "meeting"
        case State.ASSESSED:
            return "plan"
        case _:
            return "running"


def view_asked(case: Case, person: str) -> bool:
    """Is this person the OIC, and their view of an alleged breach not in yet?"""
    return case.breach is not None and case.parties.get(Role.OIC) == person and Role.OIC not in case.breach.views


def view_by(case: Case, policy: Policy) -> datetime | None:
    """By when the officer's view is asked for; None where the policy gives it no time of its own."""
    dues = [
        one.due
        for one in case.expectations.values()
        if one.status == "open" and one.ladder in policy.ladders and "view_given" in policy.ladders[one.ladder].met
    ]
    return min((due for due in dues if due is not None), default=None)


def to_tell(case: Case, policy: Policy, person: str) -> list[Expectation]:
    """What waits for the victim to be told, where this person is the OIC, whose it is."""
    if case.parties.get(Role.OIC) != person:
        return []
    return [
        one
        for one in case.expectations.values()
        if one.status == "open" and one.ladder in policy.ladders and "victim_told" in policy.ladders[one.ladder].met
    ]


ELSEWHERE = frozenset({"breach_opened", "view_asked", "view_given", "victim_told"})
"""What opens or ends a ladder whose questions have a form of their own: a view is read by nobody before both are in."""


def in_words(case: Case, policy: Policy, task: TaskLine, person: str) -> bool:
    """Does this officer answer it in words? What is asked of somebody else's part is not theirs to answer."""
    waits = case.expectations.get(task.key.partition("/")[0])
    ladder = policy.ladders.get(waits.ladder) if waits is not None else None
    theirs = any(role == task.owner and case.parties.get(role) == person for role in OFFICERS)
    return theirs and ladder is not None and not ELSEWHERE & {*ladder.opens, *ladder.met}


def asked_of(
    tasks: Iterable[TaskLine],
    cases: Mapping[str, Case],
    policies: Mapping[str, Policy],
    person: str,
    now: datetime,
    shown: Collection[str],
) -> list[Asked]:
    """What stands at the top of an officer's list, what is due first first. `shown`: references of the cases below it.

    What has a form of its own stands beside its case; it is said at the top where that case is on another page.
    """
    found: list[Asked] = []
    for task in sorted(tasks, key=order):
        case = cases.get(task.stream)
        if case is None or not any(case.parties.get(role) == person for role in OFFICERS):
            continue
        policy = policies[case.policy_version]
        words = in_words(case, policy, task, person)
        if words or task.ref not in shown:
            found.append(Asked(_by(Act(task, task.late(now)), case, policy, now), words))
    return found


def mine(
    lines: Iterable[CaseLine], cases: Mapping[str, Case], policies: Mapping[str, Policy], person: str
) -> list[Mine]:
    """An officer's list in words. `cases` by id, `policies` by version; what cannot be read is left out."""
    return [
        _line(case, one.participant, policies[case.policy_version], person)
        for one in lines
        if (case := cases.get(one.id)) is not None
    ]


def summary(readings: Readings, dossier: Dossier, case: Case, policy: Policy, now: datetime, person: str) -> Summary:
    """One case for this officer. One reading, of names."""
    names = readings.names(case.scheme, case.parties.values())
    participant = names.get(case.parties.get(Role.PARTICIPANT, ""), "")
    tasks = [one for one in dossier.tasks if one.state == "open" and one.owner in OURS]
    return Summary(
        line=_line(case, participant, policy, person),
        outcome=rules_of(case, policy).outcome,
        ended_at=case.ended_at,
        navigator=names.get(case.parties.get(Role.NAVIGATOR, ""), ""),
        officers=tuple(
            (story.role(role), names.get(case.parties[role], "")) for role in OFFICERS if role in case.parties
        ),
        last_safe=last_safe_words(case, dossier.events),
        todo=tuple(
            Asked(_by(act, case, policy, now), in_words(case, policy, act.task, person))
            for line in today(tasks, now)
            for act in (line.first, *line.others)
        ),
        told=tuple(_told(one) for one in sorted(dossier.notices, key=_newest, reverse=True) if _went(one)),
        victim=case.victim,
    )


def _by(act: Act, case: Case, policy: Policy, now: datetime) -> Act:
    """What the OIC is asked about an alleged breach is due when their view is: one day for one thing."""
    ladder = policy.ladders.get(act.task.key.partition("/")[0])
    view = view_by(case, policy)
    if act.task.owner != Role.OIC.value or ladder is None or "breach_opened" not in ladder.opens or view is None:
        return act
    return Act(replace(act.task, due=view), late=view < now)


def ahead(dossier: Dossier, case: Case, policy: Policy, now: datetime) -> Ahead:
    """What comes next on this referral. Also right before the first reactions have been worked out: they are foreseen."""
    foreseen = foresee(dossier, policy, now, until=now).stream
    assert isinstance(foreseen, Case)
    rules = rules_of(case, policy)
    ladders = [policy.ladder(name) for name in rules.ladders]
    meeting = next((one for one in ladders if "first_meeting_held" in one.met and "accepted" in one.opens), None)
    contact = next((one for one in ladders if "two_way_contact" in one.met and "accepted" in one.opens), None)
    calls = (rung.at for rung in contact.rungs if any(act.do == "call" for act in rung.acts)) if contact else ()
    return Ahead(
        decided_by=_due(foreseen, policy, "decision"),
        told_at_once=any(_tells(one.rungs, "officer_accepted") for one in ladders),
        call=next(iter(calls), None),
        meeting=meeting.due if meeting else None,
        weekday=policy.digest_rules.weekday,
        weeks=policy.digest_rules.every_weeks,
        told_at_the_end=any(_tells(one.rungs, "officer_ended") for one in ladders),
        victim_days=0
        if not case.victim
        else policy.victim_enhanced_working_days
        if case.enhanced_rights
        else policy.victim_working_days,
    )


def _tells(rungs: Iterable[Rung], message: str) -> bool:
    return any(act.message == message for rung in rungs for act in rung.acts)


def _line(case: Case, participant: str, policy: Policy, person: str) -> Mine:
    found = stage(case)
    tell = to_tell(case, policy, person)
    return Mine(
        ref=case.ref,
        participant=participant,
        disposal=rules_of(case, policy).title,
        state=case.state.value,
        stage=found,
        end_reason="" if case.end_reason in {"", case.state.value} else story.plain(case.end_reason),
        referred_at=case.referred_at,
        due=_due(case, policy, found),
        asked=view_asked(case, person),
        victim=bool(tell),
        victim_by=min((one.due for one in tell if one.due), default=None),
    )


def _due(case: Case, policy: Policy, at: str) -> datetime | None:
    """By when the stage is to be over."""
    signal = WAITS_FOR.get(at)
    dues = [
        one.due
        for one in case.expectations.values()
        if one.status == "open"
        and one.due
        and one.ladder in policy.ladders
        and signal in policy.ladders[one.ladder].met
    ]
    return min(dues, default=None)


def _went(one: NoticeLine) -> bool:
    return one.to in OURS and one.state in {"sent", "unknown", "calling"}


def _told(one: NoticeLine) -> Told:
    return Told(one.created_at, titled(one.purpose.removeprefix("officer_")), story.role(one.to))


def _newest(one: NoticeLine) -> tuple[datetime, int]:
    return one.created_at, one.id
