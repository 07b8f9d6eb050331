"""The policy's rules that a panel needs, in sentences: strikes, proof, reasons, decisions, what follows."""

from caseflow.domain.case import Case
from caseflow.domain.policy import Policy
from caseflow.domain.reading import rules_of
from caseflow.messages.policies import law, words
from caseflow.telling import story


def rules(case: Case, policy: Policy) -> list[str]:
    """The clauses that applied to this case, each a sentence."""
    disposal = rules_of(case, policy)
    title = disposal.title.get("en", story.plain(case.disposal))
    head = f"{title}, outcome {disposal.outcome}; it needs: {_list(disposal.needs) or 'nothing more'}."
    if limits := law.limits(disposal):
        head += f" How long: {'; '.join(limits)}."
    contact = policy.contact
    found = [
        head,
        (
            f"Contact: at most {contact.chases_per_week} reminders and chases a week; "
            f"{contact.chase_gap_working_days} working days between two chases; inside contact hours only."
        ),
    ]
    return [
        *found,
        f"What the law says of it, and where (pack {disposal.pack.label}):",
        *law.law_lines(disposal),
        *(_strikes(policy) if disposal.strikes else ["There are no strikes in this disposal."]),
        *_reasons(policy),
    ]


def _strikes(policy: Policy) -> list[str]:
    rules, proof = policy.strikes, policy.evidence
    return [
        (
            f"A strike is confirmed by the {_roles(rules.confirmed_by)}; at most one in {rules.one_per_working_days} working days; "
            f"a breach is alleged at strike {rules.breach_opens_at}."
        ),
        (
            f"Never a strike: {'; '.join(words.word(words.NEVER, one, 'rule') for one in rules.never)}. An absence counts only if "
            f"it was known within {rules.known_within_working_days} working days."
        ),
        f"It proves that the person was reached: {_proofs(proof.counts)}.",
        f"It proves nothing: {_proofs(proof.never)}.",
        (
            f"A strike fades after {rules.fades_after_kept} sessions kept in a row, or {rules.fades_after_days} days; it may be "
            f"waived by the {_roles(rules.waived_by)}."
        ),
        (
            f"A breach is decided by the {_roles(policy.breach_decided_by, ' and the ')}; where they differ or one is missing, by "
            f"the {story.role(policy.breach_tie)}. The person has {policy.side_working_days} working days to give their side, and "
            f"{policy.review_working_days} to ask for a review."
        ),
        f"Breached: {policy.consequences.get('breached', '')}",
    ]


def _reasons(policy: Policy) -> list[str]:
    reasons = policy.reasons
    return [
        f"Reasons accepted for not coming: {_list(policy.excuses)}.",
        f"The person's word is enough for: {_list(reasons.word_is_enough)}.",
        f"Nobody asks for proof of: {_list(reasons.proof_never_asked)}.",
    ]


def _proofs(names: tuple[str, ...]) -> str:
    return "; ".join(words.word(words.EVIDENCE, one, "proof") for one in names)


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(story.plain(one) for one in names)


def _roles(names: tuple[str, ...], between: str = " or ") -> str:
    return between.join(story.role(one) for one in names)
