"""Lives lived again a second on one core and on all, the reading of histories, and memory over a long run."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from benchmarks.harness import busy, resident, rounded, say, virtual
from caseflow.bootstrap import memory_app, rosters
from caseflow.domain.case import changed
from caseflow.domain.policy import Policy
from caseflow.embedded import Servers
from caseflow.engine.ports import Change
from caseflow.engine.readings import Dossier, History, Traits
from caseflow.insight.asked import past_of
from caseflow.insight.replay import replay
from caseflow.insight.whatif import Trial, try_out
from caseflow.settings.minutes import read_minutes
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes
from caseflow.simulate import season
from caseflow.simulate.demo import REFERRALS
from caseflow.simulate.machinery import InProcess


@dataclass(frozen=True)
class Lived:
    """Real lives of a season in memory, and the policy they ran under."""

    cases: list[Dossier]
    policy: Policy
    until: datetime


@cache
def lived(referrals: int = 60, days: int = 90) -> Lived:
    """Durham's first referrals, so many days long."""
    policies = dict(load_schemes(config_dir()))
    feed = season.read_file(config_dir() / REFERRALS, policies, referrals)
    policy = season.newest(policies, feed.scheme)
    memory = memory_app(policies, at=season.begins(feed, policy), scheme=feed.scheme)
    machinery = InProcess(memory.app, memory.store, memory.senders.values())
    world = season.world_of(machinery, feed, policy=policy, roster=rosters(config_dir())[feed.scheme], seed=1)
    for _ in season.days_of(world, days):
        pass
    readings = memory.app.readings
    assert readings is not None
    cases = [one for one in readings.dossiers(feed.scheme, limit=10**6) if one.kind == "case"]
    return Lived(cases, policy, readings.now())


class Copies:
    """Readings of `count` cases: the same lives again and again, made as they are asked for and kept by nobody."""

    def __init__(self, some: Lived, count: int) -> None:
        self._some = some
        self._count = count

    def count_cases(self, scheme: str, *, since: datetime | None = None) -> int:
        return self._count

    def histories(self, scheme: str, *, since: Any = None, after: str = "", limit: int = 200) -> list[History]:
        first = int(after or 0)
        cases = self._some.cases
        return [
            History(f"{number + 1:09d}", cases[number % len(cases)].events)
            for number in range(first, min(first + limit, self._count))
        ]

    def traits(self, scheme: str, ids: Iterable[str]) -> Mapping[str, Traits]:
        return {one: Traits(None, "F", "W1") for one in ids}


def trial_of(some: Lived) -> Trial:
    """Another number of days in nearly every ladder, so that every life is lived twice."""
    new = replace(some.policy, version="2", digest="what if", review_working_days=some.policy.review_working_days + 1)
    return Trial(new, {some.policy.version: some.policy}, some.until, read_minutes(config_dir()).by_kind)


def run(running: Servers, *, quick: bool) -> None:
    """One core, all cores, the readings, memory."""
    some = lived()
    pasts = [past_of(one.events, some.policy) for one in some.cases]
    facts = sum(len(one.events) for one in some.cases) / len(some.cases)
    seconds = min(busy(lambda: [replay(one, some.policy, some.policy, some.until) for one in pasts]) for _ in range(3))
    say(
        "whatif_replay", per_second=rounded(len(pasts) / seconds), facts_a_case=rounded(facts),
        facts_per_second=rounded(facts * len(pasts) / seconds), gate=300, aim=1000, n=len(pasts),
    )  # fmt: skip
    _reading(running, some, 4 if quick else 20)
    for workers in (1, os.cpu_count() or 1):
        command = [sys.executable, "-m", "benchmarks.whatif", str(400 if quick else 5000), str(workers)]
        subprocess.run(command, check=True)


def _reading(running: Servers, some: Lived, times: int) -> None:
    """Histories out of PostgreSQL: what the one reading process must keep up with."""
    app, store, _ = virtual(running, "bench_whatif")
    for number in range(times):
        changes = []
        for one in some.cases:
            name = str(uuid5(NAMESPACE_OID, f"{number}{one.id}"))
            assert one.stream is not None
            stream = changed(one.stream, id=name, ref=f"{one.ref}-{number}")
            events = tuple(replace(fact, stream=name, text_mac="") for fact in one.events)
            changes.append(Change(before_seq=0, stream=stream, events=events, reacted=stream.seq))
        with store.begin() as unit:
            unit.save(changes)
    assert app.readings is not None
    after, read, began = "", 0, time.perf_counter()
    while page := app.readings.histories("durham", after=after, limit=50):
        after, read = page[-1].stream, read + len(page)
    say("whatif_reading", per_second=rounded(read / (time.perf_counter() - began)), n=read)
    store.engine.dispose()


def live(count: int, workers: int) -> None:
    """`count` cases through `workers` processes, looking at the memory of the one that counts."""
    some = lived()
    seen: list[float] = []
    every = max(count // 10, 1)

    def told(done: int) -> None:
        if done >= every * (len(seen) + 1):
            seen.append(resident())

    began, mine = time.perf_counter(), time.process_time()
    outcome = try_out(Copies(some, count), "durham", trial_of(some), workers=workers, told=told)  # type: ignore[arg-type]  # the part that is asked
    seconds = time.perf_counter() - began
    spent = time.process_time() - mine + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    if outcome.looked_at != count or outcome.left_out:
        raise RuntimeError(f"not all of {count} were lived again: {outcome.left_out}")
    say(
        "whatif_trial", workers=workers, cases_per_second=rounded(count / seconds),
        replays_per_core_second=rounded(2 * count / spent), n=count, megabytes=[rounded(one) for one in seen],
        growth_second_half=rounded(seen[-1] - seen[len(seen) // 2]) if seen else 0, untouched=outcome.untouched,
    )  # fmt: skip


if __name__ == "__main__":
    live(int(sys.argv[1]), int(sys.argv[2]))
