"""How often people use their discretion, and by which reasons: counted for the scheme, never for a person. Pure.

Words of somebody's own are never shown, only that there were some: reasons are named where the policy lists them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from caseflow.domain import events as ev
from caseflow.domain.policy import Policy
from caseflow.engine.readings import History
from caseflow.insight.hidden import masked, small

KINDS: dict[str, tuple[str, str]] = {
    "excused": ("absences excused", "absences"),
    "excuse_withdrawn": ("excuses withdrawn", "absences"),
    "waived": ("strikes waived", "strikes"),
    "held": ("holds", "cases"),
    "released": ("holds released early", "holds"),
    "skipped": ("steps skipped", "cases"),
    "brought_forward": ("steps brought forward", "cases"),
    "item_dropped": ("items dropped", "cases"),
    "confirmed_at_the_door": ("accepted although the referral lacked something", "accepted"),
    "reopened": ("ends corrected", "cases"),
}
"""Each kind of discretion: its words, and what its rate is a share of."""

FACTS = frozenset({
    "accepted", "brought_forward", "excuse_withdrawn", "held", "hold_ended", "item_dropped", "reopened", "referred",
    "rung_fired", "session_excused", "session_missed", "strike_confirmed", "strike_waived",
})  # fmt: skip
"""Kinds of fact that are looked at."""

BASES: dict[type, str] = {
    ev.Referred: "cases", ev.Accepted: "accepted", ev.StrikeConfirmed: "strikes", ev.Held: "holds",
}  # fmt: skip
OWN_WORDS = "in words of their own"
ENGINES_OWN = frozenset({"on_hold", "not in the new plan"})


@dataclass(slots=True)
class Counted:
    """Discretion over some histories: by kind, by (kind, reason), and what the rates are shares of."""

    kinds: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    bases: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason and how often it was given; None is hidden."""

    reason: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of discretion: how often, of how many of what, and the share in per cent; None is hidden."""

    kind: str
    words: str
    count: int | None
    of: str
    base: int | None
    per_cent: float | None
    reasons: tuple[Reason, ...]


def count(histories: Iterable[History], policy: Policy, into: Counted) -> None:
    """Add the discretion in these histories. `policy` names the reasons that may be shown."""
    listed = frozenset((*policy.excuses, *policy.override_reasons, "custody", "hospital"))
    for history in histories:
        into.bases["absences"] += len({
            one.event.session for one in history.events if isinstance(one.event, ev.SessionMissed | ev.SessionExcused)
        })  # fmt: skip
        for one in history.events:
            if base := BASES.get(type(one.event)):
                into.bases[base] += 1
            used = _used(one)
            if used is not None and used[1] not in ENGINES_OWN:
                kind, reason = used
                into.kinds[kind] += 1
                into.reasons[kind, reason if reason in listed else OWN_WORDS if reason else ""] += 1


def _used(one: ev.Recorded) -> tuple[str, str] | None:
    match one.event:
        case ev.SessionExcused() as e:
            return "excused", e.reason
        case ev.ExcuseWithdrawn() as e:
            return "excuse_withdrawn", OWN_WORDS if e.text else ""
        case ev.StrikeWaived() as e:
            return "waived", e.reason
        case ev.Held() as e:
            return "held", e.reason
        case ev.HoldEnded() as e if e.by is not None:
            return "released", ""
        case ev.RungFired() as e if e.skipped_by is not None:
            return "skipped", e.why
        case ev.BroughtForward() as e:
            return "brought_forward", e.reason
        case ev.ItemDropped() as e:
            return "item_dropped", e.reason
        case ev.Accepted() as e if e.confirmed:
            return "confirmed_at_the_door", ""
        case ev.Reopened() as e:
            return "reopened", e.reason
        case _:
            return None


def shown(counted: Counted) -> list[Kind]:
    """What may be shown of it: numbers from 1 to 4 hidden, and what would give them away."""
    kinds = []
    for kind, (words, of) in KINDS.items():
        number, base = counted.kinds[kind], counted.bases[of]
        hide = small(number) or small(base) or small(base - number)
        reasons = [(name, n) for (k, name), n in counted.reasons.most_common() if k == kind and name]
        gone = masked([n for _, n in reasons])
        kinds.append(
            Kind(
                kind, words, None if hide else number, of, None if small(base) else base,
                None if hide or not base else round(100 * number / base, 1),
                () if hide else tuple(
                    Reason(name, None if place in gone else n) for place, (name, n) in enumerate(reasons)
                ),
            )
        )  # fmt: skip
    return kinds
