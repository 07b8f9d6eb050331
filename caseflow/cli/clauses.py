"""A policy's clauses in words: what a ladder is for, when a step comes, what it does, and under which condition."""

from caseflow.cli import contracts, story
from caseflow.cli.cases import act_words
from caseflow.domain.calendar import Offset
from caseflow.domain.policy import Ladder, Policy, Rung

ANCHORS = {"opened": "it began", "start": "that time itself", "due": "the day it is due"}


def clause(policy: Policy, ladder_name: str, rung_id: str) -> contracts.Clause | None:
    """One step of one ladder of this version; None where the version has no such step."""
    ladder = policy.ladders.get(ladder_name)
    if ladder is None or rung_id not in ladder.by_rung:
        return None
    rung = ladder.rung(rung_id)
    return contracts.Clause(
        policy=f"{policy.scheme}/{policy.version}",
        ladder=ladder.name,
        about=ladder.about,
        rung=rung.id,
        comes=when(rung.at),
        does=[does(rung, number) for number in range(len(rung.acts))],
        only_if=conditions(rung.only_if),
    )


def clause_words(one: contracts.Clause) -> str:
    """A clause as a sentence."""
    scheme, _, version = one.policy.partition("/")
    only = f" Only if {' and '.join(one.only_if)}." if one.only_if else ""
    return (
        f"{scheme.capitalize()} policy {version}, ladder “{story.plain(one.ladder)}” ({one.about.rstrip('.')}), "
        f"step “{story.plain(one.rung)}”, {one.comes}: {'; '.join(one.does)}.{only}"
    )


def when(at: Offset) -> str:
    """When a step comes: "3 working days after it began"."""
    words = at.words("en")
    if at.unit == "half":
        return words
    if at.amount == 0 and at.unit != "wd":
        return {"opened": "at once", "start": "at that time itself", "due": "when it is due"}.get(at.anchor, words)
    return f"{words} {ANCHORS.get(at.anchor, at.anchor)}"


def does(rung: Rung, number: int) -> str:
    """What one act of a rung does, with its own condition."""
    act = rung.acts[number]
    only = f" (only if {' and '.join(conditions(act.only_if))})" if act.only_if else ""
    return act_words(act) + only


def conditions(names: tuple[str, ...]) -> list[str]:
    from caseflow.messages.policies.words import CONDITIONS

    return [CONDITIONS.get(name, story.plain(name)).replace("`", "") for name in names]


def because(why: str) -> str:
    """Why a rung was not climbed, in words: the condition that did not hold by what it asks."""
    name = why.removeprefix("not ")
    found = conditions((name,))[0]
    return (
        f"it does not hold that {found}" if why.startswith("not ") and found != story.plain(name) else story.plain(why)
    )


def owner(ladder: Ladder) -> str:
    """Whose expectation it is, and whose fault it would be."""
    fault = {
        "participant": "",
        "never": "; nobody's fault",
        "service": "; ours if it fails",
        "provider": "; the provider's if it fails",
    }
    return story.role(ladder.owner) + fault.get(ladder.fault, "")
