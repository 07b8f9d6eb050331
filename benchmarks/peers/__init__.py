"""caseflow beside other ways to keep timers, doing the same work on the same PostgreSQL in the same run.

`make bench` installs what they need (`benchmarks/peers/requirements.lock`); caseflow itself never does.
"""

import importlib
import time

from benchmarks import celery_eta, one_by_one, shape
from benchmarks.harness import copies, fresh, median, plain, rounded, say, virtual
from benchmarks.rungs import until_idle
from caseflow.embedded import Servers

PEERS = ("procrastinate", "apscheduler", "dbos")


def run(running: Servers, *, quick: bool) -> None:
    """Interleaved runs, one worker process each; the ratio is to the best peer of each run."""
    try:
        peers = {name: importlib.import_module(f"benchmarks.peers.with_{name}") for name in PEERS}
    except ModuleNotFoundError as missing:
        say("peers", skipped=f"{missing.name} is not installed: `make bench` installs the peers")
        return
    count, few, runs = (4000, 300, 1) if quick else (20_000, 2000, 3)
    lead = 12.0 if quick else 20.0
    rates: dict[str, list[float]] = {"celery_eta": [], **{name: [] for name in PEERS}}
    ours: list[float] = []
    other = plain(fresh(running, "bench_peers"))
    shape.create(other)
    for number in range(runs):
        app, store, _ = virtual(running, f"bench_peers_{number}")
        store.set_clock(copies(store, count))
        with store.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
        began = time.perf_counter()
        until_idle(app)
        ours.append(count / (time.perf_counter() - began))
        store.engine.dispose()
        shape.fill(other, few)
        rates["celery_eta"].append(few / celery_eta.drain(other, running.broker_url, few, lead=lead))
        for name, peer in peers.items():
            shape.fill(other, few)
            own = plain(fresh(running, f"bench_{name}"))  # its own tables, so that none slows another down
            environment = {"BENCH_DATABASE": other, "BENCH_OWN": own}
            command = [f"benchmarks.peers.with_{name}"]
            schedule = peer.scheduler(environment, few)
            rates[name].append(few / one_by_one.drain(command, environment, schedule, few, lead=lead))
    for name, found in rates.items():
        say(f"peers_{name}", per_second=rounded(median(found)), n=few, runs=runs)
    best = [max(one) for one in zip(*rates.values(), strict=True)]
    say(
        "peers",
        per_second=rounded(median(ours)),
        ratio_to_best_peer=rounded(median([a / b for a, b in zip(ours, best, strict=True)])),
        n=count,
        runs=runs,
    )
