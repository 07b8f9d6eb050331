"""Real histories under another policy, counted beside what the policy they ran under makes of the same facts.

Pages of case ids go out to a pool of processes; each reads its histories itself, because to send them would take as long as
half of living them again. Only counts come back, so that memory stays flat. People's traits are joined in one reading a
page, counted, and forgotten.
"""

import gc
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from multiprocessing import get_context
from typing import Self

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.policy import Ladder, Policy
from caseflow.domain.words import Refused, Role
from caseflow.engine.readings import History, Readings, Traits
from caseflow.insight.asked import NotACase, past_of
from caseflow.insight.replay import replay_both
from caseflow.insight.tally import Tally, groups_of, tally_of

PAGE = 50
"""Cases a process takes at a time."""
AHEAD = 2
"""Pages that wait for each process: enough that none idles."""
SELDOM = 50_000
"""How many new objects wait for Python's search for circles."""
WORTH_A_POOL = 300
"""Below so many cases starting processes takes longer than the work."""

Group = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: `new` against the versions in `policies`, up to `until` (UTC), with minutes by kind of task."""

    new: Policy
    policies: Mapping[str, Policy]  # by version
    until: datetime
    minutes: Mapping[str, int]


@dataclass(slots=True)
class Outcome:
    """What came of it. `refused` counts people's facts the new policy would not take; `left_out` cases by reason.

    `unlike` counts facts that even the old policy refused in the replay: more than none says that the replay is not
    what happened.
    """

    cases: Counter[Group] = field(default_factory=Counter)
    old: dict[Group, Tally] = field(default_factory=dict)
    new: dict[Group, Tally] = field(default_factory=dict)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    unlike: Counter[tuple[str, str]] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    facts: int = 0
    untouched: int = 0  # cases that no ladder of theirs that differs ever concerned: lived again once, counted twice

    def __iadd__(self, other: "Outcome") -> Self:
        self.cases.update(other.cases)
        for mine, theirs in ((self.old, other.old), (self.new, other.new)):
            for group, tally in theirs.items():
                mine.setdefault(group, Tally()).__iadd__(tally)
        self.refused.update(other.refused)
        self.unlike.update(other.unlike)
        self.left_out.update(other.left_out)
        self.facts += other.facts
        self.untouched += other.untouched
        return self

    @property
    def looked_at(self) -> int:
        return self.cases["all", ""] + self.left_out.total()


Batch = Sequence[tuple[History, Traits]]
Page = list[str]
Reach = Callable[[], Readings]


def try_out(
    readings: Readings,
    scheme: str,
    trial: Trial,
    *,
    since: datetime | None = None,
    limit: int | None = None,
    reach: Reach | None = None,
    workers: int | None = None,
    told: Callable[[int], object] = lambda _: None,
) -> Outcome:
    """Every case of the scheme (referred since then, at most `limit`). `told` hears how many have been looked at.

    `reach` opens the same readings in another process; without it all is done here. `workers` is at most how many
    processes (None: one a core).
    """
    count = readings.count_cases(scheme, since=since)
    wanted = count if limit is None else min(limit, count)
    pages = pages_of(readings, scheme, since=since, limit=wanted)
    many = (os.cpu_count() or 1) if workers is None else workers
    whole = Outcome()
    if reach is not None and many > 1 and wanted > WORTH_A_POOL:
        outcomes = _pooled(_Desk(trial, scheme, reach), pages, many)
    else:
        outcomes = (outcome_of(trial, batch_of(readings, scheme, ids)) for ids in pages)
    for outcome in outcomes:
        whole += outcome
        told(whole.looked_at)
    return whole


def pages_of(readings: Readings, scheme: str, *, since: datetime | None, limit: int) -> Iterator[Page]:
    """The ids of cases, a page at a time."""
    after, left = "", limit
    while left > 0 and (ids := readings.case_ids(scheme, since=since, after=after, limit=min(PAGE, left))):
        after, left = ids[-1], left - len(ids)
        yield ids


def batch_of(readings: Readings, scheme: str, ids: Page) -> Batch:
    """The histories of these cases with their person's traits."""
    some = readings.histories(scheme, ids=ids)
    people = {one.stream: _participant(one) for one in some}
    traits = readings.traits(scheme, people.values())
    return [(one, traits.get(people[one.stream], Traits())) for one in some]


def _participant(history: History) -> str:
    first = history.events[0].event if history.events else None
    return first.parties.get(Role.PARTICIPANT, "") if isinstance(first, ev.Referred) else ""


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a process of the pool works at."""

    trial: Trial
    scheme: str
    reach: Reach


_mine: list[tuple[_Desk, Readings]] = []  # of a process of the pool


def _begin(desk: _Desk) -> None:
    _mine[:] = [(desk, desk.reach())]
    # A life leaves no circles behind (all of it is let go by count): what is here now is never looked through again.
    gc.freeze()
    gc.set_threshold(SELDOM)


def _outcome(ids: Page) -> Outcome:
    desk, readings = _mine[0]
    return outcome_of(desk.trial, batch_of(readings, desk.scheme, ids))


def _pooled(desk: _Desk, pages: Iterator[Page], workers: int) -> Iterator[Outcome]:
    """In processes of their own, begun afresh: a fork would take the database's connection with it."""
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin, (desk,)) as pool:
        running: deque[Future[Outcome]] = deque()
        for ids in pages:
            running.append(pool.submit(_outcome, ids))
            if len(running) >= workers * AHEAD:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def outcome_of(trial: Trial, batch: Batch) -> Outcome:
    """The counts of one batch under both policies."""
    found = Outcome()
    for history, traits in batch:
        try:
            _one(trial, history, traits, found)
        except NotACase:
            found.left_out["its history cannot be read as one of a case"] += 1
        except Exception:  # noqa: BLE001 - one history's; those beside it count, and it is named as left out
            found.left_out["a step of it could not be worked out again"] += 1
    return found


def _one(trial: Trial, history: History, traits: Traits, found: Outcome) -> None:
    first = history.events[0].event if history.events else None
    if not history.whole or not isinstance(first, ev.Referred):
        found.left_out["it was set aside, or facts of it cannot be read"] += 1
        return
    then = trial.policies.get(first.policy_version)
    if then is None:
        found.left_out[f"its policy version {first.policy_version} is not there any more"] += 1
        return
    past = past_of(history.events, then)
    old, new = replay_both(past, then, trial.new, trial.until, differing(then, trial.new))
    if isinstance(new, Refused):
        found.refused["Refer", new.code] += 1
        found.left_out["the new policy would not take it in"] += 1
        return
    assert isinstance(new.case, Case)
    tallies = tally_of(old, trial.minutes), tally_of(new, trial.minutes)
    found.refused.update(new.refused)
    found.unlike.update(old.refused)
    found.facts += len(history.events)
    found.untouched += new is old
    for group in groups_of(new.case, traits):
        found.cases[group] += 1
        for side, tally in zip((found.old, found.new), tallies, strict=True):
            side.setdefault(group, Tally()).__iadd__(tally)


def differing(then: Policy, new: Policy) -> frozenset[str] | None:
    """The ladders in which alone these policies differ, and only in what they do once open; None where in more than that.

    A ladder that opens on the same signals under the same conditions opens in both lives or in none.
    """
    names = (then.digest, new.digest)
    if names not in _differs:
        _differs[names] = _compared(then, new)
    return _differs[names]


_differs: dict[tuple[str, str], frozenset[str] | None] = {}
"""By the digests of both policies: the same few are compared again for every case."""


def _compared(then: Policy, new: Policy) -> frozenset[str] | None:
    if _bare(then) != _bare(new) or then.ladders.keys() != new.ladders.keys():
        return None
    differ = frozenset(name for name, ladder in then.ladders.items() if ladder != new.ladders[name])
    alike = all(_opens(then.ladders[name]) == _opens(new.ladders[name]) for name in differ)
    return differ if alike else None


def _bare(policy: Policy) -> Policy:
    return replace(policy, version="", digest="", title={}, ladders={}, opens={})


def _opens(ladder: Ladder) -> tuple[object, ...]:
    return ladder.opens, ladder.only_if, ladder.stream, ladder.after_end
