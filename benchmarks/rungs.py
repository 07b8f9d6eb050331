"""Rungs a second: due alarm → claim → decide → event, case, timer, notice, all committed; against the two others."""

import time
from functools import partial

from benchmarks import celery_eta, floor, shape
from benchmarks.harness import MONDAY, busy, copies, fresh, median, plain, resident, rounded, say, timed, virtual
from caseflow.embedded import Servers
from caseflow.engine.advance import fire_timers, react_events
from caseflow.engine.app import App

BATCH = 500
FEW = "a tenth of the timers: its rate does not depend on how many are due"


def run(running: Servers, *, quick: bool) -> None:
    """Interleaved runs of ours, the floor and Celery with an ETA, one process each; medians."""
    count, runs = (4000, 3) if quick else (20_000, 5)
    few = count // 10  # one task a timer goes at the same rate however many there are; a tenth keeps the wait bearable
    ours: list[float] = []
    floors: list[float] = []
    etas: list[float] = []
    work: list[float] = []
    other = plain(fresh(running, "bench_shape"))
    shape.create(other)
    for number in range(runs):
        app, store, _ = virtual(running, f"bench_rungs_{number}")
        at = copies(store, count)
        store.set_clock(at)
        with store.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")

        began = time.perf_counter()
        work.append(busy(partial(until_idle, app)))
        ours.append(count / (time.perf_counter() - began))
        figures = app.readings.figures("durham") if app.readings else None
        fired = 0 if figures is None else figures.events.get("rung_fired", figures.events.get("RungFired", 0))
        if fired < count:
            raise RuntimeError(f"only {fired} of {count} rungs fired: {figures}")
        store.engine.dispose()
        shape.fill(other, count)
        floors.append(count / timed(lambda: floor.drain(other)))
        shape.fill(other, few)
        etas.append(few / celery_eta.drain(other, running.broker_url, few, lead=8 if quick else 12))
    say("rungs_floor", per_second=rounded(median(floors)), n=count, runs=runs, batch=floor.BATCH)
    say("rungs_celery_eta", per_second=rounded(median(etas)), n=few, runs=runs, note=FEW)
    say(
        "rungs",
        per_second=rounded(median(ours)),
        ratio_to_celery_eta=rounded(median([a / b for a, b in zip(ours, etas, strict=True)])),
        ratio_to_floor=rounded(median([a / b for a, b in zip(ours, floors, strict=True)])),
        n=count,
        runs=runs,
        batch=BATCH,
        cpu_us_each=rounded(median(work) / count * 1e6),
        resident_mb=rounded(resident()),
        since=MONDAY.date().isoformat(),
    )


def until_idle(app: App) -> None:
    """Both lanes, in this process, until neither finds anything."""
    while fire_timers(app, BATCH).claimed or react_events(app, BATCH).claimed:
        pass
