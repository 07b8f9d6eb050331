"""A season of a scheme: referrals as they come, day after day, until the days are over."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path

from caseflow.domain.policy import Policy
from caseflow.imports.importing import take
from caseflow.imports.referrals import OPTIONAL, REQUIRED, Referral, read_referrals
from caseflow.imports.tables import open_table
from caseflow.settings.offences import OFFENCES
from caseflow.settings.roster import Roster
from caseflow.simulate.draws import Draws
from caseflow.simulate.hours import Hours
from caseflow.simulate.machinery import Machinery
from caseflow.simulate.play import play
from caseflow.simulate.rates import Rates
from caseflow.simulate.world import World

HOUR = timedelta(hours=1)


class NoReferrals(ValueError):
    """The file holds no referral that could be played; the message says what to do."""


class Referrals:
    """A file's rows, handed in when their hour has come."""

    def __init__(self, rows: list[Referral], unreadable: int, hours: Hours) -> None:
        self._hours = hours
        self._rows = sorted(rows, key=lambda one: (one.command.referred_at, one.row.number))
        self._given = 0
        self.fates: dict[str, int] = {"accepted": 0, "known": 0, "refused": unreadable}

    @property
    def first(self) -> datetime:
        return self._rows[0].command.referred_at

    @property
    def scheme(self) -> str:
        return self._rows[0].scheme

    @property
    def coming(self) -> list[str]:
        """Every case of the file, in the order in which they come."""
        return [one.asked.stream for one in self._rows]

    @property
    def streams(self) -> list[str]:
        """The cases handed in by now."""
        return list(dict.fromkeys(one.asked.stream for one in self._rows[: self._given]))

    def next_at(self) -> datetime | None:
        """Three times a day the force's system sends what has come."""
        if self._given == len(self._rows):
            return None
        return self._hours.waking(self._rows[self._given].command.referred_at)

    def bring(self, world: World) -> bool:
        """Hand in what has come; had anything?"""
        ready: list[Referral] = []
        while self._given < len(self._rows) and self._rows[self._given].command.referred_at <= world.now:
            ready.append(self._rows[self._given])
            self._given += 1
        if ready:
            for fate in take(world.machinery.app, ready):
                self.fates[fate.what] += 1
        return bool(ready)


def read_file(
    path: Path,
    policies: dict[tuple[str, str], Policy],
    limit: int | None = None,
    *,
    without: frozenset[str] = frozenset(),
) -> Referrals:
    """The referrals of one scheme in a file: the first `limit` to come, without those cases.

    Raises FileRefused for no such table, NoReferrals for an empty one.
    """
    first = min(policies.values(), key=lambda one: one.in_force_from)
    table = open_table(path, REQUIRED, (*OPTIONAL, "reason"))
    rows: list[Referral] = []
    unreadable = 0
    for one in read_referrals(table, policies, OFFENCES, today=first.in_force_from, as_at=True):
        if isinstance(one, Referral):
            rows.append(one)
        else:
            unreadable += 1
    if not rows:
        raise NoReferrals(f"{path}: there is no referral in it that a scheme here takes. Choose another file.")
    mine = [one for one in rows if one.scheme == rows[0].scheme]
    unreadable += len(rows) - len(mine)
    first_ones = sorted(mine, key=lambda one: one.command.referred_at)[:limit]
    played = [one for one in first_ones if one.asked.stream not in without]
    return Referrals(played, unreadable, Hours(first.calendar, ()))


def begins(referrals: Referrals, policy: Policy) -> datetime:
    """Six in the morning of the day of the first referral (UTC)."""
    day = policy.calendar.local(referrals.first).date()
    return policy.calendar.instant(datetime.combine(day, time(6)))


def world_of(
    machinery: Machinery, referrals: Referrals, *, policy: Policy, roster: Roster, seed: int, rates: Rates | None = None
) -> World:
    """A new world at the beginning of the file's season."""
    return World(
        machinery,
        play(),
        referrals,
        policy=policy,
        roster=roster,
        draws=Draws(seed),
        rates=rates or Rates(),
        start=begins(referrals, policy),
    )


def days_of(world: World, days: int) -> Iterator[int]:
    """Play so many days, an hour at a time; yields after every step with the number of days gone."""
    start = world.now
    end = world.hours.on(world.hours.day(start) + timedelta(days=days), 6)
    while world.now < end:
        world.step(end)
        yield (world.now - start).days


def into_the_morning(world: World, hour: int = 10) -> None:
    """The clock alone goes on to this hour of the day: what falls due is there to be done, and nobody has begun."""
    end = world.hours.on(world.hours.day(world.now), hour)
    while world.now < end:
        world.now = min(world.now + HOUR, end)
        world.machinery.move(world.now)
        world.machinery.settle()


def newest(policies: Mapping[tuple[str, str], Policy], scheme: str) -> Policy:
    """The newest policy of this scheme."""
    found = [one for (name, _), one in policies.items() if name == scheme]
    return max(found, key=lambda one: (one.in_force_from, len(one.version), one.version))
