"""What may be decided about a case under its disposal, and what may not. In words for a panel; never legal advice."""

from caseflow.cli.casefile_contract import SheetOption
from caseflow.cli.output import day
from caseflow.domain.case import Case
from caseflow.domain.policy import DisposalRules, Policy
from caseflow.domain.reading import rules_of
from caseflow.domain.strikes import active
from caseflow.domain.words import State
from caseflow.telling import story

PROSECUTE = {
    "prosecution_revives": (True, "The decision to prosecute revives. For the police or the CPS, outside the scheme."),
    "may_be_prosecuted": (
        True,
        ("Failing without reasonable excuse may be prosecuted for the original offence. It is for the police or the CPS, "
        "afterwards and outside the scheme."),
    ),
    "record_only": (False, "A {disposal} is recorded; not keeping to it leads to no prosecution."),
    "oic_reconsiders": (False, "Nothing in a {disposal} can be enforced: it is recorded once done, otherwise the OIC reconsiders."),
}  # fmt: skip
"""By what the disposal says a breach leads to: is there such a path, and in which words."""


def options(case: Case, policy: Policy) -> list[SheetOption]:
    """Each option with whether it exists here, and why or why not."""
    rules = rules_of(case, policy)
    disposal = rules.title.get("en", story.plain(case.disposal)).lower()
    return [
        *_about_a_breach(case, policy, rules, disposal),
        SheetOption(
            "Hold, excuse, waive",
            True,
            f"Always, with a reason: an absence may be excused by the {_or(policy.excuse_by)}, a strike waived by the "
            f"{_or(policy.strikes.waived_by)}, everything held for up to {policy.hold_max_working_days} working days by "
            f"the {_or(policy.hold_by)}.",
        ),
        SheetOption(
            "End without fault",
            True,
            f"Agreed by the {_and(policy.end_agreed_by)}, or decided where a breach is alleged. Recorded without fault.",
        ),
        SheetOption("Withdrawing", True, "The person may stop at any time: taking part is voluntary."),
        _prosecution(case, rules, disposal),
        SheetOption(
            "New conditions or a fine", False,
            f"A {disposal} knows no punishment for missing what was agreed, only the paths above."
        ),
    ]  # fmt: skip


def _about_a_breach(case: Case, policy: Policy, rules: DisposalRules, disposal: str) -> list[SheetOption]:
    if not rules.strikes:
        why = (
            f"A {disposal} has no strikes and no breach: there are invitations, and nothing counts against the person."
        )
        return [SheetOption("Breached", False, why)]
    who = (
        f"Decided by the {_and(policy.breach_decided_by)} together, each having written a view before seeing the other's, "
        f"the person's side asked for and the provider heard; "
        f"where they differ or one is missing, by the {story.role(policy.breach_tie)}."
    )
    opens = policy.strikes.breach_opens_at
    if case.state is State.BREACHED:
        return [
            SheetOption("Breached", False, "Decided already: see the decision. A supervisor may reopen a wrong one.")
        ]
    if case.state is not State.ENGAGED:
        return [SheetOption("Breached", False, "Only an agreed plan that is still going on can be breached.")]
    if case.breach is None:
        why = f"None is alleged now. One opens with strike {opens}, a new matter, or lost contact after a letter. {who}"
        return [SheetOption("Breached", False, why)]
    still = len(active(case, policy, case.breach.opened))
    if case.breach.cause == "strike_2" and still < opens:
        return [
            SheetOption("Breached", False, "A strike this stands on was removed since: they carry on, or it ends without fault."),
            SheetOption("Carry on", True, who),
        ]  # fmt: skip
    return [
        SheetOption("Breached", True, f"{who} {policy.consequences.get('breached', '')}".rstrip()),
        SheetOption(
            "Carry on", True, "They go on as agreed. No decision in time means the same, with strikes kept at one."
        ),
    ]


def _prosecution(case: Case, rules: DisposalRules, disposal: str) -> SheetOption:
    there, words = PROSECUTE[rules.breach_leads_to]
    words = words.format(disposal=disposal)
    if there and case.last_safe is not None:
        words += f" Not after the last safe decision date, {day(case.last_safe)}."
    if there:
        words += " Never without a breach decided by named people."
    return SheetOption("Prosecution for the original offence", there, words)


def last_safe_words(case: Case, *, unknown: bool) -> str:
    """The last safe decision date in words, or why there is none."""
    if case.last_safe is not None:
        warned = " The plan as agreed would outlive it, with the policy's margin." if case.outlives else ""
        return (
            f"{day(case.last_safe)}. A summary offence cannot be charged more than six months after it (Magistrates' Courts "
            f"Act 1980 s.127). Never a reason to hurry a breach.{warned}"
        )
    if unknown:
        return "Unknown: this offence may have a clock of its own. Ask the OIC."
    return "None known: either-way and indictable offences have no such clock. Where in doubt ask the OIC."


def _or(roles: tuple[str, ...]) -> str:
    return " or ".join(story.role(one) for one in roles)


def _and(roles: tuple[str, ...]) -> str:
    return " and the ".join(story.role(one) for one in roles)
