"""What must hold of every policy, one definition each: for the models here, and for the real engine in the tests.

A check looks at one fact with the case before and after it, or at one wish with the case and the moment, and answers why
it may not be, in plain words, or "". It says what the field asks for and calls none of the rules that are to grant it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from caseflow.domain import effects as fx
from caseflow.domain import events as ev
from caseflow.domain.calendar import SafeHours
from caseflow.domain.case import Case
from caseflow.domain.notices import KINDS
from caseflow.domain.policy import WITHOUT_PROSECUTION, Policy
from caseflow.domain.verify.world import Fact
from caseflow.domain.words import AddressStatus, Channel, ItemKind, Origin, Receipt, Role, State

PROPERTIES: dict[str, str] = {
    "can_end": "every journey can end",
    "goes_on": "no ladder loops or starves",
    "shared_breach": "no breach without a shared human decision",
    "reached_strike": "no strike without a delivered message or live contact",
    "voluntary": "voluntary items never lead to a strike",
    "budget": "nobody is chased or reminded more than the week's budget",
    "hours": "no message outside contact hours",
    "looked_at": "every expectation has an owner, and its last rung reaches a human",
    "time_to_answer": "nobody is ruled on before they had a working day to answer",
    "languages": "every message used exists in every language of the scheme, and can be worded",
    "no_prosecution": "where nothing is prosecuted, no such word is sent",
}
"""Every property by its name, in words."""

NOT_PEOPLE = frozenset({Role.SYSTEM, Role.PARTICIPANT})

SPEAKS_OF_PROSECUTION = re.compile(
    r"\b(?:prosecut\w+|court\w*|(?<!in )(?<!of )charge[ds]?|magistrates?|breach\w*|take it further|taken further|"
    r"erlyn\w*|l?lys(?:oedd)?|(?:c|g|ch|ngh)yhudd\w*|mynd â hyn ymhellach|mynd ag ef ymhellach)\b",
    re.IGNORECASE,
)
"""Words that threaten with what the law does not allow here; English and Welsh."""

MOST_A_WEEK = 5
"""No scheme may set itself a larger budget: one message a working day is a siege already (DOMAIN, rule 10)."""


@dataclass(frozen=True, slots=True)
class Worded:
    """What there is to say. `texts`: (message, channel, language) → its words. `needs`: message → fields the case must give."""

    texts: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)


# ── facts ───────────────────────────────────────────────────────────────────────────────────────
def shared_breach(policy: Policy, fact: Fact) -> str:
    """A breach is a person's decision, with reasons, after the side was asked and both views were in, or by the tie."""
    event, before = fact.record.event, fact.before
    if not isinstance(event, ev.Breached):
        became = fact.after.state is State.BREACHED and (before is None or before.state is not State.BREACHED)
        return f"{type(event).__name__} made it a breach, and nobody had decided one" if became else ""
    decision = event.decision
    if fact.record.origin is not Origin.PERSON or decision.by.role in NOT_PEOPLE:
        return "no person decided it"
    if before is None or before.breach is None:
        return "no breach had been alleged"
    if not policy.disposals[before.disposal].strikes:
        return "this disposal knows no breach"
    file = before.breach
    if not decision.reasons.strip():
        return "no reasons were given"
    today = policy.calendar.local(fact.record.recorded_at).date()
    if file.side is None and not file.side_asked:
        return "nobody had asked the person for their side"
    if file.side is None and today <= file.side_by:
        return "the person still had time to give their side"
    if "case" in before.holds:
        return "the case was on hold"
    if len({view.by.person for view in file.views.values()}) != len(file.views):
        return "the two views came from one person"
    agreed = {Role.NAVIGATOR, Role.OIC} <= set(file.views) and {v.opinion for v in file.views.values()} == {
        decision.outcome
    }
    if agreed:
        return ""
    if decision.by.role is not policy.breach_tie:
        return f"the {decision.by.role} decided alone: the navigator and the OIC had not both said so"
    if decision.by.person in {view.by.person for view in file.views.values()}:
        return f"the {decision.by.role} broke a tie with a view of their own in it"
    if not {Role.NAVIGATOR, Role.OIC} <= set(file.views):
        awaited = today <= file.side_by
        return f"the {decision.by.role} did not wait for a view that was still to come" if awaited else ""
    one = len({v.opinion for v in file.views.values()}) == 1
    return f"the {decision.by.role} overruled two views that were one" if one else ""


def reached_strike(policy: Policy, fact: Fact) -> str:
    """A strike is a person's, about a miss of which the participant was reached after it was known."""
    event, before = fact.record.event, fact.before
    if not isinstance(event, ev.StrikeConfirmed) or before is None:
        return ""
    session = before.sessions[event.session]
    if fact.record.origin is not Origin.PERSON or fact.record.actor.role in NOT_PEOPLE:
        return "no person confirmed it"
    if session.status != "missed" or not before.read_back:
        return "the session was not missed without a reason, or the plan was never read back"
    proof = next((p for p in before.evidence if p.seq == event.evidence_seq), None)
    if proof is None or proof.at < (session.known_at or session.start):
        return "nothing shows that the person was reached since"
    if proof.kind == "delivered" and (proof.about != session.id or KINDS.get(proof.purpose) != "chase"):
        return "the message that arrived was not about this absence"
    return ""


def proof_is_proof(policy: Policy, fact: Fact) -> str:
    """What counts as delivered was delivered, at an address the person had confirmed."""
    event, before = fact.record.event, fact.before
    if not isinstance(event, ev.DeliveryNoted) or before is None or len(fact.after.evidence) <= len(before.evidence):
        return ""
    known = before.contact.addresses.get(event.channel)
    if event.receipt is not Receipt.DELIVERED or known is None or known.status is not AddressStatus.CONFIRMED:
        return f"a message {event.receipt.value} by {event.channel.value} was taken for proof"
    return ""


def voluntary(policy: Policy, fact: Fact) -> str:
    """A strike stands on an enforceable item of the plan, in a disposal that has strikes."""
    event, before = fact.record.event, fact.before
    if not isinstance(event, ev.StrikeConfirmed) or before is None:
        return ""
    item = before.items.get(before.sessions[event.session].item or "")
    if item is None or item.kind is not ItemKind.ENFORCEABLE:
        return f"session {event.session} belongs to nothing enforceable"
    rules = policy.disposals[before.disposal]
    return "" if rules.strikes and rules.enforceable else "this disposal enforces nothing"


FACT_CHECKS: tuple[tuple[str, Callable[[Policy, Fact], str]], ...] = (
    ("shared_breach", shared_breach),
    ("reached_strike", reached_strike),
    ("reached_strike", proof_is_proof),
    ("voluntary", voluntary),
)


# ── wishes ──────────────────────────────────────────────────────────────────────────────────────
def hours(policy: Policy, case: Case, at: datetime, send: fx.Send) -> str:
    """What reaches the participant's phone does so in contact hours, theirs included. The post has no hours."""
    goes = send.not_before or at
    safe = SafeHours(case.contact.not_before, case.contact.not_after)
    if send.to is not Role.PARTICIPANT or send.channels[0] is Channel.LETTER:
        return ""
    if policy.contact.texts.contains(policy.calendar, goes, safe):
        return ""
    return f"{_plain(send.purpose)} would go at {policy.calendar.local(goes):%a %H:%M}"


def worded(policy: Policy, words: Worded, send: fx.Send) -> str:
    """There are words for it by every channel, in every language, and the case gives what stands in them."""
    for language in policy.languages:
        for channel in send.channels:
            if (send.purpose, channel.value, language) not in words.texts:
                return f"{_plain(send.purpose)} has no {channel.value} in {language}"
    missing = sorted(n for n in words.needs.get(send.purpose, ()) if send.fields.get(n) is None)
    return f"{_plain(send.purpose)} names {', '.join(missing)}, which nothing here gives" if missing else ""


def no_prosecution(policy: Policy, words: Worded, case: Case, send: fx.Send) -> str:
    """Where a breach leads to no prosecution, no message to the participant speaks of one."""
    if send.to is not Role.PARTICIPANT or policy.disposals[case.disposal].breach_leads_to not in WITHOUT_PROSECUTION:
        return ""
    for language in policy.languages:
        for channel in (*send.channels, Channel.LETTER):
            found = SPEAKS_OF_PROSECUTION.search(words.texts.get((send.purpose, channel.value, language), ""))
            if found is not None:
                return f"{_plain(send.purpose)} ({channel.value}, {language}) says “{found[0]}”"
    return ""


def fact_checks(policy: Policy, fact: Fact) -> Iterator[tuple[str, str]]:
    """Every property that one fact breaks: (name, why)."""
    for name, check in FACT_CHECKS:
        if why := check(policy, fact):
            yield name, why


# ── rungs ───────────────────────────────────────────────────────────────────────────────────────
LOOKS = frozenset({"call", "task", "ask", "decide", "flag", "rule", "review", "lapse", "end_hold"})
RULES = frozenset({"rule", "decide", "lapse"})


def looked_at(policy: Policy, fact: Fact, opened: frozenset[str]) -> str:
    """Something is expected and its ladder has run out: then a person was given it. `opened`: keys of tasks just opened."""
    event, before = fact.record.event, fact.before
    if not isinstance(event, ev.RungFired) or before is None or event.next is not None or event.skipped_by is not None:
        return ""
    ladder = policy.ladder(before.expectations[event.expectation].ladder)
    if ladder.ends or not ladder.met:  # it only tells: nobody waits for anything
        return ""
    acts = {act.do for n, act in enumerate(ladder.rung(event.rung).acts) if n not in (event.left_out or ())}
    if event.end.value == "fired" and acts & LOOKS:
        mine = f"{event.expectation}/{event.cycle}/{event.rung}/"
        if acts & {"lapse", "end_hold"} or any(key.startswith(mine) for key in opened):
            return ""
    why = f" ({event.why})" if event.why else ""
    return f"the last rung of {_plain(ladder.name)} was {event.end.value}{why}, and nobody was asked to look"


def time_to_answer(policy: Policy, fact: Fact) -> str:
    """Between the last message that asks something and the rung at which somebody rules lies a working day at the least."""
    event, before = fact.record.event, fact.before
    if not isinstance(event, ev.RungFired) or before is None or event.end.value != "fired":
        return ""
    expectation = before.expectations[event.expectation]
    rung = policy.ladder(expectation.ladder).rung(event.rung)
    if expectation.prev_at is None or not {act.do for act in rung.acts} & RULES:
        return ""
    at = fact.record.recorded_at
    if at >= policy.calendar.plus_working(expectation.prev_at, 1) - timedelta(hours=1):
        return ""
    return f"the ruling of {_plain(expectation.ladder)} came {_span(at - expectation.prev_at)} after the last message"


def _span(apart: timedelta) -> str:
    whole = int(apart.total_seconds() // 3600)
    return f"{whole} hours" if whole > 1 else "within the hour"


def _plain(word: str) -> str:
    return word.replace("_", " ")
