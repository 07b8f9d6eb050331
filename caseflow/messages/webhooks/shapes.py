"""What of a fact leaves the house: an explicit list of kinds and fields, so that nothing leaves by being forgotten.

Ids, codes, dates, numbers; never a person, address, place, reason in words or health matter (needs, absence reasons).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from caseflow.domain import events as ev

PUBLISHED: Mapping[type, tuple[str, ...]] = {
    ev.Referred: (
        "disposal", "policy_version", "referred_at", "offence_code", "offence_category", "offence_date", "last_safe",
        "last_safe_unknown",
    ),
    ev.Accepted: (),
    ev.Declined: (),
    ev.Assessed: ("no_intervention",),
    ev.PlanAgreed: ("read_back", "ends_on", "outlives_last_safe", "policy_version"),
    ev.SessionBooked: ("session", "start", "kind", "item", "provider", "enforceable"),
    ev.SessionMoved: ("session", "start"),
    ev.SessionCancelled: ("session",),
    ev.SessionAttended: ("session", "late"),
    ev.SessionMissed: ("session",),
    ev.SessionExcused: ("session", "strike_removed"),
    ev.SessionNotHeld: ("session",),
    ev.ExcuseWithdrawn: ("session",),
    ev.SessionRuled: ("session", "ruling"),
    ev.StrikeConfirmed: ("session", "number"),
    ev.StrikeWaived: ("session",),
    ev.StrikeDisputed: ("session",),
    ev.StrikeUpheld: ("session",),
    ev.Held: ("until",),
    ev.HoldEnded: (),
    ev.BreachOpened: ("cause", "side_by"),
    ev.Breached: (),
    ev.CarriedOn: (),
    ev.BreachLapsed: (),
    ev.Completed: (),
    ev.Withdrawn: (),
    ev.Ended: (),
    ev.Reopened: ("to",),
    ev.PolicyMoved: ("before", "to"),
    ev.LastSafeSet: ("day", "outlives_last_safe"),
    ev.ReferredOn: ("item", "provider"),
    ev.ProviderAnswered: ("item", "provider", "answer", "wait_until"),
    ev.ItemDone: ("item", "all_enforceable_done"),
    ev.ItemDropped: ("item", "all_enforceable_done"),
    ev.OfficerChanged: ("role",),
    ev.VictimTold: (),
}  # fmt: skip
"""Kind of fact → the fields that stand in `data`. A completed case also has `outcome`, its Home Office number."""

KEPT: Mapping[type, str] = dict.fromkeys(
    (
        ev.ContactAgreed, ev.AddressNoted, ev.ContactRecorded, ev.AnswerReceived, ev.AnswerRead, ev.DeliveryNoted,
    ),
    "how the person is reached and what they said",
) | dict.fromkeys(
    (
        ev.BroughtForward, ev.Rebased, ev.ExpectationOpened, ev.ExpectationClosed, ev.RungFired, ev.TaskFinished,
        ev.SurveyNoted,
    ),
    "the engine's own",
) | dict.fromkeys(
    (ev.SideAsked, ev.SideRecorded, ev.ViewRecorded, ev.ProviderHeard), "views are for those who decide"
) | dict.fromkeys(
    (
        ev.ExpectationsExplained, ev.NeedUnmet, ev.EngagementNoted, ev.Signposted, ev.NewMatterNoted,
        ev.SafeguardingNoted, ev.Died, ev.WentAway, ev.Transferred,
    ),
    "personal, and of no use to the crime record",
)  # fmt: skip
"""Kinds of fact that never leave, and why."""

TOKEN = re.compile(r"[\w:./-]{1,80}", re.ASCII)
"""What a text in `data` may look like: one word, such as an id or a code. Anything else is left out."""


OWN = 12
"""Hexadecimal digits that tell a fact from another of the same case and number."""


def name_of(kind: type) -> str:
    """``SessionMissed`` → ``session_missed``; tested to be the name the fact is stored under."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def type_of(fact: ev.Recorded) -> str:
    """``caseflow.session_missed.v1``"""
    return f"caseflow.{name_of(type(fact.event))}.v{fact.version}"


def event_id(scheme: str, fact: ev.Recorded) -> str:
    """Stable over every attempt, replay and restore, and never another fact's. Holds no full stop, as the standard asks.

    Case and number alone would come again: a restored database gives the numbers that it lost to other facts (ADR 48).
    """
    recorded_at = fact.recorded_at.astimezone(UTC).isoformat()
    own = hashlib.sha256(f"{fact.command_id}|{recorded_at}|{name_of(type(fact.event))}".encode()).hexdigest()
    return f"{scheme}:{fact.stream}:{fact.seq}:{own[:OWN]}".replace(".", "_")


def data_of(fact: ev.Recorded, outcome: int | None = None) -> dict[str, Any]:
    """The published fields of a fact. Raises KeyError for a kind that stays in the house."""
    found = {name: _plain(getattr(fact.event, name)) for name in PUBLISHED[type(fact.event)]}
    return {name: value for name, value in found.items() if value is not None} | (
        {} if outcome is None else {"outcome": outcome}
    )


def _plain(value: Any) -> str | int | bool | None:
    match value:
        case bool() | int():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case str() if TOKEN.fullmatch(value):
            return str(value)
        case _:
            return None


def cloud_event(scheme: str, ref: str, fact: ev.Recorded, outcome: int | None = None) -> bytes:
    """The fact as CloudEvents 1.0 JSON (structured mode)."""
    return encoded(envelope(scheme, ref, fact, outcome))


def envelope(scheme: str, ref: str, fact: ev.Recorded, outcome: int | None = None) -> dict[str, Any]:
    """The same before it is written. `sequence` sorts as text within its case."""
    return {
        "specversion": "1.0",
        "id": event_id(scheme, fact),
        "source": f"/caseflow/{scheme}",
        "type": type_of(fact),
        "subject": ref,
        "time": _plain(fact.occurred_at),
        "sequence": f"{fact.seq:010d}",
        "datacontenttype": "application/json",
        "data": {"case": fact.stream, "ref": ref} | data_of(fact, outcome),
    }


def encoded(envelope: Mapping[str, Any]) -> bytes:
    """As it is signed and sent."""
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False).encode()
