"""Everything that one case (or return) will do by itself, and what each override would change, in words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from caseflow.domain.case import Case
from caseflow.domain.commands import Command
from caseflow.domain.events import SessionBooked
from caseflow.domain.policy import Policy
from caseflow.domain.words import Actor, Role, RungEnd
from caseflow.engine.foresight import Override, foresee, overridden, would
from caseflow.engine.readings import Dossier
from caseflow.telling import story
from caseflow.telling.coming import view, what_comes
from caseflow.telling.naming import naming_of
from caseflow.telling.story import Names
from caseflow.telling.views import Forecast, MovedView, OverrideView


def foretold(
    dossier: Dossier, policy: Policy, now: datetime, until: datetime | None, overrides: Sequence[str], names: Names
) -> Forecast:
    """The forecast in words. Raises ValueError for an override that is none."""
    coming = foresee(dossier, policy, now, until).coming
    by = _navigator(dossier, policy)
    book = story.Book(naming=naming_of(dossier.stream))
    changes = [overridden(dossier, policy, now, one, by, until) for one in overrides]
    return Forecast(
        ref=dossier.ref,
        now=now,
        until=until,
        coming=[view(one, policy) for one in coming],
        overrides=[_change(one, policy, names, book) for one in changes],
    )


def tried(
    dossier: Dossier,
    policy: Policy,
    now: datetime,
    command: Command,
    by: Actor,
    names: Names,
    onto: Policy | None = None,
) -> OverrideView:
    """What one command would change of all that is to come, in words: of steps that do something. Nothing is written.

    `onto` is the version that a move of the policy names.
    """
    book = story.Book(naming=naming_of(dossier.stream))
    told = _change(would(dossier, policy, now, command, by, onto=onto), policy, names, book, onto)
    return replace(
        told,
        gone=[one for one in told.gone if one.end == RungEnd.FIRED],
        new=[one for one in told.new if one.end == RungEnd.FIRED],
        moved=[one for one in told.moved if not one.what[0].startswith("nothing")],
    )


def _change(one: Override, policy: Policy, names: Names, book: story.Book, onto: Policy | None = None) -> OverrideView:
    for fact in one.facts:
        if isinstance(fact, SessionBooked):
            book.naming.learn(fact)
    return OverrideView(
        asked=one.asked,
        refused=one.refused.words if one.refused else "",
        facts=[story.wording(fact, names, book) for fact in one.facts],
        gone=[view(each, policy) for each in one.gone],
        new=[view(each, onto or policy) for each in one.new],
        moved=[
            MovedView(each.was.expectation, each.was.rung, each.was.at, each.now.at, what_comes(each.now))
            for each in one.moved
        ],
    )


def _navigator(dossier: Dossier, policy: Policy) -> Actor:
    """Who would overrule the clock: the case's navigator, or else the supervisor."""
    stream = dossier.stream
    person = stream.parties.get(Role.NAVIGATOR) if isinstance(stream, Case) else None
    if person:
        return Actor(person, Role.NAVIGATOR)
    return Actor(policy.team.get(Role.SUPERVISOR, "supervisor"), Role.SUPERVISOR)
