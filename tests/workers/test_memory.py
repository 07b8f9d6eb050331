"""What a worker carries: nothing heavy that no lane uses, and nothing of the streams it has seen."""

import gc
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta

from benchmarks.harness import waiting_case
from caseflow.bootstrap import new_id
from caseflow.domain.case import changed
from caseflow.engine.advance import fire_timers
from caseflow.engine.ports import Change

HEAVY = {
    "alembic": "only an upgrade",
    "fastapi": "only the HTTP doors",
    "uvicorn": "only the HTTP doors",
    "flufl": "only where a mailbox for bounces is set",
    "imaplib": "only where a mailbox for bounces is set",
    "urllib3": "only where a records system listens",
    "notifications_python_client": "only where GOV.UK Notify is used",
    "typer": "only the command line",
    "caseflow.simulate": "only the demo",
    "caseflow.domain.verify": "only `caseflow policy verify`",
}
"""What a worker without these settings never loads, and who does."""
LOOK = """
import json, sys
import celery.bin.worker, kombu.transport.redis
import workers.run
from workers.app import app
from workers.drain import current_app
app.loader.import_default_modules()
current_app()
print(json.dumps(sorted(sys.modules)))
"""
OF_STREAMS = ("caseflow.domain.case", "caseflow.domain.events", "caseflow.domain.effects", "caseflow.engine.ports")


def test_a_worker_loads_nothing_heavy_that_it_does_not_use(place):
    looked = subprocess.run(
        [sys.executable, "-c", LOOK], env=os.environ | place.env, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(looked.stdout.splitlines()[-1]))
    assert {"workers.fire", "workers.react", "workers.publish", "workers.bounces", "caseflow.store.postgres"} <= loaded
    assert {name: why for name, why in HEAVY.items() if name in loaded} == {}


def kept() -> Counter[str]:
    """Values of the domain and of its changes that are alive in this process."""
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects() if type(one).__module__ in OF_STREAMS)


def fire(place, count: int) -> None:
    """So many streams whose alarm rings now, all fired."""
    case, timer = waiting_case(place.store.policies()["durham", "1"])
    with place.store.begin() as unit:
        now = unit.now()
        waits = changed(case.expectations["missed_session:s1"], next_due=now)
        unit.save([
            Change(
                before_seq=0,
                stream=changed(one, ref=f"DUR-22-{one.id[-12:]}", expectations={waits.id: waits}),
                reacted=one.seq,
                wake_at=now,
                timers=[timer],
            )
            for one in [changed(case, id=new_id()) for _ in range(count)]
        ])  # fmt: skip
    fired = 0
    while done := fire_timers(place.app, 100).claimed:
        fired += done
    assert fired >= count


def test_a_worker_keeps_nothing_of_the_streams_it_has_fired(place):
    place.store.set_clock(waiting_case(place.store.policies()["durham", "1"])[1].due + timedelta(hours=1))
    fire(place, 100)
    before, objects = kept(), len(gc.get_objects())
    fire(place, 1000)
    assert kept() - before == Counter()
    assert len(gc.get_objects()) - objects < 500, "a list or a cache grows with the streams"
