"""Streams, facts and changes by hand, so that the store's tests need no rule of the domain."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from caseflow.domain.case import Case, Contact, Digest, Listed, ProviderReturn
from caseflow.domain.commands import Accept, Asked, Known
from caseflow.domain.effects import Send, SetTimer
from caseflow.domain.events import Accepted, Event, Recorded
from caseflow.domain.words import Actor, Channel, Origin, Role, State
from caseflow.engine.ports import Change

START = datetime(2022, 1, 3, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SCHEME = "durham"
NAVIGATOR = Actor("nav-1", Role.NAVIGATOR)


def a_case(name: str = "case-1", scheme: str = SCHEME) -> Case:
    """A referred case with no facts yet (seq 0)."""
    return Case(
        id=name,
        scheme=scheme,
        seq=0,
        ref=f"DUR-22-{name}",
        disposal="deferred_prosecution",
        policy_version="1",
        state=State.REFERRED,
        referred_at=START,
        offence_code="116",
        offence_category="CS",
        offence_date=date(2022, 1, 1),
        last_safe=date(2022, 7, 1),
        parties={Role.PARTICIPANT: f"person-of-{name}", Role.OIC: "oic-1", Role.NAVIGATOR: "nav-1"},
        contact=Contact(language="cy", addresses={Channel.TEXT: Known(f"text-of-{name}")}),
    )


def a_return(name: str = "return-1") -> ProviderReturn:
    return ProviderReturn(
        id=name,
        scheme=SCHEME,
        seq=0,
        ref=f"RET-{name}",
        policy_version="1",
        provider="provider-1",
        period="2022-01",
        participants={
            "case-1:i1": Listed("case-1", "DUR-22-case-1", "i1"),
            "case-2:i1": Listed("case-2", "DUR-22-case-2", "i1", left=True),
        },
    )


def a_digest(officer: str = "oic-1") -> Digest:
    return Digest(
        id=f"digest-{officer}",
        scheme=SCHEME,
        seq=0,
        ref=f"DIG-{officer}",
        policy_version="1",
        officer=officer,
        period="2022-W01",
    )


def fact(stream: str, seq: int, event: Event | None = None, at: datetime = START) -> Recorded:
    return Recorded(
        stream=stream,
        seq=seq,
        event=event or Accepted("nav-1"),
        occurred_at=at,
        recorded_at=at,
        actor=NAVIGATOR,
        origin=Origin.PERSON,
        command_id=f"{stream}-{seq}",
    )


def step(stream: Case | ProviderReturn | Digest, facts: int = 1, **writes: Any) -> Change:
    """A change that adds so many facts to a stream; with `reacted=True` they are all reacted."""
    after = replace(stream, seq=stream.seq + facts)
    recorded = tuple(fact(stream.id, stream.seq + 1 + number) for number in range(facts))
    reacted = after.seq if writes.pop("reacted", False) else None
    return Change(stream.seq, after, recorded, reacted, **writes)


def send(stream: str = "case-1", **other: Any) -> Send:
    """A chase by text to the participant of a case."""
    plain = Send(
        purpose="missed_session",
        to=Role.PARTICIPANT,
        recipient=f"person-of-{stream}",
        channels=(Channel.TEXT, Channel.EMAIL),
        kind="chase",
        expectation="missed_session:s1",
        rung="text",
    )
    return replace(plain, **other)


def officer_send(**other: Any) -> Send:
    plain = Send(
        purpose="officer_accepted",
        to=Role.ARRESTING_OFFICER,
        recipient="oic-1",
        channels=(Channel.EMAIL,),
        kind="officer",
    )
    return replace(plain, **other)


def timer(expectation: str = "missed_session:s1", due: datetime = START + DAY, rung: str = "text") -> SetTimer:
    return SetTimer(expectation, 0, rung, due, f"{due:%Y-%m-%dT%H:%M}[Europe/London]", "missed_session", "s1")


def asked(command_id: str = "command-1", stream: str = "case-1") -> Asked:
    return Asked(command_id, stream, Accept("nav-1"), NAVIGATOR, Origin.CHANNEL, START)
