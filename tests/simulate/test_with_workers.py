"""The same season with the real workers on PostgreSQL: the same end, even when workers are killed on the way."""

import os
import signal
import subprocess
from datetime import timedelta

import psutil
import pytest

from caseflow import bootstrap
from caseflow.engine.audit import audit
from caseflow.settings.deployment import Deployment
from caseflow.settings.paths import config_dir
from caseflow.simulate import season
from caseflow.simulate.crewed import Crewed, crew, restarts
from caseflow.simulate.summary import summarise

REFERRALS, DAYS = 10, 6


def member(workers: subprocess.Popen[bytes], name: str) -> psutil.Process:
    living = (one for one in psutil.Process(workers.pid).children() if one.status() != psutil.STATUS_ZOMBIE)
    return next(one for one in living if one.cmdline()[-1] == name)


@pytest.mark.timeout(240)
def test_killed_workers_change_nothing_but_time(fresh_database, broker_url, tmp_path, policies, feed_of, played):
    feed = feed_of(REFERRALS)
    policy = season.newest(policies, feed.scheme)
    settings = Deployment(
        environment="test", database_url=fresh_database(migrated=False), broker_url=broker_url, data_dir=tmp_path
    )
    store = bootstrap.prepare(settings, virtual=True, turns=True, start=season.begins(feed, policy))
    environment = {
        "CASEFLOW_DATABASE_URL": settings.database_url, "CASEFLOW_BROKER_URL": settings.broker_url,
        "CASEFLOW_DATA_DIR": str(tmp_path), "CASEFLOW_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    with crew(environment, tmp_path / "log") as workers:
        app = bootstrap.app_for(settings, scheme=feed.scheme)
        machinery = Crewed(app, store, settings.outbox, workers)
        world = season.world_of(
            machinery, feed, policy=policy, roster=bootstrap.rosters(config_dir())[feed.scheme], seed=1
        )
        victims = iter([(timedelta(days=2), "react"), (timedelta(days=3), "fire")])
        begin, (at, name) = world.now, next(victims)
        for _ in season.days_of(world, DAYS):
            if world.now - begin >= at:
                os.kill(member(workers, name).pid, signal.SIGKILL)
                at, name = next(victims, (timedelta.max, ""))
        found = summarise(world, feed, audit(app.readings), seed=1, days=DAYS, seconds=0)
    app.store.close()
    store.close()
    assert restarts(tmp_path / "log") == 2
    assert found.audit["violations"] == 0, found.audit["findings"]
    assert found.same() == played(REFERRALS, DAYS)[1].same()
