"""A small season in this process, and what is needed to play it elsewhere."""

from collections.abc import Callable

import pytest

from caseflow.bootstrap import memory_app, rosters
from caseflow.engine.audit import audit
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes
from caseflow.simulate import season
from caseflow.simulate.demo import REFERRALS
from caseflow.simulate.machinery import InProcess
from caseflow.simulate.summary import Summary, summarise
from caseflow.simulate.world import World


@pytest.fixture(scope="session")
def policies():
    return dict(load_schemes(config_dir()))


@pytest.fixture(scope="session")
def feed_of(policies) -> Callable[..., season.Referrals]:
    """The first so many referrals of Durham, without those of the given cases."""

    def read(limit: int, *, without: frozenset[str] = frozenset()) -> season.Referrals:
        return season.read_file(config_dir() / REFERRALS, policies, limit, without=without)

    return read


@pytest.fixture(scope="session")
def played(policies, feed_of) -> Callable[..., tuple[World, Summary]]:
    """Play so many referrals for so many days on the memory store."""

    def play(
        referrals: int, days: int, *, seed: int = 1, without: frozenset[str] = frozenset()
    ) -> tuple[World, Summary]:
        feed = feed_of(referrals, without=without)
        policy = season.newest(policies, feed.scheme)
        memory = memory_app(policies, at=season.begins(feed, policy), scheme=feed.scheme)
        machinery = InProcess(memory.app, memory.store, memory.senders.values())
        world = season.world_of(machinery, feed, policy=policy, roster=rosters(config_dir())[feed.scheme], seed=seed)
        for _ in season.days_of(world, days):
            pass
        return world, summarise(world, feed, audit(memory.app.readings), seed=seed, days=days, seconds=0)

    return play
