"""A small season lived in memory, and policies that differ from the shipped one in one thing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from caseflow.bootstrap import memory_app, rosters
from caseflow.domain.policy import Policy
from caseflow.engine.readings import Dossier, Readings
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes, read_draft
from caseflow.simulate import season
from caseflow.simulate.demo import REFERRALS
from caseflow.simulate.machinery import InProcess


@dataclass(frozen=True)
class Season:
    """What was lived: every case whole, under `policy`, up to `until`."""

    readings: Readings
    policy: Policy
    cases: list[Dossier]
    until: datetime


@pytest.fixture(scope="session")
def lived() -> Season:
    policies = dict(load_schemes(config_dir()))
    feed = season.read_file(config_dir() / REFERRALS, policies, 45)
    policy = season.newest(policies, feed.scheme)
    memory = memory_app(policies, at=season.begins(feed, policy), scheme=feed.scheme)
    machinery = InProcess(memory.app, memory.store, memory.senders.values())
    world = season.world_of(machinery, feed, policy=policy, roster=rosters(config_dir())[feed.scheme], seed=1)
    for _ in season.days_of(world, 75):
        pass
    readings = memory.app.readings
    assert readings is not None
    cases = [one for one in readings.dossiers(feed.scheme, limit=10_000) if one.kind == "case"]
    return Season(readings, policy, cases, readings.now())


Draft = Callable[[str, str], Policy]


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """Durham's policy with one piece of its text replaced, read like a file somebody wishes to try out."""

    def read(was: str, now: str) -> Policy:
        text = (config_dir() / "schemes" / "durham" / "1.yaml").read_text(encoding="utf-8")
        assert was in text
        path = tmp_path / "idea.yaml"
        path.write_text(text.replace(was, now, 1), encoding="utf-8")
        return read_draft(path, rosters=config_dir() / "rosters")

    return read
