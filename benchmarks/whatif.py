"""Lives lived again a second of processor time, whole trials on one core and on all, and memory over a long run.

A trial is of one rung a day later, where few cases ever come to it, some, or most; or of what concerns every case.

`python -m benchmarks.whatif long` asks 100,000 short histories in one run, and 10,000 beside it.
"""

import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import sqlalchemy as sa

from benchmarks.harness import busy, rounded, say, servers, virtual
from caseflow.bootstrap import memory_app, readings_at, rosters
from caseflow.domain import events as ev
from caseflow.domain.case import changed
from caseflow.domain.policy import Policy
from caseflow.embedded import Servers
from caseflow.engine.ports import Change
from caseflow.engine.readings import Dossier
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


RUNGS = {
    "seldom": ("first_contact", "letter"),
    "sometimes": ("no_answer", "your_move_letter"),
    "often": ("missed_session", "text"),
}
"""What a manager tries: one rung a day later. How many cases ever come to it differs from rung to rung."""


def trial_of(some: Lived, change: str) -> Trial:
    """One of RUNGS; or `whole`: a figure beside the ladders, so that every life is lived twice from its beginning."""
    policy = some.policy
    new = replace(policy, version="2", digest=change, review_working_days=policy.review_working_days + 1)
    if change != "whole":
        name, rung = RUNGS[change]
        was = policy.ladders[name]
        rungs = tuple(
            replace(one, at=replace(one.at, amount=one.at.amount + 1)) if one.id == rung else one for one in was.rungs
        )
        ladders = {**policy.ladders, name: replace(was, rungs=rungs)}
        opens = {signal: tuple(ladders[one.name] for one in many) for signal, many in policy.opens.items()}
        new = replace(policy, version="2", digest=change, ladders=ladders, opens=opens)
    return Trial(new, {policy.version: policy}, some.until, read_minutes(config_dir()).by_kind)


def run(running: Servers, *, quick: bool) -> None:
    """Lives by themselves, and trials out of a database: one process and one a core."""
    some = lived()
    pasts = [past_of(one.events, some.policy) for one in some.cases]
    facts = sum(len(one.events) for one in some.cases) / len(some.cases)
    seconds = min(busy(lambda: [replay(one, some.policy, some.policy, some.until) for one in pasts]) for _ in range(5))
    say(
        "whatif_replay", per_core_second=rounded(len(pasts) / seconds), facts_a_case=rounded(facts),
        facts_per_core_second=rounded(facts * len(pasts) / seconds), gate=300, aim=1000, n=len(pasts), load=_load(),
    )  # fmt: skip
    count = 360 if quick else 3000
    url = filled(running, "bench_whatif", some, count)
    for change in (*RUNGS, "whole"):
        alone = asked(url, some, change, count, workers=1)
        pooled = asked(url, some, change, count, workers=os.cpu_count() or 1)
        say("whatif_pool", change=change, speed_up=rounded(pooled["cases_per_second"] / alone["cases_per_second"]),
            workers=pooled["workers"], load=_load())  # fmt: skip


def long(running: Servers, small: int = 10_000, large: int = 100_000) -> None:
    """Short histories (a fortnight), many of them: the peak of memory must not grow with their number."""
    some = lived(days=14)
    url = filled(running, "bench_whatif_long", some, large)
    few, many = (asked(url, some, "whole", count, workers=os.cpu_count() or 1) for count in (small, large))
    say("whatif_memory", small=small, large=large,
        counting=rounded(many["peak_counting_mb"] / few["peak_counting_mb"]),
        living=rounded(many["peak_living_mb"] / few["peak_living_mb"]), load=_load())  # fmt: skip


def filled(running: Servers, name: str, some: Lived, count: int) -> str:
    """The address of a database with these lives again and again, `count` in all: multiplied where they lie.

    With their messages, tasks and lines for digests, as counting a case as it was reads them.
    """
    _, store, settings = virtual(running, name)
    changes, rows = [], []
    for number, one in enumerate(some.cases):
        stream = str(uuid5(NAMESPACE_OID, one.id))
        assert one.stream is not None
        events = tuple(replace(fact, stream=stream, text_mac="") for fact in one.events)
        snapshot = changed(one.stream, id=stream, ref=f"{one.ref}-{number}")
        changes.append(Change(before_seq=0, stream=snapshot, events=events, reacted=one.seq))
        rows += [{"stream": stream, "ref": snapshot.ref, **row} for row in _rows(one)]
    with store.begin() as unit:
        unit.save(changes)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        for table, statement in ROWS.items():
            connection.execute(sa.text(statement), [row for row in rows if row["table"] == table])
        for statement in MULTIPLY:
            times = {"times": -(-count // len(some.cases)) - 1} if ":times" in statement else {}
            connection.execute(sa.text(statement), times)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE")
    store.close()
    assert settings.database_url is not None
    return settings.database_url


def _rows(one: Dossier) -> Iterator[dict[str, Any]]:
    for number, notice in enumerate(one.notices):
        went = any(tried.state == "accepted" for tried in notice.attempts)
        yield {"table": "notices", "number": number, "kind": notice.kind, "went": went, "at": notice.created_at}
    for number, task in enumerate(one.tasks):
        yield {"table": "tasks", "number": number, "kind": task.kind, "at": task.opened_at}
    for fact in one.events:
        if isinstance(fact.event, ev.SessionAttended):
            yield {"table": "digest_items", "at": fact.occurred_at}


ROWS = {
    "notices": """
        INSERT INTO notices (scheme_id, stream_id, key, expectation, cycle, rung, purpose, recipient, lane, kind, state,
                             channel, body, created_at, send_at, attempts)
        VALUES ('durham', :stream, :stream || :number, '', 0, :number, '', '', 'others', :kind,
                CASE WHEN :went THEN 'sent' ELSE 'void' END, 'text', '{}', :at, :at, 0)""",
    "tasks": """
        INSERT INTO tasks (scheme_id, stream_id, key, kind, owner, title, state, opened_at)
        VALUES ('durham', :stream, :number, :kind, 'navigator', '', 'done', :at)""",
    "digest_items": """
        INSERT INTO digest_items (scheme_id, stream_id, officer, period, ref, line, at)
        VALUES ('durham', :stream, '', '', :ref, '', :at)""",
}
MULTIPLY = (
    """INSERT INTO streams (scheme_id, id, kind, ref, state, policy_version, disposal, participant, owner, since, seq,
                             reacted, snapshot)
       SELECT scheme_id, id || '-' || n, kind, ref || '-' || n, state, policy_version, disposal, participant, owner,
              since, seq, reacted, '' FROM streams, generate_series(1, :times) n WHERE kind = 'case'""",
    """INSERT INTO events (scheme_id, stream_id, seq, kind, version, body, occurred_at, recorded_at, actor, role, origin,
                            command_id, caused_by)
       SELECT scheme_id, stream_id || '-' || n, seq, kind, version, body, occurred_at, recorded_at, actor, role, origin,
              command_id, caused_by FROM events, generate_series(1, :times) n""",
    """INSERT INTO notices (scheme_id, stream_id, key, expectation, cycle, rung, purpose, recipient, lane, kind, state,
                             channel, body, created_at, send_at, attempts)
       SELECT scheme_id, stream_id || '-' || n, key || '-' || n, expectation, cycle, rung, purpose, recipient, lane, kind,
              state, channel, body, created_at, send_at, attempts FROM notices, generate_series(1, :times) n""",
    """INSERT INTO attempts (notice_id, scheme_id, no, channel, address, state, worker)
       SELECT id, scheme_id, 1, channel, '', 'accepted', '' FROM notices WHERE state = 'sent'""",
    """INSERT INTO tasks (scheme_id, stream_id, key, kind, owner, title, state, opened_at)
       SELECT scheme_id, stream_id || '-' || n, key, kind, owner, title, state, opened_at
         FROM tasks, generate_series(1, :times) n""",
    """INSERT INTO digest_items (scheme_id, stream_id, officer, period, ref, line, at)
       SELECT scheme_id, stream_id || '-' || n, officer, period, ref, line, at
         FROM digest_items, generate_series(1, :times) n""",
)


def asked(url: str, some: Lived, change: str, count: int, *, workers: int) -> dict[str, Any]:
    """One trial in a process of its own, whose figures are printed and given back."""
    with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
        Path(file.name).write_bytes(pickle.dumps(trial_of(some, change)))
        command = [sys.executable, "-m", "benchmarks.whatif", "one", file.name, url, str(count), str(workers)]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(printed)
    say("whatif_trial", change=change, **found, load=_load())
    return found


def one(file: str, url: str, count: int, workers: int) -> None:
    """`count` cases through `workers` processes: cases a second and a second of processor time, peaks of memory in MB."""
    trial = pickle.loads(Path(file).read_bytes())  # noqa: S301 - our own, written just now
    reach = partial(readings_at, url)
    began = time.perf_counter()
    outcome = try_out(reach(), "durham", trial, limit=count, reach=reach, workers=workers)
    seconds = time.perf_counter() - began
    if outcome.looked_at != count or outcome.left_out:
        raise RuntimeError(f"not all of {count} were lived again: {outcome.left_out}")
    mine, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime
    figures = {
        "workers": workers, "n": count, "cases_per_second": rounded(count / seconds),
        "cases_per_core_second": rounded(count / spent), "lived_again": count - outcome.untouched,
        "facts_a_life": rounded(outcome.facts / max(1, count - outcome.untouched)),
        "peak_counting_mb": rounded(mine.ru_maxrss / 1e3),
        "peak_living_mb": rounded((theirs if workers > 1 else mine).ru_maxrss / 1e3),
    }  # fmt: skip
    print(json.dumps(figures))


def _load() -> float:
    return rounded(os.getloadavg()[0])


if __name__ == "__main__":
    if sys.argv[1] == "one":
        one(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    else:
        with servers() as ours:
            long(ours, *(int(number) for number in sys.argv[2:]))
