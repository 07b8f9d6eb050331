"""Real histories under another policy, counted beside what the policy they ran under makes of the same facts.

A case that nothing which differs ever concerned comes out as it was: it is counted so, and its history is not even read. Of
every other both lives are lived again, under the policy of then and under the new one, so that like is compared with like.

Pages of case ids go out to a pool of processes; each reads its histories itself, because to send them would take as long as
half of living them again. Only counts come back, so that memory stays flat. People's traits are joined in one reading a
page, counted, and forgotten.
"""

import gc
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile
from multiprocessing import get_context
from typing import Self

from caseflow.domain.policy import Ladder, Policy
from caseflow.domain.words import Refused
from caseflow.engine.as_it_was import AsItWas
from caseflow.engine.readings import History, Readings, Traits
from caseflow.insight.asked import NotACase, past_of
from caseflow.insight.replay import replay_both
from caseflow.insight.tally import Tally, groups_of, tally_as_it_was, tally_of

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
    untouched: int = 0  # cases that nothing which differs concerned: counted as they were, not lived again

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
    def lived_again(self) -> int:
        return self.cases["all", ""] - self.untouched

    @property
    def looked_at(self) -> int:
        return self.cases["all", ""] + self.left_out.total()


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
        outcomes = (outcome_of(trial, readings, scheme, ids) for ids in pages)
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
    return outcome_of(desk.trial, readings, desk.scheme, ids)


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


def outcome_of(trial: Trial, readings: Readings, scheme: str, ids: Page) -> Outcome:
    """The counts of one page of cases: two readings, and one of the histories that are lived again."""
    cases = readings.as_it_was(scheme, ids)
    traits = readings.traits(scheme, {one.participant for one in cases})
    again = [one.stream for one in cases if concerned(trial, one)]
    histories = {one.stream: one for one in readings.histories(scheme, ids=again)} if again else {}
    found = Outcome()
    for case in cases:
        groups = groups_of(case, traits.get(case.participant, Traits()))
        history = histories.get(case.stream)
        try:
            both = None if history is None else _lived(trial, case, history, found)
        except _LeftOut as why:
            found.left_out[str(why)] += 1
            continue
        found.untouched += both is None
        if both is None:
            was = tally_as_it_was(case, trial.minutes)
            both = was, was
        for group in groups:
            found.cases[group] += 1
            for side, tally in zip((found.old, found.new), both, strict=True):
                side.setdefault(group, Tally()).__iadd__(tally)
    return found


class _LeftOut(Exception):
    """A case that cannot be lived again; the message says why, the same for all of which that is so."""


def concerned(trial: Trial, case: AsItWas) -> bool:
    """Might this case have gone otherwise? Where not, what is counted of it is the same under both policies."""
    then = trial.policies.get(case.version)
    if then is None or case.moved:
        return True
    differ = differing(then, trial.new)
    return differ is None or not differ.isdisjoint(case.reached)


def _lived(trial: Trial, case: AsItWas, history: History, found: Outcome) -> tuple[Tally, Tally]:
    """What is counted of both lives. Raises _LeftOut."""
    if not (history.whole and case.whole and case.version):
        raise _LeftOut("it was set aside, or facts of it cannot be read")
    then = trial.policies.get(case.version)
    if then is None:
        raise _LeftOut(f"its policy version {case.version} is not there any more")
    try:
        past = past_of(history.events, then)
        old, new = replay_both(past, then, trial.new, trial.until, differing(then, trial.new))
    except NotACase as wrong:
        raise _LeftOut("its history cannot be read as one of a case") from wrong
    except Exception as wrong:  # one history's; those beside it count, and it is named as left out
        raise _LeftOut("a step of it could not be worked out again") from wrong
    if isinstance(new, Refused):
        found.refused["Refer", new.code] += 1
        raise _LeftOut("the new policy would not take it in")
    found.refused.update(new.refused)
    found.unlike.update(old.refused)
    found.facts += len(history.events)
    return tally_of(old, trial.minutes), tally_of(new, trial.minutes)


def differing(then: Policy, new: Policy) -> frozenset[str] | None:
    """The rungs from which on alone these policies differ, as "ladder/rung" ("ladder/": none is left); None: in more.

    A ladder that opens on the same signals under the same conditions opens in both lives or in none. What it does is the
    same until a rung stands next that comes at another time, does something else, or is not there.
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
    found: set[str] = set()
    for name, old in then.ladders.items():
        if old != new.ladders[name]:
            if _opens(old) != _opens(new.ladders[name]):
                return None
            found |= _apart(old, new.ladders[name])
    return frozenset(found)


def _apart(old: Ladder, new: Ladder) -> set[str]:
    """The rungs of the old ladder from the first that is not alike; all of them where more than rungs is not alike."""
    alike = 0
    if _without_rungs(old) == _without_rungs(new):
        pairs = zip(old.rungs, new.rungs, strict=False)
        alike = len(list(takewhile(lambda both: both[0] == both[1], pairs)))
    return {f"{old.name}/{rung.id}" for rung in old.rungs[alike:]} | {f"{old.name}/"}


def _without_rungs(ladder: Ladder) -> tuple[Ladder, bool]:
    """All else; when the person dies, whether any rung is aimed at them counts at once."""
    return replace(ladder, rungs=(), by_rung={}), any(rung.directed for rung in ladder.rungs)


def _bare(policy: Policy) -> Policy:
    return replace(policy, version="", digest="", title={}, ladders={}, opens={})


def _opens(ladder: Ladder) -> tuple[object, ...]:
    return ladder.opens, ladder.only_if, ladder.stream, ladder.after_end
