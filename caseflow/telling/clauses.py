"""A policy's clauses in words: what a ladder is for, when a step comes, what it does, and under which condition."""

from caseflow.domain.policy import Ladder, Policy
from caseflow.messages.policies import words
from caseflow.telling import story
from caseflow.telling.views import Clause


def clause(policy: Policy, ladder_name: str, rung_id: str) -> Clause | None:
    """One step of one ladder of this version; None where the version has no such step."""
    ladder = policy.ladders.get(ladder_name)
    if ladder is None or rung_id not in ladder.by_rung:
        return None
    rung = ladder.rung(rung_id)
    return Clause(
        policy=f"{policy.scheme}/{policy.version}",
        ladder=ladder.name,
        about=ladder.about,
        rung=rung.id,
        comes=words.when(rung.at),
        does=[words.act(one) for one in rung.acts],
        only_if=[words.conditions([name]) for name in rung.only_if],
    )


def clause_words(one: Clause) -> str:
    """A clause as a sentence."""
    scheme, _, version = one.policy.partition("/")
    only = f" Only if {' and '.join(one.only_if)}." if one.only_if else ""
    return (
        f"{scheme.capitalize()} policy {version}, ladder “{story.plain(one.ladder)}” ({one.about.rstrip('.')}), "
        f"step “{story.plain(one.rung)}”, {one.comes}: {'; '.join(one.does)}.{only}"
    )


def because(why: str) -> str:
    """Why a rung was not climbed, in words: the condition that did not hold by what it asks."""
    return story.because(why)


def owner(ladder: Ladder) -> str:
    """Whose expectation it is, and whose fault it would be."""
    fault = {
        "participant": "",
        "never": "; nobody's fault",
        "service": "; ours if it fails",
        "provider": "; the provider's if it fails",
    }
    return story.role(ladder.owner) + fault.get(ladder.fault, "")
