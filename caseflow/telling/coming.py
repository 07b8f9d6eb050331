"""What will happen by itself, in words: over a scheme (alarms), and for one case (every step to come)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from caseflow.domain.policy import Act, Policy
from caseflow.domain.words import RungEnd
from caseflow.engine.foresight import Coming
from caseflow.engine.readings import DueKey, DueLine, Readings
from caseflow.telling import clauses, story
from caseflow.telling.naming import Naming
from caseflow.telling.purposes import named
from caseflow.telling.times import local
from caseflow.telling.views import Alarm, ComingView, Due

Policies = Mapping[tuple[str, str], Policy]
NAMELESS = Naming()
"""Where nothing is known of a case's own sessions and items."""


def coming_up(
    readings: Readings,
    policies: Policies,
    schemes: Sequence[str],
    until: datetime,
    limit: int = 200,
    *,
    owner: str | None = None,
    after: DueKey | None = None,
) -> Due:
    """The alarms until then, in words, soonest first; of one scheme those after the last seen."""
    found = sorted(
        ((one, name) for name in schemes for one in readings.due(name, until, owner=owner, after=after, limit=limit)),
        key=lambda pair: (pair[0].due, pair[0].ref),
    )[:limit]
    alarms = [alarm(one, policies.get((name, one.policy_version)), name) for one, name in found]
    return Due(readings.now(), until, alarms)


def alarm(line: DueLine, policy: Policy | None, scheme: str) -> Alarm:
    """One due line in words."""
    acts: list[str] = []
    if policy is not None and line.ladder in policy.ladders and line.rung in policy.ladders[line.ladder].by_rung:
        acts = [act_words(act) for act in policy.ladder(line.ladder).rung(line.rung).acts]
    since = f" since {_day(line.opened)}" if line.opened else ""
    after = f" (after: {story.plain(line.opened_by)})" if line.opened_by else ""
    return Alarm(
        due=line.due,
        ref=line.ref,
        kind=line.kind,
        participant=line.participant,
        what=acts or [f"step {story.plain(line.rung)}"],
        why=f"{NAMELESS.expectation(line.ladder)} is waited for{since}{after}",
        ladder=line.ladder,
        rung=line.rung,
        expectation=line.expectation,
        policy=f"{scheme}/{line.policy_version}",
        stream=line.stream,
    )


def act_words(act: Act) -> str:
    """What a rung does, in words."""
    to = story.role(act.to)
    if act.message:
        by = " or ".join(channel.value for channel in act.channels)
        return f"{story.plain(act.message)} to the {to}" + (f" by {by}" if by else "")
    words = {
        "call": f"the {to} calls", "decide": f"the {to} decides", "ask": f"the {to} is asked", "flag": f"the {to} is told",
        "rule": f"the {to} rules", "review": f"the {to} reviews", "lapse": "an alleged breach that nobody decided lapses",
        "digest": "the officer's digest goes out", "end_hold": "the hold ends",
    }.get(act.do, f"a task for the {to}")  # fmt: skip
    return f"{words}: {act.task}" if act.task else words


def _day(instant: datetime) -> str:
    return local(instant).rsplit(" ", 1)[0]


def view(one: Coming, policy: Policy) -> ComingView:
    """One thing to come, in words, with the policy's clause behind it."""
    ladder = one.expectation.partition(":")[0]
    return ComingView(
        at=one.at,
        expectation=one.expectation,
        rung=one.rung,
        end=one.end.value if one.end is not None else "",
        what=what_comes(one),
        why=clauses.because(one.why) + (f" (asked again {one.again} times)" if one.again else ""),
        clause=clauses.clause(policy, ladder, one.rung),
    )


def what_comes(one: Coming, book: story.Book = story.NO_BOOK) -> list[str]:
    """What a rung will do, told by what comes of it."""
    if one.end is not RungEnd.FIRED:
        return [f"nothing: {story.ENDS[one.end]}" if one.end is not None else "nothing"]
    sent = [f"{named(send.purpose)} to the {story.role(send.to)} by {send.channels[0].value}" for send in one.sends]
    asked = [f"for the {story.role(task.owner)}: {task.title}" for task in one.tasks]
    facts = [story.wording(fact, {}, book) for fact in one.facts]
    return [*sent, *asked, *facts] or ["nothing to do by then"]


def step_words(expectation: str, rung: str, naming: Naming = NAMELESS) -> str:
    """Which step of what."""
    return f"{naming.expectation(expectation)}, “{story.plain(rung)}”"
