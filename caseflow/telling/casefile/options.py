"""What may be decided about a case under its disposal, and what may not. In words for a panel; never legal advice."""

from datetime import datetime

from caseflow.domain.case import Case
from caseflow.domain.policy import DisposalRules, Policy
from caseflow.domain.reading import open_enforceable, rules_of
from caseflow.domain.strikes import active
from caseflow.domain.words import OPEN_STATES, State, a
from caseflow.telling import story
from caseflow.telling.casefile.contract import SheetOption
from caseflow.telling.times import day

PROSECUTE = {
    "prosecution_revives": (True, "The decision to prosecute revives. For the police or the CPS, outside the scheme."),
    "may_be_prosecuted": (
        True,
        ("Failing without reasonable excuse may be prosecuted for the original offence. It is for the police or the CPS, "
        "afterwards and outside the scheme."),
    ),
    "becomes_a_fine": (False, "No prosecution is possible; a condition of {disposal} may become a fine."),
    "record_only": (False, "{Disposal} is recorded; not keeping to it leads to no prosecution."),
    "oic_reconsiders": (False, "Nothing in {disposal} can be enforced: it is recorded once done, otherwise the OIC reconsiders."),
}  # fmt: skip
"""By what the disposal says a breach leads to: is there such a path, and in which words."""


def options(case: Case, policy: Policy, as_at: datetime) -> list[SheetOption]:
    """Each option with whether it exists here and at that time, and why or why not."""
    rules = rules_of(case, policy)
    disposal = rules.title.get("en", story.plain(case.disposal)).lower()
    if case.state not in OPEN_STATES:
        return [
            *_about_a_breach(case, policy, rules, disposal),
            SheetOption(
                "Reopen", True, "The case is over. A supervisor may reopen a wrong end, with a reason; nothing else is left to do."
            ),
            _prosecution(case, policy, rules, disposal, as_at),
            _no_punishment(disposal),
        ]  # fmt: skip
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
        _completed(case),
        _prosecution(case, policy, rules, disposal, as_at),
        _no_punishment(disposal),
    ]  # fmt: skip


def _about_a_breach(case: Case, policy: Policy, rules: DisposalRules, disposal: str) -> list[SheetOption]:
    if not rules.strikes:
        why = f"{_begins(a(disposal))} has no strikes and no breach: there are invitations, and nothing counts against the person."
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


def _completed(case: Case) -> SheetOption:
    """As `decide.ends.complete` rules it."""
    left = len(open_enforceable(case))
    if case.state is State.REFERRED or (case.state is State.ASSESSED and not case.no_intervention):
        return SheetOption(
            "Completed", False, "No plan is agreed yet, nor did an assessment find that nothing is needed."
        )
    if left:
        still = "1 thing that must be done is" if left == 1 else f"{left} things that must be done are"
        return SheetOption("Completed", False, f"{still} still open: see the plan.")
    if case.breach is not None:
        return SheetOption("Completed", False, "A breach is alleged: it is decided first.")
    return SheetOption("Completed", True, "Nothing that must be done is open: a named person may sign it off.")


def _begins(words: str) -> str:
    return words[:1].upper() + words[1:]


def _no_punishment(disposal: str) -> SheetOption:
    words = f"{_begins(a(disposal))} knows no punishment for missing what was agreed, only the paths above."
    return SheetOption("New conditions or a fine", False, words)


def _prosecution(case: Case, policy: Policy, rules: DisposalRules, disposal: str, as_at: datetime) -> SheetOption:
    name = "Prosecution for the original offence"
    there, words = PROSECUTE[rules.breach_leads_to]
    words = words.format(disposal=a(disposal), Disposal=_begins(a(disposal)))
    if there and case.state is State.COMPLETED:
        return SheetOption(name, False, "It was completed: nothing in it leads to prosecution.")
    if there and case.state not in OPEN_STATES and case.state is not State.BREACHED:
        return SheetOption(
            name, False, "It ended without fault, and leads to none. The original matter goes back to the OIC."
        )
    if there and case.last_safe is not None and policy.calendar.local(as_at).date() > case.last_safe:
        passed = (
            f"The last safe decision date, {day(case.last_safe)}, has passed: as far as is known here, this offence can no longer "
            "be charged. Ask the OIC."
        )
        return SheetOption(name, False, passed)
    if there and case.last_safe is not None:
        words += f" Not after the last safe decision date, {day(case.last_safe)}."
    if there:
        words += " Never without a breach decided by named people."
    return SheetOption(name, there, words)


def _or(roles: tuple[str, ...]) -> str:
    return " or ".join(story.role(one) for one in roles)


def _and(roles: tuple[str, ...]) -> str:
    return " and the ".join(story.role(one) for one in roles)
