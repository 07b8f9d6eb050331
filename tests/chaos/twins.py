"""The calm twin of a season, and the comparison: what happened, stream by stream, without the machinery's accidents."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from chaos.post import Occasion, TellingSender

from caseflow import bootstrap
from caseflow.domain.events import DeliveryNoted, Event, Recorded
from caseflow.domain.words import Receipt
from caseflow.engine.readings import NoticeLine, PostedLine, Readings
from caseflow.engine.receipts import take_receipts
from caseflow.settings.paths import config_dir
from caseflow.settings.scheme import load_schemes
from caseflow.simulate import season
from caseflow.simulate.draws import Draws
from caseflow.simulate.machinery import InProcess, Machinery
from caseflow.store import codec

_NUMBERED = re.compile(r'("(?:task|rung)": "(?!unsent)[a-z_]+:|"answer": |"evidence_seq": |"reached": "[a-z_]+:)\d+')
_UNSENT = re.compile(r'("task": "unsent:)[0-9a-f]{32}')
_FACT = re.compile(r"fact:\d+")
History = dict[str, tuple[list[str], list[str]]]
"""Per stream: its facts in words, in order, and its notices with their ends."""


class Calm(InProcess):
    """The machinery in this process; what did not arrive is told when everything else of the moment is done."""

    def settle(self) -> None:
        super().settle()
        while late := [one for sender in self.app.senders.values() for one in sender.held.next_ones()]:  # type: ignore[attr-defined]  # a TellingSender each
            take_receipts(self.app, late)
            super().settle()


def calm(referrals: Path, *, seed: int, cases: int, days: int, unclear: Counter[Occasion]) -> History:
    """The season in this process, where nothing fails. `unclear`: mails of which the storm could not say that they went."""
    policies = dict(load_schemes(config_dir()))
    feed = season.read_file(referrals, policies, cases)
    policy = season.newest(policies, feed.scheme)
    memory = bootstrap.memory_app(policies, at=season.begins(feed, policy), scheme=feed.scheme)
    senders = {channel: TellingSender(Draws(seed), unclear) for channel in memory.senders}
    app = replace(memory.app, senders=senders)
    for sender in senders.values():
        sender.app = app
    play(
        Calm(app, memory.store, senders.values()),
        feed,
        policy,
        seed=seed,
        days=days,
        told=lambda line: next(
            (
                sender.told[line.key, line.channel]
                for sender in senders.values()
                if (line.key, line.channel) in sender.told
            ),
            None,
        ),
    )
    assert app.readings is not None
    return history(app.readings, feed.scheme)


def play(
    machinery: Machinery,
    feed: season.Referrals,
    policy: Any,
    *,
    seed: int,
    days: int,
    told: Callable[[PostedLine], Receipt | None],
) -> None:
    """Play the days; `told` is what the channels said of a message."""
    roster = bootstrap.rosters(config_dir())[feed.scheme]
    world = season.world_of(machinery, feed, policy=policy, roster=roster, seed=seed)
    world.told = told
    for _ in season.days_of(world, days):
        pass


def history(readings: Readings, scheme: str) -> History:
    """Every stream's facts and notices, without numbers, ids and machinery's times."""
    found: History = {}
    after = ""
    while some := readings.dossiers(scheme, after=after, limit=200):
        after = some[-1].id
        for dossier in some:
            settled = {
                (one.occurred_at, one.event.notice, one.event.channel)
                for one in dossier.events
                if isinstance(one.event, DeliveryNoted) and one.event.receipt is not Receipt.ACCEPTED
            }
            facts = [(one.occurred_at, _words(one.event)) for one in dossier.events if not _overtaken(one, settled)]
            notices = sorted(
                f"{one.purpose}/{_FACT.sub('fact:#', one.rung)} to {one.to} by {_by(one)}: {one.state}"
                for one in dossier.notices
            )
            found[f"{dossier.kind} {dossier.ref}"] = (_told(facts), notices)
    return found


def _overtaken(one: Recorded, settled: set[tuple[datetime, str, str]]) -> bool:
    """ "Taken" says nothing where a receipt of the same moment says more; which of them came first is chance."""
    event = one.event
    if not isinstance(event, DeliveryNoted) or event.receipt is not Receipt.ACCEPTED:
        return False
    return (one.occurred_at, event.notice, event.channel) in settled


def _words(event: Event) -> str:
    """The fact as it is stored, its fields in one order; where it names another fact by its number, without the number."""
    kind, _, encoded = codec.encode_event(event)
    body = json.loads(encoded)
    if str(body.get("rung", "")).startswith("fact:"):
        body.pop("notice", None)  # a message's key is made of the fact's number, too
    words = f"{kind} {json.dumps(body, sort_keys=True)}"
    return _UNSENT.sub(r"\1#", _NUMBERED.sub(r"\1#", words))


def _by(notice: NoticeLine) -> str:
    """The channels it was tried by; how often, and whether each answered, is machinery's affair."""
    return "+".join(dict.fromkeys(one.channel for one in notice.attempts if one.state != "leased")) or "none"


def _told(facts: list[tuple[datetime, str]]) -> list[str]:
    """Moment by moment. At one moment in any order: lanes and streams that meet there owe each other none."""
    return [f"{at:%Y-%m-%d %H:%M} {words}" for at, words in sorted(facts, key=lambda one: (one[0], one[1]))]


def compare(expected: History, found: History) -> list[str]:
    """Where the two differ: the first lines that do, side by side. The earliest comes first: the others may follow from it."""
    differences = []
    for name in sorted(expected.keys() | found.keys()):
        ours, theirs = expected.get(name, ([], [])), found.get(name, ([], []))
        for what, calm_lines, storm_lines in zip(("fact", "notice"), ours, theirs, strict=True):
            if calm_lines != storm_lines:
                at = next(
                    (n for n, pair in enumerate(zip(calm_lines, storm_lines, strict=False)) if pair[0] != pair[1]),
                    min(len(calm_lines), len(storm_lines)),
                )
                calm_line, storm_line = _line(calm_lines, at), _line(storm_lines, at)
                words = f"  {name}, {what} {at + 1}\n    calm:  {calm_line}\n    storm: {storm_line}"
                moment = min(calm_line, storm_line)[:16]  # all that one of the two has of it and the other lacks
                words += _only("calm ", calm_lines, storm_lines, moment) + _only(
                    "storm", storm_lines, calm_lines, moment
                )
                differences.append((min(calm_line, storm_line), words))
    return [words for _, words in sorted(differences)]


def _only(who: str, ours: list[str], theirs: list[str], moment: str) -> str:
    more = Counter(one for one in ours if one.startswith(moment)) - Counter(theirs)
    return "".join(f"\n    only {who}: {line[:300]}" for line in more.elements())


def _line(lines: list[str], at: int) -> str:
    return lines[at][:300] if at < len(lines) else "nothing"
