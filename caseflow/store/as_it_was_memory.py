"""Cases as they were, counted over the memory store's dictionaries (engine/as_it_was.py says what)."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.words import NOT_SENT, Role
from caseflow.engine.as_it_was import AsItWas, next_rung
from caseflow.store.memory_rows import Tables
from caseflow.store.season import CHASES


def page(tables: Tables, scheme: str, ids: Sequence[str]) -> list[AsItWas]:
    """These cases, by id."""
    tasks: dict[str, Counter[str]] = {one: Counter() for one in ids}
    for task in tables.tasks.values():
        if task.scheme == scheme and task.stream in tasks:
            tasks[task.stream][task.task.kind] += 1
    lines = Counter(one.stream for one in tables.digest_items.values() if one.scheme == scheme)
    accepted = {notice for (notice, _), tried in tables.attempts.items() if tried.state == "accepted"}
    found = []
    for one in sorted(set(ids)):
        row = tables.streams.get((scheme, one))
        if row is None or not isinstance(row.stream, Case):
            continue
        facts = tables.events.get((scheme, one), ())
        notices = [tables.notices[number] for number in tables.of_stream.get((scheme, one), ())]
        first = facts[0].event if facts else None
        found.append(AsItWas(
            one, row.stream.disposal, row.stream.parties.get(Role.PARTICIPANT, ""), row.stream.referred_at,
            first.policy_version if isinstance(first, ev.Referred) else "",
            any(isinstance(fact.event, ev.PolicyMoved) for fact in facts), not row.parked,
            frozenset(name for fact in facts if (name := next_rung(fact.event))),
            Counter(notice.send.kind for notice in notices if notice.id in accepted), tasks[one], lines[one],
            sum(isinstance(fact.event, ev.StrikeConfirmed) for fact in facts),
            sum(isinstance(fact.event, ev.BreachOpened) for fact in facts), _first_chase(facts),
        ))  # fmt: skip
    return found


def _first_chase(facts: Sequence[ev.Recorded]) -> timedelta | None:
    opened = {
        (one.event.expectation, one.event.cycle): one.event.opened
        for one in facts
        if isinstance(one.event, ev.ExpectationOpened)
    }
    for one in sorted(facts, key=lambda fact: (fact.recorded_at, fact.seq)):
        e = one.event
        if isinstance(e, ev.DeliveryNoted) and e.purpose in CHASES and e.receipt not in NOT_SENT:
            since = opened.get((e.expectation or "", e.cycle))
            return None if since is None else one.recorded_at - since
    return None
