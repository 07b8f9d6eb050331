"""The navigator's guide: every ladder and every rung with when, what, by whom, what stops it, and what they may say.

In English, as the tasks of a policy are. What a message invites the person to answer is read off the message itself.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from caseflow.domain.policy import EvidenceRules, Ladder, Policy, ReasonRules, Rung, StrikeRules
from caseflow.domain.words import Role
from caseflow.messages.catalogue import CATALOGUE
from caseflow.messages.policies import law, words
from caseflow.messages.policies.words import Unsayable, both, plain, word
from caseflow.messages.render import preview
from caseflow.messages.templates import environment
from caseflow.messages.text import REPLY_WORDS
from caseflow.settings.paths import templates_dir

LANGUAGE = "en"
MEANS: Mapping[str, str] = {
    "CALL": "CALL (ring them)",
    "CHANGE": "CHANGE (find another time with them)",
    "WRONG": "WRONG (not the right person: the number is blocked)",
    "YES": "YES (they would like to answer)",
    "STOP": "STOP (the number is blocked; it is no withdrawing)",
}
OWN_STREAM: Mapping[str, str] = {
    "case": "",
    "provider_return": "Not part of a case: one for each provider and period.",
    "digest": "Not part of a case: one for each officer.",
}


def guide(policy: Policy, disposal: str | None = None) -> str:
    """The guide as Markdown, for one disposal or for the whole policy. Raises Unsayable for what has no words."""
    names = list(policy.ladders) if disposal is None else list(policy.disposals[disposal].ladders)
    unlike = "" if disposal is None else "no_strikes" if policy.disposals[disposal].strikes else "strikes_possible"
    template = environment(templates_dir() / "policy", LANGUAGE).get_template("guide/en/guide.md")
    return (
        template.render(
            title=policy.title[LANGUAGE],
            version=policy.version,
            in_force_from=policy.in_force_from,
            hours=[
                ("texting hours", words.hours(policy.contact.texts)),
                ("calling hours", words.hours(policy.contact.calls)),
                ("office hours", words.hours(policy.contact.office)),
            ],
            a_week=policy.contact.chases_per_week,
            gap=policy.contact.chase_gap_working_days,
            offers=both(words.clock(at) for at in policy.contact.offer_times),
            disposals=[disposal_line(policy, name) for name in ([disposal] if disposal else policy.disposals)],
            laws=[
                (
                    policy.disposals[name].title[LANGUAGE],
                    policy.disposals[name].pack.version,
                    law.law_lines(policy.disposals[name]),
                )
                for name in ([disposal] if disposal else policy.disposals)
            ],
            strikes=any(policy.disposals[name].strikes for name in ([disposal] if disposal else policy.disposals)),
            rules=strike_lines(policy.strikes) + evidence_lines(policy.evidence),
            breach=breach_lines(policy),
            reasons=reason_lines(policy.reasons, policy.excuses),
            discretion=discretion_lines(policy),
            ladders=[
                ladder_fields(for_disposal(policy.ladder(name), unlike))
                for name in names
                if unlike not in policy.ladder(name).only_if
            ],
        ).strip()
        + "\n"
    )


def for_disposal(ladder: Ladder, unlike: str) -> Ladder:
    """The ladder without what cannot come for the disposal: rungs and acts under the condition `unlike`."""
    rungs = (
        replace(rung, acts=tuple(act for act in rung.acts if unlike not in act.only_if))
        for rung in ladder.rungs
        if unlike not in rung.only_if
    )
    return replace(ladder, rungs=tuple(rung for rung in rungs if rung.acts))


def disposal_line(policy: Policy, name: str) -> str:
    """One disposal in a line. Every field but its ladders is said here."""
    rules = policy.disposals[name]
    needs = both(word(words.NEEDS, need, "need") for need in rules.needs)
    enforced = (
        "what is agreed can be enforced" if rules.enforceable else "nothing is enforced: every step is an invitation"
    )
    strikes = "there are strikes" if rules.strikes else "there are no strikes"
    parts = [f"needs that {needs}", enforced, strikes, *law.limits(rules), f"outcome {rules.outcome}"]
    leads = word(words.LEADS_TO, rules.breach_leads_to, "end of a breach")
    quiet = plain(rules.ends_without_engagement)
    end = f"Without engagement it ends as “{quiet}”."
    return f"**{rules.title[LANGUAGE]}**: {'; '.join(parts)}. If it does not work out: {leads}. {end}"


def ladder_fields(ladder: Ladder) -> dict[str, Any]:
    """One ladder for the template. Every field of a ladder is said here."""
    stops = f"stops when {words.signals(ladder.met)}" if ladder.met else "nothing stops it: it runs out by itself"
    notes = [OWN_STREAM[ladder.stream]] if ladder.stream != "case" else []
    notes += ["It waits while a breach is alleged."] if ladder.pauses_in_breach else []
    notes += ["It may run on after the journey has ended."] if ladder.after_end else []
    notes += ["Messages only: it may end without a person looking."] if ladder.ends else []
    return {
        "name": words.ladder_name(ladder),
        "about": ladder.about,
        "starts": words.signals(ladder.opens),
        "only": words.conditions(ladder.only_if),
        "due": words.when(ladder.due) if ladder.due is not None else "",
        "stops": stops,
        "pointless": words.signals(ladder.lapses),
        "owner": words.role(ladder.owner),
        "fault": word(words.FAULTS, ladder.fault, "fault"),
        "notes": notes,
        "rungs": [rung_fields(rung) for rung in ladder.rungs],
    }


def rung_fields(rung: Rung) -> dict[str, Any]:
    """One rung for the template. Every field of a rung and of its acts is said here."""
    notes = [f"only if {words.conditions(rung.only_if)}"] if rung.only_if else []
    notes += ["counts as a chase: it keeps its distance from the last one"] if rung.chase else []
    notes += [f"of no use {_expiry(rung)}"] if rung.expires is not None else []
    return {
        "id": plain(rung.id),
        "when": f"{words.when(rung.at)}, {word(words.HOURS, rung.hours, 'hours')}",
        "acts": [words.act(act) for act in rung.acts],
        "notes": notes,
        "says": both(dict.fromkeys(say for act in rung.acts for say in they_may_say(act.message, act.to)), "or"),
    }


def _expiry(rung: Rung) -> str:
    assert rung.expires is not None
    return f"later than {words.when(rung.expires)}"


@cache
def they_may_say(message: str, to: str) -> tuple[str, ...]:
    """What a message to the participant invites them to answer, off its own words."""
    if not message or to != Role.PARTICIPANT:
        return ()
    if message not in CATALOGUE:
        raise Unsayable(f"there is no message {message!r} in the catalogue")
    said: list[str] = []
    for channel in CATALOGUE[message].channels:
        body = preview(message, channel, LANGUAGE).body
        invited = {
            name for name, by_language in REPLY_WORDS.items() if re.search(rf"\b{by_language[LANGUAGE]}\b", body)
        }
        said += ["1 or 2 (one of the two times)"] if re.search(r"\b1, 2\b", body) else []
        said += [word(MEANS, name, "reply") for name in REPLY_WORDS if name in invited]
    return (*dict.fromkeys(said), "anything in their own words, by reply, by phone or in person")


def strike_lines(rules: StrikeRules) -> list[str]:
    """What a strike is. Every field of the rules is said here."""
    return [
        (
            f"{both(words.role(one) for one in rules.confirmed_by)} may confirm a strike; "
            f"{both((words.role(one) for one in rules.waived_by), 'or')} may waive one."
        ),
        f"{rules.breach_opens_at} strikes open the question of a breach; at most one in {rules.one_per_working_days} working days.",
        f"An absence heard of later than {rules.known_within_working_days} working days is no strike.",
        f"Strikes fade after {rules.fades_after_kept} kept sessions in a row, or {rules.fades_after_days} days.",
        f"Never a strike where {both((word(words.NEVER, one, 'ground') for one in rules.never), 'or')}.",
    ]


def evidence_lines(rules: EvidenceRules) -> list[str]:
    """What proves that the person was reached. Every field of the rules is said here."""
    return [
        (
            f"Proof that they were reached: {both((word(words.EVIDENCE, one, 'proof') for one in rules.counts), 'or')}. "
            f"A first strike needs {rules.strike_1} of these, a second {rules.strike_2}; "
            f"a breach: {word(words.EVIDENCE, rules.breach, 'proof')}."
        ),
        f"Never proof: {both((word(words.EVIDENCE, one, 'proof') for one in rules.never), 'or') or 'nothing named'}.",
    ]


def breach_lines(policy: Policy) -> list[str]:
    """How a breach is decided."""
    if policy.no_decision != "carries_on":
        raise Unsayable(f"no decision in time means {policy.no_decision!r}, and that has no words")
    return [
        (
            f"{both(words.role(one) for one in policy.breach_decided_by)} decide it together, with reasons; "
            f"where they differ or one is missing, {words.role(policy.breach_tie)} decides."
        ),
        f"The person has {policy.side_working_days} working days to give their side.",
        "No decision in time means that they carry on.",
        f"Afterwards they have {policy.review_working_days} working days to ask for a new look.",
        *(f"{plain(name).capitalize()}: {_consequence(said)}" for name, said in policy.consequences.items()),
    ]


def _consequence(said: str) -> str:
    return said if said.endswith(".") else f"see “{plain(said)}”." if said else "nothing."


def reason_lines(rules: ReasonRules, excuses: tuple[str, ...]) -> list[str]:
    """How the reason for an absence is taken. Every field of the rules is said here."""
    late = "Until the decision, a reason that comes late still counts"
    if rules.late_counts_until != "decision":
        raise Unsayable(f"late reasons count until {rules.late_counts_until!r}, and that has no words")
    return [
        f"Good reasons: {both(map(plain, excuses), 'or')}.",
        (
            f"Their word is enough for: {both(map(plain, rules.word_is_enough)) or 'none'} "
            f"(illness shorter than {rules.word_is_enough_days} days)."
        ),
        f"Ask gently the second time: {both(map(plain, rules.ask_gently_second_time)) or 'none'}.",
        f"We check ourselves: {both(map(plain, rules.check_ourselves)) or 'none'}.",
        f"Nobody asks for proof of: {both(map(plain, rules.proof_never_asked)) or 'none'}.",
        f"{late}{', and reopens a strike already confirmed' if rules.late_reopens_strike else ''}.",
    ]


def discretion_lines(policy: Policy) -> list[str]:
    """Who may do what beside the ladders."""
    return [
        f"{both((words.role(one) for one in policy.excuse_by), 'or')} may excuse an absence.",
        (
            f"{both((words.role(one) for one in policy.hold_by), 'or')} may put things on hold, "
            f"for {policy.hold_max_working_days} working days at most."
        ),
        f"{both(words.role(one) for one in policy.end_agreed_by)} may agree that no further action is right.",
        f"Overruling a step needs a reason: {both(map(plain, policy.override_reasons), 'or')}.",
        f"A case may end without fault as: {both(map(plain, policy.end_reasons), 'or')}.",
    ]
